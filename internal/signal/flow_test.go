package signal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
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

// A lasting difference is found, and chance is not, though a dozen metrics are looked at.
func TestShiftOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	days := metric.Definition{Unit: "days", Grain: "month"}
	share := metric.Definition{Unit: "share", Grain: "month"}
	var byChance int
	for range 300 {
		s := monthly(24, func(int) (float64, int) { return 5 + 4*rng.Float64(), 30 })
		s.Metric = days
		p := monthly(24, func(int) (float64, int) { return float64(binomial(rng, 20, 0.15)) / 20, 20 })
		p.Metric = share
		for _, one := range []metric.Series{s, p} {
			got := ShiftOf(one, asOf)
			if !got.Known {
				t.Fatalf("%+v", got)
			}
			if got.Evident {
				byChance++
			}
		}
	}
	if byChance > 12 { // 1 % of 600 is 6
		t.Errorf("%d of 600 by chance", byChance)
	}
	slower := monthly(24, func(i int) (float64, int) { return map[bool]float64{true: 12, false: 5}[i < 6] + rng.Float64(), 30 })
	slower.Metric = days
	if got := ShiftOf(slower, asOf); !got.Evident || got.Is < 12 || got.Was > 6 {
		t.Errorf("slower: %+v", got)
	}
	slower.Points = slower.Points[len(slower.Points)-4:]
	if got := ShiftOf(slower, asOf); got.Known || got.Lacks == "" {
		t.Errorf("too short: %+v", got)
	}
	worse := monthly(24, func(i int) (float64, int) { return map[bool]float64{true: 0.4, false: 0.1}[i < 6], 20 })
	worse.Metric = share
	if got := ShiftOf(worse, asOf); !got.Evident {
		t.Errorf("worse: %+v", got)
	}
}

// What happens once or twice a month is compared over all of it: chance is seldom called a
// shift, and three times as long is one.
func TestShiftOver(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	span := func(n int, scale float64) metric.Span {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = scale * math.Exp(0.7*rng.NormFloat64())
		}
		slices.Sort(xs)
		first, last, err := stats.MedianRanks(n, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		return metric.Span{Point: metric.Point{Value: median(xs), N: n}, Low: xs[first-1], High: xs[last-1]}
	}
	days, chance, found := metric.Definition{Unit: "days"}, 0, 0
	for range 1000 {
		if got := ShiftOver(days, span(18, 5), span(9, 5)); !got.Known || got.N != 9 || got.Evident {
			chance++
		}
		if got := ShiftOver(days, span(18, 5), span(9, 20)); got.Evident && got.Is > got.Was {
			found++
		}
	}
	if chance > 10 || found < 700 {
		t.Errorf("of 1000, %d by chance and %d found", chance, found)
	}
	few := metric.Span{Point: metric.Point{Value: 3, N: 4}, Low: math.NaN(), High: math.NaN()}
	if got := ShiftOver(days, span(18, 5), few); got.Known || !strings.HasPrefix(got.Lacks, "4 facts of the last half year and 18 of the year before") {
		t.Errorf("few: %+v", got)
	}
	share := metric.Definition{Unit: "share"}
	of := func(value float64, n int) metric.Span { return metric.Span{Point: metric.Point{Value: value, N: n}} }
	if got := ShiftOver(share, of(0.05, 60), of(0.5, 30)); !got.Evident || got.N != 30 {
		t.Errorf("a share: %+v", got)
	}
	if got := ShiftOver(share, of(0.05, 60), of(0.5, 19)); got.Known {
		t.Errorf("a share of few: %+v", got)
	}
}

func binomial(rng *rand.Rand, n int, p float64) (k int) {
	for range n {
		if rng.Float64() < p {
			k++
		}
	}
	return k
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
