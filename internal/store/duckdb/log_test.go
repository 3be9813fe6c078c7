package duckdb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/diarchy/diarchy/internal/store"
)

// TestLogIsLeft: with KeepLog, what was written last lies in the log when a file is closed, and is
// there when it is opened again; a log that is not short comes into the file.
func TestLogIsLeft(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	log := func() int64 {
		t.Helper()
		info, err := os.Stat(path + ".wal")
		if errors.Is(err, fs.ErrNotExist) {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	open := func(keep bool) *store.Store {
		t.Helper()
		st, err := Open(ctx, path, Options{KeepLog: keep})
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	named := func(st *store.Store, want ...string) {
		t.Helper()
		locations, err := st.Locations(ctx)
		if err != nil || len(locations) != len(want) {
			t.Fatalf("%d places, %v, want %q", len(locations), err, want)
		}
		for i, l := range locations {
			if l.Location != want[i] {
				t.Errorf("%q, want %q", l.Location, want[i])
			}
		}
	}
	put := func(st *store.Store, name string, bytes int) {
		t.Helper()
		if err := st.PutLocation(ctx, store.Location{Location: name, Notes: []string{string(make([]byte, bytes))}}); err != nil {
			t.Fatal(err)
		}
	}
	closed := func(st *store.Store) {
		t.Helper()
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	closed(open(false))
	st := open(true)
	put(st, "a", 1)
	closed(st)
	if log() == 0 {
		t.Fatal("no log is left")
	}
	st = open(true)
	named(st, "a")
	put(st, "b", shortLog+1)
	closed(st)
	if log() < shortLog {
		t.Fatalf("a log of %d bytes is left", log())
	}
	st = open(true)
	named(st, "a", "b")
	closed(st)
	if n := log(); n > 0 {
		t.Errorf("a log of %d bytes is left, though it is not short", n)
	}
	st = open(false)
	named(st, "a", "b")
	put(st, "c", 1)
	closed(st)
	if n := log(); n > 0 {
		t.Errorf("a log of %d bytes is left that nobody asked for", n)
	}
}
