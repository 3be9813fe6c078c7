package linediff

import (
	"math"
	"slices"
)

// The search walks from both corners of the box that the two files span. A step right
// deletes a line, a step down adds one, and equal lines are a free step along a diagonal.
// A diagonal is x-y. Where the walks meet, the box is cut in two and each part searched.

const (
	costMin       = 256 // edits after which shortcuts are taken, and at least so many are tried
	longRun       = 20  // equal lines in a row that make a place promising
	promisingGain = 4   // times the edits so far that a promising place lies ahead
)

// search finds the changed lines among those that were kept.
type search struct {
	old, new *side
	vectors  []int32
	forward  frontier
	backward frontier
	costMax  int // edits after which a walk is cut off
}

// frontier holds how far a walk came on each of its diagonals.
type frontier struct {
	x      []int32 // by diagonal, moved by origin
	origin int
	lo, hi int // the outermost diagonals of the last step, which took every second one
}

func (s *search) run(old, new *side) {
	s.old, s.new = old, new
	diagonals := len(old.kept.class) + len(new.kept.class) + 3
	s.costMax = max(roughSqrt(diagonals), costMin)
	s.vectors = slices.Grow(s.vectors[:0], 2*diagonals)[:2*diagonals]
	s.forward.x, s.backward.x = s.vectors[:diagonals], s.vectors[diagonals:]
	s.box(old.kept, new.kept, false)
}

// box marks the changed lines among a and b. With shortest it takes no shortcuts, unless
// the walk must be cut off.
func (s *search) box(a, b lines, shortest bool) {
	for {
		n := equalHead(a.class, b.class)
		a, b = a.from(n), b.from(n)
		n = equalTail(a.class, b.class)
		a, b = a.to(len(a.class)-n), b.to(len(b.class)-n)
		if len(a.class) == 0 || len(b.class) == 0 {
			s.old.mark(a)
			s.new.mark(b)
			return
		}
		cut := s.split(a.class, b.class, shortest)
		s.box(a.to(cut.x), b.to(cut.y), cut.shortestBefore)
		a, b, shortest = a.from(cut.x), b.from(cut.y), cut.shortestAfter
	}
}

func (l lines) from(i int) lines { return lines{l.class[i:], l.index[i:]} }
func (l lines) to(i int) lines   { return lines{l.class[:i], l.index[:i]} }

func (s *side) mark(l lines) {
	for _, i := range l.index {
		s.changed[i] = 1
	}
}

func equalHead(a, b []int32) int {
	n := min(len(a), len(b))
	b = b[:n]
	for i, c := range a[:n] {
		if c != b[i] {
			return i
		}
	}
	return n
}

func equalTail(a, b []int32) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			return i
		}
	}
	return n
}

// cut is a point in a box through which the difference is to go, and whether the parts
// before and after it are to be searched for a shortest difference.
type cut struct {
	x, y                          int
	shortestBefore, shortestAfter bool
}

// split finds where to cut the box of a and b.
func (s *search) split(a, b []int32, shortest bool) cut {
	f, r := &s.forward, &s.backward
	f.start(0, 0, len(b))
	r.start(len(a)-len(b), len(a), len(b))
	odd := (len(a)-len(b))&1 != 0
	for cost := 1; ; cost++ {
		f.widen(len(a), len(b), -1)
		c, met, ran := s.stepForward(a, b, odd)
		if met {
			return c
		}
		r.widen(len(a), len(b), math.MaxInt32)
		c, met, ranBack := s.stepBackward(a, b, !odd)
		if met {
			return c
		}
		if shortest {
			continue
		}
		if (ran || ranBack) && cost > costMin {
			if c, ok := s.promising(a, b, promisingGain*cost); ok {
				return c
			}
		}
		if cost >= s.costMax {
			return s.furthest(len(a), len(b))
		}
	}
}

// stepForward goes one edit further from the upper left corner on every second diagonal.
// It tells whether it met the other walk, where it looks for it, and else whether it
// passed a long run of equal lines.
func (s *search) stepForward(a, b []int32, meet bool) (c cut, met, ran bool) {
	f := &s.forward
	for d := f.hi; d >= f.lo; d -= 2 {
		v := f.x[f.origin+d-1 : f.origin+d+2]
		x := int(v[2])
		if v[0] >= v[2] {
			x = int(v[0]) + 1
		}
		from := x
		for y := x - d; x < len(a) && y < len(b) && a[x] == b[y]; y++ {
			x++
		}
		ran = ran || x-from > longRun
		v[1] = int32(x)
		if meet && s.backward.covers(d) && s.backward.at(d) <= x {
			return cut{x, x - d, true, true}, true, ran
		}
	}
	return cut{}, false, ran
}

// stepBackward is stepForward from the lower right corner.
func (s *search) stepBackward(a, b []int32, meet bool) (c cut, met, ran bool) {
	r := &s.backward
	for d := r.hi; d >= r.lo; d -= 2 {
		v := r.x[r.origin+d-1 : r.origin+d+2]
		x := int(v[0])
		if v[0] >= v[2] {
			x = int(v[2]) - 1
		}
		from := x
		for y := x - d; x > 0 && y > 0 && a[x-1] == b[y-1]; y-- {
			x--
		}
		ran = ran || from-x > longRun
		v[1] = int32(x)
		if meet && s.forward.covers(d) && x <= s.forward.at(d) {
			return cut{x, x - d, true, true}, true, ran
		}
	}
	return cut{}, false, ran
}

// promising looks for the best place that a walk reached through a long run of equal
// lines, and so far ahead of its cost that it is likely to be part of a good difference:
// its way along both files, less its distance from the diagonal of the walk's corner, is
// more than the gain asked for.
func (s *search) promising(a, b []int32, gain int) (c cut, ok bool) {
	best := gain
	for d := s.forward.hi; d >= s.forward.lo; d -= 2 {
		x := s.forward.at(d)
		y := x - d
		if v := x + y - abs(d); v > best && x >= longRun && x < len(a) && y >= longRun && y < len(b) &&
			slices.Equal(a[x-longRun:x], b[y-longRun:y]) {
			best, c, ok = v, cut{x, y, true, false}, true
		}
	}
	if ok {
		return c, ok
	}
	for d := s.backward.hi; d >= s.backward.lo; d -= 2 {
		x := s.backward.at(d)
		y := x - d
		if v := len(a) - x + len(b) - y - abs(d-(len(a)-len(b))); v > best && x > 0 && x <= len(a)-longRun && y > 0 && y <= len(b)-longRun &&
			slices.Equal(a[x:x+longRun], b[y:y+longRun]) {
			best, c, ok = v, cut{x, y, false, true}, true
		}
	}
	return c, ok
}

// furthest gives up on a shortest difference and cuts where one of the walks came
// furthest, in a box of the given size.
func (s *search) furthest(width, height int) cut {
	front, fx := -1, 0
	for d := s.forward.hi; d >= s.forward.lo; d -= 2 {
		x := min(s.forward.at(d), width, height+d)
		if front < x+x-d {
			front, fx = x+x-d, x
		}
	}
	back, bx := math.MaxInt, 0
	for d := s.backward.hi; d >= s.backward.lo; d -= 2 {
		x := max(s.backward.at(d), 0, d)
		if x+x-d < back {
			back, bx = x+x-d, x
		}
	}
	if width+height-back < front {
		return cut{fx, front - fx, true, false}
	}
	return cut{bx, back - bx, false, true}
}

func abs(n int) int { return max(n, -n) }

// start sets the walk on one diagonal of a box that is as high as given.
func (f *frontier) start(diagonal, x, height int) {
	f.origin = height + 1
	f.lo, f.hi = diagonal, diagonal
	f.x[f.origin+diagonal] = int32(x)
}

// widen takes in one more diagonal on either side; at the edge of the box, one less. What
// lies beyond is set to a value that no step comes from.
func (f *frontier) widen(width, height int, beyond int32) {
	if f.lo > -height {
		f.lo--
		f.x[f.origin+f.lo-1] = beyond
	} else {
		f.lo++
	}
	if f.hi < width {
		f.hi++
		f.x[f.origin+f.hi+1] = beyond
	} else {
		f.hi--
	}
}

// at is how far the walk came on a diagonal.
func (f *frontier) at(diagonal int) int { return int(f.x[f.origin+diagonal]) }

// covers tells whether the walk came to a diagonal.
func (f *frontier) covers(diagonal int) bool { return f.lo <= diagonal && diagonal <= f.hi }
