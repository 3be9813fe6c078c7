package rename

import (
	"bytes"
	"math/bits"
)

const (
	pieceMax   = 64     // bytes, if no newline comes before
	hashes     = 107927 // hash values that there are
	binaryHead = 8000   // bytes in which a NUL makes a content binary
)

// fingerprint is what contents are compared by: how many bytes are in pieces of each
// hash. A piece is a line, or 64 bytes of a longer one; of a line that ends with the file
// and not with a newline, the last bytes belong to no piece.
type fingerprint struct {
	size   int // of the content, in bytes
	pieces []piece
}

// piece stands for all pieces of one hash.
type piece struct{ hash, bytes uint32 }

// shared is the number of bytes in pieces that both contents have.
func (a *fingerprint) shared(b *fingerprint) int {
	n := 0
	for p, q := a.pieces, b.pieces; len(p) > 0 && len(q) > 0; {
		x, y := p[0], q[0]
		if x.hash == y.hash {
			n += int(min(x.bytes, y.bytes))
		}
		if x.hash <= y.hash {
			p = p[1:]
		}
		if y.hash <= x.hash {
			q = q[1:]
		}
	}
	return n
}

// counter counts bytes by hash. All is zero between two contents.
type counter struct {
	bytes [hashes]uint32
	seen  [(hashes + 63) / 64]uint64 // bits of hashes that were met
	met   int
}

func (c *counter) fingerprint(content []byte) *fingerprint {
	c.count(content)
	f := &fingerprint{size: len(content), pieces: make([]piece, 0, c.met)}
	for i, word := range c.seen {
		for ; word != 0; word &= word - 1 {
			h := uint32(i*64 + bits.TrailingZeros64(word))
			f.pieces = append(f.pieces, piece{h, c.bytes[h]})
			c.bytes[h] = 0
		}
		c.seen[i] = 0
	}
	c.met = 0
	return f
}

// count cuts a content in pieces. In text, the carriage return before a newline does not
// count.
func (c *counter) count(content []byte) {
	text := bytes.IndexByte(content[:min(len(content), binaryHead)], 0) < 0
	var a, b, n uint32
	for i, ch := range content {
		if ch == '\r' && text && i+1 < len(content) && content[i+1] == '\n' {
			continue
		}
		a, b = a<<7^b>>25, b<<7^a>>25
		a += uint32(ch)
		if n++; n < pieceMax && ch != '\n' {
			continue
		}
		h := (a + b*0x61) % hashes
		if c.bytes[h] == 0 {
			c.met++
			c.seen[h/64] |= 1 << (h % 64)
		}
		c.bytes[h] += n
		a, b, n = 0, 0, 0
	}
}
