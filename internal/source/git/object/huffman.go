package object

import "math/bits"

// makeTable makes the table of a canonical Huffman code from the lengths of its codes
// and from what symbols gives for each. As zlib does, it refuses codes that say too
// much or too little; only a code of one bit, or none at all, may be alone.
func makeTable(table []uint32, tableBits uint, lens []uint8, symbols []uint32, mayBeAlone bool) bool {
	var count [16]int
	for _, n := range lens {
		count[n]++
	}
	if count[0] == len(lens) || count[0] == len(lens)-1 && count[1] == 1 {
		if !mayBeAlone {
			return false
		}
		for i := range table[:1<<tableBits] {
			table[i] = isSpecial
		}
		for sym, n := range lens {
			if n == 1 {
				for i := 0; i < 1<<tableBits; i += 2 {
					table[i] = entry(symbols[sym], 1)
				}
			}
		}
		return true
	}
	var start [17]int
	left := 1
	for n := 1; n < 16; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return false
		}
		start[n+1] = start[n] + count[n]
	}
	if left != 0 {
		return false
	}
	var sorted [288]uint16 // symbols by length of code, then by number
	for sym, n := range lens {
		if n != 0 {
			sorted[start[n]] = uint16(sym)
			start[n]++
		}
	}

	// Codes are taken in order; they are kept with their first bit lowest, as the
	// input has them. The table doubles whenever codes grow by a bit.
	n := uint(1)
	for count[n] == 0 {
		n++
	}
	i, code := 0, uint32(0)
	for filled := 1 << n; n <= tableBits; {
		for ; count[n] > 0; count[n]-- {
			table[code] = entry(symbols[sorted[i]], n)
			i++
			if code == 1<<n-1 { // the last
				for ; n < tableBits; n++ {
					copy(table[1<<n:2<<n], table[:1<<n])
				}
				return true
			}
			code = nextCode(code, n)
		}
		n++
		for ; n <= tableBits; n++ {
			copy(table[filled:2*filled], table[:filled])
			filled *= 2
			if count[n] > 0 {
				break
			}
		}
	}
	for count[n] == 0 {
		n++
	}
	prefix, sub, end := uint32(1<<tableBits), 0, 1<<tableBits
	for {
		if p := code & (1<<tableBits - 1); p != prefix {
			prefix, sub = p, end
			subBits := n - tableBits
			for used := count[n]; used < 1<<subBits && tableBits+subBits < 15; {
				subBits++
				used = used<<1 + count[tableBits+subBits]
			}
			if end = sub + 1<<subBits; end > len(table) {
				return false
			}
			table[p] = isSpecial | isSubtable | uint32(sub)<<16 | uint32(subBits)<<8 | uint32(tableBits)
		}
		e := entry(symbols[sorted[i]], n-tableBits)
		i++
		for k := sub + int(code>>tableBits); k < end; k += 1 << (n - tableBits) {
			table[k] = e
		}
		if code == 1<<n-1 {
			return true
		}
		code = nextCode(code, n)
		for count[n]--; count[n] == 0; {
			n++
		}
	}
}

// nextCode adds one to a code of n bits whose first bit is lowest.
func nextCode(code uint32, n uint) uint32 {
	bit := uint32(1) << (bits.Len32(code^(1<<n-1)) - 1)
	return code&(bit-1) | bit
}

// entry adds the length of the code to what a symbol says.
func entry(symbol uint32, n uint) uint32 {
	if symbol&(isLiteral|isSpecial) != 0 {
		return symbol + uint32(n)
	}
	return symbol + uint32(n)<<8 + uint32(n)
}

// What the symbols say: entries whose codes have no length yet.
var (
	litSymbols  = makeLitSymbols()
	distSymbols = makeDistSymbols()
	preSymbols  = makePreSymbols()
	preOrder    = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

func makeLitSymbols() (s [288]uint32) {
	for i := range uint32(256) {
		s[i] = isLiteral | i<<16
	}
	s[256] = isSpecial | isEnd
	base := uint32(3)
	for i := range uint32(28) {
		extra := uint32(0)
		if i >= 8 {
			extra = i/4 - 1
		}
		s[257+i] = base<<16 | extra
		base += 1 << extra
	}
	s[285] = 258 << 16
	s[286], s[287] = isSpecial, isSpecial
	return s
}

func makeDistSymbols() (s [32]uint32) {
	base := uint32(1)
	for i := range uint32(30) {
		extra := uint32(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		s[i] = base<<16 | extra
		base += 1 << extra
	}
	s[30], s[31] = isSpecial, isSpecial
	return s
}

func makePreSymbols() (s [19]uint32) {
	for i := range uint32(19) {
		s[i] = i << 16
	}
	return s
}
