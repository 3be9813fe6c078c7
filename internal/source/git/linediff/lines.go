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
	n := countLines(s.text)
	s.ends = slices.Grow(s.ends[:0], n)[:n]
	at := 0
	for i := range s.ends {
		at = lineEnd(s.text, at)
		s.ends[i] = int32(at)
	}
}

// lineEnd is where the line ends that starts at a place.
func lineEnd(text []byte, start int) int {
	if n := bytes.IndexByte(text[start:], '\n'); n >= 0 {
		return start + n + 1
	}
	return len(text)
}

// The two files, as indices of counts.
const (
	inOld = iota
	inNew
)

// class is a set of equal lines.
type class struct {
	start, end int32 // the first of them, in the text of its file
	file       int32 // inOld or inNew
	line       int32 // index of the first
}

// classify gives equal lines the same number, so that lines are compared as numbers
// from there on, and counts them. It tells whether the sides share any line.
func (d *Differ) classify() (shared bool) {
	if !d.seeded {
		d.seed, d.seeded = maphash.MakeSeed(), true
	}
	d.old.split()
	n := countLines(d.new.text)
	size := 1 << bits.Len(uint(2*(len(d.old.ends)+n)))
	d.slots = slices.Grow(d.slots[:0], size)[:size]
	clear(d.slots)
	d.classes, d.counts = d.classes[:0], d.counts[:0]
	d.old.class = slices.Grow(d.old.class[:0], len(d.old.ends))[:len(d.old.ends)]
	start := int32(0)
	for i, end := range d.old.ends {
		c := d.classOf(d.old.text, class{start, end, inOld, int32(i)})
		d.counts[c][inOld]++
		d.old.class[i] = c
		start = end
	}
	d.new.ends = slices.Grow(d.new.ends[:0], n)[:n]
	d.new.class = slices.Grow(d.new.class[:0], n)[:n]
	return d.classifyNew()
}

// classifyNew splits the new file and classifies its lines. Most of them follow each other
// as in the old file, and need only be compared with what stands there.
func (d *Differ) classifyNew() (shared bool) {
	old, new := &d.old, &d.new
	likely := 0 // the old line that comes next, if the files are equal here
	for i, start := 0, 0; i < len(new.ends); {
		if n := d.follow(likely, i, start); n > 0 {
			shared = true
			likely, i = likely+n, i+n
			start = int(new.ends[i-1])
			continue
		}
		end := lineEnd(new.text, start)
		c := d.classOf(new.text, class{int32(start), int32(end), inNew, int32(i)})
		d.counts[c][inNew]++
		new.ends[i], new.class[i] = int32(end), c
		if n := d.counts[c][inOld]; n > 0 {
			shared = true
			if n == 1 {
				likely = min(int(d.classes[c].line)+1, len(old.ends))
			}
		}
		i, start = i+1, end
	}
	return shared
}

// follow takes over what is known of old lines from k on for new lines from i on, which
// start at the given byte, as long as they are equal, and returns how many are.
func (d *Differ) follow(k, i, start int) (n int) {
	old, new := &d.old, &d.new
	if k == len(old.ends) {
		return 0
	}
	first := old.start(k)
	a, b := old.text[first:], new.text[start:]
	if n := int(old.ends[k]) - first; n > len(b) || !bytes.Equal(a[:n], b[:n]) {
		return 0
	}
	same := int32(first + commonPrefix(a, b))
	shift := int32(start - first)
	ends, classes := old.ends[k:], old.class[k:]
	for n < len(ends) && ends[n] <= same {
		new.ends[i+n], new.class[i+n] = ends[n]+shift, classes[n]
		d.counts[classes[n]][inNew]++
		n++
	}
	if end := new.ends[i+n-1]; new.text[end-1] != '\n' && int(end) < len(new.text) { // the old file ends within a line that goes on here
		n--
		d.counts[classes[n]][inNew]--
	}
	return n
}

// classOf gives the class of a line, which is the given one if there is none yet.
func (d *Differ) classOf(text []byte, line class) int32 {
	slot, c := d.find(text[line.start:line.end])
	if c < 0 {
		c = int32(len(d.classes))
		*slot |= uint64(c + 1)
		d.classes = append(d.classes, line)
		d.counts = append(d.counts, [2]int32{})
	}
	return c
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
	d.filter = filter{}
	for _, k := range d.classes {
		text := d.old.text
		if k.file == inNew {
			text = d.new.text
		}
		d.filter.add(text, int(k.start), int(k.end))
	}
	for _, text := range [][]byte{head, tail} {
		inTail = 0
		for start := 0; start < len(text); {
			end := lineEnd(text, start)
			if d.filter.mayHave(text, start, end) {
				if _, c := d.find(text[start:end]); c >= 0 {
					d.counts[c][inOld]++
					d.counts[c][inNew]++
				}
			}
			start = end
			inTail++
		}
	}
	return inTail
}

// filter holds a rough mark of each line that was added, so that most others need no
// hash to be told apart.
type filter [1 << (filterBits - 6)]uint64

const filterBits = 13

func (f *filter) add(text []byte, start, end int) {
	m := mark(text, start, end)
	f[m/64] |= 1 << (m % 64)
}

func (f *filter) mayHave(text []byte, start, end int) bool {
	m := mark(text, start, end)
	return f[m/64]>>(m%64)&1 != 0
}

// mark is made of the length of a line and of its last eight bytes before the newline.
func mark(text []byte, start, end int) uint64 {
	n := end - start
	if text[end-1] == '\n' {
		end--
	}
	x := uint64(n)
	if end-start >= 8 {
		x ^= binary.LittleEndian.Uint64(text[end-8:]) * 0x9e3779b97f4a7c15
	} else {
		for _, c := range text[start:end] {
			x = x<<8 | uint64(c)
		}
	}
	return x * 0xd6e8feb86659fd93 >> (64 - filterBits)
}
