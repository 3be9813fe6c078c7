package workspace

import (
	"fmt"
	"strings"
	"time"
)

// Words that the document may use.
var (
	stages   = []string{StageBootstrapped, StagePreSeed, StageSeed, StageSeriesA, StageSeriesB, StageSeriesC, StageLater, StagePublic}
	cadences = []string{"none", "monthly", "quarterly", "half_yearly", "yearly"}
	// roleNames are in the order in which LeadersAt returns them.
	roleNames  = []string{RoleCTO, RoleVPE, RoleTechnicalLeader, RoleNone}
	weekStarts = map[string]time.Weekday{"monday": time.Monday, "sunday": time.Sunday, "saturday": time.Saturday}
	months     = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
)

func (r *reader) document(n *node, d *Document) {
	company := r.company(&d.Company)
	r.object(n,
		field{key: "company", read: func(n *node) { r.object(n, company...) }, inside: keysOf(company)},
		field{key: "leadership", read: func(n *node) { r.leadership(n, &d.Leadership) }},
		field{key: "sources", read: func(n *node) { r.sources(n, &d.Sources) }},
		field{key: "systems", read: func(n *node) { r.systems(n, &d.Systems) }},
		field{key: "teams", read: func(n *node) { r.teams(n, &d.Teams) }},
		field{key: "applications", read: func(n *node) { r.applications(n, &d.Applications) }},
		field{key: "incidents", read: func(n *node) { r.incidents(n, &d.Incidents) }},
		field{key: "identities", read: func(n *node) { r.identities(n, &d.Identities) }},
		field{key: "database", read: func(n *node) { r.kept(n, "database", &d.Database, ".diarchy/facts.duckdb") }},
		field{key: "ledger", read: func(n *node) { r.kept(n, "ledger", &d.Ledger, "ledger/ledger.sqlite") }},
	)
	r.teamApplications(n.child("teams"), d)
}

// kept reads a path or an address, without a password, of what the program keeps.
func (r *reader) kept(n *node, key string, dst *string, such string) {
	s, ok := r.asText(n)
	switch {
	case !ok:
	case hide(s) != s:
		r.fail(n, "the address holds a password", "remove it from this file: set DIARCHY_"+strings.ToUpper(key)+" in the environment instead")
	case hasScheme(s) && !IsPostgres(s):
		r.fail(n, "the "+key+" is not a path", "write a path relative to this file, such as "+such+", or a postgres:// address")
	default:
		*dst = s
	}
}

func (r *reader) leadership(n *node, dst *[]Leadership) {
	each(r, n, dst, func(n *node, l *Leadership) {
		l.Line = n.line
		r.object(n,
			field{key: "role", read: r.choice(&l.Role, roleNames), need: true},
			field{key: "since", read: r.date(&l.Since)},
			field{key: "until", read: r.date(&l.Until)})
		if !l.Until.IsZero() && l.Until.Before(l.Since) {
			r.fail(n.child("until"), fmt.Sprintf("until %s is before since %s", l.Until.Format(time.DateOnly), l.Since.Format(time.DateOnly)),
				"until is the last day in the role; remove it when the role is still held")
		}
	})
	r.noneAlone(n, *dst)
}

// noneAlone refuses that nobody leads while somebody does.
func (r *reader) noneAlone(n *node, all []Leadership) {
	for i, none := range all {
		for j, other := range all {
			wrong := n.items[i].wrong || n.items[j].wrong
			if !wrong && none.Role == RoleNone && other.Role != RoleNone && none.overlaps(other) {
				r.fail(n.items[i], fmt.Sprintf("role none overlaps role %s of line %d", other.Role, other.Line),
					"give the earlier of the two an until before the since of the other")
				break
			}
		}
	}
}

func (l Leadership) overlaps(other Leadership) bool {
	start, end := l.span()
	otherStart, otherEnd := other.span()
	return !start.After(otherEnd) && !otherStart.After(end)
}

// span returns the first and last day on which the role was surely held.
func (l Leadership) span() (start, end time.Time) {
	start, end = l.Since, l.Until
	if end.IsZero() {
		end = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if start.IsZero() {
		start = end
	}
	return start, end
}

func (r *reader) sources(n *node, dst *[]Source) {
	each(r, n, dst, func(n *node, s *Source) {
		s.Line = n.line
		r.object(n,
			field{key: "git", need: true, read: func(n *node) { s.Git = r.git(n) }},
			field{key: "name", read: r.text(&s.Name)},
			field{key: "branch", read: func(n *node) { s.Branch = r.branch(n) }})
	})
	r.distinct(n, "source name", func(i int) string { return (*dst)[i].Name })
	r.distinct(n, "source", func(i int) string { return strings.TrimSpace((*dst)[i].Git + " " + (*dst)[i].Branch) })
}

func (r *reader) git(n *node) string {
	s, ok := r.asText(n)
	if !ok {
		return ""
	}
	if what, advice := checkGit(s); what != "" {
		r.fail(n, what, advice)
		return ""
	}
	return s
}

func (r *reader) branch(n *node) string {
	s, ok := r.asText(n)
	if ok && (strings.HasPrefix(s, "-") || strings.ContainsAny(s, " ~^:?*[\\") || strings.Contains(s, "..")) {
		r.fail(n, fmt.Sprintf("%q is not a branch name", clip(s)), "write the name of one branch, such as main")
	}
	return s
}

func (r *reader) teams(n *node, dst *[]Team) {
	each(r, n, dst, func(n *node, t *Team) {
		t.Line = n.line
		r.object(n,
			field{key: "name", read: r.text(&t.Name), need: true},
			field{key: "group", read: r.text(&t.Group)},
			field{key: "repositories", read: func(n *node) { r.named(n, "repository", &t.Repositories) }},
			field{key: "projects", read: func(n *node) { r.named(n, "project", &t.Projects) }},
			field{key: "applications", read: func(n *node) { r.named(n, "application", &t.Applications) }})
	})
	r.distinct(n, "team", func(i int) string { return (*dst)[i].Name })
}

// named reads a list of names, each once.
func (r *reader) named(n *node, what string, dst *[]string) {
	each(r, n, dst, func(n *node, s *string) { *s, _ = r.asText(n) })
	r.distinct(n, what, func(i int) string { return (*dst)[i] })
}
