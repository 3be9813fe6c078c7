package diagnosis

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/signal"
)

// picture says how a series becomes a chart.
type picture struct {
	id, title, metric, claim, kind, unit string
	years                                int
	with                                 string // a second metric in the same chart
}

var pictures = []picture{
	{"engineers", "Active engineers", "active_engineers", "engineers.growth", "line", "people", 5, ""},
	{"throughput", "Changes reaching the main line, by week", "throughput", "throughput.dispersion", "line", "changes a week", 2, ""},
	{"debt", "Debt markers coming in and going out, by month", "debt_inflow", "debt.balance", "line", "markers a month", 3, "debt_paydown"},
	{"decisions", "Decisions that wait for more than 60 days", "decisions_stalled", "decisions.stalled", "line", "decisions", 3, ""},
	{"onboarding", "Days from a newcomer's first commit to regular contribution", "onboarding_days", "onboarding.slowing", "bar", "days", 4, ""},
	{"merging", "Share of the person who brings in most of the others' changes", "merge_concentration", "merging.concentration", "line", "share", 4, ""},
	{"releases", "Releases, by month", "release_frequency", "releases.slowing", "bar", "releases a month", 3, ""},
	{"lead_time", "Wait from commit to release", "lead_time_to_release", "leadtime.slowing", "line", "days", 3, ""},
	{"reverts", "Share of commits that take another back", "revert_share", "reverts.rising", "line", "share", 3, ""},
}

func hasSeries(s sight, id string) bool {
	for _, p := range pictures {
		if p.id == id {
			return s.set[p.metric].Known()
		}
	}
	return false
}

// charts draws the series that findings rest on.
func charts(s sight) []cockpit.Chart {
	var out []cockpit.Chart
	for _, p := range pictures {
		series := s.set[p.metric]
		points := series.Since(s.asOf.AddDate(-p.years, 0, 0))
		if !series.Known() || len(points) < 2 {
			continue
		}
		c := cockpit.Chart{ID: p.id, Title: p.title, Kind: p.kind, Unit: p.unit, Sentence: caption(s, p)}
		var main, second cockpit.Series
		main.Name, second.Name, second.Dashed = series.Metric.Title, s.set[p.with].Metric.Title, true
		other := map[time.Time]float64{}
		for _, pt := range s.set[p.with].Points {
			other[pt.Start] = pt.Value
		}
		for _, pt := range points {
			c.X = append(c.X, pt.Start.Format(time.DateOnly))
			main.Values = append(main.Values, number(pt.Value))
			if v, ok := other[pt.Start]; ok {
				second.Values = append(second.Values, number(v))
			} else {
				second.Values = append(second.Values, number(math.NaN()))
			}
		}
		c.Series = []cockpit.Series{main}
		if p.with != "" {
			c.Series = append(c.Series, second)
		}
		decorate(&c, s, points)
		out = append(out, c)
	}
	return out
}

// decorate adds published bands and found change points.
func decorate(c *cockpit.Chart, s sight, points []metric.Point) {
	switch c.ID {
	case "engineers":
		c.Bands = []cockpit.Band{{Label: "critical band (N1)", Low: 20, High: 50}}
	case "throughput":
		if shift := s.claims["throughput.level"]; shift.State == signal.Present {
			for _, p := range points {
				if p.Start.Equal(shift.When) {
					c.Marks = []cockpit.Mark{{Label: "the level shifts", X: p.Start.Format(time.DateOnly)}}
				}
			}
		}
	}
}

// caption is the sentence above a chart.
func caption(s sight, p picture) string {
	claim := s.claims[p.claim]
	text := claim.Sentence
	if p.id == "throughput" {
		if shift := s.claims["throughput.level"]; shift.State == signal.Present {
			text = joined(text, shift.Sentence)
		}
	}
	if text == "" {
		last, _ := s.set[p.metric].Last()
		text = fmt.Sprintf("the newest known value is %.3g %s", last.Value, p.unit)
	}
	return capital(text) + "."
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
