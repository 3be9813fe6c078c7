package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// loseObject takes an object of a clone away.
func loseObject(s *gittest.Repo, rev string) {
	sha := s.Git("rev-parse", rev)
	s.Remove(".git/objects/" + sha[:2] + "/" + sha[2:])
}

func TestEmptyRepository(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--bare"}, {"--object-format=sha256"}} {
		k := readAll(t, sourceOf(gittest.New(t, args...)))
		if k.place.Head != "" || k.batches > 0 || len(k.place.Skipped) != 1 || k.place.Branch != "main" {
			t.Errorf("%v: %+v, %d batches", args, k.place, k.batches)
		}
	}
	s := gittest.New(t)
	s.Save("a", "a\n")
	s.Git("checkout", "-q", "--orphan", "unborn")
	if k := readAll(t, sourceOf(s)); k.place.Head != "" || len(k.place.Skipped) != 1 {
		t.Errorf("unborn branch: %+v", k.place)
	}
}

func TestNotARepository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, file, filepath.Join(dir, "none")} {
		_, err := (&Source{Dir: d}).Open(context.Background())
		if !errors.Is(err, problem.Missing) || problem.Hint(err) == "" {
			t.Errorf("%s: %v", d, err)
		}
		if _, err = Find(context.Background(), d); !errors.Is(err, problem.Missing) {
			t.Errorf("find %s: %v", d, err)
		}
	}
	s := gittest.New(t)
	s.Save("a", "a\n")
	src := sourceOf(s)
	src.Branch = "none"
	if _, err := src.Open(context.Background()); !errors.Is(err, problem.Missing) {
		t.Errorf("no such branch: %v", err)
	}
	src.Branch = "--help"
	if _, err := src.Open(context.Background()); !errors.Is(err, problem.Missing) {
		t.Errorf("an option for a branch: %v", err)
	}
	src = sourceOf(s)
	src.Git = filepath.Join(dir, "no-git")
	if _, err := src.Open(context.Background()); err == nil {
		t.Error("no git program, no error")
	}
}

func TestUnreadableFolder(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	s := gittest.New(t)
	s.Save("a", "a\n")
	s.Chmod(".git", 0)
	defer s.Chmod(".git", 0o755)
	if _, err := sourceOf(s).Open(context.Background()); !errors.Is(err, problem.Missing) {
		t.Error(err)
	}
}

// TestOtherKindsOfClone: a detached head, a work tree beside, a bare clone, SHA-256.
func TestOtherKindsOfClone(t *testing.T) {
	t.Parallel()
	s := gittest.New(t, "--object-format=sha256")
	s.Save("a.go", "// TODO a\n")
	s.Save("docs/adr/0001-x.md", "# X\n\nStatus: accepted\n")
	k := sameCounts(t, s)
	if len(k.commits) != 2 || len(k.commits[0].SHA) != 64 || len(k.Decisions) != 1 {
		t.Errorf("SHA-256: %d commits, %v", len(k.commits), k.Decisions)
	}
	s = gittest.New(t)
	first := s.Save("a", "a\n")
	s.Save("a", "b\n")
	tree := filepath.Join(t.TempDir(), "tree")
	s.Git("worktree", "add", "-q", "--detach", tree, "HEAD~1")
	s.Git("checkout", "-q", "--detach", "HEAD")
	k = sameCounts(t, s)
	if k.place.Branch != "HEAD" || len(k.commits) != 2 {
		t.Errorf("detached: %+v", k.place)
	}
	k = readAll(t, &Source{Dir: tree, Now: sourceOf(s).Now})
	if k.place.Head != first || k.place.Name != "tree" {
		t.Errorf("work tree: %+v", k.place)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, d := range []string{"b", "a", "group/c", "group/deep/d", "group/deep/deeper/e", ".hidden/f", "node_modules/g", "plain"} {
		s := gittest.New(t)
		s.Save("a", "a\n")
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(d)), 0o755); err != nil {
			t.Fatal(err)
		}
		if d == "plain" {
			s.Remove(".git")
		}
		if err := os.Rename(s.Dir, filepath.Join(root, d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, "a"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	got, err := Find(context.Background(), root)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i], _ = filepath.Rel(root, got[i])
	}
	if diff := cmp.Diff([]string{"a", "b", "group/c", "group/deep/d"}, got); diff != "" {
		t.Error(diff)
	}
	inside := filepath.Join(root, "a", "x", "y")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err = Find(context.Background(), inside); err != nil || len(got) != 1 || filepath.Base(got[0]) != "a" {
		t.Errorf("inside of a clone: %v, %v", got, err)
	}
}

func TestShallowClone(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	for i := range 5 {
		s.Save("a", lines("a", i+1))
	}
	s.Git("-c", "protocol.file.allow=always", "clone", "-q", "--depth", "2", "file://"+s.Dir, s.Dir+"2")
	s.Dir += "2"
	k := sameCounts(t, s)
	if len(k.commits) != 2 || !k.commits[0].IsBoundary || k.commits[1].IsBoundary {
		t.Errorf("%d commits, boundary %v", len(k.commits), k.commits[0].IsBoundary)
	}
	if len(k.place.Skipped) != 1 || !strings.Contains(k.place.Skipped[0].Why, "unshallow") {
		t.Errorf("skipped %v", k.place.Skipped)
	}
}

// uncounted are the rows without a count that are not binary.
func (k *sink) uncounted() (paths []string, commits int) {
	for _, c := range k.commits {
		if c.CountsOmitted {
			commits++
		}
		for _, f := range c.Changes {
			if f.Added == fact.Uncounted && !f.Binary {
				paths = append(paths, f.Path)
			}
		}
	}
	return paths, commits
}

// TestPartialClone: contents that are not here stay away, and what they would tell
// is missing; the rest is right.
func TestPartialClone(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Write("b.go", lines("b", 5))
	s.Save("a.go", lines("a", 20))
	s.Save("a.go", lines("a", 22))
	s.Git("mv", "a.go", "c.go")
	s.Commit("renamed")
	s.Save("d.go", lines("d", 3))
	s.Git("config", "uploadpack.allowFilter", "true")
	s.Git("-c", "protocol.file.allow=always", "clone", "-q", "--filter=blob:none", "file://"+s.Dir, s.Dir+"2")
	s.Dir += "2"
	before := fingerprints(t, s.Dir)
	k := readAll(t, sourceOf(s))
	if diff := cmp.Diff(before, fingerprints(t, s.Dir)); diff != "" {
		t.Errorf("something was fetched:\n%s", diff)
	}
	paths, commits := k.uncounted()
	if diff := cmp.Diff([]string{"a.go", "a.go"}, paths); diff != "" || commits != 2 {
		t.Errorf("%d commits, without counts:\n%s", commits, diff)
	}
	if len(k.commits) != 4 || len(k.place.Notes) != 1 {
		t.Errorf("%d commits, notes %v", len(k.commits), k.place.Notes)
	}
	if f := k.commits[0].Changes[1]; f.Path != "b.go" || f.Added != 5 {
		t.Errorf("%+v", f)
	}
	if f := k.commits[2].Changes[0]; f.Kind != fact.Renamed || f.Added != 0 || f.Binary {
		t.Errorf("%+v", f)
	}
}

func TestDamagedClones(t *testing.T) {
	t.Parallel()
	make := func(t *testing.T) *gittest.Repo {
		s := gittest.New(t)
		s.Write("x/a.go", lines("a", 5))
		s.Write("y/b.go", lines("b", 5))
		s.Save("docs/adr/0001-x.md", "# X\n\nStatus: proposed\n")
		s.Write("x/a.go", lines("a", 6))
		s.Write("y/b.go", lines("b", 7))
		s.Save("docs/adr/0001-x.md", "# X\n\nStatus: accepted\n")
		s.Write("x/a.go", lines("a", 8))
		s.Write("y/b.go", lines("b", 9))
		s.Save("end.go", "x\n")
		return s
	}
	for name, c := range map[string]struct {
		damage  func(s *gittest.Repo)
		paths   []string
		commits int
	}{
		"lost file":     {func(s *gittest.Repo) { loseObject(s, "HEAD~1:x/a.go") }, []string{"x/a.go", "x/a.go"}, 2},
		"damaged file":  {func(s *gittest.Repo) { corrupt(s, "HEAD~1:x/a.go") }, []string{"x/a.go", "x/a.go"}, 2},
		"empty object":  {func(s *gittest.Repo) { corrupt(s, "HEAD~2:y/b.go") }, []string{"y/b.go", "y/b.go"}, 2},
		"lost tree":     {func(s *gittest.Repo) { loseObject(s, "HEAD~1:x") }, nil, 2},
		"lost root":     {func(s *gittest.Repo) { loseObject(s, "HEAD~2^{tree}") }, nil, 2},
		"lost decision": {func(s *gittest.Repo) { loseObject(s, "HEAD:docs/adr/0001-x.md"); s.Remove("docs") }, []string{"docs/adr/0001-x.md"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := make(t)
			whole := readAll(t, sourceOf(s))
			c.damage(s)
			k := readAll(t, sourceOf(s))
			paths, commits := k.uncounted()
			if len(k.commits) != 3 || commits != c.commits {
				t.Errorf("%d commits, %d without counts, want %d", len(k.commits), commits, c.commits)
			}
			if diff := cmp.Diff(c.paths, paths); diff != "" {
				t.Errorf("without counts:\n%s", diff)
			}
			for i, got := range k.commits {
				for _, f := range got.Changes {
					for _, w := range whole.commits[i].Changes {
						if f.Added != fact.Uncounted && f.Path == w.Path && f != w {
							t.Errorf("%+v, want %+v", f, w)
						}
					}
				}
			}
			if name == "lost decision" && (len(k.Decisions) != 1 || len(k.Skipped) != 1) {
				t.Errorf("decisions %v, skipped %v", k.Decisions, k.Skipped)
			}
		})
	}
	t.Run("lost commit", func(t *testing.T) {
		t.Parallel()
		s := make(t)
		loseObject(s, "HEAD~1")
		src := sourceOf(s)
		_, err := src.Open(context.Background())
		if err == nil {
			err = src.Read(context.Background(), (&sink{}).request())
		}
		if err == nil {
			t.Error("half a history was read without a word")
		}
	})
	t.Run("lost tag", func(t *testing.T) {
		t.Parallel()
		s := make(t)
		s.Git("tag", "-a", "-m", "x", "v1.0")
		loseObject(s, "v1.0")
		k := readAll(t, sourceOf(s))
		if len(k.commits) != 3 || len(k.Skipped) != 1 || k.Skipped[0].What != "releases" {
			t.Errorf("%d commits, skipped %v", len(k.commits), k.Skipped)
		}
	})
}

// corrupt overwrites an object.
func corrupt(s *gittest.Repo, rev string) {
	sha := s.Git("rev-parse", rev)
	p := ".git/objects/" + sha[:2] + "/" + sha[2:]
	s.Chmod(p, 0o644)
	s.Write(p, "this is no object")
}

func TestCancelStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("a", "a\n")
	ctx, cancel := context.WithCancel(context.Background())
	src := sourceOf(s)
	if _, err := src.Open(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := src.Read(ctx, (&sink{}).request()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestShapes: files that are gone, binary or in no language are left out, whatever
// their names.
func TestShapes(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	for _, p := range []string{"a.go", "a b.go", "c d e.go", "bin.go", "none.xyz", "new\nline.go"} {
		s.Write(p, "package a\n\nfunc f() {\n\tif true {\n\t}\n}\n")
	}
	s.Save("bin.go", "package\x00")
	s.Git("rm", "-q", "a b.go")
	s.Commit("gone")
	src := sourceOf(s)
	if _, err := src.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	got, err := src.Shapes(context.Background(), []string{"a b.go", "a.go", "c d e.go", "bin.go", "none.xyz", "new\nline.go", "x missing.go", "..", "-x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	blob := "1:" + s.Git("rev-parse", "HEAD:a.go")
	want := []fact.FileShape{{Path: "a.go", Language: "Go", Lines: 6, Complexity: 1, Blob: blob}, {Path: "c d e.go", Language: "Go", Lines: 6, Complexity: 1, Blob: blob}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestShapesAreKept: what was measured stands as long as the file is there and has the same content.
func TestShapesAreKept(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	for _, p := range []string{"same.go", "other.go", "gone.go"} {
		s.Write(p, "package a\n")
	}
	s.Commit("all")
	blob := "1:" + s.Git("rev-parse", "HEAD:same.go")
	s.Save("other.go", "package a\n\nfunc f() {\n\tif true {\n\t}\n}\n")
	s.Git("rm", "-q", "gone.go")
	s.Commit("gone")
	src := sourceOf(s)
	if _, err := src.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	known := []fact.FileShape{{Path: "gone.go", Language: "Go", Lines: 71, Blob: blob}, {Path: "same.go", Language: "Go", Lines: 72, Blob: blob},
		{Path: "other.go", Language: "Go", Lines: 73, Blob: blob}, {Path: "unasked.go", Language: "Go", Lines: 74, Blob: blob}}
	got, err := src.Shapes(context.Background(), []string{"gone.go", "other.go", "same.go"}, known)
	if err != nil {
		t.Fatal(err)
	}
	want := []fact.FileShape{{Path: "other.go", Language: "Go", Lines: 6, Complexity: 1, Blob: "1:" + s.Git("rev-parse", "HEAD:other.go")}, known[1]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, blob := range []string{"", blob[2:], "0:" + blob[2:]} { // of an older version
		known[1].Blob = blob
		if got, err := src.Shapes(context.Background(), []string{"same.go"}, known); err != nil || len(got) != 1 || got[0].Lines != 1 {
			t.Errorf("%q: %v, %v", blob, got, err)
		}
	}
}
