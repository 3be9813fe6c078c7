package demo

import (
	"fmt"
	"strings"
	"time"
)

// land brings a draft to the main line as one commit.
func (h *history) land(d *draft) {
	pc := d.pieces[0]
	c := commit{author: h.sign(d.author, d.land), edits: pc.edits}
	c.committer = c.author
	subject := pc.subject
	if h.kind.style == squashed {
		h.number += 1 + h.r.IntN(3)
		subject = fmt.Sprintf("%s (#%d)", subject, h.number)
		c.committer = signature{"GitHub", "noreply@github.com", d.land.UTC()}
	}
	c.author.at = earlier(d.start, c.committer.at).In(d.author.zone)
	c.message = h.message(d, subject)
	h.finish(d, h.onMain(c), subject)
}

// merge brings the side branch of a draft to the main line with a merge commit.
func (h *history) merge(d *draft) {
	last := d.base
	var edits []edit
	for i, pc := range d.pieces {
		who := h.sign(d.author, pc.at)
		message := pc.subject + "\n"
		if i == 0 {
			message = h.message(d, pc.subject)
		}
		last = h.s.commit(commit{ref: sideLine, author: who, committer: who, message: message, from: last, edits: pc.edits})
		edits = append(edits, pc.edits...)
	}
	h.number += 1 + h.r.IntN(3)
	by := h.sign(h.merger(d), d.land)
	subject := fmt.Sprintf("Merge pull request #%d from %s/%s", h.number, strings.ToLower(h.p.company.Name), d.branch)
	at := h.onMain(commit{author: by, committer: by, message: subject + "\n\n" + d.title + "\n", merge: last, edits: lastOf(edits)})
	h.finish(d, at, subject)
}

// finish lets others at the files again, and remembers what can be undone.
func (h *history) finish(d *draft, at mark, subject string) {
	l := &landing{at: at, subject: subject}
	for _, f := range d.touched {
		f.busy = false
		l.files = append(l.files, f)
		l.versions = append(l.versions, f.version)
	}
	if d.undo {
		h.recent = append(h.recent, l)
		h.recent = h.recent[max(0, len(h.recent)-8):]
	}
}

// merger is who merges a draft: one of the first people, and hardly ever the author.
func (h *history) merger(d *draft) *person {
	weights := []float64{0.22, 0.2, 0.18, 0.16, 0.13, 0.11}
	if m := h.p.company.Merging; h.p.cal.index(d.land) >= h.p.cal.back(m.Weeks) {
		weights[0] = m.Share * (1 - weights[0]) / (1 - m.Share)
		return h.p.people[pick(h.r, weights)]
	}
	for {
		if by := h.p.people[pick(h.r, weights)]; by != d.author {
			return by
		}
	}
}

// message is a commit's whole message.
func (h *history) message(d *draft, subject string) string {
	var b strings.Builder
	b.WriteString(subject + "\n")
	switch {
	case d.undone != nil:
		fmt.Fprintf(&b, "\nThis reverts commit %s.\n%s\n", h.s.sha(d.undone.at), one(h.r, revertReasons()))
	case h.r.Float64() < 0.18:
		b.WriteString("\n" + one(h.r, reasons()) + "\n")
	}
	var trailers []string
	if share := h.reviewed(); h.r.Float64() < share {
		trailers = append(trailers, h.trailer("Reviewed-by", d))
	}
	if h.r.Float64() < 0.04 {
		trailers = append(trailers, h.trailer("Co-authored-by", d))
	}
	if len(trailers) > 0 {
		b.WriteString("\n" + strings.Join(trailers, "\n") + "\n")
	}
	return b.String()
}

// reviewed is the share of commits that name a reviewer.
func (h *history) reviewed() float64 {
	switch h.kind.style {
	case rebased:
		return 0.75
	case squashed:
		return 0.4
	}
	return 0
}

// trailer names a colleague who was there at the time.
func (h *history) trailer(key string, d *draft) string {
	week := h.p.cal.index(d.land)
	for {
		if p := one(h.r, h.p.people); p != d.author && p.here(week) && p.ramped(h.p.cal, week) {
			return fmt.Sprintf("%s: %s <%s>", key, p.name, p.email)
		}
	}
}

// Machines that commit. The first is GitHub's own, the others are invented.
func dependabot(at time.Time) signature {
	return signature{"dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", at.UTC()}
}

func mergeQueue(at time.Time) signature {
	return signature{"merge-queue[bot]", "merge-queue[bot]@users.noreply.github.com", at.UTC()}
}

func (h *history) ci(at time.Time) signature {
	return signature{"ci[bot]", "ci-bot@example.com", at.UTC()}
}

// machines are the events of bots: bumped dependencies, refreshed files, releases.
func (h *history) machines() []event {
	var out []event
	for w := range h.p.cal.weeks {
		monday := h.p.cal.week(w).Add(5 * time.Hour)
		if w == 0 {
			monday = monday.AddDate(0, 0, 1)
		}
		for range poisson(h.r, 0.9) {
			out = append(out, event{monday.Add(time.Duration(h.r.IntN(4*86400)) * time.Second), h.bump})
		}
		if h.r.Float64() < 0.2 {
			out = append(out, event{monday.Add(time.Duration(h.r.IntN(4*86400)) * time.Second), h.refresh})
		}
	}
	for _, rel := range h.p.releases[h.repo] {
		out = append(out, event{rel.at, func(at time.Time) { h.release(at, rel.candidate) }})
	}
	return out
}

// bump raises a dependency; where changes are merged, a machine merges it.
func (h *history) bump(at time.Time) {
	name, from, to := h.deps.raise(h.r)
	subject := fmt.Sprintf("Bump %s from %s to %s", name, from, to)
	edits := []edit{{h.kind.manifest, h.s.blob(h.deps.text())}}
	h.number++
	who := dependabot(at)
	if h.kind.style != mergeCommits {
		h.onMain(commit{author: who, committer: who, message: fmt.Sprintf("%s (#%d)\n", subject, h.number), edits: edits})
		return
	}
	if who.at = at.Add(-11 * time.Minute).UTC(); who.at.Before(h.tipAt) {
		who.at = h.tipAt.UTC()
	}
	side := h.s.commit(commit{ref: sideLine, author: who, committer: who, message: subject + "\n", from: h.tip, edits: edits})
	by := mergeQueue(at)
	h.onMain(commit{author: by, committer: by, merge: side, edits: edits,
		message: fmt.Sprintf("Merge pull request #%d from %s/dependabot/%s\n\n%s\n", h.number, strings.ToLower(h.p.company.Name), slug(name+" "+to), subject)})
}

// refresh commits what a machine generates.
func (h *history) refresh(at time.Time) {
	who := h.ci(at)
	text := fmt.Sprintf("{\n  \"refreshed\": %q,\n  \"entries\": %d\n}\n", at.Format(time.DateOnly), 200+h.r.IntN(300))
	h.onMain(commit{author: who, committer: who, message: "chore: refresh licence report\n", edits: []edit{{"licences.json", h.s.blob(text)}}})
}

// release tags a version, or a candidate of the next one.
func (h *history) release(at time.Time, candidate bool) {
	major, minor := h.major, h.minor+1
	if minor > 29 {
		major, minor = major+1, 0
	}
	version := fmt.Sprintf("%d.%d.0", major, minor)
	if candidate {
		by := h.ci(at)
		if by.at.Before(h.tipAt) {
			by.at = h.tipAt.UTC()
		}
		h.s.tag("v"+version+"-rc.1", h.tip, by, "Candidate "+version+"\n")
		return
	}
	h.major, h.minor = major, minor
	h.docs.changelog = append(h.docs.changelog, fmt.Sprintf("\n## %s (%s)\n\n- %s\n- %s\n", version, at.Format(time.DateOnly),
		h.subject("change", one(h.r, h.kind.areas), 0), h.subject("change", one(h.r, h.kind.areas), 0)))
	who := h.ci(at)
	m := h.onMain(commit{author: who, committer: who, message: "release: " + version + "\n", edits: []edit{
		{"VERSION", h.s.blob(version + "\n")}, {"CHANGELOG.md", h.s.blob(h.docs.changelogText())}}})
	who.at = h.tipAt.Add(40 * time.Second).UTC()
	h.s.tag("v"+version, m, who, h.kind.name+" "+version+"\n")
}
