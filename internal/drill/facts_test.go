package drill

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// perCommit are the tables whose rows come with a commit.
var perCommit = []string{"commit", "commit_parent", "trailer", "file_change", "marker_line", "commit_uncounted"}

// others are the rest of what a reading stores, but for when it was read.
var others = map[string]string{
	"release": "SELECT * FROM release", "release_commit": "SELECT * FROM release_commit", "debt_marker": "SELECT * FROM debt_marker",
	"decision_version": "SELECT * FROM decision_version", "decision_field": "SELECT * FROM decision_field", "document": "SELECT * FROM document", "file_shape": "SELECT * FROM file_shape",
	"identity": "SELECT * FROM identity", "repository": "SELECT * FROM repository", "scope_repository": "SELECT * FROM scope_repository",
	"skipped": "SELECT * FROM skipped", "stale_repository": "SELECT * FROM stale_repository",
	"location": "SELECT location, repo_id, branch, head_sha, cursor_state, status FROM location",
}

// history is a repository with something of everything.
func history(t testing.TB, commits int) *gittest.Repo {
	t.Helper()
	s := gittest.New(t)
	s.Grow(rand.New(rand.NewPCG(11, 11)), commits)
	s.Git("checkout", "-q", "main")
	s.Save("docs/adr/0001-use-git.md", "# Use git\n\nStatus: accepted\nDeciders: CTO\n")
	s.Save("main.go", "package main\n// TODO first\nfunc main() {}\n")
	s.Write("main.go", "package main\n// HACK second\nfunc main() {}\n")
	s.Commit("Second\n\nReviewed-by: Bob Example <bob@example.com>")
	s.Git("tag", "v1.0", "main~2")
	s.Git("tag", "v1.1", "main~1")
	return s
}

// sync reads a clone into a store in this process.
func syncInto(t testing.TB, st *store.Store, dir string, batch int) []ingest.Result {
	t.Helper()
	results, err := ingest.Run(context.Background(), st, []source.Source{&git.Source{Dir: dir, Now: now, Batch: batch}}, ingest.Options{Now: now})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// readStamp is what a cursor says of the clock.
var readStamp = regexp.MustCompile(`"read":\d+,?`)

// reference is what a reading that nothing disturbed stored.
type reference struct {
	rows   map[string]map[string][]string // table and commit to rows
	others map[string][]string
}

func read(t testing.TB, st *store.Store) reference {
	t.Helper()
	ref := reference{map[string]map[string][]string{}, map[string][]string{}}
	for _, table := range perCommit {
		ref.rows[table] = map[string][]string{}
		for _, row := range selected(t, st, "SELECT sha, * FROM "+table) {
			sha, rest, _ := strings.Cut(row, " | ")
			ref.rows[table][sha] = append(ref.rows[table][sha], rest)
		}
	}
	for table, query := range others {
		ref.others[table] = selected(t, st, query)
	}
	for i, row := range ref.others["location"] {
		ref.others["location"][i] = readStamp.ReplaceAllString(row, "")
	}
	return ref
}

// holds fails unless st has exactly the given commits, with every row of each.
func (ref reference) holds(t testing.TB, st *store.Store, shas map[string]bool) (ok bool) {
	t.Helper()
	ok = true
	got := read(t, st)
	for sha := range shas {
		if n := len(got.rows["commit"][sha]); n != 1 {
			t.Errorf("commit %s was acknowledged, and is there %d times", sha, n)
			return false
		}
	}
	for _, table := range perCommit {
		for sha := range shas {
			if diff := cmp.Diff(ref.rows[table][sha], got.rows[table][sha]); diff != "" {
				t.Errorf("%s of commit %s (-want +got):\n%s", table, sha, diff)
				return false
			}
		}
		for sha := range got.rows[table] {
			if !shas[sha] {
				t.Errorf("%s: rows of commit %s, which was never stored", table, sha)
				return false
			}
		}
	}
	return ok
}

// whole fails unless st has everything.
func (ref reference) whole(t testing.TB, st *store.Store) bool {
	t.Helper()
	return sameRows(t, ref, read(t, st))
}

func sameRows(t testing.TB, want, got reference) bool {
	t.Helper()
	diff := cmp.Diff(want.others, got.others) + cmp.Diff(want.rows, got.rows)
	if diff != "" {
		t.Errorf("undisturbed (-) and disturbed (+):\n%.3000s", diff)
	}
	return diff == ""
}

// selected gives rows as sorted text.
func selected(t testing.TB, st *store.Store, query string) (out []string) {
	t.Helper()
	out, err := attempt(st, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

func attempt(st *store.Store, query string) (out []string, err error) {
	rows, err := st.Query(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // only read
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.Null[any])
		}
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		var f []string
		for _, v := range values {
			switch x := v.(*sql.Null[any]).V.(type) {
			case nil:
				f = append(f, "NULL")
			case time.Time:
				f = append(f, x.UTC().Format(time.RFC3339Nano))
			default:
				f = append(f, fmt.Sprint(x))
			}
		}
		out = append(out, strings.Join(f, " | "))
	}
	slices.Sort(out)
	return out, rows.Err()
}
