package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Cost is the misfit of one constant level to the points i to j-1 of a series:
// minus twice a log-likelihood, up to a constant. It must not rise when a
// segment is split.
type Cost func(i, j int) float64

// GaussianCost is the cost of a mean shift in normal noise of known standard
// deviation: the sum of squared deviations over the variance.
func GaussianCost(xs []float64, sigma float64) Cost {
	sum, squares := prefix(centred(xs))
	return func(i, j int) float64 {
		s := sum[j] - sum[i]
		return max(0, squares[j]-squares[i]-s*s/float64(j-i)) / (sigma * sigma)
	}
}

// PoissonCost is the cost of a change of rate in Poisson counts, divided by the
// dispersion: the variance of the counts over their mean, 1 for Poisson.
func PoissonCost(xs []float64, dispersion float64) Cost {
	sum, _ := prefix(xs)
	return func(i, j int) float64 {
		s := sum[j] - sum[i]
		if s <= 0 {
			return 0
		}
		return -2 * s * math.Log(s/float64(j-i)) / dispersion
	}
}

// PELT splits n points into segments of at least minSegment points such that the
// sum of costs plus penalty for each change is least: the pruned exact linear
// time method of Killick, Fearnhead and Eckley (2012), with pruning delayed by
// minSegment so that it stays exact. It returns the first index of every segment
// but the first. Optimal segmentations are not evidence: see [ChangePoints].
// Minimum: 2·minSegment points.
func PELT(n int, cost Cost, penalty float64, minSegment int) ([]int, error) {
	if minSegment < 1 || !(penalty >= 0) || math.IsInf(penalty, 0) {
		return nil, fmt.Errorf("segment of %d, penalty %v: %w", minSegment, penalty, ErrParameter)
	}
	if n < 2*minSegment {
		return nil, TooFew{Have: n, Need: 2 * minSegment}
	}
	best := make([]float64, n+1) // best[t]: least cost of the first t points
	last := make([]int, n+1)     // last change before t in that optimum
	best[0] = -penalty
	type start struct{ at, dead int } // dead: end from which the start cannot win
	var starts []start
	for t := minSegment; t <= n; t++ {
		if at := t - minSegment; at == 0 || at >= minSegment {
			starts = append(starts, start{at, n + 1})
		}
		starts = slices.DeleteFunc(starts, func(s start) bool { return t >= s.dead })
		best[t] = math.Inf(1)
		for _, s := range starts {
			if c := best[s.at] + cost(s.at, t) + penalty; c < best[t] {
				best[t], last[t] = c, s.at
			}
		}
		for i, s := range starts {
			if s.dead > n && best[s.at]+cost(s.at, t) >= best[t] {
				starts[i].dead = t + minSegment
			}
		}
	}
	var out []int
	for t := last[n]; t > 0; t = last[t] {
		out = append(out, t)
	}
	slices.Reverse(out)
	return out, nil
}

// centred subtracts the median so that sums of squares keep their digits.
func centred(xs []float64) []float64 {
	out := slices.Clone(xs)
	floats.AddConst(-median(xs), out)
	return out
}

// prefix gives sums of the first i values and of their squares.
func prefix(xs []float64) (sum, squares []float64) {
	sum, squares = make([]float64, len(xs)+1), make([]float64, len(xs)+1)
	for i, x := range xs {
		sum[i+1] = sum[i] + x
		squares[i+1] = squares[i] + x*x
	}
	return sum, squares
}
