package app_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/diarchy/diarchy/internal/app"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/diarchy/diarchy/internal/workspace"
)

// TestMain is the program itself for tests that need it in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(app.Main())
	}
	os.Exit(runTests(m))
}

const asProgram = "DIARCHY_TEST_PROGRAM"

func runTests(m *testing.M) int {
	defer func() { _ = os.RemoveAll(read.dir) }() // a folder for temporary files
	return pgtest.Main(m)
}

// read is the troubled demo company as every test gets a copy of it: making it and reading
// its clones takes half a minute of a processor.
var read struct {
	once sync.Once
	dir  string // holds the workspace
	err  error
}

const workspaceFolder = "company"

// readDemo gives a copy of the demo company, as the command demo makes it, with its agreement. Its
// sources were read, and read there: a sync finds nothing new.
func readDemo(t *testing.T) (company string) {
	t.Helper()
	read.once.Do(func() {
		if read.dir, read.err = os.MkdirTemp("", "diarchy-company-"); read.err != nil {
			return
		}
		dir := filepath.Join(read.dir, workspaceFolder)
		if r := newHome(t).run("demo", dir, "--quiet"); r.code != 0 {
			read.err = fmt.Errorf("demo: status %d\n%s%s", r.code, r.out, r.err)
		}
	})
	if read.err != nil {
		t.Fatal(read.err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(read.dir)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", filepath.Join(dir, workspaceFolder, ".diarchy", "facts.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // what it holds is seen when it is used
	// A clone at another place would be gone through again.
	if _, err := db.Exec("UPDATE location SET location = replace(location, ?, ?)", read.dir, dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, workspaceFolder)
}

// A sync of a copy adds no place to those that clones were read from.
func TestCopiesAreRead(t *testing.T) {
	t.Parallel()
	dir := readDemo(t)
	database := filepath.Join(dir, ".diarchy", "facts.duckdb")
	places := count(t, database, "SELECT COUNT(*) FROM location")
	if r := newHome(t).run("sync", "--workspace", dir); r.code != 0 || places == 0 {
		t.Fatalf("status %d, %d places\n%s%s", r.code, places, r.out, r.err)
	}
	if after := count(t, database, "SELECT COUNT(*) FROM location"); after != places {
		t.Errorf("read from %d places, and from %d after a sync", places, after)
	}
}

// notAgreed takes the agreement away from a company.
func notAgreed(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, workspace.AgreementFile)); err != nil {
		t.Fatal(err)
	}
}
