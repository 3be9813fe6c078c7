package diagnosis

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
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

// TestDeliverySummary: one number is known, several are.
func TestDeliverySummary(t *testing.T) {
	d := cockpit.Delivery{Numbers: make([]cockpit.DeliveryNumber, 1), Unknown: make([]cockpit.DeliveryGap, 13)}
	want := "No change of delivery is evident. 1 of the 14 numbers that the page looks at is known."
	if got := deliverySummary(d); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d.Numbers = append(d.Numbers, cockpit.DeliveryNumber{})
	d.Changes = []cockpit.DeliveryChange{{Title: "Change lead time", Tone: "worse"}}
	want = "Delivery got worse: change lead time. 2 of the 15 numbers that the page looks at are known."
	if got := deliverySummary(d); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
