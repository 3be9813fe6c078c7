package github

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

const deploymentsQuery = `query Deployments($owner:String!,$name:String!,$after:String){
rateLimit{cost remaining resetAt}
repository(owner:$owner,name:$name){nameWithOwner
deployments(first:100,after:$after,orderBy:{field:CREATED_AT,direction:DESC}){` + pageFields + `
nodes{id commitOid environment latestEnvironment createdAt updatedAt statuses(first:100){` + pageFields + ` nodes{state createdAt}}}}}}`

// patience is how long after its creation a deployment or a run is looked at again when it has
// not ended.
const patience = 30 * 24 * time.Hour

// deployment is one as GitHub tells it.
type deployment struct {
	ID, CommitOid, Environment, LatestEnvironment string
	CreatedAt, UpdatedAt                          time.Time
	Statuses                                      list[deploymentStatus]
}

type deploymentStatus struct {
	State     string
	CreatedAt time.Time
}

// deployments reads those of a repository, the last made first, down to the oldest that had not
// ended at the last reading.
func (f *Feed) deployments(ctx context.Context, stream, repo string, req source.Pull) error {
	owner, name := split(repo)
	return f.sweep(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		var answer struct {
			Repository struct {
				NameWithOwner string
				Deployments   list[deployment]
			}
		}
		if err := f.ask(ctx, func(int) string { return deploymentsQuery }, map[string]any{"owner": owner, "name": name, "after": cursor(next)}, &answer); err != nil {
			return err
		}
		called, l := answer.Repository.NameWithOwner, answer.Repository.Deployments
		if err := errors.Join(api.Require(called != "", "name of the repository"), l.whole()); err != nil {
			return err
		}
		listed := api.Listed{Items: len(l.Nodes), Total: l.TotalCount, Next: l.next()}
		page := source.Page{Delivery: fact.Delivery{Repositories: f.known(called, repo)}}
		for _, d := range l.Nodes {
			made, err := translate(called, d)
			if err != nil {
				return err
			}
			created := api.Moment(d.CreatedAt)
			f.spans(&listed, created, made.UpdatedAt, made.Result)
			if !made.UpdatedAt.Before(since) {
				page.Delivery.Deployments = append(page.Delivery.Deployments, made)
			}
		}
		return emit(listed, page)
	})
}

// spans takes an item of a listing by creation into its page.
func (f *Feed) spans(l *api.Listed, created, changed time.Time, result fact.Result) {
	if changed.After(l.Newest) {
		l.Newest = changed
	}
	if l.Oldest.IsZero() || created.Before(l.Oldest) {
		l.Oldest = created
	}
	if result == fact.Running && created.After(f.clock().Add(-patience)) && (l.Open.IsZero() || created.Before(l.Open)) {
		l.Open = created
	}
}

// translate makes a deployment of what GitHub tells. How it ended is its last status that says
// so: a deployment that another one replaced is inactive, and was a success before.
func translate(repo string, d *deployment) (fact.Deployment, error) {
	if err := errors.Join(
		api.Require(d.ID != "" && api.IsSHA(d.CommitOid), "commit of a deployment"),
		api.Require(!d.CreatedAt.IsZero() && !d.UpdatedAt.IsZero(), "time of a deployment"),
		d.Statuses.whole(),
	); err != nil {
		return fact.Deployment{}, err
	}
	slices.SortStableFunc(d.Statuses.Nodes, func(a, b *deploymentStatus) int { return a.CreatedAt.Compare(b.CreatedAt) })
	out := fact.Deployment{Repository: repo, ID: d.ID, Environment: cmp.Or(d.Environment, d.LatestEnvironment), SHA: d.CommitOid, Result: fact.Running,
		StartedAt: api.Moment(d.CreatedAt), UpdatedAt: api.Moment(d.UpdatedAt)}
	begun := false
	for _, s := range d.Statuses.Nodes {
		at := api.Moment(s.CreatedAt)
		if err := api.Require(!at.IsZero(), "time of a status"); err != nil {
			return out, err
		}
		if at.After(out.UpdatedAt) {
			out.UpdatedAt = at
		}
		switch s.State {
		case "IN_PROGRESS":
			if !begun {
				out.StartedAt, begun = at, true
			}
		case "SUCCESS":
			out.Result, out.FinishedAt = fact.Succeeded, at
		case "FAILURE", "ERROR":
			out.Result, out.FinishedAt = fact.Failed, at
		case "INACTIVE":
			if out.Result == fact.Running {
				out.Result, out.FinishedAt = fact.Cancelled, at
			}
		}
	}
	return out, nil
}
