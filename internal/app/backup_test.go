package app_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/demo"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// held is what a backup or a restored database holds, table by table.
func (h home) held(args ...string) cli.BackupResult {
	h.t.Helper()
	r := h.run(append(args, "--json", "--quiet")...)
	var res cli.BackupResult
	if err := json.Unmarshal([]byte(r.out), &res); err != nil || r.code != 0 {
		h.t.Fatalf("%v: status %d, %v\n%s%s", args, r.code, err, r.out, r.err)
	}
	return res
}

// A backup of one database comes back into another, equal in rows and checksums, and
// gives the same answer.
func TestBackupComesBack(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	dir := t.TempDir()
	company := demo.SmallTroubled()
	company.Span, company.StableWeeks = 60, 50
	if _, err := demo.Make(context.Background(), filepath.Join(dir, "company"), company, "git"); err != nil {
		t.Fatal(err)
	}
	from, file := filepath.Join(dir, "from.duckdb"), filepath.Join(dir, "facts.backup")
	workspace := []string{"--workspace", filepath.Join(dir, "company")}
	with := func(database string, args ...string) []string {
		return append(append(args, "--database", database), workspace...)
	}
	if r := h.run(with(from, "sync", "--quiet")...); r.code != 0 {
		t.Fatal(r.err)
	}
	made := h.held(with(from, "backup", file)...)
	if len(made.Tables) == 0 {
		t.Fatal("an empty backup")
	}
	if r := h.run(with(from, "backup", file)...); r.code != 2 || !strings.Contains(r.err, "--replace") {
		t.Errorf("a backup was written over: %d %s", r.code, r.err)
	}
	want := h.run(with(from, "facts", "commit", "--quiet")...).out
	for name, database := range map[string]string{"duckdb": filepath.Join(dir, "to.duckdb"), "postgres": pgtest.New(t)} {
		back := h.held(with(database, "restore", file)...)
		for i, table := range made.Tables {
			if back.Tables[i] != table {
				t.Errorf("%s: %v became %v", name, table, back.Tables[i])
			}
		}
		if got := h.run(with(database, "facts", "commit", "--quiet")...).out; got != want {
			t.Errorf("%s: commits differ", name)
		}
		if r := h.run(with(database, "restore", file)...); r.code == 0 {
			t.Errorf("%s: restored into a database that holds facts", name)
		}
		h.held(with(database, "restore", file, "--replace")...)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".diarchy-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What is no backup, or not whole, is refused, and the database stays as it was.
func TestDamagedBackupIsRefused(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	repo := filepath.Join(dir, "repo")
	if err := os.Mkdir(repo, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, repo, "init", "-q", "-b", "main")
	git(t, repo, "commit", "-q", "--allow-empty", "-m", "start")
	from, file := filepath.Join(dir, "from.duckdb"), filepath.Join(dir, "facts.backup")
	if r := h.run("sync", repo, "--quiet", "--database", from); r.code != 0 {
		t.Fatal(r.err)
	}
	if r := h.run("backup", file, "--quiet", "--database", from); r.code != 0 {
		t.Fatal(r.err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"text": []byte("no database at all"), "cut": whole[:len(whole)/2], "empty": nil} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		r := h.run("restore", path, "--database", filepath.Join(dir, name+".duckdb"))
		if r.code == 0 || !strings.Contains(r.err, path) || !strings.Contains(r.err, "hint:") {
			t.Errorf("%s: status %d: %s", name, r.code, r.err)
		}
	}
	if r := h.run("restore", from, "--database", filepath.Join(dir, "x.duckdb")); r.code == 0 || !strings.Contains(r.err, "no backup") {
		t.Errorf("a database in use: status %d: %s", r.code, r.err)
	}
}
