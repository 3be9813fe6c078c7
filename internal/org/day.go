package org

import (
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/workspace"
)

// On is the document of one day: who is employed then, with the job and the manager of
// that day, and the teams, memberships, lines, positions and ownership that hold. First
// days are kept; what came later, last days too, is not in it. At answers for that day as
// the whole chart does.
func (c *Chart) On(d Day) *workspace.Organisation {
	s := c.At(d)
	out := &workspace.Organisation{Imports: c.doc.Imports}
	for i := range s.Members {
		p := *s.Members[i].Person
		p.Job, p.Changes, p.End = s.Members[i].Job, nil, time.Time{}
		for _, e := range c.edges[c.person[p.ID]] {
			if e.holds(d) { // also of a line that stands by itself
				p.Job.Manager = c.doc.People[e.manager].ID
			}
		}
		out.People = append(out.People, p)
	}
	out.Teams = holding(c.doc.Teams, d, func(t *workspace.OrgTeam) (time.Time, *time.Time) { return t.Since, &t.Until })
	out.Memberships = holding(c.doc.Memberships, d, func(m *workspace.Membership) (time.Time, *time.Time) { return m.Since, &m.Until })
	out.Reporting = holding(c.doc.Reporting, d, func(l *workspace.ReportingLine) (time.Time, *time.Time) { return l.Since, &l.Until })
	out.Reporting = slices.DeleteFunc(out.Reporting, func(l workspace.ReportingLine) bool { return !l.Dotted })
	out.Positions = holding(c.doc.Positions, d, func(p *workspace.Position) (time.Time, *time.Time) { return p.Opened, &p.Closed })
	for i := range out.Positions {
		out.Positions[i].FilledBy = ""
	}
	out.Ownership = holding(c.doc.Ownership, d, func(o *workspace.Ownership) (time.Time, *time.Time) { return o.Since, &o.Until })
	return out
}

// holding are copies of those that hold on a day, without their last day.
func holding[T any](all []T, d Day, days func(*T) (first time.Time, last *time.Time)) (out []T) {
	for _, v := range all {
		if first, last := days(&v); spanOf(first, *last).holds(d) {
			*last = time.Time{}
			out = append(out, v)
		}
	}
	return out
}
