package signal

import (
	"fmt"
	"math"

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
	c.Method = fmt.Sprintf("ratio of MAD/median of %s, the last %d weeks against up to %d before, with block bootstrap; Brown-Forsythe test", w.of, w.weeks, 104-w.weeks)
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

// level finds the latest lasting shift of weekly changes within two years.
func (in Input) level() Claim {
	c, s := in.claim("throughput.level", "throughput")
	c.Unit, c.Method = "ratio", "penalised change points (PELT) on weekly changes over up to 104 weeks, confirmed by a rank test"
	points := s.Points
	if len(points) > 104 {
		points = points[len(points)-104:]
	}
	xs := known(points)
	if len(xs) < 52 {
		c.lacks(len(xs), 52, "weeks")
		return c
	}
	c.rests(len(xs), 52, points[0].Start)
	found, err := stats.ChangePoints(xs, stats.ChangeOptions{Counts: true})
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.State = Absent
	c.Sentence = fmt.Sprintf("no lasting shift of the level is seen in %d weeks", len(xs))
	if len(found) == 0 {
		return c
	}
	last := found[len(found)-1]
	c.State, c.When, c.Value = Present, points[last.Index].Start, last.After/math.Max(last.Before, 0.5)
	c.Strength = math.Min(1, math.Abs(math.Log(c.Value))/math.Log(2))
	c.Sentence = fmt.Sprintf("weekly changes went from %.0f to %.0f in the week of %s (between %s and %s)", last.Before, last.After,
		c.When.Format("2 January 2006"), points[last.Low].Start.Format("2 Jan"), points[min(last.High, len(points)-1)].Start.Format("2 Jan 2006"))
	return c
}

// compare fills a claim about the ratio of recent to earlier medians, over so many
// months.
func (in Input) compare(c *Claim, earlier, recent []float64, months int, band Band, words string) {
	test, err := stats.MannWhitney(earlier, recent)
	if err != nil {
		c.tooFew(err)
		return
	}
	was, is := median(earlier), median(recent)
	c.rests(len(earlier)+len(recent), 2*stats.MinRankTest, in.AsOf.AddDate(0, -months, 0))
	if was > 0 {
		c.Value = is / was
	}
	if a, b := logs(earlier), logs(recent); a != nil && b != nil { // on logarithms a shift is a ratio
		if iv, err := stats.HodgesLehmann(a, b, 0.95); err == nil {
			c.Low, c.High = math.Exp(iv.Low), math.Exp(iv.High)
		}
	}
	c.takes("median of %d recent values %s, of %d earlier ones %s", len(recent), short(is), len(earlier), short(was))
	c.Sentence = fmt.Sprintf(words, short(is), short(was))
	c.decide(test.P < 0.05, band.Past(c.Value), "the difference may be chance")
}

// logs are logarithms of positive values; nil if one is not.
func logs(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		if x <= 0 {
			return nil
		}
		out[i] = math.Log(x)
	}
	return out
}

// reverts asks whether more is taken back than before.
func (in Input) reverts() Claim {
	c, s := in.claim("reverts.rising", "revert_share")
	c.Unit, c.Method = "ratio", "difference of two proportions (Newcombe interval), the last 6 months against the 12 before"
	cut, begin := monthStart(in.AsOf).AddDate(0, -6, 0), monthStart(in.AsOf).AddDate(0, -18, 0)
	var k, n [2]int
	for _, p := range s.Since(begin) {
		if math.IsNaN(p.Value) {
			continue
		}
		side := 0
		if !p.Start.Before(cut) {
			side = 1
		}
		k[side] += int(math.Round(p.Value * float64(p.N)))
		n[side] += p.N
	}
	if n[1] < 100 {
		c.lacks(n[1], 100, "commits in the last six months, of months with at least ten")
		return c
	}
	if n[0] < 200 {
		c.lacks(n[0], 200, "commits in the twelve months before, of months with at least ten")
		return c
	}
	iv, err := stats.ProportionDifference(k[0], n[0], k[1], n[1], 0.95)
	if err != nil {
		c.tooFew(err)
		return c
	}
	was, is := float64(k[0])/float64(n[0]), float64(k[1])/float64(n[1])
	c.rests(n[0]+n[1], 300, begin)
	c.takes("%d of %d commits of the last six months, %d of %d of the twelve before", k[1], n[1], k[0], n[0])
	c.Value = is / math.Max(was, 0.5/float64(n[0]))
	c.Sentence = fmt.Sprintf("%s of commits take another back; before, %s", percent(is), percent(was))
	c.decide(iv.Low > 0, in.band("revert_ratio", 1.3, 2.5).Past(c.Value), "the difference may be chance")
	return c
}
