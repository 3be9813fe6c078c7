package git

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/source/git/object"
	"github.com/google/go-cmp/cmp"
)

// TestWalkEqualsGit compares the graph that we walk by ourselves with git's.
func TestWalkEqualsGit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		s := gittest.New(t)
		s.Grow(rand.New(rand.NewPCG(23, seed)), 300)
		head := s.Git("rev-parse", "HEAD")
		sameGraph(t, s.Dir, head, nil)
		s.Git("repack", "-adfq", "--depth=50")
		sameGraph(t, s.Dir, head, nil)
	}
}

// TestWalkEqualsGitInAShallowClone: history ends where git hides parents.
func TestWalkEqualsGitInAShallowClone(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Grow(rand.New(rand.NewPCG(23, 9)), 100)
	dir := t.TempDir()
	s.Git("clone", "-q", "--bare", "--depth=7", "file://"+s.Dir, dir)
	r := (&Source{Dir: dir}).repo()
	ends := readShallow("shallow", dir)
	if len(ends) == 0 {
		t.Fatal("the clone is not shallow")
	}
	sameGraph(t, dir, r.line(t.Context(), "rev-parse", "HEAD"), ends)
}

func sameGraph(t *testing.T, dir, head string, shallow []string) {
	t.Helper()
	r := (&Source{Dir: dir}).repo()
	own, err := r.openObjects(t.Context(), shallow)
	if err != nil {
		t.Fatal(err)
	}
	defer own.close()
	got, err := own.walk(head)
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.graph(t.Context(), nil, head)
	if err != nil {
		t.Fatal(err)
	}
	for _, nodes := range [][]node{got, want} {
		for i := range nodes {
			if len(nodes[i].parents) == 0 {
				nodes[i].parents, nodes[i].up = nil, nil
			}
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(node{})); diff != "" {
		t.Errorf("%d commits, by git (-) and by ourselves (+):\n%.2000s", len(want), diff)
	}
	trees := strings.Fields(r.line(t.Context(), "log", "--format=%H %T", head))
	for i := 0; i < len(trees); i += 2 {
		id, err := object.ParseID(trees[i])
		if err != nil {
			t.Fatal(err)
		}
		if tree := own.trees[id].String(); tree != trees[i+1] {
			t.Fatalf("commit %s: tree %s, want %s", trees[i], tree, trees[i+1])
		}
	}
}
