package stats

import (
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

// lag1 is the sample autocorrelation of a series with itself one step earlier (Box and
// Jenkins 1970), between -1 and 1; 0 of a constant series. A trend or a change of level
// raises it.
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

// selectMedian is median, and reorders xs: it sorts no more than it needs.
func selectMedian(xs []float64) float64 {
	n := len(xs)
	hi := selectNth(xs, n/2)
	if n%2 == 1 {
		return hi
	}
	return medianSorted([]float64{slices.Max(xs[:n/2]), hi})
}

// selectNth puts the k-th smallest value in its place, with none above it before and
// none below it behind (Hoare 1961), and returns it.
func selectNth(xs []float64, k int) float64 {
	low, high := 0, len(xs)-1
	for low < high {
		pivot := xs[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for xs[i] < pivot {
				i++
			}
			for xs[j] > pivot {
				j--
			}
			if i <= j {
				xs[i], xs[j] = xs[j], xs[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return xs[k]
		}
	}
	return xs[k]
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

// quantileSorted is the p-quantile, 0 ≤ p ≤ 1, by linear interpolation of the order
// statistics: definition 7 of Hyndman and Fan (1996), the default of R.
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
