package signal

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/stats"
)

// dispersion asks whether finished work turned inconsistent: its relative spread in the
// recent weeks against that before. The weeks are cut where the level of changes shifted
// last, if that was 16 to 52 weeks ago, else 26 weeks ago. One unusual week does not move it.
func (in Input) dispersion() Claim {
	w := in.finished()
	c, _ := in.claim("throughput.dispersion", w.metric)
	if w.metric != "throughput" {
		c.InPlaceOf = "throughput"
	}
	c.Unit = "ratio"
	c.Assumptions = []string{w.each + "s before the cut are alike among themselves"}
	if w.each == "sprint" {
		c.Assumptions = append(c.Assumptions, "a team's usual is the median of the six sprints before each")
	}
	c.Method = fmt.Sprintf("ratio of MAD/median of %s, the last %d weeks against up to %d before, with block bootstrap; Brown-Forsythe test", w.of, w.weeks, judgedWeeks-w.weeks)
	n := len(w.before) + len(w.recent)
	if n < w.need {
		c.lacks(n, w.need, w.each+"s")
		return c
	}
	c.To = in.AsOf
	c.rests(n, w.need, w.from)
	if min(median(w.before), median(w.recent)) < w.usual {
		c.Lacks = fmt.Sprintf("fewer than %.0f %s in a usual %s", w.usual, w.counts, w.each)
		return c
	}
	c.takes("median %.3g and MAD %.3g of the last %d %ss; median %.3g and MAD %.3g of the %d before", median(w.recent), spread(w.recent), len(w.recent), w.each, median(w.before), spread(w.before), len(w.before))
	iv, err := stats.DispersionRatio(in.rng(1), w.before, w.recent, 1000, 0.95)
	if err != nil {
		c.tooFew(err)
		return c
	}
	test, err := stats.BrownForsythe(relative(w.before), relative(w.recent))
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.Value, c.Low, c.High = iv.Value, iv.Low, iv.High
	c.Sentence = fmt.Sprintf("%s now vary %.1f times as much around their usual level as before (95 %% interval %.1f to %.1f; Brown-Forsythe test p %.2g)", w.of, c.Value, c.Low, c.High, test.P)
	if iv.Low <= 1 && test.P < 0.01 {
		c.Warnings = append(c.Warnings, "the test sees the spread change, but by how much is uncertain: the interval includes no change")
	}
	c.decide(iv.Low > 1 || test.P < 0.01, in.band("dispersion_ratio", 1.5, 2.5).Past(c.Value), "the spread may have grown by chance")
	return c
}

// spread is the median absolute deviation.
func spread(xs []float64) float64 {
	mad, err := stats.MAD(xs)
	if err != nil {
		return math.NaN()
	}
	return mad
}

// relative scales values by their median and pulls in those that lie beyond four
// robust deviations, so that a single spike cannot make a spread.
func relative(xs []float64) []float64 {
	m := median(xs)
	mad, err := stats.MAD(xs)
	if err != nil || mad == 0 {
		mad = math.Sqrt(m)
	}
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = math.Max(m-4*mad, math.Min(m+4*mad, x)) / m
	}
	return out
}

// finished is the finished work whose evenness is judged, before a time and since then.
type finished struct {
	metric         string // catalogue name
	each           string // what a value is of: a week or a sprint
	of, counts     string // what varies, and what is counted, in words
	before, recent []float64
	weeks          int     // the recent ones
	need           int     // values in all
	usual          float64 // the median below which a spread says nothing
	from           time.Time
}

const (
	judgedWeeks  = 104 // how far back evenness is judged
	fewestWeekly = 3   // median of a week below which its spread says nothing
)

// finished chooses what of a company's work says most of its evenness: sprints, where much
// work is done in them; else issues, where a tracker tells of enough of them; else changes
// of the main line.
func (in Input) finished() finished {
	weeks := 26
	if shift := in.level(); shift.State == Present {
		if ago := int(in.AsOf.Sub(shift.When).Hours() / 24 / 7); ago >= stats.MinDispersionRatio && ago <= 52 {
			weeks = ago
		}
	}
	if w, ok := in.sprints(weeks); ok {
		return w
	}
	w := finished{metric: "throughput", each: "week", of: "weekly changes", counts: "changes", weeks: weeks, need: weeks + 26, usual: fewestWeekly}
	if in.tracked() {
		w.metric, w.of, w.counts = "issue_throughput", "weekly issues done", "issues done"
	}
	points := in.Series[w.metric].Points
	points = points[max(0, len(points)-judgedWeeks):]
	if len(points) > 0 {
		w.from = points[0].Start
	}
	xs := known(points)
	cut := max(0, len(xs)-weeks)
	w.before, w.recent = xs[:cut], xs[cut:]
	return w
}

// tracked reports whether a tracker tells of enough issues, for a year at least.
func (in Input) tracked() bool {
	xs := known(in.Series["issue_throughput"].Points)
	xs = xs[max(0, len(xs)-judgedWeeks):]
	return len(xs) >= 52 && median(xs[:26]) >= fewestWeekly && median(xs[len(xs)-26:]) >= fewestWeekly
}

// sprints are what was done in them against the usual, of projects that went on as they
// were: where teams were cut anew, or sprints became shorter, the values scatter otherwise by
// chance alone. ok is false where there are too few, where less than a third of the issues that
// were done were done in them, and where most of them are so alike that a spread cannot be
// compared. The recent weeks are as many as the least of sprints take, up to a year.
func (in Input) sprints(weeks int) (w finished, ok bool) {
	w = finished{metric: "sprint_velocity", each: "sprint", of: "issues done in sprints", weeks: weeks, need: 2 * stats.MinDispersionRatio}
	w.from = in.AsOf.AddDate(0, 0, -7*judgedWeeks)
	for ; w.weeks <= 52; w.weeks++ {
		cut := in.AsOf.AddDate(0, 0, -7*w.weeks)
		issues := 0
		w.before, w.recent = nil, nil
		same := in.unchanged(w.from, cut)
		for _, e := range in.Series[w.metric].Events {
			switch {
			case math.IsNaN(e.Value) || e.At.Before(w.from) || !same[e.Of]:
			case e.At.Before(cut):
				w.before = append(w.before, e.Value)
			default:
				w.recent, issues = append(w.recent, e.Value), issues+e.N
			}
		}
		if len(w.recent) < stats.MinDispersionRatio {
			continue
		}
		done := 0
		for _, p := range in.Series["issue_throughput"].Since(cut) {
			done += p.N
		}
		return w, len(w.before) >= stats.MinDispersionRatio && 3*issues >= done && spread(w.before) > 0 && spread(w.recent) > 0
	}
	return w, false
}

// unchanged are the projects that had as many sprints before a time, from another on, as since,
// and whose sprints usually deliver about as much as then: neither twice nor half.
func (in Input) unchanged(from, cut time.Time) map[string]bool {
	var usual [2]map[string][]float64
	usual[0], usual[1] = map[string][]float64{}, map[string][]float64{}
	for _, e := range in.Series["sprint_velocity"].Events {
		if math.IsNaN(e.Value) || e.At.Before(from) {
			continue
		}
		side := usual[0]
		if !e.At.Before(cut) {
			side = usual[1]
		}
		side[e.Of] = append(side[e.Of], e.Usual)
	}
	same := map[string]bool{}
	for project, before := range usual[0] {
		if since := usual[1][project]; len(since) > 0 && len(before) >= len(since) {
			ratio := median(since) / median(before)
			same[project] = ratio > 0.5 && ratio < 2
		}
	}
	return same
}
