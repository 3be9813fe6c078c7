package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// besideTeam is a team of engineers who change none of the company's repositories: their
// work lies in tools that are not read.
type besideTeam struct {
	id, kind, title, lead string
	size                  int // parts of all who work beside
}

func besideTeams() []besideTeam {
	return []besideTeam{
		{"reliability", "platform", "Site reliability engineer", "Reliability manager", 7},
		{"quality", "enabling", "Quality engineer", "Quality manager", 6},
		{"data-platform", "complicated_subsystem", "Data engineer", "Data platform manager", 7},
	}
}

// besideFrom is the week in which the i-th of them comes: in the second half of the time in
// which the company grows.
func (p *plan) besideFrom(i int) int {
	grown := p.cal.back(p.company.StableWeeks)
	return grown/2 + i*grown/2/max(1, p.company.Beside)
}

// beside counts those who are there in a week.
func (p *plan) beside(w int) int {
	n := 0
	for i := range p.company.Beside {
		if p.besideFrom(i) <= w {
			n++
		}
	}
	return n
}

// besides writes those who work beside, team by team: the manager of each first.
func (o *orgWriter) besides() {
	names := o.besideNames()
	n := 0
	for _, t := range besideTeams() {
		lead := ""
		for i := range t.size {
			if n == o.company.Beside {
				return
			}
			id := strings.ToLower(strings.ReplaceAll(names[n], " ", "-"))
			role, title, manager := "engineer", t.title, lead
			if i == 0 {
				lead, role, title, manager = id, "engineering_manager", t.lead, o.people[0].handle
			}
			o.person(id, fmt.Sprintf("name: %s, emails: [%s@example.com], role: %s, title: %s, team: %s, manager: %s", names[n], strings.ReplaceAll(id, "-", "."), role, title, t.id, manager), o.cal.week(o.besideFrom(n)), time.Time{})
			n++
		}
	}
}

// besideNames are names that nobody has who writes code. They are drawn apart, so that
// histories do not depend on them.
func (o *orgWriter) besideNames() []string {
	all := invent(rand.New(rand.NewPCG(o.company.Seed, 1)))
	return slices.DeleteFunc(all, func(name string) bool {
		return slices.ContainsFunc(o.plan.people, func(a *person) bool { return a.name == name })
	})
}

// besideGroups writes the teams of those who work beside.
func (o *orgWriter) besideGroups() {
	if o.company.Beside == 0 {
		return
	}
	for _, t := range besideTeams() {
		fmt.Fprintf(o, "  - {id: %s, kind: %s}\n", t.id, t.kind)
	}
}
