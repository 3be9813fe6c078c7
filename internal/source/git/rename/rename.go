// Package rename finds which of the files that a commit deleted live on under another
// name, as `git log -M` does (git 2.39, at 50 % similarity, without copies).
//
// Git pairs files in three rounds: those with equal contents, those with a file name
// that is unique on both sides, and of the rest the most similar. Similarity is an
// estimate from hashes of pieces of the contents; see fingerprint. To pair the same files
// as git does, its order of preference and its constants are kept. The code is our own in
// structure and wording; none of git's was copied.
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
// found without it. What read returned is not used any more when it is asked again. An
// error is one of read.
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
		o, n := &f.old[from], &f.new[to]
		if !regular(o.Mode) || !regular(n.Mode) {
			continue
		}
		if err := f.fingerprint(o, n); err != nil {
			return err
		}
		score := sharing(o.print.shared(n.print), o.print.size, n.print.size, minScoreNamed)
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

// sharing gives how many bytes two files share of how many of the larger, as a score. What
// would be less than least may be 0.
func sharing(shared, a, b, least int) int {
	small, large := min(a, b), max(a, b)
	if small == 0 || large*(maxScore-least) < (large-small)*maxScore {
		return 0
	}
	return shared * maxScore / large
}

// fingerprint reads the given files, unless that was done before.
func (f *finder[ID]) fingerprint(files ...*file[ID]) error {
	for _, of := range files {
		if of.print != nil {
			continue
		}
		content, err := f.read(of.ID)
		if err != nil {
			return err
		}
		if f.counter == nil {
			f.counter = new(counter)
		}
		of.print = f.counter.fingerprint(content)
	}
	return nil
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func regular(mode uint32) bool { return mode&0o170000 == 0o100000 }
