package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
)

// TestBackupsOnASchedule: each is whole and can be restored, facts and ledger; seven of each stay, what else is
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
	did := func(t *ledger.Tx) error { return t.Append(ledger.Event{Actor: "ada", Action: "sync.pause"}) }
	for range keptBackups + 2 {
		if err := l.Write(ctx, did); err != nil {
			t.Fatal(err)
		}
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
	checkLedgerBackup(t, p, l, ledgers[len(ledgers)-1])

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

// checkLedgerBackup restores a backup of a ledger on another machine, to which only its key was
// brought: the audit trail holds, and still has the line that was its newest.
func checkLedgerBackup(t *testing.T, p *program, l *ledger.Ledger, file string) {
	t.Helper()
	ctx := context.Background()
	noted, err := l.Verify(ctx, ledger.Head{})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	key, err := os.ReadFile(l.KeyPath())
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(elsewhere, "diarchy.yaml"), []byte("company: {name: Acme}\n"), 0o600), os.Mkdir(filepath.Join(elsewhere, "ledger"), 0o700),
			os.WriteFile(filepath.Join(elsewhere, "ledger", "ledger.sqlite.key"), key, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	scope := cli.Scope{Workspace: elsewhere}
	if _, err := p.RestoreLedger(ctx, scope, file, false); err != nil {
		t.Fatal(err)
	}
	head, err := p.VerifyAudit(ctx, scope, headText(noted))
	if err != nil || head.Lines != noted.Seq+1 { // and one that tells of the restore
		t.Errorf("restored %d lines of %d, %v", head.Lines, noted.Seq, err)
	}
	lines, err := p.Audit(ctx, scope, 2)
	if err != nil || len(lines) != 2 || lines[0].Action != "sync.pause" || lines[1].Action != "ledger.restore" {
		t.Errorf("the trail ends with %+v, %v", lines, err)
	}
	missing := headText(ledger.Head{Seq: noted.Seq, Hash: strings.Repeat("0", 64)})
	if _, err := p.VerifyAudit(ctx, scope, missing); !errors.Is(err, problem.Damaged) {
		t.Errorf("another line than was noted: %v", err)
	}
}
