package gitlab

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

// issue is one as GitLab tells it; incidents are issues too.
type issue struct {
	ID, IID      int64
	Title, State string
	Type         string `json:"issue_type"`
	Severity     string
	Weight       *float64 // not of the free tier
	MovedTo      *int64   `json:"moved_to_id"`
	Labels       []string
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	ClosedAt     time.Time `json:"closed_at"`
	Epic         *struct{ ID int64 }
	Milestone    *box
	Iteration    *box
	Blocking     int `json:"blocking_issues_count"` // open ones; not of the free tier
}

// linkedIssue is an issue that another one is linked to.
type linkedIssue struct {
	IID        int64
	ProjectID  int64  `json:"project_id"`
	Type       string `json:"link_type"` // relates_to, blocks, is_blocked_by
	WebURL     string `json:"web_url"`
	References struct{ Full string }
}

// issues reads issues and incidents of a project, the last changed first.
func (f *Feed) issues(ctx context.Context, stream string, p project, req source.Pull) error {
	updated := func(i *issue) time.Time {
		if i == nil {
			return time.Time{}
		}
		return i.UpdatedAt
	}
	known := req.Cursor(stream) != ""
	return sweep(ctx, f, stream, p.api("/issues"), url.Values{"scope": {"all"}, "state": {"all"}}, f.workflow.Reading(req), updated, func(ctx context.Context, items []*issue, page *source.Page) error {
		page.Delivery.Projects = []fact.Project{{Name: p.Path}}
		for _, i := range items {
			if err := i.whole(); err != nil {
				return err
			}
			gone := func(kind fact.ItemKind) {
				page.Delivery.Gone = append(page.Delivery.Gone, fact.Gone{Kind: kind, In: p.Path, ID: strconv.FormatInt(i.ID, 10)})
			}
			turned := known && !i.UpdatedAt.Equal(i.CreatedAt) // an issue can become an incident, and that an issue
			switch {
			case i.MovedTo != nil && *i.MovedTo > 0: // it lives on in another project, under another id
				gone(fact.IssueItem)
				if i.Type == "incident" {
					gone(fact.IncidentItem)
				}
			case i.Type == "incident":
				page.Delivery.Incidents = append(page.Delivery.Incidents, i.incident(p))
				if turned {
					gone(fact.IssueItem)
				}
			default:
				is, sprints, err := f.issue(ctx, p, i)
				if err != nil {
					return err
				}
				page.Delivery.Issues = append(page.Delivery.Issues, is)
				page.Delivery.Sprints = append(page.Delivery.Sprints, sprints...)
				if turned {
					gone(fact.IncidentItem)
				}
			}
		}
		return nil
	})
}

func (i *issue) whole() error {
	return errors.Join(
		api.Require(i.ID > 0 && i.IID > 0, "id of an issue"),
		api.Require(!i.CreatedAt.IsZero(), "time at which it was opened"),
		api.Require(i.State == "opened" || i.State == "closed", "state of an issue"),
	)
}

// incident has the project as its service. GitLab's REST does not tell when it was acknowledged.
func (i *issue) incident(p project) fact.Incident {
	in := fact.Incident{ID: strconv.FormatInt(i.ID, 10), Service: p.Path, Title: i.Title, Severity: i.Severity, OpenedAt: api.Moment(i.CreatedAt), UpdatedAt: api.Moment(i.UpdatedAt)}
	if i.State == "closed" {
		in.ResolvedAt = api.Moment(i.ClosedAt)
	}
	return in
}

// issue translates one. What happened to it is asked for unless it never changed.
func (f *Feed) issue(ctx context.Context, p project, i *issue) (fact.Issue, []fact.Sprint, error) {
	is := fact.Issue{Project: p.Path, ID: strconv.FormatInt(i.ID, 10), Key: fmt.Sprintf("#%d", i.IID), Kind: i.Type, Title: i.Title, Status: i.State, Category: fact.IssueToDo,
		Points: i.Weight, OpenedAt: api.Moment(i.CreatedAt), UpdatedAt: api.Moment(i.UpdatedAt), Labels: i.Labels}
	if is.Kind == "" {
		is.Kind = "issue"
	}
	if i.Epic != nil && i.Epic.ID > 0 {
		is.Parent = fmt.Sprintf("epic %d", i.Epic.ID)
	}
	var states []stateEvent
	var labels []labelEvent
	var sprints []fact.Sprint
	if !i.UpdatedAt.Equal(i.CreatedAt) {
		path := p.api(fmt.Sprintf("/issues/%d", i.IID))
		var err error
		if states, err = list[stateEvent](ctx, f, path+"/resource_state_events?per_page=100"); err != nil {
			return is, nil, err
		}
		if len(f.workflow.Doing) > 0 {
			if labels, err = list[labelEvent](ctx, f, path+"/resource_label_events?per_page=100"); err != nil {
				return is, nil, err
			}
		}
		if is.Sprints, sprints, err = f.planned(ctx, p, path); err != nil {
			return is, nil, err
		}
	}
	if i.Blocking > 0 {
		linked, err := list[linkedIssue](ctx, f, p.api(fmt.Sprintf("/issues/%d/links", i.IID)))
		if err != nil {
			return is, nil, err
		}
		is.Links = blocks(p, linked)
	}
	if err := errors.Join(f.stands(&is, p, "milestone", i.Milestone), f.stands(&is, p, "iteration", i.Iteration)); err != nil {
		return is, nil, err
	}
	if i.State == "closed" {
		is.Category, is.ResolvedAt = fact.IssueDone, api.Moment(ended(i.ClosedAt, "closed", states))
		if err := api.Require(!is.ResolvedAt.IsZero(), "time at which it was closed"); err != nil {
			return is, nil, err
		}
	}
	return is, sprints, f.workflow.Follow(&is, happened(states, labels))
}

// blocks are the issues that wait for one. Whoever waits is not asked: the same link would be told twice.
func blocks(p project, linked []linkedIssue) (out []fact.IssueLink) {
	for _, l := range linked {
		target := cmp.Or(l.References.Full, l.WebURL)
		if l.ProjectID == p.ID {
			target = fmt.Sprintf("%s#%d", p.Path, l.IID)
		}
		if l.Type == "blocks" && target != "" {
			out = append(out, fact.IssueLink{Kind: "blocks", Target: target})
		}
	}
	return out
}

// labelEvent is a label that was added or taken off. One that was deleted has no name any more.
type labelEvent struct {
	Action    string
	Label     *struct{ Name string }
	CreatedAt time.Time `json:"created_at"`
}

func happened(states []stateEvent, labels []labelEvent) (all []api.Happened) {
	for _, e := range states {
		h := api.Happened{At: api.Moment(e.CreatedAt)}
		switch e.State {
		case "closed":
			h.Status, h.Closed = "closed", true
		case "reopened", "opened":
			h.Status = "opened"
		}
		all = append(all, h)
	}
	for _, e := range labels {
		h := api.Happened{At: api.Moment(e.CreatedAt)}
		switch {
		case e.Label == nil:
		case e.Action == "add":
			h.Label = e.Label.Name
		case e.Action == "remove":
			h.NoLabel = e.Label.Name
		}
		all = append(all, h)
	}
	return all
}
