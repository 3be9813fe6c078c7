package stats

import (
	"fmt"
	"slices"
)

// MinConcentration is the least number of holders for a measure of concentration.
const MinConcentration = 3

// Gini is the Gini coefficient of concentration (Gini 1912; Sen 1973): 0 when
// all hold the same, (n-1)/n when one holds everything. It is not corrected for
// small n, so compare only groups of similar size. Holders of nothing count and
// must be in xs. Values are amounts, not negative; if all are zero, ErrUndefined.
// Minimum: 3 holders.
func Gini(xs []float64) (float64, error) {
	sorted, total, err := amounts(xs)
	if err != nil {
		return 0, err
	}
	n := float64(len(sorted))
	var sum float64
	for i, x := range sorted {
		sum += (2*float64(i+1) - n - 1) * (x / total)
	}
	return max(0, sum/n), nil
}

// TopShare is the share of the total held by the k largest holders, between 0
// and 1: the concentration ratio CR_k of industrial economics. Values as in
// [Gini]. Minimum: 3 holders, k from 1 to their number.
func TopShare(xs []float64, k int) (float64, error) {
	sorted, total, err := amounts(xs)
	if err != nil {
		return 0, err
	}
	if k < 1 || k > len(sorted) {
		return 0, fmt.Errorf("top %d of %d: %w", k, len(sorted), ErrParameter)
	}
	var top float64
	for _, x := range sorted[len(sorted)-k:] {
		top += x / total
	}
	return min(top, 1), nil
}

func amounts(xs []float64) (sorted []float64, total float64, err error) {
	if err := check(xs, MinConcentration); err != nil {
		return nil, 0, err
	}
	sorted = slices.Sorted(slices.Values(xs))
	if sorted[0] < 0 {
		return nil, 0, fmt.Errorf("amount %v is negative: %w", sorted[0], ErrParameter)
	}
	for _, x := range sorted {
		total += x
	}
	if total == 0 {
		return nil, 0, fmt.Errorf("concentration of nothing: %w", ErrUndefined)
	}
	return sorted, total, nil
}
