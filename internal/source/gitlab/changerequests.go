package gitlab

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// mergeRequest is a change request as GitLab tells it.
type mergeRequest struct {
	IID          int64
	Title, State string
	Description  string
	Draft        bool
	Author       *user
	Source       string `json:"source_branch"`
	Target       string `json:"target_branch"`
	SHA          string
	MergeCommit  string    `json:"merge_commit_sha"`
	SquashCommit string    `json:"squash_commit_sha"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	MergedAt     time.Time `json:"merged_at"`
	ClosedAt     time.Time `json:"closed_at"`
	Labels       []string
}

// note is a remark of somebody, or of GitLab about what somebody did.
type note struct {
	Type      string // DiffNote is on a line
	Body      string
	System    bool
	Author    *user
	CreatedAt time.Time `json:"created_at"`
}

type commit struct {
	ID         string
	AuthoredAt time.Time `json:"authored_date"`
}

// stateEvent is a change of state of a merge request or an issue.
type stateEvent struct {
	User      *user
	State     string    // closed, reopened, merged
	CreatedAt time.Time `json:"created_at"`
}

// changeRequests reads those of a project, the last changed first: for each three requests, as
// no listing has their notes, changes of state and commits.
func (f *Feed) changeRequests(ctx context.Context, stream string, p project, req source.Pull) error {
	updated := func(m *mergeRequest) time.Time {
		if m == nil {
			return time.Time{}
		}
		return m.UpdatedAt
	}
	return sweep(ctx, f, stream, p.api("/merge_requests"), url.Values{"scope": {"all"}, "state": {"all"}}, api.Requests(req), updated, func(ctx context.Context, items []*mergeRequest, page *source.Page) error {
		page.Delivery.Repositories = p.known()
		sizes, err := f.sizes(ctx, p, items)
		if err != nil {
			return err
		}
		uncounted := 0
		for _, m := range items {
			c, err := f.changeRequest(ctx, p, m)
			if err != nil {
				return err
			}
			if s, ok := sizes[m.IID]; ok {
				c.Added, c.Deleted, c.Files, c.Paths = s.summary.Additions, s.summary.Deletions, s.summary.FileCount, s.paths()
			} else {
				uncounted++
			}
			page.Delivery.ChangeRequests = append(page.Delivery.ChangeRequests, c)
		}
		if uncounted > 0 {
			page.Skipped = append(page.Skipped, fact.Skipped{What: p.Path + " sizes of change requests", Why: "GitLab does not tell them by GraphQL", Count: uncounted})
		}
		return nil
	})
}

func (f *Feed) changeRequest(ctx context.Context, p project, m *mergeRequest) (fact.ChangeRequest, error) {
	state, ok := map[string]fact.RequestState{"opened": fact.RequestOpen, "locked": fact.RequestOpen, "merged": fact.RequestMerged, "closed": fact.RequestClosed}[m.State]
	c := fact.ChangeRequest{Repository: p.Path, Number: m.IID, Title: m.Title, Author: f.identity(m.Author), State: state, Draft: m.Draft, Base: m.Target, Head: m.Source, HeadSHA: m.SHA,
		OpenedAt: api.Moment(m.CreatedAt), UpdatedAt: api.Moment(m.UpdatedAt), Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted, Labels: m.Labels, Closes: fact.ClosesNearby(p.Path, m.Title, m.Description)}
	if err := errors.Join(
		api.Require(ok, "state of a merge request"),
		api.Require(m.IID > 0 && !m.CreatedAt.IsZero(), "number and time of a merge request"),
		api.Require(m.SHA == "" || api.IsSHA(m.SHA), "head"),
	); err != nil {
		return c, err
	}
	path := p.api(fmt.Sprintf("/merge_requests/%d", m.IID))
	states, err := list[stateEvent](ctx, f, path+"/resource_state_events?per_page=100")
	if err != nil {
		return c, err
	}
	switch state {
	case fact.RequestMerged:
		// A fast-forward makes no commit: the head is the one that came.
		c.MergeSHA = cmp.Or(m.MergeCommit, m.SquashCommit, m.SHA)
		c.MergedAt = api.Moment(ended(m.MergedAt, "merged", states))
		c.ClosedAt = c.MergedAt
	case fact.RequestClosed:
		c.ClosedAt = api.Moment(ended(m.ClosedAt, "closed", states))
	}
	if err := api.Require(state == fact.RequestOpen || !c.ClosedAt.IsZero(), "time at which it was merged or closed"); err != nil {
		return c, err
	}
	notes, err := list[note](ctx, f, path+"/notes?sort=asc&order_by=created_at&per_page=100")
	if err != nil {
		return c, err
	}
	if c.Events, err = f.events(m, notes, states); err != nil {
		return c, err
	}
	commits, err := list[commit](ctx, f, path+"/commits?per_page=100")
	if err != nil {
		return c, err
	}
	for _, k := range slices.Backward(commits) { // GitLab tells the newest first
		if err := api.Require(api.IsSHA(k.ID) && !k.AuthoredAt.IsZero(), "commit of a merge request"); err != nil {
			return c, err
		}
		c.Commits = append(c.Commits, fact.RequestCommit{SHA: k.ID, AuthoredAt: api.Moment(k.AuthoredAt)})
	}
	return c, nil
}

// ended is when a merge request got its last state: imported ones lack the time of their own.
func ended(told time.Time, state string, events []stateEvent) time.Time {
	if !told.IsZero() {
		return told
	}
	for _, e := range slices.Backward(events) {
		if e.State == state {
			return e.CreatedAt
		}
	}
	return time.Time{}
}

// events are what was done about a merge request, oldest first.
func (f *Feed) events(m *mergeRequest, notes []note, states []stateEvent) (events []fact.RequestEvent, err error) {
	add := func(kind fact.RequestEventKind, who *user, at time.Time) error {
		e := fact.RequestEvent{Kind: kind, Actor: f.identity(who), At: api.Moment(at)}
		if kind == fact.Reviewed && slices.ContainsFunc(events, func(o fact.RequestEvent) bool {
			return o.Kind == kind && o.Actor == e.Actor && e.At.Sub(o.At).Abs() < time.Minute
		}) {
			return nil // remarks on several lines that were sent at once
		}
		events = append(events, e)
		return api.Require(!at.IsZero(), "time of an event")
	}
	for _, n := range notes {
		kind := does(n.Body)
		if !n.System {
			kind = fact.Commented
			if n.Type == "DiffNote" && n.Author != nil && m.Author != nil && n.Author.ID != m.Author.ID {
				kind = fact.Reviewed
			}
		}
		if kind == "" {
			continue
		}
		if err := add(kind, n.Author, n.CreatedAt); err != nil {
			return nil, err
		}
	}
	for _, s := range states {
		if s.State == "reopened" {
			if err := add(fact.Reopened, s.User, s.CreatedAt); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(events, func(a, b fact.RequestEvent) int { return a.At.Compare(b.At) })
	return events, nil
}

// does is what GitLab's own note says that somebody did. These notes are English in all
// languages of its pages.
func does(body string) fact.RequestEventKind {
	for _, s := range []struct {
		begins string
		kind   fact.RequestEventKind
	}{
		{"requested review from", fact.ReviewRequested},
		{"approved this merge request", fact.Approved},
		{"requested changes", fact.ChangesRequested},
		{"marked this merge request as **ready**", fact.Ready},
		{"unmarked as a **Work In Progress**", fact.Ready},
		{"unmarked this merge request as a **Work In Progress**", fact.Ready},
		{"marked this merge request as **draft**", fact.Drafted},
		{"marked as a **Work In Progress**", fact.Drafted},
		{"marked this merge request as a **Work In Progress**", fact.Drafted},
	} {
		if strings.HasPrefix(body, s.begins) {
			return s.kind
		}
	}
	if count, rest, _ := strings.Cut(strings.TrimPrefix(body, "added "), " "); strings.HasPrefix(body, "added ") && strings.HasPrefix(rest, "commit") {
		if _, err := strconv.Atoi(count); err == nil {
			return fact.Pushed
		}
	}
	return ""
}

// diffSummary is the size of a merge request.
type diffSummary struct{ Additions, Deletions, FileCount int64 }

// diff is what a merge request changes.
type diff struct {
	summary diffSummary
	files   []struct{ Path string }
}

// paths are those of all its files; nil where GitLab does not tell them all.
func (d diff) paths() []string {
	if int64(len(d.files)) != d.summary.FileCount {
		return nil
	}
	out := make([]string, len(d.files))
	for i, f := range d.files {
		out[i] = f.Path
	}
	return out
}

const (
	sizesQuery   = `query($path:ID!,$iids:[String!]){project(fullPath:$path){mergeRequests(iids:$iids,first:100){nodes{iid diffStatsSummary{additions deletions fileCount}` + filesOfSizes + `}}}}`
	filesOfSizes = ` diffStats{path}`
)

// sizesQuery leaves the files out where the server has refused to tell them.
func (f *Feed) sizesQuery() string {
	if f.noFiles {
		return strings.Replace(sizesQuery, filesOfSizes, "", 1)
	}
	return sizesQuery
}

// sizes asks by GraphQL, a page of merge requests at once, or fewer where GitLab finds that too
// complex. Those that it does not tell are left out.
func (f *Feed) sizes(ctx context.Context, p project, of []*mergeRequest) (map[int64]diff, error) {
	all := map[int64]diff{}
	for len(of) > 0 {
		part := of[:min(f.batch, len(of))]
		iids := []string{}
		for _, m := range part {
			iids = append(iids, strconv.FormatInt(m.IID, 10))
		}
		var answer struct {
			Data   json.RawMessage
			Errors []struct{ Message string }
		}
		_, err := f.client.Post(ctx, "/api/graphql", map[string]any{"query": f.sizesQuery(), "variables": map[string]any{"path": p.Path, "iids": iids}}, &answer)
		if errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case len(answer.Errors) == 0:
		case strings.Contains(answer.Errors[0].Message, "complexity") && f.batch > 1:
			f.batch = max(1, min(f.batch, len(part))/2)
			continue
		case !f.noFiles: // the sizes come from GitLab's database, the files from its git
			f.noFiles = true
			continue
		default:
			return all, nil
		}
		if err := diffs(answer.Data, all); err != nil {
			return nil, err
		}
		of = of[len(part):]
	}
	return all, nil
}

func diffs(text []byte, into map[int64]diff) error {
	var data struct {
		Project *struct {
			MergeRequests struct {
				Nodes []struct {
					IID     string
					Summary *diffSummary            `json:"diffStatsSummary"`
					Stats   []struct{ Path string } `json:"diffStats"`
				}
			}
		}
	}
	if err := json.Unmarshal(text, &data); err != nil {
		return fmt.Errorf("POST /api/graphql: %w: %w", api.ErrUnusable, err)
	}
	if data.Project == nil {
		return nil
	}
	for _, n := range data.Project.MergeRequests.Nodes {
		iid, err := strconv.ParseInt(n.IID, 10, 64)
		if err != nil {
			return api.Require(false, "number of a merge request")
		}
		if n.Summary != nil {
			into[iid] = diff{*n.Summary, n.Stats}
		}
	}
	return nil
}
