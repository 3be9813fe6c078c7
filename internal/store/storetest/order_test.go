package storetest

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/diarchy/diarchy/internal/demo"
	"github.com/google/go-cmp/cmp"
)

// orders is how many ways to read the same clones are tried on each database.
const orders = 20

// TestOrderOfReading reads the same clones in many orders, in pieces of many sizes, and
// in one or two runs: every metric is the same (to nine digits), on every database.
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
	for i := range orders {
		order := slices.Clone(clones)
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		first, batch := rng.IntN(len(order)), 7+rng.IntN(200)
		for _, e := range Engines() {
			t.Run(fmt.Sprint(e.Name, " ", i), func(t *testing.T) {
				st := e.Open(t)
				if first > 0 {
					read(t, st, order[:first], batch)
				}
				rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
				read(t, st, order, batch)
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
}
