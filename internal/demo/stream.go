package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// mark names an object inside of one fast-import stream; 0 is none.
type mark int

// signature is who did something and when; the zone of the time is written too.
type signature struct {
	name, email string
	at          time.Time
}

func (s signature) String() string {
	return fmt.Sprintf("%s <%s> %d %s", s.name, s.email, s.at.Unix(), s.at.Format("-0700"))
}

// edit sets a path to a blob, or removes it when the blob is 0.
type edit struct {
	path string
	blob mark
}

// commit is what git is told of a commit.
type commit struct {
	ref               string
	author, committer signature
	message           string
	from, merge       mark
	edits             []edit
}

// stream feeds one git fast-import. Errors stay and are returned by close.
type stream struct {
	cmd    *exec.Cmd
	in     io.Closer
	w      *bufio.Writer
	out    *bufio.Reader
	stderr bytes.Buffer
	last   mark
	err    error
}

// openStream makes a bare repository with the main line as HEAD and opens it for
// writing.
func openStream(ctx context.Context, git, dir string) (*stream, error) {
	args := []string{"init", "--quiet", "--bare", "--template=", "--initial-branch=main", dir}
	if out, err := command(ctx, git, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("git init: %w: %s", err, bytes.TrimSpace(out))
	}
	s := &stream{cmd: command(ctx, git, "--git-dir="+dir, "-c", "core.compression=1", "fast-import", "--quiet", "--done", "--date-format=raw")}
	s.cmd.Stderr = &s.stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.in, s.w, s.out = in, bufio.NewWriterSize(in, 1<<16), bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("git fast-import: %w", err)
	}
	return s, nil
}

// command is git without the configuration and environment of whoever runs us.
func command(ctx context.Context, git string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, git, args...)
	cmd.Env = []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "LC_ALL=C", "TZ=UTC",
		// git compresses each object with a fresh quarter of a megabyte, which glibc would
		// otherwise ask of the kernel and give back every time: most of the time of an import.
		"MALLOC_TRIM_THRESHOLD_=268435456", "MALLOC_TOP_PAD_=16777216"}
	for _, kept := range []string{"PATH", "SystemRoot", "TMPDIR", "TEMP"} {
		if v, ok := os.LookupEnv(kept); ok {
			cmd.Env = append(cmd.Env, kept+"="+v)
		}
	}
	return cmd
}

func (s *stream) printf(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format, args...)
	}
}

func (s *stream) data(b string) {
	s.printf("data %d\n%s\n", len(b), b)
}

func (s *stream) blob(content string) mark {
	s.last++
	s.printf("blob\nmark :%d\n", s.last)
	s.data(content)
	return s.last
}

func (s *stream) commit(c commit) mark {
	s.last++
	s.printf("commit %s\nmark :%d\nauthor %v\ncommitter %v\n", c.ref, s.last, c.author, c.committer)
	s.data(c.message)
	if c.from > 0 {
		s.printf("from :%d\n", c.from)
	}
	if c.merge > 0 {
		s.printf("merge :%d\n", c.merge)
	}
	for _, e := range c.edits {
		if e.blob == 0 {
			s.printf("D %s\n", e.path)
		} else {
			s.printf("M 100644 :%d %s\n", e.blob, e.path)
		}
	}
	s.printf("\n")
	return s.last
}

// tag writes an annotated tag.
func (s *stream) tag(name string, of mark, tagger signature, message string) {
	s.printf("tag %s\nfrom :%d\ntagger %v\n", name, of, tagger)
	s.data(message)
}

// drop removes a reference that was needed on the way.
func (s *stream) drop(ref string) {
	s.printf("reset %s\nfrom %s\n\n", ref, strings.Repeat("0", 40))
}

// sha asks git for the name that an object got.
func (s *stream) sha(m mark) string {
	s.printf("get-mark :%d\n", m)
	if s.err == nil {
		s.err = s.w.Flush()
	}
	if s.err != nil {
		return ""
	}
	line, err := s.out.ReadString('\n')
	s.err = err
	return strings.TrimSpace(line)
}

func (s *stream) close() error {
	s.printf("done\n")
	err := errors.Join(s.err, s.w.Flush(), s.in.Close())
	if wait := s.cmd.Wait(); wait != nil || err != nil {
		return fmt.Errorf("git fast-import: %w: %s", errors.Join(wait, err), strings.TrimSpace(s.stderr.String()))
	}
	return nil
}
