package object

import "errors"

var errDelta = errors.New("delta is damaged")

// deltaSizes reads how long base and result of a delta are, and returns the commands
// that follow.
func deltaSizes(delta []byte) (base, result uint64, commands []byte, err error) {
	base, delta, ok := varint(delta)
	if !ok {
		return 0, 0, nil, errDelta
	}
	result, delta, ok = varint(delta)
	if !ok {
		return 0, 0, nil, errDelta
	}
	return base, result, delta, nil
}

// varint reads a number in groups of seven bits, the lowest first.
func varint(p []byte) (n uint64, rest []byte, ok bool) {
	for i, c := range p {
		if i > 8 {
			break
		}
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return n, p[i+1:], true
		}
	}
	return 0, nil, false
}

// applyDelta runs the commands of a delta over base and fills dst with the result.
func applyDelta(dst, base, commands []byte) error {
	at := 0
	for i := 0; i < len(commands); {
		c := commands[i]
		i++
		if c < 0x80 { // that many bytes follow
			n := int(c)
			if n == 0 || n > len(commands)-i || n > len(dst)-at {
				return errDelta
			}
			at += copy(dst[at:], commands[i:i+n])
			i += n
			continue
		}
		from, n, used, ok := copyCommand(c, commands[i:])
		if !ok || from > len(base) || n > len(base)-from || n > len(dst)-at {
			return errDelta
		}
		i += used
		at += copy(dst[at:], base[from:from+n])
	}
	if at != len(dst) {
		return errDelta
	}
	return nil
}

// resultLength adds up what the commands of a delta write, without writing it.
func resultLength(commands []byte) (total uint64, err error) {
	for i := 0; i < len(commands); {
		c := commands[i]
		i++
		if c < 0x80 {
			total += uint64(c)
			i += int(c)
			continue
		}
		_, n, used, ok := copyCommand(c, commands[i:])
		if !ok {
			return 0, errDelta
		}
		total += uint64(n)
		i += used
	}
	return total, nil
}

// copyCommand reads which part of the base to copy. Bits of c tell which bytes of
// offset and length are there; a length of zero means 64 KB.
func copyCommand(c byte, p []byte) (from, n, used int, ok bool) {
	var v uint64
	for bit := range 7 {
		if c>>bit&1 == 0 {
			continue
		}
		if used == len(p) {
			return 0, 0, 0, false
		}
		v |= uint64(p[used]) << (8 * bit)
		used++
	}
	from, n = int(v&0xffffffff), int(v>>32)
	if n == 0 {
		n = 0x10000
	}
	return from, n, used, from >= 0
}
