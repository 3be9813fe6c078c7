package diagnosis

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// seen reads the signals of a few series.
func seen(t *testing.T, set metric.Set) sight {
	t.Helper()
	defs, err := metric.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range defs {
		s := set[d.Name]
		s.Metric, s.AsOf = d, today
		set[d.Name] = s
	}
	return sight{asOf: today, set: set, claims: signal.Read(signal.Input{Series: set, AsOf: today, Seed: 1})}
}

func chartNamed(s sight, id string) (cockpit.Chart, bool) {
	for _, c := range charts(s) {
		if c.ID == id {
			return c, true
		}
	}
	return cockpit.Chart{}, false
}

// Two newcomers a month, so no quarter with five of them once one is missing; they take
// eight days, and forty in the last year.
func TestOnboardingChartShowsWhatItsSentenceSays(t *testing.T) {
	var s metric.Series
	for month := range 36 {
		at := today.AddDate(0, -36+month, 10)
		days := 8.0
		if month >= 24 {
			days = 40
		}
		s.Events = append(s.Events, metric.Event{At: at, Value: days, N: 1})
		if month%3 == 0 {
			s.Events = append(s.Events, metric.Event{At: at, Value: days + 1, N: 1})
		}
	}
	for q := range 12 {
		s.Points = append(s.Points, metric.Point{Start: today.AddDate(0, -36+3*q, 0), Value: math.NaN(), N: 4})
	}
	s.Points[0].Value = 8
	c, ok := chartNamed(seen(t, metric.Set{"onboarding_days": s}), "onboarding")
	if !ok {
		t.Fatal("there is no chart of onboarding")
	}
	for _, w := range []string{"median of 40 days", "before, 8.0"} {
		if !strings.Contains(c.Sentence, w) {
			t.Errorf("the sentence does not say %q: %s", w, c.Sentence)
		}
	}
	values := c.Series[0].Values
	newest, before := values[len(values)-1], values[len(values)-5]
	if newest == nil || *newest != 40 || before == nil || *before != 8 {
		t.Errorf("the chart ends in %v, a year before it has %v; want 40 and 8", shownValue(newest), shownValue(before))
	}
	if end := c.X[len(c.X)-1]; end != "2026-06-30" {
		t.Errorf("the chart ends on %s, want the last day that is judged", end)
	}
	if len(c.Bands) != 1 || c.Bands[0].High != 14 {
		t.Errorf("bands %v, want the two weeks of D3", c.Bands)
	}
}

func shownValue(v *float64) string {
	if v == nil {
		return "nothing"
	}
	return fmt.Sprint(*v)
}

func TestAnOldValueIsDated(t *testing.T) {
	months := func(values ...float64) metric.Series {
		var s metric.Series
		for i, v := range values {
			s.Points = append(s.Points, metric.Point{Start: time.Date(2026, time.Month(7-len(values)+i), 1, 0, 0, 0, 0, time.UTC), Value: v, N: 3})
		}
		return s
	}
	unknown := math.NaN()
	c, ok := chartNamed(seen(t, metric.Set{"lead_time_to_release": months(3, unknown, 12, unknown, unknown)}), "lead_time")
	if want := "The newest known value is 12 days, of April 2026."; !ok || c.Sentence != want {
		t.Errorf("chart %v says %q, want %q", ok, c.Sentence, want)
	}
	c, ok = chartNamed(seen(t, metric.Set{"revert_share": months(0.02, 0.5, unknown)}), "reverts")
	if want := "The newest known value is 50 %, of May 2026."; !ok || c.Sentence != want {
		t.Errorf("chart %v says %q, want %q", ok, c.Sentence, want)
	}
	if c.Unit != "%" || *c.Series[0].Values[1] != 50 {
		t.Errorf("shares are drawn as %v %s, want 50 %%", *c.Series[0].Values[1], c.Unit)
	}
	long := append([]float64{3}, make([]float64, 40)...)
	for i := range long[1:] {
		long[1+i] = unknown
	}
	s := seen(t, metric.Set{"lead_time_to_release": months(long...)})
	if c, ok := chartNamed(s, "lead_time"); ok || chartOf(s, playbook.Judgement{Chart: "lead_time_to_release"}) != "" {
		t.Errorf("three years without a value are drawn, under %q", c.Sentence)
	}
}

// A company's own rule has what ours have: a chart, and a lower weight among volunteers.
func TestARuleOfTheCompanyHasAChart(t *testing.T) {
	pb, err := playbook.Load("playbook.yaml", []byte(`
indicators:
  dense:
    title: Debt grows denser
    why: our experience
    lens: symptoms
    speaks_for: cto
    group: dense
    chart: debt_density
    about: people
    signals: [debt.density]
    present: 's["debt.density"].state == "present"'
    absent: 's["debt.density"].state == "absent"'
    factors: {present: {low: 1.1, high: 1.5}, absent: {low: 0.9, high: 1}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var density metric.Series
	for m := range 24 {
		density.Points = append(density.Points, metric.Point{Start: time.Date(2024, time.Month(7+m), 1, 0, 0, 0, 0, time.UTC), Value: 1 + float64(m)/8, N: 50})
	}
	s := seen(t, metric.Set{"debt_density": density})
	s.judgements = pb.Judge(s.claims)
	var finding cockpit.Finding
	for _, f := range (Input{Playbook: pb}).findings(s) {
		if f.ID == "dense" {
			finding = f
		}
	}
	c, ok := chartNamed(s, finding.Chart)
	if !ok || finding.Chart != "debt_density" || c.Title != "Density of debt" || !strings.Contains(c.Sentence, "a year") || len(c.X) != 24 {
		t.Errorf("finding %q names chart %q: %v %+v", finding.ID, finding.Chart, ok, c)
	}
	m := model{}.weighed(s.judgements)
	m.discount(Range{0.2, 0.6})
	for _, i := range m.indicators {
		if want := i.id == "dense" || i.id == "D3" || i.id == "merge_bottleneck" || i.id == "key_person"; want != i.discount.known() {
			t.Errorf("%s: discount %v among volunteers", i.id, i.discount)
		}
	}
}

// Where evenness is judged by sprints, its chart shows each day's, and no chart of theirs is
// there where it is not.
func TestSprintsAreDrawnWhereTheyAreJudged(t *testing.T) {
	sprints := metric.Series{Metric: metric.Definition{Name: "sprint_velocity"}}
	for left := 50; left > 0; left-- {
		for team := range 2 {
			value := 1 + float64((left*7+team*3)%5-2)/10
			if left <= 13 {
				value = 1 + float64((left*7+team*3)%5-2)/2.5
			}
			sprints.Events = append(sprints.Events, metric.Event{At: today.AddDate(0, 0, -14*left), Value: value, N: 20, Of: fmt.Sprint(team), Usual: 20})
		}
	}
	drawn := func(set metric.Set) (cockpit.Chart, bool) {
		s := seen(t, set)
		s.judgements = []playbook.Judgement{{Chart: "throughput", Signals: []signal.Claim{s.claims["throughput.dispersion"]}}}
		return chartNamed(s, "sprints")
	}
	c, ok := drawn(metric.Set{"sprint_velocity": sprints})
	if !ok || len(c.X) != 50 || c.X[49] != today.AddDate(0, 0, -14).Format(time.DateOnly) {
		t.Fatalf("chart %v of %d days, want 50: %v", ok, len(c.X), c.X)
	}
	if v := c.Series[0].Values[49]; v == nil || math.Abs(*v-0.6) > 1e-9 { // of 1 and 0.2
		t.Errorf("the last day shows %s, want 0.6", shownValue(v))
	}
	if !strings.HasPrefix(c.Sentence, "Issues done in sprints now vary 4.0 times") {
		t.Errorf("sentence %q", c.Sentence)
	}
	if _, ok := drawn(metric.Set{}); ok {
		t.Error("a chart of sprints without any")
	}
}
