// Package rename finds which of the files that a commit deleted live on under another
// name, as `git log -M` does (git 2.39, at 50 % similarity, without copies).
//
// Git pairs files in three rounds: those with equal contents, those with a file name
// that is unique on both sides, and of the rest the most similar. Similarity is an
// estimate from hashes of pieces of the contents; see fingerprint. To pair the same files
// as git does, its order of preference and its constants are kept. The implementation is
// our own and shares no code with git.
package rename

import (
	"cmp"
	"slices"
	"strings"
)

// File is a file that a commit deleted or created.
type File[ID comparable] struct {
	Path string
	Mode uint32 // as in a tree, such as 0o100644
	ID   ID     // of its content: equal for equal contents alone
}

// Pair is a file before and after it was renamed.
type Pair[ID comparable] struct {
	Old, New   File[ID]
	Similarity int // in percent, from 50 to 100, rounded down
}

// Scores of similarity, as git counts them.
const (
	maxScore      = 60000
	minScore      = maxScore / 2                     // less is no rename
	minScoreNamed = minScore + (maxScore-minScore)/2 // less is none because of the file name alone
)

const (
	limit      = 1000 // diff.renameLimit: with more than limit*limit candidates, the last round is left out
	candidates = 4    // old files that are remembered for a new one in the last round
	tries      = 100  // old files of equal content that are considered for a new one
)

// Find pairs deleted with created files, in the order of the new paths. Contents come
// from read, which is asked at most once for each file, and not for those whose pair is
// found without it. An error is one of read.
func Find[ID comparable](deleted, created []File[ID], read func(ID) ([]byte, error)) ([]Pair[ID], error) {
	f := newFinder(deleted, created, read)
	f.pairEqual()
	if err := f.pairByName(); err != nil {
		return nil, err
	}
	if err := f.pairSimilar(); err != nil {
		return nil, err
	}
	return f.pairs(), nil
}

// FindEqual pairs only files of equal content, for which none is read, as
// `git log -M100%` does.
func FindEqual[ID comparable](deleted, created []File[ID]) []Pair[ID] {
	f := newFinder(deleted, created, nil)
	f.pairEqual()
	return f.pairs()
}

// finder holds the files of one commit, in the order of their paths.
type finder[ID comparable] struct {
	old, new []file[ID]
	read     func(ID) ([]byte, error)
	counter  *counter
}

type file[ID comparable] struct {
	File[ID]
	paired bool
	from   int // index of the old file that a new one is paired with
	score  int
	print  *fingerprint // nil until it is needed
}

func newFinder[ID comparable](deleted, created []File[ID], read func(ID) ([]byte, error)) *finder[ID] {
	return &finder[ID]{old: ordered(deleted), new: ordered(created), read: read}
}

func ordered[ID comparable](files []File[ID]) []file[ID] {
	out := make([]file[ID], len(files))
	for i, f := range files {
		out[i].File = f
	}
	byPath := func(a, b file[ID]) int { return cmp.Compare(a.Path, b.Path) }
	if !slices.IsSortedFunc(out, byPath) {
		slices.SortFunc(out, byPath)
	}
	return out
}

func (f *finder[ID]) pair(from, to, score int) {
	f.old[from].paired = true
	n := &f.new[to]
	n.paired, n.from, n.score = true, from, score
}

func (f *finder[ID]) pairs() (out []Pair[ID]) {
	for _, n := range f.new {
		if n.paired {
			out = append(out, Pair[ID]{f.old[n.from].File, n.File, n.score * 100 / maxScore})
		}
	}
	return out
}

// pairEqual pairs files of equal content: each new one with the first old one of the same
// file name, or else with the first.
func (f *finder[ID]) pairEqual() {
	if len(f.old) == 0 || len(f.new) == 0 {
		return
	}
	byID := make(map[ID][]int, len(f.old))
	for i := range f.old {
		byID[f.old[i].ID] = append(byID[f.old[i].ID], i)
	}
	if reversed(len(f.old)) {
		for _, same := range byID {
			slices.Reverse(same)
		}
	}
	for to := range f.new {
		if from := f.equalTo(&f.new[to], byID[f.new[to].ID]); from >= 0 {
			f.pair(from, to, maxScore)
		}
	}
}

// equalTo chooses one of the given old files for a new one, or -1.
func (f *finder[ID]) equalTo(n *file[ID], same []int) int {
	best, left := -1, tries
	for _, i := range same {
		o := &f.old[i]
		if o.paired || o.Mode != n.Mode && !(regular(o.Mode) && regular(n.Mode)) {
			continue
		}
		if baseName(o.Path) == baseName(n.Path) {
			return i
		}
		if best < 0 {
			best = i
		}
		if left--; left == 0 {
			break
		}
	}
	return best
}

// reversed tells whether git considers equal contents last to first: it does when its
// hash table grows upon the last of n insertions, because each chain is turned round
// then. Tables have room for four fifths of 64, 256, 1024, and so on.
func reversed(n int) bool {
	size := 64
	for n*5/4 > size {
		size *= 4
	}
	return n > size*4/5
}

// pairByName pairs files whose name within their folder is unique among the deleted and
// unique among the created ones that are left, if they are similar enough.
func (f *finder[ID]) pairByName() error {
	olds, news := uniqueNames(f.old), uniqueNames(f.new)
	for from := range f.old {
		name := baseName(f.old[from].Path)
		to, ok := news[name]
		if f.old[from].paired || olds[name] != from || !ok || to < 0 {
			continue
		}
		score, err := f.score(from, to, minScoreNamed)
		if err != nil {
			return err
		}
		if score >= minScoreNamed {
			f.pair(from, to, score)
		}
	}
	return nil
}

// uniqueNames maps the file names of files that have no pair to their index, or to -1 if
// there are several of a name.
func uniqueNames[ID comparable](files []file[ID]) map[string]int {
	m := make(map[string]int, len(files))
	for i := range files {
		if files[i].paired {
			continue
		}
		name := baseName(files[i].Path)
		if _, twice := m[name]; twice {
			m[name] = -1
		} else {
			m[name] = i
		}
	}
	return m
}

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
	all := make([]match, 0, candidates*len(news))
	for _, to := range news {
		best := [candidates]match{unused, unused, unused, unused}
		for _, from := range olds {
			score, err := f.score(from, to, minScore)
			if err != nil {
				return err
			}
			keepBest(&best, match{from, to, score, baseName(f.old[from].Path) == baseName(f.new[to].Path)})
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

// score estimates how much of the larger of two files both share. What is less than least
// may be 0 instead.
func (f *finder[ID]) score(from, to, least int) (int, error) {
	o, n := &f.old[from], &f.new[to]
	if !regular(o.Mode) || !regular(n.Mode) {
		return 0, nil
	}
	if err := f.fingerprint(o); err != nil {
		return 0, err
	}
	if err := f.fingerprint(n); err != nil {
		return 0, err
	}
	small, large := min(o.print.size, n.print.size), max(o.print.size, n.print.size)
	if small == 0 || large*(maxScore-least) < (large-small)*maxScore {
		return 0, nil
	}
	return o.print.shared(n.print) * maxScore / large, nil
}

func (f *finder[ID]) fingerprint(of *file[ID]) error {
	if of.print != nil {
		return nil
	}
	content, err := f.read(of.ID)
	if err != nil {
		return err
	}
	if f.counter == nil {
		f.counter = new(counter)
	}
	of.print = f.counter.fingerprint(content)
	return nil
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func regular(mode uint32) bool { return mode&0o170000 == 0o100000 }
