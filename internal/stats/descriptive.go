package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// madScale makes the median absolute deviation of a normal sample estimate its
// standard deviation: 1/Φ⁻¹(3/4).
const madScale = 1.4826

// Median is the middle value, or the mean of the two middle values, in the unit
// of xs. Minimum: 1 point.
func Median(xs []float64) (float64, error) {
	if err := check(xs, 1); err != nil {
		return 0, err
	}
	return median(xs), nil
}

// Quantile is the p-quantile, 0 ≤ p ≤ 1, by linear interpolation of the order
// statistics: definition 7 of Hyndman and Fan (1996), the default of R. Unit of
// xs. Minimum: 1 point.
func Quantile(xs []float64, p float64) (float64, error) {
	if !(p >= 0 && p <= 1) {
		return 0, fmt.Errorf("quantile %v is not between 0 and 1: %w", p, ErrParameter)
	}
	if err := check(xs, 1); err != nil {
		return 0, err
	}
	return quantileSorted(slices.Sorted(slices.Values(xs)), p), nil
}

// MAD is the median absolute deviation from the median (Hampel 1974), scaled by
// 1.4826 so that it estimates the standard deviation of normal data. Unit of xs.
// It ignores up to half the points, so one spike does not move it; it is zero
// when more than half the points are equal. Minimum: 2 points.
func MAD(xs []float64) (float64, error) {
	if err := check(xs, 2); err != nil {
		return 0, err
	}
	return mad(xs), nil
}

// MeanStd gives the arithmetic mean and the sample standard deviation (divisor
// n-1), both in the unit of xs. Neither is robust. Minimum: 2 points.
func MeanStd(xs []float64) (mean, std float64, err error) {
	if err := check(xs, 2); err != nil {
		return 0, 0, err
	}
	mean, std = stat.MeanStdDev(xs, nil)
	return mean, std, nil
}

// Lag1 is the sample autocorrelation of a series with itself one step earlier
// (Box and Jenkins 1970), between -1 and 1. For independent points it lies
// within ±1.96/√n about 95 % of the time. A trend or a change of level raises
// it. A constant series has none: ErrUndefined. Minimum: 8 points.
func Lag1(xs []float64) (float64, error) {
	if err := check(xs, 8); err != nil {
		return 0, err
	}
	if allEqual(xs) {
		return 0, fmt.Errorf("autocorrelation of a constant series: %w", ErrUndefined)
	}
	return lag1(xs), nil
}

func lag1(xs []float64) float64 {
	mean := stat.Mean(xs, nil)
	var num, den float64
	for i, x := range xs {
		den += (x - mean) * (x - mean)
		if i > 0 {
			num += (x - mean) * (xs[i-1] - mean)
		}
	}
	if den == 0 {
		return 0
	}
	return num / den
}

func median(xs []float64) float64 {
	return medianSorted(slices.Sorted(slices.Values(xs)))
}

// medianSorted halves before adding so that huge values do not overflow.
func medianSorted(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	lo, hi := sorted[n/2-1], sorted[n/2]
	if lo == hi {
		return lo
	}
	return lo/2 + hi/2
}

func quantileSorted(sorted []float64, p float64) float64 {
	h := p * float64(len(sorted)-1)
	i := int(math.Floor(h))
	if i+1 >= len(sorted) || sorted[i] == sorted[i+1] {
		return sorted[i]
	}
	f := h - float64(i)
	return sorted[i]*(1-f) + sorted[i+1]*f
}

func mad(xs []float64) float64 {
	m := median(xs)
	dev := make([]float64, len(xs))
	for i, x := range xs {
		dev[i] = math.Abs(x - m)
	}
	slices.Sort(dev)
	return madScale * medianSorted(dev)
}

func allEqual(xs []float64) bool {
	for _, x := range xs {
		if x != xs[0] {
			return false
		}
	}
	return true
}

// meanExact is the mean, and exactly the common value for equal points.
func meanExact(xs []float64) float64 {
	if allEqual(xs) {
		return xs[0]
	}
	return stat.Mean(xs, nil)
}
