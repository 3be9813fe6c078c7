package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// states ask for what changes an issue's state. Labels and states of projects are asked for
// where some of them say that work goes on; older servers know no such states.
func (f *Feed) states(older int) (types, fields string) {
	types, fields = "CLOSED_EVENT,REOPENED_EVENT", pageFields+` nodes{__typename ...on ClosedEvent{createdAt stateReason} ...on ReopenedEvent{createdAt}`
	if len(f.workflow.Doing) > 0 {
		types += ",LABELED_EVENT,UNLABELED_EVENT"
		fields += ` ...on LabeledEvent{createdAt label{name}} ...on UnlabeledEvent{createdAt label{name}}`
		if older < withoutLinks {
			types += ",PROJECT_V2_ITEM_STATUS_CHANGED_EVENT"
			fields += ` ...on ProjectV2ItemStatusChangedEvent{createdAt status}`
		}
	}
	return "itemTypes:[" + types + "]", fields + "}"
}

func (f *Feed) statesQuery() string {
	types, fields := f.states(f.older)
	return `query States($owner:String!,$name:String!,$number:Int!,$after:String){
rateLimit{cost remaining resetAt}
repository(owner:$owner,name:$name){item:issue(number:$number){list:timelineItems(first:100,after:$after,` + types + `){` + fields + `}}}}`
}

// newer are the fields of an issue that not all servers know. No issue blocks, or waits for, more than
// fifty.
func newer(older int) (fields string) {
	const target = `{nodes{number repository{nameWithOwner}}}`
	if older < withoutTypes {
		fields += `issueType{name} parent{id} closedByPullRequestsReferences(first:10,includeClosedPrs:true)` + target
	}
	if older < withoutLinks {
		fields += ` blockedBy(first:50)` + target + ` blocking(first:50)` + target
	}
	return fields
}

// issuesQuery asks older servers for less.
func (f *Feed) issuesQuery(older int) string {
	types, fields := f.states(older)
	return `query Issues($owner:String!,$name:String!,$after:String){
rateLimit{cost remaining resetAt}
repository(owner:$owner,name:$name){nameWithOwner
issues(first:100,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){` + pageFields + `
nodes{id number title state stateReason createdAt updatedAt closedAt ` + newer(older) + `
labels(first:100){` + pageFields + ` nodes{name}}
timelineItems(first:30,` + types + `){` + fields + `}}}}}`
}

// issue is one as GitHub tells it.
type issue struct {
	ID, Title, State, StateReason  string
	Number                         int64
	CreatedAt, UpdatedAt, ClosedAt time.Time
	IssueType                      *struct{ Name string }
	Parent                         *struct{ ID string }
	Closed                         targets `json:"closedByPullRequestsReferences"`
	BlockedBy, Blocking            targets
	Labels                         list[label]
	TimelineItems                  list[stateEvent]
}

// targets are issues or change requests that an issue is tied to. Those that the token may not read
// are nil.
type targets struct {
	Nodes []*struct {
		Number     int64
		Repository struct{ NameWithOwner string }
	}
}

// links are of a kind.
func (t targets) links(kind string) (out []fact.IssueLink) {
	for _, n := range t.Nodes {
		if n != nil && n.Number > 0 {
			out = append(out, fact.IssueLink{Kind: kind, Target: fmt.Sprintf("%s#%d", n.Repository.NameWithOwner, n.Number)})
		}
	}
	return out
}

type stateEvent struct {
	Typename    string `json:"__typename"`
	CreatedAt   time.Time
	StateReason string
	Label       label
	Status      string
}

// issues reads those of a repository, the last changed first.
func (f *Feed) issues(ctx context.Context, stream, repo string, req source.Pull) error {
	owner, name := split(repo)
	return f.sweep(ctx, stream, f.workflow.Reading(req), func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		var answer struct {
			Repository struct {
				NameWithOwner string
				Issues        list[issue]
			}
		}
		if err := f.ask(ctx, f.issuesQuery, map[string]any{"owner": owner, "name": name, "after": cursor(next)}, &answer); err != nil {
			return err
		}
		called, l := answer.Repository.NameWithOwner, answer.Repository.Issues
		if err := errors.Join(api.Require(called != "", "name of the repository"), l.whole()); err != nil {
			return err
		}
		listed := api.Listed{Items: len(l.Nodes), Total: l.TotalCount, Next: l.next()}
		page := source.Page{Delivery: fact.Delivery{Projects: []fact.Project{{Name: called}}}}
		for _, i := range l.Nodes {
			if err := api.Require(!i.UpdatedAt.IsZero(), "time of a change"); err != nil {
				return err
			}
			listed.Spans(api.Moment(i.UpdatedAt))
			if i.UpdatedAt.Before(since) {
				continue
			}
			is, err := f.issue(ctx, called, i)
			if err != nil {
				return err
			}
			page.Delivery.Issues = append(page.Delivery.Issues, is)
		}
		return emit(listed, page)
	})
}

func (f *Feed) issue(ctx context.Context, repo string, i *issue) (fact.Issue, error) {
	if err := errors.Join(
		api.Require(i.ID != "" && i.Number > 0, "id of an issue"),
		api.Require(!i.CreatedAt.IsZero(), "time at which it was opened"),
		api.Require(i.State == "OPEN" || i.State == "CLOSED" && !i.ClosedAt.IsZero(), "state of an issue"),
		i.Labels.whole(), i.TimelineItems.whole(),
	); err != nil {
		return fact.Issue{}, err
	}
	if err := more(ctx, f, f.statesQuery(), repo, i.Number, &i.TimelineItems); err != nil {
		return fact.Issue{}, err
	}
	is := fact.Issue{Project: repo, ID: i.ID, Key: fmt.Sprintf("#%d", i.Number), Kind: "Issue", Title: i.Title, Status: statusOpen, Category: fact.IssueToDo,
		OpenedAt: api.Moment(i.CreatedAt), UpdatedAt: api.Moment(i.UpdatedAt)}
	if i.State == "CLOSED" {
		is.Status, is.Category, is.ResolvedAt = closed(i.StateReason), fact.IssueDone, api.Moment(i.ClosedAt)
	}
	if i.IssueType != nil && i.IssueType.Name != "" {
		is.Kind = i.IssueType.Name
	}
	if i.Parent != nil {
		is.Parent = i.Parent.ID
	}
	for _, l := range i.Labels.Nodes {
		is.Labels = append(is.Labels, l.Name)
	}
	is.Links = slices.Concat(i.Closed.links("closed by"), i.BlockedBy.links("blocked by"), i.Blocking.links("blocks"))
	var all []api.Happened
	for _, e := range i.TimelineItems.Nodes {
		all = append(all, e.happened())
	}
	return is, f.workflow.Follow(&is, all)
}

// GitHub knows two states. What is closed says why, if that is not that it was done.
const statusOpen, statusClosed = "open", "closed"

// closed is the status that a reason for closing gives.
func closed(reason string) string {
	switch reason {
	case "", "COMPLETED", "REOPENED":
		return statusClosed
	}
	return strings.ToLower(strings.ReplaceAll(reason, "_", " "))
}

func (e *stateEvent) happened() api.Happened {
	h := api.Happened{At: api.Moment(e.CreatedAt)}
	switch e.Typename {
	case "ClosedEvent":
		h.Status, h.Closed = closed(e.StateReason), true
	case "ReopenedEvent":
		h.Status = statusOpen
	case "LabeledEvent":
		h.Label = e.Label.Name
	case "UnlabeledEvent":
		h.NoLabel = e.Label.Name
	case "ProjectV2ItemStatusChangedEvent":
		h.Moved, h.Column = true, e.Status
	}
	return h
}
