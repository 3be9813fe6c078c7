package metric_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/google/go-cmp/cmp"
)

// newcomers makes a series of n events in the middle of each quarter from October 2023
// on, each of so many days.
func newcomers(people bool, quarters ...[]float64) metric.Series {
	s := metric.Series{Metric: metric.Definition{Grain: "event", People: people}, AsOf: time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)}
	for i, days := range quarters {
		for k, d := range days {
			s.Events = append(s.Events, metric.Event{At: time.Date(2023, time.Month(10+3*i), 10+k, 0, 0, 0, 0, time.UTC), Value: d, N: 1})
		}
	}
	return s
}

func TestYearlyShowsNobody(t *testing.T) {
	for _, c := range []struct {
		what string
		s    metric.Series
		want []string
	}{
		// five until April; in July there are three more, too few for another median
		{"three newcomers a quarter", newcomers(true, []float64{8, 8}, []float64{9, 7, 8}, []float64{8, 8, 8}, []float64{8, 9, 7}, []float64{30, 30, 30}, []float64{40, 40, 40}, []float64{40, 40, 40}, []float64{40, 40, 40}),
			[]string{"2024-04-01 8 5", "2024-07-01 ? 8", "2024-10-01 8 11", "2025-01-01 8 12", "2025-04-01 19.5 12", "2025-07-01 35 12", "2025-10-01 40 12"}},
		{"five in two years", newcomers(true, []float64{8}, []float64{9}, []float64{8}, []float64{8}, []float64{8}), nil},
		{"one at a time", newcomers(true, []float64{1, 1, 1}, []float64{2}, []float64{3}, []float64{4}, []float64{5, 5, 5}, []float64{6}, []float64{7}, []float64{8}),
			[]string{"2024-10-01 1.5 6", "2025-01-01 4.5 6", "2025-04-01 ? 6", "2025-07-01 ? 6", "2025-10-01 5.5 6"}},
		{"no people, one at a time", newcomers(false, []float64{1, 1, 1}, []float64{2}, []float64{3}, []float64{4}, []float64{5, 5, 5}, []float64{6}, []float64{7}, []float64{8}),
			[]string{"2024-07-01 1 5", "2024-10-01 1.5 6", "2025-01-01 4.5 6", "2025-04-01 5 6", "2025-07-01 5 6", "2025-10-01 5.5 6"}},
	} {
		var got []string
		for _, p := range c.s.Yearly(4) {
			value := fmt.Sprint(p.Value)
			if p.Value != p.Value {
				value = "?"
			}
			got = append(got, fmt.Sprintf("%s %s %d", p.Start.Format(time.DateOnly), value, p.N))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", c.what, d)
		}
	}
}
