package signal

import (
	"math"
	"testing"

	"github.com/diarchy/diarchy/internal/metric"
)

// The example of Newcombe (1998), table I, method 3: 15 of 148.
func TestInterval(t *testing.T) {
	share := metric.Definition{Unit: "share", Proportion: true}
	low, high, ok := Interval(share, 15./148, 148)
	if !ok || math.Abs(low-0.0624) > 5e-5 || math.Abs(high-0.1605) > 5e-5 {
		t.Errorf("15 of 148: %v, %v to %v", ok, low, high)
	}
	for name, c := range map[string]struct {
		d     metric.Definition
		value float64
		n     int
	}{"no share of n": {metric.Definition{Unit: "share"}, 0.5, 10}, "unknown": {share, math.NaN(), 3}, "of nothing": {share, 0, 0}} {
		if _, _, ok := Interval(c.d, c.value, c.n); ok {
			t.Errorf("%s has an interval", name)
		}
	}
}
