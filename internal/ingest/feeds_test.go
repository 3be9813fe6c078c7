package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// told is a feed that tells one page a stream, after those that its cursor covers.
type told struct {
	name  string
	pages []source.Page
	err   error
	rules string // of the last reading
}

func (f *told) Name() string                               { return f.name }
func (f *told) Look(context.Context) (source.Sight, error) { return source.Sight{}, nil }
func (f *told) Pull(ctx context.Context, req source.Pull) error {
	f.rules = req.PathRules
	for _, p := range f.pages {
		if req.Cursor(p.Stream) == p.Cursor {
			continue
		}
		if err := req.Emit(ctx, p); err != nil {
			return err
		}
	}
	return f.err
}

// TestFeeds: what systems tell meets the clone that holds its commits, whichever comes
// first, and a feed that fails keeps nobody from going on.
func TestFeeds(t *testing.T) {
	ctx := context.Background()
	st := openStore(t, "")
	at := time.Date(2024, 1, 2, 3, 0, 0, 0, time.UTC)
	forge := &told{name: "forge.example.com", pages: []source.Page{{Stream: "acme/api change requests", Cursor: "1", Delivery: fact.Delivery{
		ChangeRequests: []fact.ChangeRequest{{Repository: "acme/api", Number: 1, State: fact.RequestMerged, OpenedAt: at, UpdatedAt: at, MergedAt: at, ClosedAt: at, MergeSHA: "m1", Author: fact.Identity{Name: "ann"}}},
		Projects:       []fact.Project{{Name: "acme/api"}}, Deployments: []fact.Deployment{{Application: "checkout", ID: "1", SHA: "m1", Result: fact.Succeeded, Environment: "production", StartedAt: at, UpdatedAt: at}}},
		Skipped: []fact.Skipped{{What: "reviews", Why: "forbidden", Count: 1}}}}}
	broken := &told{name: "broken.example.com", err: errors.New("no way")}
	opts := Options{Now: func() time.Time { return at }, Feeds: []Feed{{Feed: broken}, {Feed: forge}}, Teams: []Team{{Name: "a", Group: "g", Repositories: []Holding{{Repository: "api"}}}}}
	results, err := Run(ctx, st, nil, opts)
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; r.Err == nil || r.Status != "failed" || !r.Feed {
		t.Errorf("a broken feed: %+v", r)
	}
	if r := results[1]; r.Err != nil || r.New != 2 || r.Status != "partial" || len(r.Skipped) != 1 || r.Skipped[0].What != "reviews of acme/api change requests" {
		t.Errorf("a feed: %+v", r)
	}
	want(t, st, "SELECT DISTINCT repo_id FROM change_request", "forge.example.com/acme/api")
	want(t, st, "SELECT DISTINCT repo_id FROM deployment", "forge.example.com/application checkout")
	want(t, st, "SELECT repo_id FROM scope_repository WHERE scope = 'team:a'", "forge.example.com/acme/api")
	want(t, st, "SELECT project_id FROM scope_project WHERE scope = 'group:g'", "forge.example.com/acme/api")
	if results, err = Run(ctx, st, nil, opts); err != nil || results[1].New != 0 {
		t.Errorf("without news: %+v, %v", results[1], err)
	}

	// The clone comes; its name is another, its commits are those.
	if err := st.PutRepository(ctx, "root", "backend", "root"); err != nil {
		t.Fatal(err)
	}
	if err := st.PutLocation(ctx, store.Location{Location: "/backend", RepoID: "root", Name: "backend", Status: "ok", ReadAt: at}); err != nil {
		t.Fatal(err)
	}
	c := fact.Commit{SHA: "m1", Landing: fact.Landing{At: at, Change: "m1"}}
	if err := st.Write(ctx, store.Batch{RepoID: "root", Location: "/backend", Cursor: "x", Commits: []fact.Commit{c}}); err != nil {
		t.Fatal(err)
	}
	if _, err = Run(ctx, st, nil, opts); err != nil {
		t.Fatal(err)
	}
	want(t, st, "SELECT DISTINCT repo_id FROM change_request", "root")
	want(t, st, "SELECT DISTINCT name FROM repository ORDER BY name", "backend")
	want(t, st, "SELECT DISTINCT repo_id FROM deployment", "root")
}

// TestReadUntil: a system that answers is read until now, also without news; one that fails, until it
// last answered; a file until it was written.
func TestReadUntil(t *testing.T) {
	ctx := context.Background()
	st := openStore(t, "")
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	now := day(2)
	answers := &told{name: "answers", pages: []source.Page{{Stream: "issues", Cursor: "1"}, {Stream: "builds", Cursor: "1"}}}
	fails := &told{name: "fails", pages: []source.Page{{Stream: "issues", Cursor: "1"}}}
	file := &told{name: "file", pages: []source.Page{{Stream: "issues", Cursor: "1", Until: day(1)}, {Stream: "builds", Cursor: "1", Until: day(30)}}}
	opts := Options{Now: func() time.Time { return now }, Feeds: []Feed{{Feed: answers}, {Feed: fails}, {Feed: file}}}
	read := func() {
		t.Helper()
		if _, err := Run(ctx, st, nil, opts); err != nil {
			t.Fatal(err)
		}
	}
	read()
	now, fails.err = day(5), errors.New("no way")
	answers.pages = answers.pages[:1]
	file.pages = []source.Page{{Stream: "issues", Cursor: "2", Until: day(4)}}
	read()
	want(t, st, "SELECT source || ' ' || stream || ' ' || CAST(CAST(read_at AS date) AS varchar) FROM feed_stream ORDER BY 1",
		"answers builds 2024-01-05\nanswers issues 2024-01-05\nfails issues 2024-01-02\nfile builds 2024-01-02\nfile issues 2024-01-04")
}

// TestFeedsOfOneName: what one of two systems on a host reads is not taken for what the other reads. A
// stream that neither asks for any more is there until both could say so.
func TestFeedsOfOneName(t *testing.T) {
	ctx := context.Background()
	st := openStore(t, "")
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	now := day(2)
	skips := func(what string) []fact.Skipped { return []fact.Skipped{{What: what, Why: "hidden", Count: 1}} }
	one := &told{name: "forge", pages: []source.Page{{Stream: "acme/a issues", Cursor: "1", Skipped: skips("links")}, {Stream: "issues", Cursor: "1"}}}
	two := &told{name: "forge", pages: []source.Page{{Stream: "acme/b issues", Cursor: "1", Skipped: skips("labels")}}}
	opts := Options{Now: func() time.Time { return now }, Feeds: []Feed{{Feed: one, Label: "forge (a)"}, {Feed: two, Label: "forge (b)"}}}
	read := func(streams ...string) {
		t.Helper()
		results, err := Run(ctx, st, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"forge (a)", "forge (b)"} {
			if r := results[i]; r.Place.Name != name || r.Place.Location != "forge" || len(r.Skipped) != 1 || r.Skipped[0].What != []string{"links of acme/a issues", "labels of acme/b issues"}[i] {
				t.Errorf("%+v", r)
			}
		}
		want(t, st, "SELECT stream || ' ' || CAST(CAST(read_at AS date) AS varchar) FROM feed_stream ORDER BY 1", strings.Join(streams, "\n"))
	}
	read("acme/a issues 2024-01-02", "acme/b issues 2024-01-02", "issues 2024-01-02")
	now, two.err, one.pages = day(5), errors.New("no way"), one.pages[:1]
	read("acme/a issues 2024-01-05", "acme/b issues 2024-01-02", "issues 2024-01-02")
	now, two.err = day(6), nil
	read("acme/a issues 2024-01-06", "acme/b issues 2024-01-06")
}

// waiting is a feed that waits before it tells.
type waiting struct {
	*told
	wait func(ctx context.Context) error
}

func (f waiting) Pull(ctx context.Context, req source.Pull) error {
	return errors.Join(f.wait(ctx), f.told.Pull(ctx, req))
}

// TestReadUntilItEnds: what a feed read counts from when it ended, whatever goes on beside it: of its own
// name, or another that is cancelled.
func TestReadUntilItEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	st := openStore(t, "")
	var hour atomic.Int64
	clock := func() time.Time { return time.Date(2024, 1, 2, int(hour.Load()), 0, 0, 0, time.UTC) }
	issues := func(stream string) []source.Page { return []source.Page{{Stream: stream, Cursor: "1"}} }
	after := func(stream string, then func()) func(context.Context) error {
		return func(ctx context.Context) error {
			for {
				streams, err := st.Streams(ctx)
				if err != nil {
					return err
				}
				if slices.ContainsFunc(streams, func(s store.Stream) bool { return s.Stream == stream && s.ReadAt.Equal(clock()) }) {
					then()
					return ctx.Err()
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
	a, b, other := &told{name: "forge", pages: issues("a issues")}, &told{name: "forge", pages: issues("b issues")}, &told{name: "other", pages: issues("issues")}
	if _, err := Run(ctx, st, nil, Options{Now: clock, Feeds: []Feed{{Feed: a}, {Feed: b}, {Feed: other}}}); err != nil {
		t.Fatal(err)
	}
	hour.Store(10)
	late := time.AfterFunc(time.Minute, cancel)
	defer late.Stop()
	_, err := Run(ctx, st, nil, Options{Now: clock, Feeds: []Feed{{Feed: a},
		{Feed: waiting{b, after("a issues", func() { hour.Store(11) })}},
		{Feed: waiting{other, after("b issues", func() { hour.Store(18); cancel() })}}}})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	want(t, st, "SELECT stream || ' ' || CAST(EXTRACT(hour FROM read_at) AS varchar) FROM feed_stream ORDER BY 1", "a issues 10\nb issues 11\nissues 0")
}

func want(t *testing.T, st *store.Store, query, expected string) {
	t.Helper()
	if got := strings.Join(selected(t, st, query), "\n"); got != expected {
		t.Errorf("%s: %q, want %q", query, got, expected)
	}
}

// TestPathsSay: of the files of change requests it is kept what rules say of them, and feeds are told
// when the rules are others.
func TestPathsSay(t *testing.T) {
	ctx := context.Background()
	st := openStore(t, "")
	at := time.Date(2024, 1, 2, 3, 0, 0, 0, time.UTC)
	page := source.Page{Stream: "x", Cursor: "1"}
	for n, paths := range [][]string{{"a/go.mod", "go.sum"}, {"go.mod", "main.go"}, {}, nil} {
		page.Delivery.ChangeRequests = append(page.Delivery.ChangeRequests, fact.ChangeRequest{Repository: "acme/api", Number: int64(n), Paths: paths, State: fact.RequestOpen, OpenedAt: at, UpdatedAt: at, Author: fact.Identity{Name: "ann"}})
	}
	forge := &told{name: "forge.example.com", pages: []source.Page{page}}
	opts := Options{Now: func() time.Time { return at }, Feeds: []Feed{{Feed: forge}}, Delivering: Delivering{Subjects: []Rule{{Category: "upgrade", Words: []string{"upgrade"}, Paths: []string{"go.mod", "go.sum"}}}}}
	seen := map[string]bool{}
	for _, rules := range [][]string{{"go.mod", "go.sum"}, {"go.mod", "go.sum"}, {"go.mod"}} {
		opts.Delivering.Subjects[0].Paths = rules
		if _, err := Run(ctx, st, nil, opts); err != nil {
			t.Fatal(err)
		}
		seen[forge.rules] = true
	}
	if len(seen) != 2 || seen[""] {
		t.Errorf("versions of rules: %v", seen)
	}
	want(t, st, "SELECT CAST(number AS varchar) || COALESCE(paths_say, '?') FROM change_request ORDER BY number", "0upgrade\n1\n2\n3?")
	want(t, st, "SELECT CAST(number AS varchar) || subject FROM request_class", "0upgrade")
}
