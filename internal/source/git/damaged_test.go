package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// damage overwrites an object of a clone.
func damage(t *testing.T, s *gittest.Repo, sha string) {
	t.Helper()
	path := filepath.Join(s.Dir, ".git", "objects", sha[:2], sha[2:])
	if err := errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, []byte("no object"), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// With a commit graph git walks a history without opening its commits.
func TestADamagedCommitIsLeftOutAndListed(t *testing.T) {
	t.Parallel()
	for name, gitOnly := range map[string]bool{"objects read by ourselves": false, "objects read by git": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			var shas []string
			for _, text := range []string{"a\n", "a\nb\n", "a\nb\nc\n", "a\nb\nc\nd\n"} {
				shas = append(shas, s.Save("a.go", text))
			}
			s.Git("commit-graph", "write", "--reachable")
			damage(t, s, shas[1])
			src := sourceOf(s)
			src.GitOnly = gitOnly
			k := readAll(t, src)
			var read []string
			for _, c := range k.commits {
				read = append(read, c.SHA)
			}
			if want := []string{shas[0], shas[2], shas[3]}; strings.Join(read, " ") != strings.Join(want, " ") {
				t.Errorf("read %v, want %v", read, want)
			}
			if len(k.Skipped) != 1 || k.Skipped[0].What != "commits" || k.Skipped[0].Count != 1 || !strings.Contains(k.Skipped[0].Why, shas[1][:12]) {
				t.Errorf("skipped %+v, want the commit %s", k.Skipped, shas[1])
			}
		})
	}
}

func TestAHistoryThatCannotBeWalkedSaysSo(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(t *testing.T, s *gittest.Repo){
		"a damaged commit": func(t *testing.T, s *gittest.Repo) { damage(t, s, s.Git("rev-parse", "HEAD~1")) },
		"a missing commit": func(_ *testing.T, s *gittest.Repo) { loseObject(s, "HEAD~1") },
		"a damaged head":   func(t *testing.T, s *gittest.Repo) { damage(t, s, s.Git("rev-parse", "HEAD")) },
		"a damaged side": func(t *testing.T, s *gittest.Repo) {
			s.Git("checkout", "-q", "-b", "side", "HEAD~1")
			side := s.Save("b.go", "b\n")
			s.Save("b.go", "b\nc\n")
			s.Git("checkout", "-q", "main")
			s.Merge("side")
			damage(t, s, side)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			for _, text := range []string{"a\n", "a\nb\n", "a\nb\nc\n"} {
				s.Save("a.go", text)
			}
			broken(t, s)
			src := sourceOf(s)
			_, err := src.Open(context.Background())
			if err == nil {
				err = src.Read(context.Background(), (&sink{}).request())
			}
			if err == nil || !strings.Contains(err.Error(), s.Dir+": the history cannot be walked: git rev-") || !strings.HasPrefix(problem.Hint(err), "git -C "+s.Dir+" fsck") {
				t.Errorf("%v; hint: %s", err, problem.Hint(err))
			}
		})
	}
}

func TestAFolderThatGoesAwayIsNamed(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("a.go", "a\n")
	src := sourceOf(s)
	if _, err := src.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(s.Dir); err != nil {
		t.Fatal(err)
	}
	if err := src.Read(context.Background(), (&sink{}).request()); !errors.Is(err, problem.Missing) || !strings.Contains(err.Error(), s.Dir+": the folder is gone") {
		t.Errorf("reading it says %v", err)
	}
}
