package linediff

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
)

var newline = []byte{'\n'}

// countLines counts lines. What follows the last newline is one too.
func countLines(text []byte) int {
	n := bytes.Count(text, newline)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// commonEnds gives the bytes of the whole lines that two files have in common at their
// beginning, and of those that they have in common at the end of what follows.
func commonEnds(a, b []byte) (head, tail int) {
	head = commonPrefix(a, b)
	if head == len(a) && head == len(b) {
		return head, 0
	}
	head = bytes.LastIndexByte(a[:head], '\n') + 1
	a, b = a[head:], b[head:]
	tail = commonSuffix(a, b)
	if startsLine(a, len(a)-tail) && startsLine(b, len(b)-tail) {
		return head, tail
	}
	i := bytes.IndexByte(a[len(a)-tail:], '\n')
	if i < 0 {
		return head, 0
	}
	return head, tail - i - 1
}

func startsLine(text []byte, i int) bool { return i == 0 || text[i-1] == '\n' }

// stride is compared at once while files are equal.
const stride = 512

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for i+stride <= n && bytes.Equal(a[i:i+stride], b[i:i+stride]) {
		i += stride
	}
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[len(a)-n:], b[len(b)-n:]
	i := n
	for i >= stride && bytes.Equal(a[i-stride:i], b[i-stride:i]) {
		i -= stride
	}
	for ; i >= 8; i -= 8 {
		if x := binary.LittleEndian.Uint64(a[i-8:]) ^ binary.LittleEndian.Uint64(b[i-8:]); x != 0 {
			return n - i + bits.LeadingZeros64(x)/8
		}
	}
	for i > 0 && a[i-1] == b[i-1] {
		i--
	}
	return n - i
}

// split finds where lines end.
func (s *side) split() {
	for i := 0; i < len(s.text); {
		n := bytes.IndexByte(s.text[i:], '\n') + 1
		if n == 0 {
			n = len(s.text) - i
		}
		i += n
		s.ends = append(s.ends, int32(i))
	}
}

// The two files, as indices of counts.
const (
	inOld = iota
	inNew
)

// class is a set of equal lines.
type class struct {
	start, end int32    // one of them, in the text of the file
	file       int32    // inOld or inNew
	count      [2]int32 // how many there are in each file
}

// classify gives equal lines the same number, so that lines are compared as numbers
// from there on, and counts them. It tells whether the sides share any line.
func (d *Differ) classify() (shared bool) {
	if !d.seeded {
		d.seed, d.seeded = maphash.MakeSeed(), true
	}
	size := 1 << bits.Len(uint(2*(len(d.old.ends)+len(d.new.ends))))
	d.slots = slices.Grow(d.slots[:0], size)[:size]
	clear(d.slots)
	d.classes = d.classes[:0]
	for file, s := range []*side{&d.old, &d.new} {
		s.class = s.class[:0]
		start := int32(0)
		for _, end := range s.ends {
			slot, c := d.find(s.text[start:end])
			if c < 0 {
				c = int32(len(d.classes))
				*slot |= uint64(c + 1)
				d.classes = append(d.classes, class{start: start, end: end, file: int32(file)})
			}
			k := &d.classes[c]
			k.count[file]++
			shared = shared || file == inNew && k.count[inOld] > 0
			s.class = append(s.class, c)
			start = end
		}
	}
	return shared
}

// find looks for the class of a line. Without one it returns -1 and the free slot, which
// holds the line's hash already if the caller wants to fill it.
func (d *Differ) find(line []byte) (*uint64, int32) {
	h := maphash.Bytes(d.seed, line)
	tag := h &^ (1<<32 - 1)
	mask := uint64(len(d.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := &d.slots[i]
		if uint32(*slot) == 0 {
			*slot = tag
			return slot, -1
		}
		if (*slot^tag)>>32 != 0 {
			continue
		}
		c := int32(uint32(*slot) - 1)
		k := &d.classes[c]
		text := d.old.text
		if k.file == inNew {
			text = d.new.text
		}
		if bytes.Equal(text[k.start:k.end], line) {
			return slot, c
		}
	}
}

// countCommon counts lines of head and tail, which both files have, for the classes of
// lines between them. It returns the number of lines in tail.
func (d *Differ) countCommon(head, tail []byte) (inTail int) {
	for _, text := range [][]byte{head, tail} {
		inTail = 0
		for len(text) > 0 {
			n := bytes.IndexByte(text, '\n') + 1
			if n == 0 {
				n = len(text)
			}
			if _, c := d.find(text[:n]); c >= 0 {
				d.classes[c].count[inOld]++
				d.classes[c].count[inNew]++
			}
			text = text[n:]
			inTail++
		}
	}
	return inTail
}
