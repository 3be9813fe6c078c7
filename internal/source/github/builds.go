package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// again is how long after it was made a run that had ended is looked at again: it may have been
// run again.
const again = 48 * time.Hour

// maxAttempts bounds how many earlier attempts of a run are asked for.
const maxAttempts = 20

// run is a run of a workflow as GitHub tells it: its last attempt.
type run struct {
	ID         int64
	Name, Path string
	Attempt    int       `json:"run_attempt"`
	Branch     string    `json:"head_branch"`
	SHA        string    `json:"head_sha"`
	Status     string    // queued, in_progress, completed and others
	Conclusion string    // "" until it is completed
	CreatedAt  time.Time `json:"created_at"`     // of the first attempt
	StartedAt  time.Time `json:"run_started_at"` // of this one
	UpdatedAt  time.Time `json:"updated_at"`
	Repository struct {
		FullName string `json:"full_name"`
	}
}

// builds reads runs of workflows, the last made first. A page is asked by the creation of the
// oldest run of the one before, so that neither new runs nor deleted ones shift it.
func (f *Feed) builds(ctx context.Context, stream, repo string, req source.Pull) error {
	path := f.rest + "/repos/" + escape(repo) + "/actions/runs"
	return f.sweep(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		window := api.WindowOf(next)
		query := url.Values{"per_page": {"100"}}
		if window.Until != "" {
			query.Set("created", "<="+window.Until)
			query.Set("page", strconv.Itoa(window.Page))
		}
		var answer struct {
			Total int    `json:"total_count"`
			Runs  []*run `json:"workflow_runs"`
		}
		if _, err := f.client.Get(ctx, path, query, &answer); err != nil {
			return err
		}
		f.answered = true
		if err := api.Require(answer.Runs != nil, "runs"); err != nil {
			return err
		}
		called := repo
		listed := api.Listed{Items: len(answer.Runs), Rest: answer.Total}
		var page source.Page
		for _, r := range answer.Runs {
			b, err := r.build()
			if err != nil {
				return err
			}
			called = b.Repository
			f.spans(&listed, api.Moment(r.CreatedAt), api.Moment(r.UpdatedAt), b.Result)
			if r.UpdatedAt.Before(since) {
				continue
			}
			earlier, err := f.attempts(ctx, path, r)
			if err != nil {
				return err
			}
			page.Delivery.Builds = append(page.Delivery.Builds, append(earlier, b)...)
		}
		page.Delivery.Repositories = f.known(called, repo)
		if len(answer.Runs) == 100 {
			listed.Next = window.Next(listed.Oldest.Format(time.RFC3339))
		}
		listed.Oldest = listed.Oldest.Add(again)
		return emit(listed, page)
	})
}

// attempts are the earlier ones of a run.
func (f *Feed) attempts(ctx context.Context, path string, last *run) (builds []fact.Build, err error) {
	for n := max(1, last.Attempt-maxAttempts); n < last.Attempt; n++ {
		var r run
		_, err := f.client.Get(ctx, fmt.Sprintf("%s/%d/attempts/%d", path, last.ID, n), nil, &r)
		if errors.Is(err, api.ErrNotFound) {
			continue // its time is over
		}
		if err == nil {
			err = api.Require(r.ID == last.ID && r.Attempt == n, "attempt that was asked for")
		}
		if err != nil {
			return nil, err
		}
		b, err := r.build()
		if err != nil {
			return nil, err
		}
		builds = append(builds, b)
	}
	return builds, nil
}

// build translates a run. Runs have no time of their end: it is that of their last change.
func (r *run) build() (fact.Build, error) {
	if r == nil {
		return fact.Build{}, api.Require(false, "run")
	}
	if err := errors.Join(
		api.Require(r.ID > 0 && r.Attempt > 0, "id of a run"),
		api.Require(api.IsSHA(r.SHA), "commit of a run"),
		api.Require(!r.CreatedAt.IsZero() && !r.UpdatedAt.IsZero() && !r.StartedAt.IsZero(), "time of a run"),
		api.Require(r.Repository.FullName != "", "repository of a run"),
		api.Require(r.Status != "", "status of a run"),
	); err != nil {
		return fact.Build{}, err
	}
	b := fact.Build{Repository: r.Repository.FullName, ID: strconv.FormatInt(r.ID, 10), Pipeline: cmp.Or(r.Name, r.Path), Attempt: r.Attempt, SHA: r.SHA,
		Branch: r.Branch, Result: fact.Running, QueuedAt: api.Moment(r.CreatedAt)}
	if r.Attempt > 1 {
		b.QueuedAt = api.Moment(r.StartedAt)
	}
	switch r.Status {
	case "queued", "requested", "waiting", "pending":
		return b, nil
	case "completed":
		b.FinishedAt = api.Moment(r.UpdatedAt)
		switch r.Conclusion {
		case "success", "neutral":
			b.Result = fact.Succeeded
		case "failure", "timed_out", "startup_failure":
			b.Result = fact.Failed
		default: // cancelled, skipped, stale, action_required: nothing was found out
			b.Result = fact.Cancelled
		}
	}
	b.StartedAt = api.Moment(r.StartedAt)
	return b, nil
}

// escape makes a path of a repository's name.
func escape(repo string) string {
	owner, name := split(repo)
	return url.PathEscape(owner) + "/" + url.PathEscape(name)
}
