package signal

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// Band is a threshold as a range: below Low an effect is nothing, above High it is
// full, and between them its strength grows evenly.
type Band struct{ Low, High float64 }

// Past is how far x lies across the band, 0 to 1; NaN when x is unknown.
func (b Band) Past(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	if b.High <= b.Low {
		if x >= b.High {
			return 1
		}
		return 0
	}
	return math.Max(0, math.Min(1, (x-b.Low)/(b.High-b.Low)))
}

// Input is what signals are read from.
type Input struct {
	Series metric.Set
	AsOf   time.Time
	Bands  map[string]Band // thresholds of the playbook, by name
	Seed   uint64
}

// Metrics are the catalogue entries that Read needs.
var Metrics = []string{"active_engineers", "contributors", "throughput", "release_frequency", "lead_time_to_release", "revert_share",
	"onboarding_days", "truck_factor", "merge_concentration", "review_concentration", "debt_inflow", "debt_paydown", "debt_density", "code_size",
	"decision_days", "decisions_stalled", "documents_operational", "documents_architectural", "occasional_share",
	"issue_throughput", "sprint_velocity", "sprint_said_done", "stalled_work", "investment_innovation", "forecast_hit_rate",
	"deployed_share", "deployment_frequency", "change_lead_time", "review_load"}

// Read makes every claim that series allow. A claim that they do not allow is there
// too, as unknown, with what it lacks.
func Read(in Input) map[string]Claim {
	claims := map[string]Claim{}
	for _, c := range []Claim{
		in.stability(), in.growth(), in.volunteers(),
		in.dispersion(), in.level(),
		in.releases(), in.leadTime(), in.reverts(),
		in.onboardingSlowing(), in.onboardingShare(),
		in.concentration("merging.concentration", "merge_concentration", "brought in"),
		in.concentration("review.load", "review_load", "reviewed"),
		in.concentration("review.concentration", "review_concentration", "reviewed"),
		in.truckFactor(),
		in.debtBalance(), in.debtDensity(),
		in.stalled(), in.decisionsSlowing(),
		in.freshness("documents.operational", "documents_operational", "month"),
		in.freshness("documents.architectural", "documents_architectural", "quarter"),
		in.predictability(), in.hitRate(), in.stalledWork(), in.innovation(),
		unmeasured("satisfaction.trend", "no survey of engineers was read", "ask engineers once a quarter; surveys are not read yet, so this stays unknown"),
		unmeasured("leader.focus", "no calendar of a leader was read", "calendars are not read yet; the load lens estimates it instead"),
	} {
		if c.State == "" {
			c.State = Unknown
		}
		if c.State != Present {
			c.Strength = 0
		}
		claims[c.ID] = c
	}
	return claims
}

// claim begins a claim about a metric; it is unknown until something is found.
func (in Input) claim(id, name string) (Claim, metric.Series) {
	s := in.Series[name]
	c := Claim{ID: id, Metric: name, State: Unknown, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Warnings: s.Warnings, Lacks: s.Missing, How: s.Remedy()}
	if i := slices.IndexFunc(s.Points, func(p metric.Point) bool { return !math.IsNaN(p.Value) }); i >= 0 {
		c.From, c.To = s.Points[i].Start, in.AsOf
	}
	if c.Lacks == "" && !s.Known() {
		c.Lacks = "no values of " + name
	}
	return c, s
}

func unmeasured(id, lacks, how string) Claim {
	return Claim{ID: id, State: Unknown, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Lacks: lacks, How: how, Unread: true}
}

func (in Input) rng(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(in.Seed, stream)) }

func (in Input) band(name string, low, high float64) Band {
	if b, ok := in.Bands[name]; ok {
		return b
	}
	return Band{low, high}
}

// known are the known values of points.
func known(points []metric.Point) (xs []float64) {
	for _, p := range points {
		if !math.IsNaN(p.Value) {
			xs = append(xs, p.Value)
		}
	}
	return xs
}

// monthStart is the first day of a month: the month of the as-of date is not over.
func monthStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func quarterStart(t time.Time) time.Time {
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// split gives the known values of the last whole months, and of those before.
func (in Input) split(s metric.Series, earlierMonths, recentMonths int) (earlier, recent []float64) {
	cut := monthStart(in.AsOf).AddDate(0, -recentMonths, 0)
	begin := cut.AddDate(0, -earlierMonths, 0)
	for _, p := range s.Since(begin) {
		switch {
		case math.IsNaN(p.Value):
		case p.Start.Before(cut):
			earlier = append(earlier, p.Value)
		default:
			recent = append(recent, p.Value)
		}
	}
	return earlier, recent
}

// tooFew fills what a claim lacks from a method's refusal.
func (c *Claim) tooFew(err error) {
	var few stats.TooFew
	if errors.As(err, &few) {
		c.N, c.Need = few.Have, few.Need
		c.Lacks = fmt.Sprintf("%d of the %d points that the method needs", few.Have, few.Need)
		return
	}
	c.Lacks = err.Error()
}

// rests makes the claim known to rest on so many of the points that it needs, from a
// date on.
func (c *Claim) rests(have, need int, from time.Time) {
	c.N, c.Need, c.Lacks = have, need, ""
	if from.After(c.From) {
		c.From = from
	}
}

// current is the newest known point, unless it is older than the as-of date by more
// than a step of four weeks: what was true long ago says nothing about now.
func (in Input) current(s metric.Series) (metric.Point, bool) {
	p, ok := s.Last()
	return p, ok && p.Start.After(in.AsOf.AddDate(0, 0, -28))
}

// lacks makes the claim unknown for want of points.
func (c *Claim) lacks(have, need int, what string) {
	c.N, c.Need = have, need
	c.Lacks = fmt.Sprintf("%d of the %d %s that are needed", have, need, what)
}

// decide sets the state by evidence and band: present when the effect is evident and
// past the band's low end, absent when it is short of it, else unknown.
func (c *Claim) decide(evident bool, past float64, doubt string) {
	switch {
	case math.IsNaN(past):
		c.State = Unknown
	case past > 0 && evident:
		c.State, c.Strength = Present, math.Max(past, 0.1)
	case past <= 0:
		c.State = Absent
	default:
		c.State, c.Lacks, c.How = Unknown, doubt, "diarchy explain "+c.Metric+"   # the facts are there and do not decide it yet: look again in a quarter"
	}
}

func median(xs []float64) float64 {
	m, err := stats.Median(xs)
	if err != nil {
		return math.NaN()
	}
	return m
}

func mean(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// Count is a number of things in words: "1 person", "2 people", "3 decision records".
func Count(n float64, things string) string {
	if math.Round(n) == 1 {
		things = Singular(things)
	}
	return fmt.Sprintf("%.0f %s", n, things)
}

// Singular is the unit of one: of "releases a month" it is "release a month".
func Singular(things string) string {
	first, rest, more := strings.Cut(things, " ")
	switch {
	case first == "people":
		first = "person"
	case more && !strings.HasPrefix(rest, "a ") && !strings.HasPrefix(rest, "of "): // "decision records"
		return first + " " + Singular(rest)
	default:
		first = strings.TrimSuffix(first, "s")
	}
	if more {
		first += " " + rest
	}
	return first
}

// short is a number with the digits that matter.
func short(x float64) string {
	if math.Abs(x) < 10 {
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

func percent(x float64) string {
	if x > 0 && x < 0.095 {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}
