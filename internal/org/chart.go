// Package org answers who works where and for whom on any day, what does not fit
// together in that, and what the structure measures: spans, layers, teams, open
// positions. It is pure: documents come from package workspace, and what follows for
// the company is judged by package playbook and shown by others.
//
// It says nothing about how well anybody works.
package org

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/workspace"
)

// Day counts days from 1 January 1970.
type Day int32

// Always and Still bound what has no first or no last day.
const (
	Always Day = -1 << 30
	Still  Day = 1 << 30
)

// DayOf is the day of an instant, by the calendar of its zone.
func DayOf(t time.Time) Day {
	if t.Location() == time.UTC { // as all days of documents are
		return Day((t.Unix() - (t.Unix()%86400+86400)%86400) / 86400)
	}
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time is midnight UTC of a day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d Day) String() string {
	switch d {
	case Always:
		return "always"
	case Still:
		return "still"
	}
	return d.Time().Format(time.DateOnly)
}

// span is a time from its first day to the one before its end.
type span struct{ from, to Day }

func spanOf(first, last time.Time) span {
	s := span{Always, Still}
	if !first.IsZero() {
		s.from = DayOf(first)
	}
	if !last.IsZero() {
		s.to = DayOf(last) + 1
	}
	return s
}

func (s span) holds(d Day) bool { return s.from <= d && d < s.to }

func (s span) and(o span) span { return span{max(s.from, o.from), min(s.to, o.to)} }

func (s span) empty() bool { return s.from >= s.to }

// none stands for nobody, no team, or one that the document does not know.
const none = int32(-1)

// edge is a solid reporting line of a person for a time.
type edge struct {
	span
	manager int32
	line    int // of the document
}

// Chart is an organisation over time. It does not change; several may ask it at a time.
type Chart struct {
	doc      *workspace.Organisation
	person   map[string]int32
	team     map[string]int32
	employed []span
	edges    [][]edge                       // of each person, by time, without overlaps
	clashes  []clash                        // two solid managers at once
	extra    [][]int32                      // of each person: indices of its memberships
	dotted   map[int32][]int32              // of each person: indices of its dotted lines
	missing  []Finding                      // names that stand for nobody
	times    map[string][]*workspace.Person // the entries of who left and came back, by each of their ids

	mu   sync.Mutex
	seen []*Snapshot // that were asked for last
}

type clash struct {
	span
	person int32
	a, b   edge
}

// New resolves the names of a document. Names that stand for nothing are findings of
// Check.
func New(doc *workspace.Organisation) *Chart {
	c := &Chart{
		doc: doc, person: make(map[string]int32, len(doc.People)), team: make(map[string]int32, len(doc.Teams)),
		employed: make([]span, len(doc.People)), edges: make([][]edge, len(doc.People)), extra: make([][]int32, len(doc.People)), dotted: map[int32][]int32{},
	}
	for i := range doc.People {
		p := &doc.People[i]
		c.person[p.ID] = int32(i)
		c.employed[i] = spanOf(p.Start, p.End)
	}
	c.returns()
	for i := range doc.Teams {
		c.team[doc.Teams[i].ID] = int32(i)
	}
	lines := c.linesBesides()
	var pool []edge
	for i := range doc.People {
		own := c.jobEdges(int32(i), &pool)
		if more := lines[int32(i)]; len(more) > 0 {
			own = c.settle(int32(i), append(more, own...))
		}
		c.edges[i] = own
	}
	for i, m := range doc.Memberships {
		if p, ok := c.lookup(c.person, m.Person, unknownPerson, m.Line); ok {
			c.extra[p] = append(c.extra[p], int32(i))
		}
		c.lookup(c.team, m.Team, unknownTeam, m.Line)
	}
	c.lookups()
	return c
}

// Dated is the share of people of whom it is known since when they work here. Of the
// past a chart says little without.
func (c *Chart) Dated() float64 {
	dated := 0
	for i := range c.doc.People {
		if !c.doc.People[i].Start.IsZero() {
			dated++
		}
	}
	return float64(dated) / float64(max(1, len(c.doc.People)))
}

// Document is what the chart was made of.
func (c *Chart) Document() *workspace.Organisation { return c.doc }

func (c *Chart) lookup(in map[string]int32, id, kind string, line int) (int32, bool) {
	if id == "" || id == workspace.Nobody {
		return none, false
	}
	if i, ok := in[id]; ok {
		return i, true
	}
	c.missing = append(c.missing, Finding{Kind: kind, Line: line, Subject: id})
	return none, false
}

// lookups looks at names that stand in no timeline.
func (c *Chart) lookups() {
	for _, t := range c.doc.Teams {
		c.lookup(c.team, t.Parent, unknownTeam, t.Line)
	}
	for _, p := range c.doc.Positions {
		c.lookup(c.team, p.Team, unknownTeam, p.Line)
		c.lookup(c.person, p.Manager, unknownPerson, p.Line)
		c.lookup(c.person, p.FilledBy, unknownPerson, p.Line)
	}
	for _, o := range c.doc.Ownership {
		c.lookup(c.team, o.Team, unknownTeam, o.Line)
		c.lookup(c.team, o.With, unknownTeam, o.Line)
	}
}

// linesBesides are the solid lines that stand by themselves, by person. Dotted ones are
// kept beside.
func (c *Chart) linesBesides() map[int32][]edge {
	lines := map[int32][]edge{}
	for i, l := range c.doc.Reporting {
		p, known := c.lookup(c.person, l.Person, unknownPerson, l.Line)
		m, ok := c.lookup(c.person, l.To, unknownPerson, l.Line)
		switch {
		case !known || !ok:
		case l.Dotted:
			c.dotted[p] = append(c.dotted[p], int32(i))
		default:
			lines[p] = append(lines[p], edge{spanOf(l.Since, l.Until).and(c.employed[p]), m, l.Line})
		}
	}
	return lines
}

// jobEdges are the managers that a person's jobs name, by time. They are cut from pool,
// so that a large organisation does not take an allocation for each of its people.
func (c *Chart) jobEdges(i int32, pool *[]edge) []edge {
	p := &c.doc.People[i]
	if cap(*pool)-len(*pool) < len(p.Changes)+1 {
		*pool = make([]edge, 0, 1<<14+len(p.Changes))
	}
	begin := len(*pool)
	last := edge{span{c.employed[i].from, Still}, c.managerOf(p.Job.Manager, p.Line), p.Line}
	for _, ch := range p.Changes {
		m := last.manager
		if ch.Manager != "" {
			m = c.managerOf(ch.Manager, ch.Line)
		}
		if m == last.manager {
			continue
		}
		from := DayOf(ch.Since)
		last.to = from
		c.keep(pool, last, i)
		last = edge{span{from, Still}, m, ch.Line}
	}
	c.keep(pool, last, i)
	return (*pool)[begin:len(*pool):len(*pool)]
}

func (c *Chart) keep(pool *[]edge, e edge, person int32) {
	if e.span = e.and(c.employed[person]); !e.empty() && e.manager != none {
		*pool = append(*pool, e)
	}
}

func (c *Chart) managerOf(id string, line int) int32 {
	i, _ := c.lookup(c.person, id, unknownPerson, line)
	return i
}

// settle makes one timeline of lines that may overlap: of two that hold at once the one
// that began later counts. Where they name two managers, that is noted.
func (c *Chart) settle(person int32, all []edge) []edge {
	all = slices.DeleteFunc(all, func(e edge) bool { return e.empty() })
	slices.SortStableFunc(all, func(a, b edge) int { return cmp.Compare(a.from, b.from) })
	var days []Day
	for _, e := range all {
		days = append(days, e.from, e.to)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	var out []edge
	for i := range len(days) - 1 {
		piece := span{days[i], days[i+1]}
		var chosen *edge
		for j := range all {
			if e := &all[j]; e.holds(piece.from) {
				if chosen != nil && chosen.manager != e.manager {
					c.clash(clash{piece, person, *chosen, *e})
				}
				chosen = e
			}
		}
		switch n := len(out); {
		case chosen == nil:
		case n > 0 && out[n-1].to == piece.from && out[n-1].manager == chosen.manager:
			out[n-1].to = piece.to
		default:
			out = append(out, edge{piece, chosen.manager, chosen.line})
		}
	}
	return out
}

// clash notes two managers, once for as long as they are the same two.
func (c *Chart) clash(k clash) {
	if n := len(c.clashes); n > 0 {
		last := &c.clashes[n-1]
		if last.person == k.person && last.to == k.from && last.a.manager == k.a.manager && last.b.manager == k.b.manager {
			last.to = k.to
			return
		}
	}
	c.clashes = append(c.clashes, k)
}

// JobAt is a person's job on a day.
func JobAt(p *workspace.Person, d Day) workspace.Job {
	j := p.Job
	for _, ch := range p.Changes {
		if DayOf(ch.Since) > d {
			break
		}
		j = ch.Over(j)
	}
	return j
}
