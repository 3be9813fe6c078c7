package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestGiniAgainstR(t *testing.T) {
	// The example of R's ineq::Gini: 0.4620911.
	xs := []float64{541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261}
	got, err := Gini(xs)
	noError(t, err)
	near(t, "Gini", got, 0.4620911, 5e-8)
}

func TestGini(t *testing.T) {
	for _, c := range []struct {
		xs        []float64
		gini, top float64
	}{
		{[]float64{5, 5, 5, 5}, 0, 0.25},
		{[]float64{0, 0, 0, 9}, 0.75, 1},
		{[]float64{1, 2, 3, 4}, 0.25, 0.4},
	} {
		g, err := Gini(c.xs)
		noError(t, err)
		near(t, "Gini", g, c.gini, 1e-12)
		top, err := TopShare(c.xs, 1)
		noError(t, err)
		near(t, "top share", top, c.top, 1e-12)
	}
}

func TestGiniIsMeanDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(0.5, 1000), 3, 30).Draw(t, "xs")
		var diff, sum float64
		for _, x := range xs {
			sum += x
			for _, y := range xs {
				diff += math.Abs(x - y)
			}
		}
		got, err := Gini(xs)
		if err != nil || math.Abs(got-diff/(2*float64(len(xs))*sum)) > 1e-9 {
			t.Fatalf("%v, %v", got, err)
		}
		if all, _ := TopShare(xs, len(xs)); math.Abs(all-1) > 1e-12 {
			t.Fatalf("all hold %v", all)
		}
	})
}
