package stats

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestTheilSenAgainstSen1968(t *testing.T) {
	// The example of Sen (1968); its interval is misprinted, this is the one of
	// the R package deming, tests/theilsen.R. Seven points, below our minimum.
	x := []float64{1, 2, 3, 4, 10, 12, 18}
	y := []float64{9, 15, 19, 20, 45, 55, 78}
	got, err := theilSen(x, y, 0.93)
	noError(t, err)
	near(t, "slope", got.Slope, 4, 1e-12)
	near(t, "intercept", got.Intercept, 6, 1e-12)
	near(t, "low", got.Low, 26.0/7, 1e-12)
	near(t, "high", got.High, 35.0/8, 1e-12)
	near(t, "S", got.S, 21, 0)
	near(t, "var S", got.VarS, 7*6*19/18.0, 1e-12)
}

func TestMannKendallAgainstHollanderWolfe(t *testing.T) {
	// Hollander and Wolfe (1973), p. 187; R's ?cor.test: T = 26 concordant of 36
	// pairs, exact p = 0.1194.
	x := []float64{44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1}
	y := []float64{2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8}
	got, err := TheilSen(x, y, 0.95)
	noError(t, err)
	near(t, "S", got.S, 26-10, 0)
	near(t, "Z", got.Z, 15/math.Sqrt(92), 1e-12)
	near(t, "P", got.P, 0.1194, 2e-3)
}

// The variance of S with ties is that over all orders of y.
func TestMannKendallVarianceByEnumeration(t *testing.T) {
	x := []float64{1, 2, 2, 3, 4, 4, 4}
	y := []float64{1, 1, 2, 3, 3, 3, 5}
	var sum, squares, n float64
	permute(y, func(p []float64) {
		var s float64
		for i := range x {
			for j := range i {
				s += sign(x[i]-x[j]) * sign(p[i]-p[j])
			}
		}
		sum, squares, n = sum+s, squares+s*s, n+1
	})
	_, got := mannKendall(x, y)
	near(t, "var S", got, squares/n-(sum/n)*(sum/n), 1e-9)
}

func permute(xs []float64, visit func([]float64)) {
	p := append([]float64(nil), xs...)
	var rec func(k int)
	rec = func(k int) {
		if k == len(p) {
			visit(p)
			return
		}
		for i := k; i < len(p); i++ {
			p[k], p[i] = p[i], p[k]
			rec(k + 1)
			p[k], p[i] = p[i], p[k]
		}
	}
	rec(0)
}

func TestTheilSenProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-100, 100), 8, 30).Draw(t, "y")
		slope := rapid.Float64Range(-50, 50).Draw(t, "slope")
		x := each(len(y), func(i int) float64 { return float64(i) })
		a, err := TheilSen(x, y, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		b, err := TheilSen(x, each(len(y), func(i int) float64 { return y[i] + slope*x[i] }), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(b.Slope-a.Slope-slope) > 1e-9 {
			t.Fatalf("slope %v plus %v gives %v", a.Slope, slope, b.Slope)
		}
		if !(a.Low <= a.Slope && a.Slope <= a.High) || a.PAdjusted < a.P {
			t.Fatalf("%+v", a)
		}
	})
}

func TestTheilSenWarnsOfAutocorrelation(t *testing.T) {
	rng := seeded()
	x := each(100, func(i int) float64 { return float64(i) })
	plain, adjusted, flagged := 0, 0, 0
	for range 300 {
		got, err := TheilSen(x, ar1(0.5)(rng, 100), 0.95)
		noError(t, err)
		plain += count(got.P < 0.05)
		adjusted += count(got.PAdjusted < 0.05)
		flagged += count(got.Lag1 > got.Lag1Bound)
	}
	t.Logf("AR(1) 0.5 without trend, of 300: P < 0.05 in %d, PAdjusted < 0.05 in %d, flagged %d", plain, adjusted, flagged)
	if adjusted > 300*9/100 || flagged < 280 {
		t.Errorf("PAdjusted < 0.05 in %d of 300, flagged %d", adjusted, flagged)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestTheilSenSingleX(t *testing.T) {
	_, err := TheilSen(make([]float64, 9), nile[:9], 0.95)
	if !errors.Is(err, ErrUndefined) {
		t.Error(err)
	}
}
