package app_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/google/go-cmp/cmp"
)

// TestOnPostgreSQL goes through a workspace whose facts are on a server, and takes them
// to a file and back.
func TestOnPostgreSQL(t *testing.T) {
	address := pgtest.New(t)
	h := newHome(t)
	h.env = append(h.env, "DIARCHY_DATABASE="+address)
	repo, dir := smallRepo(t), t.TempDir()
	ok := func(args ...string) string {
		t.Helper()
		r := h.run(args...)
		if r.code != 0 || strings.Contains(r.out+r.err, "let%20me%20in") {
			t.Fatalf("%v: status %d\n%s%s", args, r.code, r.out, r.err)
		}
		return r.out
	}
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+repo+"}\n")
	if out := ok("config", "show", "--workspace", dir); !strings.Contains(out, "postgres://tester:***@") {
		t.Errorf("config show prints\n%s", out)
	}
	if out := ok("doctor", "--workspace", dir); !strings.Contains(out, "postgres://tester:***@") {
		t.Errorf("doctor prints\n%s", out)
	}
	first := h.diagnosis("diagnose", "--workspace", dir)
	if len(first.Sources) != 1 || first.Sources[0].Commits != 4 {
		t.Errorf("sources %+v", first.Sources)
	}
	file := filepath.Join(t.TempDir(), "facts.duckdb")
	sums := func(args ...string) (m cli.MoveResult) {
		t.Helper()
		if err := json.Unmarshal([]byte(ok(append(args, "--json")...)), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	there := sums("move", "--to", file)
	if r := h.run("move", "--from", file); r.code != 2 || !strings.Contains(r.err, "--replace") {
		t.Errorf("into a full database: status %d, %s", r.code, r.err)
	}
	back := sums("move", "--from", file, "--replace")
	if diff := cmp.Diff(there.Tables, back.Tables); diff != "" || len(back.Tables) == 0 {
		t.Errorf("there (-) and back (+)\n%s", diff)
	}
	moved := h.diagnosis("diagnose", "--workspace", dir, "--database", file)
	if diff := cmp.Diff(first.Findings, moved.Findings); diff != "" {
		t.Errorf("on the server (-) and in the file (+)\n%s", diff)
	}

	other, err := postgres.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // it only holds the claim
	release, err := other.Claim(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if r := h.run("sync", "--workspace", dir); r.code != 1 || !strings.Contains(r.err, "is being written to by process") || !strings.Contains(r.err, "hint: wait") {
		t.Errorf("a sync beside another: status %d, %s", r.code, r.err)
	}
	beside := h.diagnosis("diagnose", "--workspace", dir)
	if beside.Sources[0].Commits != 4 || !strings.Contains(strings.Join(beside.Sources[0].Notes, "\n"), "is being written to by process") {
		t.Errorf("a diagnosis beside a sync: %+v", beside.Sources)
	}
	if r := h.run("diagnose", "--workspace", dir, smallRepo(t)); r.code != 1 || !strings.Contains(r.err, "is being written to by process") {
		t.Errorf("of what was never read: status %d, %s", r.code, r.err)
	}
	release()
	ok("sync", "--workspace", dir)
}
