package demo

import (
	"fmt"
	"strings"
	"time"
)

// profile is the diarchy.yaml of the company.
func (p *plan) profile() string {
	var b strings.Builder
	d := p.company.Declared
	date := func(months int) string { return p.cal.month(months).Format(time.DateOnly) }
	fmt.Fprintf(&b, "# An invented company.\ncompany:\n  name: %s\n  time_zone: Europe/Berlin\n  fiscal_year_start: january\n  funding:\n", p.company.Name)
	for _, f := range d.Funding {
		fmt.Fprintf(&b, "    - {date: %s, stage: %s}\n", date(f.Months), f.Stage)
	}
	b.WriteString("  revenue:\n")
	for _, f := range d.Revenue {
		fmt.Fprintf(&b, "    - {date: %s, arr: %d, currency: EUR}\n", date(f.Months), f.ARR)
	}
	fmt.Fprintf(&b, "  product_market_fit: %s\n", orElse(d.MarketFitMonths, date, "%s", "not_yet"))
	fmt.Fprintf(&b, "  enterprise_sales: %s\n", orElse(d.EnterpriseMonths, date, "{since: %s}", "false"))
	fmt.Fprintf(&b, "  compliance: %s\n", orElse(d.SOC2Months, date, "[{name: soc2, since: %s}]", "[]"))
	fmt.Fprintf(&b, "  board_cadence: %s\n  headcount:\n", d.Board)
	for w := 0; w < p.cal.weeks; w += 26 {
		n := p.engineers(w) + p.beside(w)
		fmt.Fprintf(&b, "    - {date: %s, engineers: %d, people: %d}\n", p.cal.week(w).Format(time.DateOnly), n, n*d.PeoplePerTen/10)
	}
	fmt.Fprintf(&b, "leadership:\n  - {role: %s, since: %s}\nsources:\n", d.Role, date(d.RoleMonths))
	for _, r := range p.repos {
		fmt.Fprintf(&b, "  - {git: repos/%s.git, name: %s}\n", r.name, r.name)
	}
	if p.company.Delivery.Told {
		b.WriteString("systems:\n  - {system: csv, name: exports, files: {change_requests: exports/change_requests.csv, change_request_events: exports/change_request_events.csv, change_request_commits: exports/change_request_commits.csv, builds: exports/builds.csv, deployments: exports/deployments.csv, incidents: exports/incidents.csv, issues: exports/issues.csv, transitions: exports/transitions.csv, sprints: exports/sprints.csv, sprint_issues: exports/sprint_issues.csv}}\n")
		b.WriteString("applications:\n")
		for _, r := range p.repos {
			fmt.Fprintf(&b, "  - {name: %s, repository: %s, services: [%s-service]}\n", r.name, r.name, r.name)
		}
	}
	b.WriteString("teams:\n")
	for i := range p.repos {
		b.WriteString(p.teamLine(i))
	}
	return b.String()
}

// teamLine is the entry of the team of a repository, with all that it owns; "" where it was written
// with an earlier one. Teams are those of the organisation, if the company describes it.
func (p *plan) teamLine(repo int) string {
	var repositories, projects []string
	for i, r := range p.repos {
		if p.teamOf(i) != p.teamOf(repo) {
			continue
		}
		if i < repo {
			return ""
		}
		repositories = append(repositories, r.name)
		if len(p.tracked[i].sprints) > 0 {
			projects = append(projects, r.tracker.key)
		}
	}
	line := "  - {name: " + p.teamOf(repo)
	if group := p.repos[repo].group; group != p.teamOf(repo) {
		line += ", group: " + group
	}
	line += ", repositories: [" + strings.Join(repositories, ", ") + "]"
	if len(projects) > 0 {
		line += ", projects: [" + strings.Join(projects, ", ") + "]"
	}
	return line + "}\n"
}

func orElse(months int, date func(int) string, format, otherwise string) string {
	if months == 0 {
		return otherwise
	}
	return fmt.Sprintf(format, date(months))
}

// engineers counts the engineers of week w.
func (p *plan) engineers(w int) int {
	n := 0
	for _, a := range p.people {
		if a.here(w) {
			n++
		}
	}
	return n
}
