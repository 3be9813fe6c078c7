package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Lines is how people report to each other in a company.
type Lines string

// The ways of reporting; without one the company does not describe its organisation.
const (
	Layered Lines = "layered" // two teams, and a manager for each
	Flat    Lines = "flat"    // a team for each repository; all but one report to the CTO, and the manager of one has left
)

// organisation is the organisation.yaml of the company; "" when it describes none.
func (p *plan) organisation() string {
	if p.company.Lines == "" {
		return ""
	}
	o := &orgWriter{plan: p, managers: p.managers()}
	o.WriteString("# An invented company.\npeople:\n")
	o.person("ceo", "role: ceo, title: CEO, manager: none", p.cal.month(p.company.Declared.RoleMonths), time.Time{})
	for i, a := range p.people {
		o.engineer(i, a)
	}
	o.besides()
	for i := range len(p.repos) { // beside engineers
		o.person(fmt.Sprintf("product-%d", i+1), "role: product_manager, title: Product manager, manager: ceo", p.cal.month(24), time.Time{})
	}
	o.teams()
	return o.String()
}

// managers is who manages the team of each repository: one of the first people, who
// never leave.
func (p *plan) managers() []int {
	out := make([]int, len(p.repos))
	for i := range out {
		out[i] = 1 + slices.IndexFunc(p.people[1:], func(a *person) bool { return a.home == i })
		for j := range i {
			if p.teamOf(i) == p.teamOf(j) {
				out[i] = out[j]
			}
		}
	}
	return out
}

// gone is the former manager of the last team in a flat company: who of it left last, at
// least half a year before the end.
func (p *plan) gone() int {
	found := -1
	for i, a := range p.people {
		if i > mergers && a.home == len(p.repos)-1 && a.until < p.cal.back(26) && (found < 0 || a.until > p.people[found].until) {
			found = i
		}
	}
	return found
}

// teamOf is the team that works on a repository.
func (p *plan) teamOf(repo int) string {
	if p.company.Lines == Layered {
		return p.repos[repo].group
	}
	return p.repos[repo].team
}

type orgWriter struct {
	strings.Builder
	*plan
	managers []int
}

func (o *orgWriter) person(id, rest string, start, end time.Time) {
	fmt.Fprintf(o, "  - {id: %s, %s", id, rest)
	if !start.IsZero() {
		fmt.Fprintf(o, ", start: %s", start.Format(time.DateOnly))
	}
	if !end.IsZero() {
		fmt.Fprintf(o, ", end: %s", end.Format(time.DateOnly))
	}
	o.WriteString("}\n")
}

func (o *orgWriter) engineer(i int, a *person) {
	mails := a.email
	if a.alt != "" {
		mails += ", " + a.alt
	}
	role, title, team, manager := "engineer", "Software engineer", o.teamOf(a.home), o.boss(i, a)
	if i == 0 {
		role, title = o.company.Declared.Role, "CTO"
		if role != "cto" {
			title = "Technical leader"
		}
		team, manager = "none", "ceo"
	} else if o.manages(i) {
		role, title = "engineering_manager", "Engineering manager"
	}
	start, end := o.cal.week(a.from), time.Time{}
	if a.from == 0 {
		start = o.cal.month(o.company.Declared.RoleMonths)
	}
	if a.until < o.cal.weeks {
		end = o.cal.week(a.until).AddDate(0, 0, -1)
	}
	o.person(a.handle, fmt.Sprintf("name: %s, emails: [%s], role: %s, title: %s, team: %s, manager: %s", a.name, mails, role, title, team, manager), start, end)
}

// manages tells whether somebody manages a team.
func (o *orgWriter) manages(i int) bool {
	for repo, m := range o.managers {
		if m == i && (o.company.Lines == Layered || repo == 1) {
			return true
		}
	}
	return false
}

// boss is whom an engineer reports to.
func (o *orgWriter) boss(i int, a *person) string {
	last := len(o.repos) - 1
	gone := o.gone()
	switch {
	case o.manages(i):
		return o.people[0].handle
	case o.company.Lines == Layered, a.home == 1:
		return o.people[o.managers[a.home]].handle
	case a.home == last && gone >= 0 && i != gone && a.from < o.people[gone].until && a.from >= o.people[gone].from:
		return o.people[gone].handle
	}
	return o.people[0].handle
}

func (o *orgWriter) teams() {
	kinds := map[string]string{"product": "stream_aligned", "platform": "platform"}
	o.WriteString("teams:\n")
	for _, g := range []string{"product", "platform"} {
		if o.company.Lines == Flat {
			fmt.Fprintf(o, "  - {id: %s}\n", g)
			continue
		}
		fmt.Fprintf(o, "  - {id: %s, kind: %s}\n", g, kinds[g])
	}
	for _, r := range o.repos {
		if o.company.Lines == Flat {
			fmt.Fprintf(o, "  - {id: %s, kind: %s, parent: %s}\n", r.team, kinds[r.group], r.group)
		}
	}
	o.besideGroups()
	fmt.Fprintf(o, "positions:\n  - {id: req-1, title: Software engineer, role: engineer, team: %s, manager: %s, opened: %s}\n", o.teamOf(0), o.people[0].handle, o.cal.end().AddDate(0, -2, 0).Format(time.DateOnly))
	o.WriteString("ownership:\n")
	for i, r := range o.repos {
		fmt.Fprintf(o, "  - {team: %s, repository: %s}\n", o.teamOf(i), r.name)
	}
	if b := o.borderTruth(); b != nil {
		fmt.Fprintf(o, "  - {team: %s, repository: %s, path: /%s/, since: %s}\n", b.Tests, b.Repository, b.Folder, b.Since.Format(time.DateOnly))
	}
}
