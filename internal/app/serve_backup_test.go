package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
)

// TestBackupsOnASchedule: each is whole and can be restored, seven of each stay, what else is
// in the folder stays too, and a folder that cannot be written is said.
func TestBackupsOnASchedule(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	p, ctx, scope := h.program, context.Background(), cli.Scope{Workspace: dir}
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	p.now = func() time.Time { return now }
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
