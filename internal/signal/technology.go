package signal

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// fewestMarkers is how many markers a year must bring before their balance is judged.
const fewestMarkers = 20

// debtBalance asks whether debt outgrows the code: what came in over a year, less
// what went out, less what the growth of the code alone would have brought at the
// density of its beginning. Value is the part of the coming debt that is paid down.
func (in Input) debtBalance() Claim {
	c, inflow := in.claim("debt.balance", "debt_inflow")
	c.Unit = "paid down of what came in"
	c.Method = "markers in less markers out less growth of the code at last year's density, by month over 12 months; bootstrap interval of the monthly excess"
	c.Assumptions = []string{"the habit of writing debt down did not change within the year"}
	size, density := in.Series["code_size"], in.Series["debt_density"]
	out := byMonth(in.Series["debt_paydown"])
	begin := monthStart(in.AsOf).AddDate(-1, 0, 0)
	d0, ok := at(density, begin.AddDate(0, -1, 0)) // a month holds the level of its end
	if len(inflow.Points) < 13 {
		c.lacks(len(inflow.Points), 13, "months since the first marker")
		return c
	}
	if !ok {
		c.Lacks = "the density of debt a year ago is not known: " + density.Metric.Nulls
		return c
	}
	first := begin.AddDate(0, -1, 0) // the month before, of which the end is the beginning
	var excess []float64
	var came, paid, allowed float64
	for _, p := range inflow.Since(begin) {
		k1, ok1 := at(size, p.Start)
		k0, ok0 := at(size, p.Start.AddDate(0, -1, 0))
		if !ok0 || !ok1 {
			continue
		}
		grown := d0 * (k1 - k0)
		came, paid, allowed = came+p.Value, paid+out[p.Start], allowed+grown
		excess = append(excess, p.Value-out[p.Start]-grown)
	}
	if len(excess) < stats.MinBootstrap {
		c.lacks(len(excess), stats.MinBootstrap, "whole months in a year")
		return c
	}
	c.rests(len(excess), stats.MinBootstrap, begin)
	k0, _ := at(size, first)
	k1, _ := at(size, monthStart(in.AsOf).AddDate(0, -1, 0))
	over := monthStart(in.AsOf)
	c.Parts = []Part{
		{"debt_inflow", fmt.Sprintf("%.0f markers came in over %d whole months", came, len(excess)), begin, over},
		{"debt_paydown", fmt.Sprintf("%.0f markers went out over the same months", paid), begin, over},
		{"code_size", fmt.Sprintf("from %.4g to %.4g thousand lines", k0, k1), first, over},
		{"debt_density", fmt.Sprintf("%.3g markers per thousand lines at the beginning; at this density the growth of the code alone brings %.3g markers", d0, allowed), first, begin},
	}
	if came < fewestMarkers {
		c.Lacks = fmt.Sprintf("%.0f of the %d markers a year that are needed", came, fewestMarkers)
		return c
	}
	// A percentile interval over a dozen months is too narrow: by sqrt((n-1)/n), and by the
	// normal in place of Student's distribution. For 12 months that is 2.30 deviations for
	// 1.96, so a nominal 98 % covers 95 %: of 2000 simulations of balanced debt its low end
	// lies above zero in 2.6 %, where that of a nominal 95 % does in 4.5 %.
	iv, err := stats.Bootstrap(in.rng(2), excess, mean, 2000, 0.98)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.Value = paid / math.Max(came-math.Max(allowed, 0), 1)
	c.Sentence = fmt.Sprintf("in twelve months %s came in and %.0f went out; against the growth of the code that is %+.1f markers a month (95 %% interval %+.1f to %+.1f)", Count(came, "markers"), paid, iv.Value, iv.Low, iv.High)
	band := in.band("debt_paydown_ratio", 0.7, 1.0)
	switch past := 1 - band.Past(c.Value); {
	case iv.Low > 0 && past > 0:
		c.State, c.Strength = Present, math.Max(past, 0.1)
	case iv.High <= 0 || past <= 0:
		c.State = Absent
	default:
		c.Lacks = "the excess may be chance"
	}
	return c
}

// debtDensity is the yearly change of density, relative to its level.
func (in Input) debtDensity() Claim {
	c, s := in.claim("debt.density", "debt_density")
	c.Unit, c.Method = "growth a year", "Theil-Sen slope of monthly density over 24 months"
	var x, y []float64
	for _, p := range s.Since(in.AsOf.AddDate(-2, 0, 0)) {
		if p.Value > 0 {
			x = append(x, p.Start.Sub(in.AsOf).Hours()/24/365.25)
			y = append(y, math.Log(p.Value))
		}
	}
	t, err := stats.TheilSen(x, y, 0.9)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.rests(len(x), stats.MinTheilSen, in.AsOf.AddDate(-2, 0, 0))
	c.Value, c.Low, c.High = math.Exp(t.Slope)-1, math.Exp(t.Low)-1, math.Exp(t.High)-1
	c.Sentence = fmt.Sprintf("markers per thousand lines change by %+.0f %% a year", 100*c.Value)
	c.decide(t.PAdjusted < 0.05, in.band("debt_density_growth", 0.1, 0.5).Past(c.Value), "the trend may be chance")
	return c
}

// fewestRecords is how many decision records must state a status before any is called
// stalled, or none.
const fewestRecords = 3

// stalled counts decisions that wait too long.
func (in Input) stalled() Claim {
	c, s := in.claim("decisions.stalled", "decisions_stalled")
	c.Unit, c.Method = "decisions", "records whose newest version says proposed and whose first is older than 60 days"
	p, ok := s.Last()
	if !ok {
		return c
	}
	if p.N < fewestRecords {
		c.lacks(p.N, fewestRecords, "decision records that state a status")
		return c
	}
	c.rests(p.N, fewestRecords, time.Time{})
	c.Value, c.From = p.Value, in.AsOf.AddDate(0, 0, -60)
	c.Sentence = fmt.Sprintf("%.0f of %s waited for more than 60 days without a decision", p.Value, Count(float64(p.N), "decision records"))
	c.decide(true, in.band("stalled_decisions", 0, 4).Past(p.Value), "")
	return c
}

// decisionsSlowing compares decisions of the last year with those of the two before.
func (in Input) decisionsSlowing() Claim {
	c, s := in.claim("decisions.slowing", "decision_days")
	c.Unit, c.Method = "ratio", "Mann-Whitney test on days from proposed to decided, the last 12 months against the 24 before"
	recent, earlier := in.between(s, 0, 12), in.between(s, 12, 36)
	if len(recent) < 4 || len(earlier) < 4 {
		c.lacks(min(len(recent), len(earlier)), 4, "decisions on the smaller side")
		return c
	}
	in.compare(&c, earlier, recent, 36, in.band("decision_slowdown", 1.5, 3), "decisions took a median of %s days; before, %s")
	return c
}

// freshness asks whether documents are neglected. Present means that they are.
func (in Input) freshness(id, name, period string) Claim {
	c, s := in.claim(id, name)
	c.Unit, c.Method = "share", "share of documents that changed within their review period"
	what, fewest, days := "documents", 3, 31
	if id == "documents.architectural" {
		what, fewest, days = "collections of documents", 2, 92
	}
	p, ok := in.current(s)
	if !ok {
		if s.Known() {
			c.Lacks = "there are none any more"
		}
		return c
	}
	if p.N < fewest {
		c.lacks(p.N, fewest, what)
		return c
	}
	c.rests(p.N, fewest, time.Time{})
	c.Value, c.From = p.Value, in.AsOf.AddDate(0, 0, -days)
	c.leavesOpen(int(math.Round(p.Value*float64(p.N))), p.N)
	c.Sentence = fmt.Sprintf("%.0f of %s changed within a %s", p.Value*float64(p.N), Count(float64(p.N), what), period)
	c.decide(true, 1-in.band("documents_fresh", 0.2, 0.6).Past(p.Value), "")
	return c
}

// byMonth indexes values by their bucket.
func byMonth(s metric.Series) map[time.Time]float64 {
	m := map[time.Time]float64{}
	for _, p := range s.Points {
		m[p.Start] = p.Value
	}
	return m
}

// at is the newest value that a series of levels had at a time.
func at(s metric.Series, t time.Time) (value float64, ok bool) {
	for _, p := range s.Points {
		if p.Start.After(t) {
			break
		}
		if !math.IsNaN(p.Value) {
			value, ok = p.Value, true
		}
	}
	return value, ok
}
