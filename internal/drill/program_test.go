package drill

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program runs diarchy as a process of its own, on a machine without settings.
type program struct {
	t    testing.TB
	home string
	path string // PATH
}

func newProgram(t testing.TB) program {
	return program{t, t.TempDir(), os.Getenv("PATH")}
}

// result is what a run of the program gave.
type result struct {
	code     int
	out, err string
}

func (p program) command(args ...string) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	cmd = exec.Command(os.Args[0], args...)
	cmd.Env = []string{"DIARCHY_DRILL_ROLE=program", "HOME=" + p.home, "XDG_CACHE_HOME=" + filepath.Join(p.home, "cache"), "PATH=" + p.path, "TMPDIR=" + os.TempDir()}
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr, cmd.Stdin = out, errs, strings.NewReader("")
	return cmd, out, errs
}

func (p program) run(args ...string) result {
	p.t.Helper()
	cmd, out, errs := p.command(args...)
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}
