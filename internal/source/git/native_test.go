package git

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/source/git/object"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameAsGit reads a clone in both ways and compares all that is read. It tells how
// many commits had to be left to the git program.
func sameAsGit(t *testing.T, dir string) (left int) {
	t.Helper()
	own, asked := readAll(t, &Source{Dir: dir, Now: readingTime}), readAll(t, &Source{Dir: dir, Now: readingTime, GitOnly: true})
	equalReadings(t, own, asked)
	return leftToGit(t, dir, own)
}

// equalReadings compares what was read by ourselves with what git read.
func equalReadings(t *testing.T, own, asked *sink) {
	t.Helper()
	if len(own.commits) != len(asked.commits) {
		t.Fatalf("%d commits, git reads %d", len(own.commits), len(asked.commits))
	}
	bad := 0
	for i := range own.commits {
		if diff := cmp.Diff(asked.commits[i], own.commits[i], cmpopts.EquateEmpty()); diff != "" {
			if bad++; bad <= 3 {
				t.Errorf("commit %s, by git (-) and by ourselves (+):\n%s", own.commits[i].SHA, diff)
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d commits differ", bad)
	}
	if diff := cmp.Diff(asked.Decisions, own.Decisions); diff != "" {
		t.Errorf("decisions:\n%s", diff)
	}
	if diff := cmp.Diff(asked.Skipped, own.Skipped); diff != "" {
		t.Errorf("skipped:\n%s", diff)
	}
}

// leftToGit counts the commits that are not read from the object store.
func leftToGit(t *testing.T, dir string, k *sink) (left int) {
	t.Helper()
	src := &Source{Dir: dir}
	o, err := src.repo().openObjects(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	n := o.reader()
	for _, c := range k.commits {
		if _, err := n.read(context.Background(), c.SHA); err != nil {
			left++
		}
	}
	return left
}

// TestOwnReaderEqualsGit compares generated histories in both ways of reading.
func TestOwnReaderEqualsGit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		s := gittest.New(t)
		s.Grow(rand.New(rand.NewPCG(21, seed)), 400)
		if left := sameAsGit(t, s.Dir); left > 60 { // those in which a file became a link
			t.Errorf("%d commits of 400 are left to git", left)
		}
		s.Git("repack", "-adfq", "--depth=50")
		sameAsGit(t, s.Dir)
	}
}

// TestContentsAreNotUsedOnceReleased reads with a cache that keeps nothing, or little, and
// overwrites what is given back.
func TestContentsAreNotUsedOnceReleased(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Grow(rand.New(rand.NewPCG(22, 0)), 300)
	r := rand.New(rand.NewPCG(22, 1))
	lines := make([]int, 900)
	for i := range 60 {
		var text strings.Builder
		for k := range lines {
			if r.IntN(50) == 0 {
				lines[k] = r.IntN(300)
			}
			fmt.Fprintf(&text, "%d\n", lines[k])
		}
		s.Remove(fmt.Sprintf("d%d/f%d.go", i%3, i%4))
		s.Save(fmt.Sprintf("d%d/f%d.go", i%2, i%4), text.String())
	}
	s.Git("repack", "-adfq", "--depth=50")
	asked := readAll(t, &Source{Dir: s.Dir, Now: readingTime, GitOnly: true})
	for _, bytes := range []int64{1, 20 << 10} {
		equalReadings(t, readAll(t, &Source{Dir: s.Dir, Now: readingTime, reading: object.Options{CacheBytes: bytes, Spoil: true}}), asked)
	}
}

// TestOwnReaderEqualsGitOnRealHistories compares the clones below DIARCHY_HISTORIES.
func TestOwnReaderEqualsGitOnRealHistories(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(os.Getenv("DIARCHY_HISTORIES"), "*"))
	if err != nil || os.Getenv("DIARCHY_HISTORIES") == "" {
		t.Skip("DIARCHY_HISTORIES names no folder of clones")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Logf("%d commits are left to git", sameAsGit(t, dir))
		})
	}
}

// TestAttributesDecide: what a repository says of its files is heeded, as git does.
func TestAttributesDecide(t *testing.T) {
	t.Parallel()
	cases := map[string]func(s *gittest.Repo){
		"at the top": func(s *gittest.Repo) { s.Write(".gitattributes", "*.txt -diff\n*.bin diff\n") },
		"below":      func(s *gittest.Repo) { s.Write("sub/.gitattributes", "*.txt binary\n") },
		"drivers":    func(s *gittest.Repo) { s.Write(".gitattributes", "*.go diff=golang\n") },
		"a driver that is configured": func(s *gittest.Repo) {
			s.Write(".gitattributes", "*.txt diff=odd\n")
			s.Git("config", "diff.odd.binary", "true")
		},
		"in the repository's own folder": func(s *gittest.Repo) { s.Write(".git/info/attributes", "*.txt -diff\n") },
	}
	for name, attributes := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			s.Save("a.txt", "a\n")
			attributes(s)
			s.Save("a.txt", "a\nb\n")
			s.Save("sub/b.txt", "a\nb\n")
			s.Save("c.bin", "a\x00\nb\n")
			s.Git("mv", "sub/b.txt", "sub/c.txt")
			s.Commit("renamed")
			s.Save("d.go", "package d\n")
			sameAsGit(t, s.Dir)
			sameCounts(t, s)
		})
	}
}

func readingTime() time.Time { return readAt }
