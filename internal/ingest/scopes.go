package ingest

import (
	"context"

	"github.com/diarchy/diarchy/internal/store"
)

// PutApplicationScopes writes which applications belong to which scope: they follow their
// repositories.
func PutApplicationScopes(ctx context.Context, st *store.Store, by Delivering) error {
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
	return st.PutApplicationScopes(ctx, all)
}

func namesOf(names map[string][]string, repo string) []string {
	if n := names[repo]; n != nil {
		return n
	}
	return []string{repo}
}
