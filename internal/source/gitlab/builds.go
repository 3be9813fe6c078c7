package gitlab

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// pipeline is one as a listing tells it: without the times at which it began and ended.
type pipeline struct {
	ID           int64
	SHA, Ref     string
	Status       string
	Source, Name string
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// builds reads pipelines, the last changed first.
func (f *Feed) builds(ctx context.Context, stream string, p project, req source.Pull) error {
	updated := func(x *pipeline) time.Time {
		if x == nil {
			return time.Time{}
		}
		return x.UpdatedAt
	}
	return sweep(ctx, f, stream, p.api("/pipelines"), url.Values{}, req, updated, func(_ context.Context, items []*pipeline, page *source.Page) error {
		page.Delivery.Repositories = p.known()
		for _, x := range items {
			b, err := x.build(p)
			if err != nil {
				return err
			}
			page.Delivery.Builds = append(page.Delivery.Builds, b)
		}
		return nil
	})
}

// build translates a pipeline: it begins when it is made, and ends at its last change.
func (x *pipeline) build(p project) (fact.Build, error) {
	b := fact.Build{Repository: p.Path, ID: strconv.FormatInt(x.ID, 10), Pipeline: cmp.Or(x.Name, x.Source, "pipeline"), Attempt: 1, SHA: x.SHA, Branch: x.Ref,
		Result: result(x.Status), QueuedAt: api.Moment(x.CreatedAt), StartedAt: api.Moment(x.CreatedAt)}
	if b.Result != fact.Running {
		b.FinishedAt = api.Moment(x.UpdatedAt)
	}
	switch x.Status {
	case "created", "waiting_for_resource", "preparing", "pending", "scheduled":
		b.StartedAt = time.Time{}
	}
	return b, errors.Join(
		api.Require(x.ID > 0, "id of a pipeline"),
		api.Require(api.IsSHA(x.SHA), "commit of a pipeline"),
		api.Require(x.Status != "" && !x.CreatedAt.IsZero(), "status and time of a pipeline"),
	)
}

// result is what a status of a pipeline or a deployment says. What waits for somebody goes on.
func result(status string) fact.Result {
	switch status {
	case "success":
		return fact.Succeeded
	case "failed":
		return fact.Failed
	case "canceled", "skipped":
		return fact.Cancelled
	}
	return fact.Running
}
