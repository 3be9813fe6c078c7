package git

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// attributes asks git which attribute "diff" a path has: it may say that a text is
// binary, or the other way. Answers are remembered. Several goroutines may ask.
type attributes struct {
	mu       sync.Mutex
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	known    map[string]bool // path: it is compared as any other
	drivers  bool            // the configuration of the repository says how some files are compared
	failures error
}

// attributes returns nil if no file can have attributes.
func (r repo) attributes(ctx context.Context) (*attributes, error) {
	if !r.hasAttributes(ctx) {
		return nil, ctx.Err()
	}
	cmd := r.command(ctx, "check-attr", "-z", "--stdin", "diff")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, gitError(ctx, "check-attr", err, "")
	}
	drivers := r.line(ctx, "config", "--get-regexp", `^diff\..*\..*`) != ""
	return &attributes{cmd: cmd, in: in, out: bufio.NewReader(out), known: map[string]bool{}, drivers: drivers}, nil
}

// hasAttributes looks for files that give attributes: in the repository's own folder,
// at the head, and in the index and at the top of a work tree.
func (r repo) hasAttributes(ctx context.Context) bool {
	where, err := r.laidOut(ctx)
	if err != nil {
		return true // to be sure
	}
	if info, err := os.Stat(filepath.Join(where.commonDir, "info", "attributes")); err == nil && info.Size() > 0 {
		return true
	}
	places := [][]string{{"ls-tree", "-r", "-z", "--name-only", "HEAD"}}
	top := ""
	if !where.isBare {
		top = r.line(ctx, "rev-parse", "--show-toplevel")
	}
	if top != "" {
		if _, err := os.Lstat(filepath.Join(top, ".gitattributes")); err == nil {
			return true
		}
		places = append(places, []string{"ls-files", "-z"})
	}
	for _, args := range places {
		out, err := r.output(ctx, nil, args...)
		if err != nil {
			return true // to be sure
		}
		for name := range strings.SplitSeq(string(out), "\x00") {
			if path.Base(name) == ".gitattributes" {
				return true
			}
		}
	}
	return false
}

// ordinary tells whether all paths are compared as any other.
func (a *attributes) ordinary(ctx context.Context, paths []string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failures != nil {
		return false, a.failures
	}
	all, fresh := true, []string(nil)
	for _, p := range paths {
		ok, seen := a.known[p]
		all = all && (ok || !seen)
		if !seen {
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return all, nil
	}
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(a.in, strings.Join(fresh, "\x00")+"\x00")
		written <- err
	}()
	for _, p := range fresh {
		var f [3]string // path, "diff", value
		for i := range f {
			s, err := a.out.ReadString(0)
			if err != nil {
				a.failures = err
				return false, err
			}
			f[i] = s[:len(s)-1]
		}
		a.known[p] = f[0] == p && (f[2] == "unspecified" || f[2] != "set" && f[2] != "unset" && !a.drivers)
		all = all && a.known[p]
	}
	return all, <-written
}

func (a *attributes) stop() {
	if a == nil {
		return
	}
	a.in.Close()
	a.cmd.Process.Kill() //nolint:errcheck // it may be done
	a.cmd.Wait()         //nolint:errcheck // it was killed
}
