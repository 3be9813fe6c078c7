package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	mainLine = "refs/heads/main"
	sideLine = "refs/heads/pull" // of every change request in turn; dropped in the end
)

// history writes one repository, event by event in the order of time.
type history struct {
	p              *plan
	repo           int
	kind           *repoKind
	r              *rand.Rand
	ties           *rand.Rand // of changes to items of work
	w              words
	s              *stream
	files          []*file
	taken          map[string]bool // paths that were ever used
	docs           *documents
	deps           *manifest
	tip            mark
	tipAt          time.Time
	number         int // of the last change request
	recent         []*landing
	major          int
	minor          int
	admitted, paid flow // of debt markers
}

// event is something that happens to the repository.
type event struct {
	at time.Time
	do func(at time.Time)
}

func newHistory(p *plan, repo int, s *stream) *history {
	r := rand.New(rand.NewPCG(p.company.Seed, uint64(repo)+1))
	k := &p.repos[repo]
	ties := rand.New(rand.NewPCG(p.company.Seed, uint64(90+repo)))
	h := &history{p: p, repo: repo, kind: k, r: r, ties: ties, s: s, taken: map[string]bool{}, major: 1, number: 10 + r.IntN(90)}
	h.w = words{r: r, kind: k}
	h.docs = newDocuments(k)
	h.deps = newManifest(k, r)
	return h
}

// write says everything.
func (h *history) write() {
	h.found()
	events := append(h.work(), h.machines()...)
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		e.do(e.at)
	}
	if h.kind.style == mergeCommits {
		h.s.drop(sideLine)
	}
}

// work are the changes of people. In a repository of merge commits a change has two
// events: its side branch starts, and it is merged.
func (h *history) work() []event {
	var out []event
	for _, ch := range h.p.changes[h.repo] {
		if !ch.start.After(h.tipAt) {
			ch.start = h.tipAt.Add(10 * time.Minute).In(ch.author.zone)
		}
		if !ch.land.After(ch.start) {
			ch.land = ch.start.Add(25 * time.Minute)
		}
		if h.kind.style != mergeCommits {
			out = append(out, event{ch.land, func(time.Time) { h.land(h.prepare(ch)) }})
			continue
		}
		var d *draft
		out = append(out, event{ch.start, func(time.Time) { d = h.prepare(ch) }}, event{ch.land, func(time.Time) { h.merge(d) }})
	}
	return out
}

// found imports the code that the company started with.
func (h *history) found() {
	lead := h.p.people[0]
	at := moment(h.p.cal.first, lead.zone, 6.2, 17)
	var edits []edit
	set := func(path, text string) { edits = append(edits, edit{path, h.s.blob(text)}) }
	for _, area := range h.kind.areas {
		for range 11 {
			if f := h.newFile(area, 5+h.r.IntN(9)); h.r.Float64() < 0.85 {
				h.testOf(f)
			}
		}
	}
	lines, _ := h.sums()
	for range int(float64(lines) * debtDensity) {
		h.w.admit(one(h.r, h.files), one(h.r, h.p.people[:h.p.company.Founders]))
	}
	for _, f := range h.files {
		f.busy = false
		set(f.path, f.text())
	}
	for _, d := range h.docs.all() {
		set(d, h.docs.text(d, at))
	}
	set(h.kind.manifest, h.deps.text())
	set("README.md", readme(h.kind))
	set("CHANGELOG.md", "# Changelog\n")
	set("VERSION", "1.0.0\n")
	set(".mailmap", h.mailmap())
	who := h.sign(lead, at)
	h.onMain(commit{author: who, committer: who, message: "Import " + h.kind.name + " from the prototype repository\n", edits: edits})
}

// lastOf keeps the last edit of each path.
func lastOf(edits []edit) []edit {
	seen := map[string]bool{}
	var out []edit
	for _, e := range slices.Backward(edits) {
		if !seen[e.path] {
			seen[e.path] = true
			out = append(out, e)
		}
	}
	slices.Reverse(out)
	return out
}

// mailmap joins the two addresses of the person who has two.
func (h *history) mailmap() string {
	p := h.p.people[twoAddresses]
	return fmt.Sprintf("%s <%s> <%s>\n", p.name, p.email, p.alt)
}

// sign is somebody's signature at a moment in their zone, sometimes with the second
// address.
func (h *history) sign(p *person, at time.Time) signature {
	email := p.email
	if p.alt != "" && h.r.Float64() < 0.3 {
		email = p.alt
	}
	return signature{p.name, email, at.In(p.zone)}
}

// onMain adds a commit to the main line, never earlier than the one before.
func (h *history) onMain(c commit) mark {
	if !c.committer.at.After(h.tipAt) {
		c.committer.at = h.tipAt.Add(time.Second).In(c.committer.at.Location())
		c.author.at = earlier(c.author.at, c.committer.at)
	}
	c.ref, c.from = mainLine, h.tip
	h.tip, h.tipAt = h.s.commit(c), c.committer.at
	return h.tip
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// newFile makes a file of an area under a name that nobody used yet.
func (h *history) newFile(area string, functions int) *file {
	base := one(h.r, h.kind.nouns)
	for h.taken[h.kind.path(area, base, false)] {
		base = one(h.r, h.kind.nouns) + "_" + one(h.r, []string{"store", "rules", "handler", "client", "view", "sync", "policy", "format", "queue", "limits", one(h.r, h.kind.nouns)})
	}
	return h.add(h.w.newFile(h.kind.path(area, base, false), area, base, false, functions))
}

// testOf is the file that tests f; it is made when there is none.
func (h *history) testOf(f *file) *file {
	path := h.kind.path(f.area, f.base, true)
	for _, t := range h.files {
		if t.path == path {
			return t
		}
	}
	return h.add(h.w.newFile(path, f.area, f.base, true, 2+h.r.IntN(4)))
}

func (h *history) add(f *file) *file {
	h.taken[f.path] = true
	f.busy = true
	h.files = append(h.files, f)
	return f
}

// sums are the lines of the repository and the debt that they admit.
func (h *history) sums() (lines, markers int) {
	for _, f := range h.files {
		lines += f.lines
		markers += f.markers
	}
	return lines, markers
}

// choose draws a file that nobody is at work on and that passes; some files change
// far more often than others. It returns nil when there is none.
func (h *history) choose(pass func(*file) bool) *file {
	for range 40 {
		x := h.r.Float64()
		f := h.files[int(float64(len(h.files))*x*x)]
		if !f.busy && pass(f) {
			return f
		}
	}
	return nil
}
