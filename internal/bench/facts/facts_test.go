package facts

import (
	"context"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

var options = Options{Engineers: 4, Years: 2, Seed: 7, Until: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}

func written(t *testing.T, opts Options) (st *store.Store) {
	t.Helper()
	st, err := duckdb.Open(context.Background(), "", duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() }) //nolint:errcheck // in memory
	if err := New(opts).Write(context.Background(), st, func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
	return st
}

func count(t *testing.T, st *store.Store, query string) (n int64) {
	t.Helper()
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
	return n
}

var tables = []string{"commit", "commit_parent", "trailer", "file_change", "release", "release_commit", "marker_line", "decision_version", "document", "identity", "scope_repository"}

func TestSameSeedSameFacts(t *testing.T) {
	t.Parallel()
	a, b := written(t, options), written(t, options)
	other := options
	other.Seed++
	differs := false
	c := written(t, other)
	for _, table := range tables {
		sum := "SELECT CAST(COALESCE(SUM(hash(t) % 1000003), 0) AS bigint) FROM " + table + " t"
		if x, y := count(t, a, sum), count(t, b, sum); x != y {
			t.Errorf("%s differs between two runs", table)
		}
		differs = differs || count(t, a, sum) != count(t, c, sum)
	}
	if !differs {
		t.Error("another seed gives the same company")
	}
}

// TestProportions: an engineer-year has the promised rows, in the proportions of real histories.
func TestProportions(t *testing.T) {
	t.Parallel()
	st := written(t, options)
	var all int64
	for _, table := range tables {
		n := count(t, st, "SELECT COUNT(*) FROM "+table)
		if all += n; n == 0 {
			t.Errorf("%s is empty", table)
		}
	}
	want := int64(RowsPerEngineerYear * options.Engineers * options.Years)
	if all < want*85/100 || all > want*115/100 {
		t.Errorf("%d rows, want about %d", all, want)
	}
	for _, c := range []struct {
		what      string
		share     string
		low, high int64 // per cent
	}{
		{"merges among commits", "SELECT 100 * COUNT(*) FILTER (WHERE parent_count > 1) // COUNT(*) FROM commit", 10, 35},
		{"commits of branches", "SELECT 100 * COUNT(*) FILTER (WHERE NOT on_main) // COUNT(*) FROM commit", 30, 70},
		{"work by bots", "SELECT 100 * COUNT(*) FILTER (WHERE i.is_bot) // COUNT(*) FROM commit c JOIN identity i ON i.identity_id = c.author_id WHERE c.parent_count < 2", 1, 10},
		{"changes on the tenth of files with most", `SELECT CAST(100 * SUM(n) FILTER (WHERE nth <= files / 10) / SUM(n) AS bigint) FROM (
			SELECT n, ROW_NUMBER() OVER (ORDER BY n DESC) AS nth, COUNT(*) OVER () AS files FROM (SELECT COUNT(*) AS n FROM file_change GROUP BY repo_id, path))`, 35, 85},
	} {
		if n := count(t, st, c.share); n < c.low || n > c.high {
			t.Errorf("%s: %d %%, want %d to %d", c.what, n, c.low, c.high)
		}
	}
}
