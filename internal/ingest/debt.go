package ingest

import (
	"sort"

	"github.com/diarchy/diarchy/internal/fact"
)

// debtBook follows markers of admitted debt through history. A line that a commit
// takes out and puts in again, in the same file or another, has moved: it is neither
// new nor gone.
type debtBook struct {
	byText  map[string][]*entry
	byPath  map[string]map[*entry]bool
	fresh   []*entry
	changed map[*entry]bool
}

type entry struct {
	fact.DebtMarker
	stored bool
}

func newDebtBook(open []fact.DebtMarker) *debtBook {
	b := &debtBook{byText: map[string][]*entry{}, byPath: map[string]map[*entry]bool{}, changed: map[*entry]bool{}}
	for _, m := range open {
		b.add(&entry{DebtMarker: m, stored: true})
	}
	return b
}

func (b *debtBook) add(e *entry) {
	b.byText[e.Text] = append(b.byText[e.Text], e)
	b.place(e, e.Path)
}

func (b *debtBook) place(e *entry, path string) {
	if old := b.byPath[e.Path]; old != nil {
		delete(old, e)
	}
	if b.byPath[path] == nil {
		b.byPath[path] = map[*entry]bool{}
	}
	b.byPath[path][e] = true
	e.Path = path
}

// commit books the marker lines of a commit. Commits come parents first.
func (b *debtBook) commit(c *fact.Commit) {
	for _, f := range c.Changes {
		if f.OldPath != "" && len(b.byPath[f.OldPath]) > 0 {
			b.rename(f.OldPath, f.Path)
		}
	}
	if len(c.MarkerLines) == 0 {
		return
	}
	added, deleted := split(c.MarkerLines)
	ordinal := 0
	for _, text := range texts(added, deleted) {
		in, out := added[text], deleted[text]
		in, out = b.cancel(in, out)
		for _, l := range out {
			b.close(l, c.SHA)
		}
		for _, l := range in {
			e := &entry{DebtMarker: fact.DebtMarker{InSHA: c.SHA, Ordinal: ordinal, Path: l.Path, Kind: l.Kind, Text: l.Text}}
			ordinal++
			b.add(e)
			b.fresh = append(b.fresh, e)
		}
	}
}

func (b *debtBook) rename(from, to string) {
	for e := range b.byPath[from] {
		b.place(e, to)
		b.note(e)
	}
}

// split groups lines by their text.
func split(lines []fact.MarkerLine) (added, deleted map[string][]fact.MarkerLine) {
	added, deleted = map[string][]fact.MarkerLine{}, map[string][]fact.MarkerLine{}
	for _, l := range lines {
		if l.Added {
			added[l.Text] = append(added[l.Text], l)
		} else {
			deleted[l.Text] = append(deleted[l.Text], l)
		}
	}
	return added, deleted
}

func texts(a, b map[string][]fact.MarkerLine) []string {
	var out []string
	for t := range a {
		out = append(out, t)
	}
	for t := range b {
		if _, both := a[t]; !both {
			out = append(out, t)
		}
	}
	sort.Strings(out)
	return out
}

// cancel pairs lines of one text that went out with lines that came in: first within
// a file, then across files, where the marker moves along.
func (b *debtBook) cancel(in, out []fact.MarkerLine) (restIn, restOut []fact.MarkerLine) {
	if len(in) == 0 || len(out) == 0 {
		return in, out
	}
	here := map[string]int{}
	for _, l := range in {
		here[l.Path]++
	}
	for _, l := range out {
		if here[l.Path] > 0 {
			here[l.Path]--
		} else {
			restOut = append(restOut, l)
		}
	}
	for i := len(in) - 1; i >= 0; i-- {
		if here[in[i].Path] > 0 {
			here[in[i].Path]--
			restIn = append(restIn, in[i])
		}
	}
	n := min(len(restIn), len(restOut))
	for i := range n {
		if e := b.find(restOut[i]); e != nil {
			b.place(e, restIn[i].Path)
			b.note(e)
		}
	}
	return restIn[n:], restOut[n:]
}

// find is the oldest open marker of that text in that file, else in any.
func (b *debtBook) find(l fact.MarkerLine) *entry {
	open := b.byText[l.Text]
	for _, e := range open {
		if e.Path == l.Path {
			return e
		}
	}
	if len(open) > 0 {
		return open[0]
	}
	return nil
}

// close ends a marker. A line that was never seen coming in (a merge brought it) is
// passed over.
func (b *debtBook) close(l fact.MarkerLine, sha string) {
	e := b.find(l)
	if e == nil {
		return
	}
	e.OutSHA = sha
	b.note(e)
	delete(b.byPath[e.Path], e)
	open := b.byText[e.Text]
	for i := range open {
		if open[i] == e {
			b.byText[e.Text] = append(open[:i:i], open[i+1:]...)
			break
		}
	}
	if len(b.byText[e.Text]) == 0 {
		delete(b.byText, e.Text)
	}
}

func (b *debtBook) note(e *entry) {
	if e.stored {
		b.changed[e] = true
	}
}

// take hands over what is to be stored, and regards it as stored.
func (b *debtBook) take() (fresh, changed []fact.DebtMarker) {
	for _, e := range b.fresh {
		fresh = append(fresh, e.DebtMarker)
		e.stored = true
	}
	for e := range b.changed {
		changed = append(changed, e.DebtMarker)
	}
	sort.Slice(changed, func(i, j int) bool {
		if changed[i].InSHA != changed[j].InSHA {
			return changed[i].InSHA < changed[j].InSHA
		}
		return changed[i].Ordinal < changed[j].Ordinal
	})
	b.fresh, b.changed = nil, map[*entry]bool{}
	return fresh, changed
}
