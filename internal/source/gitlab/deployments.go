package gitlab

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// deployment is one as GitLab tells it. One that was made through the API has no job.
type deployment struct {
	ID          int64
	SHA, Status string
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Environment *struct{ Name string }
	Job         *struct {
		StartedAt  time.Time `json:"started_at"`
		FinishedAt time.Time `json:"finished_at"`
	} `json:"deployable"`
}

// deployments reads those of a project, the last changed first.
func (f *Feed) deployments(ctx context.Context, stream string, p project, req source.Pull) error {
	updated := func(d *deployment) time.Time {
		if d == nil {
			return time.Time{}
		}
		return d.UpdatedAt
	}
	return sweep(ctx, f, stream, p.api("/deployments"), url.Values{}, req, updated, func(_ context.Context, items []*deployment, page *source.Page) error {
		page.Delivery.Repositories = p.known()
		for _, d := range items {
			out, err := d.deployment(p)
			if err != nil {
				return err
			}
			page.Delivery.Deployments = append(page.Delivery.Deployments, out)
		}
		return nil
	})
}

// deployment translates one: it has the times of its job.
func (d *deployment) deployment(p project) (fact.Deployment, error) {
	if err := errors.Join(
		api.Require(d.ID > 0, "id of a deployment"),
		api.Require(api.IsSHA(d.SHA), "commit of a deployment"),
		api.Require(d.Status != "" && !d.CreatedAt.IsZero(), "status and time of a deployment"),
		api.Require(d.Environment != nil && d.Environment.Name != "", "environment"),
	); err != nil {
		return fact.Deployment{}, err
	}
	out := fact.Deployment{Repository: p.Path, ID: strconv.FormatInt(d.ID, 10), Environment: d.Environment.Name, SHA: d.SHA, Result: result(d.Status), StartedAt: api.Moment(d.CreatedAt), UpdatedAt: api.Moment(d.UpdatedAt)}
	if out.Result != fact.Running {
		out.FinishedAt = out.UpdatedAt
	}
	if d.Job != nil {
		if !d.Job.StartedAt.IsZero() {
			out.StartedAt = api.Moment(d.Job.StartedAt)
		}
		if !d.Job.FinishedAt.IsZero() && out.Result != fact.Running {
			out.FinishedAt = api.Moment(d.Job.FinishedAt)
		}
	}
	return out, nil
}
