package metric

import (
	"math"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/stats"
)

// stepMonths lie between the ends of two years that Yearly looks at.
const stepMonths = 3

// Yearly makes medians of events over rolling years: one ends at the as-of date, the
// others every three months before it. Start is a year's exclusive end. Of fewer than
// FewestPeople events a median is unknown; where events are people, so is one of a year
// that differs from the next that is shown by so few, since the two together would tell
// what these few did. The list begins with the first year that is shown.
func (s Series) Yearly(years int) []Point {
	var out []Point
	var shown time.Time
	for k := range years * 12 / stepMonths {
		end := s.AsOf.AddDate(0, -stepMonths*k, 0)
		values := s.within(end.AddDate(-1, 0, 0), end)
		p := Point{Start: end, Value: math.NaN(), N: len(values)}
		if p.N >= FewestPeople && (shown.IsZero() || !s.Metric.People || s.differ(end, shown)) {
			p.Value, _ = stats.Median(values)
			shown = end
		}
		out = append(out, p)
	}
	slices.Reverse(out)
	if i := slices.IndexFunc(out, func(p Point) bool { return !math.IsNaN(p.Value) }); i >= 0 {
		return out[i:]
	}
	return nil
}

// Daily is the median of the events of each day by the company's clock, from a time on.
func (s Series) Daily(from time.Time) []Point {
	var out []Point
	var values []float64
	for _, e := range s.Events {
		if math.IsNaN(e.Value) || e.At.Before(from) {
			continue
		}
		at := e.At.In(s.zone())
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		if len(out) == 0 || !out[len(out)-1].Start.Equal(day) {
			out, values = append(out, Point{Start: day}), nil
		}
		values = append(values, e.Value)
		last := &out[len(out)-1]
		last.N = len(values)
		last.Value, _ = stats.Median(values)
	}
	return out
}

// differ reports whether the years to two dates have the same events, or at least
// FewestPeople that are not in both.
func (s Series) differ(end, later time.Time) bool {
	n := len(s.within(end.AddDate(-1, 0, 0), later.AddDate(-1, 0, 0))) + len(s.within(end, later))
	return n == 0 || n >= FewestPeople
}

// within are the values of events from one time on and before another.
func (s Series) within(from, to time.Time) (values []float64) {
	for _, e := range s.Events {
		if !math.IsNaN(e.Value) && !e.At.Before(from) && e.At.Before(to) {
			values = append(values, e.Value)
		}
	}
	return values
}
