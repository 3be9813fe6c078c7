package ingest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/google/go-cmp/cmp"
)

// now is when the tests read: after every commit that they make.
func now() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func openStore(t testing.TB, path string) *store.Store {
	t.Helper()
	st, err := duckdb.Open(context.Background(), path, duckdb.Options{MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() }) //nolint:errcheck // read only by now
	return st
}

func sourcesOf(dirs ...string) (out []source.Source) {
	for _, d := range dirs {
		out = append(out, &git.Source{Dir: d, Now: now})
	}
	return out
}

// readAll reads clones into a store and fails when one of them fails.
func readAll(t testing.TB, st *store.Store, dirs ...string) []Result {
	t.Helper()
	results, err := Run(context.Background(), st, sourcesOf(dirs...), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Fatalf("%s: %v", r.Place.Location, r.Err)
		}
	}
	return results
}

// queries give every fact of a store that does not say how it came there.
var queries = map[string]string{
	"commit": "SELECT * FROM commit", "commit_parent": "SELECT * FROM commit_parent", "trailer": "SELECT * FROM trailer",
	"file_change": "SELECT * FROM file_change", "release": "SELECT * FROM release", "release_commit": "SELECT * FROM release_commit",
	"debt_marker": "SELECT * FROM debt_marker", "decision_version": "SELECT * FROM decision_version", "decision_field": "SELECT * FROM decision_field", "document": "SELECT * FROM document",
	"file_shape": "SELECT * FROM file_shape", "scope_repository": "SELECT * FROM scope_repository", "marker_line": "SELECT * FROM marker_line",
	"commit_uncounted": "SELECT * FROM commit_uncounted", "stale_repository": "SELECT * FROM stale_repository",
	"repository": "SELECT repo_id, name FROM repository",
	"skipped":    "SELECT location, what, SUM(n) FROM skipped GROUP BY ALL",
	"location":   "SELECT location, repo_id, head_sha, branch, status FROM location",
	// those whom removed commits named stay
	"identity": `SELECT * FROM identity WHERE identity_id IN (SELECT author_id FROM commit UNION SELECT committer_id FROM commit UNION SELECT identity_id FROM trailer)`,
}

// facts are the rows of every table, sorted. A repository's id is the first commit
// that was seen of it; it reads "repo" here.
func facts(t testing.TB, st *store.Store) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for table, query := range queries {
		rows := selected(t, st, query)
		sort.Strings(rows)
		out[table] = rows
	}
	ids := selected(t, st, "SELECT repo_id FROM repository")
	if len(ids) == 1 {
		for table, rows := range out {
			for i := range rows {
				switch table {
				case "commit", "commit_parent", "trailer", "file_change", "release", "release_commit", "debt_marker", "decision_version", "decision_field", "document", "file_shape", "marker_line", "repository":
					rows[i] = "repo" + strings.TrimPrefix(rows[i], ids[0])
				case "scope_repository", "location":
					rows[i] = strings.Replace(rows[i], ids[0], "repo", 1)
				}
			}
		}
	}
	return out
}

func selected(t testing.TB, st *store.Store, query string) (out []string) {
	t.Helper()
	rows, err := st.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // only read
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.Null[any])
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var f []string
		for _, v := range values {
			switch n := v.(*sql.Null[any]); x := n.V.(type) {
			case nil:
				f = append(f, "NULL")
			case time.Time:
				f = append(f, x.UTC().Format(time.RFC3339))
			default:
				f = append(f, fmt.Sprint(x))
			}
		}
		out = append(out, strings.Join(f, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// likeFresh compares a store with one that reads the same clones from the beginning.
func likeFresh(t testing.TB, st *store.Store, dirs ...string) {
	t.Helper()
	fresh := openStore(t, "")
	readAll(t, fresh, dirs...)
	same(t, facts(t, fresh), facts(t, st))
	if stale := selected(t, st, "SELECT * FROM stale_repository"); len(stale) > 0 {
		t.Errorf("stale: %v", stale)
	}
	bad := selected(t, st, `SELECT p.sha, p.parent_sha FROM commit_parent p JOIN commit c ON c.repo_id = p.repo_id AND c.sha = p.sha
		JOIN commit q ON q.repo_id = p.repo_id AND q.sha = p.parent_sha WHERE q.reading_order >= c.reading_order`)
	if len(bad) > 0 {
		t.Errorf("children before parents: %v", bad)
	}
}

func same(t testing.TB, want, got map[string][]string) {
	t.Helper()
	for table := range queries {
		if diff := cmp.Diff(want[table], got[table]); diff != "" {
			t.Errorf("%s: a fresh reading (-) and this one (+):\n%s", table, diff)
		}
	}
}

// clone makes another clone of a repository: bare when asked.
func clone(t testing.TB, s *gittest.Repo, args ...string) *gittest.Repo {
	t.Helper()
	other := *s
	other.Dir = t.TempDir() + "/other"
	if err := os.Mkdir(other.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.Git(append(append([]string{"-c", "protocol.file.allow=always", "clone", "-q"}, args...), "file://"+s.Dir, other.Dir)...)
	return &other
}
