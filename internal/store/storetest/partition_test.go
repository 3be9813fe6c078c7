package storetest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/google/go-cmp/cmp"
)

// whole are the tables that are not split by repository.
var whole = []string{"repository", "location", "skipped", "identity", "scope_repository", "stale_repository", "stale_rollup", "stale_release", "rollup_version",
	"feed_stream", "forge_repository", "project", "issue", "issue_transition", "issue_label", "issue_link", "sprint", "sprint_issue", "incident", "incident_link", "scope_project",
	"scope_application", "delivery_version", "issue_finish", "issue_doing", "issue_class", "stale_project", "scope_person"}

// TestPartitions splits the tables by repository, as docs/howto/move-to-postgresql.md
// says: every method works on them as before.
func TestPartitions(t *testing.T) {
	ctx := context.Background()
	address := pgtest.New(t)
	open := func() *store.Store {
		st, err := postgres.Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		return st
	}
	before := open()
	if err := before.PutRepository(ctx, "r", "before", "a"); err != nil {
		t.Fatal(err)
	}
	var views string
	for _, file := range []string{"0002_views.sql", "0005_work_subject.sql"} {
		text, err := os.ReadFile("../migrations/" + file)
		if err != nil {
			t.Fatal(err)
		}
		views += string(text)
	}
	var s strings.Builder
	s.WriteString("SET search_path = diarchy; DROP VIEW decision, change, work;\n")
	for _, table := range store.Tables() {
		if slices.Contains(whole, table) {
			continue
		}
		fmt.Fprintf(&s, "ALTER TABLE %[1]s RENAME TO %[1]s_whole; CREATE TABLE %[1]s (LIKE %[1]s_whole INCLUDING ALL) PARTITION BY HASH (repo_id);\n", table)
		for i := range 4 {
			fmt.Fprintf(&s, "CREATE TABLE %[1]s_%[2]d PARTITION OF %[1]s FOR VALUES WITH (MODULUS 4, REMAINDER %[2]d);\n", table, i)
		}
		fmt.Fprintf(&s, "INSERT INTO %[1]s SELECT * FROM %[1]s_whole; DROP TABLE %[1]s_whole;\n", table)
	}
	pgtest.Exec(t, address, s.String()+views)
	parts, plain := open(), openDuckDB(t)
	for i, s := range allSteps() {
		for _, st := range []*store.Store{parts, plain} {
			got, err := s.run(ctx, st)
			if err != nil {
				t.Fatalf("step %d, %s: %v", i+1, s.method, err)
			}
			if diff := cmp.Diff(s.want, got); diff != "" {
				t.Errorf("step %d, %s (-want +got)\n%s", i+1, s.method, diff)
			}
		}
	}
	if diff := cmp.Diff(tables(t, plain), tables(t, parts)); diff != "" {
		t.Errorf("(-duckdb +partitions)\n%s", diff)
	}
	if diff := cmp.Diff(measured(t, plain, lastDay), measured(t, parts, lastDay)); diff != "" {
		t.Errorf("metrics (-duckdb +partitions)\n%s", diff)
	}
	if diff := cmp.Diff(rolled(t, plain, lastDay), rolled(t, parts, lastDay)); diff != "" {
		t.Errorf("metrics from rollups (-duckdb +partitions)\n%s", diff)
	}
}
