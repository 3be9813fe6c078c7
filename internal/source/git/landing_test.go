package git

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// landed asserts by which commit, and when, a commit reached the main line.
func (k *sink) landed(t *testing.T, name, sha, change string) {
	t.Helper()
	c, by := k.commit(t, sha), k.commit(t, change)
	want := fact.Landing{OnMain: sha == change, Change: change, At: by.CommittedAt, Ordinal: c.Landing.Ordinal}
	if c.Landing != want {
		t.Errorf("%s: %+v, want %+v", name, c.Landing, want)
	}
}

func TestLanding(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	root := s.Save("a", "a\n")
	s.Git("checkout", "-q", "-b", "outer")
	outer := s.Save("outer", "o\n")
	s.Git("checkout", "-q", "-b", "inner")
	inner := s.Save("inner", "i\n")
	s.Git("checkout", "-q", "outer")
	nested := s.Merge("inner")
	s.Git("checkout", "-q", "main")
	direct := s.Save("b", "b\n")
	first := s.Merge("outer")
	var arms []string
	for _, b := range []string{"one", "two", "three"} {
		s.Git("checkout", "-q", "-b", b, "main")
		arms = append(arms, s.Save(b, b))
	}
	s.Git("checkout", "-q", "main")
	octopus := s.Merge("one", "two", "three")
	s.Git("checkout", "-q", "inner")
	late := s.Save("late", "l\n")
	s.Git("checkout", "-q", "main")
	s.Git("merge", "-q", "--no-ff", "-m", "late", "inner")
	last := s.Git("rev-parse", "HEAD")
	k := readAll(t, sourceOf(s))
	k.landed(t, "root", root, root)
	k.landed(t, "direct", direct, direct)
	k.landed(t, "outer", outer, first)
	k.landed(t, "inner", inner, first)
	k.landed(t, "nested merge", nested, first)
	k.landed(t, "merge", first, first)
	for _, a := range arms {
		k.landed(t, "arm", a, octopus)
	}
	k.landed(t, "late", late, last)
	for i, c := range k.commits {
		if c.Landing.Ordinal != int64(i) {
			t.Errorf("ordinal %d at %d", c.Landing.Ordinal, i)
		}
	}
}

// TestWrongClocks: an impossible date takes that of the commit before it on the main
// line, or of the next where there is none.
func TestWrongClocks(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	at := func(clock int64, path string) string {
		s.Clock = clock - 3600
		return s.Save(path, path)
	}
	good := s.Clock
	first := at(3600, "a") // 1970
	second := at(good, "b")
	future := at(4_200_000_000, "c") // 2103
	third := at(good+1000, "d")
	old := at(7200, "e")
	k := readAll(t, sourceOf(s))
	for _, c := range []struct {
		sha     string
		at      int64
		suspect bool
	}{{first, good, true}, {second, good, false}, {future, good, true}, {third, good + 1000, false}, {old, good + 1000, true}} {
		got := k.commit(t, c.sha)
		if !got.Landing.At.Equal(time.Unix(c.at, 0)) || got.DateSuspect != c.suspect {
			t.Errorf("%s: landed %v suspect %v, want %v %v", got.Subject, got.Landing.At, got.DateSuspect, time.Unix(c.at, 0).UTC(), c.suspect)
		}
	}
}

// TestReplacedHistory: what is read is what was recorded, not what the clone would
// have it replaced by.
func TestReplacedHistory(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("a", "a\n")
	b := s.Save("a", "b\n")
	s.Save("a", "c\n")
	s.Git("replace", b, s.Git("commit-tree", "-m", "instead", b+"^{tree}"))
	if k := readAll(t, sourceOf(s)); len(k.commits) != 3 || k.commit(t, b).Subject == "instead" {
		t.Errorf("%d commits", len(k.commits))
	}
}
