// Package gitea reads repositories of Gitea and Forgejo by REST: change requests with their
// timeline, reviews and commits, issues, and runs of Actions where the server lists them. They
// have no deployments, and do not say when work on an issue began. README.md says what it needs
// and what stays unknown.
package gitea

import (
	"context"
	"errors"
	"fmt"
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
	Address   string
	Token     string
	Projects  []string // owner/name; none for all that the token can see
	Doing     []string // labels of issues that say that work goes on
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed reads one server.
type Feed struct {
	client   *api.Client
	host     string
	projects []string
	workflow api.Workflow
	clock    func() time.Time
	size     int              // items a page, as the server allows; 0 until it was asked
	emails   map[int64]string // of accounts that were met
}

// New makes a feed. Nothing is asked yet.
func New(o Options) *Feed {
	address := strings.TrimSuffix(strings.TrimSuffix(o.Address, "/"), "/api/v1")
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	f := &Feed{projects: o.Projects, workflow: api.Workflow{Open: "open", Doing: o.Doing}, clock: time.Now, host: address, emails: map[int64]string{}}
	if o.Clock != nil {
		f.clock = o.Clock.Now
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		f.host = u.Host
	}
	f.client = &api.Client{Base: address, Header: http.Header{"Accept": {"application/json"}}, Secrets: []string{o.Token}, Transport: o.Transport, Clock: o.Clock,
		Authorize: func(r *http.Request) error {
			r.Header.Set("Authorization", "token "+o.Token)
			return nil
		}}
	return f
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	repos, err := f.repositories(ctx)
	var streams []api.Stream
	for _, r := range repos {
		for _, kind := range []struct {
			name string
			has  *bool
			read func(ctx context.Context, stream string, r repository, req source.Pull) error
		}{{"change requests", r.HasPulls, f.changeRequests}, {"issues", r.HasIssues, f.issues}, {"builds", r.HasActions, f.builds}} {
			if r.leftOut(f.projects) != "" || kind.has != nil && !*kind.has {
				continue
			}
			streams = append(streams, api.Stream{Name: r.configured + " " + kind.name, Read: func(ctx context.Context, stream string) error {
				return kind.read(ctx, stream, r, req)
			}})
		}
	}
	return errors.Join(err, api.Each(ctx, streams))
}

// repository is one as the server tells it. What has is nil where it does not say.
type repository struct {
	FullName   string `json:"full_name"`
	CloneURL   string `json:"clone_url"`
	SSHURL     string `json:"ssh_url"`
	Archived   bool
	Fork       bool
	Mirror     bool
	Empty      bool
	HasIssues  *bool  `json:"has_issues"`
	HasPulls   *bool  `json:"has_pull_requests"`
	HasActions *bool  `json:"has_actions"`
	configured string // as the workspace calls it
}

// leftOut says why a repository is not read that the workspace does not name; "" when it is.
func (r repository) leftOut(projects []string) string {
	switch {
	case len(projects) > 0:
		return ""
	case r.Archived:
		return "it is archived"
	case r.Fork:
		return "it is a fork"
	case r.Mirror:
		return "it is a mirror of another"
	case r.Empty:
		return "it is empty"
	}
	return ""
}

func (r repository) known() []fact.ForgeRepository {
	k := fact.ForgeRepository{Name: r.FullName}
	for _, a := range []string{r.CloneURL, r.SSHURL} {
		if a != "" {
			k.Addresses = append(k.Addresses, a)
		}
	}
	if !strings.EqualFold(r.configured, r.FullName) && strings.HasSuffix(r.CloneURL, r.FullName+".git") {
		k.Addresses = append(k.Addresses, strings.TrimSuffix(r.CloneURL, r.FullName+".git")+r.configured+".git")
	}
	return []fact.ForgeRepository{k}
}

// path is where the server keeps what is of a repository.
func (r repository) path() string {
	owner, name, _ := strings.Cut(r.FullName, "/")
	return "/api/v1/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name)
}

// repositories are those that the workspace names, or all that the token can see. One that
// cannot be seen does not keep others from being read.
func (f *Feed) repositories(ctx context.Context) (all []repository, err error) {
	if err := f.settings(ctx); err != nil {
		return nil, err
	}
	var failed []error
	for _, p := range f.projects {
		r := repository{FullName: p}
		_, err := f.client.Get(ctx, r.path(), nil, &r)
		if err == nil {
			err = api.Require(strings.Count(r.FullName, "/") == 1, "name of a repository")
		}
		if err != nil {
			failed = append(failed, err)
			if errors.Is(err, api.ErrUnauthorized) || errors.Is(err, api.ErrLimited) || ctx.Err() != nil {
				break
			}
			continue
		}
		r.configured = p
		all = append(all, r)
	}
	if len(f.projects) > 0 {
		return all, errors.Join(failed...)
	}
	for page := 1; page < maxPages; page++ {
		var found struct{ Data []repository }
		answer, err := f.client.Get(ctx, "/api/v1/repos/search", f.page(page, "sort", "id"), &found)
		if err != nil {
			return nil, err
		}
		for _, r := range found.Data {
			if err := api.Require(strings.Count(r.FullName, "/") == 1, "name of a repository"); err != nil {
				return nil, err
			}
			r.configured = r.FullName
			all = append(all, r)
		}
		if answer.Next == "" || len(found.Data) == 0 {
			break
		}
	}
	return all, nil
}

// maxPages bounds listings that lead on and on.
const maxPages = 10_000

// settings asks how long a page may be, so that what comes in several is known to.
func (f *Feed) settings(ctx context.Context) error {
	if f.size > 0 {
		return nil
	}
	var s struct {
		Max int `json:"max_response_items"`
	}
	if _, err := f.client.Get(ctx, "/api/v1/settings/api", nil, &s); err != nil {
		return err
	}
	if err := api.Require(s.Max > 0, "length of pages"); err != nil {
		return err
	}
	f.size = min(s.Max, 50)
	return nil
}

// page is the query of a page, with further keys and values.
func (f *Feed) page(n int, more ...string) url.Values {
	q := url.Values{"limit": {strconv.Itoa(f.size)}, "page": {strconv.Itoa(n)}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q
}

// turn asks for the page that a cursor names. Numbered pages shift up when something before them is
// deleted, and the listing then counts less than it did: it is asked again from where that may be.
func (f *Feed) turn(next string, ask func(n int) (counted int, err error)) (n, counted int, err error) {
	page, before, _ := strings.Cut(next, " ")
	n, _ = strconv.Atoi(page)
	n = max(n, 1)
	counted, err = ask(n)
	if was, _ := strconv.Atoi(before); err == nil && counted < was && n > 1 {
		n = max(1, n-(was-counted+f.size-1)/f.size)
		counted, err = ask(n)
	}
	return n, counted, err
}

// after is what the page after page n is asked by; "" when there is none.
func after(a api.Answer, n, counted int) string {
	if a.Next == "" {
		return ""
	}
	return fmt.Sprintf("%d %d", n+1, counted)
}

// label is one of a change request or an issue.
type label struct{ Name string }

func names(labels []label) (all []string) {
	for _, l := range labels {
		all = append(all, l.Name)
	}
	return all
}
