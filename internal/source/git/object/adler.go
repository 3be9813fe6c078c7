package object

import "encoding/binary"

// adler32 is the checksum at the end of a zlib stream, eight bytes at a time.
func adler32(p []byte) uint32 {
	const (
		mod  = 65521
		most = 5552 / 8 * 8 // bytes after which the sums might not fit 32 bits
		mask = 0x00ff00ff00ff00ff
	)
	a, b := uint32(1), uint32(0)
	for len(p) > 0 {
		run := p[:min(most, len(p))]
		p = p[len(run):]
		for ; len(run) >= 8; run = run[8:] {
			// Every other byte in a lane of 16 bits. In the highest lane of a product
			// stands the sum of all lanes, each times its factor.
			x := binary.LittleEndian.Uint64(run)
			even, odd := x&mask, x>>8&mask
			b += a*8 + uint32((even*0x0008000600040002)>>48) + uint32((odd*0x0007000500030001)>>48)
			a += uint32(((even + odd) * 0x0001000100010001) >> 48)
		}
		for _, c := range run {
			a += uint32(c)
			b += a
		}
		a %= mod
		b %= mod
	}
	return b<<16 | a
}
