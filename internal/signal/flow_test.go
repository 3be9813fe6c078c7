package signal

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// Plans that hold are none of the signals; plans that do not are, once enough of them are known.
func TestPredictability(t *testing.T) {
	for name, c := range map[string]struct {
		share float64
		n     int
		want  State
	}{"as S4 asks": {0.85, 40, Absent}, "half": {0.5, 40, Present}, "half of few": {0.5, 6, Unknown}, "low, may be chance": {0.75, 16, Unknown}} {
		set := metric.Set{"sprint_said_done": monthly(12, func(int) (float64, int) { return c.share, c.n })}
		if got := (Input{Series: set, AsOf: asOf}).predictability(); got.State != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Dates that hold as they say are none of the signals, nor are few that failed.
func TestHitRate(t *testing.T) {
	for name, c := range map[string]struct {
		share float64
		n     int
		want  State
	}{"as they say": {0.85, 26, Absent}, "half": {0.5, 26, Present}, "half of few": {0.5, 10, Unknown}, "low, may be chance": {0.73, 26, Unknown}} {
		got := (Input{Series: metric.Set{"forecast_hit_rate": quarterly(c.share, c.n)}, AsOf: asOf}).hitRate()
		if got.State != c.want || (c.n >= fewestDates) != (got.Sentence != "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestInnovation: little is a finding, and unknown where the metric is.
func TestInnovation(t *testing.T) {
	of := func(earlier, recent float64) Claim {
		s := quarterly(recent, 200)
		s.Points = append([]metric.Point{{Start: asOf.AddDate(-1, 0, 0), Value: earlier, N: 200}}, s.Points...)
		return Read(Input{Series: metric.Set{"investment_innovation": s}, AsOf: asOf, Seed: 3})["investment.innovation"]
	}
	if c := of(0.1, 0); c.State != Present || c.Value != 0 {
		t.Errorf("it ended: %+v", c)
	}
	if c := of(0.1, 0.2); c.State != Absent {
		t.Errorf("enough: %+v", c)
	}
	if c := of(0.05, 0); c.State != Present {
		t.Errorf("there was little, and it ended: %+v", c)
	}
	if c := of(math.NaN(), math.NaN()); c.State != Unknown || c.Lacks == "" {
		t.Errorf("never called so: %+v", c)
	}
}

// TestInnovationOfTwoQuarters: on whatever day one looks, the last two whole quarters count:
// by hand, 30 of 300 and 60 of 200 changes until the end of June 2024, then 60 of 200 and 2 of 100.
func TestInnovationOfTwoQuarters(t *testing.T) {
	s := metric.Series{}
	for i, p := range []metric.Point{{Value: 0.5, N: 400}, {Value: 0.1, N: 300}, {Value: 0.3, N: 200}, {Value: 0.02, N: 100}} {
		p.Start = time.Date(2023, time.Month(10+3*i), 1, 0, 0, 0, 0, time.UTC)
		s.Points = append(s.Points, p)
	}
	for day, want := range map[string]string{"2024-07-01": "90 of 500", "2024-08-15": "90 of 500", "2024-09-30": "90 of 500",
		"2024-10-01": "62 of 300", "2024-11-30": "62 of 300", "2024-12-31": "62 of 300"} {
		asOf, _ := time.Parse(time.DateOnly, day)
		until := s
		if asOf.Month() < 10 {
			until.Points = s.Points[:3]
		}
		c := Input{Series: metric.Set{"investment_innovation": until}, AsOf: asOf}.innovation()
		if !strings.Contains(c.Sentence, want) {
			t.Errorf("on %s: %s, want %s", day, c.Sentence, want)
		}
	}
}
