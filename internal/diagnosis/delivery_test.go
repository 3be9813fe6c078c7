package diagnosis

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
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
		if l, err := (Input{AsOf: asOf}).lately(context.Background(), s); err != nil || l.value != 0.5 || l.n != c.n || l.window != c.window {
			t.Errorf("%s: %+v, %v, want %d %s", c.asOf, l, err, c.n, c.window)
		}
	}
}

// facts are what a metric over a span is made of: so many in each month, the newest last.
type facts []int

// over is half of the facts of a span, and unknown of fewer than five.
func (f facts) over(_ context.Context, _ metric.Definition, from, until time.Time) (metric.Span, error) {
	p := metric.Span{Point: metric.Point{Start: from, Value: math.NaN()}, Low: math.NaN()}
	for i, n := range f {
		if at := f.month(i); !at.Before(from) && at.Before(until) {
			p.N += n
		}
	}
	if p.N >= 5 {
		p.Value = 0.5
	}
	return p, nil
}

func (f facts) month(i int) time.Time { return today.AddDate(0, i-len(f), 1-today.Day()) }

// TestSpanGrows: a number covers as few months as it needs, and none that is not read.
func TestSpanGrows(t *testing.T) {
	defs, err := metric.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	def := defs[slices.IndexFunc(defs, func(d metric.Definition) bool { return d.Name == "change_failure_rate" })]
	for _, c := range []struct {
		name   string
		of     facts
		n      int
		window string
		until  int // months ago
	}{
		{"enough a month", facts{9, 9, 9, 9, 9, 9, 9, 6, 7, 8}, 21, "in the last 3 months", 0},
		{"two a month", facts{2, 2, 2, 2, 2, 2, 2, 2}, 6, "in the last 3 months", 0},
		{"one a month", facts{1, 1, 1, 1, 1, 1, 1, 1}, 6, "in the last 6 months", 0},
		{"one in two months, and none since", facts{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0}, 5, "in the last 12 months", 3},
		{"too few", facts{1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0}, 0, "", 0},
		{"long ago", facts{9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, "", 0},
	} {
		s := metric.Series{Metric: def}
		for i, n := range c.of {
			p, _ := c.of.over(context.Background(), def, c.of.month(i), c.of.month(i+1))
			s.Points = append(s.Points, metric.Point{Start: c.of.month(i), Value: p.Value, N: n})
		}
		l, err := Input{AsOf: today, Over: c.of.over}.lately(context.Background(), s)
		if err != nil || l.n != c.n || l.window != c.window || math.IsNaN(l.value) != (c.n == 0) || c.n > 0 && !l.until.Equal(c.of.month(len(c.of)-c.until)) {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}

// TestLevelOfFrequency: DORA's levels speak of one application.
func TestLevelOfFrequency(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	s := metric.Series{Metric: metric.Definition{Name: "deployment_frequency", Grain: "week", Unit: "deployments a week"}}
	for i := range 13 { // 39 of them
		s.Points = append(s.Points, metric.Point{Start: today.AddDate(0, 0, -7*(13-i)), Value: 3, N: 3})
	}
	for _, c := range []struct {
		applications    int
		seen            float64 // of changes
		level, coverage string
	}{
		{1, 0.9, "high, by DORA's levels of 2024", "90 % of 40 changes were seen deployed"},
		{1, 0.4, "", "40 % of 40 changes were seen deployed"},
		{3, 0.9, "", "over 3 applications; DORA's levels speak of one"},
	} {
		in := Input{AsOf: today, Playbook: pb, Deployed: func(context.Context, time.Time) (int, error) { return c.applications, nil },
			Over: func(context.Context, metric.Definition, time.Time, time.Time) (metric.Span, error) {
				return metric.Span{Point: metric.Point{Value: c.seen, N: 40}}, nil
			}}
		got, ok, err := in.deliveryNumber(context.Background(), metric.Set{}, s)
		if err != nil || !ok || got.Level != c.level || got.Coverage != c.coverage || got.Value != "3.0 deployments a week" {
			t.Errorf("%d applications: %+v, %v, %v", c.applications, got, ok, err)
		}
	}
}

// TestDeliverySummary: one number is known, several are.
func TestDeliverySummary(t *testing.T) {
	d := cockpit.Delivery{Numbers: make([]cockpit.DeliveryNumber, 1), Unknown: make([]cockpit.DeliveryGap, 13)}
	want := "No change of delivery is evident. 1 of the 14 numbers that the page looks at is known."
	if got := (Input{}).deliverySummary(d, false); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d.Numbers = append(d.Numbers, cockpit.DeliveryNumber{})
	d.Changes = []cockpit.DeliveryChange{{Title: "Change lead time", Tone: "worse"}}
	want = "Delivery got worse: change lead time. 2 of the 15 numbers that the page looks at are known."
	if got := (Input{}).deliverySummary(d, false); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNothingIsKnownOfDelivery says what was read: nothing, what fits nothing, or too little.
func TestNothingIsKnownOfDelivery(t *testing.T) {
	d := cockpit.Delivery{Unknown: make([]cockpit.DeliveryGap, 14)}
	read := Input{Sources: []cockpit.Source{{Name: "shop"}, {Name: "csv", System: true}}}
	for want, got := range map[string]string{
		"no forge, tracker, pipeline or incident system was read.": (Input{Sources: read.Sources[:1]}).deliverySummary(d, false),
		"what they tell fits none of the numbers":                  read.deliverySummary(d, true),
		"told too little of it":                                    read.deliverySummary(d, false),
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestLevelOfInterval: a level is given of what the interval holds, not of the value alone.
func TestLevelOfInterval(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	defs, err := metric.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	def := defs[slices.IndexFunc(defs, func(d metric.Definition) bool { return d.Name == "change_lead_time" })]
	s := metric.Series{Metric: def, Points: []metric.Point{{Start: today.AddDate(0, -1, 1-today.Day()), Value: 3, N: 30}}}
	for _, c := range []struct {
		low, value, high float64
		n                int
		level, interval  string
	}{
		{2, 3, 4, 30, "high, by DORA's levels of 2024", "95 % interval 2.0 to 4.0"},
		{2, 6, 9, 30, "between high and medium, by DORA's levels of 2024", "95 % interval 2.0 to 9.0"},
		{2, 3, 4, 19, "", "95 % interval 2.0 to 4.0"},
		{math.NaN(), 3, math.NaN(), 5, "", ""},
	} {
		in := Input{AsOf: today, Playbook: pb, Over: func(_ context.Context, d metric.Definition, from, _ time.Time) (metric.Span, error) {
			if d.Name != def.Name {
				return metric.Span{Point: metric.Point{Value: 0.8, N: 40}, Low: math.NaN()}, nil
			}
			return metric.Span{Point: metric.Point{Start: from, Value: c.value, N: c.n}, Low: c.low, High: c.high}, nil
		}}
		got, ok, err := in.deliveryNumber(context.Background(), metric.Set{}, s)
		if err != nil || !ok || got.Level != c.level || got.Interval != c.interval {
			t.Errorf("%v to %v: %+v, %v, %v", c.low, c.high, got, ok, err)
		}
	}
}

// TestShiftOfThinMonths: months that are too thin to be compared are put together, and others
// are not.
func TestShiftOfThinMonths(t *testing.T) {
	defs, err := metric.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	def := defs[slices.IndexFunc(defs, func(d metric.Definition) bool { return d.Name == "failed_deployment_recovery_time" })]
	month := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	thin, whole := metric.Series{Metric: def}, metric.Series{Metric: def}
	for back := 18; back > 0; back-- {
		p := metric.Point{Start: month.AddDate(0, -back, 0), Value: math.NaN(), N: 2}
		thin.Points = append(thin.Points, p)
		p.Value, p.N = float64(5+back%3), 5
		whole.Points = append(whole.Points, p)
	}
	var asked []string
	in := Input{AsOf: today, Over: func(_ context.Context, _ metric.Definition, from, until time.Time) (metric.Span, error) {
		asked = append(asked, from.Format(time.DateOnly)+" "+until.Format(time.DateOnly))
		if until.Equal(month) {
			return metric.Span{Point: metric.Point{Value: 20, N: 12}, Low: 15, High: 25}, nil
		}
		return metric.Span{Point: metric.Point{Value: 4, N: 24}, Low: 3, High: 6}, nil
	}}
	got, err := in.shift(context.Background(), thin)
	if err != nil || !got.Evident || got.Was != 4 || got.Is != 20 || got.N != 12 {
		t.Errorf("thin months: %+v, %v", got, err)
	}
	half, year := month.AddDate(0, -6, 0).Format(time.DateOnly), month.AddDate(0, -18, 0).Format(time.DateOnly)
	if want := []string{year + " " + half, half + " " + month.Format(time.DateOnly)}; !slices.Equal(asked, want) {
		t.Errorf("asked of %q, want %q", asked, want)
	}
	asked = nil
	if got, err := in.shift(context.Background(), whole); err != nil || !got.Known || got.Evident || len(asked) > 0 {
		t.Errorf("whole months: %+v, %v, asked of %q", got, err, asked)
	}
}
