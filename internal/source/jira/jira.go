// Package jira reads issues of Jira, in the cloud and in a data center: every transition with
// what its statuses mean, sprints and which issues were in them when, story points, links,
// labels and parents. It does not read who reports, does or comments anything, and cannot
// tell issues that were deleted, as Jira says nothing of them.
package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Options say what is read, and how.
type Options struct {
	Address   string   // https://acme.atlassian.net, https://jira.acme.example
	User      string   // e-mail of the account that the token is of; "" for a data center
	Token     string   // API token of the cloud, personal access token of a data center
	Projects  []string // keys; none for all that the token can see
	Points    string   // name of the field with story points; "" for Jira's own names
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed is one Jira.
type Feed struct {
	client   *api.Client
	host     string
	cloud    bool
	rest     string // path of the interface
	projects []string
	points   string
	clock    api.Clock
}

// New makes the feed of a Jira.
func New(o Options) *Feed {
	address := strings.TrimRight(o.Address, "/")
	f := &Feed{cloud: o.User != "", projects: o.Projects, points: o.Points, clock: o.Clock, rest: "/rest/api/2"}
	if u, err := url.Parse(address); err == nil {
		f.host = u.Host
	}
	authorize, secrets := func(r *http.Request) error { r.Header.Set("Authorization", "Bearer "+o.Token); return nil }, []string{o.Token}
	if f.cloud {
		f.rest = "/rest/api/3"
		authorize, secrets = api.Basic(o.User, o.Token)
	}
	f.client = &api.Client{Base: address, Header: http.Header{"Accept": {"application/json"}}, Authorize: authorize, Secrets: secrets, Transport: o.Transport, Clock: o.Clock}
	return f
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (source.Sight, error) {
	if _, err := f.client.Get(ctx, f.rest+"/myself", nil, nil); err != nil {
		return source.Sight{}, err
	}
	fields, err := f.readFields(ctx)
	if err != nil {
		return source.Sight{}, err
	}
	keys, err := f.keys(ctx)
	if err != nil {
		return source.Sight{}, err
	}
	var s source.Sight
	for _, key := range f.projects {
		f.lookAt(ctx, key, &s)
	}
	if len(f.projects) == 0 {
		for _, key := range keys { // they were listed, so they can be read
			s.Sees = append(s.Sees, source.Seen{Of: key, What: "issues"})
		}
		f.lookForBoards(ctx, "", &s)
	}
	if len(keys) == 0 {
		s.Lacks = append(s.Lacks, source.Lack{What: "projects", Why: "the token sees none", Costs: "everything about issues", Do: "give its account the permission to browse projects"})
	}
	if len(fields.points) == 0 {
		s.Lacks = append(s.Lacks, source.Lack{What: "story points", Why: "no field has Jira's own name for them", Costs: "planned against delivered in points", Do: "name the field (points)"})
	}
	return s, nil
}

func (f *Feed) lookAt(ctx context.Context, key string, s *source.Sight) {
	if _, err := f.client.Get(ctx, f.rest+"/project/"+url.PathEscape(key), nil, nil); err != nil {
		s.Lacks = append(s.Lacks, source.Lack{Of: key, What: "issues", Why: reason(err), Costs: "flow, throughput and forecasts of this project", Do: "look at the key, and give the token's account the permission to browse the project"})
		return
	}
	s.Sees = append(s.Sees, source.Seen{Of: key, What: "issues"})
	f.lookForBoards(ctx, key, s)
}

// lookForBoards looks at those of a project, or of all.
func (f *Feed) lookForBoards(ctx context.Context, key string, s *source.Sight) {
	boards, err := f.boards(ctx, key)
	switch {
	case err != nil:
		s.Lacks = append(s.Lacks, source.Lack{Of: key, What: "sprints", Why: reason(err), Costs: "planned against delivered by sprint", Do: "give the token's account access to Jira Software and to the project's boards"})
	case len(boards) == 0:
		s.Lacks = append(s.Lacks, source.Lack{Of: key, What: "sprints", Why: "there is no board with sprints that the token can see", Costs: "planned against delivered by sprint", Do: "nothing, if there is none; otherwise share it with the token's account"})
	default:
		s.Sees = append(s.Sees, source.Seen{Of: key, What: "sprints"})
	}
}

// reason is the last part of an error, which says why.
func reason(err error) string {
	for _, e := range []error{api.ErrForbidden, api.ErrNotFound, api.ErrUnauthorized, api.ErrLimited} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return err.Error()
}

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	w, err := f.readWorkflow(ctx, req)
	if err != nil {
		return err
	}
	keys, err := f.keys(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, key := range keys {
		for _, read := range []func(context.Context, source.Pull, *workflow, string) error{f.pullIssues, f.pullSprints} {
			if err := read(ctx, req, w, key); err != nil {
				errs = append(errs, err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return errors.Join(errs...)
}

// keys are those of the projects that are read.
func (f *Feed) keys(ctx context.Context) ([]string, error) {
	if len(f.projects) > 0 {
		return f.projects, nil
	}
	var keys []string
	take := func(list []project) error {
		for _, p := range list {
			if p.Key == "" {
				return fmt.Errorf("%w: a project without a key", api.ErrUnusable)
			}
			if !p.Archived && !slices.Contains(keys, p.Key) {
				keys = append(keys, p.Key)
			}
		}
		return nil
	}
	if !f.cloud {
		var list []project
		if _, err := f.client.Get(ctx, f.rest+"/project", nil, &list); err != nil {
			return nil, err
		}
		return keys, take(list)
	}
	err := pages(ctx, f.client, f.rest+"/project/search", url.Values{"orderBy": {"key"}}, take)
	return keys, err
}

// most is beyond what any Jira has of projects, boards of a project or sprints of a board.
const most = 100_000

// pages reads a listing of the form that projects, boards and sprints have.
func pages[T any](ctx context.Context, client *api.Client, path string, query url.Values, take func([]T) error) error {
	for start := 0; ; {
		q := url.Values{"startAt": {fmt.Sprint(start)}, "maxResults": {"50"}}
		for k, v := range query {
			q[k] = v
		}
		var page struct {
			Values []T   `json:"values"`
			IsLast *bool `json:"isLast"`
		}
		if _, err := client.Get(ctx, path, q, &page); err != nil {
			return err
		}
		if page.IsLast == nil {
			return fmt.Errorf("GET %s: %w: it does not say whether it is the last page", path, api.ErrUnusable)
		}
		if err := take(page.Values); err != nil {
			return err
		}
		if *page.IsLast || len(page.Values) == 0 {
			return nil
		}
		if start += len(page.Values); start > most {
			return fmt.Errorf("GET %s: %w: its pages do not end", path, api.ErrUnusable)
		}
	}
}
