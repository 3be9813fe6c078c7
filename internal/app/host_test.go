package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/google/go-cmp/cmp"
)

// hosting is a server's host on a workspace of one clone.
func hosting(t *testing.T, log slog.Handler) (h *host, workspace string) {
	t.Helper()
	clone := gittest.New(t)
	for day := range 60 {
		clone.Clock += 24 * 3600
		clone.Save("a.go", fmt.Sprintf("package a // %d\n", day))
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "diarchy.yaml"), []byte("sources:\n  - {git: "+clone.Dir+", name: a}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newProgram([]string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, io.Discard)
	h, err := p.openHost(context.Background(), cli.Scope{Workspace: dir}, slog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h, dir
}

// TestRoomsAreMadeReady: also where somebody asked for a page before the first reading ended.
func TestRoomsAreMadeReady(t *testing.T) {
	for _, asked := range []bool{false, true} {
		var log strings.Builder
		h, _ := hosting(t, slog.NewTextHandler(&log, nil))
		s := newServed(h.program, h)
		h.sync(t.Context())
		if asked {
			if _, err := s.present(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.refreshed(t.Context())
		s.refreshed(t.Context())
		if n := strings.Count(log.String(), "rooms are ready"); n != 1 {
			t.Errorf("asked before: %t; ready %d times:\n%s", asked, n, log.String())
		}
	}
}

// TestTeamsAreMadeReady: in the background, once all of the company is, for the first edition and
// for the next.
func TestTeamsAreMadeReady(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	file := filepath.Join(dir, "diarchy.yaml")
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("teams:\n  - {name: One, repositories: [a]}\n"); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	s := newServed(h.program, h)
	h.sync(t.Context())
	team := web.Place{Scope: "team:One"}
	for range 2 {
		s.refreshed(t.Context())
		s.background.Wait()
		for _, question := range []string{"part", "measures", "sprints"} {
			if !s.isAnswered(question, team) {
				t.Errorf("%s of the team is not there", question)
			}
		}
		if s.isAnswered("part", web.Place{Scope: "repository:a"}) {
			t.Error("a repository is made ready, though nobody asked for it")
		}
		ready, err := s.Metric(t.Context(), team, "throughput")
		if err != nil {
			t.Fatal(err)
		}
		alone, err := s.p.Metric(t.Context(), cli.Scope{}, "throughput", team.Scope)
		if diff := cmp.Diff(alone, ready); err != nil || diff != "" || len(ready.Points) == 0 {
			t.Errorf("%v, %d points; a metric that is ready differs from one that is asked for:\n%s", err, len(ready.Points), diff)
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, append(text, "company: {name: Another}\n"...), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPagesThatPeopleLookAt are made for the next edition before it is shown.
func TestPagesThatPeopleLookAt(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	s := newServed(h.program, h)
	h.sync(t.Context())
	s.refreshed(t.Context())
	at := web.Place{Scope: "repository:a", AsOf: "2024-02-01"}
	if _, err := s.Measures(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	before := s.editions.present
	f, err := os.OpenFile(filepath.Join(dir, "diarchy.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("company: {name: Another}\n"); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	s.refreshed(t.Context())
	s.background.Wait()
	after := s.editions.present
	if after == before {
		t.Fatal("there is no new edition")
	}
	for question := range before.memo.answers {
		if strings.HasPrefix(question, "measures\x00") && after.memo.answers[question] == nil {
			t.Errorf("%q was looked at, and is not made again", question)
		}
	}
	if len(after.asked) > 0 {
		t.Error("making an edition is taken for people's questions")
	}
}

// TestVersionsAreListedAtOnce: also where the workspace is a folder of a repository, or becomes one.
func TestVersionsAreListedAtOnce(t *testing.T) {
	above := filepath.Dir(t.TempDir()) // in which the workspace is made too
	commit := func(dir string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	commit(above, "init", "-q")
	h, dir := hosting(t, slog.DiscardHandler)
	s := newServed(h.program, h)
	h.sync(t.Context())
	file := filepath.Join(dir, "agreement.yaml")
	if err := s.WriteDraft(t.Context()); err != nil {
		t.Fatal(err)
	}
	lists := func(want int, when string) {
		t.Helper()
		if all, err := s.Versions(t.Context()); err != nil || len(all) != want {
			t.Errorf("%s: %d versions, %v; want %d", when, len(all), err, want)
		}
	}
	lists(0, "before the first commit")
	commit(above, "add", file)
	commit(above, "commit", "-q", "-m", "One")
	lists(1, "after it")
	commit(dir, "init", "-q")
	commit(dir, "add", "agreement.yaml")
	commit(dir, "commit", "-q", "-m", "One here")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append(text, "# Looked at again.\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	lists(1, "in a repository of its own")
	commit(dir, "commit", "-q", "-a", "-m", "Two here")
	lists(2, "after its second commit")
}

// TestPauseOfAnotherServer: who pauses on one server pauses all that share its ledger, before
// the next reading, and programs are told.
func TestPauseOfAnotherServer(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	p, ctx := h.program, t.Context()
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

// TestRetry: what could not be read is read again soon, and what failed is listed.
func TestRetry(t *testing.T) {
	for failed, want := range map[int]time.Duration{0: time.Hour, 1: time.Minute, 2: 2 * time.Minute, 6: 32 * time.Minute, 7: time.Hour, 1000: time.Hour} {
		if got := nextReading(time.Hour, time.Minute, failed); got != want {
			t.Errorf("after %d failures: %v, want %v", failed, got, want)
		}
	}
	if got := nextReading(30*time.Second, time.Minute, 3); got != 30*time.Second {
		t.Errorf("never later than usual: %v", got)
	}

	h, dir := hosting(t, slog.DiscardHandler)
	file := filepath.Join(dir, "diarchy.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, clone, _ := strings.Cut(string(text), "git: ")
	clone, _, _ = strings.Cut(clone, ",")
	gone := clone + ".gone"
	h.sync(t.Context()) // so that it is known
	if err := os.Rename(clone, gone); err != nil {
		t.Fatal(err)
	}
	h.retry = 20 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	runs := make(chan run, 100)
	go func() {
		defer close(ended)
		h.keep(ctx, time.Hour, func(context.Context) {
			h.mu.Lock()
			defer h.mu.Unlock()
			runs <- h.runs[0]
		})
	}()
	for range 2 { // the second is a retry
		if r := <-runs; r.Err == nil && len(r.Failed) == 0 {
			t.Error("a clone that is gone was read")
		}
	}
	if err := os.Rename(gone, clone); err != nil {
		t.Fatal(err)
	}
	for r := range runs {
		if r.Err == nil && len(r.Failed) == 0 {
			break
		}
	}
	select {
	case <-runs:
		t.Error("after a reading that succeeded the next one came at once")
	case <-time.After(300 * time.Millisecond):
	}
	stop()
	<-ended
	if shown := h.lastRuns(); len(shown) < 3 || len(shown[0].Failed) > 0 || len(shown[1].Failed) == 0 && shown[1].Error == "" {
		t.Errorf("%+v", shown)
	}
}

// TestSourcesSayWhenTheyWereRead: not when they are shown, also where the last reading failed.
func TestSourcesSayWhenTheyWereRead(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	began := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	now := began
	h.now = func() time.Time { return now }
	s := newServed(h.program, h)
	read := func() (string, time.Time) {
		t.Helper()
		body, err := answers{s.p, cli.Scope{Workspace: dir}}.Sources(t.Context())
		if err != nil || len(body.Sources) != 1 {
			t.Fatal(body, err)
		}
		return body.Sources[0].Status, body.Sources[0].ReadAt
	}
	for _, want := range []time.Time{began, began.Add(time.Hour)} { // the second time nothing is new
		now = want
		h.sync(t.Context())
		now = now.Add(time.Minute)
		if status, at := read(); status != "ok" || !at.Equal(want) {
			t.Errorf("%s, read at %v, want %v", status, at, want)
		}
	}
	clone := h.results[0].Place.Location
	if err := os.Rename(clone, clone+".gone"); err != nil {
		t.Fatal(err)
	}
	now = began.Add(2 * time.Hour)
	h.sync(t.Context())
	if _, at := read(); !at.Equal(began.Add(time.Hour)) {
		t.Errorf("a clone that is gone was read at %v", at)
	}
}

// TestNobodyIsMatchedWithoutAnOrganisation: facts are not gone through for it again and again; who
// describes the organisation is told of the next look.
func TestNobodyIsMatchedWithoutAnOrganisation(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	s := newServed(h.program, h)
	h.sync(t.Context())
	h.ready = false // whoever goes to the facts is told that they are being read
	if _, err := s.Matching(t.Context(), web.Place{}); !errors.Is(err, problem.Missing) || !strings.Contains(err.Error(), "nobody to match") {
		t.Errorf("without an organisation: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "organisation.yaml"), []byte("people:\n  - {id: ann, role: engineer, manager: none}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Matching(t.Context(), web.Place{}); !errors.Is(err, problem.Locked) {
		t.Errorf("with one, the facts are looked at: %v", err)
	}
	h.ready = true
	if m, err := s.Matching(t.Context(), web.Place{}); err != nil || m.Silent != 1 {
		t.Errorf("%+v, %v", m, err)
	}
}
