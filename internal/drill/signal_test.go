package drill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// gate is a git program that waits in the midst of reading one clone, until it is
// opened. The clone ends in a commit that the git program is asked for: a file that
// turned into a link.
type gate struct{ dir string }

func newGate(t testing.TB, p *program, clone *gittest.Repo) gate {
	t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	clone.Save("turned", "a file\n")
	clone.Remove("turned")
	clone.Link("a link", "turned")
	clone.Commit("A file turns into a link")
	g := gate{t.TempDir()}
	script := fmt.Sprintf(`#!/bin/sh
case "$PWD $*" in *'%s'*diff-tree*)
	: >'%s/reached'
	while test -d '%[2]s' -a ! -e '%[2]s/open'; do sleep 0.05; done
esac
exec '%s' "$@"
`, clone.Dir, g.dir, real)
	if err := os.WriteFile(filepath.Join(g.dir, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	p.path = g.dir + ":" + p.path
	return g
}

func (g gate) open(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, "open"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// wait returns when the program stands before the gate.
func (g gate) wait(t testing.TB) {
	t.Helper()
	for range 3000 {
		if _, err := os.Stat(filepath.Join(g.dir, "reached")); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the program did not read the clone in a minute")
}

// TestSecondSync: while one sync reads, another on the same facts is told which process
// holds them.
func TestSecondSync(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db database, d *tally) {
		clone := history(t, 100)
		p, place := newProgram(t), db.fresh(t)
		g := newGate(t, &p, clone)
		first, out, errs := p.command("sync", "--database", place, clone.Dir)
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		g.wait(t)
		commands, says := []string{"sync", "diagnose", "recover"}, "in use by process %d"
		if db.name == "postgres" { // where others may read
			commands, says = commands[:2], "is being written to by process %d"
		}
		for _, command := range commands {
			r := p.run(command, "--database", place, clone.Dir)
			ok := r.code == 1 && strings.Contains(r.err, fmt.Sprintf(says, first.Process.Pid)) && strings.Contains(r.err, "hint: wait")
			if !ok {
				t.Errorf("%s: %+v; process %d holds the facts", command, r, first.Process.Pid)
			}
			d.ran(0, ok)
		}
		g.open(t)
		if err := first.Wait(); err != nil || !strings.Contains(out.String(), " new") {
			t.Errorf("the first: %v: %s%s", err, out, errs)
		}
	})
}

// TestSignal ends a sync of two clones while it reads the second one: it stops at once,
// has the first, and the next run reads the rest.
func TestSignal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db database, d *tally) {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			t.Run(sig.String(), func(t *testing.T) { signalled(t, db, d, sig) })
		}
	})
}

func signalled(t *testing.T, db database, d *tally, sig syscall.Signal) {
	one, two := history(t, 100), history(t, 60)
	two.Git("checkout", "-q", "--orphan", "other") // another repository than the first
	two.Commit("another beginning")
	p, place := newProgram(t), db.fresh(t)
	g := newGate(t, &p, two)
	args := []string{"sync", "--database", place, one.Dir, two.Dir}
	cmd, out, errs := p.command(args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g.wait(t)
	began := time.Now()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() //nolint:errcheck // its status is asserted
	took := time.Since(began)
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(errs.String(), "stopped; what was stored is kept") || out.Len() > 0 {
		t.Errorf("%v: %s%s", cmd.ProcessState, out, errs)
	}
	if took > 10*time.Second {
		t.Errorf("ended %v after the signal", took)
	}
	t.Logf("ended %v after the signal", took.Round(time.Millisecond))
	st := db.reopen(t, place)
	want := strings.TrimSpace(one.Git("rev-list", "--count", "HEAD"))
	if got := selected(t, st, "SELECT COUNT(*) FROM commit"); got[0] != want {
		t.Errorf("%s commits of the first clone, it has %s", got[0], want)
	}
	st.Close() //nolint:errcheck // only read
	g.open(t)
	if r := p.run(args...); r.code != 0 || !strings.Contains(r.out, " 0 new") || !strings.Contains(r.out, " 3 new") {
		t.Errorf("the next run: %+v", r)
	}
	d.ran(took, !t.Failed())
}

// TestSignals ends syncs at random moments, and reads on.
func TestSignals(t *testing.T) {
	t.Parallel()
	clone := history(t, killCommits)
	each(t, func(t *testing.T, db database, d *tally) {
		p := newProgram(t)
		args := func(place string) []string { return []string{"sync", "--database", place, clone.Dir} }
		undisturbed := db.fresh(t)
		began := time.Now()
		if r := p.run(args(undisturbed)...); r.code != 0 {
			t.Fatalf("%+v", r)
		}
		whole := time.Since(began)
		st := db.reopen(t, undisturbed)
		want := read(t, st)
		st.Close() //nolint:errcheck // only read
		r := rand.New(rand.NewPCG(16, uint64(time.Now().UnixNano())))
		for i := range times(4, 200) {
			place := db.fresh(t)
			cmd, out, errs := p.command(args(place)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			delay := whole/20 + time.Duration(r.Int64N(int64(whole)))
			time.Sleep(delay) // the moment is random
			signalled := time.Now()
			cmd.Process.Signal([]os.Signal{syscall.SIGTERM, syscall.SIGINT}[i%2]) //nolint:errcheck // it may have ended
			cmd.Wait()                                                            //nolint:errcheck // its status is asserted
			took := time.Since(signalled)
			switch code := cmd.ProcessState.ExitCode(); {
			case code == 1 && strings.Contains(errs.String(), "stopped"), code == 0, cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() && delay < whole/5:
			default:
				t.Errorf("a signal after %v: %v: %s%s", delay, cmd.ProcessState, out, errs)
			}
			if took > 10*time.Second {
				t.Errorf("ended %v after the signal", took)
			}
			began := time.Now()
			st := db.reopen(t, place)
			reopened := time.Since(began)
			if faults, err := st.Check(context.Background(), git.Covers); len(faults) > 0 || err != nil {
				t.Errorf("a signal after %v: %v, %v", delay, faults, err)
			}
			syncInto(t, st, clone.Dir, 0)
			d.ran(reopened, want.whole(t, st))
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestCancelledStatement stops a statement that would take hours.
func TestCancelledStatement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db database, d *tally) {
		st, err := db.open(context.Background(), db.fresh(t))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close() //nolint:errcheck // only read
		for range times(3, 20) {
			ctx, cancel := context.WithCancel(context.Background())
			var cancelled time.Time
			time.AfterFunc(200*time.Millisecond, func() { cancelled = time.Now(); cancel() })
			rows, err := st.Query(ctx, "SELECT COUNT(*) FROM generate_series(1, 3000000) a(i) CROSS JOIN generate_series(1, 3000000) b(k) WHERE sqrt(a.i * b.k) = 0.5")
			if err == nil {
				for rows.Next() {
				}
				err = rows.Err()
				rows.Close() //nolint:errcheck // its error is the one above
			}
			took := time.Since(cancelled)
			cancel()
			if err == nil || cancelled.IsZero() || took > time.Second {
				t.Errorf("stopped %v after it was cancelled: %v", took, err)
			}
			if got := selected(t, st, "SELECT 1"); got[0] != "1" {
				t.Errorf("afterwards: %v", got)
			}
			d.ran(took, !t.Failed())
		}
	})
}
