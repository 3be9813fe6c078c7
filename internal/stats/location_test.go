package stats

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMedianRanksAgainstCampbellAndGardner: Calculating confidence intervals for some
// non-parametric analyses, BMJ 296 (1988), table of ranks for a median, 95 %.
func TestMedianRanksAgainstCampbellAndGardner(t *testing.T) {
	for _, c := range [][3]int{{6, 1, 6}, {7, 1, 7}, {8, 1, 8}, {9, 2, 8}, {10, 2, 9}, {11, 2, 10}, {12, 3, 10}, {15, 4, 12}, {17, 5, 13}, {20, 6, 15}, {25, 8, 18}, {30, 10, 21}, {50, 18, 33}, {100, 40, 61}} {
		low, high, err := MedianRanks(c[0], 0.95)
		if err != nil || low != c[1] || high != c[2] {
			t.Errorf("of %d: ranks %d and %d, %v, want %d and %d", c[0], low, high, err, c[1], c[2])
		}
	}
	_, _, err := MedianRanks(5, 0.95)
	wantTooFew(t, "five", err, 5, 6)
	if low, high, err := MedianRanks(1_000_000, 0.95); err != nil || low < 499_000 || low > 499_040 || low+high != 1_000_001 {
		t.Errorf("of a million: %d and %d, %v", low, high, err)
	}
}

// TestMedianRanksCover: the interval holds the median at least as often as it says.
func TestMedianRanksCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for _, n := range []int{6, 13, 40} {
		low, high, err := MedianRanks(n, 0.95)
		noError(t, err)
		held := 0
		for range 4000 {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = rng.ExpFloat64()
			}
			slices.Sort(xs)
			if xs[low-1] <= 0.6931471805599453 && 0.6931471805599453 <= xs[high-1] {
				held++
			}
		}
		if held < 3760 { // 95 %, less three standard errors
			t.Errorf("of %d: held in %d of 4000", n, held)
		}
	}
}

// TestMeanByHand: 1 to 5 have mean 3 and deviation the root of 2.5; t of 4 is 2.776445.
func TestMeanByHand(t *testing.T) {
	got, err := Mean([]float64{4, 1, 5, 2, 3}, 0.95)
	noError(t, err)
	near(t, "mean", got.Value, 3, 1e-12)
	near(t, "low", got.Low, 1.036757, 1e-6)
	near(t, "high", got.High, 4.963243, 1e-6)
	_, err = Mean([]float64{1}, 0.95)
	wantTooFew(t, "one", err, 1, 2)
}
