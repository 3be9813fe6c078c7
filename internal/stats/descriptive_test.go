package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantileAgainstR(t *testing.T) {
	// R: quantile(1:10, c(.05, .25, .5, .9, 1)), type 7.
	xs := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for p, want := range map[float64]float64{0: 1, 0.05: 1.45, 0.25: 3.25, 0.5: 5.5, 0.9: 9.1, 1: 10} {
		near(t, "quantile", quantileSorted(xs, p), want, 1e-12)
	}
}

func TestMADAgainstR(t *testing.T) {
	// The examples of R's ?mad: an outlier changes nothing.
	for _, last := range []float64{9, 100} {
		got, err := MAD([]float64{1, 2, 3, 4, 5, 6, 7, 8, last})
		noError(t, err)
		near(t, "mad", got, 2*1.4826, 1e-12)
	}
}

func TestQuantileProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 40).Draw(t, "xs")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		sorted := append([]float64(nil), xs...)
		sort.Float64s(sorted)
		got := quantileSorted(sorted, p)
		h := p * float64(len(xs)-1)
		lo, hi := sorted[int(math.Floor(h))], sorted[int(math.Ceil(h))]
		if want := lo + (h-math.Floor(h))*(hi-lo); math.Abs(got-want) > 1e-6 {
			t.Fatalf("quantile %v of %v: %v, want %v", p, xs, got, want)
		}
		mid := quantileSorted(sorted, 0.5)
		if m, _ := Median(xs); math.Abs(m-mid) > 1e-6 {
			t.Fatalf("median %v, quantile %v", m, mid)
		}
	})
}

func TestLag1AgainstSum(t *testing.T) {
	// R: acf(Nile)$acf[2].
	near(t, "acf(Nile)", lag1(nile), 0.498, 5e-4)
}

// TestSelectMedian against sorting, also where values repeat.
func TestSelectMedian(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for n := 1; n < 120; n++ {
		for _, kinds := range []int{1, 3, 50} {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = float64(rng.IntN(kinds)) - 1.5
			}
			want := median(xs)
			if got := selectMedian(slices.Clone(xs)); got != want {
				t.Fatalf("of %v: %v, by sorting %v", xs, got, want)
			}
		}
	}
}
