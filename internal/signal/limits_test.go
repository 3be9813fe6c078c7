package signal

import (
	"math"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

func TestLimitsEndWhereTheUnitDoes(t *testing.T) {
	for _, c := range []struct {
		unit         string
		a, b         float64 // in turn
		lower, upper float64
	}{
		{"share", 0.4, 0.9, 0, 1}, // 0.65 ± 2.66 × 0.5
		{"share of changed lines", 0.4, 0.9, 0, 1},
		{"share", 0.5, 0.6, 0.284, 0.816}, // 0.55 ± 2.66 × 0.1
		{"days", 1, 3, 0, 7.32},           // 2 ± 2.66 × 2
		{"changes a week", 90, 110, 46.8, 153.2},
	} {
		s := metric.Series{Metric: metric.Definition{Grain: "month", Unit: c.unit}}
		for i := range 12 {
			s.Points = append(s.Points, metric.Point{Start: time.Date(2024, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC), Value: []float64{c.a, c.b}[i%2], N: 9})
		}
		chart, outside, n, ok := Limits(s)
		if !ok || n != 12 || len(outside) != 0 {
			t.Fatalf("%s: ok %v, n %d, outside %v", c.unit, ok, n, outside)
		}
		if math.Abs(chart.Lower-c.lower) > 1e-9 || math.Abs(chart.Upper-c.upper) > 1e-9 {
			t.Errorf("%s between %v and %v: limits %v to %v, want %v to %v", c.unit, c.a, c.b, chart.Lower, chart.Upper, c.lower, c.upper)
		}
	}
}
