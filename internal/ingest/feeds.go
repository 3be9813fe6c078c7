package ingest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// Feed is a system that is read, and what the workspace says of its repositories.
type Feed struct {
	source.Feed
	Clones map[string]string // a repository as the system names it: the name of its clone
	Label  string            // tells it from others of the same name; "" where there are none
}

// Called is what people know it by.
func (f Feed) Called() string { return cmp.Or(f.Label, f.Name()) }

// pullAll reads all feeds beside each other: one that has to wait keeps no other from
// going on.
func pullAll(ctx context.Context, st *store.Store, opts Options) ([]Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]Result, len(opts.Feeds))
	named := map[string]*namesakes{}
	for _, feed := range opts.Feeds {
		if named[feed.Name()] == nil {
			named[feed.Name()] = &namesakes{}
		}
		named[feed.Name()].feeds++
	}
	var wg sync.WaitGroup
	var mu sync.Mutex // of the progress shown
	for i, feed := range opts.Feeds {
		wg.Go(func() {
			r := &puller{st: st, feed: feed, by: opts.Delivering, now: opts.Now, named: named[feed.Name()],
				res: Result{Feed: true, Status: "ok", Place: source.Place{Name: feed.Called(), Location: feed.Name()}}}
			if opts.FeedProgress != nil {
				r.progress = func(stream string, done, total int) {
					mu.Lock()
					defer mu.Unlock()
					opts.FeedProgress(feed.Called()+" "+stream, done, total)
				}
			}
			results[i] = r.run(ctx)
			if err := results[i].Err; errors.Is(err, problem.Full) || errors.Is(err, problem.Damaged) {
				cancel() // others would fare no better
			}
		})
	}
	wg.Wait()
	for _, r := range results {
		if errors.Is(r.Err, problem.Full) || errors.Is(r.Err, problem.Damaged) {
			return results, r.Err
		}
	}
	return results, ctx.Err()
}

// namesakes are the feeds of one name: only all together know what streams it has.
type namesakes struct {
	feeds int

	mu     sync.Mutex
	ended  int
	asked  []string // streams
	unsure bool     // one of them failed, asked for nothing, or says itself until when it tells
}

// noted says of a feed that ended when its streams were read, if it read all of them. When it is the last
// one of its name, the streams go that none asks for any more: nobody would say when those are read.
func (n *namesakes) noted(ctx context.Context, p *puller, read bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ended++
	n.asked = append(n.asked, p.res.Streams...)
	if !read || p.dated || len(p.res.Streams) == 0 {
		n.unsure = true
	} else if err := p.st.ReadWhole(ctx, p.feed.Name(), p.now(), p.res.Streams...); err != nil {
		n.unsure = true
		return err
	}
	if n.ended < n.feeds || n.unsure {
		return nil
	}
	return p.st.ForgetStreams(ctx, p.feed.Name(), n.asked)
}

// puller reads one feed.
type puller struct {
	st       *store.Store
	feed     Feed
	by       Delivering
	now      func() time.Time
	progress func(stream string, done, total int)
	named    *namesakes

	mu      sync.Mutex
	res     Result
	cursors map[string]string
	repos   *resolver
	dated   bool // its pages say until when they tell
}

func (p *puller) run(ctx context.Context) Result {
	err := p.pull(ctx)
	switch {
	case p.named.feeds > 1:
		err = errors.Join(err, p.named.noted(ctx, p, err == nil))
	case err == nil && !p.dated:
		err = p.st.ReadWhole(ctx, p.feed.Name(), p.now())
	}
	if err != nil {
		p.res.Err, p.res.Status = err, "failed"
	}
	return p.res
}

func (p *puller) pull(ctx context.Context) error {
	streams, err := p.st.Streams(ctx)
	if err != nil {
		return err
	}
	p.cursors = map[string]string{}
	for _, s := range streams {
		if s.Source == p.feed.Name() {
			p.cursors[s.Stream] = s.Cursor
		}
	}
	if p.repos, err = newResolver(ctx, p.st, p.feed); err != nil {
		return err
	}
	return p.feed.Pull(ctx, source.Pull{
		Cursor: func(stream string) source.Cursor {
			p.mu.Lock()
			defer p.mu.Unlock()
			if !slices.Contains(p.res.Streams, stream) {
				p.res.Streams = append(p.res.Streams, stream)
			}
			return source.Cursor(p.cursors[stream])
		},
		Emit:      p.emit,
		Progress:  p.progress,
		PathRules: p.by.pathRules(),
	})
}

// emit stores one page.
func (p *puller) emit(ctx context.Context, page source.Page) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := page.Delivery
	d.ChangeRequests = p.by.PathsSay(d.ChangeRequests)
	d.Deployments = slices.Clone(d.Deployments)
	for i, x := range d.Deployments {
		if x.Repository == "" {
			d.Deployments[i].Repository = applicationName + x.Application
		}
	}
	repos, err := p.repos.all(ctx, d)
	if err != nil {
		return err
	}
	_, known := p.cursors[page.Stream]
	readAt := p.now()
	if !page.Until.IsZero() {
		p.dated = true
		if page.Until.Before(readAt) {
			readAt = page.Until
		}
	}
	err = p.st.WritePage(ctx, store.Page{Source: p.feed.Name(), Stream: page.Stream, Cursor: string(page.Cursor), ReadAt: readAt, Delivery: d, Repositories: repos, Whole: page.Whole, Skipped: merged(page.Skipped), Fresh: !known})
	if err != nil {
		return err
	}
	p.cursors[page.Stream] = string(page.Cursor)
	p.res.New += len(d.ChangeRequests) + len(d.Issues) + len(d.Builds) + len(d.Deployments) + len(d.Incidents)
	return ctx.Err()
}

// applicationName begins what stands for the repository of an application of which no
// repository is known.
const applicationName = "application "

// resolver finds which stored repository a system means.
type resolver struct {
	st     *store.Store
	feed   Feed
	known  map[string]string // what the system calls it: repository id
	clones map[string]bool   // ids of repositories whose commits are stored
	byName map[string]string // "" where several have the name
}

// newResolver looks again at those that had no clone when they were last read.
func newResolver(ctx context.Context, st *store.Store, feed Feed) (*resolver, error) {
	r := &resolver{st: st, feed: feed, clones: map[string]bool{}, byName: map[string]string{}}
	locations, err := st.Locations(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range locations {
		if l.RepoID == "" {
			continue
		}
		r.clones[l.RepoID] = true
		if before, ok := r.byName[l.Name]; ok && before != l.RepoID {
			r.byName[l.Name] = ""
		} else {
			r.byName[l.Name] = l.RepoID
		}
	}
	if r.known, err = st.ForgeRepositories(ctx, feed.Name()); err != nil {
		return nil, err
	}
	for name, id := range r.known {
		if r.clones[id] && feed.Clones[name] == "" {
			continue
		}
		shas, err := st.NamedCommits(ctx, id)
		if err != nil {
			return nil, err
		}
		if _, err := r.find(ctx, name, shas); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// all finds the repositories that a page names.
func (r *resolver) all(ctx context.Context, d fact.Delivery) (map[string]string, error) {
	shas := map[string][]string{}
	add := func(name, sha string) {
		if list := shas[name]; sha != "" && len(list) < 5 {
			shas[name] = append(list, sha)
		} else {
			shas[name] = list
		}
	}
	for _, x := range d.Repositories {
		add(x.Name, "")
	}
	for _, x := range d.ChangeRequests {
		add(x.Repository, x.MergeSHA)
	}
	for _, x := range d.Builds {
		add(x.Repository, x.SHA)
	}
	for _, x := range d.Deployments {
		add(x.Repository, x.SHA)
	}
	for _, g := range d.Gone {
		if g.Kind == fact.RequestItem || g.Kind == fact.DeploymentItem {
			add(g.In, "")
		}
	}
	out := map[string]string{}
	for name, list := range shas {
		id, err := r.find(ctx, name, list)
		if err != nil {
			return nil, err
		}
		out[name] = id
	}
	return out, nil
}

// find gives the id of a repository: as the workspace says, by a commit that it holds, by
// its name, or one of its own until there is a clone.
func (r *resolver) find(ctx context.Context, name string, shas []string) (string, error) {
	if id := r.known[name]; r.clones[id] && r.feed.Clones[name] == "" {
		return id, nil
	}
	id := r.byName[r.feed.Clones[name]]
	for i := 0; id == "" && i < len(shas); i++ {
		holding, err := r.st.HoldingCommit(ctx, shas[i])
		if err != nil {
			return "", err
		}
		if len(holding) == 1 {
			id = holding[0]
		}
	}
	if id == "" {
		id = r.byName[path.Base(strings.TrimPrefix(name, applicationName))]
	}
	if id == "" {
		id = r.feed.Name() + "/" + name
	}
	if r.known[name] == id {
		return id, nil
	}
	if err := r.st.PutForgeRepository(ctx, r.feed.Name(), name, id); err != nil {
		return "", err
	}
	r.known[name] = id
	return id, nil
}

// feedScopes adds to scopes the repositories of which systems tell and no clone is there.
func feedScopes(ctx context.Context, st *store.Store, opts Options, all belongings) error {
	cloned := maps.Clone(all["company"])
	for _, feed := range opts.Feeds {
		known, err := st.ForgeRepositories(ctx, feed.Name())
		if err != nil {
			return err
		}
		for name, id := range known {
			if cloned[id] == nil {
				all.repository(id, strings.TrimPrefix(name, applicationName), opts.Teams)
			}
		}
	}
	return nil
}
