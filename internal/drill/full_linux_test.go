package drill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// disk is a small file system in memory.
type disk struct {
	t   testing.TB
	dir string
}

// mount makes a disk of so many megabytes. That takes root's rights.
func mount(t testing.TB, dir string, megabytes int) disk {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "tmpfs", dir).CombinedOutput()
	if err != nil {
		if long {
			t.Fatalf("the long drill needs root, and the right to mount a tmpfs: %v: %s", err, out)
		}
		t.Skipf("a full disk needs root, and the right to mount a tmpfs: %v: %s", err, out)
	}
	t.Cleanup(func() { // lazily: processes that other drills started meanwhile may have inherited open files
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount %s: %v: %s", dir, err, out)
		}
	})
	return disk{t, dir}
}

// resize gives the disk more space.
func (d disk) resize(megabytes int) {
	d.t.Helper()
	if out, err := exec.Command("mount", "-o", fmt.Sprintf("remount,size=%dm", megabytes), d.dir).CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
}

// isFull fails unless an error says which folder is full and what to do.
func isFull(t testing.TB, err error, dir string) {
	t.Helper()
	if !errors.Is(err, problem.Full) || !strings.Contains(err.Error(), dir+" is") || !strings.Contains(problem.Hint(err), "make room") {
		t.Errorf("the error %q has the hint %q", err, problem.Hint(err))
	}
}

const fullCommits, fullChanges = 150, 30

// holdsBatches fails unless n batches are there, or one more that was not acknowledged.
func holdsBatches(t testing.TB, st *store.Store, n int) int {
	t.Helper()
	got := selected(t, st, `SELECT COALESCE(MAX(CAST(cursor_state AS bigint)), -1) + 1, (SELECT COUNT(*) FROM commit), (SELECT COUNT(*) FROM file_change)
		FROM location WHERE cursor_state <> ''`)[0]
	for _, have := range []int{n, n + 1} {
		if got == fmt.Sprintf("%d | %d | %d", have, have*fullCommits, have*fullCommits*fullChanges) {
			return have
		}
	}
	t.Fatalf("cursor, commits, changes %s after %d acknowledged batches", got, n)
	return 0
}

// TestDiskFull fills the disk that holds the facts in the midst of a batch, at several
// amounts of space: nothing that was acknowledged is lost, reading works while the disk
// is full, and writing goes on when there is space.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	d := newTally(t)
	for i := range times(3, 40) {
		size := 8 + i*16/times(3, 40)
		t.Run(fmt.Sprint(size, " MB ", i), func(t *testing.T) {
			ctx := context.Background()
			disk := mount(t, filepath.Join(t.TempDir(), "disk"), size)
			place := filepath.Join(disk.dir, "facts.duckdb")
			st, err := openFile(ctx, place)
			if err != nil {
				t.Fatal(err)
			}
			if err := st.PutLocation(ctx, store.Location{Location: "/generated", RepoID: "generated", Status: "ok"}); err != nil {
				t.Fatal(err)
			}
			stored := 0
			for err == nil && stored < 400 {
				if err = st.Write(ctx, generated(stored, fullCommits, fullChanges)); err == nil {
					stored++
				}
			}
			isFull(t, err, disk.dir)
			st.Close() //nolint:errcheck // it cannot tidy its files on a full disk
			began := time.Now()
			if st, err = openFile(ctx, place); err != nil {
				t.Fatalf("full, after %d batches: %v", stored, err)
			}
			took := time.Since(began)
			have := holdsBatches(t, st, stored)
			disk.resize(4 * size)
			if err := st.Write(ctx, generated(have, fullCommits, fullChanges)); err != nil { // the opening may have met the full disk
				st.Close() //nolint:errcheck // the next opening counts
				if st, err = openFile(ctx, place); err != nil {
					t.Fatal(err)
				}
				if err := st.Write(ctx, generated(have, fullCommits, fullChanges)); err != nil {
					t.Fatalf("with space again: %v", err)
				}
			}
			holdsBatches(t, st, have+1)
			if err := st.Close(); err != nil {
				t.Error(err)
			}
			t.Logf("full after %d batches", stored)
			d.ran(took, !t.Failed())
		})
	}
}

// TestReserve: a batch does not begin where there may be no room for it, what is there
// can be read, and the same process goes on when there is space.
func TestReserve(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	disk := mount(t, filepath.Join(t.TempDir(), "disk"), 48)
	st, err := duckdb.Open(ctx, filepath.Join(disk.dir, "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // everything is asserted before
	if err := st.PutLocation(ctx, store.Location{Location: "/generated", RepoID: "generated", Status: "ok"}); err != nil {
		t.Fatal(err)
	}
	isFull(t, st.Write(ctx, generated(0, 10, 2)), disk.dir)
	if n := len(selected(t, st, "SELECT location FROM location")); n != 1 {
		t.Errorf("%d locations", n)
	}
	disk.resize(100)
	if err := st.Write(ctx, generated(0, 10, 2)); err != nil {
		t.Error(err)
	}
}

// TestTemporaryFolderFull: a statement that needs more space beside memory than there
// is fails with a message, and nothing else does.
func TestTemporaryFolderFull(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	place := filepath.Join(t.TempDir(), "facts.duckdb")
	disk := mount(t, place+".tmp", 4)
	st, err := duckdb.Open(ctx, place, duckdb.Options{MemoryLimit: "40MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { st.Close() }() //nolint:errcheck // everything is asserted before
	const heavy = "SELECT COUNT(*) FROM (SELECT DISTINCT md5(CAST(i AS varchar)) AS h, i FROM range(1500000) r(i) ORDER BY h)"
	_, err = attempt(st, heavy)
	isFull(t, err, disk.dir)
	if _, err := attempt(st, "SELECT COUNT(*) FROM commit"); err != nil {
		t.Errorf("after it: %v", err)
	}
	disk.resize(400)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if st, err = duckdb.Open(ctx, place, duckdb.Options{MemoryLimit: "40MB", Threads: 1}); err != nil { // space is measured at the beginning
		t.Fatal(err)
	}
	if got, err := attempt(st, heavy); err != nil || got[0] != "1500000" {
		t.Errorf("with space: %v, %v", got, err)
	}
}

// TestProgramOnFullDisk is the same from the command line.
func TestProgramOnFullDisk(t *testing.T) {
	t.Parallel()
	clone := history(t, 300)
	disk := mount(t, filepath.Join(t.TempDir(), "disk"), 100)
	p := newProgram(t)
	facts := []string{"--database", filepath.Join(disk.dir, "facts.duckdb")}
	if r := p.run(append(facts, "sync", clone.Dir)...); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	filler := filepath.Join(disk.dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 60<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := p.run(append(facts, "metric", "show", "throughput", clone.Dir)...); r.code != 0 || !strings.Contains(r.out, "2023-11") {
		t.Errorf("reading on a full disk: %+v", r)
	}
	clone.Save("new.go", "package main\n")
	if r := p.run(append(facts, "sync", clone.Dir)...); r.code != 1 || !strings.Contains(r.err, disk.dir+" is nearly full") || !strings.Contains(r.err, "hint: make room") {
		t.Errorf("writing on a full disk: %+v", r)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if r := p.run(append(facts, "sync", clone.Dir)...); r.code != 0 || !strings.Contains(r.out, " 1 new") {
		t.Errorf("with space again: %+v", r)
	}
}
