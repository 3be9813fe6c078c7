// Package git reads clones with the git program. It never writes to a clone, never
// touches a work tree, and runs nothing that a repository could name: no hooks,
// filters, text converters, external diffs, pagers, signature checkers, helpers,
// submodules or transports.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/git/object"
)

// repo runs git in one directory.
type repo struct {
	program string
	dir     string
	gitOnly bool
	reading object.Options
	layout  layout // zero: not looked up
}

// layout is where the parts of a clone are.
type layout struct {
	gitDir, commonDir string // absolute; another one in a work tree beside the first
	isShallow, isBare bool
}

// laidOut looks the layout up, with an error where there is no repository.
func (r repo) laidOut(ctx context.Context) (l layout, err error) {
	if r.layout != l {
		return r.layout, nil
	}
	out, err := r.output(ctx, nil, "rev-parse", "--is-shallow-repository", "--is-bare-repository", "--path-format=absolute", "--git-dir", "--git-common-dir")
	if err != nil {
		return l, err
	}
	f := strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\n", 4)
	if len(f) < 4 {
		return l, fmt.Errorf("git rev-parse: %q is no answer", out)
	}
	l = layout{gitDir: f[2], commonDir: f[3], isShallow: f[0] == "true", isBare: f[1] == "true"}
	if strings.Contains(l.commonDir, "\n") { // a path has one itself
		l.gitDir = r.line(ctx, "rev-parse", "--absolute-git-dir")
		l.commonDir = r.line(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir")
	}
	return l, ctx.Err()
}

// safeConfig switches off every configuration by which a repository could run a
// program or change a count.
var safeConfig = []string{
	"safe.directory=*",
	"core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.editor=false",
	"core.sshCommand=false", "core.askPass=", "credential.helper=", "core.quotePath=false",
	"core.alternateRefsCommand=false", "core.untrackedCache=false", "core.attributesFile=/dev/null", "core.bigFileThreshold=512m",
	"protocol.allow=never", "diff.external=", "diff.algorithm=default", "diff.renameLimit=1000",
	"diff.suppressBlankEmpty=false", "diff.noprefix=false", "diff.mnemonicPrefix=false", "diff.orderFile=/dev/null",
	"log.showSignature=false", "gpg.program=false", "i18n.logOutputEncoding=UTF-8", "color.ui=never",
	"gc.auto=0", "maintenance.auto=false", "fetch.writeCommitGraph=false",
}

// environment is all that git sees of ours.
func environment() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0",
		"GIT_PROTOCOL_FROM_USER=0", "GIT_ATTR_NOSYSTEM=1", "GIT_PAGER=cat", "GIT_EXTERNAL_DIFF=", "GIT_ADVICE=0",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=/dev/null", // history as it was recorded, the same in every clone
	}
	return env
}

func (r repo) command(ctx context.Context, args ...string) *exec.Cmd {
	full := make([]string, 0, 2*len(safeConfig)+len(args)+1)
	full = append(full, "--no-pager")
	for _, c := range safeConfig {
		full = append(full, "-c", c)
	}
	cmd := exec.CommandContext(ctx, r.program, append(full, args...)...)
	cmd.Dir = r.dir
	cmd.Env = environment()
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// output runs git and returns what it printed.
func (r repo) output(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := r.command(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &errs
	if err := cmd.Run(); err != nil {
		for len(args) > 2 && args[0] == "-c" {
			args = args[2:]
		}
		return out.Bytes(), r.gone(gitError(ctx, args[0], err, errs.String()))
	}
	return out.Bytes(), nil
}

// gone replaces the error of a git that failed for want of its folder.
func (r repo) gone(err error) error {
	if _, missing := os.Stat(r.dir); errors.Is(missing, fs.ErrNotExist) {
		return problem.New(problem.Missing, "leave the clone where it is while it is read, and run again", "%s: the folder is gone", r.dir)
	}
	return err
}

// line runs git and returns its output without the closing newline; "" when git
// answers with an error.
func (r repo) line(ctx context.Context, args ...string) string {
	out, err := r.output(ctx, nil, args...)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(out), "\n")
}

// gitError makes an error of a failed git, with git's own last words: its errors, or
// else its last line.
func gitError(ctx context.Context, verb string, err error, stderr string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return problem.New(problem.Missing, "install git, version 2.31 or later", "the git program was not found")
	}
	msg := strings.TrimSpace(stderr)
	var errs []string
	for l := range strings.Lines(msg) {
		if strings.HasPrefix(l, "error: ") || strings.HasPrefix(l, "fatal: ") {
			errs = append(errs, strings.TrimSpace(l))
		}
	}
	if i := strings.LastIndexByte(msg, '\n'); len(errs) > 0 {
		msg = strings.Join(errs[max(0, len(errs)-2):], "; ")
	} else if i >= 0 {
		msg = msg[i+1:]
	}
	if msg == "" {
		return fmt.Errorf("git %s: %w", verb, err)
	}
	return fmt.Errorf("git %s: %s", verb, msg)
}
