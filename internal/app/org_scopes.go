package app

import (
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/workspace"
)

// orgTeams are the teams of the organisation, by their id, with the whole repositories that they
// own or owned, and the applications of which they own all paths; but for those that diarchy.yaml names.
func orgTeams(chart *org.Chart, zone *time.Location, declared []ingest.Team, applications []ingest.Application) (out []ingest.Team) {
	if chart == nil {
		return nil
	}
	owns := map[string][]ingest.Holding{}
	for _, o := range chart.Document().Ownership {
		if o.Path == "" && o.With == "" {
			owns[o.Team] = append(owns[o.Team], ingest.Holding{Repository: o.Repository, Period: period(org.DaysOf(o.Since, o.Until), zone)})
		}
	}
	for _, t := range chart.Document().Teams {
		known := slices.ContainsFunc(declared, func(d ingest.Team) bool { return d.Name == t.ID })
		claims := pathClaims(chart.Document().Ownership, t.ID, applications, zone)
		if !known && len(owns[t.ID])+len(claims) > 0 {
			out = append(out, ingest.Team{Name: t.ID, Group: t.Parent, Repositories: owns[t.ID], Applications: claims})
		}
	}
	return out
}

// pathClaims are the applications that a team holds since it owns each of their paths, or a folder
// above it; the last rule for a path decides, as everywhere.
func pathClaims(rules []workspace.Ownership, team string, applications []ingest.Application, zone *time.Location) (out []ingest.Claim) {
	for _, a := range applications {
		var since, until time.Time
		held := 0
		for _, own := range a.Paths {
			last := -1
			for i, o := range rules {
				if o.Repository == a.Repository && o.With == "" && o.Path != "" && above(o.Path, own) {
					last = i
				}
			}
			if last < 0 || rules[last].Team != team {
				continue
			}
			held++
			p := period(org.DaysOf(rules[last].Since, rules[last].Until), zone)
			if p.Since.After(since) {
				since = p.Since
			}
			if !p.Until.IsZero() && (until.IsZero() || p.Until.Before(until)) {
				until = p.Until
			}
		}
		if held > 0 && held == len(a.Paths) && (until.IsZero() || since.Before(until)) {
			out = append(out, ingest.Claim{Application: a.Name, Period: store.Period{Since: since, Until: until}})
		}
	}
	return out
}

// above reports whether a pattern without wildcards is a path or a folder above it; what follows a
// last slash may be all of the folder.
func above(pattern, path string) bool {
	pattern = strings.Trim(strings.TrimRight(pattern, "*"), "/")
	return pattern != "" && (path == pattern || strings.HasPrefix(path, pattern+"/"))
}

// claims are applications that a team holds at all times.
func claims(names []string) (out []ingest.Claim) {
	for _, name := range names {
		out = append(out, ingest.Claim{Application: name})
	}
	return out
}

// holdings are repositories that a team owns at all times.
func holdings(names []string) (out []ingest.Holding) {
	for _, name := range names {
		out = append(out, ingest.Holding{Repository: name})
	}
	return out
}

// period is the time of days by the company's calendar.
func period(d org.Days, zone *time.Location) (p store.Period) {
	midnight := func(day org.Day) time.Time {
		at := day.Time()
		return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
	}
	if d.From != org.Always {
		p.Since = midnight(d.From)
	}
	if d.To != org.Still {
		p.Until = midnight(d.To)
	}
	return p
}

// credit says to which team, and its group, the work of people is credited, and when.
func credit(chart *org.Chart, zone *time.Location, teams []ingest.Team) func([]store.Person) []store.ScopedPerson {
	if chart == nil {
		return nil
	}
	group := map[string]string{}
	for _, t := range chart.Document().Teams {
		group[t.ID] = t.Parent
	}
	for _, t := range teams {
		group[t.Name] = t.Group
	}
	return func(identities []store.Person) (out []store.ScopedPerson) {
		authors, persons := authorsOf(identities)
		for i, stints := range chart.Credits(authors, metric.FewestPeople) {
			for _, s := range stints {
				during := period(s.Days, zone)
				out = append(out, store.ScopedPerson{Scope: "team:" + s.Team, Person: persons[i], Period: during})
				if g := group[s.Team]; g != "" {
					out = append(out, store.ScopedPerson{Scope: "group:" + g, Person: persons[i], Period: during})
				}
			}
		}
		return out
	}
}

// authorsOf are the people that identities belong to, with their ids.
func authorsOf(identities []store.Person) (authors []org.Author, persons []int64) {
	at := map[int64]int{}
	for _, p := range identities {
		if p.IsBot {
			continue
		}
		i, ok := at[p.PersonID]
		if !ok {
			i = len(authors)
			at[p.PersonID] = i
			authors, persons = append(authors, org.Author{}), append(persons, p.PersonID)
		}
		authors[i].Names = append(authors[i].Names, p.Identity.Name)
		authors[i].Emails = append(authors[i].Emails, p.Identity.Email)
	}
	return authors, persons
}
