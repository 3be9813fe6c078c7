package signal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// sprinted simulates teams with sprints up to the date, of so many weeks at a time, and what
// each delivers as a multiple of the median of the team's six before. done is NaN while a team
// has none.
func sprinted(teams int, weeks func(team, left int) int, done func(team, left int) float64) metric.Set {
	var s metric.Series
	for team := range teams {
		var past []float64
		for left := 128; left > 0; {
			w := weeks(team, left)
			left -= w
			d := done(team, left)
			if math.IsNaN(d) {
				continue
			}
			e := metric.Event{At: asOf.AddDate(0, 0, -7*left-3), Value: math.NaN(), N: int(d), Of: fmt.Sprint(team)}
			if n := len(past); n >= 6 {
				e.Usual = median(past[n-6:])
				e.Value = d / e.Usual
			}
			s.Events, past = append(s.Events, e), append(past, d)
		}
	}
	slices.SortStableFunc(s.Events, func(a, b metric.Event) int { return a.At.Compare(b.At) })
	return metric.Set{"sprint_velocity": s}
}

func fortnights(int, int) int { return 2 }

// Sprints that vary as they did are not called uneven, with a pause or a new level; those of which some deliver much and others little are.
func TestSprintsTurnedUneven(t *testing.T) {
	step := func(sprints int) func(*rand.Rand, int) float64 {
		return func(rng *rand.Rand, left int) float64 {
			if left <= 2*sprints {
				return poisson(rng, 24)
			}
			return poisson(rng, 12)
		}
	}
	for _, teams := range []int{1, 3, 8} {
		for name, c := range map[string]struct {
			done func(*rand.Rand, int) float64
			most float64 // of the claims may say so; 1: three of four must
		}{
			"as before": {func(rng *rand.Rand, _ int) float64 { return poisson(rng, 12) }, 0.05},
			"a pause in winter": {func(rng *rand.Rand, left int) float64 {
				if left%52 == 26 {
					return poisson(rng, 4)
				}
				return poisson(rng, 12)
			}, 0.05},
			"twice as much for a year":       {step(26), 0.1},
			"twice as much for half a year":  {step(13), 0.1},
			"twice as much for three months": {step(6), 0.1},
			"much or little": {func(rng *rand.Rand, left int) float64 {
				if left <= 26 {
					return poisson(rng, 4+16*float64(rng.IntN(2)))
				}
				return poisson(rng, 12)
			}, 1},
		} {
			t.Run(fmt.Sprintf("%d teams, %s", teams, name), func(t *testing.T) {
				t.Parallel()
				r := measure(t, "throughput.dispersion", seeds, func(rng *rand.Rand) metric.Set {
					return sprinted(teams, fortnights, func(_, left int) float64 { return c.done(rng, left) })
				}, nil)
				if c.most < 1 {
					atMost(t, "uneven", r, c.most)
				} else {
					atLeast(t, "uneven", r.of(r.present), 0.75)
				}
			})
		}
	}
}

// What evenness is judged on follows from what is told: sprints in which much is
// done and that vary, else issues, else changes.
func TestFinished(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	with := func(set metric.Set, issuesAWeek float64) metric.Set {
		set["throughput"] = weekly(104, func(int, time.Time) float64 { return poisson(rng, 30) })
		if issuesAWeek > 0 {
			set["issue_throughput"] = weekly(104, func(int, time.Time) float64 { return 3 + poisson(rng, issuesAWeek-3) })
			for i := range set["issue_throughput"].Points {
				set["issue_throughput"].Points[i].N = int(issuesAWeek)
			}
		}
		return set
	}
	uneven := func(int, int) float64 { return poisson(rng, 12) }
	for name, c := range map[string]struct {
		set   metric.Set
		want  string
		weeks int
	}{
		"sprints of two teams":          {with(sprinted(2, fortnights, uneven), 12), "sprint_velocity", 26},
		"of one, which take longer":     {with(sprinted(1, fortnights, uneven), 6), "sprint_velocity", 31},
		"most issues are in none":       {with(sprinted(1, fortnights, uneven), 20), "issue_throughput", 26},
		"sprints alone, and no tracker": {with(sprinted(2, fortnights, uneven), 0), "sprint_velocity", 26},
		"all sprints alike":             {with(sprinted(2, fortnights, func(int, int) float64 { return 8 }), 8), "issue_throughput", 26},
		"most of what is in sprints stays open": {with(func() metric.Set {
			set := sprinted(1, fortnights, uneven)
			for i := range set["sprint_velocity"].Events {
				set["sprint_velocity"].Events[i].N = 3
			}
			return set
		}(), 12), "issue_throughput", 26},
		"nothing but changes": {with(metric.Set{}, 0), "throughput", 26},
		"sprints that began half a year ago": {with(sprinted(2, fortnights, func(team, left int) float64 {
			if left > 26 {
				return math.NaN()
			}
			return uneven(team, left)
		}), 12), "issue_throughput", 26},
	} {
		in := Input{Series: c.set, AsOf: asOf}
		if w := in.finished(); w.metric != c.want || w.weeks != c.weeks {
			t.Errorf("%s: %s over %d weeks, want %s over %d", name, w.metric, w.weeks, c.want, c.weeks)
		}
		if got := in.dispersion(); got.Metric != c.want || got.Sentence == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Teams that were cut anew, that joined, or that have shorter sprints scatter otherwise by
// chance alone: none of that is called uneven.
func TestSprintsOfOtherTeams(t *testing.T) {
	for name, c := range map[string]struct {
		teams int
		weeks func(team, left int) int
		mean  func(team, left int) float64
	}{
		"two large teams become eight": {10, fortnights, func(team, left int) float64 {
			switch {
			case team < 2 && left > 26:
				return 30
			case team >= 2 && left <= 40: // they are known of by then
				return 7.5
			}
			return math.NaN()
		}},
		"sprints of a week, not of four": {4, func(_, left int) int {
			if left > 26 {
				return 4
			}
			return 1
		}, func(_, left int) float64 {
			if left >= 26 {
				return 32
			}
			return 8
		}},
		"four small teams join four large": {8, fortnights, func(team, left int) float64 {
			switch {
			case team < 4:
				return 30
			case left <= 40:
				return 6
			}
			return math.NaN()
		}},
		"four small teams joined four large a year ago": {8, fortnights, func(team, left int) float64 {
			switch {
			case team < 4:
				return 30
			case left <= 66: // known since a year
				return 6
			}
			return math.NaN()
		}},
		"two small teams join two large": {4, fortnights, func(team, left int) float64 {
			switch {
			case team < 2:
				return 30
			case left <= 40:
				return 6
			}
			return math.NaN()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := measure(t, "throughput.dispersion", seeds, func(rng *rand.Rand) metric.Set {
				return sprinted(c.teams, c.weeks, func(team, left int) float64 {
					if m := c.mean(team, left); !math.IsNaN(m) {
						return poisson(rng, m)
					}
					return math.NaN()
				})
			}, nil)
			atMost(t, "uneven", r, 0.08)
		})
	}
}
