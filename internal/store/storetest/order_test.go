package storetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/diarchy/diarchy/internal/demo"
	"github.com/google/go-cmp/cmp"
)

// orders is how many ways to read the same clones are tried on each database.
func orders() int {
	if os.Getenv("DIARCHY_DRILL") == "1" {
		return 60
	}
	return 8
}

// TestOrderOfReading reads the same clones in many orders, in pieces of many sizes, and
// in one or two runs: every metric is the same (to nine digits), on every database. The
// orders are drawn, but few as they are, a clone that lags behind comes both before and
// after the one that it lags behind, in one run and in two.
func TestOrderOfReading(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 1))
	small := demo.SmallTroubled()
	small.Span, small.StableWeeks, small.Founders, small.Engineers, small.Changes = 70, 70, 9, 9, 0.7
	clones := company(t, small)
	// A second clone of the first one, that lags behind: the order decides which of the two is read first.
	behind := filepath.Join(t.TempDir(), "behind.git")
	for _, args := range [][]string{{"clone", "-q", "--bare", clones[0], behind}, {"-C", behind, "update-ref", "HEAD", "HEAD~9"}} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	clones = append(clones, behind)
	want := map[string][][]string{}
	drawn, databases := map[string]bool{}, map[string]bool{} // those that are there
	for i := range orders() {
		order := slices.Clone(clones)
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		first, batch := i%len(order), 7+rng.IntN(200)
		for _, e := range Engines() {
			t.Run(fmt.Sprint(e.Name, " ", i), func(t *testing.T) {
				st := e.Open(t)
				all := slices.Clone(order[:first])
				if first > 0 {
					read(t, st, order[:first], batch)
				}
				rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
				read(t, st, order, batch)
				all = append(all, order...)
				databases[e.Name] = true
				drawn[fmt.Sprint(e.Name, first > 0, slices.Index(all, behind) < slices.Index(all, clones[0]))] = true
				got := rolled(t, st, lastDay)
				if len(want) == 0 {
					want = got
				}
				for what := range got {
					if diff := cmp.Diff(want[what], got[what]); diff != "" {
						t.Errorf("%s differs from the first order:\n%.3000s", what, diff)
					}
				}
			})
		}
	}
	if len(drawn) != 4*len(databases) {
		t.Errorf("only these ways were drawn: %v", drawn)
	}
}
