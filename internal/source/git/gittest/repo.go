// Package gittest makes repositories for tests, with the git program and nothing of
// the configuration of whoever runs them.
package gittest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Repo is a repository that a test writes with the git program.
type Repo struct {
	t     testing.TB
	Dir   string
	Clock int64  // of the last commit, in seconds
	Name  string // of author and committer
	Email string
}

// New makes an empty repository; more arguments are for git init.
func New(t testing.TB, init ...string) *Repo {
	t.Helper()
	s := &Repo{t: t, Dir: filepath.Join(t.TempDir(), "clone"), Clock: 1_700_000_000, Name: "Ann Example", Email: "ann@example.com"}
	if err := os.Mkdir(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.Git(append([]string{"init", "-q", "-b", "main"}, init...)...)
	return s
}

// Try runs git as the user would, with a clean configuration.
func (s *Repo) Try(stdin []byte, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = s.Dir
	date := fmt.Sprintf("@%d +0100", s.Clock)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir(), "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=" + s.Name, "GIT_AUTHOR_EMAIL=" + s.Email, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + s.Name, "GIT_COMMITTER_EMAIL=" + s.Email, "GIT_COMMITTER_DATE=" + date, "GIT_EDITOR=true"}
	cmd.Stdin = bytes.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimRight(string(out), "\n"), err
}

// Git runs git and gives what it printed.
func (s *Repo) Git(args ...string) string {
	s.t.Helper()
	out, err := s.Try(nil, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// Write puts a file into the work tree.
func (s *Repo) Write(path, content string) {
	s.t.Helper()
	p := filepath.Join(s.Dir, path)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// Commit records all that lies in the work tree, and returns the commit.
func (s *Repo) Commit(subject string) string {
	s.t.Helper()
	s.Clock += 3600
	s.Git("add", "-A")
	s.Git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", subject)
	return s.Git("rev-parse", "HEAD")
}

// Save writes one file and commits it.
func (s *Repo) Save(path, content string) string {
	s.t.Helper()
	s.Write(path, content)
	return s.Commit("change " + strconv.Quote(path))
}

// Merge merges without fast-forward and returns the merge.
func (s *Repo) Merge(branches ...string) string {
	s.t.Helper()
	s.Clock += 3600
	s.Git(append([]string{"merge", "-q", "--no-ff", "-m", "merge " + strings.Join(branches, " ")}, branches...)...)
	return s.Git("rev-parse", "HEAD")
}

// Grow adds commits on several branches with one fast-import.
func (s *Repo) Grow(r *rand.Rand, commits int) {
	s.t.Helper()
	type branch struct {
		mark  int
		files map[string]string
	}
	branches := map[string]*branch{"main": {files: map[string]string{}}}
	names := []string{"main"}
	var in strings.Builder
	data := func(s string) { fmt.Fprintf(&in, "data %d\n%s\n", len(s), s) }
	for i := 1; i <= commits; i++ {
		name := names[r.IntN(len(names))]
		b := branches[name]
		if name == "main" && len(names) < 5 && b.mark > 0 && r.IntN(3) == 0 {
			name = fmt.Sprintf("b%d", i)
			nb := &branch{mark: b.mark, files: map[string]string{}}
			for k, v := range b.files {
				nb.files[k] = v
			}
			names, branches[name], b = append(names, name), nb, nb
		}
		fmt.Fprintf(&in, "commit refs/heads/%s\nmark :%d\ncommitter Ann Example <ann@example.com> %d +0000\n", name, i, s.Clock+int64(i)*600)
		data(fmt.Sprintf("commit %d", i))
		if b.mark > 0 {
			fmt.Fprintf(&in, "from :%d\n", b.mark)
		}
		if name == "main" && len(names) > 1 && r.IntN(4) == 0 {
			k := 1 + r.IntN(len(names)-1)
			other := branches[names[k]]
			fmt.Fprintf(&in, "merge :%d\n", other.mark)
			for p, v := range other.files { // theirs, with something of its own sometimes
				b.files[p] = v
				fmt.Fprintf(&in, "M 644 inline %s\n", p)
				data(v)
			}
			names = append(names[:k], names[k+1:]...)
		}
		for range r.IntN(4) {
			s.step(r, b.files, func(format string, args ...any) { fmt.Fprintf(&in, format, args...) }, data)
		}
		b.mark = i
	}
	in.WriteString("done\n")
	if _, err := s.Try([]byte(in.String()), "fast-import", "--quiet", "--done", "--date-format=raw"); err != nil {
		s.t.Fatal(err)
	}
	s.Clock += int64(commits) * 600
}

// step changes one file at random.
func (s *Repo) step(r *rand.Rand, files map[string]string, out func(string, ...any), data func(string)) {
	var paths []string
	for i := range 40 {
		if p := fmt.Sprintf("d%d/f%d.go", i%3, i); files[p] != "" {
			paths = append(paths, p)
		}
	}
	i := r.IntN(40)
	p := fmt.Sprintf("d%d/f%d.go", i%3, i)
	if len(paths) > 0 && r.IntN(4) > 0 {
		p = paths[r.IntN(len(paths))]
	}
	switch r.IntN(8) {
	case 0:
		if files[p] != "" && files[fmt.Sprintf("d%d/f%d.go", i%3, i)] == "" {
			to := fmt.Sprintf("d%d/f%d.go", i%3, i)
			out("R %s %s\n", p, to)
			files[to] = files[p]
			delete(files, p)
			return
		}
	case 1:
		if files[p] != "" {
			out("D %s\n", p)
			delete(files, p)
			return
		}
	}
	all := strings.SplitAfter(files[p], "\n")
	for range 1 + r.IntN(6) {
		at := r.IntN(len(all))
		switch line := fmt.Sprintf("line %d\n", r.IntN(12)); r.IntN(5) {
		case 0:
			all = append(all[:at:at], all[at+1:]...)
		case 1:
			all[at] = line
		default:
			all = append(all[:at:at], append([]string{line, line}, all[at:]...)...)
		}
		if len(all) == 0 {
			all = []string{"x"}
		}
	}
	text := strings.Join(all, "")
	if r.IntN(20) == 0 {
		text += "\x00"
	}
	if text == "" {
		text = "\n"
	}
	files[p] = text
	out("M %s inline %s\n", []string{"644", "755", "120000"}[max(0, r.IntN(16)-13)], p)
	data(text)
}

// Chmod changes the mode of a file.
func (s *Repo) Chmod(path string, mode os.FileMode) {
	s.t.Helper()
	if err := os.Chmod(filepath.Join(s.Dir, path), mode); err != nil {
		s.t.Fatal(err)
	}
}

// Link puts a symbolic link into the work tree.
func (s *Repo) Link(target, path string) {
	s.t.Helper()
	if err := os.Symlink(target, filepath.Join(s.Dir, path)); err != nil {
		s.t.Fatal(err)
	}
}

// Remove takes a file or folder out of the work tree.
func (s *Repo) Remove(path string) {
	s.t.Helper()
	if err := os.RemoveAll(filepath.Join(s.Dir, path)); err != nil {
		s.t.Fatal(err)
	}
}
