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
	return api.SweepOf(f.workflow.Reading(req).Cursor(stream)).Run(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		var issues []*issue
		var answer api.Answer
		n, counted, err := f.turn(next, func(n int) (int, error) {
			query := f.page(n, "state", "all", "type", "issues")
			if !since.IsZero() {
				query.Set("since", since.Format(time.RFC3339))
			}
			issues = nil
			var err error
			answer, err = f.client.Get(ctx, r.path()+"/issues", query, &issues)
			return total(answer), errors.Join(err, api.Require(err != nil || issues != nil, "issues"))
		})
		if err != nil {
			return err
		}
		// None is older than since: the pass ends with the listing.
		listed := api.Listed{Items: len(issues), Next: after(answer, n, counted), Total: counted, News: true, Oldest: since}
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
	var timeline []event
	if !i.UpdatedAt.Equal(i.CreatedAt) {
		var err error
		if timeline, err = f.timeline(ctx, r, i.Number, 0); err != nil {
			return is, err
		}
	}
	var all []api.Happened
	for _, e := range timeline {
		h := api.Happened{At: api.Moment(e.CreatedAt)}
		switch {
		case e.Type == "close":
			h.Status, h.Closed = "closed", true
		case e.Type == "reopen":
			h.Status = "open"
		case e.Type == "label" && e.Label != nil && e.Body == "1":
			h.Label = e.Label.Name
		case e.Type == "label" && e.Label != nil:
			h.NoLabel = e.Label.Name
		case e.closes():
			is.Links = linked(is.Links, r, e)
		}
		all = append(all, h)
	}
	return is, f.workflow.Follow(&is, all)
}

// closes tells whether a change request says that it closes the issue.
func (e event) closes() bool {
	return e.Type == "pull_ref" && e.RefAction == "closes" && e.RefIssue != nil && e.RefIssue.Number > 0
}

func linked(links []fact.IssueLink, r repository, e event) []fact.IssueLink {
	repo := e.RefIssue.Repository.FullName
	if repo == "" {
		repo = r.FullName
	}
	link := fact.IssueLink{Kind: "closed by", Target: fmt.Sprintf("%s#%d", repo, e.RefIssue.Number)}
	if slices.Contains(links, link) {
		return links
	}
	return append(links, link)
}
