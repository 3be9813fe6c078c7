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

const (
	pageFields   = `totalCount pageInfo{hasNextPage endCursor}`
	commitFields = pageFields + ` nodes{commit{oid authoredDate committedDate author{name email user` + userFields + `}}}`
	userFields   = `{__typename login databaseId}`
	eventTypes   = `itemTypes:[REVIEW_REQUESTED_EVENT,READY_FOR_REVIEW_EVENT,CONVERT_TO_DRAFT_EVENT,PULL_REQUEST_REVIEW,REVIEW_DISMISSED_EVENT,ISSUE_COMMENT,HEAD_REF_FORCE_PUSHED_EVENT,REOPENED_EVENT]`
	eventFields  = pageFields + ` nodes{__typename
...on ReviewRequestedEvent{createdAt actor` + actorFields + `}
...on ReadyForReviewEvent{createdAt actor` + actorFields + `}
...on ConvertToDraftEvent{createdAt actor` + actorFields + `}
...on PullRequestReview{id state submittedAt author` + actorFields + `}
...on ReviewDismissedEvent{previousReviewState review{id}}
...on IssueComment{createdAt author` + actorFields + `}
...on HeadRefForcePushedEvent{createdAt actor` + actorFields + `}
...on ReopenedEvent{createdAt actor` + actorFields + `}}`

	requestsQuery = `query ChangeRequests($owner:String!,$name:String!,$first:Int!,$after:String){
rateLimit{cost remaining resetAt}
repository(owner:$owner,name:$name){nameWithOwner
pullRequests(first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){` + pageFields + `
nodes{number title body state isDraft author` + actorFields + ` baseRefName headRefName headRefOid mergeCommit{oid}
createdAt updatedAt mergedAt closedAt additions deletions changedFiles
labels(first:100){` + pageFields + ` nodes{name}}
files(first:100){totalCount nodes{path}}
commits(first:100){` + commitFields + `}
timelineItems(first:100,` + eventTypes + `){` + eventFields + `}}}}}`

	commitsQuery = `query Commits($owner:String!,$name:String!,$number:Int!,$after:String){
rateLimit{cost remaining resetAt}
repository(owner:$owner,name:$name){item:pullRequest(number:$number){list:commits(first:100,after:$after){` + commitFields + `}}}}`
	eventsQuery = `query Events($owner:String!,$name:String!,$number:Int!,$after:String){
rateLimit{cost remaining resetAt}
repository(owner:$owner,name:$name){item:pullRequest(number:$number){list:timelineItems(first:100,after:$after,` + eventTypes + `){` + eventFields + `}}}}`
)

// pullRequest is a change request as GitHub tells it.
type pullRequest struct {
	Number                               int64
	Title, Body, State                   string
	IsDraft                              bool
	Author                               *actor
	BaseRefName, HeadRefName, HeadRefOid string
	MergeCommit                          *struct{ Oid string }
	CreatedAt, UpdatedAt                 time.Time
	MergedAt, ClosedAt                   time.Time
	Additions, Deletions, ChangedFiles   *int64
	Labels                               list[label]
	Files                                *list[changedFile]
	Commits                              list[requestCommit]
	TimelineItems                        list[requestEvent]
}

type label struct{ Name string }

type changedFile struct{ Path string }

type requestCommit struct {
	Commit struct {
		Oid                         string
		AuthoredDate, CommittedDate time.Time
		Author                      struct {
			Name, Email string
			User        *actor
		}
	}
}

type requestEvent struct {
	Typename               string `json:"__typename"`
	ID, State              string
	CreatedAt, SubmittedAt time.Time
	Actor, Author          *actor
	PreviousReviewState    string
	Review                 *struct{ ID string }
}

// changeRequests reads those of a repository, the last changed first.
func (f *Feed) changeRequests(ctx context.Context, stream, repo string, req source.Pull) error {
	owner, name := split(repo)
	return f.sweep(ctx, stream, api.Requests(req), func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		var answer struct {
			Repository struct {
				NameWithOwner string
				PullRequests  list[pullRequest]
			}
		}
		for {
			variables := map[string]any{"owner": owner, "name": name, "first": f.size, "after": cursor(next)}
			err := f.ask(ctx, func(int) string { return requestsQuery }, variables, &answer)
			if err == nil {
				break
			}
			if !f.smaller(ctx, err) {
				return err
			}
		}
		called, l := answer.Repository.NameWithOwner, answer.Repository.PullRequests
		if err := errors.Join(api.Require(called != "", "name of the repository"), l.whole()); err != nil {
			return err
		}
		listed := api.Listed{Items: len(l.Nodes), Total: l.TotalCount, Next: l.next()}
		page := source.Page{Delivery: fact.Delivery{Repositories: f.known(called, repo)}}
		for _, p := range l.Nodes {
			if err := api.Require(!p.UpdatedAt.IsZero(), "time of a change"); err != nil {
				return err
			}
			listed.Spans(api.Moment(p.UpdatedAt))
			if p.UpdatedAt.Before(since) {
				continue
			}
			r, err := f.changeRequest(ctx, called, p)
			if err != nil {
				return err
			}
			page.Delivery.ChangeRequests = append(page.Delivery.ChangeRequests, r)
		}
		return emit(listed, page)
	})
}

// changeRequest translates one, and reads what of it was too long for the page.
func (f *Feed) changeRequest(ctx context.Context, repo string, p *pullRequest) (fact.ChangeRequest, error) {
	state, ok := map[string]fact.RequestState{"OPEN": fact.RequestOpen, "MERGED": fact.RequestMerged, "CLOSED": fact.RequestClosed}[p.State]
	if err := errors.Join(
		api.Require(ok, "state of a change request"),
		api.Require(p.Number > 0, "number of a change request"),
		api.Require(!p.CreatedAt.IsZero(), "time at which it was opened"),
		api.Require(state != fact.RequestMerged || !p.MergedAt.IsZero(), "time of a merge"),
		api.Require(state == fact.RequestOpen || !p.ClosedAt.IsZero(), "time at which it was closed"),
		api.Require(api.IsSHA(p.HeadRefOid), "head"),
		api.Require(p.Additions != nil && p.Deletions != nil && p.ChangedFiles != nil, "size"),
		p.Labels.whole(), p.Commits.whole(), p.TimelineItems.whole(),
	); err != nil {
		return fact.ChangeRequest{}, err
	}
	if err := more(ctx, f, commitsQuery, repo, p.Number, &p.Commits); err != nil {
		return fact.ChangeRequest{}, err
	}
	if err := more(ctx, f, eventsQuery, repo, p.Number, &p.TimelineItems); err != nil {
		return fact.ChangeRequest{}, err
	}
	r := fact.ChangeRequest{Repository: repo, Number: p.Number, Title: p.Title, Author: f.identity(p.Author), State: state, Draft: p.IsDraft,
		Base: p.BaseRefName, Head: p.HeadRefName, HeadSHA: p.HeadRefOid, OpenedAt: api.Moment(p.CreatedAt), UpdatedAt: api.Moment(p.UpdatedAt),
		Added: *p.Additions, Deleted: *p.Deletions, Files: *p.ChangedFiles, Paths: p.paths(), Closes: fact.Closes(repo, p.Title, p.Body)}
	switch state {
	case fact.RequestMerged:
		r.MergedAt, r.ClosedAt = api.Moment(p.MergedAt), api.Moment(p.MergedAt)
		if p.MergeCommit != nil {
			r.MergeSHA = p.MergeCommit.Oid
		}
	case fact.RequestClosed:
		r.ClosedAt = api.Moment(p.ClosedAt)
	}
	for _, l := range p.Labels.Nodes {
		r.Labels = append(r.Labels, l.Name)
	}
	for _, c := range p.Commits.Nodes {
		if err := api.Require(api.IsSHA(c.Commit.Oid) && !c.Commit.AuthoredDate.IsZero(), "commit of a change request"); err != nil {
			return r, err
		}
		r.Commits = append(r.Commits, fact.RequestCommit{SHA: c.Commit.Oid, AuthoredAt: api.Moment(c.Commit.AuthoredDate)})
	}
	events, err := f.events(p)
	r.Events = events
	return r, err
}

// paths are those of all files that a change request changes; nil where there are more than a page
// has, or GitHub does not tell them.
func (p *pullRequest) paths() []string {
	if p.Files == nil || p.Files.TotalCount != len(p.Files.Nodes) {
		return nil
	}
	out := make([]string, 0, len(p.Files.Nodes))
	for _, n := range p.Files.Nodes {
		if n == nil {
			return nil
		}
		out = append(out, n.Path)
	}
	return out
}

// events are what was done about a change request, oldest first.
func (f *Feed) events(p *pullRequest) (events []fact.RequestEvent, err error) {
	dismissed := map[string]string{} // id of a review to what it said
	for _, e := range p.TimelineItems.Nodes {
		if e.Review != nil {
			dismissed[e.Review.ID] = e.PreviousReviewState
		}
	}
	kinds := map[string]fact.RequestEventKind{"ReviewRequestedEvent": fact.ReviewRequested, "ReadyForReviewEvent": fact.Ready, "ConvertToDraftEvent": fact.Drafted,
		"IssueComment": fact.Commented, "HeadRefForcePushedEvent": fact.Pushed, "ReopenedEvent": fact.Reopened}
	for _, e := range p.TimelineItems.Nodes {
		kind, at, who := kinds[e.Typename], e.CreatedAt, e.Actor
		switch e.Typename {
		case "PullRequestReview":
			kind, at, who = review(p, e, dismissed[e.ID]), e.SubmittedAt, e.Author
		case "IssueComment":
			who = e.Author
		}
		if kind == "" {
			continue
		}
		if err := api.Require(!at.IsZero(), "time of an event"); err != nil {
			return nil, err
		}
		events = append(events, fact.RequestEvent{Kind: kind, Actor: f.identity(who), At: api.Moment(at)})
	}
	events = append(events, f.pushes(p)...)
	slices.SortStableFunc(events, func(a, b fact.RequestEvent) int { return a.At.Compare(b.At) })
	return events, nil
}

// review is what a review says; "" for one that is not submitted. GitHub makes a review of each
// answer to a remark: those of the author are comments. A dismissed one said something before.
func review(p *pullRequest, e *requestEvent, before string) fact.RequestEventKind {
	switch cmp.Or(before, e.State) {
	case "APPROVED":
		return fact.Approved
	case "CHANGES_REQUESTED":
		return fact.ChangesRequested
	case "COMMENTED", "DISMISSED":
		if p.Author != nil && e.Author != nil && p.Author.Login == e.Author.Login {
			return fact.Commented
		}
		return fact.Reviewed
	}
	return ""
}

// pushes are commits that were made after the change request was opened. GitHub does not tell
// when they were pushed: not before they were made. Those of one moment came by one rebase.
func (f *Feed) pushes(p *pullRequest) (events []fact.RequestEvent) {
	var last time.Time
	for _, c := range p.Commits.Nodes {
		at := api.Moment(c.Commit.CommittedDate)
		if !at.After(p.CreatedAt) || at.Equal(last) || !p.MergedAt.IsZero() && at.After(p.MergedAt) {
			continue
		}
		last = at
		who := fact.Identity{Name: c.Commit.Author.Name, Email: c.Commit.Author.Email}
		if c.Commit.Author.User != nil {
			who = f.identity(c.Commit.Author.User)
		}
		events = append(events, fact.RequestEvent{Kind: fact.Pushed, Actor: who, At: at})
	}
	return events
}

// sweep goes through a listing, and begins anew where GitHub no longer takes the cursor that an
// interrupted reading left.
func (f *Feed) sweep(ctx context.Context, stream string, req source.Pull, page func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error) error {
	s := api.SweepOf(req.Cursor(stream))
	err := s.Run(ctx, stream, req, page)
	if errors.Is(err, errCursor) && s.Next != "" {
		return api.Sweep{Done: s.Done, Open: s.Open, Asked: s.Asked}.Run(ctx, stream, req, page)
	}
	return err
}

// cursor is the argument after: null on the first page.
func cursor(next string) any {
	if next == "" {
		return nil
	}
	return next
}
