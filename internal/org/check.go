package org

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/workspace"
)

// Finding is something in the document that does not fit together. It holds from the
// first day to the one before To.
type Finding struct {
	Kind    string
	Line    int    // of the document
	Subject string // id of a person, team or position
	Text    string // a sentence
	Fix     string // what would mend it
	From    Day
	To      Day
}

// Kinds of findings.
const (
	unknownPerson  = "unknown_person"
	unknownTeam    = "unknown_team"
	twoManagers    = "two_managers"
	circle         = "reporting_circle"
	absentManager  = "manager_not_there"
	gap            = "no_manager"
	overlap        = "overlapping_memberships"
	overbooked     = "shares_over_one"
	outside        = "membership_outside_employment"
	changeOutside  = "change_outside_employment"
	teamCircle     = "team_circle"
	teamGone       = "team_not_there"
	sharedAddress  = "shared_address"
	doubleOwner    = "two_owners"
	filledNotOpen  = "filled_before_start"
	ownsThemselves = "reports_to_self"
	hereTwice      = "here_twice"
)

// Check finds everything that does not fit together, at any time, in the order of the
// document. Which gaps there are is asked of one day: before people are entered with
// their managers, history has nothing but gaps.
func (c *Chart) Check(today Day) []Finding {
	all := slices.Clone(c.missing)
	for i := range all {
		all[i].From, all[i].To = Always, Still
		what := "person"
		if all[i].Kind == unknownTeam {
			what = "team"
		}
		all[i].Text = fmt.Sprintf("%q is no %s of this document.", all[i].Subject, what)
		all[i].Fix = c.suggest(all[i].Subject, what)
	}
	for _, part := range [][]Finding{c.clashFindings(), c.circles(), c.absentManagers(), c.gaps(today), c.memberships(), c.changes(), c.teams(), c.addresses(), c.owners(), c.filled(), c.twice()} {
		all = append(all, part...)
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.From, b.From))
	})
	return slices.Compact(all)
}

// Brought are those of the findings that hold on a day or later and that the chart before
// a change does not have.
func Brought(day Day, found, before []Finding) []Finding {
	type key struct {
		kind, subject string
		from          Day
	}
	of := func(f Finding) key { return key{f.Kind, f.Subject, f.From} }
	had := map[key]bool{}
	for _, f := range before {
		had[of(f)] = true
	}
	var out []Finding
	for _, f := range found {
		if f.To > day && !had[of(f)] {
			out = append(out, f)
		}
	}
	return out
}

// twice are entries that were left out.
func (c *Chart) twice() []Finding {
	var out []Finding
	for _, t := range c.doc.Twice {
		out = append(out, Finding{Kind: hereTwice, Line: t.Line, Subject: t.ID, From: Always, To: Still,
			Text: fmt.Sprintf("The %s %s is here twice: the entry of line %d counts, and other commands refuse the document.", t.What, t.ID, t.First),
			Fix:  "give one of them another id, or make one entry of the two"})
	}
	return out
}

// suggest names what an unknown name may have meant.
func (c *Chart) suggest(id, what string) string {
	in := c.person
	if what == "team" {
		in = c.team
	}
	if len(in) <= 5000 {
		best, closest := "", max(len(id)/3, 1)+1
		for _, name := range slices.Sorted(keysOf(in)) {
			if d := workspace.Distance(id, name); d < closest {
				best, closest = name, d
			}
		}
		if best != "" {
			return fmt.Sprintf("write %s if that is meant, or add {id: %s} to %s", best, id, map[string]string{"person": "people", "team": "teams"}[what])
		}
	}
	return fmt.Sprintf("add {id: %s} to %s, or take the name out", id, map[string]string{"person": "people", "team": "teams"}[what])
}

func keysOf(m map[string]int32) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (c *Chart) id(person int32) string { return c.doc.People[person].ID }

func (c *Chart) clashFindings() []Finding {
	var out []Finding
	for _, k := range c.clashes {
		out = append(out, Finding{Kind: twoManagers, Line: max(k.a.line, k.b.line), Subject: c.id(k.person), From: k.from, To: k.to,
			Text: fmt.Sprintf("%s has two solid managers %s: %s and %s.", c.id(k.person), during(k.span), c.id(k.a.manager), c.id(k.b.manager)),
			Fix:  "make one of the lines dotted, or end it before the other begins"})
	}
	return out
}

// during says when a span is.
func during(s span) string {
	switch {
	case s.from == Always && s.to == Still:
		return "at all times"
	case s.to == Still:
		return "since " + s.from.String()
	case s.from == Always:
		return "until " + (s.to - 1).String()
	case s.to == s.from+1:
		return "on " + s.from.String()
	}
	return "from " + s.from.String() + " to " + (s.to - 1).String()
}

// turn is a change of a person's manager.
type turn struct {
	day     Day
	person  int32
	manager int32
	line    int32
}

// turns are all changes of managers, by day.
func (c *Chart) turns() []turn {
	n := 0
	for _, edges := range c.edges {
		n += 2 * len(edges)
	}
	out := make([]turn, 0, n)
	for i, edges := range c.edges {
		for j, e := range edges {
			out = append(out, turn{e.from, int32(i), e.manager, int32(e.line)})
			if j+1 == len(edges) || edges[j+1].from != e.to {
				out = append(out, turn{e.to, int32(i), none, int32(e.line)})
			}
		}
	}
	slices.SortFunc(out, func(a, b turn) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.person, b.person)) })
	return out
}

// circles follows the changes of managers through time, and climbs from each: a circle
// that comes into being holds somebody whose manager changed that day.
func (c *Chart) circles() []Finding {
	var out []Finding
	manager := make([]int32, len(c.doc.People))
	for i := range manager {
		manager[i] = none
	}
	seen := make([]int32, len(manager))
	climb := int32(0)
	open := map[int32]int{} // smallest person of a circle that holds: its finding
	turns := c.turns()
	for i := 0; i < len(turns); {
		begin := i
		for day := turns[i].day; i < len(turns) && turns[i].day == day; i++ {
			manager[turns[i].person] = turns[i].manager
		}
		for at, f := range open {
			if !inCircle(manager, at) {
				out[f].To = turns[begin].day
				delete(open, at)
			}
		}
		for _, t := range turns[begin:i] {
			if t.manager == none {
				continue
			}
			climb++
			at := t.person
			for at != none && seen[at] != climb {
				seen[at] = climb
				at = manager[at]
			}
			if at == none || at != t.person { // the top, or a circle that holds for others already
				continue
			}
			members := around(manager, at)
			least := slices.Min(members)
			if _, known := open[least]; known {
				continue
			}
			open[least] = len(out)
			out = append(out, c.circleFinding(members, t))
		}
	}
	for i := range out {
		out[i].Text = fmt.Sprintf(out[i].Text, during(span{out[i].From, out[i].To}))
	}
	return out
}

func (c *Chart) circleFinding(members []int32, t turn) Finding {
	names := make([]string, 0, len(members)+1)
	for _, m := range members[:min(len(members), 6)] {
		names = append(names, c.id(m))
	}
	if len(members) > 6 {
		names = append(names, fmt.Sprintf("%d more", len(members)-6))
	}
	f := Finding{Kind: circle, Line: int(t.line), Subject: c.id(t.person), From: t.day, To: Still,
		Text: strings.ReplaceAll(strings.Join(append(names, names[0]), " reports to "), "%", "%%") + ", %s: nobody of them has a way to the top.",
		Fix:  fmt.Sprintf("give %s another manager, or none", c.id(t.person))}
	if len(members) == 1 {
		f.Kind, f.Text = ownsThemselves, strings.ReplaceAll(names[0], "%", "%%")+" reports to himself or herself, %s."
	}
	return f
}

func inCircle(manager []int32, at int32) bool {
	steps := 0
	for m := manager[at]; m != none && steps <= len(manager); m = manager[m] {
		if m == at {
			return true
		}
		steps++
		if steps > 1000 && steps > len(manager) {
			return false
		}
	}
	return false
}

func around(manager []int32, at int32) []int32 {
	out := []int32{at}
	for m := manager[at]; m != at; m = manager[m] {
		out = append(out, m)
	}
	return out
}

// absentManagers are lines to somebody who is not employed at the time.
func (c *Chart) absentManagers() []Finding {
	var out []Finding
	for i, edges := range c.edges {
		for _, e := range edges {
			there := c.employed[e.manager]
			for _, away := range []span{{e.from, min(e.to, there.from)}, {max(e.from, there.to), e.to}} {
				if away.empty() || away.from == Always { // since when the line holds is not known
					continue
				}
				out = append(out, Finding{Kind: absentManager, Line: e.line, Subject: c.id(int32(i)), From: away.from, To: away.to,
					Text: fmt.Sprintf("%s reports to %s %s, who is not employed then.", c.id(int32(i)), c.id(e.manager), during(away)),
					Fix:  fmt.Sprintf("add a change to %s: {since: %s, manager: ID}", c.id(int32(i)), away.from)})
			}
		}
	}
	return out
}

// topRoles may report to nobody in this document.
var topRoles = []string{"ceo", "coo", "cto", "cio", "technical_leader"}

// gaps are people without a manager on a day, where most have one.
func (c *Chart) gaps(day Day) []Finding {
	s := c.At(day)
	tops := s.Tops()
	if len(tops) == len(s.Members) {
		return nil // no reporting lines are entered at all: show says that
	}
	var out []Finding
	for _, t := range tops {
		m := s.Members[t]
		alone := len(tops) == 1 && s.Below(t) > 0
		named := slices.ContainsFunc(c.edges[c.person[m.Person.ID]], func(e edge) bool { return e.holds(day) }) // and not there, which is said already
		if alone || named || slices.Contains(topRoles, m.Job.Role) {
			continue
		}
		if m.Job.Manager == workspace.Nobody {
			if f, ended := c.lineEnded(t, s); ended {
				out = append(out, f)
			}
			continue
		}
		out = append(out, Finding{Kind: gap, Line: m.Person.Line, Subject: m.Person.ID, From: day, To: day + 1,
			Text: fmt.Sprintf("%s has no manager on %s.", m.Person.ID, day),
			Fix:  "add manager: to the entry, or manager: none at the very top"})
	}
	return out
}

// lineEnded is an engineer whose line ended and who is not at the very top of anybody, as an
// export leaves it that has a blank in the place of a manager.
func (c *Chart) lineEnded(member int, s *Snapshot) (Finding, bool) {
	m := s.Members[member]
	var last *edge
	for i, e := range c.edges[c.person[m.Person.ID]] {
		if e.to <= s.Day {
			last = &c.edges[c.person[m.Person.ID]][i]
		}
	}
	if last == nil || s.Below(member) > 0 || !slices.Contains([]string{"engineer", "lead"}, m.Job.Role) {
		return Finding{}, false
	}
	return Finding{Kind: gap, Line: m.Person.Line, Subject: m.Person.ID, From: s.Day, To: s.Day + 1,
		Text: fmt.Sprintf("%s has no manager since %s; %s was the last.", m.Person.ID, last.to, c.id(last.manager)),
		Fix:  fmt.Sprintf("add a change: {since: %s, manager: ID}", last.to)}, true
}

// memberships looks at shares, overlaps and employment.
func (c *Chart) memberships() []Finding {
	var out []Finding
	for p, list := range c.extra {
		if len(list) == 0 {
			continue
		}
		var days []Day
		for x, i := range list {
			m := &c.doc.Memberships[i]
			at := spanOf(m.Since, m.Until)
			if in := at.and(c.employed[p]); in.empty() {
				out = append(out, Finding{Kind: outside, Line: m.Line, Subject: c.id(int32(p)), From: at.from, To: at.to,
					Text: fmt.Sprintf("%s is in team %s %s, and not employed then.", c.id(int32(p)), m.Team, during(at)), Fix: "correct the days, or remove the membership"})
			}
			days = append(days, at.from, at.to)
			for _, k := range list[:x] {
				o := &c.doc.Memberships[k]
				if both := at.and(spanOf(o.Since, o.Until)); o.Team == m.Team && !both.empty() {
					out = append(out, Finding{Kind: overlap, Line: m.Line, Subject: c.id(int32(p)), From: both.from, To: both.to,
						Text: fmt.Sprintf("%s is in team %s twice %s (also line %d).", c.id(int32(p)), m.Team, during(both), o.Line), Fix: "keep one of the two"})
				}
			}
		}
		out = append(out, c.overbooked(int32(p), list, days)...)
	}
	return out
}

func (c *Chart) overbooked(p int32, list []int32, days []Day) []Finding {
	slices.Sort(days)
	days = slices.Compact(days)
	var out []Finding
	for i := range len(days) - 1 {
		sum, line := 0.0, 0
		for _, k := range list {
			if m := &c.doc.Memberships[k]; spanOf(m.Since, m.Until).holds(days[i]) {
				sum, line = sum+m.Share, max(line, m.Line)
			}
		}
		if sum > 1+1e-9 {
			out = append(out, Finding{Kind: overbooked, Line: line, Subject: c.id(p), From: days[i], To: days[i+1],
				Text: fmt.Sprintf("%s gives %.0f %% of the time to teams %s.", c.id(p), sum*100, during(span{days[i], days[i+1]})), Fix: "make the shares add up to at most 1"})
		}
	}
	return out
}

// changes are those of a job while nobody had it, and those to teams that do not exist.
func (c *Chart) changes() []Finding {
	var out []Finding
	for i := range c.doc.People {
		p := &c.doc.People[i]
		c.inTeam(p, p.Job.Team, p.Line, c.employed[i].from, &out)
		for _, ch := range p.Changes {
			if d := DayOf(ch.Since); d >= c.employed[i].to || d < c.employed[i].from {
				out = append(out, Finding{Kind: changeOutside, Line: ch.Line, Subject: p.ID, From: d, To: d + 1,
					Text: fmt.Sprintf("%s changes on %s, and is not employed then.", p.ID, d), Fix: "correct the day, or start and end"})
			}
			c.inTeam(p, ch.Team, ch.Line, DayOf(ch.Since), &out)
		}
	}
	return out
}

// inTeam notes a team that is unknown, or does not exist when somebody comes to it.
func (c *Chart) inTeam(p *workspace.Person, team string, line int, from Day, out *[]Finding) {
	if team == "" || team == workspace.Nobody {
		return
	}
	i, ok := c.team[team]
	if !ok {
		*out = append(*out, Finding{Kind: unknownTeam, Line: line, Subject: team, From: Always, To: Still,
			Text: fmt.Sprintf("%q is no team of this document.", team), Fix: c.suggest(team, "team")})
		return
	}
	t := &c.doc.Teams[i]
	if at := spanOf(t.Since, t.Until); from != Always && !at.holds(from) {
		*out = append(*out, Finding{Kind: teamGone, Line: line, Subject: p.ID, From: from, To: from + 1,
			Text: fmt.Sprintf("%s comes to team %s on %s, which exists %s.", p.ID, team, from, during(at)), Fix: "correct the day, or that of the team"})
	}
}

// teams looks for teams that are their own parents.
func (c *Chart) teams() []Finding {
	var out []Finding
	for i := range c.doc.Teams {
		at, steps := i, 0
		for steps <= len(c.doc.Teams) {
			parent, ok := c.team[c.doc.Teams[at].Parent]
			if !ok {
				break
			}
			if at = int(parent); at == i {
				t := &c.doc.Teams[i]
				out = append(out, Finding{Kind: teamCircle, Line: t.Line, Subject: t.ID, From: Always, To: Still,
					Text: fmt.Sprintf("Team %s is above itself.", t.ID), Fix: "give it another parent, or none"})
				break
			}
			steps++
		}
	}
	return out
}

// cameBack tells whether two entries are times of one person, who was away in between.
func (c *Chart) cameBack(a, b int32) bool {
	first, second := &c.doc.People[a], &c.doc.People[b]
	same := strings.HasPrefix(second.ID, first.ID+"-") || first.Name != "" && strings.EqualFold(first.Name, second.Name)
	return a != b && same && c.employed[a].and(c.employed[b]).empty()
}

// addresses are e-mails that two people have.
func (c *Chart) addresses() []Finding {
	owner := make(map[string]int32, len(c.doc.People))
	var out []Finding
	for i := range c.doc.People {
		p := &c.doc.People[i]
		for _, e := range p.Emails {
			key := strings.ToLower(e)
			first, twice := owner[key]
			if twice && c.cameBack(first, int32(i)) {
				continue
			}
			if twice && first != int32(i) {
				out = append(out, Finding{Kind: sharedAddress, Line: p.Line, Subject: p.ID, From: Always, To: Still,
					Text: fmt.Sprintf("%s and %s have the same e-mail address.", c.id(first), p.ID), Fix: "take it from one of them, or make one entry of the two"})
				continue
			}
			owner[key] = int32(i)
		}
	}
	return out
}

// owners are repositories and paths that two teams own at once.
func (c *Chart) owners() []Finding {
	type what struct{ repository, path string }
	by := map[what][]int{}
	var out []Finding
	for i, o := range c.doc.Ownership {
		if o.With != "" {
			continue
		}
		k := what{o.Repository, o.Path}
		for _, j := range by[k] {
			other := c.doc.Ownership[j]
			if both := spanOf(o.Since, o.Until).and(spanOf(other.Since, other.Until)); !both.empty() && o.Team != other.Team {
				out = append(out, Finding{Kind: doubleOwner, Line: o.Line, Subject: o.Team, From: both.from, To: both.to,
					Text: fmt.Sprintf("%s%s is owned by %s and %s %s.", o.Repository, at(o.Path), other.Team, o.Team, during(both)), Fix: fmt.Sprintf("say who answers by with: %s at one of the two, or split it by path", other.Team)})
			}
		}
		by[k] = append(by[k], i)
	}
	return out
}

func at(path string) string {
	if path == "" {
		return ""
	}
	return " " + path
}

// filled are positions that were filled by somebody who did not come.
func (c *Chart) filled() []Finding {
	var out []Finding
	for _, p := range c.doc.Positions {
		i, ok := c.person[p.FilledBy]
		switch {
		case ok && p.Closed.IsZero():
			out = append(out, Finding{Kind: filledNotOpen, Line: p.Line, Subject: p.ID, From: DayOf(p.Opened), To: Still,
				Text: fmt.Sprintf("Position %s is filled by %s, and still open.", p.ID, p.FilledBy), Fix: "write closed: and the last day on which it was open"})
		case ok && c.employed[i].to <= DayOf(p.Opened):
			out = append(out, Finding{Kind: filledNotOpen, Line: p.Line, Subject: p.ID, From: DayOf(p.Opened), To: Still,
				Text: fmt.Sprintf("Position %s is filled by %s, who left before it was opened.", p.ID, p.FilledBy), Fix: "correct filled_by"})
		}
	}
	return out
}
