package linediff

import (
	"math/bits"
	"slices"
)

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

// keep chooses the lines to search and marks the others as changed. Counts tell how often
// a line is in the other file.
func (s *side) keep(counts [][2]int32, other int) {
	often := int32(min(roughSqrt(s.total), frequentMax))
	n := len(s.class)
	s.likeness = slices.Grow(s.likeness[:0], n)[:n]
	for i, c := range s.class {
		l := present
		if n := counts[c][other]; n == 0 {
			l = absent
		} else if n >= often {
			l = frequent
		}
		s.likeness[i] = l
	}
	s.changed = slices.Grow(s.changed[:0], n)[:n]
	class, index := slices.Grow(s.kept.class[:0], n)[:n], slices.Grow(s.kept.index[:0], n)[:n]
	kept := 0
	for i, l := range s.likeness {
		if l == absent || l == frequent && amidAbsent(s.likeness, i) {
			s.changed[i] = 1
			continue
		}
		s.changed[i] = 0
		class[kept], index[kept] = s.class[i], int32(i)
		kept++
	}
	s.kept = lines{class[:kept], index[:kept]}
}

// plainMost is how many lines a side may have that the other has not for plain to decide.
// Of those that both have, git sets none aside as long as there are fewer than
// 2*(absentShare-1)+1 others on that side; see amidAbsent.
const plainMost = 6

// plain marks the changed lines where nothing needs to be searched: where few lines stand
// on one side alone, and all others follow each other on both sides in the same order.
// Then there is but one shortest difference. Lines that the other side has only in its
// common head or tail do not change that: nothing here can be paired with them. And git
// finds it, since it takes shortcuts only beyond costMin edits.
func (d *Differ) plain() bool {
	old, new := &d.old, &d.new
	old.changed = slices.Grow(old.changed[:0], len(old.class))[:len(old.class)]
	new.changed = slices.Grow(new.changed[:0], len(new.class))[:len(new.class)]
	clear(old.changed)
	clear(new.changed)
	aloneOld, aloneNew := 0, 0
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		for ; i < len(old.class) && d.counts[old.class[i]][inNew] == 0; i++ {
			old.changed[i] = 1
			aloneOld++
		}
		for ; j < len(new.class) && d.counts[new.class[j]][inOld] == 0; j++ {
			new.changed[j] = 1
			aloneNew++
		}
		if aloneOld > plainMost || aloneNew > plainMost {
			return false
		}
		if i == len(old.class) || j == len(new.class) {
			return i == len(old.class) && j == len(new.class)
		}
		if old.class[i] != new.class[j] {
			return false
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
