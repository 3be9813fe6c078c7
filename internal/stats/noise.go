package stats

import (
	"math"
	"slices"
)

// winsorize pulls points that lie more than three robust standard deviations
// from their running median of eleven back to that distance, so that one-off
// spikes cannot look like levels (Hampel 1974). Where most points equal their
// running median the series is returned as it is.
func winsorize(xs []float64) []float64 {
	const half, reach = 5, 3
	local := make([]float64, len(xs))
	dev := make([]float64, len(xs))
	for i, x := range xs {
		local[i] = median(xs[max(0, i-half):min(len(xs), i+half+1)])
		dev[i] = math.Abs(x - local[i])
	}
	limit := reach * madScale * median(dev)
	out := slices.Clone(xs)
	if limit == 0 {
		return out
	}
	for i := range out {
		out[i] = min(max(out[i], local[i]-limit), local[i]+limit)
	}
	return out
}

// noise estimates, from steps between neighbours and so without regard to
// changes of level, the standard deviation that the mean of independent points
// would need in order to scatter like the mean of these autocorrelated ones.
// The steps of an AR(1) process with variance v have variance 2v(1-φ) and lag-1
// correlation -(1-φ)/2; its long-run variance is v(1+φ)/(1-φ).
func noise(xs []float64) float64 {
	steps := make([]float64, len(xs)-1)
	abs := make([]float64, len(xs)-1)
	for i := range steps {
		steps[i] = xs[i+1] - xs[i]
		abs[i] = math.Abs(steps[i])
	}
	spread := madScale * median(abs)
	sigma := spread / math.Sqrt2
	if spread == 0 {
		const d2 = 1.128 // mean step over standard deviation
		sigma = meanExact(abs) / d2
	} else {
		for i, s := range steps { // a jump between levels is not noise
			steps[i] = min(max(s, -3*spread), 3*spread)
		}
	}
	phi := min(max(1+2*lag1(steps), 0), 0.8)
	return sigma * math.Sqrt(1+phi) / (1 - phi)
}

// persistence is the lag-1 autocorrelation of what is left when segments are
// brought to their means, corrected for the bias of fitting them.
func persistence(xs []float64, changes []int) float64 {
	residuals := slices.Clone(xs)
	for i, j := range segments(changes, len(xs)) {
		m := meanExact(xs[i:j])
		for k := i; k < j; k++ {
			residuals[k] -= m
		}
	}
	return min(max(unbiasedLag1(lag1(residuals), len(xs), len(changes)+1), 0), 0.9)
}

// segments yields the bounds of the stretches between changes.
func segments(changes []int, n int) func(func(i, j int) bool) {
	return func(yield func(i, j int) bool) {
		from := 0
		for _, c := range changes {
			if !yield(from, c) {
				return
			}
			from = c
		}
		yield(from, n)
	}
}
