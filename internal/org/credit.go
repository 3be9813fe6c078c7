package org

import (
	"cmp"
	"slices"
	"time"
)

// Days are a time from its first day to the one before To.
type Days struct{ From, To Day }

// DaysOf are the days from the first to the last; without a date there is no bound.
func DaysOf(first, last time.Time) Days {
	s := spanOf(first, last)
	return Days{s.from, s.to}
}

// Stint is a time in which somebody's work is credited to a team.
type Stint struct {
	Team string
	Days
}

// Credits says for each author to which team their work is credited, and when: to the one that
// has most of their time, as long as it has at least so many people whose work is. Nothing is
// said of a smaller team, whose numbers would be those of persons. At one instant an author
// is credited to one team at most.
func (c *Chart) Credits(authors []Author, fewest int) [][]Stint {
	large := map[string][]span{}
	stints := make([][]Stint, len(c.doc.People))
	turns := map[string][]turnOf{}
	for i := range c.doc.People {
		stints[i] = c.stints(int32(i))
		for _, s := range stints[i] {
			turns[s.Team] = append(turns[s.Team], turnOf{s.From, 1}, turnOf{s.To, -1})
		}
	}
	for team, all := range turns {
		large[team] = withAtLeast(all, fewest)
	}
	by := c.byAddress()
	out := make([][]Stint, len(authors))
	for i, a := range authors {
		var mine []Stint
		for _, id := range by.find(a) {
			for _, s := range stints[c.person[id]] {
				for _, l := range large[s.Team] {
					if cut := l.and(span{s.From, s.To}); !cut.empty() {
						mine = append(mine, Stint{s.Team, Days{cut.from, cut.to}})
					}
				}
			}
		}
		out[i] = inTurn(mine)
	}
	return out
}

// stints are the teams that have most of a person's time, one after the other.
func (c *Chart) stints(i int32) (out []Stint) {
	p := &c.doc.People[i]
	days := []Day{c.employed[i].from, c.employed[i].to}
	for _, ch := range p.Changes {
		days = append(days, DayOf(ch.Since))
	}
	for _, m := range c.extra[i] {
		during := spanOf(c.doc.Memberships[m].Since, c.doc.Memberships[m].Until)
		days = append(days, during.from, during.to)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for k, from := range days[:len(days)-1] {
		if !c.employed[i].holds(from) {
			continue
		}
		team := ""
		if shares := c.sharesOf(i, JobAt(p, from), from); len(shares) > 0 {
			team = slices.MinFunc(shares, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Team, b.Team)) }).Team
		}
		if last := len(out) - 1; last >= 0 && out[last].Team == team && out[last].To == from {
			out[last].To = days[k+1]
		} else if team != "" {
			out = append(out, Stint{team, Days{from, days[k+1]}})
		}
	}
	return out
}

// turnOf is a day on which a team has one more, or one less.
type turnOf struct {
	day  Day
	more int
}

// withAtLeast are the times in which a team has so many people.
func withAtLeast(turns []turnOf, fewest int) (out []span) {
	slices.SortFunc(turns, func(a, b turnOf) int { return cmp.Compare(a.day, b.day) })
	people, from, large := 0, Always, false
	for i, t := range turns {
		people += t.more
		if i+1 < len(turns) && turns[i+1].day == t.day {
			continue
		}
		switch is := people >= fewest; {
		case is && !large:
			from, large = t.day, true
		case !is && large:
			out, large = append(out, span{from, t.day}), false
		}
	}
	return out
}

// inTurn cuts off what overlaps with an earlier stint, as when two entries are one person.
func inTurn(stints []Stint) (out []Stint) {
	slices.SortFunc(stints, func(a, b Stint) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Team, b.Team)) })
	end := Always
	for _, s := range stints {
		s.From = max(s.From, end)
		if s.From < s.To {
			out, end = append(out, s), s.To
		}
	}
	return out
}
