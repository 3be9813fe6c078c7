package signal

import (
	"math"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// IntervalName says which interval Interval gives.
const IntervalName = "95 % Wilson interval"

// Interval is what a share of n facts leaves open; ok is false for a metric whose value is
// no such share, and for a value that is not known.
func Interval(d metric.Definition, value float64, n int) (low, high float64, ok bool) {
	if !d.Proportion || math.IsNaN(value) || n == 0 {
		return 0, 0, false
	}
	iv, err := stats.Wilson(int(math.Round(value*float64(n))), n, 0.95)
	return iv.Low, iv.High, err == nil
}

// IntervalOfMean is what the mean of values leaves open, by Student's t.
func IntervalOfMean(xs []float64) (low, high float64, ok bool) {
	iv, err := stats.Mean(xs, 0.95)
	return iv.Low, iv.High, err == nil
}

// leavesOpen notes what a share of k of n leaves open.
func (c *Claim) leavesOpen(k, n int) {
	if iv, err := stats.Wilson(k, n, 0.95); err == nil {
		c.Low, c.High = iv.Low, iv.High
	}
}
