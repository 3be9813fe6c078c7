package rename

import (
	"cmp"
	"slices"
)

// match is how well an old file fits a new one.
type match struct {
	from, to int
	score    int
	sameName bool
}

// compare orders matches from best to worst.
func compare(a, b match) int {
	if c := cmp.Compare(b.score, a.score); c != 0 || a.sameName == b.sameName {
		return c
	}
	if a.sameName {
		return -1
	}
	return 1
}

// unused is worse than any match.
var unused = match{score: -1}

// pairSimilar compares all that is left with each other and pairs the most similar first.
func (f *finder[ID]) pairSimilar() error {
	olds, news := unpaired(f.old), unpaired(f.new)
	if len(olds)*len(news) > limit*limit {
		return nil
	}
	if !anyRegular(f.old, olds) || !anyRegular(f.new, news) {
		return nil
	}
	index, err := f.index(olds)
	if err != nil {
		return err
	}
	shared := make([]int, len(olds))
	all := make([]match, 0, candidates*len(news))
	for _, to := range news {
		n := &f.new[to]
		if regular(n.Mode) {
			if err := f.fingerprint(n); err != nil {
				return err
			}
			clear(shared)
			index.shared(n.print, shared)
			n.print.pieces = nil // not needed any more, and many files may be waiting
		}
		best := [candidates]match{unused, unused, unused, unused}
		for i, from := range olds {
			o := &f.old[from]
			m := match{from: from, to: to, sameName: baseName(o.Path) == baseName(n.Path)}
			if regular(o.Mode) && regular(n.Mode) {
				m.score = sharing(shared[i], o.print.size, n.print.size, minScore)
			}
			keepBest(&best, m)
		}
		all = append(all, best[:]...)
	}
	slices.SortStableFunc(all, compare)
	for _, m := range all {
		if m.score < minScore {
			break
		}
		if !f.old[m.from].paired && !f.new[m.to].paired {
			f.pair(m.from, m.to, m.score)
		}
	}
	return nil
}

// index holds the pieces of several files in the order of their hashes, so that one file
// is compared with all of them at once.
type index []posting

type posting struct {
	piece
	file int32
}

// index reads old files, which it numbers as in olds, and makes an index of them.
func (f *finder[ID]) index(olds []int) (x index, err error) {
	for i, from := range olds {
		o := &f.old[from]
		if !regular(o.Mode) {
			continue
		}
		if err := f.fingerprint(o); err != nil {
			return nil, err
		}
		for _, p := range o.print.pieces {
			x = append(x, posting{p, int32(i)})
		}
		o.print.pieces = nil // they are in the index
	}
	slices.SortFunc(x, func(a, b posting) int { return cmp.Compare(a.hash, b.hash) })
	return x, nil
}

// shared adds up the bytes in pieces that a file shares with each file of the index.
func (x index) shared(with *fingerprint, bytes []int) {
	for _, p := range with.pieces {
		i, _ := slices.BinarySearchFunc(x, p.hash, func(q posting, hash uint32) int { return cmp.Compare(q.hash, hash) })
		for x = x[i:]; len(x) > 0 && x[0].hash == p.hash; x = x[1:] {
			bytes[x[0].file] += int(min(x[0].bytes, p.bytes))
		}
	}
}

// keepBest puts a match in the place of the first of the worst, if it is better. Matches
// of equal rank are told apart by their place later, so that no place may be saved.
func keepBest(best *[candidates]match, m match) {
	worst := 0
	for i := range best {
		if compare(best[i], best[worst]) > 0 {
			worst = i
		}
	}
	if compare(best[worst], m) > 0 {
		best[worst] = m
	}
}

func unpaired[ID comparable](files []file[ID]) (out []int) {
	for i := range files {
		if !files[i].paired {
			out = append(out, i)
		}
	}
	return out
}

func anyRegular[ID comparable](files []file[ID], among []int) bool {
	return slices.ContainsFunc(among, func(i int) bool { return regular(files[i].Mode) })
}
