package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Permeability of the human chorioamnion at term and at 12 to 26 weeks:
// Hollander and Wolfe (1973), 69f; R's ?wilcox.test.
var (
	term  = []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	early = []float64{1.15, 0.88, 0.90, 0.74, 1.21}
)

func TestMannWhitneyAgainstR(t *testing.T) {
	got, err := MannWhitney(term, early)
	noError(t, err)
	near(t, "W", got.U, 35, 0)
	near(t, "p", got.P, 2*0.1272, 1e-4) // R's example is one-sided
	if !got.Exact {
		t.Error("not exact")
	}

	// wilcox.test(Ozone ~ Month, data = airquality, subset = Month %in% c(5, 8)):
	// W = 127.5, p-value = 0.0001208, with ties.
	may := []float64{41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37}
	august := []float64{39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85}
	got, err = MannWhitney(may, august)
	noError(t, err)
	near(t, "W", got.U, 127.5, 0)
	near(t, "p", got.P, 0.0001208, 5e-8)
	if got.Exact {
		t.Error("exact in spite of ties")
	}
}

func TestHodgesLehmannAgainstHollanderWolfe(t *testing.T) {
	// Example 4.3 and comment: shift from term to early -0.305, interval
	// (-0.76, 0.15).
	got, err := HodgesLehmann(term, early, 0.95)
	noError(t, err)
	near(t, "shift", got.Value, -0.305, 1e-9)
	near(t, "low", got.Low, -0.76, 1e-9)
	near(t, "high", got.High, 0.15, 1e-9)
}

// All ways to choose which ranks are a's are equally likely.
func TestRankDistributionByEnumeration(t *testing.T) {
	for m := 1; m <= 6; m++ {
		for n := 1; n <= 6; n++ {
			want := make([]float64, m*n+1)
			total := 0.0
			for set := range 1 << (m + n) {
				u, as, bs := 0, 0, 0
				for i := range m + n {
					if set>>i&1 == 1 {
						as++
						u += bs
					} else {
						bs++
					}
				}
				if as == m {
					want[u]++
					total++
				}
			}
			for u, p := range rankDistribution(m, n) {
				near(t, "probability", p, want[u]/total, 1e-12)
			}
		}
	}
}

func TestMannWhitneyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 20), func(i int) float64 { return float64(i) }), 4, 20)
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		var u float64
		for _, x := range a {
			for _, y := range b {
				u += (1 + sign(x-y)) / 2
			}
		}
		ab, err := MannWhitney(a, b)
		if err != nil || ab.U != u {
			t.Fatalf("U %v, want %v (%v)", ab.U, u, err)
		}
		ba, _ := MannWhitney(b, a)
		if math.Abs(ab.P-ba.P) > 1e-12 || !(ab.P >= 0 && ab.P <= 1) {
			t.Fatalf("P %v and %v", ab.P, ba.P)
		}
		hl, err := HodgesLehmann(a, b, 0.95)
		if err != nil || !(hl.Low <= hl.Value && hl.Value <= hl.High) {
			t.Fatalf("%+v %v", hl, err)
		}
	})
}

func TestMannWhitneyNormalNearExact(t *testing.T) {
	a, b := nile[:40:40], each(45, func(i int) float64 { return nile[40+i] + 0.001*float64(i+1) })
	a = each(40, func(i int) float64 { return a[i] + 1e-5*float64(i+1) })
	got, err := MannWhitney(a, b)
	noError(t, err)
	if !got.Exact || math.Abs(math.Log10(got.P)-math.Log10(twoSided(got.Z))) > 0.5 {
		t.Errorf("exact %v, normal %v", got.P, twoSided(got.Z))
	}
}
