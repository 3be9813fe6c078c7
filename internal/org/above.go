package org

import (
	"strings"

	"github.com/diarchy/diarchy/internal/workspace"
)

// Employed tells whether somebody is employed on a day.
func (c *Chart) Employed(id string, d Day) bool {
	i, ok := c.person[id]
	return ok && c.employed[i].holds(d)
}

// Now is the entry by which the document knows somebody on a day, of whom it has the given
// one: of who left and came back, the last that has begun.
func (c *Chart) Now(id string, d Day) string {
	for i, time := range c.Times(id) {
		if i == 0 || DayOf(time.Start) <= d {
			id = time.ID
		}
	}
	return id
}

// Times are the entries of somebody of whom the document has the given one: several of who
// left and came back. Each has to keep an address or a login of the one before; else it may
// be somebody else's, whose rights and past these would become.
func (c *Chart) Times(id string) []*workspace.Person {
	if all, ok := c.times[id]; ok {
		return all
	}
	if p := c.entry(id); p != nil {
		return []*workspace.Person{p}
	}
	return nil
}

func (c *Chart) entry(id string) *workspace.Person {
	if i, ok := c.person[id]; ok {
		return &c.doc.People[i]
	}
	return nil
}

// returns finds those who left and came back.
func (c *Chart) returns() {
	c.times = map[string][]*workspace.Person{}
	for i := range c.doc.People {
		at := strings.LastIndexByte(c.doc.People[i].ID, '-')
		if at < 0 {
			continue
		}
		first := c.entry(c.doc.People[i].ID[:at])
		if first == nil || first.End.IsZero() || c.times[first.ID] != nil {
			continue
		}
		all, _ := workspace.Times(first.ID, c.entry)
		n := 1
		for n < len(all) && all[n].Keeps(all[n-1]) {
			n++
		}
		for _, p := range all[:n] {
			c.times[p.ID] = all[:n]
		}
	}
}

// Last is the last day of somebody's employment, or Still; false for one whom the
// document does not know.
func (c *Chart) Last(id string) (Day, bool) {
	i, ok := c.person[id]
	if !ok {
		return 0, false
	}
	if end := c.employed[i].to; end != Still {
		return end - 1, true
	}
	return Still, true
}

// Above are the managers of somebody on a day, from the nearest to the top: those of
// whom At says that the person is below them. It takes no more steps than there are
// levels.
func (c *Chart) Above(id string, d Day) []string {
	at, ok := c.person[id]
	if !ok || !c.employed[at].holds(d) {
		return nil
	}
	way := []int32{at}
	for {
		next := c.managerOn(way[len(way)-1], d)
		if next == none {
			break
		}
		if met := indexOf(way, next); met >= 0 { // in a circle everybody stands at the top
			way = way[:met+1]
			break
		}
		way = append(way, next)
	}
	out := make([]string, 0, len(way)-1)
	for _, i := range way[1:] {
		out = append(out, c.doc.People[i].ID)
	}
	return out
}

// managerOn is the manager of an employed person on a day, if that one is employed.
func (c *Chart) managerOn(i int32, d Day) int32 {
	found := none
	for _, e := range c.edges[i] {
		if e.holds(d) {
			found = e.manager
		}
	}
	if found != none && !c.employed[found].holds(d) {
		return none
	}
	return found
}

func indexOf(way []int32, i int32) int {
	for at, w := range way {
		if w == i {
			return at
		}
	}
	return -1
}
