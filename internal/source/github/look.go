package github

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// kinds are what is read of a repository, what it costs not to read it, and the right that a
// token of fine grain, or an App, needs.
var kinds = []struct{ what, costs, right string }{
	{"change requests", "lead time for changes, time to review, size of changes", "Pull requests: read"},
	{"issues", "lead time of issues, planned work, work that stalls", "Issues: read"},
	{"builds", "duration and failures of builds", "Actions: read"},
	{"deployments", "deployment frequency, lead time for changes, change failure rate", "Deployments: read"},
}

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (source.Sight, error) {
	var sight source.Sight
	repos := f.projects
	if len(repos) == 0 {
		all, err := f.repositories(ctx)
		if err != nil {
			return sight, err
		}
		for _, r := range all {
			why := map[bool]string{r.Fork: "it is a fork", r.Archived: "it is archived", r.Disabled: "it is disabled"}[true]
			if why == "" {
				repos = append(repos, r.FullName)
				continue
			}
			sight.Lacks = append(sight.Lacks, source.Lack{Of: r.FullName, What: "everything", Why: why, Costs: "what was done there", Do: "name it under projects if it matters"})
		}
	}
	for _, repo := range repos {
		if err := f.lookAt(ctx, repo, &sight); err != nil {
			return sight, err
		}
	}
	return f.workflow.Look(f.unread(sight)), nil
}

// unread says what is not told of issues: by this server, or by GitHub at all.
func (f *Feed) unread(sight source.Sight) source.Sight {
	if !slices.ContainsFunc(sight.Sees, func(seen source.Seen) bool { return seen.What == "issues" }) {
		return sight
	}
	if what := []string{"", "which issues block others", "types and parents of issues, what closes them, which block others"}[f.older]; what != "" {
		sight.Lacks = append(sight.Lacks, source.Lack{What: what, Why: "this Enterprise Server is too old to tell it", Costs: "work by category and stalled key work, as far as only that says it", Do: "update the server; the next reading asks for it"})
	}
	sight.Lacks = append(sight.Lacks, source.Lack{What: "sprints and estimates", Why: "GitHub keeps them as fields of projects, and does not tell when an issue came into an iteration or left it",
		Costs: source.Costs(fact.SprintItem), Do: "export iterations to CSV: sprints, sprint_issues"})
	return sight
}

// lookAt asks for one item of each kind. A refusal costs its kind, unless the token is not
// valid at all.
func (f *Feed) lookAt(ctx context.Context, repo string, sight *source.Sight) error {
	for _, k := range kinds {
		total, err := f.count(ctx, repo, k.what)
		lack := source.Lack{Of: repo, What: k.what, Costs: k.costs}
		switch {
		case errors.Is(err, api.ErrForbidden):
			lack.Why, lack.Do = api.ErrForbidden.Error(), "give it the permission “"+k.right+"”"
		case errors.Is(err, api.ErrNotFound):
			lack.Why, lack.Do = api.ErrNotFound.Error(), "look at the name, and give the token access to the repository"
		case err != nil:
			return err
		case total == 0:
			lack.Why, lack.Do = "there are none", "if they are kept elsewhere, name that system too"
		default:
			sight.Sees = append(sight.Sees, source.Seen{Of: repo, What: k.what})
			continue
		}
		sight.Lacks = append(sight.Lacks, lack)
	}
	return nil
}

// count is how many items of a kind a repository has.
func (f *Feed) count(ctx context.Context, repo, what string) (int, error) {
	if what == "builds" {
		var answer struct {
			Total int `json:"total_count"`
		}
		_, err := f.client.Get(ctx, f.rest+"/repos/"+escape(repo)+"/actions/runs", url.Values{"per_page": {"1"}}, &answer)
		return answer.Total, err
	}
	owner, name := split(repo)
	connection := map[string]string{"change requests": "pullRequests", "issues": "issues", "deployments": "deployments"}[what]
	var answer struct {
		Repository struct{ List struct{ TotalCount int } }
	}
	query := func(older int) string {
		fields := "id"
		if what == "issues" {
			fields += " " + newer(older)
		}
		return `query Look($owner:String!,$name:String!){repository(owner:$owner,name:$name){list:` + connection + `(first:1){totalCount nodes{` + fields + `}}}}`
	}
	err := f.ask(ctx, query, map[string]any{"owner": owner, "name": name}, &answer)
	return answer.Repository.List.TotalCount, err
}
