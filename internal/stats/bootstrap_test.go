package stats

import (
	"errors"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func mean(xs []float64) float64 { return stat.Mean(xs, nil) }

// Survival of mice in the control group: Efron and Tibshirani (1993), table 2.1,
// without the ninth value. All 8^8 resamples are the 6435 multisets, weighted.
func TestBootstrapAgainstAllResamples(t *testing.T) {
	mice := []float64{52, 104, 146, 10, 50, 31, 40, 27}
	type atom struct{ value, p float64 }
	var atoms []atom
	counts := make([]int, len(mice))
	var rec func(i, left int)
	rec = func(i, left int) {
		if i == len(mice)-1 {
			counts[i] = left
			var sum float64
			logP, _ := math.Lgamma(9)
			logP -= 8 * math.Log(8)
			for k, c := range counts {
				sum += float64(c) * mice[k]
				lg, _ := math.Lgamma(float64(c) + 1)
				logP -= lg
			}
			atoms = append(atoms, atom{sum / 8, math.Exp(logP)})
			return
		}
		for c := 0; c <= left; c++ {
			counts[i] = c
			rec(i+1, left-c)
		}
	}
	rec(0, 8)
	slices.SortFunc(atoms, func(a, b atom) int { return int(sign(a.value - b.value)) })
	exact := func(p float64) float64 {
		var cum float64
		for _, a := range atoms {
			if cum += a.p; cum >= p {
				return a.value
			}
		}
		return math.NaN()
	}
	got, err := Bootstrap(seeded(), mice, mean, 20000, 0.9)
	noError(t, err)
	near(t, "mean", got.Value, 57.5, 1e-12)
	near(t, "low", got.Low, exact(0.05), 0.6)
	near(t, "high", got.High, exact(0.95), 0.9)
}

func TestBootstrapIsDeterministic(t *testing.T) {
	a, err := Bootstrap(seeded(), nile, median, 300, 0.95)
	noError(t, err)
	b, _ := Bootstrap(seeded(), nile, median, 300, 0.95)
	if a != b {
		t.Errorf("%v, %v", a, b)
	}
}

func TestBootstrapUndefined(t *testing.T) {
	_, err := Bootstrap(seeded(), nile, func([]float64) float64 { return math.NaN() }, 200, 0.95)
	if !errors.Is(err, ErrUndefined) {
		t.Error(err)
	}
}

func TestBlockLength(t *testing.T) {
	if got := BlockLength(each(27, func(i int) float64 { return float64(i % 2) })); got != 3 {
		t.Errorf("cube root rule: %d", got)
	}
	if got := BlockLength(nile); got <= 5 || got > 25 {
		t.Errorf("autocorrelated: %d", got)
	}
}
