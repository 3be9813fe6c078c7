package gitea

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// pull is a change request as the server tells it. Its size is told of a single one alone.
type pull struct {
	Number      int64
	Title       string
	Body        string
	User        *user
	State       string // open, closed
	Draft       bool
	Merged      bool
	MergeCommit string    `json:"merge_commit_sha"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	ClosedAt    time.Time `json:"closed_at"`
	MergedAt    time.Time `json:"merged_at"`
	Labels      []label
	Base, Head  struct{ Label, Ref, SHA string }
	Additions   *int64
	Deletions   *int64
	Files       *int64 `json:"changed_files"`
}

// event is something in the timeline of a change request or an issue.
type event struct {
	Type      string
	User      *user
	CreatedAt time.Time `json:"created_at"`
	OldTitle  string    `json:"old_title"`
	NewTitle  string    `json:"new_title"`
	Removed   bool      `json:"removed_assignee"`
	RefAction string    `json:"ref_action"`
	Body      string    // of a label: "1" when it was added
	Label     *label
	RefIssue  *struct {
		Number     int64
		Repository struct {
			FullName string `json:"full_name"`
		}
	} `json:"ref_issue"`
}

type review struct {
	State       string
	User        *user
	SubmittedAt time.Time `json:"submitted_at"`
	Comments    int       `json:"comments_count"`
}

type changedFile struct{ Filename string }

// mostPaths is how many files a change request can change whose paths are asked for, as on GitHub.
const mostPaths = 100

type commit struct {
	SHA    string
	Commit struct{ Author struct{ Date time.Time } }
}

// changeRequests reads those of a repository, the last changed first. Numbered pages shift down
// when something changes, so that what is on a border is read twice; how they shift up, turn knows.
func (f *Feed) changeRequests(ctx context.Context, stream string, r repository, req source.Pull) error {
	return api.SweepOf(api.Requests(req).Cursor(stream)).Run(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		var pulls []*pull
		var answer api.Answer
		n, counted, err := f.turn(next, func(n int) (int, error) {
			pulls = nil
			var err error
			answer, err = f.client.Get(ctx, r.path()+"/pulls", f.page(n, "state", "all", "sort", "recentupdate"), &pulls)
			return total(answer), errors.Join(err, api.Require(err != nil || pulls != nil, "change requests"))
		})
		if err != nil {
			return err
		}
		listed := api.Listed{Items: len(pulls), Next: after(answer, n, counted), Total: counted}
		page := source.Page{Delivery: fact.Delivery{Repositories: r.known()}}
		for _, p := range pulls {
			if err := api.Require(p != nil && p.Number > 0 && !p.UpdatedAt.IsZero(), "change request with a time"); err != nil {
				return err
			}
			listed.Spans(api.Moment(p.UpdatedAt))
			if p.UpdatedAt.Before(since) {
				continue
			}
			c, skipped, err := f.changeRequest(ctx, r, p.Number)
			if err != nil {
				return err
			}
			page.Delivery.ChangeRequests = append(page.Delivery.ChangeRequests, c)
			page.Skipped = append(page.Skipped, skipped...)
		}
		listed.Newest = api.Settled(listed.Newest, answer.Header)
		return emit(listed, page)
	})
}

func total(a api.Answer) int {
	n, _ := strconv.Atoi(a.Header.Get("X-Total-Count"))
	return n
}

// changeRequest asks for a change request with its size, its reviews, its timeline and its
// commits: four requests, as no listing has them; and for its files where it was not merged.
func (f *Feed) changeRequest(ctx context.Context, r repository, n int64) (fact.ChangeRequest, []fact.Skipped, error) {
	var p pull
	path := fmt.Sprintf("%s/pulls/%d", r.path(), n)
	if _, err := f.client.Get(ctx, path, nil, &p); err != nil {
		return fact.ChangeRequest{}, nil, err
	}
	reviews, err := list[review](ctx, f, path+"/reviews")
	if err != nil {
		return fact.ChangeRequest{}, nil, err
	}
	remarks, who := 0, []*user{p.User}
	for _, v := range reviews {
		remarks += max(v.Comments, 0)
		who = append(who, v.User)
	}
	timeline, err := f.timeline(ctx, r, n, remarks)
	if err != nil {
		return fact.ChangeRequest{}, nil, err
	}
	for _, e := range timeline {
		who = append(who, e.User)
	}
	if err := f.meet(ctx, who...); err != nil {
		return fact.ChangeRequest{}, nil, err
	}
	c, err := f.translate(r, &p)
	if err != nil {
		return c, nil, err
	}
	if c.Events, err = f.events(c, reviews, timeline); err != nil {
		return c, nil, err
	}
	commits, err := list[commit](ctx, f, path+"/commits", "verification", "false", "files", "false")
	if errors.Is(err, api.ErrNotFound) {
		return c, []fact.Skipped{{What: fmt.Sprintf("%s#%d commits", r.FullName, n), Why: "the server does not find its branches any more", Count: 1}}, nil
	}
	if err != nil {
		return c, nil, err
	}
	for _, k := range slices.Backward(commits) { // the server tells the newest first
		if err := api.Require(api.IsSHA(k.SHA) && !k.Commit.Author.Date.IsZero(), "commit of a change request"); err != nil {
			return c, nil, err
		}
		c.Commits = append(c.Commits, fact.RequestCommit{SHA: k.SHA, AuthoredAt: api.Moment(k.Commit.Author.Date)})
	}
	c.Paths, err = f.paths(ctx, path, c)
	return c, nil, err
}

// paths are those of the files that a change request changes; nil where the server does not find
// its branches any more, and of one that was merged: git knows what that changed.
func (f *Feed) paths(ctx context.Context, path string, c fact.ChangeRequest) ([]string, error) {
	if c.State == fact.RequestMerged || c.Files < 1 || c.Files > mostPaths {
		return nil, nil
	}
	files, err := list[changedFile](ctx, f, path+"/files")
	if errors.Is(err, api.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make([]string, len(files))
	for i, k := range files {
		if err := api.Require(k.Filename != "", "name of a file"); err != nil {
			return nil, err
		}
		out[i] = k.Filename
	}
	return out, nil
}

func (f *Feed) translate(r repository, p *pull) (fact.ChangeRequest, error) {
	c := fact.ChangeRequest{Repository: r.FullName, Number: p.Number, Title: p.Title, Author: f.identity(p.User), State: fact.RequestOpen, Draft: p.Draft,
		Base: p.Base.Ref, Head: p.Head.Label, HeadSHA: p.Head.SHA, OpenedAt: api.Moment(p.CreatedAt), UpdatedAt: api.Moment(p.UpdatedAt),
		Added: size(p.Additions), Deleted: size(p.Deletions), Files: size(p.Files), Labels: names(p.Labels), Closes: fact.Closes(r.FullName, p.Title, p.Body)}
	if c.Head == "" {
		c.Head = p.Head.Ref
	}
	switch {
	case p.Merged:
		c.State, c.MergedAt, c.ClosedAt, c.MergeSHA = fact.RequestMerged, api.Moment(p.MergedAt), api.Moment(p.MergedAt), p.MergeCommit
	case p.State == "closed":
		c.State, c.ClosedAt = fact.RequestClosed, api.Moment(p.ClosedAt)
	}
	return c, errors.Join(
		api.Require(p.Number > 0 && !p.CreatedAt.IsZero() && !p.UpdatedAt.IsZero(), "number and times of a change request"),
		api.Require(p.State == "open" || p.State == "closed", "state of a change request"),
		api.Require(c.State == fact.RequestOpen || !c.ClosedAt.IsZero(), "time at which it was closed"),
		api.Require(c.HeadSHA == "" || api.IsSHA(c.HeadSHA), "head"),
	)
}

// size is a number of lines or files; servers do not count those of a branch that is gone.
func size(n *int64) int64 {
	if n == nil {
		return fact.Uncounted
	}
	return *n
}

// timeline reads what happened to a change request or an issue, oldest first. The server takes
// remarks on lines, and what the token may not see, out of pages after it cut them, and tells
// neither how many there are nor whether there is a page after: one is asked for where a page
// is half full.
func (f *Feed) timeline(ctx context.Context, r repository, n int64, remarks int) (all []event, err error) {
	for page := 1; page < maxPages; page++ {
		var events []event
		if _, err := f.client.Get(ctx, fmt.Sprintf("%s/issues/%d/timeline", r.path(), n), f.page(page), &events); err != nil {
			return nil, err
		}
		all = append(all, events...)
		if len(events)+remarks < (f.size+1)/2 || len(events) == 0 && page*f.size > len(all)+remarks {
			return all, nil
		}
	}
	return nil, api.Require(false, "end of a timeline")
}

// list reads all pages of what belongs to a change request.
func list[T any](ctx context.Context, f *Feed, path string, more ...string) (all []T, err error) {
	for page := 1; page < maxPages; page++ {
		var items []T
		answer, err := f.client.Get(ctx, path, f.page(page, more...), &items)
		if err != nil {
			return nil, err
		}
		if err := api.Require(items != nil || total(answer) == 0, "list"); err != nil {
			return nil, err
		}
		all = append(all, items...)
		if count := total(answer); len(items) == 0 || answer.Next == "" && len(all) >= count {
			return all, nil
		}
	}
	return nil, api.Require(false, "end of a list")
}

// events are what was done about a change request, oldest first.
func (f *Feed) events(c fact.ChangeRequest, reviews []review, timeline []event) (events []fact.RequestEvent, err error) {
	kinds := map[string]fact.RequestEventKind{"comment": fact.Commented, "pull_push": fact.Pushed, "reopen": fact.Reopened}
	opening := true
	for _, e := range timeline {
		kind := kinds[e.Type]
		switch {
		case kind == fact.Pushed && opening:
			opening = false
			if e.CreatedAt.Sub(c.OpenedAt) < time.Minute {
				continue // the commits with which it was opened
			}
		case e.Type == "review_request" && !e.Removed:
			kind = fact.ReviewRequested
		case e.Type == "change_title" && draft(e.OldTitle) && !draft(e.NewTitle):
			kind = fact.Ready
		case e.Type == "change_title" && !draft(e.OldTitle) && draft(e.NewTitle):
			kind = fact.Drafted
		}
		if kind == "" {
			continue
		}
		if err := api.Require(!e.CreatedAt.IsZero(), "time of an event"); err != nil {
			return nil, err
		}
		events = append(events, fact.RequestEvent{Kind: kind, Actor: f.identity(e.User), At: api.Moment(e.CreatedAt)})
	}
	for _, v := range reviews {
		who := f.identity(v.User)
		kind := map[string]fact.RequestEventKind{"APPROVED": fact.Approved, "REQUEST_CHANGES": fact.ChangesRequested, "COMMENT": fact.Reviewed}[v.State]
		if kind == fact.Reviewed && who == c.Author {
			kind = fact.Commented // answers to remarks are reviews too
		}
		if kind == "" {
			continue
		}
		if err := api.Require(!v.SubmittedAt.IsZero(), "time of a review"); err != nil {
			return nil, err
		}
		events = append(events, fact.RequestEvent{Kind: kind, Actor: who, At: api.Moment(v.SubmittedAt)})
	}
	slices.SortStableFunc(events, func(a, b fact.RequestEvent) int { return a.At.Compare(b.At) })
	return events, nil
}

// draft tells whether a title is that of a draft. A server can have other words for it.
func draft(title string) bool { return draftTitle.MatchString(title) }

var draftTitle = regexp.MustCompile(`(?i)^\s*(WIP:|\[WIP\])`)
