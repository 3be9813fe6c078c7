package org

import (
	"slices"
	"sync"

	"github.com/diarchy/diarchy/internal/workspace"
)

// Snapshot is the organisation on one day. Members are numbered in the order of the
// document. It does not change, and nobody may change it.
type Snapshot struct {
	Day     Day
	Members []Member

	chart  *Chart
	index  []int32 // of each person of the document: member, or none
	childs []int32 // members, grouped by manager
	first  []int32 // of each member: where its reports begin in childs; one more than members
	enter  []int32 // of each member: position in a walk from the top
	leave  []int32 // position after the last below it

	mu       sync.Mutex
	measured *Measures // by bounds: several ask for the same
	bounds   Bounds
}

// Member is a person who is employed on the day.
type Member struct {
	Person  *workspace.Person
	Job     workspace.Job
	Manager int // member, or -1
	Depth   int // 0 at the top
}

// At is the organisation on a day. Who reports to somebody who is not there that day, or
// in a circle, stands at the top.
func (c *Chart) At(d Day) *Snapshot {
	c.mu.Lock()
	at := slices.IndexFunc(c.seen, func(s *Snapshot) bool { return s.Day == d })
	if at >= 0 {
		s := c.seen[at]
		c.mu.Unlock()
		return s
	}
	c.mu.Unlock()
	s := c.at(d)
	c.mu.Lock()
	c.seen = append(c.seen[max(0, len(c.seen)+1-daysKept):], s)
	c.mu.Unlock()
	return s
}

// daysKept is how many days a chart keeps as it made them: a question looks at a few, such
// as that of the newest fact, today, and that of a scenario, from several sides.
const daysKept = 3

func (c *Chart) at(d Day) *Snapshot {
	s := &Snapshot{Day: d, chart: c, index: make([]int32, len(c.doc.People))}
	there := 0
	for _, e := range c.employed {
		if e.holds(d) {
			there++
		}
	}
	s.Members = make([]Member, 0, there)
	for i := range c.doc.People {
		s.index[i] = none
		if c.employed[i].holds(d) {
			s.index[i] = int32(len(s.Members))
			p := &c.doc.People[i]
			s.Members = append(s.Members, Member{Person: p, Job: JobAt(p, d), Manager: -1})
		}
	}
	for i, m := range s.index {
		if m == none {
			continue
		}
		for _, e := range c.edges[i] {
			if e.holds(d) {
				s.Members[m].Manager = int(s.index[e.manager])
			}
		}
	}
	s.breakCircles()
	s.walk()
	return s
}

// breakCircles puts whoever is in a circle at the top.
func (s *Snapshot) breakCircles() {
	seen := make([]int32, len(s.Members)) // by which climb; -1: leads to the top
	for i := range s.Members {
		at := i
		for at >= 0 && seen[at] == 0 {
			seen[at] = int32(i) + 1
			at = s.Members[at].Manager
		}
		if at >= 0 && seen[at] == int32(i)+1 {
			for m := at; m >= 0; {
				next := s.Members[m].Manager
				s.Members[m].Manager = -1
				m = next
			}
		}
		for at = i; at >= 0 && seen[at] == int32(i)+1; at = s.Members[at].Manager {
			seen[at] = -1
		}
	}
}

// walk numbers members so that whoever is below somebody lies between two numbers.
func (s *Snapshot) walk() {
	n := len(s.Members)
	s.first = make([]int32, n+1)
	s.childs = make([]int32, n)
	var top []int32
	for i := range s.Members {
		if m := s.Members[i].Manager; m >= 0 {
			s.first[m+1]++
		} else {
			top = append(top, int32(i))
		}
	}
	for i := range n {
		s.first[i+1] += s.first[i]
	}
	next := slices.Clone(s.first)
	for i := range s.Members {
		if m := s.Members[i].Manager; m >= 0 {
			s.childs[next[m]] = int32(i)
			next[m]++
		}
	}
	s.enter, s.leave = make([]int32, n), make([]int32, n)
	count := int32(0)
	var below func(m int32, depth int)
	below = func(m int32, depth int) {
		s.enter[m], s.Members[m].Depth = count, depth
		count++
		for _, r := range s.childs[s.first[m]:s.first[m+1]] {
			below(r, depth+1)
		}
		s.leave[m] = count
	}
	for _, m := range top {
		below(m, 0)
	}
}

// Find gives the member with an id.
func (s *Snapshot) Find(id string) (int, bool) {
	i, ok := s.chart.person[id]
	if !ok || s.index[i] == none {
		return -1, false
	}
	return int(s.index[i]), true
}

// Reports are those who report to a member directly.
func (s *Snapshot) Reports(m int) []int32 { return s.childs[s.first[m]:s.first[m+1]] }

// Below counts everybody under a member.
func (s *Snapshot) Below(m int) int { return int(s.leave[m]-s.enter[m]) - 1 }

// Under tells whether m is below the manager, directly or not. Nobody is below himself.
func (s *Snapshot) Under(m, manager int) bool {
	return m != manager && s.enter[manager] <= s.enter[m] && s.enter[m] < s.leave[manager]
}

// Tops are those who report to nobody.
func (s *Snapshot) Tops() []int {
	var out []int
	for i := range s.Members {
		if s.Members[i].Manager < 0 {
			out = append(out, i)
		}
	}
	return out
}

// Share is a part of a member's time in a team.
type Share struct {
	Team  string
	Share float64
}

// Teams are the teams of a member: those of memberships with their share, and that of
// the job with what is left of the time, if anything is.
func (s *Snapshot) Teams(m int) []Share {
	member := &s.Members[m]
	return s.chart.sharesOf(s.chart.person[member.Person.ID], member.Job, s.Day)
}

// sharesOf are the teams of a person who has a job on a day.
func (c *Chart) sharesOf(person int32, job workspace.Job, day Day) (out []Share) {
	left := 1.0
	for _, i := range c.extra[person] {
		ms := &c.doc.Memberships[i]
		if _, known := c.team[ms.Team]; known && spanOf(ms.Since, ms.Until).holds(day) {
			out = append(out, Share{ms.Team, ms.Share})
			left -= ms.Share
		}
	}
	if _, known := c.team[job.Team]; known && left > 1e-9 {
		out = append(out, Share{job.Team, left})
	}
	return out
}

// Dotted are those to whom a member has a dotted line.
func (s *Snapshot) Dotted(m int) []int {
	var out []int
	for _, i := range s.chart.dotted[s.chart.person[s.Members[m].Person.ID]] {
		if l := &s.chart.doc.Reporting[i]; spanOf(l.Since, l.Until).holds(s.Day) {
			if to, ok := s.Find(l.To); ok {
				out = append(out, to)
			}
		}
	}
	return out
}

// TeamView is a team on the day.
type TeamView struct {
	Team      *workspace.OrgTeam
	Members   []int // whose largest share it is counts first; all who give it any time
	People    float64
	Positions int // open
}

// TeamsNow are the teams that exist on the day, with who is in them.
func (s *Snapshot) TeamsNow() []TeamView {
	at := map[string]int{}
	var out []TeamView
	for i := range s.chart.doc.Teams {
		t := &s.chart.doc.Teams[i]
		if spanOf(t.Since, t.Until).holds(s.Day) {
			at[t.ID] = len(out)
			out = append(out, TeamView{Team: t})
		}
	}
	for m := range s.Members {
		for _, sh := range s.Teams(m) {
			if i, ok := at[sh.Team]; ok {
				out[i].Members = append(out[i].Members, m)
				out[i].People += sh.Share
			}
		}
	}
	for _, p := range s.Open() {
		if i, ok := at[p.Team]; ok {
			out[i].Positions++
		}
	}
	return out
}

// Open are the positions that are open on the day.
func (s *Snapshot) Open() []workspace.Position {
	var out []workspace.Position
	for _, p := range s.chart.doc.Positions {
		if spanOf(p.Opened, p.Closed).holds(s.Day) {
			out = append(out, p)
		}
	}
	return out
}

// Owners are the ownerships that hold on the day.
func (s *Snapshot) Owners() []workspace.Ownership {
	var out []workspace.Ownership
	for _, o := range s.chart.doc.Ownership {
		if spanOf(o.Since, o.Until).holds(s.Day) {
			out = append(out, o)
		}
	}
	return out
}
