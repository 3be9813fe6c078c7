package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var (
	day = func(n int) time.Time { return time.Date(2024, 1, n, 10, 30, 0, 123456000, time.UTC) }
	ann = fact.Identity{Name: "Ann Ångström", Email: "ann@example.com"}
	bob = fact.Identity{Name: "bob", Email: "bob@example.com"}
)

func commit(sha string, at int, by fact.Identity, parents ...string) fact.Commit {
	return fact.Commit{SHA: sha, Parents: parents, Author: by, Committer: by, AuthoredAt: day(at), AuthorZone: -90, CommittedAt: day(at), Subject: "it's " + sha,
		Landing: fact.Landing{Ordinal: int64(at), OnMain: true, Change: sha, At: day(at)}}
}

// step is one use of a store and what it must give.
type step struct {
	method string
	run    func(ctx context.Context, st *store.Store) (any, error)
	want   any
}

// none is a step that only must not fail.
func none(method string, run func(context.Context, *store.Store) error) step {
	return step{method, func(ctx context.Context, st *store.Store) (any, error) { return nil, run(ctx, st) }, nil}
}

// query is a step that reads; its values are separated by spaces.
func query(statement string, want ...string) step {
	return step{"Query", func(ctx context.Context, st *store.Store) (any, error) {
		var out []string
		err := scan(ctx, st, func(row []string) { out = append(out, strings.Join(row, " ")) }, statement)
		return out, err
	}, want}
}

// commitsOfPeople is a rollup as the metrics have them: dates, text and numbers.
var commitsOfPeople = []store.Rollup{{Table: "person_merge", Statement: `SELECT c.repo_id, i.person_id, CAST(date_trunc('quarter', c.landed_at) AS date) AS quarter_on, COUNT(*) AS changes
	FROM commit c JOIN identity i ON i.identity_id = c.author_id GROUP BY 1, 2, 3`}}

// steps use every method of a store, one after the other.
func steps() []step {
	a, b, c := commit("a", 1, ann), commit("b", 2, bob, "a"), commit("c", 3, ann, "b")
	a.Changes = []fact.FileChange{{Path: "x.go", Kind: fact.Added, Added: 10, Category: fact.Code}, {Path: "Y.go", Kind: fact.Added, Added: 5, Category: fact.Code}, {Path: "logo.png", Kind: fact.Added, Added: fact.Uncounted, Deleted: fact.Uncounted, Binary: true}}
	a.MarkerLines = []fact.MarkerLine{{Path: "x.go", Kind: "todo", Text: "TODO: ünïcode", Added: true}}
	b.Changes = []fact.FileChange{{Path: "z.go", OldPath: "x.go", Kind: fact.Renamed, Added: 3, Deleted: 2, Category: fact.Code}}
	b.Trailers = []fact.Trailer{{Key: "reviewed-by", Identity: ann}}
	b.CountsOmitted, b.DateSuspect = true, true
	c.IsBoundary = true
	brought := commit("m", 5, ann, "c")
	people := func(of []store.Person) (out []string) {
		for _, p := range of {
			out = append(out, fmt.Sprint(p.Identity.Name, " is ", p.PersonID == store.IdentityID(ann), p.IsBot, p.Reason))
		}
		sort.Strings(out)
		return out
	}
	return append(deliverySteps(), []step{
		none("Claim", func(ctx context.Context, st *store.Store) error {
			release, err := st.Claim(ctx)
			if err != nil {
				return err
			}
			defer release()
			if _, err := st.Claim(ctx); err == nil {
				return errors.New("claimed twice")
			}
			return st.PutRepository(ctx, "r", "before", "a")
		}),
		none("PutRepository", func(ctx context.Context, st *store.Store) error { return st.PutRepository(ctx, "r", "repo", "a") }),
		none("PutLocation", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.PutLocation(ctx, store.Location{Location: "/é", RepoID: "r", Name: "repo", Branch: "main", Head: "c", Status: "ok", Notes: []string{"one", "two"}, ReadAt: day(9)}),
				st.PutLocation(ctx, store.Location{Location: "/Z", RepoID: "r", Name: "repo", Status: "ok", ReadAt: day(9)}))
		}),
		none("Write", func(ctx context.Context, st *store.Store) error {
			return st.Write(ctx, store.Batch{RepoID: "r", Location: "/é", Cursor: "1", Commits: []fact.Commit{a, b, c},
				Releases:  []fact.Release{{Tag: "v1", SHA: "b", At: day(2), Contains: []string{"a", "b"}}, {Tag: "V0", SHA: "b", At: day(2), Contains: []string{"a"}}, {Tag: "v2-rc", SHA: "c", At: day(3), PreRelease: true, Contains: []string{"c"}}},
				Documents: []fact.Document{{Path: "README.md", Kind: fact.Runbook}}, Decisions: []fact.DecisionVersion{{Path: "adr/1.md", SHA: "a", Title: "T", Status: "proposed", Fields: []fact.DecisionField{{Kind: fact.DecisionDecider, Value: "CTO"}}}},
				Skipped: []fact.Skipped{{What: "release x", Why: "b", Count: 2}, {What: "release x", Why: "B", Count: 3}}})
		}),
		{"Locations", func(ctx context.Context, st *store.Store) (any, error) { return st.Locations(ctx) }, []store.Location{
			{Location: "/Z", RepoID: "r", Name: "repo", Status: "ok", ReadAt: day(9)},
			{Location: "/é", RepoID: "r", Name: "repo", Branch: "main", Head: "c", Cursor: "1", Status: "ok", Notes: []string{"one", "two"}, ReadAt: day(9)}}},
		{"Known", func(ctx context.Context, st *store.Store) (any, error) { return st.Known(ctx, "r") }, map[string]bool{"a": true, "b": true, "c": false}},
		{"Releases", func(ctx context.Context, st *store.Store) (any, error) { return st.Releases(ctx, "r") }, map[string]string{"v1": "b", "V0": "b", "v2-rc": "c"}},
		query("SELECT sha, tag FROM release_commit ORDER BY sha", "a V0", "b v1"), // of equal age, the first in the order of bytes
		{"Landed", func(ctx context.Context, st *store.Store) (any, error) { return st.Landed(ctx, "r", "b") }, day(2)},
		{"HoldingCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.HoldingCommit(ctx, "b") }, []string{"r"}},
		{"HoldingCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.HoldingCommit(ctx, "x") }, []string(nil)},
		{"MostChanged", func(ctx context.Context, st *store.Store) (any, error) { return st.MostChanged(ctx, "r", 3) }, []string{"x.go", "Y.go", "z.go"}},
		{"OutdatedDecisions", func(ctx context.Context, st *store.Store) (any, error) { return st.OutdatedDecisions(ctx, "r") }, []fact.DecisionVersion(nil)},
		none("MakeStale", func(ctx context.Context, st *store.Store) error { return st.MakeStale(ctx) }),
		{"OutdatedDecisions", func(ctx context.Context, st *store.Store) (any, error) { return st.OutdatedDecisions(ctx, "r") }, []fact.DecisionVersion{{Path: "adr/1.md", SHA: "a"}}},
		none("ReplaceDecisions", func(ctx context.Context, st *store.Store) error {
			return st.ReplaceDecisions(ctx, "r", []fact.DecisionVersion{{Path: "adr/1.md", SHA: "a", Title: "Ü", Status: "accepted", Fields: []fact.DecisionField{{Kind: fact.DecisionDecider, Value: "VPE"}, {Kind: fact.DecisionTag, Value: "é"}}}})
		}),
		{"OutdatedDecisions", func(ctx context.Context, st *store.Store) (any, error) { return st.OutdatedDecisions(ctx, "r") }, []fact.DecisionVersion(nil)},
		query("SELECT v.title, f.kind, f.stated FROM decision_version v JOIN decision_field f ON f.repo_id = v.repo_id AND f.path = v.path AND f.sha = v.sha ORDER BY f.position", "Ü decider VPE", "Ü tag é"),
		{"Stale", func(ctx context.Context, st *store.Store) (any, error) { return st.Stale(ctx) }, []string{"r"}},
		{"Marked", func(ctx context.Context, st *store.Store) (any, error) { return st.Marked(ctx, "r") }, []fact.Commit{
			{SHA: "a", Landing: fact.Landing{Change: "a"}, Changes: []fact.FileChange{{Path: "x.go", Kind: fact.Added}}, MarkerLines: a.MarkerLines}, {SHA: "b", Landing: fact.Landing{Change: "b"}, Changes: []fact.FileChange{{Path: "z.go", OldPath: "x.go", Kind: fact.Renamed}}}}},
		{"Graph", func(ctx context.Context, st *store.Store) (any, error) { return st.Graph(ctx, "r") }, []fact.Commit{
			{SHA: "a", Landing: fact.Landing{At: day(1)}}, {SHA: "b", Parents: []string{"a"}, Landing: fact.Landing{At: day(2)}}, {SHA: "c", Parents: []string{"b"}, Landing: fact.Landing{At: day(3)}}}},
		none("PutOrder", func(ctx context.Context, st *store.Store) error {
			return st.PutOrder(ctx, "r", []string{"c", "b", "a"})
		}),
		{"Skipped", func(ctx context.Context, st *store.Store) (any, error) { return st.Skipped(ctx) }, map[string][]fact.Skipped{
			"/Z": {{What: "dates", Why: "clocks before 1980 or in the future, as in commit b; the time of the commit before is used", Count: 1}, {What: "line counts", Why: "contents are missing or damaged, as in commit b", Count: 1}},
			"/é": {{What: "dates", Why: "clocks before 1980 or in the future, as in commit b; the time of the commit before is used", Count: 1}, {What: "line counts", Why: "contents are missing or damaged, as in commit b", Count: 1}, {What: "release x", Why: "B", Count: 5}}}},
		none("ClearSkipped", func(ctx context.Context, st *store.Store) error { return st.ClearSkipped(ctx, "/é") }),
		{"Identities", func(ctx context.Context, st *store.Store) (any, error) {
			p, err := st.Identities(ctx)
			return people(p), err
		}, []string{"Ann Ångström is true false", "bob is false false"}},
		{"PutIdentities", func(ctx context.Context, st *store.Store) (any, error) {
			p, err := st.Identities(ctx)
			if err != nil {
				return nil, err
			}
			for i := range p {
				p[i].PersonID, p[i].IsBot, p[i].Reason = store.IdentityID(ann), p[i].Identity == bob, "said"
			}
			if err := st.PutIdentities(ctx, p); err != nil {
				return nil, err
			}
			p, err = st.Identities(ctx)
			return people(p), err
		}, []string{"Ann Ångström is true falsesaid", "bob is true truesaid"}},
		none("PutScopes", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.PutScopes(ctx, []store.Scope{{Name: "old", Repos: []store.Belonging{{ID: "r"}}}}), st.PutScopes(ctx, []store.Scope{{Name: "company", Repos: []store.Belonging{{ID: "r"}}}}))
		}),
		none("PutDerived", func(ctx context.Context, st *store.Store) error {
			for range 2 { // the second replaces the first
				if err := st.PutDerived(ctx, "r", []fact.DebtMarker{{InSHA: "a", Path: "x.go", Kind: "todo", Text: "TODO", OutSHA: "c"}}, []fact.FileShape{{Path: "x.go", Language: "Go", Lines: 9, Complexity: 2, Blob: "1:é"}}); err != nil {
					return err
				}
			}
			return nil
		}),
		{"Shapes", func(ctx context.Context, st *store.Store) (any, error) { return st.Shapes(ctx, "r") }, []fact.FileShape{{Path: "x.go", Language: "Go", Lines: 9, Complexity: 2, Blob: "1:é"}}},
		{"StaleRollups", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleRollups(ctx, commitsOfPeople) }, [][]string{{"r"}}},
		none("PutRollups", func(ctx context.Context, st *store.Store) error {
			for range 2 { // the second replaces the first
				if err := st.PutRollups(ctx, []string{"r"}, commitsOfPeople); err != nil {
					return err
				}
			}
			return nil
		}),
		query("SELECT repo_id, person_id > 0, quarter_on, changes FROM person_merge", "r true 2024-01-01 3"),
		{"StaleRollups", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleRollups(ctx, commitsOfPeople) }, [][]string(nil)},
		{"StaleRollups", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleRollups(ctx, nil) }, [][]string{{"r"}}}, // made by others
		none("MakeStale", func(ctx context.Context, st *store.Store) error { return st.MakeStale(ctx) }),
		{"Stale", func(ctx context.Context, st *store.Store) (any, error) { return st.Stale(ctx) }, []string{"r"}},
		none("Write", func(ctx context.Context, st *store.Store) error { // a merge brings b and c; c goes; a tag moves, another goes
			return st.Write(ctx, store.Batch{RepoID: "r", Location: "/Z", Cursor: "2", Commits: []fact.Commit{brought}, Removed: []string{"c"}, Rereads: true,
				Relanded: map[string]fact.Landing{"a": {Ordinal: 7, OnMain: true, Change: "a", At: day(8)}, "b": {Ordinal: 1, OnMain: true, Change: "B", At: day(2)}},
				Releases: []fact.Release{{Tag: "v1", SHA: "m", At: day(5), Contains: []string{"m"}}}, Untagged: []string{"V0"}, Retagged: true})
		}),
		none("Write", func(ctx context.Context, st *store.Store) error {
			return st.Write(ctx, store.Batch{RepoID: "r", Location: "/Z", Cursor: "3", Corrects: true, Relanded: map[string]fact.Landing{"a": {Ordinal: 7, OnMain: true, Change: "m", At: day(5)}}})
		}),
		query("SELECT sha, reading_order, on_main, change_sha, CAST(landed_at AS date) FROM commit ORDER BY sha", "a 7 true m 2024-01-05", "b 1 true B 2024-01-02", "m 5 true m 2024-01-05"),
		query("SELECT tag, sha FROM release ORDER BY tag", "v1 m", "v2-rc c"),
		query("SELECT sha, tag FROM release_commit ORDER BY sha", "m v1"),
		query("SELECT location, cursor_state FROM location ORDER BY location", "/Z 3", "/é "),
		none("Settle", func(ctx context.Context, st *store.Store) error { return st.Settle(ctx) }),
		{"Held", func(ctx context.Context, st *store.Store) (any, error) {
			held, err := st.Held(ctx)
			return fmt.Sprint(held["r"].Name, " ", held["r"].Commits, " ", held["r"].Newest.Time.UTC().Format(time.DateOnly)), err
		}, "repo 3 2024-01-05"},
		{"Check", func(ctx context.Context, st *store.Store) (any, error) {
			faults, err := st.Check(ctx, func(string) string { return "" })
			var out []string
			for _, f := range faults {
				out = append(out, fmt.Sprint(f.RepoID, " ", f.Count, " ", f.What))
			}
			sort.Strings(out)
			return out, err
		}, []string{"r 1 commits lack a parent, which was read before them"}}, // m is of c, which is gone
		none("Forget", func(ctx context.Context, st *store.Store) error { return st.Forget(ctx, "r") }),
		query("SELECT COUNT(*) FROM commit", "0"),
		query("SELECT COUNT(*) FROM file_change", "0"),
		none("Seal", func(ctx context.Context, st *store.Store) error {
			return st.Seal(ctx, store.Seal{By: "test", At: day(9), Sums: []store.Sum{{Table: "commit", Rows: 3, Checksum: 255}}})
		}),
		query("SELECT table_name, row_count, checksum, made_by FROM backup", "commit 3 ff test"),
	}...)
}

// allSteps are those of clones, then those of what deliveries are worked out of, then those
// that take a person out.
func allSteps() []step { return slices.Concat(steps(), deliverSteps(), concealSteps()) }

// TestEveryMethod goes through all methods of a store on every database, and compares
// what is then stored, row by row.
func TestEveryMethod(t *testing.T) {
	var used []string
	left := map[string]map[string][][]string{}
	for _, e := range Engines() {
		t.Run(e.Name, func(t *testing.T) {
			st := e.Open(t)
			for i, s := range allSteps() {
				got, err := s.run(context.Background(), st)
				if err != nil {
					t.Fatalf("step %d, %s: %v", i+1, s.method, err)
				}
				if diff := cmp.Diff(s.want, got); diff != "" {
					t.Errorf("step %d, %s (-want +got)\n%s", i+1, s.method, diff)
				}
				used = append(used, s.method)
			}
			left[e.Name] = tables(t, st)
		})
	}
	for m := range reflect.TypeFor[*store.Store]().Methods() {
		if !slices.Contains(used, m.Name) && m.Name != "Close" { // every test closes
			t.Errorf("no step uses %s", m.Name)
		}
	}
	compare(t, left)
}

// tables are the rows of all tables, in the order of their text.
func tables(t testing.TB, st *store.Store) map[string][][]string {
	t.Helper()
	out := map[string][][]string{}
	for _, table := range store.Tables() {
		rows := Rows(t, st, "SELECT * FROM "+table)
		slices.SortFunc(rows, slices.Compare)
		out[table] = rows
	}
	return out
}

// compare finds what differs between databases. Those that were skipped are not there.
func compare(t *testing.T, by map[string]map[string][][]string) {
	t.Helper()
	want := by["duckdb"]
	for name, got := range by {
		for what := range want {
			if diff := cmp.Diff(want[what], got[what]); diff != "" {
				t.Errorf("%s differs (-duckdb +%s):\n%.4000s", what, name, diff)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %d kinds of rows, duckdb %d", name, len(got), len(want))
		}
	}
}

// TestTables: the list is that of the schema.
func TestTables(t *testing.T) {
	for _, e := range Engines() {
		t.Run(e.Name, func(t *testing.T) {
			var got []string
			for _, r := range Rows(t, e.Open(t), "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'schema_migration'") {
				got = append(got, r[0])
			}
			want := slices.Sorted(slices.Values(store.Tables()))
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-store.Tables +schema)\n%s", diff)
			}
		})
	}
}
