package app_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/demo"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Over a whole company, metrics say the same from rollups as from facts: after the first
// reading, after commits were added and history was rewritten, after people were joined
// and parted, and after rollups were spoiled and made again.
func TestRollupsFollowTheFacts(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	dir := filepath.Join(t.TempDir(), "company")
	if _, err := demo.Make(context.Background(), dir, demo.SmallTroubled(), "git"); err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(t.TempDir(), "facts.duckdb")
	sync := func(args ...string) {
		t.Helper()
		if r := h.run(append([]string{"sync", "--workspace", dir, "--database", database, "--quiet"}, args...)...); r.code != 0 {
			t.Fatalf("sync: %d\n%s%s", r.code, r.out, r.err)
		}
	}
	looks := 0
	check := func(what string) {
		t.Helper()
		if bad := unlike(t, dir, database, looks); len(bad) > 0 {
			t.Errorf("%s: rollups and facts differ in %v", what, bad)
		}
		looks++
	}
	sync()
	check("first reading")

	repos, err := filepath.Glob(filepath.Join(dir, "repos", "*.git"))
	if err != nil || len(repos) == 0 {
		t.Fatal(repos, err)
	}
	repo := repos[0]
	tree := strings.TrimSpace(git(t, repo, "rev-parse", "main^{tree}"))
	added := strings.TrimSpace(gitAt(t, repo, "2026-06-20T10:00:00Z", "commit-tree", tree, "-p", "main", "-m", "Revert \"something\""))
	git(t, repo, "update-ref", "refs/heads/main", added)
	sync()
	check("a commit was added")

	git(t, repo, "update-ref", "refs/heads/main", "main~15")
	sync()
	check("history was rewritten")

	document := filepath.Join(dir, "diarchy.yaml")
	before, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	a, b := twoPeople(t, database)
	if strings.Contains(string(before), "\nidentities:") {
		t.Fatal("the company's document has identities already")
	}
	if err := os.WriteFile(document, append(slices.Clone(before), "\nidentities:\n  merge:\n    - of: ["+a+", "+b+"]\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	people := distinctPeople(t, database)
	sync()
	if n := distinctPeople(t, database); n != people-1 {
		t.Errorf("%d people after two were joined, %d before", n, people)
	}
	check("people were joined")
	if err := os.WriteFile(document, before, 0o600); err != nil {
		t.Fatal(err)
	}
	sync()
	if n := distinctPeople(t, database); n != people {
		t.Errorf("%d people after they were parted, %d before", n, people)
	}
	check("people were parted")

	run(t, database, "DELETE FROM person_week")
	run(t, database, "UPDATE repository_day SET commits = commits + 1, markers_in = 7")
	run(t, database, "DELETE FROM debt_marker")
	if len(unlike(t, dir, database, looks)) == 0 {
		t.Error("spoiled rollups are not found out")
	}
	sync("--rebuild")
	check("made again")
	if n := count(t, database, "SELECT COUNT(*) FROM debt_marker"); n == 0 {
		t.Error("debts were not made again")
	}
}

func opened(t *testing.T, database string) *store.Store {
	t.Helper()
	st, err := duckdb.Open(context.Background(), database, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func run(t *testing.T, database, statement string) {
	t.Helper()
	count(t, database, statement)
}

func count(t *testing.T, database, query string) (n int) {
	t.Helper()
	st := opened(t, database)
	defer st.Close()
	rows, err := st.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func distinctPeople(t *testing.T, database string) int {
	t.Helper()
	return count(t, database, "SELECT COUNT(DISTINCT person_id) FROM person_week")
}

// twoPeople gives the addresses of two people who wrote much.
func twoPeople(t *testing.T, database string) (a, b string) {
	t.Helper()
	st := opened(t, database)
	defer st.Close()
	rows, err := st.Query(context.Background(), `SELECT MIN(i.email) FROM work w JOIN identity i ON i.person_id = w.person_id AND i.identity_id = w.person_id
		GROUP BY w.person_id ORDER BY COUNT(*) DESC, 1 LIMIT 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		a = b
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
	}
	if a == "" {
		t.Fatal("there are no two people")
	}
	return a, b
}

// unlike names the metrics that say something else from rollups than from facts: for the
// company, and in turn for a team and a repository, at one of two dates in turn.
func unlike(t *testing.T, dir, database string, look int) (bad []string) {
	t.Helper()
	ctx := context.Background()
	doc, err := workspace.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	calendar := metric.Calendar{Zone: doc.Company.TimeZone.String(), WeekStart: strings.ToLower(doc.Company.WeekStart.String())}
	defs, err := metric.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	st := opened(t, database)
	defer st.Close()
	asOf := []time.Time{time.Date(2026, 7, 1, 0, 0, 0, 0, doc.Company.TimeZone), time.Date(2025, 11, 5, 15, 30, 0, 0, time.UTC)}[look%2]
	scopes := scopesOf(t, st)
	for _, scope := range []string{scopes[0], scopes[1+look/2%(len(scopes)-1)]} {
		rolled := metric.Evaluator{Reader: st, Scope: scope, AsOf: asOf, Calendar: calendar, Rolled: true}
		raw := rolled
		raw.Rolled = false
		for _, d := range defs {
			x, err := rolled.Evaluate(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			y, err := raw.Evaluate(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			options := cmp.Options{cmpopts.EquateApprox(1e-12, 0), cmpopts.EquateNaNs(), cmpopts.IgnoreFields(metric.Series{}, "Metric", "Zone")}
			if !cmp.Equal(x, y, options) {
				bad = append(bad, d.Name+" of "+scope+" at "+asOf.Format(time.DateOnly))
			}
		}
	}
	return bad
}

// scopesOf are the company first, a team and a repository.
func scopesOf(t *testing.T, st *store.Store) []string {
	t.Helper()
	rows, err := st.Query(context.Background(), "SELECT MIN(scope) FROM scope_repository GROUP BY substr(scope, 1, 4) ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if len(out) < 2 {
		t.Fatalf("scopes %v", out)
	}
	return out
}
