// Package github reads repositories of GitHub, github.com or an Enterprise Server: change
// requests with their reviews and commits, issues, runs of Actions as builds, and deployments.
// Change requests, issues and deployments come by GraphQL, where one request brings what takes
// REST hundreds; runs come by REST, as GraphQL does not list them. It cannot tell when work on
// an issue began, nor what was deleted. README.md says what it needs and what stays unknown.
package github

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Options say what is read.
type Options struct {
	Address   string   // https://github.com, or that of an Enterprise Server; "" for the former
	Token     string   // a personal token, or the private key of an App in PEM
	User      string   // id of the App, when Token is its key
	Projects  []string // owner/name; none for all that the token can see
	Doing     []string // labels of issues, and states of projects, that say that work goes on
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed reads one GitHub.
type Feed struct {
	client      *api.Client
	rest, graph string // paths of the two interfaces
	host        string // of its pages for people
	mail        string // the domain of addresses that keep an e-mail private
	app         *app   // nil with a personal token
	projects    []string
	workflow    api.Workflow
	clock       func() time.Time
	size        int  // change requests a page
	older       int  // how much of what newer servers tell this one does not know: nothing, links of issues, all of it
	answered    bool // something was answered since the feed was made
}

// New makes a feed. Nothing is asked yet.
func New(o Options) *Feed {
	f := &Feed{projects: o.Projects, workflow: api.Workflow{Open: statusOpen, Doing: o.Doing}, size: maxSize, clock: time.Now}
	if o.Clock != nil {
		f.clock = o.Clock.Now
	}
	var base string
	base, f.host, f.rest, f.graph = addresses(o.Address)
	f.mail, _, _ = strings.Cut("users.noreply."+f.host, ":")
	header := http.Header{"Accept": {"application/vnd.github+json"}, "X-Github-Api-Version": {"2022-11-28"}}
	f.client = &api.Client{Base: base, Header: header, Secrets: []string{o.Token}, Transport: o.Transport, Clock: o.Clock, Limited: limited}
	f.client.Authorize = func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+o.Token)
		return nil
	}
	if strings.HasPrefix(strings.TrimSpace(o.Token), "-----BEGIN") {
		f.app = newApp(f, o)
		f.client.Authorize = f.app.authorize
	}
	return f
}

// addresses are those of the interfaces: the host that answers, the host of pages for people,
// and the paths of REST and GraphQL.
func addresses(address string) (base, host, rest, graph string) {
	if address == "" {
		address = "https://github.com"
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address, address, "", "/graphql"
	}
	host = strings.TrimPrefix(u.Host, "api.")
	if host == "github.com" || strings.HasSuffix(host, ".ghe.com") {
		return u.Scheme + "://api." + host, host, "", "/graphql"
	}
	return u.Scheme + "://" + u.Host, u.Host, "/api/v3", "/api/graphql"
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	repos := f.projects
	if len(repos) == 0 {
		all, err := f.repositories(ctx)
		if err != nil {
			return err
		}
		for _, r := range all {
			if !r.Archived && !r.Fork && !r.Disabled {
				repos = append(repos, r.FullName)
			}
		}
	}
	var streams []api.Stream
	for _, repo := range repos {
		for _, kind := range []struct {
			name string
			read func(ctx context.Context, stream, repo string, req source.Pull) error
		}{{"change requests", f.changeRequests}, {"issues", f.issues}, {"builds", f.builds}, {"deployments", f.deployments}} {
			streams = append(streams, api.Stream{Name: repo + " " + kind.name, Read: func(ctx context.Context, stream string) error {
				return kind.read(ctx, stream, repo, req)
			}})
		}
	}
	return api.Each(ctx, streams)
}

// repository is one of a listing.
type repository struct {
	FullName string `json:"full_name"`
	Archived bool
	Fork     bool
	Disabled bool
}

// repositories lists all that the token can see.
func (f *Feed) repositories(ctx context.Context) (all []repository, err error) {
	path := f.rest + "/user/repos?affiliation=owner,collaborator,organization_member&per_page=100"
	if f.app != nil {
		path = f.rest + "/installation/repositories?per_page=100"
	}
	for seen := map[string]bool{}; path != ""; {
		if seen[path] {
			return nil, api.Require(false, "end of its repositories")
		}
		seen[path] = true
		var page []repository
		into := any(&page)
		var wrapped struct{ Repositories []repository }
		if f.app != nil {
			into = &wrapped
		}
		answer, err := f.client.Get(ctx, path, nil, into)
		if err != nil {
			return nil, err
		}
		for _, r := range append(page, wrapped.Repositories...) {
			if err := api.Require(strings.Count(r.FullName, "/") == 1, "name of a repository"); err != nil {
				return nil, err
			}
			all = append(all, r)
		}
		path = answer.Next
	}
	return all, nil
}

// known names a repository as it is called now, and as the workspace calls it.
func (f *Feed) known(now, configured string) []fact.ForgeRepository {
	r := fact.ForgeRepository{Name: now}
	for _, name := range []string{now, configured} {
		r.Addresses = append(r.Addresses, "https://"+f.host+"/"+name+".git", "git@"+f.host+":"+name+".git")
		if strings.EqualFold(now, configured) {
			break
		}
	}
	return []fact.ForgeRepository{r}
}

// split gives owner and name of a repository.
func split(repo string) (owner, name string) {
	owner, name, _ = strings.Cut(repo, "/")
	return owner, name
}
