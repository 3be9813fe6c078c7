package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// TestBackupsOnASchedule: each is whole and can be restored, seven of each stay, what else is
// in the folder stays too, and a folder that cannot be written is said.
func TestBackupsOnASchedule(t *testing.T) {
	clone := gittest.New(t)
	clone.Save("a.go", "package a\n")
	clone.Commit("One")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "diarchy.yaml"), []byte("sources:\n  - {git: "+clone.Dir+", name: a}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	p := newProgram([]string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, io.Discard)
	p.now = func() time.Time { return now }
	scope := cli.Scope{Workspace: dir}
	h, err := p.openHost(ctx, scope, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	h.sync(ctx)
	s, err := p.documents(scope)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.openLedger(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	b := backups{host: h, ledger: l, dir: filepath.Join(dir, "backups"), every: time.Hour}
	for range keptBackups + 2 {
		if err := b.back(ctx, now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	facts, ledgers := b.names("facts-"), b.names("ledger-")
	if len(facts) != keptBackups || len(ledgers) != keptBackups || !b.newest().Equal(now.Add(-time.Hour)) {
		t.Errorf("%d and %d are kept, the newest of %v", len(facts), len(ledgers), b.newest())
	}
	left, err := os.ReadDir(b.dir)
	if err != nil || len(left) != 2*keptBackups+1 {
		t.Errorf("%d files in the folder, %v", len(left), err)
	}
	other := scope
	other.Flags = map[string]string{"database": filepath.Join(t.TempDir(), "restored.duckdb")}
	res, err := p.Restore(ctx, other, facts[len(facts)-1], false)
	if err != nil || len(res.Tables) == 0 {
		t.Errorf("restored %+v, %v", res, err)
	}

	b.dir = filepath.Join(dir, "diarchy.yaml") // a file
	heard := make(chan error, 1)
	b.made = func(_ time.Time, err error) { heard <- err }
	ctx, cancel := context.WithCancel(ctx)
	go b.keep(ctx)
	if err := <-heard; err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a file in the place of the folder: %v", err)
	}
	cancel()
}
