package ingest

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/store"
)

// PutDeliveryScopes writes which applications and which projects of trackers belong to
// which scope. Applications follow their repositories; the company has all projects.
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
		for _, repo := range s.Repos {
			for _, a := range by.applicationsOf(namesOf(names, repo)) {
				all = append(all, store.ScopedApplication{Scope: s.Name, RepoID: repo, Application: a.Name})
				if s.Name == "company" {
					all = append(all, store.ScopedApplication{Scope: "application:" + a.Name, RepoID: repo, Application: a.Name})
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

func namesOf(names map[string][]string, repo string) []string {
	if n := names[repo]; n != nil {
		return n
	}
	return []string{repo}
}

// owns tells whether a project of a tracker is the team's: it is named, or it has the name of a
// repository that the team owns, as on a forge.
func (t Team) owns(project string) bool {
	named := func(list []string, name string) bool {
		return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, name) })
	}
	return named(t.Projects, project) || named(t.Repositories, project) || strings.Contains(project, "/") && named(t.Repositories, path.Base(project))
}

func projectScopes(projects map[string][]string, teams []Team) map[string][]string {
	out := map[string][]string{}
	add := func(scope string, ids []string) {
		for _, id := range ids {
			if !slices.Contains(out[scope], id) {
				out[scope] = append(out[scope], id)
			}
		}
	}
	for name, ids := range projects {
		add("company", ids)
		for _, t := range teams {
			if !t.owns(name) {
				continue
			}
			add("team:"+t.Name, ids)
			if t.Group != "" {
				add("group:"+t.Group, ids)
			}
		}
	}
	return out
}
