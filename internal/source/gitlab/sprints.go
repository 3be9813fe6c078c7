package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// box is a milestone or an iteration. It is a sprint when it has both its days.
type box struct {
	ID        int64
	Title     string
	StartDate string `json:"start_date"`
	DueDate   string `json:"due_date"`
	// State of a milestone is active or closed, of an iteration a number: 3 is closed.
	State     any
	UpdatedAt time.Time `json:"updated_at"`
}

// boxEvent puts an issue into a box, or takes it out.
type boxEvent struct {
	Action    string    // add, remove
	CreatedAt time.Time `json:"created_at"`
	Milestone *box
	Iteration *box
}

// closedIteration is the state of an iteration that is over.
const closedIteration = 3

// sprint makes a sprint of a box; false when it has no days. Iterations end by themselves on
// their last day, milestones when somebody closes them.
// Days are those of the company's zone.
func (f *Feed) sprint(b *box, p project, kind string) (fact.Sprint, bool, error) {
	if b.StartDate == "" || b.DueDate == "" {
		return fact.Sprint{}, false, nil
	}
	start, err1 := time.ParseInLocation(time.DateOnly, b.StartDate, f.zone)
	due, err2 := time.ParseInLocation(time.DateOnly, b.DueDate, f.zone)
	if err := errors.Join(api.Require(b.ID > 0, "id of a milestone"), api.Require(err1 == nil && err2 == nil, "day of a milestone")); err != nil {
		return fact.Sprint{}, false, err
	}
	s := fact.Sprint{Project: p.Path, ID: fmt.Sprintf("%s %d", kind, b.ID), Name: b.Title, StartedAt: start.UTC(), EndsAt: due.AddDate(0, 0, 1).UTC()}
	if s.Name == "" {
		s.Name = b.StartDate + " to " + b.DueDate
	}
	switch {
	case b.State == "closed":
		s.CompletedAt, s.AtLatest = api.Moment(b.UpdatedAt), true // of whatever was changed last
	case b.State == float64(closedIteration):
		s.CompletedAt = s.EndsAt
	}
	return s, true, nil
}

// sprints reads the milestones of a project and its groups that changed since the last reading.
func (f *Feed) sprints(ctx context.Context, stream string, p project, req source.Pull) error {
	return api.SweepOf(req.Cursor(stream)).Run(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		n := api.WindowOf(next).Page
		query := url.Values{"include_ancestors": {"true"}, "per_page": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(n)}}
		if !since.IsZero() {
			query.Set("updated_after", since.Format(time.RFC3339Nano))
		}
		var boxes []box
		answer, err := f.client.Get(ctx, p.api("/milestones"), query, &boxes)
		if err == nil {
			err = api.Require(boxes != nil, "list")
		}
		if err != nil {
			return err
		}
		// None is older than since: the pass ends with the listing.
		listed := api.Listed{Items: len(boxes), Total: total(answer), News: true, Oldest: since}
		page := source.Page{Delivery: fact.Delivery{Projects: []fact.Project{{Name: p.Path}}}}
		for _, b := range boxes {
			if at := api.Moment(b.UpdatedAt); at.After(listed.Newest) {
				listed.Newest = at
			}
			if b.UpdatedAt.Before(since) {
				continue
			}
			s, ok, err := f.sprint(&b, p, "milestone")
			if err != nil {
				return err
			}
			if ok {
				page.Delivery.Sprints = append(page.Delivery.Sprints, s)
			}
		}
		if answer.Next != "" {
			listed.Next = fmt.Sprintf(" %d", n+1)
		}
		listed.Newest = api.Settled(listed.Newest, answer.Header)
		return emit(listed, page)
	})
}

// planned gives the sprints that an issue was in: milestones, and iterations where the server has
// them, which are told nowhere else.
func (f *Feed) planned(ctx context.Context, p project, path string) (spans []fact.SprintSpan, sprints []fact.Sprint, err error) {
	events, err := list[boxEvent](ctx, f, path+"/resource_milestone_events?per_page=100")
	if err != nil {
		return nil, nil, err
	}
	if !f.noIteration[p.ID] {
		more, err := list[boxEvent](ctx, f, path+"/resource_iteration_events?per_page=100")
		switch {
		case errors.Is(err, api.ErrNotFound), errors.Is(err, api.ErrForbidden):
			f.noIteration[p.ID] = true
		case err != nil:
			return nil, nil, err
		}
		events = append(events, more...)
	}
	slices.SortStableFunc(events, func(a, b boxEvent) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for _, e := range events {
		b, kind := e.Milestone, "milestone"
		if e.Iteration != nil {
			b, kind = e.Iteration, "iteration"
		}
		if b == nil { // it was deleted since
			continue
		}
		s, ok, err := f.sprint(b, p, kind)
		if err == nil {
			err = api.Require(!e.CreatedAt.IsZero(), "time of an event")
		}
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		if kind == "iteration" {
			sprints = append(sprints, s)
		}
		spans = span(spans, s.ID, e.Action, api.Moment(e.CreatedAt))
	}
	return spans, sprints, nil
}

// span adds to the times in sprints, or ends one. An issue is in one milestone and one iteration
// at most.
func span(spans []fact.SprintSpan, id, action string, at time.Time) []fact.SprintSpan {
	for i := range spans {
		if spans[i].SprintID == id && spans[i].RemovedAt.IsZero() {
			if action == "remove" {
				spans[i].RemovedAt = at
			}
			return spans
		}
	}
	if action == "add" {
		spans = append(spans, fact.SprintSpan{SprintID: id, AddedAt: at})
	}
	return spans
}

// stands adds the sprint in which an issue is, where its events lack it: it was opened in it, or
// imported.
func (f *Feed) stands(is *fact.Issue, p project, kind string, b *box) error {
	if b == nil {
		return nil
	}
	s, ok, err := f.sprint(b, p, kind)
	if err == nil && ok {
		is.Sprints = span(is.Sprints, s.ID, "add", is.OpenedAt)
	}
	return err
}
