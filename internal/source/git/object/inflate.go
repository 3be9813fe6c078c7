package object

import (
	"encoding/binary"
	"errors"
)

// Of a zlib stream (RFC 1950, 1951). errShort is what a stream that goes on behind
// the end of the input gives.
var (
	errShort  = errors.New("compressed data ends early")
	errStream = errors.New("compressed data is damaged")
	errLength = errors.New("compressed data has another length than its header says")
	errSum    = errors.New("compressed data has another checksum than recorded")
)

// Codes of at most these lengths are decoded by one look-up, longer ones by two.
const (
	litBits  = 10
	distBits = 8
	preBits  = 7
)

// A table entry is one of
//
//	literal      isLiteral | byte<<16 | bits of the code
//	length       base<<16 | bits of the code<<8 | bits of the code and the extra bits
//	distance     the same
//	subtable     isSpecial | isSubtable | start<<16 | bits of its index<<8 | bits of the table
//	end of block isSpecial | isEnd | bits of the code
//	no code      isSpecial
const (
	isLiteral  = 1 << 31
	isSpecial  = 1 << 15
	isSubtable = 1 << 14
	isEnd      = 1 << 13
)

type (
	litTable  [2048]uint32 // room for every subtable of 288 codes
	distTable [512]uint32  // and of 32
)

// inflater decodes zlib streams whose decoded length is known beforehand, from memory
// to memory. That, and tables that give a symbol with its extra bits at one look-up,
// make it faster than a decoder of unbounded streams: on the entries of a large pack,
// most of them small, it takes 0.47 of the time of compress/zlib, and as much as
// a libdeflate of 2018 called through cgo. See BenchmarkInflate.
type inflater struct {
	src []byte
	pos int    // in src
	buf uint64 // bits that are read; above n they are those that come next, or 0
	n   uint   // how many of them count

	lit  litTable
	dist distTable
	pre  [1 << preBits]uint32
	lens [288 + 32]uint8

	hasFixed  bool
	fixedLit  litTable
	fixedDist distTable
}

// inflate decodes the stream at the start of src into all of dst and checks its
// checksum. It returns how many bytes of src the stream takes.
func (z *inflater) inflate(dst, src []byte) (int, error) {
	n, err := z.decode(dst, src)
	if err != nil {
		return 0, err
	}
	if n != len(dst) {
		return 0, errLength
	}
	z.align()
	if len(src)-z.pos < 4 {
		return 0, errShort
	}
	if binary.BigEndian.Uint32(src[z.pos:]) != adler32(dst) {
		return 0, errSum
	}
	return z.pos + 4, nil
}

// head decodes no more than fits into dst and returns how much that is.
func (z *inflater) head(dst, src []byte) (int, error) {
	n, err := z.decode(dst, src)
	if err == errLength {
		err = nil
	}
	return n, err
}

// decode stops with errLength when dst is full before the stream is at its end.
func (z *inflater) decode(dst, src []byte) (int, error) {
	if len(src) < 2 {
		return 0, errShort
	}
	// The method is "deflate", its window no larger than 32 KB, no dictionary is preset.
	if head := binary.BigEndian.Uint16(src); src[0]&0x0f != 8 || src[0]>>4 > 7 || head%31 != 0 || src[1]&0x20 != 0 {
		return 0, errStream
	}
	z.src, z.pos, z.buf, z.n = src, 2, 0, 0
	at := 0
	for last := false; !last; {
		z.refill()
		if z.n < 3 {
			return at, errShort
		}
		last = z.buf&1 != 0
		kind := z.buf >> 1 & 3
		z.drop(3)
		var err error
		switch kind {
		case 0:
			at, err = z.stored(dst, at)
		case 1:
			if !z.hasFixed {
				z.makeFixed()
			}
			at, err = z.block(&z.fixedLit, &z.fixedDist, dst, at)
		case 2:
			if err = z.readCodes(); err == nil {
				at, err = z.block(&z.lit, &z.dist, dst, at)
			}
		default:
			err = errStream
		}
		if err != nil {
			return at, err
		}
	}
	return at, nil
}

// refill reads until there are at least 56 bits, or until the input ends.
func (z *inflater) refill() {
	if z.pos+8 <= len(z.src) {
		z.buf |= binary.LittleEndian.Uint64(z.src[z.pos:]) << (z.n & 63)
		z.pos += int((63 - z.n) >> 3)
		z.n |= 56
		return
	}
	for z.n < 56 && z.pos < len(z.src) {
		z.buf |= uint64(z.src[z.pos]) << (z.n & 63)
		z.pos++
		z.n += 8
	}
}

func (z *inflater) drop(n uint) {
	z.buf >>= n & 63
	z.n -= n
}

// align goes to the next byte that is not begun.
func (z *inflater) align() {
	z.pos -= int(z.n >> 3)
	z.buf, z.n = 0, 0
}

// stored copies a block that is not compressed.
func (z *inflater) stored(dst []byte, at int) (int, error) {
	z.align()
	if len(z.src)-z.pos < 4 {
		return at, errShort
	}
	size := binary.LittleEndian.Uint16(z.src[z.pos:])
	if size != ^binary.LittleEndian.Uint16(z.src[z.pos+2:]) {
		return at, errStream
	}
	z.pos += 4
	n := int(size)
	have, room := len(z.src)-z.pos, len(dst)-at
	at += copy(dst[at:], z.src[z.pos:z.pos+min(n, have)])
	if n > room {
		return at, errLength
	}
	if n > have {
		return at, errShort
	}
	z.pos += n
	return at, nil
}

// readCodes reads the codes of a block that brings its own.
func (z *inflater) readCodes() error {
	z.refill()
	if z.n < 14 {
		return errShort
	}
	nlit, ndist, npre := int(z.buf&31)+257, int(z.buf>>5&31)+1, int(z.buf>>10&15)+4
	z.drop(14)
	if nlit > 286 || ndist > 30 {
		return errStream
	}
	var pre [19]uint8
	for i := range npre {
		if z.n < 3 {
			if z.refill(); z.n < 3 {
				return errShort
			}
		}
		pre[preOrder[i]] = uint8(z.buf & 7)
		z.drop(3)
	}
	if !makeTable(z.pre[:], preBits, pre[:], preSymbols[:], false) {
		return errStream
	}
	lens := z.lens[:nlit+ndist]
	for i := 0; i < len(lens); {
		if z.n < 14 {
			z.refill()
		}
		e := z.pre[z.buf&(1<<preBits-1)]
		if e&isSpecial != 0 {
			return errStream
		}
		if uint(e&0xff) > z.n {
			return errShort
		}
		z.drop(uint(e & 0xff))
		sym := e >> 16
		if sym < 16 {
			lens[i] = uint8(sym)
			i++
			continue
		}
		var value uint8
		extra, base := uint(2), 3
		switch sym {
		case 16:
			if i == 0 {
				return errStream
			}
			value = lens[i-1]
		case 17:
			extra = 3
		default:
			extra, base = 7, 11
		}
		if extra > z.n {
			return errShort
		}
		n := base + int(z.buf&(1<<extra-1))
		z.drop(extra)
		if n > len(lens)-i {
			return errStream
		}
		for range n {
			lens[i] = value
			i++
		}
	}
	if lens[256] == 0 || // the block could not end
		!makeTable(z.lit[:], litBits, lens[:nlit], litSymbols[:], true) ||
		!makeTable(z.dist[:], distBits, lens[nlit:], distSymbols[:], true) {
		return errStream
	}
	return nil
}

// makeFixed makes the codes of blocks that bring none.
func (z *inflater) makeFixed() {
	lens := z.lens[:288]
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		default:
			lens[i] = 8
		}
	}
	makeTable(z.fixedLit[:], litBits, lens, litSymbols[:], true)
	for i := range lens[:32] {
		lens[i] = 5
	}
	makeTable(z.fixedDist[:], distBits, lens[:32], distSymbols[:], true)
	z.hasFixed = true
}

// block decodes the symbols of one block and returns where dst then ends.
func (z *inflater) block(lit *litTable, dist *distTable, dst []byte, at int) (int, error) {
	src, pos, buf, n := z.src, z.pos, z.buf, z.n

	// As long as neither end is near, nothing needs to be asked before it is read or
	// written: a round reads at most 16 bytes and writes at most 2 literals and one
	// match of 258 bytes, in steps of 8.
	for pos+16 <= len(src) && at+2+258+8 <= len(dst) {
		buf |= binary.LittleEndian.Uint64(src[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e := lit[buf&(1<<litBits-1)]
		if e&isLiteral != 0 {
			buf >>= e & 63
			n -= uint(e & 63)
			dst[at] = byte(e >> 16)
			at++
			e = lit[buf&(1<<litBits-1)]
			if e&isLiteral != 0 {
				buf >>= e & 63
				n -= uint(e & 63)
				dst[at] = byte(e >> 16)
				at++
				continue
			}
		}
		if e&isSpecial != 0 {
			if e&isSubtable != 0 {
				buf >>= litBits
				n -= litBits
				e = lit[(e>>16&0x3fff+uint32(buf)&(1<<(e>>8&15)-1))&(uint32(len(lit))-1)]
				if e&isLiteral != 0 {
					buf >>= e & 63
					n -= uint(e & 63)
					dst[at] = byte(e >> 16)
					at++
					continue
				}
			}
			if e&isEnd != 0 {
				z.pos, z.buf, z.n = pos, buf>>(e&63), n-uint(e&63)
				return at, nil
			}
			if e&isSpecial != 0 {
				return at, errStream
			}
		}
		size := int(e>>16) + int(uint32(buf)&(1<<(e&63)-1)>>(e>>8&15))
		buf >>= e & 63
		n -= uint(e & 63)

		buf |= binary.LittleEndian.Uint64(src[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e = dist[buf&(1<<distBits-1)]
		if e&isSpecial != 0 {
			if e&isSubtable == 0 {
				return at, errStream
			}
			buf >>= distBits
			n -= distBits
			e = dist[(e>>16&0x3fff+uint32(buf)&(1<<(e>>8&15)-1))&(uint32(len(dist))-1)]
			if e&isSpecial != 0 {
				return at, errStream
			}
		}
		back := int(e>>16) + int(uint32(buf)&(1<<(e&63)-1)>>(e>>8&15))
		buf >>= e & 63
		n -= uint(e & 63)

		from, end := at-back, at+size
		if from < 0 {
			return at, errStream
		}
		switch {
		case back >= 8:
			for at < end {
				binary.LittleEndian.PutUint64(dst[at:], binary.LittleEndian.Uint64(dst[from:]))
				at += 8
				from += 8
			}
		case back == 1:
			run := uint64(dst[from]) * 0x0101010101010101
			for at < end {
				binary.LittleEndian.PutUint64(dst[at:], run)
				at += 8
			}
		default:
			for at < end {
				dst[at] = dst[from]
				at++
				from++
			}
		}
		at = end
	}

	z.pos, z.buf, z.n = pos, buf, n
	return z.slowBlock(lit, dist, dst, at)
}

// slowBlock does the same near the ends of input and output, a symbol at a time.
func (z *inflater) slowBlock(lit *litTable, dist *distTable, dst []byte, at int) (int, error) {
	for {
		z.refill()
		e := lit[z.buf&(1<<litBits-1)]
		if e&isSubtable != 0 && e&(isLiteral|isSpecial) == isSpecial {
			if z.n < litBits {
				return at, errShort
			}
			z.drop(litBits)
			e = lit[(e>>16&0x3fff+uint32(z.buf)&(1<<(e>>8&15)-1))&(uint32(len(lit))-1)]
		}
		if uint(e&63) > z.n {
			return at, errShort
		}
		if e&isLiteral != 0 {
			if at == len(dst) {
				return at, errLength
			}
			dst[at] = byte(e >> 16)
			at++
			z.drop(uint(e & 63))
			continue
		}
		if e&isEnd != 0 && e&isSpecial != 0 {
			z.drop(uint(e & 63))
			return at, nil
		}
		if e&isSpecial != 0 {
			return at, errStream
		}
		size := int(e>>16) + int(uint32(z.buf)&(1<<(e&63)-1)>>(e>>8&15))
		z.drop(uint(e & 63))

		z.refill()
		e = dist[z.buf&(1<<distBits-1)]
		if e&isSpecial != 0 {
			if e&isSubtable == 0 {
				return at, errStream
			}
			if z.n < distBits {
				return at, errShort
			}
			z.drop(distBits)
			e = dist[(e>>16&0x3fff+uint32(z.buf)&(1<<(e>>8&15)-1))&(uint32(len(dist))-1)]
			if e&isSpecial != 0 {
				return at, errStream
			}
		}
		if uint(e&63) > z.n {
			return at, errShort
		}
		back := int(e>>16) + int(uint32(z.buf)&(1<<(e&63)-1)>>(e>>8&15))
		z.drop(uint(e & 63))
		if back > at {
			return at, errStream
		}
		for range size {
			if at == len(dst) {
				return at, errLength
			}
			dst[at] = dst[at-back]
			at++
		}
	}
}
