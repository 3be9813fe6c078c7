package diagnosis

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// TestQuartersAreWhole: the quarter in which two years ago lies counts, so that the section on
// delivery says the same of dates that held as the finding on them.
func TestQuartersAreWhole(t *testing.T) {
	quarter := func(y int, m time.Month) metric.Point {
		return metric.Point{Start: time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), Value: 0.5, N: 4}
	}
	s := metric.Series{Metric: metric.Definition{Grain: "quarter", Unit: "share"}, Points: []metric.Point{quarter(2024, 4), quarter(2024, 7), quarter(2026, 4)}}
	for _, c := range []struct {
		asOf   string
		n      int
		window string
	}{
		{"2026-07-01", 8, "since 2024-07-01"},
		{"2026-08-22", 8, "since 2024-07-01"},
		{"2026-09-30", 8, "since 2024-07-01"},
		{"2026-10-01", 4, "since 2024-10-01"},
	} {
		asOf, err := time.Parse(time.DateOnly, c.asOf)
		if err != nil {
			t.Fatal(err)
		}
		if value, n, window := lately(s, Input{AsOf: asOf}); value != 0.5 || n != c.n || window != c.window {
			t.Errorf("%s: %v of %d %s, want %d %s", c.asOf, value, n, window, c.n, c.window)
		}
	}
}
