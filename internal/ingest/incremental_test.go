package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// start makes a history with something of everything.
func start(t testing.TB) *gittest.Repo {
	s := gittest.New(t)
	s.Write("main.go", "package main\n// TODO first\nfunc main() {}\n")
	s.Write("docs/adr/0001-use-git.md", "# Use git\n\nStatus: proposed\n")
	s.Commit("start")
	s.Git("tag", "v1.0.0")
	s.Git("checkout", "-q", "-b", "side")
	s.Save("side.go", "package main\n\n// FIXME side\n")
	s.Git("checkout", "-q", "main")
	s.Save("main.go", "package main\n// TODO first\n// HACK second\nfunc main() {}\n")
	s.Merge("side")
	s.Git("tag", "v1.1.0")
	s.Git("mv", "side.go", "aside.go")
	s.Save("docs/adr/0001-use-git.md", "# Use git\n\nStatus: accepted\n")
	s.Save("RUNBOOK.md", "x\n")
	return s
}

// TestIncremental reads, changes the clone, reads again and compares with a reading
// from the beginning. want is the number of commits that are new, removed the number
// that are gone.
func TestIncremental(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change        func(s *gittest.Repo)
		want, removed int
	}{
		"nothing":      {func(*gittest.Repo) {}, 0, 0},
		"fast-forward": {func(s *gittest.Repo) { s.Save("a.go", "// TODO a\n"); s.Save("aside.go", "package main\n") }, 2, 0},
		"merge": {func(s *gittest.Repo) {
			s.Git("checkout", "-q", "-b", "old", "HEAD~2")
			s.Save("old.go", "// TODO first\n// TODO old\n")
			s.Git("checkout", "-q", "main")
			s.Save("new.go", "// TODO old\n")
			s.Merge("old")
			s.Save("new.go", "\n")
		}, 4, 0},
		"foxtrot": {func(s *gittest.Repo) {
			s.Git("checkout", "-q", "-b", "fox", "HEAD~1")
			s.Save("fox.go", "// TODO fox\n")
			s.Save("main.go", "package main\n")
			s.Merge("main")
			s.Git("branch", "-q", "-f", "main", "fox")
			s.Git("checkout", "-q", "main")
		}, 3, 0},
		"foxtrot twice": {func(s *gittest.Repo) {
			for i := range 2 {
				s.Git("checkout", "-q", "-B", "fox", fmt.Sprintf("main~%d", i+1))
				s.Save(fmt.Sprintf("fox%d.go", i), "// TODO fox\n")
				s.Merge("main")
				s.Git("branch", "-q", "-f", "main", "fox")
				s.Git("checkout", "-q", "main")
			}
		}, 4, 0},
		"amended": {func(s *gittest.Repo) {
			s.Write("RUNBOOK.md", "y\n")
			s.Git("add", "-A")
			s.Git("commit", "-q", "--amend", "-m", "amended")
		}, 1, 1},
		"amended: a document is gone": {func(s *gittest.Repo) {
			s.Git("mv", "RUNBOOK.md", "notes.md")
			s.Git("commit", "-q", "--amend", "-m", "amended")
		}, 1, 1},
		"reset: a debt is open again, a rename undone": {func(s *gittest.Repo) {
			s.Git("reset", "-q", "--hard", "HEAD~2")
		}, 0, 2},
		"rebased": {func(s *gittest.Repo) {
			s.Git("checkout", "-q", "-B", "main", "HEAD~2")
			s.Save("between.go", "// XXX between\n")
			s.Save("side.go", "package main\n")
			s.Git("tag", "v1.2.0")
		}, 2, 2},
		"everything rewritten": {func(s *gittest.Repo) {
			s.Git("checkout", "-q", "--orphan", "again")
			s.Commit("one commit")
			s.Git("branch", "-q", "-M", "again", "main")
		}, 1, 6},
		"branch switch":    {func(s *gittest.Repo) { s.Git("checkout", "-q", "side") }, 0, 4},
		"new tag":          {func(s *gittest.Repo) { s.Git("tag", "v1.2.0") }, 0, 0},
		"tag among others": {func(s *gittest.Repo) { s.Git("tag", "v1.0.1", "main~3") }, 0, 0},
		"tag moved":        {func(s *gittest.Repo) { s.Git("tag", "-f", "v1.0.0", "side") }, 0, 0},
		"tag deleted":      {func(s *gittest.Repo) { s.Git("tag", "-d", "v1.0.0") }, 0, 0},
		"all tags deleted": {func(s *gittest.Repo) { s.Git("tag", "-d", "v1.0.0", "v1.1.0") }, 0, 0},
		"tag renamed":      {func(s *gittest.Repo) { s.Git("tag", "v1.0.0-rc1", "v1.0.0"); s.Git("tag", "-d", "v1.0.0") }, 0, 0},
		"tag on a removed commit": {func(s *gittest.Repo) {
			s.Git("tag", "v1.2.0")
			s.Git("reset", "-q", "--hard", "HEAD~2")
		}, 0, 2},
		"a clock that is wrong": {func(s *gittest.Repo) {
			at := s.Clock
			s.Clock = 100 - 3600
			s.Save("a", "a\n")
			s.Clock = 4_200_000_000
			s.Save("a", "b\n")
			s.Git("tag", "v9.0")
			s.Clock = at
			s.Save("a", "c\n")
		}, 3, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			st := openStore(t, "")
			if r := readAll(t, st, s.Dir); r[0].New != 6 {
				t.Fatalf("%d commits at first", r[0].New)
			}
			c.change(s)
			for range 2 { // once more reads nothing
				r := readAll(t, st, s.Dir)
				if r[0].New != c.want || r[0].Removed != c.removed {
					t.Errorf("%d new and %d removed, want %d and %d", r[0].New, r[0].Removed, c.want, c.removed)
				}
				c.want, c.removed = 0, 0
			}
			likeFresh(t, st, s.Dir)
		})
	}
}

// TestRebuildMeasuresAgain: files that did not change are taken as they were measured, and measured
// again when all is made anew.
func TestRebuildMeasuresAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, st := start(t), openStore(t, "")
	readAll(t, st, s.Dir)
	want := facts(t, st)
	repo := selected(t, st, "SELECT repo_id FROM repository")[0]
	shapes, err := st.Shapes(ctx, repo)
	if err != nil || len(shapes) == 0 {
		t.Fatal(shapes, err)
	}
	for i := range shapes {
		shapes[i].Lines += 1000
	}
	if err := Derive(ctx, st, repo, shapes); err != nil {
		t.Fatal(err)
	}
	damaged := facts(t, st)
	if err := st.MakeStale(ctx); err != nil {
		t.Fatal(err)
	}
	readAll(t, st, s.Dir)
	same(t, damaged, facts(t, st))
	if _, err := Run(ctx, st, sourcesOf(s.Dir), Options{Now: now, Rebuild: true}); err != nil {
		t.Fatal(err)
	}
	same(t, want, facts(t, st))
}

// TestReadInPieces reads grown repositories up to one commit after another.
func TestReadInPieces(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{3, 4} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			r := rand.New(rand.NewPCG(seed, 1))
			s.Grow(r, 250)
			tip := s.Git("rev-parse", "main")
			st := openStore(t, "")
			for _, back := range []int{30, 12, 20, 3, 0} { // 20: the branch was reset
				s.Git("update-ref", "refs/heads/main", fmt.Sprintf("%s~%d", tip, back))
				s.Git("tag", "-f", fmt.Sprintf("v1.%d", 100-back), "main")
				readAll(t, st, s.Dir)
			}
			likeFresh(t, st, s.Dir)
		})
	}
}

// cutOff passes on some batches and then behaves like a user who has waited enough.
type cutOff struct {
	*git.Source
	after  int
	cancel context.CancelFunc
}

var errEnough = errors.New("enough")

func (c *cutOff) Read(ctx context.Context, req source.Request) error {
	emit := req.Emit
	req.Emit = func(ctx context.Context, b source.Batch) error {
		if c.after--; c.after < 0 {
			c.cancel()
			return errors.Join(errEnough, ctx.Err())
		}
		return emit(ctx, b)
	}
	return c.Source.Read(ctx, req)
}

// TestCancelled stops after each batch of a reading, and reads on.
func TestCancelled(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Grow(rand.New(rand.NewPCG(9, 9)), 700)
	for i := 1; i < 4; i++ {
		s.Git("tag", fmt.Sprintf("v1.%d", i), fmt.Sprintf("main~%d", 40-10*i))
	}
	tip := s.Git("rev-parse", "main")
	want := openStore(t, "")
	readAll(t, want, s.Dir)
	for _, at := range []string{"first", "later", "rewritten"} {
		for after := range 3 {
			t.Run(fmt.Sprint(at, after), func(t *testing.T) {
				c := *s
				c.Dir = s.Dir
				st := openStore(t, "")
				switch at {
				case "later":
					c.Git("update-ref", "refs/heads/main", tip+"~150")
					readAll(t, st, c.Dir)
				case "rewritten":
					c.Git("update-ref", "refs/heads/main", c.Git("commit-tree", "-p", tip+"~150", "-m", "never", tip+"^{tree}"))
					readAll(t, st, c.Dir)
				}
				c.Git("update-ref", "refs/heads/main", tip)
				ctx, cancel := context.WithCancel(context.Background())
				src := &git.Source{Dir: c.Dir, Now: now, Batch: 100}
				_, err := Run(ctx, st, []source.Source{&cutOff{src, after, cancel}}, Options{Now: now})
				if cut := ctx.Err() != nil; cut != errors.Is(err, context.Canceled) {
					t.Fatalf("cut off %v: %v", cut, err)
				}
				cancel()
				readAll(t, st, c.Dir)
				same(t, facts(t, want), facts(t, st))
			})
		}
	}
}
