package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"golang.org/x/sync/errgroup"
)

// chunkSize is how many commits a git process is given at once: small enough that
// processes stay level with each other, large enough that handing over costs nothing.
const chunkSize = 250

// diffArgs ask for metadata, paths and patches in one pass. One line of context
// instead of none: with none, git first cuts equal tails, and its heuristics then
// may count other lines than `git log --numstat -M` does.
var diffArgs = []string{"diff-tree", "--stdin", "--always", "-r", "--root", "-M", "-p", "-U1", "--raw", "-z", "--no-abbrev",
	"--no-ext-diff", "--no-textconv", "--encoding=UTF-8", "--date=raw", "--format=" + commitFormat}

// chunk is a run of commits on its way from the list to the sink.
type chunk struct {
	shas   []string
	result chan []touched
}

// changes reads the given commits on every core and hands them to fn in the given
// order. Commits are read from the object store; the git program reads what is odd.
func (r repo) changes(ctx context.Context, own *objects, shas []string, fn func([]touched) error) error {
	// Most memory is that of contents, which is used again and is no garbage: collecting
	// twice as often costs little and saves a tenth of the peak.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	g, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	work := make(chan chunk)
	order := make(chan chunk, 2*workers) // bounds what is read ahead
	g.Go(func() error {
		defer close(work)
		defer close(order)
		for len(shas) > 0 {
			n := min(chunkSize, len(shas))
			c := chunk{shas[:n], make(chan []touched, 1)}
			shas = shas[n:]
			for _, to := range []chan chunk{order, work} {
				select {
				case to <- c:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for range workers {
		g.Go(func() error { return r.work(ctx, own.reader(), work) })
	}
	g.Go(func() error {
		for c := range order {
			select {
			case res := <-c.result:
				if err := fn(res); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return g.Wait()
}

// work reads chunks: first what it can by itself, then the rest with a git process.
func (r repo) work(ctx context.Context, own *native, work <-chan chunk) error {
	var d *differ
	defer func() { d.stop() }()
	for c := range work {
		out := make([]touched, len(c.shas))
		var left []string
		for i, sha := range c.shas {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var err error = errAskGit
			if own != nil {
				out[i], err = own.read(ctx, sha)
			}
			if err != nil {
				left = append(left, sha)
			}
		}
		asked, err := r.ask(ctx, &d, left)
		if err != nil {
			return err
		}
		for i, sha := range c.shas {
			if len(asked) > 0 && asked[0].commit.SHA == sha {
				out[i], asked = asked[0], asked[1:]
			}
		}
		c.result <- out
	}
	return nil
}

// ask reads commits with a git process, and starts another when it dies.
func (r repo) ask(ctx context.Context, d **differ, shas []string) (out []touched, err error) {
	for rest := shas; len(rest) > 0; {
		if *d == nil {
			if *d, err = r.startDiffer(ctx); err != nil {
				return nil, err
			}
		}
		got, err := (*d).read(rest)
		out = append(out, got...)
		rest = rest[len(got):]
		if err == nil {
			continue
		}
		(*d).stop()
		*d = nil
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(rest) == 0 {
			continue
		}
		t, err := r.piecemeal(ctx, rest[0])
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, problem.Missing) || r.line(ctx, "rev-parse", "--git-dir") == "" {
				return nil, fmt.Errorf("commit %s: %w", rest[0], err)
			}
			t = touched{commit: fact.Commit{SHA: rest[0]}, unreadable: err}
		}
		out = append(out, t)
		rest = rest[1:]
	}
	return out, r.recount(ctx, out)
}

// differ is one running git diff-tree.
type differ struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	parser *parser
}

func (r repo) startDiffer(ctx context.Context) (*differ, error) {
	cmd := r.command(ctx, diffArgs...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, gitError(ctx, "diff-tree", err, "")
	}
	return &differ{cmd, in, newParser(out)}, nil
}

// read hands over commits and returns those that came back whole.
func (d *differ) read(shas []string) ([]touched, error) {
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(d.stdin, strings.Join(shas, "\n")+"\n"+chunkEnd)
		written <- err
	}()
	out := make([]touched, 0, len(shas))
	for {
		t, err := d.parser.next()
		if err == errChunkEnd {
			if len(out) != len(shas) {
				return out, fmt.Errorf("git diff-tree: %d commits of %d came back", len(out), len(shas))
			}
			return out, <-written
		}
		if err != nil {
			return out, err
		}
		if t.commit.SHA != shas[len(out)] {
			return out, fmt.Errorf("git diff-tree: %s came back for %s", t.commit.SHA, shas[len(out)])
		}
		out = append(out, t)
	}
}

func (d *differ) stop() {
	if d == nil {
		return
	}
	d.stdin.Close()
	if d.cmd.Process != nil {
		d.cmd.Process.Kill()
	}
	d.cmd.Wait() //nolint:errcheck // it was killed
}

// recount asks git for the counts of commits whose patch does not show them: where a
// file became a link, or the other way, the patch is a deletion and a creation but the
// count one difference; and the patch of a rename or of a new mode does not say that
// the file is binary.
func (r repo) recount(ctx context.Context, ts []touched) error {
	var in strings.Builder
	for _, t := range ts {
		if t.recount {
			in.WriteString(t.commit.SHA + "\n")
		}
	}
	if in.Len() == 0 {
		return nil
	}
	counts := map[string]lineCounts{}
	if out, err := r.output(ctx, strings.NewReader(in.String()), numstatArgs("--stdin", "--format=%x01%H")...); err == nil {
		counts = splitNumstat(out)
	}
	for i := range ts {
		if !ts[i].recount {
			continue
		}
		c := &ts[i].commit
		n, ok := counts[c.SHA]
		if !ok { // contents are missing, of this commit or of another in the list
			out, err := r.output(ctx, nil, numstatArgs("--no-commit-id", c.SHA)...)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				c.CountsOmitted = true
				continue
			}
			n = parseNumstat(out)
		}
		for k := range c.Changes {
			n.put(&c.Changes[k])
		}
	}
	return nil
}

// numstatArgs ask for line counts alone, as `git log --numstat -M` gives them.
func numstatArgs(more ...string) []string {
	return append([]string{"diff-tree", "-r", "--root", "-M", "--numstat", "-z", "--no-ext-diff", "--no-textconv"}, more...)
}

// lineCounts are added and deleted lines by path.
type lineCounts map[string][2]int64

func (m lineCounts) put(f *fact.FileChange) {
	if n, ok := m[f.Path]; ok {
		f.Added, f.Deleted, f.Binary = n[0], n[1], n[0] == fact.Uncounted
	}
}

// splitNumstat reads counts of many commits, each after "\x01SHA\0\n".
func splitNumstat(out []byte) map[string]lineCounts {
	m := map[string]lineCounts{}
	sha := ""
	for len(out) > 0 {
		if out[0] != 1 {
			if m[sha] == nil {
				return m
			}
			out = m[sha].next(out)
			continue
		}
		rec, rest, _ := bytes.Cut(out, []byte{0})
		sha, out = string(rec[1:]), bytes.TrimPrefix(rest, []byte{'\n'})
		m[sha] = lineCounts{}
	}
	return m
}

// parseNumstat reads `--numstat -z`: "1\t2\tpath\0", or "1\t2\t\0old\0new\0".
func parseNumstat(out []byte) lineCounts {
	m := lineCounts{}
	for len(out) > 0 {
		out = m.next(out)
	}
	return m
}

// next reads one record and returns what follows it.
func (m lineCounts) next(out []byte) []byte {
	rec, out, _ := bytes.Cut(out, []byte{0})
	f := bytes.SplitN(rec, []byte{'\t'}, 3)
	if len(f) != 3 {
		return out
	}
	name := f[2]
	if len(name) == 0 {
		_, out, _ = bytes.Cut(out, []byte{0})
		name, out, _ = bytes.Cut(out, []byte{0})
	}
	m[clean(string(name))] = [2]int64{countOf(f[0]), countOf(f[1])}
	return out
}

func countOf(b []byte) int64 {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return fact.Uncounted
	}
	return n
}

// piecemeal reads a commit that git cannot show whole, because contents are missing
// or damaged: paths first, then the counts of those files whose contents are there.
func (r repo) piecemeal(ctx context.Context, sha string) (touched, error) {
	t, err := r.bare(ctx, sha)
	if err != nil {
		return t, err
	}
	t.commit.CountsOmitted = true
	raw, err := r.output(ctx, nil, "diff-tree", "-r", "--root", "-M100%", "--raw", "-z", "--no-abbrev", "--no-commit-id", sha)
	if err != nil { // trees are missing too: keep the commit alone
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
		return t, nil
	}
	if len(t.commit.Parents) > 1 {
		return t, nil
	}
	entries, err := newParser(bytes.NewReader(append(raw, 0))).raw()
	if err != nil {
		return t, err
	}
	for _, e := range entries {
		fc := e.change()
		fc.Added, fc.Deleted = fact.Uncounted, fact.Uncounted
		args := numstatArgs("-M100%", "--no-commit-id", sha, "--", ":(literal)"+e.path)
		if e.old != "" {
			args = append(args, ":(literal)"+e.old)
		}
		if out, err := r.output(ctx, nil, args...); err == nil {
			parseNumstat(out).put(&fc)
		}
		t.commit.Changes = append(t.commit.Changes, fc)
		t.record(e)
	}
	return t, ctx.Err()
}

// bare reads a commit's metadata and nothing of its trees.
func (r repo) bare(ctx context.Context, sha string) (touched, error) {
	out, err := r.output(ctx, nil, "log", "-1", "--no-patch", "--no-show-signature", "--encoding=UTF-8", "--date=raw", "-z", "--format="+commitFormat, sha, "--")
	if err != nil {
		return touched{}, err
	}
	p := newParser(bytes.NewReader(append(out, 0)))
	if b, err := p.r.ReadByte(); err != nil || b != 1 {
		return touched{}, errors.New("git log: unexpected output")
	}
	c, err := p.header()
	return touched{commit: c}, err
}
