package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// TestPauseOfAnotherServer: who pauses on one server pauses all that share its ledger, before
// the next reading, and programs are told.
func TestPauseOfAnotherServer(t *testing.T) {
	clone := gittest.New(t)
	clone.Save("a.go", "package a\n")
	clone.Commit("One")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "diarchy.yaml"), []byte("sources:\n  - {git: "+clone.Dir+", name: a}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	p := newProgram([]string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, io.Discard)
	h, err := p.openHost(ctx, cli.Scope{Workspace: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	s, err := p.documents(cli.Scope{Workspace: dir})
	if err != nil {
		t.Fatal(err)
	}
	gates := [2]*gate{}
	for i, of := range []*host{h, {program: p, log: h.log, wake: make(chan struct{}, 1)}} {
		l, err := s.openLedger(ctx, true)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // the test is over
		gates[i] = newGate(newServed(p, of), l)
	}
	h.sync(ctx)
	h.repause = gates[0].restorePause
	told := func() bool {
		t.Helper()
		body, err := answers{gates[0].served.p, cli.Scope{Workspace: dir}}.Sources(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return body.Paused != nil
	}
	if !h.mayRead(ctx) || told() {
		t.Error("it is paused, and nobody paused it")
	}
	if err := gates[1].Pause(ctx, access.Viewer{Account: "a"}); err != nil {
		t.Fatal(err)
	}
	if h.mayRead(ctx) || !told() {
		t.Error("the other server's pause does not hold here")
	}
	if err := gates[1].Resume(ctx, access.Viewer{Account: "a"}); err != nil {
		t.Fatal(err)
	}
	if !h.mayRead(ctx) || told() {
		t.Error("the other server resumed, and this one does not")
	}
}
