package drill

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

const nobody = 65534

// asNobody has root's process run without root's rights.
func asNobody(cmd *exec.Cmd) {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		cmd.Dir = "/"
	}
}

// readableByAll puts a database where nobody in particular can reach it, and this
// program into a folder of its own.
func readableByAll(t testing.TB, file, log []byte) (place, program string) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "diarchy-drill-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // a temporary folder
	place = filepath.Join(dir, "facts.duckdb")
	for name, text := range map[string][]byte{place: file, place + ".wal": log} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bin, err := os.MkdirTemp("/tmp", "diarchy-drill-bin-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(bin) }) //nolint:errcheck // a temporary folder
	program = filepath.Join(bin, "diarchy")
	if err := os.Link(os.Args[0], program); err != nil { // on another disk
		if err := os.WriteFile(program, readFile(t, os.Args[0]), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{dir, bin} {
		if err := os.Chown(d, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return place, program
}

// peak is the most memory that an ended process held, in bytes.
func peak(cmd *exec.Cmd) int64 {
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}
