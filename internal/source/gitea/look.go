package gitea

import (
	"context"
	"errors"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (source.Sight, error) {
	sight := source.Sight{Lacks: []source.Lack{{What: "deployments", Why: "Gitea and Forgejo have none", Costs: "deployment frequency, lead time for changes, change failure rate",
		Do: "name the system that deploys, or a file of deployments"}}}
	repos, err := f.repositories(ctx)
	if !errors.Is(err, api.ErrUnauthorized) && (errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrForbidden)) {
		sight.Lacks = append(sight.Lacks, source.Lack{What: "repositories", Why: err.Error(), Costs: "everything of them", Do: "look at their names, and give the token the right to read repositories"})
	} else if err != nil {
		return sight, err
	}
	for _, r := range repos {
		if why := r.leftOut(f.projects); why != "" {
			sight.Lacks = append(sight.Lacks, source.Lack{Of: r.FullName, What: "everything", Why: why, Costs: "what was done there", Do: "name it under projects if it matters"})
			continue
		}
		if err := f.lookAt(ctx, r, &sight); err != nil {
			return sight, err
		}
	}
	return f.workflow.Look(sight), nil
}

// lookAt asks for one item of each kind.
func (f *Feed) lookAt(ctx context.Context, r repository, sight *source.Sight) error {
	for _, k := range []struct {
		what, path, costs, right string
		has                      *bool
	}{
		{"change requests", "/pulls?state=all&sort=recentupdate&limit=1", "lead time for changes, time to review, size of changes", "repository: read", r.HasPulls},
		{"issues", "/issues?state=all&type=issues&limit=1", "lead time of issues, planned work, work that stalls", "issue: read", r.HasIssues},
		{"builds", "/actions/runs?limit=1", "duration and failures of builds", "repository: read", r.HasActions},
	} {
		lack := source.Lack{Of: r.FullName, What: k.what, Costs: k.costs}
		var items any
		answer, err := api.Answer{}, error(nil)
		off := k.has != nil && !*k.has
		if !off {
			answer, err = f.client.Get(ctx, r.path()+k.path, nil, &items)
		}
		switch {
		case off:
			lack.Why, lack.Do = "they are switched off", "if they are kept elsewhere, name that system too"
		case errors.Is(err, api.ErrForbidden):
			lack.Why, lack.Do = api.ErrForbidden.Error(), "give it the permission “"+k.right+"”"
		case errors.Is(err, api.ErrNotFound):
			lack.Why, lack.Do = api.ErrNotFound.Error(), "give the token the permission “"+k.right+"”; runs are listed by Gitea 1.25 and later"
		case err != nil:
			return err
		case empty(items) && total(answer) == 0:
			lack.Why, lack.Do = "there are none", "if they are kept elsewhere, name that system too"
		default:
			sight.Sees = append(sight.Sees, source.Seen{Of: r.FullName, What: k.what})
			continue
		}
		sight.Lacks = append(sight.Lacks, lack)
	}
	return nil
}

// empty tells whether an answer has no items: a list, or an object with a total.
func empty(items any) bool {
	switch x := items.(type) {
	case []any:
		return len(x) == 0
	case map[string]any:
		n, _ := x["total_count"].(float64)
		return n == 0
	}
	return true
}
