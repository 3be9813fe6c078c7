package metric

import "testing"

// TestTruckFactorWhenPeopleLeave: of 24 files, Ada (1) holds 14, 8 of them with Bo (2), and
// Cy (3) the other 10. Without anybody 13 files must be lost: of Ada and Bo the first loses 6
// and both lose 14; Cy and Ada lose 16. Ada has most and goes first, then Cy.
func TestTruckFactorWhenPeopleLeave(t *testing.T) {
	var files []FileHolders
	for i := range 24 {
		f := FileHolders{Repository: "r", Path: string(rune('a' + i)), People: []int64{3}}
		switch {
		case i < 6:
			f.People = []int64{1}
		case i < 14:
			f.People = []int64{1, 2}
		}
		files = append(files, f)
	}
	for _, c := range []struct {
		gone            []int64
		factor, orphans int
	}{{nil, 2, 0}, {[]int64{1}, 1, 6}, {[]int64{2}, 1, 0}, {[]int64{1, 2}, 0, 14}, {[]int64{3}, 1, 10}, {[]int64{9}, 2, 0}} {
		gone := map[int64]bool{}
		for _, p := range c.gone {
			gone[p] = true
		}
		if factor, orphans, ok := TruckFactor(files, gone); !ok || factor != c.factor || orphans != c.orphans {
			t.Errorf("without %v: %d, and %d files of nobody; want %d and %d", c.gone, factor, orphans, c.factor, c.orphans)
		}
	}
	if _, _, ok := TruckFactor(files[:leastFiles-1], nil); ok {
		t.Error("too few files have a truck factor")
	}
}
