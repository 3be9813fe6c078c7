// Package app wires everything: it is the only room that knows all others. Run is the
// whole program, so that tests start the real thing.
package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
)

// version is set by the build; the module's own version otherwise.
var version = ""

// Version is the program's name and version.
func Version() string {
	v := version
	if v == "" {
		v = "devel"
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
	}
	return "diarchy " + v
}

// Main is the program as it is started: it stops at a signal, and returns the exit status.
func Main() int {
	// Signals stay caught to the end: one that comes after the result must not end the
	// process before it says its status.
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	return Run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
}

// Run runs the program and returns its exit status.
func Run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	streams := cli.Streams{In: stdin, Out: stdout, Err: stderr, Env: env, Terminal: isTerminal(stdout), ErrTerm: isTerminal(stderr)}
	if f, ok := stdout.(*os.File); ok && streams.Terminal {
		streams.Width = columns(f)
	}
	return cli.Run(ctx, args, streams, Version(), newProgram(env, stderr))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// program carries out what commands ask for.
type program struct {
	env    []string
	now    func() time.Time
	stderr io.Writer
	host   *host                                                                       // of a server, which has read what others read by themselves; nil elsewhere
	judged func(*reading, context.Context) (cockpit.Diagnosis, diagnosis.Basis, error) // of a server, which keeps it; nil elsewhere
	sights *memo                                                                       // of systems that are read from files
}

var _ cli.Actions = (*program)(nil)

func newProgram(env []string, stderr io.Writer) *program {
	return &program{env: env, now: time.Now, stderr: stderr, sights: &memo{}}
}

// absolute resolves a path against the folder that the program was started in.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}

// progress prints one line that is written over, at most ten times a second. Several things may
// go on beside each other.
type progress struct {
	w     io.Writer
	now   func() time.Time
	name  string
	began map[string]begun
	last  time.Time
	open  bool
}

// begun is where something was when it first said how far it is: what came before is not timed.
type begun struct {
	at   time.Time
	done int
}

func (p *progress) show(name string, done, total int) { p.line(name, "commits", done, total) }

func (p *progress) showItems(name string, done, total int) { p.line(name, "items", done, total) }

func (p *progress) showRows(name string, done, total int) { p.line(name, "rows", done, total) }

// line shows what was done of a total, which is 0 where it is not known: then no time is said.
func (p *progress) line(name, unit string, done, total int) {
	if p.w == nil || done == 0 && total == 0 {
		return
	}
	now := p.now()
	if name != p.name {
		p.close()
		p.name, p.last = name, time.Time{}
	}
	began, ok := p.began[name]
	if !ok || done < began.done { // it begins anew
		if p.began == nil {
			p.began = map[string]begun{}
		}
		began = begun{now, done}
		p.began[name] = began
	}
	if now.Sub(p.last) < 100*time.Millisecond && (done < total || total == 0) {
		return
	}
	p.last, p.open = now, true
	text := fmt.Sprintf("%s: %d %s", name, done, unit)
	if total > 0 {
		text = fmt.Sprintf("%s: %d of %d %s", name, done, total, unit)
	}
	if took := now.Sub(began.at); took > 0 && done > began.done {
		rate := float64(done-began.done) / took.Seconds()
		text += fmt.Sprintf(", %.0f/s", rate)
		if done < total && took > time.Second {
			text += fmt.Sprintf(", %s left", time.Duration(float64(total-done)/rate*float64(time.Second)).Round(time.Second))
		}
	}
	fmt.Fprint(p.w, "\r\x1b[K"+text)
}

func (p *progress) close() {
	if p.open {
		fmt.Fprintln(p.w)
		p.open = false
	}
}
