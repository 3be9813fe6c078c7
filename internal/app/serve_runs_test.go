package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/diarchy/diarchy/internal/web"
)

// ledgers are an empty ledger of each kind.
func ledgers(t *testing.T) map[string]*ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	file, err := ledger.Open(t.Context(), filepath.Join(dir, "ledger.sqlite"), ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	server, err := ledger.OpenPostgres(t.Context(), pgtest.New(t), ledger.Options{Create: true, Key: filepath.Join(dir, "server.key")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close(); server.Close() }) //nolint:errcheck // the test is over
	return map[string]*ledger.Ledger{"SQLite": file, "PostgreSQL": server}
}

// TestRunsAreKept: a server that starts again shows what was read before, failures too, on Data
// and to programs; the newest fifty stay, and one that was cut short is none.
func TestRunsAreKept(t *testing.T) {
	for kind, l := range ledgers(t) {
		h, dir := hosting(t, slog.DiscardHandler)
		now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		h.now = func() time.Time { return now }
		g := newGate(newServed(h.program, h), l)
		h.ran = g.keepRun
		h.sync(t.Context())
		cut, stop := context.WithCancel(t.Context())
		stop()
		h.sync(cut)
		now = now.Add(time.Hour)
		bad := run{Began: now, Ended: now.Add(1500 * time.Millisecond), New: 7, Failed: []string{"till: not found\nthere", "shop: <refused>"}, Err: errors.New("half of it")}
		if err := g.keepRun(t.Context(), bad); err != nil {
			t.Fatal(err)
		}
		want := []cockpit.Run{
			{Began: "2026-03-01T11:00:00Z", Seconds: 1.5, New: 7, Failed: bad.Failed, Error: "half of it"},
			{Began: "2026-03-01T10:00:00Z", New: 60, Failed: []string{}},
		}
		h.runs = nil // as after a start
		if err := g.restoreRuns(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, h.lastRuns()); diff != "" {
			t.Errorf("%s: after a start (-want +got):\n%s", kind, diff)
		}
		body, err := answers{g.served.p, cli.Scope{Workspace: dir}}.Sources(t.Context())
		if diff := cmp.Diff(want, body.Runs); err != nil || diff != "" {
			t.Errorf("%s: to programs: %v (-want +got):\n%s", kind, err, diff)
		}
		room, err := g.served.Data(t.Context(), web.Place{})
		if diff := cmp.Diff(want, room.Runs); err != nil || diff != "" {
			t.Errorf("%s: on Data: %v (-want +got):\n%s", kind, err, diff)
		}
		for n := range 60 {
			if err := g.keepRun(t.Context(), run{Began: now.Add(time.Duration(n+1) * time.Hour), New: n}); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.restoreRuns(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(h.runs); n != mostRuns || h.runs[0].New != 59 || h.runs[n-1].New != 10 {
			t.Errorf("%s: %d runs are kept, from %d to %d", kind, n, h.runs[0].New, h.runs[n-1].New)
		}
	}
}

// TestRunsOfTheErased: what a reason says of somebody who is erased goes.
func TestRunsOfTheErased(t *testing.T) {
	for kind, l := range ledgers(t) {
		g := newGate(newServed(&program{}, &host{}), l)
		at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		for n, r := range []run{{Failed: []string{"a: no /home/ann/a", "b: late"}}, {Err: errors.New("ask ann@example.com")}, {New: 3}} {
			r.Began = at.Add(time.Duration(n) * time.Hour)
			if err := g.keepRun(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Write(t.Context(), func(t *ledger.Tx) error {
			return eraseRuns(t, func(s string) string { return strings.ReplaceAll(s, "ann", "erased-1") })
		}); err != nil {
			t.Fatal(err)
		}
		if err := g.restoreRuns(t.Context()); err != nil {
			t.Fatal(err)
		}
		runs := g.served.host.runs
		slices.Reverse(runs)
		if got := fmt.Sprint(runs[0].Failed, runs[1].Err, runs[2].New, runs[2].Began.Equal(at.Add(2*time.Hour))); len(runs) != 3 || got != "[a: no /home/erased-1/a b: late] ask erased-1@example.com 3 true" {
			t.Errorf("%s: %s", kind, got)
		}
	}
}
