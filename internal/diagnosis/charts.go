package diagnosis

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
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
	{"onboarding", "Days from a newcomer's first commit to regular contribution, median of a year's newcomers", "onboarding_days", "onboarding.slowing", "line", "days", 4, ""},
	{"merging", "Share of the person who brings in most of the others' changes", "merge_concentration", "merging.concentration", "line", "%", 4, ""},
	{"releases", "Releases, by month", "release_frequency", "releases.slowing", "bar", "releases a month", 3, ""},
	{"lead_time", "Wait from commit to release", "lead_time_to_release", "leadtime.slowing", "line", "days", 3, ""},
	{"reverts", "Share of commits that take another back", "revert_share", "reverts.rising", "line", "%", 3, ""},
}

// sprints is drawn in the place of throughput where evenness is judged by it.
var sprints = picture{"sprints", "Issues done in a sprint, against the median of the team's six before", "sprint_velocity", "throughput.dispersion", "bar", "times the usual", 2, ""}

// pictureOf is how a judgement's metric is drawn: as it always is, or, of a metric that
// only a company's own rule shows, by its definition and the rule's signal.
func pictureOf(s sight, j playbook.Judgement) picture {
	name := charted(j)
	for _, p := range append(slices.Clone(pictures), sprints) {
		if p.metric == name {
			return p
		}
	}
	d := s.set[name].Metric
	p := picture{id: name, title: d.Title, metric: name, kind: "line", unit: d.Unit, years: 3}
	if d.Unit == "share" {
		p.unit = "%"
	}
	if i := slices.IndexFunc(j.Signals, func(c signal.Claim) bool { return c.Metric == name }); i >= 0 {
		p.claim = j.Signals[i].ID
	}
	return p
}

// charted is the metric whose course shows a judgement: that of its rule, or the one that a
// signal has taken in its place.
func charted(j playbook.Judgement) string {
	for _, c := range j.Signals {
		if j.Chart != "" && c.InPlaceOf == j.Chart && c.State != signal.Unknown {
			return c.Metric
		}
	}
	return j.Chart
}

// chartOf names the chart that shows a judgement; "" where there is nothing to see.
func chartOf(s sight, j playbook.Judgement) string {
	if c, ok := pictureOf(s, j).draw(s); ok && j.Chart != "" {
		return c.ID
	}
	return ""
}

// charts draws the series that findings rest on.
func charts(s sight) []cockpit.Chart {
	all := slices.Clone(pictures)
	for _, j := range s.judgements {
		if j.Chart != "" && !slices.ContainsFunc(all, func(p picture) bool { return p.metric == charted(j) }) {
			all = append(all, pictureOf(s, j))
		}
	}
	var out []cockpit.Chart
	for _, p := range all {
		if c, ok := p.draw(s); ok {
			out = append(out, c)
		}
	}
	return out
}

// draw makes the chart; ok is false where its years hold nothing to see.
func (p picture) draw(s sight) (c cockpit.Chart, ok bool) {
	c = cockpit.Chart{ID: p.id, Title: p.title, Kind: p.kind, Unit: p.unit, Sentence: caption(s, p)}
	series := s.set[p.metric]
	points, day := series.Since(s.asOf.AddDate(-p.years, 0, 0)), series.Day
	if series.Metric.Grain == "week" { // as many as the claim rests on, whatever day it is
		points = series.Points[max(0, len(series.Points)-52*p.years):]
	}
	if p.id == "onboarding" { // few quarters have newcomers enough for a median of their own
		points, day = series.Yearly(p.years), func(pt metric.Point) string { return series.LastDay(pt.Start) }
		c.XTitle = "Year up to"
	}
	if p.id == sprints.id { // a quarter's median says nothing of how even they are
		points, day = series.Daily(s.asOf.AddDate(-p.years, 0, 0)), func(pt metric.Point) string { return pt.Start.Format(time.DateOnly) }
		c.XTitle = "Day on which sprints ended"
	}
	main, second := cockpit.Series{Name: series.Metric.Title}, cockpit.Series{Name: s.set[p.with].Metric.Title, Dashed: true}
	other := map[time.Time]float64{}
	for _, pt := range s.set[p.with].Points {
		other[pt.Start] = pt.Value
	}
	scale := 1.0
	if series.Metric.Unit == "share" {
		scale = 100
	}
	for _, pt := range points {
		c.X = append(c.X, day(pt))
		main.Values = append(main.Values, number(scale*pt.Value))
		ok = ok || !math.IsNaN(pt.Value)
		v, known := other[pt.Start]
		if !known {
			v = math.NaN()
		}
		second.Values = append(second.Values, number(v))
	}
	c.Series = []cockpit.Series{main}
	if p.with != "" {
		c.Series = append(c.Series, second)
	}
	decorate(&c, s)
	return c, ok && len(points) > 1
}

// decorate adds published bands and found change points.
func decorate(c *cockpit.Chart, s sight) {
	switch c.ID {
	case "engineers":
		c.Bands = []cockpit.Band{{Label: "critical band (N1)", Low: 20, High: 50}}
	case "onboarding":
		c.Bands = []cockpit.Band{{Label: "within two weeks (D3)", Low: 0, High: 14}}
	case "throughput":
		if shift := s.claims["throughput.level"]; shift.State == signal.Present && slices.Contains(c.X, shift.When.Format(time.DateOnly)) {
			c.Marks = []cockpit.Mark{{Label: "the level shifts", X: shift.When.Format(time.DateOnly)}}
		}
	}
}

// caption is the sentence above a chart.
func caption(s sight, p picture) string {
	text := ""
	if claim := s.claims[p.claim]; claim.Metric == p.metric {
		text = claim.Sentence
	}
	if p.id == "throughput" {
		if shift := s.claims["throughput.level"]; shift.State == signal.Present {
			text = joined(text, shift.Sentence)
		}
	}
	if series := s.set[p.metric]; text == "" {
		last, _ := series.Last()
		text = fmt.Sprintf("the newest known value is %s, of %s", show(last.Value, series.Metric.Unit), period(series, last))
	}
	return capital(text) + "."
}

// period names the bucket of a point in words.
func period(s metric.Series, p metric.Point) string {
	switch first, day := p.Start, s.Day(p); s.Metric.Grain {
	case "month":
		return first.Format("January 2006")
	case "quarter", "event":
		return first.Format("January") + " to " + first.AddDate(0, 2, 0).Format("January 2006")
	case "week":
		return "the week of " + first.Format("2 January 2006")
	default:
		return day
	}
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
