package app

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// TestANumberSaysHowOldItIs where more than two steps of its metric have passed since.
func TestANumberSaysHowOldItIs(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct {
		grain, reduce string
		settles       int
		start, asOf   string
		want          string
	}{
		{"event", "median by quarter", 0, "2025-01-01", "2026-06-27", "It is 14 months old; nothing newer is known."},
		{"quarter", "", 0, "2025-10-01", "2026-07-01", ""}, // was over on 1 January; two quarters later is 1 July
		{"quarter", "", 0, "2025-10-01", "2026-07-02", "It is 6 months old; nothing newer is known."},
		{"quarter", "", 91, "2025-10-01", "2026-07-02", ""}, // the next two cannot be complete
		{"month", "", 0, "2026-03-01", "2026-06-02", "It is 8 weeks old; nothing newer is known."},
		{"month", "", 0, "2026-04-01", "2026-06-27", ""},
		{"week", "", 0, "2026-06-01", "2026-06-23", "It is 2 weeks old; nothing newer is known."},
		{"week", "", 0, "2026-06-08", "2026-06-27", ""},
		{"4 weeks", "", 0, "2026-05-01", "2026-06-26", ""}, // that is its end
		{"4 weeks", "", 0, "2026-05-01", "2026-06-27", "It is 8 weeks old; nothing newer is known."},
		{"event", "median survival", 0, "2026-06-27", "2026-06-27", ""},
	} {
		s := metric.Series{Metric: metric.Definition{Grain: tt.grain, Reduce: tt.reduce, Settles: tt.settles}, AsOf: day(tt.asOf),
			Points: []metric.Point{{Start: day(tt.start), Value: 8, N: 6}, {Start: day(tt.asOf), Value: math.NaN()}}}
		l := metricLine(s, s.AsOf)
		if got := strings.Join(l.Warnings, " "); got != tt.want {
			t.Errorf("%s of %s, on %s: %q, want %q", tt.grain, tt.start, tt.asOf, got, tt.want)
		}
		if len(l.Days) != len(l.Course) || l.Days[0] != l.Of {
			t.Errorf("%s of %s: a course of %d with the days %v, and a value of %s", tt.grain, tt.start, len(l.Course), l.Days, l.Of)
		}
	}
}
