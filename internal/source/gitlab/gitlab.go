// Package gitlab reads projects of GitLab, gitlab.com or a server of one's own: merge requests as
// change requests with their notes and commits, issues with their changes of state, milestones
// and iterations as sprints, incidents, pipelines as builds, and deployments. All comes by REST,
// but the sizes of merge requests, which GraphQL alone tells. README.md says what it needs and
// what stays unknown.
package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Options say what is read.
type Options struct {
	Address   string         // https://gitlab.com, or that of a server of one's own; "" for the former
	Token     string         // personal, of a group or of a project
	Projects  []string       // group/name; none for all of which the token's owner is a member
	Doing     []string       // labels of issues that say that work goes on
	Zone      *time.Location // of days without a time; nil: UTC
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed reads one GitLab.
type Feed struct {
	client      *api.Client
	host        string
	projects    []string
	workflow    api.Workflow
	batch       int            // merge requests whose sizes are asked for at once
	zone        *time.Location // of days
	noFiles     bool           // the server tells their sizes without their files
	noIteration map[int64]bool // projects whose server has no iterations
}

// pageSize is the most that GitLab gives.
const pageSize = 100

// New makes a feed. Nothing is asked yet.
func New(o Options) *Feed {
	address := strings.TrimSuffix(strings.TrimSuffix(o.Address, "/"), "/api/v4")
	if address == "" {
		address = "https://gitlab.com"
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	f := &Feed{projects: o.Projects, workflow: api.Workflow{Open: "opened", Doing: o.Doing}, zone: cmp.Or(o.Zone, time.UTC), host: address, batch: pageSize, noIteration: map[int64]bool{}}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		f.host = u.Host
	}
	f.client = &api.Client{Base: address, Header: http.Header{"Accept": {"application/json"}}, Secrets: []string{o.Token}, Transport: o.Transport, Clock: o.Clock,
		Authorize: func(r *http.Request) error {
			r.Header.Set("PRIVATE-TOKEN", o.Token)
			return nil
		}}
	return f
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	projects, err := f.find(ctx)
	var streams []api.Stream
	for _, p := range projects {
		if p.leftOut(f.projects) != "" {
			continue
		}
		for _, k := range f.kinds() {
			if k.access(p) == "disabled" {
				continue
			}
			streams = append(streams, api.Stream{Name: p.configured + " " + k.what, Read: func(ctx context.Context, stream string) error {
				return k.read(ctx, stream, p, req)
			}})
		}
	}
	return errors.Join(err, api.Each(ctx, streams))
}

// kind is what is read of a project.
type kind struct {
	what, path, costs string
	access            func(p project) string // how far the project has it on: disabled, private, enabled
	read              func(ctx context.Context, stream string, p project, req source.Pull) error
}

func (f *Feed) kinds() []kind {
	issues := func(p project) string { return p.IssuesAccess }
	return []kind{
		{"change requests", "/merge_requests", "lead time for changes, time to review, size of changes", func(p project) string { return p.RequestsAccess }, f.changeRequests},
		{"issues", "/issues", "lead time of issues, planned work, work that stalls, recovery from incidents", issues, f.issues},
		{"sprints", "/milestones", "planned against delivered work", issues, f.sprints},
		{"builds", "/pipelines", "duration and failures of builds", func(p project) string { return p.BuildsAccess }, f.builds},
		{"deployments", "/deployments", "deployment frequency, lead time for changes, change failure rate", func(p project) string { return p.BuildsAccess }, f.deployments},
	}
}

// project is one as GitLab tells it.
type project struct {
	ID             int64
	Path           string `json:"path_with_namespace"`
	HTTP           string `json:"http_url_to_repo"`
	SSH            string `json:"ssh_url_to_repo"`
	Archived       bool
	Fork           *struct{ ID int64 } `json:"forked_from_project"`
	Empty          bool                `json:"empty_repo"`
	IssuesAccess   string              `json:"issues_access_level"`
	RequestsAccess string              `json:"merge_requests_access_level"`
	BuildsAccess   string              `json:"builds_access_level"`
	configured     string              // as the workspace calls it
}

// leftOut says why a project is not read that the workspace does not name; "" when it is.
func (p project) leftOut(projects []string) string {
	switch {
	case len(projects) > 0:
		return ""
	case p.Archived:
		return "it is archived"
	case p.Fork != nil:
		return "it is a fork"
	}
	return ""
}

// api is the path of what belongs to a project. Its id stays when it is renamed or moved.
func (p project) api(below string) string { return fmt.Sprintf("/api/v4/projects/%d%s", p.ID, below) }

func (p project) known() []fact.ForgeRepository {
	r := fact.ForgeRepository{Name: p.Path}
	for _, a := range []string{p.HTTP, p.SSH} {
		if a == "" {
			continue
		}
		r.Addresses = append(r.Addresses, a)
		if before, ok := strings.CutSuffix(a, p.Path+".git"); ok && !strings.EqualFold(p.Path, p.configured) {
			r.Addresses = append(r.Addresses, before+p.configured+".git")
		}
	}
	return []fact.ForgeRepository{r}
}

// find gives the projects that the workspace names, or all of which the token's owner is a
// member. One that cannot be seen does not keep others from being read.
func (f *Feed) find(ctx context.Context) (all []project, err error) {
	var failed []error
	for _, name := range f.projects {
		var p project
		_, err := f.client.Get(ctx, "/api/v4/projects/"+url.PathEscape(name), nil, &p)
		if err == nil {
			err = api.Require(p.ID > 0 && strings.Contains(p.Path, "/"), "id and path of a project")
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
			if errors.Is(err, api.ErrUnauthorized) || errors.Is(err, api.ErrLimited) || ctx.Err() != nil {
				break
			}
			continue
		}
		p.configured = name
		all = append(all, p)
	}
	if len(f.projects) > 0 {
		return all, errors.Join(failed...)
	}
	all, err = list[project](ctx, f, "/api/v4/projects?membership=true&pagination=keyset&order_by=id&sort=asc&per_page=100")
	for i, p := range all {
		if err := api.Require(p.ID > 0 && strings.Contains(p.Path, "/"), "id and path of a project"); err != nil {
			return nil, err
		}
		all[i].configured = p.Path
	}
	return all, err
}

// list reads all pages of a list.
func list[T any](ctx context.Context, f *Feed, path string) (all []T, err error) {
	for seen := map[string]bool{}; path != ""; {
		if seen[path] {
			return nil, fmt.Errorf("%w: its pages lead in a circle", api.ErrUnusable)
		}
		seen[path] = true
		var items []T
		answer, err := f.client.Get(ctx, path, nil, &items)
		if err == nil {
			err = api.Require(items != nil, "list")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		path = answer.Next
	}
	return all, nil
}

// sweep goes through a listing of a project that is ordered by change, newest first. A page is
// asked by the change of the oldest item of the one before, one millisecond on, as GitLab
// tells milliseconds and compares microseconds. take puts an item into the page, unless it is older
// than since.
func sweep[T any](ctx context.Context, f *Feed, stream, path string, query url.Values, req source.Pull, updated func(T) time.Time, take func(ctx context.Context, items []T, page *source.Page) error) error {
	return api.SweepOf(req.Cursor(stream)).Run(ctx, stream, req, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		window := api.WindowOf(next)
		query := maps.Clone(query)
		query.Set("order_by", "updated_at")
		query.Set("sort", "desc")
		query.Set("per_page", strconv.Itoa(pageSize))
		query.Set("page", strconv.Itoa(window.Page))
		if window.Until != "" {
			query.Set("updated_before", window.Until)
		}
		if !since.IsZero() {
			query.Set("updated_after", since.Format(time.RFC3339Nano))
		}
		var items []T
		answer, err := f.client.Get(ctx, path, query, &items)
		if err == nil {
			err = api.Require(items != nil, "list")
		}
		if err != nil {
			return err
		}
		listed := api.Listed{Items: len(items), Rest: total(answer), News: true}
		var news []T
		for _, i := range items {
			at := updated(i)
			if err := api.Require(!at.IsZero(), "time of a change"); err != nil {
				return err
			}
			listed.Spans(api.Moment(at))
			if !at.Before(since) {
				news = append(news, i)
			}
		}
		var page source.Page
		if err := take(ctx, news, &page); err != nil {
			return err
		}
		if len(items) >= pageSize {
			listed.Next = window.Next(listed.Oldest.Add(time.Millisecond).Format(time.RFC3339Nano))
		}
		listed.Newest = api.Settled(listed.Newest, answer.Header)
		return emit(listed, page)
	})
}

// total is how many items a listing has; 0 where GitLab does not count them.
func total(a api.Answer) int {
	n, _ := strconv.Atoi(a.Header.Get("X-Total"))
	return n
}
