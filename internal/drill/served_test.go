package drill

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// TestCommandsBesideAServer: while a server has the facts database, other commands answer
// all the same, and what they read anew is there for the server; after kill -9 of the
// server nothing stands in anybody's way.
func TestCommandsBesideAServer(t *testing.T) {
	p := newProgram(t)
	clone := gittest.New(t)
	clone.Save("a.go", "package a\n")
	clone.Commit("One")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "diarchy.yaml"), []byte("sources:\n  - {git: "+clone.Dir+", name: a}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, _, log := p.serve(dir)
	awaitLine(t, log, "sources read")
	database := filepath.Join(dir, ".diarchy", "facts.duckdb")

	for _, args := range [][]string{{"metric", "show", "throughput"}, {"facts", "commit"}, {"doctor"}} {
		if r := p.run(append(args, "--workspace", dir)...); r.code != 0 {
			t.Errorf("%v beside a server: %d\n%s%s", args, r.code, r.out, r.err)
		}
	}
	held := regexp.MustCompile(`"table": *"commit",\s*"rows": *2\b`)
	saved := filepath.Join(dir, "saved.diarchy")
	for _, args := range [][]string{{"backup", saved}, {"restore", saved, "--database", filepath.Join(dir, "restored.duckdb")}, {"move", "--to", filepath.Join(dir, "moved.duckdb")}} {
		if r := p.run(append(args, "--json", "--workspace", dir)...); r.code != 0 || !held.MatchString(r.out) {
			t.Errorf("%v beside a server: %d\n%s%s", args, r.code, r.out, r.err)
		}
	}
	clone.Save("a.go", "package b\n")
	clone.Commit("Two")
	if r := p.run("sync", "--workspace", dir); r.code != 0 || !strings.Contains(r.out, "4 commits") {
		t.Errorf("sync beside a server: %d\n%s%s", r.code, r.out, r.err)
	}
	if r := p.run("sync", "--rebuild", "--workspace", dir); r.code != 1 || !strings.Contains(r.err, "stop the server") {
		t.Errorf("sync --rebuild beside a server: %d\n%s", r.code, r.err)
	}
	if r := p.run("restore", filepath.Join(dir, "none.diarchy"), "--workspace", dir); r.code == 0 {
		t.Error("restored under a server")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".diarchy", ".diarchy-copy-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("copies are left: %v, %v", left, err)
	}

	if err := server.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, _ = server.Process.Wait()
	if _, err := os.Stat(database + ".sock"); err != nil {
		t.Errorf("the socket of a killed server is what is tried here: %v", err)
	}
	if r := p.run("sync", "--workspace", dir); r.code != 0 || !strings.Contains(r.out, "4 commits, 0 new") {
		t.Errorf("sync after the server was killed: %d\n%s%s", r.code, r.out, r.err)
	}
}

// serve starts a server of a workspace, with what it prints and its log.
func (p program) serve(dir string, env ...string) (server *exec.Cmd, out io.Reader, log *os.File) {
	p.t.Helper()
	server, _, _ = p.command("serve", "--workspace", dir, "--listen", "127.0.0.1:0", "--every", "24h")
	server.Env, server.Stdout = append(server.Env, env...), nil
	out, err := server.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	log, write, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	server.Stderr = write
	if err := server.Start(); err != nil {
		p.t.Fatal(err)
	}
	write.Close() //nolint:errcheck // the server has its own
	p.t.Cleanup(func() { _ = server.Process.Kill(); _, _ = server.Process.Wait() })
	return server, out, log
}

// awaitLine reads until a line holds a text.
func awaitLine(t testing.TB, f *os.File, text string) {
	t.Helper()
	_ = f.SetReadDeadline(time.Now().Add(2 * time.Minute))
	var seen []byte
	buf := make([]byte, 4096)
	for !strings.Contains(string(seen), text) {
		n, err := f.Read(buf)
		if seen = append(seen, buf[:n]...); err != nil {
			t.Fatalf("%q was not said: %v\n%s", text, err, seen)
		}
	}
	go func() { // what is said later must not stand in the server's way
		_ = f.SetReadDeadline(time.Time{})
		for {
			if _, err := f.Read(buf); err != nil {
				return
			}
		}
	}()
}
