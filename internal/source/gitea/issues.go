package gitea

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// issue is one as the server tells it.
type issue struct {
	ID, Number int64
	Title      string
	State      string
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	ClosedAt   time.Time `json:"closed_at"`
	Labels     []label
}

// issues reads those of a repository that changed since the last reading, the last made first:
// servers do not list them by change.
func (f *Feed) issues(ctx context.Context, stream string, r repository, req source.Pull) error {
	return api.SweepOf(req.Cursor(stream)).Run(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		n := number(next)
		query := f.page(n, "state", "all", "type", "issues")
		if !since.IsZero() {
			query.Set("since", since.Format(time.RFC3339))
		}
		var issues []*issue
		answer, err := f.client.Get(ctx, r.path()+"/issues", query, &issues)
		if err == nil {
			err = api.Require(issues != nil, "issues")
		}
		if err != nil {
			return err
		}
		// None is older than since: the pass ends with the listing.
		listed := api.Listed{Items: len(issues), Next: after(answer, n), Total: total(answer), Oldest: since}
		page := source.Page{Delivery: fact.Delivery{Projects: []fact.Project{{Name: r.FullName}}}}
		for _, i := range issues {
			if err := api.Require(i != nil && !i.UpdatedAt.IsZero(), "time of a change"); err != nil {
				return err
			}
			if at := api.Moment(i.UpdatedAt); at.After(listed.Newest) {
				listed.Newest = at
			}
			if i.UpdatedAt.Before(since) {
				continue
			}
			is, err := f.issue(ctx, r, i)
			if err != nil {
				return err
			}
			page.Delivery.Issues = append(page.Delivery.Issues, is)
		}
		listed.Newest = api.Settled(listed.Newest, answer.Header)
		return emit(listed, page)
	})
}

// issue translates one. Its timeline is asked for unless it never changed.
func (f *Feed) issue(ctx context.Context, r repository, i *issue) (fact.Issue, error) {
	is := fact.Issue{Project: r.FullName, ID: strconv.FormatInt(i.ID, 10), Key: fmt.Sprintf("#%d", i.Number), Kind: "Issue", Title: i.Title, Status: i.State, Category: fact.IssueToDo,
		OpenedAt: api.Moment(i.CreatedAt), UpdatedAt: api.Moment(i.UpdatedAt), Labels: names(i.Labels)}
	if i.State == "closed" {
		is.Category, is.ResolvedAt = fact.IssueDone, api.Moment(i.ClosedAt)
	}
	if err := errors.Join(
		api.Require(i.ID > 0 && i.Number > 0, "id of an issue"),
		api.Require(!is.OpenedAt.IsZero(), "time at which it was opened"),
		api.Require(i.State == "open" || i.State == "closed" && !is.ResolvedAt.IsZero(), "state of an issue"),
	); err != nil {
		return is, err
	}
	if i.UpdatedAt.Equal(i.CreatedAt) {
		return is, nil
	}
	timeline, err := f.timeline(ctx, r, i.Number, 0)
	if err != nil {
		return is, err
	}
	return is, happened(&is, r, timeline)
}

// happened takes an issue's changes of state, and the change requests that close it, from its
// timeline. The last change is made up of the state where the timeline lacks it.
func happened(is *fact.Issue, r repository, timeline []event) error {
	states := map[string]fact.IssueCategory{"open": fact.IssueToDo, "closed": fact.IssueDone}
	state := "open"
	move := func(to string, at time.Time) {
		if state != to {
			is.Transitions = append(is.Transitions, fact.Transition{From: state, To: to, FromCategory: states[state], ToCategory: states[to], At: api.Moment(at)})
		}
		state = to
	}
	slices.SortStableFunc(timeline, func(a, b event) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for _, e := range timeline {
		if err := api.Require(!e.CreatedAt.IsZero(), "time of an event"); err != nil {
			return err
		}
		switch {
		case e.Type == "close":
			move("closed", e.CreatedAt)
		case e.Type == "reopen":
			move("open", e.CreatedAt)
		case e.Type == "pull_ref" && e.RefAction == "closes" && e.RefIssue != nil && e.RefIssue.Number > 0:
			repo := e.RefIssue.Repository.FullName
			if repo == "" {
				repo = r.FullName
			}
			link := fact.IssueLink{Kind: "closed by", Target: fmt.Sprintf("%s#%d", repo, e.RefIssue.Number)}
			if !slices.Contains(is.Links, link) {
				is.Links = append(is.Links, link)
			}
		}
	}
	if is.Category == fact.IssueDone {
		move("closed", is.ResolvedAt)
	}
	return nil
}
