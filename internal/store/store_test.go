package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/duckdb/duckdb-go/v2"
)

// engine loads row by row: that is all these tests need.
type engine struct{ fail bool }

func (engine) Name() string { return "duckdb" }
func (e *engine) Bulk(ctx context.Context, conn *sql.Conn, table string, rows [][]any) error {
	if e.fail && table == "file_change" {
		return errors.New("disk full")
	}
	for _, row := range rows {
		marks := make([]string, len(row))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO "+table+" VALUES ("+strings.Join(marks, ", ")+")", row...); err != nil {
			return err
		}
	}
	return nil
}
func (engine) Settle(context.Context, *sql.Conn) error  { return nil }
func (engine) Claim(context.Context, *sql.Conn) error   { return nil }
func (engine) Release(context.Context, *sql.Conn) error { return nil }
func (engine) Snapshot() string                         { return "BEGIN" }
func (engine) Migrations() fs.FS                        { return nil }

func open(t *testing.T) (*Store, *engine) {
	t.Helper()
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{}
	st, err := Open(context.Background(), sql.OpenDB(connector), e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() }) //nolint:errcheck // in memory
	return st, e
}

// total counts the rows of tables.
func total(t *testing.T, st *Store, tables ...string) (n int) {
	t.Helper()
	for _, table := range tables {
		var k int
		if err := st.db.QueryRowContext(context.Background(), "SELECT COUNT(*) FROM "+table).Scan(&k); err != nil {
			t.Fatal(err)
		}
		n += k
	}
	return n
}

func TestWriteIsAllOrNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	st, _ := open(t)
	if err := st.PutRepository(ctx, "r", "r", "root"); err != nil {
		t.Fatal(err)
	}
	err := st.write(ctx, func(t *tx) {
		t.exec("INSERT INTO repository VALUES ('a', 'a', 'a')")
		t.exec("INSERT INTO repository VALUES ('r', 'twice', 'x')")
		t.exec("INSERT INTO repository VALUES ('b', 'b', 'b')")
	})
	if err == nil || !strings.Contains(err.Error(), "INSERT INTO repository") {
		t.Errorf("error %v", err)
	}
	if n := total(t, st, "repository"); n != 1 {
		t.Errorf("%d repositories", n)
	}
	stop, cancel := context.WithCancel(ctx)
	err = st.write(stop, func(t *tx) {
		t.exec("INSERT INTO repository VALUES ('a', 'a', 'a')")
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := total(t, st, "repository"); n != 1 {
		t.Errorf("cancelled: %d repositories", n)
	}
	if err := st.PutRepository(ctx, "s", "s", "s"); err != nil {
		t.Errorf("after failures: %v", err)
	}
}

func batch() Batch {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	ann := fact.Identity{Name: "Ann", Email: "ann@example.com"}
	return Batch{RepoID: "r", Location: "/r", Cursor: "1", Commits: []fact.Commit{{SHA: "c1", Parents: []string{"c0"}, Author: ann, Committer: ann, AuthoredAt: at, CommittedAt: at,
		Landing: fact.Landing{OnMain: true, Change: "c1", At: at}, Changes: []fact.FileChange{{Path: "a", Kind: fact.Added, Added: fact.Uncounted, Deleted: fact.Uncounted}},
		MarkerLines: []fact.MarkerLine{{Path: "a", Kind: "todo", Text: "TODO", Added: true}}, Trailers: []fact.Trailer{{Key: "reviewed-by", Identity: ann}}, CountsOmitted: true}},
		Releases: []fact.Release{{Tag: "v1", SHA: "c1", At: at, Contains: []string{"c1", "c0"}}}, Documents: []fact.Document{{Path: "a", Kind: fact.Runbook}},
		Decisions: []fact.DecisionVersion{{Path: "a", SHA: "c1", Fields: []fact.DecisionField{{Kind: fact.DecisionTag, Value: "x"}}}}, Skipped: []fact.Skipped{{What: "x", Count: 1}}}
}

var factTables = []string{"commit", "commit_parent", "trailer", "file_change", "marker_line", "commit_uncounted", "release", "release_commit", "document", "decision_version", "decision_field", "skipped", "identity"}

// TestBatchIsAllOrNothing: rows and the cursor that covers them go together.
func TestBatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	st, e := open(t)
	if err := st.PutLocation(ctx, Location{Location: "/r", RepoID: "r", Status: "ok"}); err != nil {
		t.Fatal(err)
	}
	cursor := func() string {
		l, err := st.Locations(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return l[0].Cursor
	}
	e.fail = true
	if err := st.Write(ctx, batch()); err == nil {
		t.Error("no error")
	}
	if n := total(t, st, factTables...); n != 0 || cursor() != "" {
		t.Errorf("%d rows, cursor %q after a failure", n, cursor())
	}
	e.fail = false
	if err := st.Write(ctx, batch()); err != nil {
		t.Fatal(err)
	}
	if n := total(t, st, factTables...); n != 14 || cursor() != "1" {
		t.Errorf("%d rows, cursor %q", n, cursor())
	}
	again := batch()
	again.Cursor = "2"
	if err := st.Write(ctx, again); err == nil {
		t.Error("one commit twice")
	}
	if n := total(t, st, factTables...); n != 14 || cursor() != "1" {
		t.Errorf("%d rows, cursor %q after a second write", n, cursor())
	}
	if err := st.Write(ctx, Batch{RepoID: "r", Location: "/r", Removed: []string{"c1"}, Untagged: []string{"v1"}}); err != nil {
		t.Fatal(err)
	}
	if n := total(t, st, factTables...); n != 2 { // the identity, and what was skipped
		t.Errorf("%d rows after all was removed", n)
	}
}

// TestForeignSchemaIsRefused: what another version made otherwise is not guessed at.
func TestForeignSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ statement, want string }{
		"newer":     {"INSERT INTO schema_migration VALUES ('0099_future.sql', 'x', now())", "0099_future.sql"},
		"different": {"UPDATE schema_migration SET checksum = 'x' WHERE name = '0002_views.sql'", "0002_views.sql"},
		"older":     {"CREATE TABLE schema_version (version integer)", "before migrations were checked"},
	} {
		t.Run(name, func(t *testing.T) {
			st, e := open(t)
			if _, err := st.db.Exec(c.statement); err != nil {
				t.Fatal(err)
			}
			_, err := Open(context.Background(), st.db, e)
			if !errors.Is(err, problem.Invalid) || problem.Hint(err) == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}
