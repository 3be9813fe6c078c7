package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
)

func TestFileAt(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	inside := filepath.Join(dir, "company")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	commit := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(inside, "a.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		run("add", "-A")
		run("commit", "-q", "-m", "x")
	}
	run("init", "-q", "-b", "main")
	commit("one\n")
	run("tag", "v1")
	commit("two, longer\n")
	for revision, want := range map[string]string{"v1": "one\n", "HEAD": "two, longer\n", "main": "two, longer\n", "HEAD~1": "one\n"} {
		if got, err := FileAt(t.Context(), inside, revision, "a.yaml", 100); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", revision, got, err)
		}
	}
	for name, c := range map[string]struct{ revision, file, want string }{
		"no revision":               {"v9", "a.yaml", "v9 is neither a file nor a revision"},
		"a flag":                    {"--all", "a.yaml", "neither a file nor a revision"},
		"a path in the revision":    {"HEAD:company", "a.yaml", "neither a file nor a revision"},
		"empty":                     {"", "a.yaml", "neither a file nor a revision"},
		"a file that was not there": {"HEAD", "b.yaml", "b.yaml was not there at HEAD"},
		"outside of the repository": {"HEAD", "../../a.yaml", "was not there at HEAD"},
	} {
		if _, err := FileAt(t.Context(), inside, c.revision, c.file, 100); err == nil || !strings.Contains(err.Error(), c.want) || problem.Hint(err) == "" {
			t.Errorf("%s: %v, hint %q", name, err, problem.Hint(err))
		}
	}
	if _, err := FileAt(t.Context(), inside, "HEAD", "a.yaml", 5); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file that is too large: %v", err)
	}
	if _, err := FileAt(t.Context(), t.TempDir(), "HEAD", "a.yaml", 100); err == nil {
		t.Error("a folder without history has a revision")
	}
}

func TestKeeps(t *testing.T) {
	dir := t.TempDir()
	keeps := func(want bool, why string) {
		t.Helper()
		if got, err := Keeps(t.Context(), filepath.Join(dir, "company"), "a.yaml"); got != want || err != nil {
			t.Errorf("%s: %v, %v", why, got, err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "company"), 0o755); err != nil {
		t.Fatal(err)
	}
	keeps(false, "no repository")
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	keeps(true, "a repository without commits")
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("/company/\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	keeps(false, "an ignored folder")
	if out, err := exec.Command("git", "init", "-q", filepath.Join(dir, "company")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	keeps(true, "its own repository in an ignored folder")
}
