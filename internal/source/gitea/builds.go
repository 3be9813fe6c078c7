package gitea

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// What is looked at again after a reading: what was begun in the two days before, and back to
// the oldest that had not ended, for thirty days.
const (
	again    = 48 * time.Hour
	patience = 30 * 24 * time.Hour
)

// run is a run of a workflow. Servers do not tell when it was asked for.
type run struct {
	ID          int64
	Path        string // ci.yml@refs/heads/main
	Attempt     int    `json:"run_attempt"`
	Branch      string `json:"head_branch"`
	SHA         string `json:"head_sha"`
	Status      string
	Conclusion  string
	StartedAt   time.Time `json:"started_at"`   // 1970 before
	CompletedAt time.Time `json:"completed_at"` // 1970 before
}

// builds reads runs of workflows, the last asked for first.
func (f *Feed) builds(ctx context.Context, stream string, r repository, req source.Pull) error {
	return api.SweepOf(req.Cursor(stream)).Run(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		var runs struct {
			Total int    `json:"total_count"`
			Runs  []*run `json:"workflow_runs"`
		}
		var answer api.Answer
		n, counted, err := f.turn(next, func(n int) (int, error) {
			runs.Runs = nil
			var err error
			answer, err = f.client.Get(ctx, r.path()+"/actions/runs", f.page(n), &runs)
			return runs.Total, errors.Join(err, api.Require(err != nil || runs.Runs != nil, "runs"))
		})
		if err != nil {
			return err
		}
		listed := api.Listed{Items: len(runs.Runs), Total: counted, Next: after(answer, n, counted)}
		page := source.Page{Delivery: fact.Delivery{Repositories: r.known()}}
		for _, x := range runs.Runs {
			b, err := x.build(r)
			if err != nil {
				return err
			}
			if b.StartedAt.IsZero() {
				continue // it waits: it is read when it began
			}
			f.spans(&listed, b)
			if !changed(b).Before(since) {
				page.Delivery.Builds = append(page.Delivery.Builds, b)
			}
		}
		if !listed.Oldest.IsZero() {
			listed.Oldest = listed.Oldest.Add(again)
		} else {
			listed.Oldest = since // all wait
		}
		listed.Newest = api.Settled(listed.Newest, answer.Header)
		return emit(listed, page)
	})
}

// changed is when a build changed last.
func changed(b fact.Build) time.Time {
	if b.FinishedAt.IsZero() {
		return b.StartedAt
	}
	return b.FinishedAt
}

func (f *Feed) spans(l *api.Listed, b fact.Build) {
	if c := changed(b); c.After(l.Newest) {
		l.Newest = c
	}
	if l.Oldest.IsZero() || b.StartedAt.Before(l.Oldest) {
		l.Oldest = b.StartedAt
	}
	if b.Result == fact.Running && b.StartedAt.After(f.clock().Add(-patience)) && (l.Open.IsZero() || b.StartedAt.Before(l.Open)) {
		l.Open = b.StartedAt
	}
}

func (x *run) build(r repository) (fact.Build, error) {
	if x == nil {
		return fact.Build{}, api.Require(false, "run")
	}
	pipeline, _, _ := strings.Cut(x.Path, "@")
	b := fact.Build{Repository: r.FullName, ID: strconv.FormatInt(x.ID, 10), Pipeline: pipeline, Attempt: cmp.Or(x.Attempt, 1), SHA: x.SHA, Branch: x.Branch,
		Result: fact.Running, QueuedAt: began(x.StartedAt), StartedAt: began(x.StartedAt)}
	if x.Status == "completed" {
		b.FinishedAt = began(x.CompletedAt)
		if b.StartedAt.IsZero() { // it was cancelled, or skipped, before it began
			b.QueuedAt, b.StartedAt = b.FinishedAt, b.FinishedAt
		}
		switch x.Conclusion {
		case "success":
			b.Result = fact.Succeeded
		case "failure":
			b.Result = fact.Failed
		default:
			b.Result = fact.Cancelled
		}
	}
	return b, errors.Join(
		api.Require(x.ID > 0 && b.Attempt > 0, "id of a run"),
		api.Require(api.IsSHA(x.SHA), "commit of a run"),
		api.Require(x.Status != "", "status of a run"),
		api.Require(x.Status != "completed" || !b.FinishedAt.IsZero(), "end of a run"),
	)
}

// began is a time that is told as 1970, or not at all, before it came.
func began(t time.Time) time.Time {
	if t.Unix() <= 0 {
		return time.Time{}
	}
	return api.Moment(t)
}
