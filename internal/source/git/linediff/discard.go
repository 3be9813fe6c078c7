package linediff

import "math/bits"

// Before the search, lines are set aside that would cost more than they help: those that
// the other file does not have, and, in the midst of them, those that it has often (blank
// lines, closing brackets). What is set aside counts as changed.

// likeness says how often a line is in the other file.
type likeness byte

const (
	absent likeness = iota
	present
	frequent
)

const (
	frequentMax = 1024 // as many as this are frequent in a file of any length
	window      = 100  // lines looked at before and after a frequent one
	absentShare = 4    // more than so many lines in its neighbourhood per frequent one: set it aside
)

// lines are the lines that a search looks at.
type lines struct {
	class []int32
	index []int32 // of the line in its side
}

// keep chooses the lines to search and marks the others as changed. It looks up in
// classes how often a line is in the other file.
func (s *side) keep(classes []class, other int) {
	often := min(roughSqrt(s.total), frequentMax)
	s.likeness = s.likeness[:0]
	for _, c := range s.class {
		l := present
		if n := int(classes[c].count[other]); n == 0 {
			l = absent
		} else if n >= often {
			l = frequent
		}
		s.likeness = append(s.likeness, l)
	}
	s.changed = s.changed[:0]
	s.kept.class, s.kept.index = s.kept.class[:0], s.kept.index[:0]
	for i, l := range s.likeness {
		aside := l == absent || l == frequent && amidAbsent(s.likeness, i)
		s.changed = append(s.changed, aside)
		if !aside {
			s.kept.class = append(s.kept.class, s.class[i])
			s.kept.index = append(s.kept.index, int32(i))
		}
	}
}

// amidAbsent tells whether the frequent line i stands in a run of lines that are absent
// or frequent, with absent ones on both sides and enough of them.
func amidAbsent(all []likeness, i int) bool {
	absentBefore, frequentBefore := 0, 1
	for k := i - 1; k >= max(0, i-window) && all[k] != present; k-- {
		if all[k] == absent {
			absentBefore++
		} else {
			frequentBefore++
		}
	}
	if absentBefore == 0 {
		return false
	}
	absentAfter, frequentAfter := 0, 1
	for k := i + 1; k <= min(len(all)-1, i+window) && all[k] != present; k++ {
		if all[k] == absent {
			absentAfter++
		} else {
			frequentAfter++
		}
	}
	if absentAfter == 0 {
		return false
	}
	n := frequentBefore + frequentAfter
	return n*absentShare < n+absentBefore+absentAfter
}

// roughSqrt is a power of two near the square root: 2 for 1 to 3, 4 for 4 to 15, 8 for
// 16 to 63.
func roughSqrt(n int) int { return 1 << ((bits.Len(uint(n)) + 1) / 2) }
