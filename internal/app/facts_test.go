package app_test

import (
	"context"
	"encoding/csv"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// internalTables are those that hold no facts.
var internalTables = []string{"schema_migration", "stale_repository", "stale_rollup", "stale_release", "rollup_version",
	"repository_day", "person_week", "person_day", "person_change", "person_written_day", "person_merge", "person_review", // made of facts, and can be made again
	"release_wait", "debt_life", "document_change", "decision_moment", "source_change", "source_holder", "source_churn", "source_hotspot", "release_version",
	"request_stage", "person_request_review", "stale_delivery", "stale_project", "delivery_version", "feed_stream"}

// rows streams a table and returns it without its header, and its columns by name.
func (h home) rows(table string, args ...string) ([][]string, map[string]int) {
	h.t.Helper()
	r := h.run(append([]string{"facts", table}, args...)...)
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	if err != nil || len(rows) == 0 {
		h.t.Fatalf("facts %s: status %d, %v\n%s", table, r.code, err, r.err)
	}
	columns := map[string]int{}
	for i, name := range rows[0] {
		columns[name] = i
	}
	return rows[1:], columns
}

func TestEveryTableOfFactsIsStreamed(t *testing.T) {
	h := newHome(t)
	repo, file := smallRepo(t), filepath.Join(t.TempDir(), "facts.duckdb")
	if r := h.run("sync", repo, "--database", file); r.code != 0 {
		t.Fatal(r.err)
	}
	st, err := duckdb.Open(context.Background(), file, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := st.Query(context.Background(), "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if found.Close(); len(names) < 15 {
		t.Fatalf("only %v", names)
	}
	st.Close()
	for _, name := range names {
		if slices.Contains(internalTables, name) {
			continue
		}
		if _, columns := h.rows(name, repo, "--database", file); columns["cursor_state"] != 0 {
			t.Errorf("%s shows the cursor", name)
		}
	}
}

// Names of files are the text of others: none is a formula to whoever opens the rows.
func TestFactsAreNoFormulas(t *testing.T) {
	h := newHome(t)
	repo, file := t.TempDir(), filepath.Join(t.TempDir(), "facts.duckdb")
	git(t, repo, "init", "-q", "-b", "main")
	names := []string{"=1+1", "|calc", "%x", "＝1", "＠x", "\nx", "'x", "-3", "plain"}
	for _, name := range names {
		write(t, filepath.Join(repo, name), "a line\n")
	}
	git(t, repo, "add", "-A")
	git(t, repo, "commit", "-q", "-m", "Names")
	if r := h.run("sync", repo, "--database", file); r.code != 0 {
		t.Fatal(r.err)
	}
	rows, columns := h.rows("file_change", repo, "--database", file)
	var got []string
	for _, row := range rows {
		got = append(got, row[columns["path"]])
	}
	want := []string{"'=1+1", "'|calc", "'%x", "'＝1", "'＠x", "'\nx", "''x", "-3", "plain"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("paths are %q, want %q", got, want)
	}
}

func TestFactsAreOfTheSourcesGiven(t *testing.T) {
	h := newHome(t)
	file := filepath.Join(t.TempDir(), "facts.duckdb")
	one, other := smallRepo(t), t.TempDir()
	git(t, other, "init", "-q", "-b", "main")
	write(t, filepath.Join(other, "other.go"), "package other // TODO: say what\n")
	git(t, other, "add", "-A")
	git(t, other, "-c", "user.name=Bea Other", "commit", "-q", "-m", "Another beginning", "--author", "Bea Other <bea@example.com>")
	if r := h.run("sync", one, other, "--database", file); r.code != 0 {
		t.Fatal(r.err)
	}
	for table, want := range map[string]int{"commit": 1, "file_change": 1, "debt_marker": 1, "marker_line": 1, "file_shape": 1, "repository": 1, "location": 1, "identity": 2} {
		if rows, _ := h.rows(table, other, "--database", file); len(rows) != want {
			t.Errorf("%s has %d rows of the second repository, want %d: %v", table, len(rows), want, rows)
		}
	}
	if rows, _ := h.rows("commit", one, "--database", file); len(rows) != 4 {
		t.Errorf("%d commits of the first repository, want 4", len(rows))
	}
	if rows, _ := h.rows("commit", one, other, "--database", file); len(rows) != 5 {
		t.Errorf("%d commits of both, want 5", len(rows))
	}
}

// Whoever asks for a number is told that a part of its facts could not be read.
func TestWhatWasSkippedIsSaidWhereverItCounts(t *testing.T) {
	h := newHome(t)
	old := smallRepo(t)
	gitAt(t, old, "1970-01-02T00:00:00Z", "commit", "-q", "--allow-empty", "-m", "From the dawn of time")
	for _, args := range [][]string{{"facts", "commit", old}, {"facts", "skipped", old, "--json"}, {"explain", "throughput", old}, {"explain", "verdict", old, "--json"},
		{"metric", "show", "throughput", old}, {"metric", "show", "throughput", old, "--json"}} {
		if r := h.run(args...); r.code != 4 || !strings.Contains(r.err, "clocks before 1980") || r.out == "" {
			t.Errorf("%v: status %d\n%s", args, r.code, r.err)
		}
	}
	listed := h.diagnosis("diagnose", old).Skipped
	rows, column := h.rows("skipped", old)
	if len(listed) == 0 || len(rows) != len(listed) {
		t.Fatalf("%d rows; diagnose lists %d", len(rows), len(listed))
	}
	for i, s := range listed {
		if row := rows[i]; row[column["what"]] != s.What || row[column["why"]] != s.Why || row[column["n"]] != strconv.Itoa(s.Count) {
			t.Errorf("row %v is not what diagnose lists: %+v", row, s)
		}
	}
	nowhere := t.TempDir()
	git(t, nowhere, "init", "-q")
	if rows, _ := h.rows("skipped", nowhere, old); len(rows) < 2 {
		t.Errorf("a source without commits is not listed: %v", rows)
	}
}
