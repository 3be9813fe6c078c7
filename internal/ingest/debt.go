package ingest

import (
	"sort"

	"github.com/diarchy/diarchy/internal/fact"
)

// debtBook follows markers of admitted debt through history. A line that a commit
// takes out and puts in again, in the same file or another, has moved: it is neither
// new nor gone. A file that begins where it stands already came by two ways, as when a
// history was copied into another: its markers stand once.
type debtBook struct {
	all    []*fact.DebtMarker // in the order in which they came
	byText map[string][]*fact.DebtMarker
	byPath map[string]map[*fact.DebtMarker]bool // those that stand
}

func newDebtBook() *debtBook {
	return &debtBook{byText: map[string][]*fact.DebtMarker{}, byPath: map[string]map[*fact.DebtMarker]bool{}}
}

// debts books a whole history, parents before children. What came and went within one
// change never stood on the main line: it is work in progress, not debt.
func debts(history []fact.Commit) []fact.DebtMarker {
	b := newDebtBook()
	for i := range history {
		b.commit(&history[i])
	}
	change := make(map[string]string, len(history))
	for _, c := range history {
		change[c.SHA] = c.Landing.Change
	}
	out := make([]fact.DebtMarker, 0, len(b.all))
	for _, m := range b.all {
		if m.OutSHA == "" || change[m.InSHA] == "" || change[m.InSHA] != change[m.OutSHA] {
			out = append(out, *m)
		}
	}
	return out
}

func (b *debtBook) open(m *fact.DebtMarker) {
	b.all = append(b.all, m)
	b.byText[m.Text] = append(b.byText[m.Text], m)
	b.place(m, m.Path)
}

func (b *debtBook) place(m *fact.DebtMarker, path string) {
	delete(b.byPath[m.Path], m)
	if b.byPath[path] == nil {
		b.byPath[path] = map[*fact.DebtMarker]bool{}
	}
	b.byPath[path][m] = true
	m.Path = path
}

// commit books the marker lines of a commit. Commits come parents first.
func (b *debtBook) commit(c *fact.Commit) {
	b.rename(c.Changes)
	if len(c.MarkerLines) == 0 {
		return
	}
	added, deleted := split(b.fresh(c))
	ordinal := 0
	for _, text := range texts(added, deleted) {
		in, out := b.cancel(added[text], deleted[text])
		for _, l := range out {
			b.close(l, c.SHA)
		}
		for _, l := range in {
			b.open(&fact.DebtMarker{InSHA: c.SHA, Ordinal: ordinal, Path: l.Path, Kind: l.Kind, Text: l.Text})
			ordinal++
		}
	}
}

// rename moves markers along with their files, all at once: two files may have
// changed places.
func (b *debtBook) rename(changes []fact.FileChange) {
	moved := map[*fact.DebtMarker]string{}
	for _, f := range changes {
		if f.OldPath == "" {
			continue
		}
		for m := range b.byPath[f.OldPath] {
			moved[m] = f.Path
		}
	}
	for m, to := range moved {
		b.place(m, to)
	}
}

// fresh are the marker lines of a commit without those of files that it begins and that
// stand with them already.
func (b *debtBook) fresh(c *fact.Commit) []fact.MarkerLine {
	stand := map[string]map[string]int{}
	for _, f := range c.Changes {
		if f.Kind != fact.Added || len(b.byPath[f.Path]) == 0 {
			continue
		}
		stand[f.Path] = map[string]int{}
		for m := range b.byPath[f.Path] {
			stand[f.Path][m.Text]++
		}
	}
	if len(stand) == 0 {
		return c.MarkerLines
	}
	var out []fact.MarkerLine
	for _, l := range c.MarkerLines {
		if l.Added && stand[l.Path][l.Text] > 0 {
			stand[l.Path][l.Text]--
			continue
		}
		out = append(out, l)
	}
	return out
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
// a file, then across files, where the marker moves along. A line that went out
// without ever being seen coming in (a merge brought it) is a debt that comes in now.
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
		if m := b.find(restOut[i]); m != nil {
			b.place(m, restIn[i].Path)
		} else {
			restIn = append(restIn, restIn[i])
		}
	}
	return restIn[n:], restOut[n:]
}

// find is the oldest open marker of that text in that file, else in any.
func (b *debtBook) find(l fact.MarkerLine) *fact.DebtMarker {
	open := b.byText[l.Text]
	for _, m := range open {
		if m.Path == l.Path {
			return m
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
	m := b.find(l)
	if m == nil {
		return
	}
	m.OutSHA = sha
	delete(b.byPath[m.Path], m)
	open := b.byText[m.Text]
	for i := range open {
		if open[i] == m {
			b.byText[m.Text] = append(open[:i:i], open[i+1:]...)
			break
		}
	}
}
