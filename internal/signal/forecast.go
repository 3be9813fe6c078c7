package signal

import (
	"fmt"

	"github.com/diarchy/diarchy/internal/stats"
)

// fewestDates is how many forecasts of the past a hit rate needs.
const fewestDates = 12

// hitRate is how often dates of 85 % held that would have been forecast in the last two
// years. Present means that too few did: the pace of the past does not say what comes.
func (in Input) hitRate() Claim {
	c, s := in.claim("forecast.hit_rate", "forecast_hit_rate")
	c.Unit, c.Method = "share", "share of the dates of 85 % that held, of a forecast at the end of every fourth week of two years with what was known then, with its Wilson interval"
	c.Assumptions = []string{"an item is a change that reaches the main line"}
	k, n := pool(s.Points)
	if n < fewestDates {
		c.lacks(n, fewestDates, "forecasts of the last two years whose date is past")
		return c
	}
	iv, err := stats.Wilson(k, n, 0.95)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.rests(n, fewestDates, s.Points[0].Start)
	c.takes("%d of %d dates held", k, n)
	c.Value, c.Low, c.High = float64(k)/float64(n), iv.Low, iv.High
	c.Sentence = fmt.Sprintf("of %d dates of the last two years that the pace of the weeks before gave with a chance of 85 %%, %d held: %s (95 %% interval %s to %s)", n, k, percent(c.Value), percent(iv.Low), percent(iv.High))
	band := in.band("forecast_holds", 0.6, 0.8)
	c.decide(iv.High < band.High, (band.High-c.Value)/(band.High-band.Low), "the share may be lower by chance")
	c.Strength = min(c.Strength, 1)
	return c
}
