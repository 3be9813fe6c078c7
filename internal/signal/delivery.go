package signal

import (
	"fmt"
	"math"

	"github.com/diarchy/diarchy/internal/stats"
)

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
