package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// draft is a change that somebody works on.
type draft struct {
	*change
	base    mark // what its side branch started from
	title   string
	branch  string
	pieces  []piece
	touched []*file
	undo    bool // undoing it is easy: it only edited files
	undone  *landing
}

// piece is one commit of a draft.
type piece struct {
	subject string
	at      time.Time
	edits   []edit
}

// landing is a change that landed not long ago.
type landing struct {
	at       mark
	subject  string
	files    []*file
	versions []int
}

// prepare writes the commits of a change.
func (h *history) prepare(ch *change) *draft {
	d := &draft{change: ch, base: h.tip}
	if d.start.Before(h.tipAt) && h.kind.style == mergeCommits {
		d.start = h.tipAt.In(d.author.zone) // its base may be some seconds younger
	}
	switch {
	case ch.kind == decision:
		h.decide(d)
	case ch.kind == review:
		h.review(d)
	case h.r.Float64() < 0.013 && h.revert(d):
	default:
		h.develop(d)
	}
	if d.branch == "" {
		d.branch = slug(d.title)
	}
	return d
}

func (h *history) decide(d *draft) {
	rec := d.record
	h.piece(d, recordSubject(rec, d.status), d.start, edit{rec.path(), h.s.blob(rec.text(d.status, h.kind.frontMatter))})
	d.title = d.pieces[0].subject
	d.branch = fmt.Sprintf("adr-%04d-%s", rec.number, d.status)
}

func (h *history) review(d *draft) {
	var edits []edit
	for _, path := range h.docs.review(h.r) {
		edits = append(edits, edit{path, h.s.blob(h.docs.text(path, d.land))})
	}
	h.piece(d, one(h.r, []string{"docs: review runbooks and checklists", "docs: go through the API description and runbooks", "docs: bring runbooks up to date"}), d.start, edits...)
	d.title = d.pieces[0].subject
	d.branch = d.land.Format("docs-2006-01-02")
}

// revert undoes a change that landed lately and was not built upon.
func (h *history) revert(d *draft) bool {
	for _, l := range slices.Backward(h.recent) {
		if !l.intact() {
			continue
		}
		var edits []edit
		for _, f := range l.files {
			f.functions, f.before = f.before, nil
			f.count()
			h.touch(d, f)
			edits = append(edits, edit{f.path, h.s.blob(f.text())})
		}
		d.undone = l
		h.piece(d, fmt.Sprintf("Revert %q", l.subject), d.start, edits...)
		d.title, d.branch = d.pieces[0].subject, fmt.Sprintf("revert-%d", h.number)
		h.recent = nil
		return true
	}
	return false
}

// intact reports whether nobody changed what the landing changed.
func (l *landing) intact() bool {
	for i, f := range l.files {
		if f.busy || f.version != l.versions[i] || f.before == nil {
			return false
		}
	}
	return true
}

// develop is ordinary work: one commit, or some on a side branch.
func (h *history) develop(d *draft) {
	n := 1
	if h.kind.style == mergeCommits {
		n += pick(h.r, []float64{0.69, 0.2, 0.08, 0.03})
	}
	d.undo = true
	times := h.times(d, n)
	for i := range n {
		h.commitOf(d, i, times[i])
	}
	d.title = d.pieces[0].subject
	h.tie(d)
}

// named is the share of changes that name the item of work that they belong to.
const named = 0.85

// tie lets a change name an item that its team has under way: in the first of its commits, and
// as its branch.
func (h *history) tie(d *draft) {
	b := h.p.tracked[h.repo]
	it := b.underWay(d.land)
	if it == nil || h.ties.Float64() >= named {
		return
	}
	it.changes++
	d.branch = b.name(it) + "-" + slug(d.title)
	d.pieces[0].subject += " (" + b.name(it) + ")"
	d.title = d.pieces[0].subject
}

// commitOf writes the i-th commit of ordinary work.
func (h *history) commitOf(d *draft, i int, at time.Time) {
	var edits []edit
	var saved []*file
	save := func(f *file) {
		if !slices.Contains(saved, f) {
			saved = append(saved, f)
		}
	}
	topic := "change"
	main := h.subjectFile(d)
	switch x := h.r.Float64(); {
	case i == 0 && x < 0.012 && h.rename(d, &edits, save):
		topic = "move"
	case i == 0 && x < 0.04 && h.remove(d, &edits):
		topic = "remove"
	case main == nil || i == 0 && x < 0.07:
		main = h.newFile(one(h.r, h.kind.areas), 2+h.r.IntN(4))
		d.touched, d.undo, topic = append(d.touched, main), false, "add"
		save(main)
	default:
		h.rework(d, main)
		save(main)
	}
	if topic == "change" || topic == "add" {
		h.beside(d, main, save)
		if i == 0 && h.debt(d, main, save) {
			topic = "debt"
		}
	}
	area := one(h.r, h.kind.areas)
	if main != nil {
		area = main.area
	}
	for _, f := range saved {
		edits = append(edits, edit{f.path, h.s.blob(f.text())})
	}
	h.piece(d, h.subject(topic, area, i), at, edits...)
}

// subjectFile is the file that a commit is about: a new one, or one that the draft
// has changed already.
func (h *history) subjectFile(d *draft) *file {
	if len(d.touched) > 0 && h.r.Float64() < 0.6 {
		return one(h.r, d.touched)
	}
	return h.choose(func(f *file) bool { return !f.test })
}

// rework edits a file and remembers what it was before the draft.
func (h *history) rework(d *draft, f *file) {
	if !f.busy {
		f.keep()
		h.touch(d, f)
	}
	h.w.edit(f)
}

// touch keeps others from a file until the draft lands.
func (h *history) touch(d *draft, f *file) {
	f.busy = true
	f.version++
	d.touched = append(d.touched, f)
}

// beside changes what a commit changes along with its file: often the test,
// sometimes a second file.
func (h *history) beside(d *draft, main *file, save func(*file)) {
	if h.r.Float64() < 0.3 {
		n := len(h.files)
		if t := h.testOf(main); len(h.files) > n {
			d.touched, d.undo = append(d.touched, t), false
			save(t)
		} else if !t.busy {
			h.rework(d, t)
			save(t)
		}
	}
	if h.r.Float64() < 0.3 {
		if f := h.choose(func(f *file) bool { return f.area == main.area || h.r.Float64() < 0.1 }); f != nil {
			h.rework(d, f)
			save(f)
		}
	}
}

// debt lets a change admit debt in its file and pay down some that stood. Pay-down
// keeps the density of debt, until a surge that it does not follow. It reports
// whether paying down is what the change is about.
func (h *history) debt(d *draft, main *file, save func(*file)) bool {
	for range h.admitted.take(h.r, d.debtIn) {
		h.w.admit(main, d.author)
		d.undo = false
		save(main)
	}
	out := d.debtOut
	if !d.surge {
		lines, markers := h.sums()
		out = max(0, out+0.01*(float64(markers)-debtDensity*float64(lines)))
	}
	paid := 0
	for range h.paid.take(h.r, out) {
		f := h.owing()
		if f == nil {
			break
		}
		if !f.busy {
			f.keep()
			h.touch(d, f)
		}
		h.w.payDown(f)
		d.undo = false
		save(f)
		paid++
	}
	return paid > 0 && h.r.Float64() < 0.5
}

// owing draws a file that admits debt, the more likely the more it admits.
func (h *history) owing() *file {
	sum := 0
	for _, f := range h.files {
		if !f.busy {
			sum += f.markers
		}
	}
	if sum == 0 {
		return nil
	}
	x := h.r.IntN(sum)
	for _, f := range h.files {
		if f.busy {
			continue
		}
		if x -= f.markers; x < 0 {
			return f
		}
	}
	return nil
}

// rename moves a file, and its test, to another name.
func (h *history) rename(d *draft, edits *[]edit, save func(*file)) bool {
	f := h.choose(func(f *file) bool { return !f.test })
	if f == nil {
		return false
	}
	base, _, _ := strings.Cut(f.base, "_")
	base += "_" + one(h.r, h.kind.nouns)
	if h.taken[h.kind.path(f.area, base, false)] {
		return false
	}
	for _, g := range h.pair(f) {
		*edits = append(*edits, edit{path: g.path})
		g.path, g.base, g.before = h.kind.path(f.area, base, g.test), base, nil
		h.taken[g.path] = true
		h.touch(d, g)
		save(g)
	}
	d.undo = false
	return true
}

// pair is a file with its test, if it has one that nobody is at work on.
func (h *history) pair(f *file) []*file {
	path := h.kind.path(f.area, f.base, true)
	for _, t := range h.files {
		if t.path == path && t != f && !t.busy {
			return []*file{f, t}
		}
	}
	return []*file{f}
}

// remove deletes a file that admits no debt, and its test.
func (h *history) remove(d *draft, edits *[]edit) bool {
	f := h.choose(func(f *file) bool { return f.markers == 0 && !f.test })
	if f == nil || len(h.files) < 40 {
		return false
	}
	d.undo = false
	for _, g := range h.pair(f) {
		g.version++
		*edits = append(*edits, edit{path: g.path})
		h.files = slices.DeleteFunc(h.files, func(o *file) bool { return o == g })
	}
	return true
}

func (h *history) piece(d *draft, subject string, at time.Time, edits ...edit) {
	d.pieces = append(d.pieces, piece{subject, at, edits})
}

// times are the moments of n commits between the start of a draft and its landing,
// in working hours.
func (h *history) times(d *draft, n int) []time.Time {
	out := []time.Time{d.start}
	days := int(d.land.Sub(d.start).Hours() / 24)
	for len(out) < n {
		t := clock(h.r, d.start.AddDate(0, 0, h.r.IntN(days+1)), d.author.zone, 9, 18.5)
		weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
		if weekend || !t.After(d.start) || !t.Before(d.land.Add(-10*time.Minute)) {
			gap := min(d.land.Sub(d.start), 2*time.Hour) - 10*time.Minute
			t = d.start.Add(time.Duration(h.r.Int64N(int64(max(gap, time.Minute)))))
		}
		out = append(out, t)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// slug is a branch name made of a subject.
func slug(s string) string {
	_, after, found := strings.Cut(s, ": ")
	if found {
		s = after
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	words = slices.DeleteFunc(words, func(w string) bool {
		return strings.Contains(" a an the of to for in is are on when one its ", " "+w+" ")
	})
	return strings.Join(words[:min(4, len(words))], "-")
}
