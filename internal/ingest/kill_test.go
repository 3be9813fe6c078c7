package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// TestMain lets the test program be a process that syncs, for a test to kill.
func TestMain(m *testing.M) {
	path := os.Getenv("DIARCHY_TEST_STORE")
	if path == "" {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	st, err := duckdb.Open(ctx, path, duckdb.Options{MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		panic(err)
	}
	src := &git.Source{Dir: os.Getenv("DIARCHY_TEST_CLONE"), Now: now, Batch: 250}
	if _, err = Run(ctx, st, []source.Source{src}, Options{Now: now}); err != nil {
		panic(err)
	}
	if err := st.Close(); err != nil {
		panic(err)
	}
}

// TestKilled kills a sync at random moments: every reopen works, no row is lost and
// none is there twice.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Grow(rand.New(rand.NewPCG(11, 11)), 3000)
	s.Git("tag", "v1.0", "main~100")
	want := openStore(t, "")
	sync(t, want, s.Dir)
	dir := t.TempDir()
	path := filepath.Join(dir, "whole.duckdb")
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "DIARCHY_TEST_STORE="+path, "DIARCHY_TEST_CLONE="+s.Dir)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	begun := time.Now()
	if err := start().Wait(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)
	r := rand.New(rand.NewPCG(12, uint64(time.Now().UnixNano())))
	for i := range 8 {
		if i%2 == 0 {
			path = filepath.Join(dir, fmt.Sprint(i, ".duckdb"))
		}
		cmd := start()
		wait := whole/5 + time.Duration(r.Int64N(int64(whole)))*3/5
		time.Sleep(wait)
		cmd.Process.Kill() //nolint:errcheck // it may be done
		cmd.Wait()         //nolint:errcheck // it was killed
		begun := time.Now()
		st, err := duckdb.Open(t.Context(), path, duckdb.Options{MemoryLimit: "256MB", Threads: 1})
		if err != nil {
			t.Fatalf("reopened after %v: %v", wait, err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("ready after %v", took)
		}
		for _, check := range []string{
			"SELECT sha FROM commit GROUP BY sha HAVING COUNT(*) > 1",
			"SELECT sha, path FROM file_change GROUP BY sha, path HAVING COUNT(*) > 1",
			"SELECT f.sha FROM file_change f LEFT JOIN commit c ON c.sha = f.sha WHERE c.sha IS NULL",
			"SELECT l.location FROM location l WHERE l.cursor_state = '' AND EXISTS (SELECT 1 FROM commit)",
			"SELECT p.sha FROM commit_parent p LEFT JOIN commit c ON c.sha = p.parent_sha WHERE c.sha IS NULL",
		} {
			if bad := selected(t, st, check); len(bad) > 0 {
				t.Errorf("killed after %v: %s: %v", wait, check, bad)
			}
		}
		t.Logf("killed after %v: %s commits", wait, selected(t, st, "SELECT COUNT(*) FROM commit")[0])
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			if err := start().Wait(); err != nil {
				t.Fatal(err)
			}
			same(t, facts(t, want), facts(t, openStore(t, path)))
		}
	}
}
