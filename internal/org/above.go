package org

// Employed tells whether somebody is employed on a day.
func (c *Chart) Employed(id string, d Day) bool {
	i, ok := c.person[id]
	return ok && c.employed[i].holds(d)
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
