package signal

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// predictability is how much of what was planned in sprints was delivered in the last
// three whole months.
func (in Input) predictability() Claim {
	c, s := in.claim("sprint.predictability", "sprint_said_done")
	c.Unit, c.Method = "share", "share of planned issues that were done, over the last three whole months, with its Wilson interval"
	k, n := in.pooled(s, 3)
	if n < 20 {
		c.lacks(n, 20, "issues planned in sprints that ended in the last three whole months")
		return c
	}
	iv, err := stats.Wilson(k, n, 0.95)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.rests(n, 20, monthStart(in.AsOf).AddDate(0, -3, 0))
	c.takes("%d of %d planned issues were done", k, n)
	c.Value, c.Low, c.High = float64(k)/float64(n), iv.Low, iv.High
	c.Sentence = fmt.Sprintf("%s of what was in sprints when they began was done when they ended (%d of %d issues)", percent(c.Value), k, n)
	band := in.band("predictable_delivery", 0.6, 0.8)
	c.decide(iv.High < band.High, (band.High-c.Value)/(band.High-band.Low), "the share may be lower by chance")
	c.Strength = math.Min(c.Strength, 1)
	return c
}

// stalledWork counts migrations, upgrades and security work that are open for too long.
func (in Input) stalledWork() Claim {
	c, s := in.claim("work.stalled", "stalled_work")
	c.Unit, c.Method = "pieces of work", "issues and change requests that are named a migration, an upgrade or security work and are open for more than 60 days"
	p, ok := s.Last()
	if !ok {
		return c
	}
	c.rests(p.N, 1, time.Time{})
	c.Value, c.From = p.Value, in.AsOf.AddDate(0, 0, -60)
	c.Sentence = fmt.Sprintf("%.0f of %s in migrations, upgrades and security %s open for more than 60 days", p.Value, Count(float64(p.N), "open pieces of work"), map[bool]string{true: "is", false: "are"}[p.Value == 1])
	c.decide(true, in.band("stalled_work", 1, 6).Past(p.Value), "")
	return c
}

// innovation is the share of changes that are innovation, of the last two whole quarters.
func (in Input) innovation() Claim {
	c, s := in.claim("investment.innovation", "investment_innovation")
	c.Unit, c.Method = "share", "share of the changes of the last two whole quarters that rules call innovation, with its Wilson interval"
	begun := quarterStart(in.AsOf).AddDate(0, -6, 0)
	k, n := pool(s.Since(begun))
	if n < 50 {
		c.lacks(n, 50, "changes in quarters in which rules say of half of them what they are for, and of some that they are innovation")
		return c
	}
	iv, err := stats.Wilson(k, n, 0.95)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.rests(n, 50, begun)
	c.takes("%d of %d changes", k, n)
	c.Value, c.Low, c.High = float64(k)/float64(n), iv.Low, iv.High
	c.Sentence = fmt.Sprintf("%s of changes are innovation (%d of %d)", percent(c.Value), k, n)
	band := in.band("innovation_share", 0.03, 0.1)
	c.decide(iv.High < band.High, (band.High-c.Value)/(band.High-band.Low), "the share may be lower by chance")
	c.Strength = math.Min(c.Strength, 1)
	return c
}

// pooled adds up a share over the buckets that began in the last whole months.
func (in Input) pooled(s metric.Series, months int) (k, n int) {
	return pool(s.Since(monthStart(in.AsOf).AddDate(0, -months, 0)))
}

func pool(points []metric.Point) (k, n int) {
	for _, p := range points {
		if !math.IsNaN(p.Value) {
			k += int(math.Round(p.Value * float64(p.N)))
			n += p.N
		}
	}
	return k, n
}
