package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// optimal is optimal partitioning (Jackson et al. 2005) without pruning.
func optimal(n int, cost Cost, penalty float64, minSegment int) float64 {
	best := make([]float64, n+1)
	best[0] = -penalty
	for t := 1; t <= n; t++ {
		best[t] = math.Inf(1)
		for s := 0; s <= t-minSegment; s++ {
			best[t] = min(best[t], best[s]+cost(s, t)+penalty)
		}
	}
	return best[n]
}

func TestPELTIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minSegment := rapid.IntRange(1, 6).Draw(t, "segment")
		xs := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 9), func(i int) float64 { return float64(i) }), 2*minSegment, 60).Draw(t, "xs")
		penalty := rapid.Float64Range(0, 30).Draw(t, "penalty")
		cost := GaussianCost(xs, 1.5)
		if rapid.Bool().Draw(t, "counts") {
			cost = PoissonCost(xs, 1)
		}
		changes, err := PELT(len(xs), cost, penalty, minSegment)
		if err != nil {
			t.Fatal(err)
		}
		got := penalty * float64(len(changes))
		for i, j := range segments(changes, len(xs)) {
			if j-i < minSegment {
				t.Fatalf("segment from %d to %d", i, j)
			}
			got += cost(i, j)
		}
		if want := optimal(len(xs), cost, penalty, minSegment); math.Abs(got-want) > 1e-6 {
			t.Fatalf("cost %v at %v, want %v", got, changes, want)
		}
	})
}

func TestGaussianCostBySum(t *testing.T) {
	cost := GaussianCost(nile, 2)
	m := mean(nile[10:30])
	var want float64
	for _, x := range nile[10:30] {
		want += (x - m) * (x - m) / 4
	}
	near(t, "cost", cost(10, 30), want, 1e-6)
}

func TestPELTNile(t *testing.T) {
	// R: cpts(cpt.mean(Nile / sd, method = "PELT")) = 28, the year 1898.
	changes, err := PELT(len(nile), GaussianCost(nile, 125), 3*math.Log(100), 8)
	noError(t, err)
	if !slices.Equal(changes, []int{28}) {
		t.Error(changes)
	}
}
