package duckdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// TestDamaged: only what says that bytes are wrong may have a file set aside.
func TestDamaged(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`IO Error: Failure while replaying WAL file "f.wal": Corrupt WAL file: entry at byte position 7 computed checksum 1 does not match stored checksum 2`:         true,
		`IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 0`:                                                true,
		`IO Error: The file "f" exists, but it is not a valid DuckDB database file!`:                                                                                  true,
		`IO Error: Could not read enough bytes from file "f": attempted to read 4096 bytes from location 0`:                                                           true,
		`TransactionContext Error: Failure while replaying WAL file "f.wal": Constraint Error: Duplicate key`:                                                         true,
		`IO Error: Failure while replaying WAL file "f.wal": No space left on device`:                                                                                 false,
		`IO Error: Failure while replaying WAL file "f.wal": Out of Memory Error: could not allocate block`:                                                           false,
		`IO Error: Cannot open file "f": Permission denied`:                                                                                                           false,
		`Constraint Error: Duplicate key "repo_id: r, tag: corrupt-1" violates primary key constraint`:                                                                false,
		`IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67`:                                            false,
		`IO Error: Could not set lock on file "f": Conflicting lock is held in /usr/bin/diarchy (PID 7). See also https://duckdb.org/docs/stable/connect/concurrency`: false,
		`context canceled`: false,
	} {
		if got := Damaged(errors.New(text)); got != want {
			t.Errorf("damaged %v: %s", got, text)
		}
	}
}

// TestRecoverLeavesAlone what is not damaged.
func TestRecoverLeavesAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	for range 2 { // made, then looked at
		st, r, err := Recover(context.Background(), path, Options{}, time.Now())
		if err != nil || len(r.Aside) > 0 || r.Why != "" {
			t.Fatalf("%+v, %v", r, err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	st, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) > 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestNamesAreNotTaken: files that are set aside in the same second keep apart.
func TestNamesAreNotTaken(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "facts.duckdb"), time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	seen := map[string]bool{}
	for range 3 {
		if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 9999)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(context.Background(), path, Options{}); !errors.Is(err, problem.Damaged) {
			t.Fatalf("error %v", err)
		}
		st, r, err := Recover(context.Background(), path, Options{}, now)
		if err != nil || len(r.Aside) != 1 || seen[r.Aside[0]] || !strings.HasPrefix(r.Aside[0], path+".damaged-20240506-070809") || !r.Whole {
			t.Fatalf("%+v, %v", r, err)
		}
		seen[r.Aside[0]] = true
		if err := errors.Join(st.Close(), os.Remove(path)); err != nil {
			t.Fatal(err)
		}
	}
}
