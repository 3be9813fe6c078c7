package ingest

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/store"
)

// PutDeliveryScopes writes which applications and which projects of trackers belong to
// which scope, and when. Applications follow their repositories, but for those that teams hold
// by themselves: while they do, these are no other team's. The company has all projects.
func PutDeliveryScopes(ctx context.Context, st *store.Store, by Delivering, teams []Team) error {
	names, err := st.RepositoryNames(ctx)
	if err != nil {
		return err
	}
	scopes, err := st.Scopes(ctx)
	if err != nil {
		return err
	}
	all := []store.ScopedApplication{{Scope: "company"}}
	for _, s := range scopes {
		ofTeams := strings.HasPrefix(s.Name, "team:") || strings.HasPrefix(s.Name, "group:")
		for _, repo := range s.Repos {
			for _, a := range by.applicationsOf(namesOf(names, repo.ID)) {
				one := store.ScopedApplication{Scope: s.Name, RepoID: repo.ID, Application: a.Name, Period: repo.Period}
				if s.Name == "company" {
					all = append(all, store.ScopedApplication{Scope: "application:" + a.Name, RepoID: repo.ID, Application: a.Name})
					all = append(all, claimed(teams, one)...)
				}
				if !ofTeams {
					all = append(all, one)
					continue
				}
				for _, p := range without(repo.Period, holders(teams, a.Name)) {
					one.Period = p
					all = append(all, one)
				}
			}
		}
	}
	if err := st.PutApplicationScopes(ctx, all); err != nil {
		return err
	}
	projects, err := st.ProjectIDs(ctx)
	if err != nil {
		return err
	}
	return st.PutProjectScopes(ctx, projectScopes(projects, teams))
}

// claimed are the scopes of teams, and their groups, that hold an application by itself.
func claimed(teams []Team, of store.ScopedApplication) (out []store.ScopedApplication) {
	held := belongings{}
	for _, t := range teams {
		held.ofTeam(t, of.Application, holders([]Team{t}, of.Application))
	}
	for _, scope := range slices.Sorted(maps.Keys(held)) {
		for _, p := range held[scope][of.Application] {
			out = append(out, store.ScopedApplication{Scope: scope, RepoID: of.RepoID, Application: of.Application, Period: p})
		}
	}
	return out
}

// holders is when any of some teams holds an application by itself.
func holders(teams []Team, application string) (out []store.Period) {
	for _, t := range teams {
		for _, c := range t.Applications {
			if c.Application == application {
				out = append(out, c.Period)
			}
		}
	}
	return union(out)
}

// without is what is left of a period outside of others, which are in order and apart.
func without(p store.Period, others []store.Period) (out []store.Period) {
	endless := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	end := func(p store.Period) time.Time {
		if p.Until.IsZero() {
			return endless
		}
		return p.Until
	}
	for _, o := range others {
		if !end(o).After(p.Since) {
			continue
		}
		if !o.Since.Before(end(p)) {
			break
		}
		if o.Since.After(p.Since) {
			out = append(out, store.Period{Since: p.Since, Until: o.Since})
		}
		if !end(o).Before(end(p)) {
			return out
		}
		p.Since = o.Until
	}
	return append(out, p)
}

func namesOf(names map[string][]string, repo string) []string {
	if n := names[repo]; n != nil {
		return n
	}
	return []string{repo}
}

// holds is when a repository is the team's: by its own name, or by the last part of the one
// that a forge gives it.
func (t Team) holds(name string) (out []store.Period) {
	for _, h := range t.Repositories {
		if h.Repository == name || h.Repository == path.Base(name) {
			out = append(out, h.Period)
		}
	}
	return out
}

// leads is when a project of a tracker is the team's: always when it is named, or when it has
// the name of a repository that the team owns, as on a forge.
func (t Team) leads(project string) (out []store.Period) {
	if slices.ContainsFunc(t.Projects, func(name string) bool { return strings.EqualFold(name, project) }) {
		return []store.Period{{}}
	}
	for _, h := range t.Repositories {
		if strings.EqualFold(h.Repository, project) || strings.Contains(project, "/") && strings.EqualFold(h.Repository, path.Base(project)) {
			out = append(out, h.Period)
		}
	}
	return out
}

func projectScopes(projects map[string][]string, teams []Team) map[string][]store.Belonging {
	all := belongings{}
	for name, ids := range projects {
		for _, id := range ids {
			all.add("company", id)
			for _, t := range teams {
				all.ofTeam(t, id, t.leads(name))
			}
		}
	}
	return all.held()
}

// belongings are what belongs to scopes, and when.
type belongings map[string]map[string][]store.Period

// add says that something belongs to a scope in some periods; always, when none is named.
func (b belongings) add(scope, id string, periods ...store.Period) {
	if b[scope] == nil {
		b[scope] = map[string][]store.Period{}
	}
	if len(periods) == 0 {
		periods = []store.Period{{}}
	}
	b[scope][id] = union(append(b[scope][id], periods...))
}

// ofTeam says that something belongs to a team, and its group, in some periods; not at all
// when none is named.
func (b belongings) ofTeam(t Team, id string, periods []store.Period) {
	if len(periods) == 0 {
		return
	}
	b.add("team:"+t.Name, id, periods...)
	if t.Group != "" {
		b.add("group:"+t.Group, id, periods...)
	}
}

// repository adds a repository of a name to the company, to itself, and to its teams.
func (b belongings) repository(id, name string, teams []Team) {
	b.add("company", id)
	b.add("repository:"+name, id)
	for _, t := range teams {
		b.ofTeam(t, id, t.holds(name))
	}
}

// held lists what belongs to each scope, by id and time.
func (b belongings) held() map[string][]store.Belonging {
	out := map[string][]store.Belonging{}
	for scope, things := range b {
		for _, id := range slices.Sorted(maps.Keys(things)) {
			for _, p := range things[id] {
				out[scope] = append(out[scope], store.Belonging{ID: id, Period: p})
			}
		}
	}
	return out
}

// scopes lists scopes of repositories by name.
func (b belongings) scopes() (out []store.Scope) {
	held := b.held()
	for _, name := range slices.Sorted(maps.Keys(held)) {
		out = append(out, store.Scope{Name: name, Repos: held[name]})
	}
	return out
}

// union joins periods that overlap or touch, earliest first.
func union(periods []store.Period) (out []store.Period) {
	slices.SortFunc(periods, func(a, b store.Period) int { return a.Since.Compare(b.Since) }) // no bound is the earliest time there is
	for _, p := range periods {
		last := len(out) - 1
		switch {
		case last < 0 || !out[last].Until.IsZero() && p.Since.After(out[last].Until):
			out = append(out, p)
		case p.Until.IsZero() || !out[last].Until.IsZero() && p.Until.After(out[last].Until):
			out[last].Until = p.Until
		}
	}
	return out
}

// putCredit writes to which team, and when, the work of people is credited.
func putCredit(ctx context.Context, st *store.Store, credit func([]store.Person) []store.ScopedPerson) error {
	if credit == nil {
		return st.PutPersonScopes(ctx, nil)
	}
	people, err := st.Identities(ctx)
	if err != nil {
		return err
	}
	return st.PutPersonScopes(ctx, credit(people))
}
