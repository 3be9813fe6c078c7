package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
)

// counts are how many commits, repositories and releases a store holds.
func counts(t *testing.T, st *store.Store) string {
	t.Helper()
	return selected(t, st, `SELECT (SELECT COUNT(*) FROM commit), (SELECT COUNT(*) FROM repository), (SELECT COUNT(*) FROM release)`)[0]
}

// unordered leaves out what may follow the order of reading: the name that the
// repository had last.
func unordered(f map[string][]string) map[string][]string {
	delete(f, "repository")
	f["scope_repository"], f["location"], f["skipped"] = nil, nil, nil
	return f
}

// TestOneRepositoryTwice reads clones of one repository that differ in every way, in
// both orders, and after changes.
func TestOneRepositoryTwice(t *testing.T) {
	t.Parallel()
	nothing := func(_, _ *gittest.Repo) {}
	cases := map[string]struct {
		clone         []string
		first, second func(a, b *gittest.Repo)
		want          string // commits, repositories and releases at the end
	}{
		"bare":         {[]string{"--bare"}, nothing, nothing, "6 | 1 | 2"},
		"equal, grown": {nil, nothing, func(a, b *gittest.Repo) { a.Save("a", "a\n"); b.Save("b", "b\n") }, "8 | 1 | 2"},
		"behind": {nil, func(_, b *gittest.Repo) {
			b.Git("reset", "-q", "--hard", "HEAD~1")
			b.Git("tag", "-d", "v1.1.0")
		}, func(a, b *gittest.Repo) { // and caught up
			a.Save("a.go", "// TODO a\n")
			b.Git("pull", "-q", "--ff-only", a.Dir, "main")
			b.Git("fetch", "-q", "--tags", a.Dir)
		}, "7 | 1 | 2"},
		"diverged": {nil, func(a, b *gittest.Repo) {
			a.Save("main.go", "package main\n")
			a.Git("tag", "v1.2.0")
			b.Clock += 1800
			b.Save("main.go", "package main\n// TODO b\n")
			b.Git("tag", "v1.1.5")
		}, func(a, b *gittest.Repo) { // and merged
			a.Git("fetch", "-q", b.Dir, "main")
			a.Clock = b.Clock + 7200
			a.Git("merge", "-q", "-s", "ours", "-m", "merge", "FETCH_HEAD")
			b.Git("tag", "-d", "v1.1.5")
		}, "9 | 1 | 3"},
		"one rewritten": {nil, nothing, func(a, b *gittest.Repo) {
			b.Save("b", "b\n")
			a.Git("reset", "-q", "--hard", "HEAD~2")
			a.Save("a", "a\n")
			a.Git("tag", "-d", "v1.0.0")
		}, "8 | 1 | 2"},
		"shallow": {[]string{"--depth", "1"}, nothing, func(a, _ *gittest.Repo) { a.Save("a", "a\n") }, "7 | 1 | 2"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			b := clone(t, a, c.clone...)
			orders := [][]string{{a.Dir, b.Dir}, {b.Dir, a.Dir}}
			c.first(a, b)
			stores := []*store.Store{openStore(t, ""), openStore(t, "")}
			for i, st := range stores {
				readAll(t, st, orders[i]...)
			}
			c.second(a, b)
			for i, st := range stores {
				readAll(t, st, orders[i]...)
			}
			fresh := openStore(t, "")
			readAll(t, fresh, orders[0]...)
			want := unordered(facts(t, fresh))
			for i, st := range stores {
				t.Log("order", i)
				same(t, want, unordered(facts(t, st)))
				if got := counts(t, st); got != c.want {
					t.Errorf("commits, repositories, releases: %s, want %s", got, c.want)
				}
				for k, r := range readAll(t, st, orders[i]...) {
					if r.New+r.Removed > 0 {
						t.Errorf("place %d: %d new and %d removed where nothing changed", k, r.New, r.Removed)
					}
				}
			}
		})
	}
}

// TestRandomClones syncs two clones after random changes of both.
func TestRandomClones(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{5, 6} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 2))
			a := gittest.New(t)
			a.Grow(r, 120)
			b := clone(t, a, "--bare")
			refs := strings.Fields(a.Git("rev-list", "main"))
			st := openStore(t, "")
			for i := range 5 {
				for k, x := range []*gittest.Repo{a, b} {
					x.Git("update-ref", "refs/heads/main", refs[r.IntN(len(refs)/2)])
					if r.IntN(3) == 0 {
						x.Git("tag", fmt.Sprintf("v%d.%d", i, k), refs[r.IntN(len(refs))])
					}
				}
				readAll(t, st, a.Dir, b.Dir)
			}
			fresh := openStore(t, "")
			readAll(t, fresh, b.Dir, a.Dir)
			same(t, unordered(facts(t, fresh)), unordered(facts(t, st)))
		})
	}
}

func TestWorktreeIsTheSameRepository(t *testing.T) {
	t.Parallel()
	s := start(t)
	tree := filepath.Join(t.TempDir(), "tree")
	s.Git("worktree", "add", "-q", tree, "side")
	st := openStore(t, "")
	readAll(t, st, s.Dir, tree)
	if got := counts(t, st); got != "6 | 1 | 2" {
		t.Error(got)
	}
}

func TestShallowBecomesDeep(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := clone(t, s, "--depth", "2")
	st := openStore(t, "")
	r := readAll(t, st, b.Dir)
	if r[0].Status != "partial" || len(r[0].Skipped) != 1 || !strings.Contains(r[0].Skipped[0].What, "shallow") {
		t.Errorf("status %s, skipped %v", r[0].Status, r[0].Skipped)
	}
	if got := selected(t, st, "SELECT COUNT(*) FROM commit WHERE is_boundary"); got[0] != "1" {
		t.Errorf("%s boundaries", got[0])
	}
	b.Git("-c", "protocol.file.allow=always", "fetch", "-q", "--depth", "4")
	readAll(t, st, b.Dir)
	likeFresh(t, st, b.Dir)
	b.Git("-c", "protocol.file.allow=always", "fetch", "-q", "--unshallow")
	readAll(t, st, b.Dir)
	likeFresh(t, st, b.Dir)
	if got := counts(t, st); got != "6 | 1 | 2" {
		t.Error(got)
	}
}

// TestPlacesFailAlone: what cannot be read does not keep others from being read.
func TestPlacesFailAlone(t *testing.T) {
	t.Parallel()
	good, empty, broken := start(t), gittest.New(t), start(t)
	sha := broken.Git("rev-parse", "HEAD~1")
	broken.Remove(".git/objects/" + sha[:2] + "/" + sha[2:])
	st := openStore(t, "")
	results, err := Run(t.Context(), st, sourcesOf(empty.Dir, broken.Dir, t.TempDir(), good.Dir), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"partial", "failed", "failed", "ok"} {
		if results[i].Status != want {
			t.Errorf("place %d: %s, want %s (%v)", i, results[i].Status, want, results[i].Err)
		}
	}
	if got := counts(t, st); !strings.HasPrefix(got, "6 | ") {
		t.Error(got)
	}
}

// vanishing is a clone that is removed once its commits are read.
type vanishing struct{ *git.Source }

func (v vanishing) Read(ctx context.Context, req source.Request) error {
	if err := v.Source.Read(ctx, req); err != nil {
		return err
	}
	return os.RemoveAll(v.Dir)
}

func TestAPlaceThatGoesAwayFailsAlone(t *testing.T) {
	t.Parallel()
	a, b := start(t), gittest.New(t)
	b.Save("other.go", "package other\n")
	st := openStore(t, "")
	sources := sourcesOf(a.Dir, b.Dir)
	sources[0] = vanishing{sources[0].(*git.Source)}
	results, err := Run(context.Background(), st, sources, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(results[0].Err, problem.Missing) || results[0].Status != "failed" {
		t.Errorf("the clone that went away: %s, %v", results[0].Status, results[0].Err)
	}
	if results[1].Err != nil || results[1].Status != "ok" {
		t.Errorf("the other: %s, %v", results[1].Status, results[1].Err)
	}
	if got := selected(t, st, "SELECT COUNT(*) FROM scope_repository WHERE scope = 'company'"); got[0] != "1" {
		t.Errorf("%s repositories are counted, want the one that is there", got[0])
	}
}
