package signal

import (
	"math"
	"strings"
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
		chart, ok, _ := Limits(s)
		if !ok || chart.N != 12 || len(chart.Outside) != 0 {
			t.Fatalf("%s: ok %v, %+v", c.unit, ok, chart)
		}
		if math.Abs(chart.Lower-c.lower) > 1e-9 || math.Abs(chart.Upper-c.upper) > 1e-9 {
			t.Errorf("%s between %v and %v: limits %v to %v, want %v to %v", c.unit, c.a, c.b, chart.Lower, chart.Upper, c.lower, c.upper)
		}
	}
}

// A level that moved is no routine variation: where the shift is found limits are of what
// came after it, and where there are too few points to find it there are none, and it is
// said. A single spike is outside as before.
func TestLimitsAcrossAShift(t *testing.T) {
	series := func(grain string, n, shift int) metric.Series {
		s := metric.Series{Metric: metric.Definition{Grain: grain, Unit: "days"}}
		for i := range n {
			value := 10 + float64(i*7%3) // 10, 11, 12 in turn
			if i >= shift {
				value *= 4
			}
			s.Points = append(s.Points, metric.Point{Start: asOf.AddDate(0, 0, 7*(i-n)), Value: value, N: 9})
		}
		return s
	}
	long := series("week", 52, 30)
	got, ok, why := Limits(long)
	if !ok || why != "" || got.N != 22 || !got.Since.Equal(long.Points[30].Start) || len(got.Outside) != 0 || got.Lower < 20 {
		t.Errorf("a shift of 52 weeks: %v %q %+v", ok, why, got)
	}
	if got, ok, why := Limits(series("month", 20, 11)); ok || !strings.Contains(why, "of 20 points would be outside") || len(got.Outside) > 0 {
		t.Errorf("a shift of 20 months: %v %q %+v", ok, why, got)
	}
	spike := series("month", 20, 20)
	spike.Points[12].Value = 60
	if got, ok, _ := Limits(spike); !ok || len(got.Outside) != 1 || !got.Since.IsZero() {
		t.Errorf("a spike: %v %+v", ok, got)
	}
}
