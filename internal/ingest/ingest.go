// Package ingest runs sources and stores what they read: it finds out which
// repository a place holds, keeps cursors, follows debts from the commit that brings
// them to the one that removes them, and joins identities to people.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// Options are what a run needs besides places.
type Options struct {
	Now          func() time.Time
	Progress     func(place string, done, total int)  // may be nil
	FeedProgress func(stream string, done, total int) // of what a feed reads apart; may be nil
	Rules        IdentityRules
	Teams        []Team
	Feeds        []Feed
	Rollups      []store.Rollup  // made for the repositories whose facts or people changed
	Forget       []string        // feeds whose facts are taken out first
	Rebuild      bool            // make all that follows from facts again, also where nothing changed
	Conceal      store.Concealer // of whom nothing may be stored; nil: everything may

	Delivering Delivering // what deliveries are worked out by

	// Credit says to which team, and when, the work of people is credited; nil: of nobody is that known.
	Credit func(identities []store.Person) []store.ScopedPerson
}

// Team owns repositories, projects of trackers and applications, by their names.
type Team struct {
	Name, Group  string
	Repositories []Holding
	Projects     []string // of trackers, by their names
	Applications []Claim
}

// Claim is an application, by its name, that a team holds by itself for a time, whoever owns the
// repository.
type Claim struct {
	Application string
	store.Period
}

// Holding is a repository, by its name, that a team owns for a time.
type Holding struct {
	Repository string
	store.Period
}

// Result is what one place gave.
type Result struct {
	Place   source.Place
	Feed    bool     // it is a system: New counts items, and Place has its name as a location, and what it is called
	Streams []string // of a system: what it reads apart
	RepoID  string
	New     int // commits that were not stored before
	Removed int
	Status  string // ok, partial, failed
	Skipped []fact.Skipped
	Err     error // why it failed; other places go on
}

// Run reads every source and stores what is new: clones first, then feeds. Results are in
// the order of both. An error of one place is in its Result; the error returned is one
// that concerns all, such as problem.Locked while another process writes.
func Run(ctx context.Context, st *store.Store, sources []source.Source, opts Options) ([]Result, error) {
	release, err := st.Claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if _, err := st.Conceal(ctx, opts.Conceal, false); err != nil { // also what a restored backup brought back
		return nil, fmt.Errorf("erased people: %w", err)
	}
	for _, name := range opts.Forget {
		if err := st.ForgetSource(ctx, name); err != nil {
			return nil, err
		}
	}
	results := make([]Result, len(sources))
	for pass := 0; pass < 2; pass++ { // a second time for places whose repository another one corrected
		again := false
		for i, src := range sources {
			if pass == 1 && results[i].Err != nil {
				continue
			}
			r := &runner{st: st, src: src, opts: opts}
			res := r.run(ctx)
			if ctx.Err() != nil {
				return results, ctx.Err()
			}
			if errors.Is(res.Err, problem.Full) || errors.Is(res.Err, problem.Damaged) {
				return results, res.Err // others would fare no better
			}
			again = again || r.rereads
			if pass == 1 {
				res.New += results[i].New
				res.Removed += results[i].Removed
			}
			results[i] = res
		}
		if !again {
			break
		}
	}
	byRepo, err := newest(ctx, st, sources, results)
	if err != nil {
		return results, err
	}
	lost := func(repo string, err error) error { // a place that can no longer be read fails alone
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for i := range sources {
			if sources[i] == byRepo[repo] {
				results[i].Err, results[i].Status = err, "failed"
			}
		}
		delete(byRepo, repo)
		return nil
	}
	told, err := pullAll(ctx, st, opts)
	if err != nil {
		return results, err
	}
	results = append(results, told...)
	if err := resolveIdentities(ctx, st, byRepo, opts.Rules, opts.Conceal, lost); err != nil {
		return results, fmt.Errorf("identities: %w", err)
	}
	if opts.Rebuild {
		if err := st.MakeStale(ctx); err != nil {
			return results, err
		}
	}
	missing, err := reread(ctx, st, byRepo, lost)
	if err != nil {
		return results, err
	}
	for i := range sources {
		if m, ok := missing[results[i].RepoID]; ok && sources[i] == byRepo[results[i].RepoID] {
			results[i].Place.Skipped = append(results[i].Place.Skipped, m)
		}
	}
	if err := derive(ctx, st, byRepo, opts.Rebuild, lost); err != nil {
		return results, fmt.Errorf("debts and file shapes: %w", err)
	}
	if err := Deliver(ctx, st, opts.Delivering); err != nil {
		return results, fmt.Errorf("deliveries: %w", err)
	}
	if err := Roll(ctx, st, opts.Rollups); err != nil {
		return results, fmt.Errorf("rollups: %w", err)
	}
	return finish(ctx, st, results, opts)
}

// newest gives for each repository the place whose head landed last, whatever the
// order of places: its mail map and its files are those that hold today.
func newest(ctx context.Context, st *store.Store, sources []source.Source, results []Result) (map[string]source.Source, error) {
	type head struct {
		at  time.Time
		sha string
	}
	byRepo, heads := map[string]source.Source{}, map[string]head{}
	for i, r := range results {
		if r.Err != nil || r.RepoID == "" {
			continue
		}
		at, err := st.Landed(ctx, r.RepoID, r.Place.Head)
		if err != nil {
			return nil, err
		}
		h, best := head{at, r.Place.Head}, heads[r.RepoID]
		if byRepo[r.RepoID] == nil || h.at.After(best.at) || h.at.Equal(best.at) && h.sha > best.sha {
			byRepo[r.RepoID], heads[r.RepoID] = sources[i], h
		}
	}
	return byRepo, nil
}

// finish writes the scopes and gathers what was skipped, now and in earlier runs.
func finish(ctx context.Context, st *store.Store, results []Result, opts Options) ([]Result, error) {
	all := scopes(results, opts.Teams)
	if err := feedScopes(ctx, st, opts, all); err != nil {
		return results, err
	}
	if err := st.PutScopes(ctx, all.scopes()); err != nil {
		return results, err
	}
	if err := putCredit(ctx, st, opts.Credit); err != nil {
		return results, err
	}
	if err := PutDeliveryScopes(ctx, st, opts.Delivering, opts.Teams); err != nil {
		return results, err
	}
	skipped, err := st.Skipped(ctx)
	if err != nil {
		return results, err
	}
	changed := 0
	for i := range results {
		r := &results[i]
		changed += r.New + r.Removed
		r.Skipped = append(r.Place.Skipped, skipped[r.Place.Location]...)
		if r.Feed {
			r.Skipped = ofFeed(skipped, *r, results)
		}
		if r.Status == "ok" && len(r.Skipped) > 0 {
			r.Status = "partial"
		}
	}
	if changed > settleAfter {
		return results, st.Settle(ctx)
	}
	return results, nil
}

// ofFeed is what could not be read of the streams of a system, but for those that are of another one
// with the same name.
func ofFeed(skipped map[string][]fact.Skipped, feed Result, all []Result) (out []fact.Skipped) {
	another := func(stream string) bool {
		return !slices.Contains(feed.Streams, stream) && slices.ContainsFunc(all, func(r Result) bool {
			return r.Feed && r.Place.Location == feed.Place.Location && slices.Contains(r.Streams, stream)
		})
	}
	for location, list := range skipped {
		if stream, ok := strings.CutPrefix(location, feed.Place.Location+" "); ok && !another(stream) {
			for _, s := range list {
				s.What += " of " + stream
				out = append(out, s)
			}
		}
	}
	sort.Slice(out, func(a, b int) bool { return out[a].What < out[b].What })
	return out
}

// scopes are the company, each repository, and the teams and groups that were declared.
func scopes(results []Result, teams []Team) belongings {
	all := belongings{}
	for _, r := range results {
		if r.RepoID != "" && r.Err == nil {
			all.repository(r.RepoID, r.Place.Name, teams)
		}
	}
	return all
}

// runner reads one place.
type runner struct {
	st   *store.Store
	src  source.Source
	opts Options
	res  Result

	rereads bool // other places of the repository are to be read from the beginning
}

func (r *runner) run(ctx context.Context) Result {
	place, err := r.src.Open(ctx)
	r.res = Result{Place: place, Status: "ok"}
	if err == nil && place.Head != "" {
		if r.res.RepoID, err = r.repository(ctx); err == nil {
			err = r.read(ctx)
		}
	}
	if err != nil {
		r.res.Err, r.res.Status = err, "failed"
	}
	return r.res
}

// repository finds which repository the place holds: the one that it held, if what was its
// head is on its main line; the one that holds its first commit; one whose head this clone
// holds; else a new one.
func (r *runner) repository(ctx context.Context) (string, error) {
	p := r.res.Place
	locations, err := r.st.Locations(ctx)
	if err != nil {
		return "", err
	}
	var before store.Location
	var heads []string
	byHead := map[string]string{}
	for _, l := range locations {
		if l.Head == "" || l.RepoID == "" {
			continue
		}
		heads, byHead[l.Head] = append(heads, l.Head), l.RepoID
		if l.Location == p.Location {
			before = l
		}
	}
	root, err := r.src.Root(ctx, before.Head)
	if err != nil {
		return "", err
	}
	if root == before.Head {
		return before.RepoID, r.st.PutRepository(ctx, before.RepoID, p.Name, "")
	}
	holding, err := r.st.HoldingCommit(ctx, root)
	if err != nil {
		return "", err
	}
	id := root
	if len(holding) > 0 {
		id = holding[0]
	} else if len(heads) > 0 {
		has, err := r.src.Has(ctx, heads)
		if err != nil {
			return "", err
		}
		for _, h := range heads {
			if has[h] {
				id = byHead[h]
				break
			}
		}
	}
	return id, r.st.PutRepository(ctx, id, p.Name, root)
}

// read stores what is new of the place.
func (r *runner) read(ctx context.Context) error {
	p := r.res.Place
	l := store.Location{Location: p.Location, RepoID: r.res.RepoID, Name: p.Name, Branch: p.Branch, Head: p.Head, Status: "ok", Notes: p.Notes, ReadAt: r.opts.Now()}
	if err := r.st.PutLocation(ctx, l); err != nil {
		return err
	}
	locations, err := r.st.Locations(ctx)
	if err != nil {
		return err
	}
	cursor, shared := "", false
	for _, other := range locations {
		if other.Location == p.Location {
			cursor = other.Cursor
		} else if other.RepoID == r.res.RepoID {
			shared = true
		}
	}
	if cursor == "" {
		if err := r.st.ClearSkipped(ctx, p.Location); err != nil {
			return err
		}
	}
	req := source.Request{
		Cursor: source.Cursor(cursor),
		Shared: shared,
		Known:  func(ctx context.Context) (map[string]bool, error) { return r.st.Known(ctx, r.res.RepoID) },
		Emit:   r.emit,
	}
	if !shared {
		if req.Releases, err = r.st.Releases(ctx, r.res.RepoID); err != nil {
			return err
		}
	}
	if r.opts.Progress != nil {
		req.Progress = func(done, total int) { r.opts.Progress(p.Name, done, total) }
	}
	if err := r.src.Read(ctx, req); err != nil {
		return err
	}
	if r.res.New+r.res.Removed > 10_000 {
		return r.st.Settle(ctx)
	}
	return nil
}

// settleAfter is how many new commits make it worth to tidy the database once all is
// there: where plans rest on statistics, statements are slow until then.
const settleAfter = 100

// emit stores one batch.
func (r *runner) emit(ctx context.Context, b source.Batch) error {
	out := store.Batch{
		RepoID: r.res.RepoID, Location: r.res.Place.Location, Cursor: string(b.Cursor),
		Commits: b.Commits, Corrects: b.Corrects, Removed: b.Removed, Releases: b.Releases, Untagged: b.Untagged, Retagged: b.Retagged,
		Documents: b.Documents, Decisions: b.Decisions, Skipped: merged(b.Skipped),
		Rereads: len(b.Removed) > 0 || len(b.Untagged) > 0 || b.Corrects,
	}
	if len(b.Relanded) > 0 {
		out.Relanded = map[string]fact.Landing{}
		for _, l := range b.Relanded {
			out.Relanded[l.SHA] = l.Landing
		}
	}
	if err := r.st.Write(ctx, out); err != nil {
		return err
	}
	r.rereads = r.rereads || out.Rereads
	r.res.New += len(b.Commits)
	r.res.Removed += len(b.Removed)
	return ctx.Err()
}

// merged adds up what was skipped for the same reason.
func merged(skipped []fact.Skipped) (out []fact.Skipped) {
	at := map[string]int{}
	for _, s := range skipped {
		if i, ok := at[s.What]; ok {
			out[i].Count += s.Count
			continue
		}
		at[s.What] = len(out)
		out = append(out, s)
	}
	return out
}
