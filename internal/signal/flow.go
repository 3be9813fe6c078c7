package signal

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

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
	w = finished{metric: "sprint_velocity", each: "sprint", of: "issues done in sprints", counts: "issues", weeks: weeks, need: 2 * stats.MinDispersionRatio}
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

// Shift is what became of a metric: the last half year against the year before.
type Shift struct {
	Known    bool
	Lacks    string // why it is not known
	Was, Is  float64
	N        int // facts of the last half year
	Evident  bool
	Sentence string // how it was found
}

// clearly is how sure a shift must be: a page looks at a dozen metrics, and one of them
// would differ by chance too often at the usual 5 %.
const clearly = 0.01

// ShiftOf compares the last six whole months of a series with the twelve before: shares
// by the difference of two proportions, other values by ranks. A small difference is none,
// however sure.
func ShiftOf(s metric.Series, asOf time.Time) Shift {
	cut, begin := monthStart(asOf).AddDate(0, -6, 0), monthStart(asOf).AddDate(0, -18, 0)
	var earlier, recent []metric.Point
	for _, p := range s.Since(begin) {
		switch {
		case math.IsNaN(p.Value):
		case p.Start.Before(cut):
			earlier = append(earlier, p)
		default:
			recent = append(recent, p)
		}
	}
	if s.Metric.Unit == "share" {
		return shares(earlier, recent)
	}
	if len(earlier) < stats.MinRankTest || len(recent) < 4 {
		return Shift{Lacks: fmt.Sprintf("%d and %d whole buckets are known of the last half year and of the year before", len(recent), len(earlier))}
	}
	was, is := values(earlier), values(recent)
	test, err := stats.MannWhitney(was, is)
	if err != nil {
		return Shift{Lacks: err.Error()}
	}
	out := Shift{Known: true, Was: median(was), Is: median(is), Sentence: fmt.Sprintf("Mann-Whitney test on %d and %d %ss, p %.2g", len(is), len(was), s.Metric.Grain, test.P)}
	if s.Metric.Grain == "week" {
		out.Was, out.Is = mean(was), mean(is)
	}
	for _, p := range recent {
		out.N += p.N
	}
	out.Evident = test.P < clearly && differs(out.Was, out.Is)
	return out
}

// ShiftOver compares all facts of two spans where their months hold too few to be compared one
// by one: shares by the difference of two proportions, medians by their intervals, which must
// not meet.
func ShiftOver(d metric.Definition, was, is metric.Span) Shift {
	if d.Unit == "share" {
		return shares([]metric.Point{was.Point}, []metric.Point{is.Point})
	}
	if math.IsNaN(was.Low) || math.IsNaN(is.Low) {
		return Shift{Lacks: fmt.Sprintf("%d facts of the last half year and %d of the year before are too few for a median of each with its interval", is.N, was.N)}
	}
	out := Shift{Known: true, Was: was.Value, Is: is.Value, N: is.N, Sentence: fmt.Sprintf("medians of %d facts (95 %% interval %s to %s) and %d (%s to %s)", is.N, short(is.Low), short(is.High), was.N, short(was.Low), short(was.High))}
	out.Evident = (is.Low > was.High || is.High < was.Low) && differs(was.Value, is.Value)
	return out
}

func shares(earlier, recent []metric.Point) Shift {
	ka, na := pool(earlier)
	kb, nb := pool(recent)
	if na < 40 || nb < 20 {
		return Shift{Lacks: fmt.Sprintf("it rests on %d facts of the last half year and %d of the year before; it needs 20 and 40", nb, na)}
	}
	iv, err := stats.ProportionDifference(ka, na, kb, nb, 1-clearly)
	if err != nil {
		return Shift{Lacks: err.Error()}
	}
	was, is := float64(ka)/float64(na), float64(kb)/float64(nb)
	return Shift{Known: true, Was: was, Is: is, N: nb, Evident: (iv.Low > 0 || iv.High < 0) && (differs(was, is) || math.Abs(was-is) >= 0.1),
		Sentence: fmt.Sprintf("%d of %d against %d of %d; 99 %% interval of the difference %+.0f to %+.0f points", kb, nb, ka, na, 100*iv.Low, 100*iv.High)}
}

// differs is by a third or more.
func differs(was, is float64) bool {
	low, high := math.Min(was, is), math.Max(was, is)
	return high > 0 && high >= 1.33*low
}

func values(points []metric.Point) (out []float64) {
	for _, p := range points {
		out = append(out, p.Value)
	}
	return out
}
