package diagnosis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// spans are how many whole months a number of the delivery section may cover.
var spans = []int{3, 6, 12}

// quarterlyMonths is how many months a quarterly one covers at least: a quarter has few facts.
const quarterlyMonths = 24

// fewestForLevel is how many facts a level of DORA's needs.
const fewestForLevel = 20

// leastCovered is the share of changes, or of deployments, below which no level is given.
const leastCovered = 0.5

// coverageOf names the metric that says how much a number covers.
var coverageOf = map[string]string{"change_lead_time": "deployed_share", "deployment_frequency": "deployed_share", "change_failure_rate": "incident_coverage", "failed_deployment_recovery_time": "incident_coverage", "deployment_rework_rate": "incident_coverage"}

// delivery is the section on how work reaches users.
func (in Input) delivery(ctx context.Context, s sight) (*cockpit.Delivery, error) {
	d := cockpit.Delivery{Changes: []cockpit.DeliveryChange{}, Numbers: []cockpit.DeliveryNumber{}, Unknown: []cockpit.DeliveryGap{},
		Calendar: in.timeCounted()}
	astray := false
	for _, note := range in.Playbook.Delivery {
		series, ok := s.set[note.ID]
		if !ok {
			continue
		}
		number, known, err := in.deliveryNumber(ctx, s.set, series)
		if err != nil {
			return nil, err
		}
		if !known {
			d.Unknown = append(d.Unknown, gap(series))
			astray = astray || len(series.Strays) > 0
			continue
		}
		d.Numbers = append(d.Numbers, number)
		shift, err := in.shift(ctx, series)
		if err != nil {
			return nil, err
		}
		if c, ok := deliveryChange(note, series, shift); ok {
			d.Changes = append(d.Changes, c)
		}
	}
	rank := map[string]int{"worse": 0, "other": 1, "better": 2}
	sort.SliceStable(d.Changes, func(a, b int) bool { return rank[d.Changes[a].Tone] < rank[d.Changes[b].Tone] })
	d.Summary = in.deliverySummary(d, astray)
	return &d, nil
}

// shift is what became of a metric, by its months, or by all facts of them together where they
// are too thin.
func (in Input) shift(ctx context.Context, s metric.Series) (signal.Shift, error) {
	if found := signal.ShiftOf(s, in.AsOf); found.Known || !s.Metric.Spans() {
		return found, nil
	}
	was, err := in.Over(ctx, s.Metric, in.month(-18), in.month(-6))
	if err != nil {
		return signal.Shift{}, err
	}
	is, err := in.Over(ctx, s.Metric, in.month(-6), in.month(0))
	return signal.ShiftOver(s.Metric, was, is), err
}

// timeCounted says how time is counted.
func (in Input) timeCounted() string {
	if in.Document != nil {
		if w := metric.WorkingTime(in.Document.Company.Working); w.Limited() {
			return "Of reviews, merges and issues, " + w.String() + ". Times to deploy and to recover count every hour, and so does flow efficiency."
		}
	}
	return "Times count nights, weekends and holidays."
}

// Lately is one of DORA's five over the newest of its facts, with its interval, level and coverage;
// nil for another metric, and where too little is known. set holds CoveredBy of the metric.
func (in Input) Lately(ctx context.Context, set metric.Set, s metric.Series) (*cockpit.DeliveryNumber, error) {
	if !slices.ContainsFunc(in.Playbook.DORA, func(l playbook.Levels) bool { return l.ID == s.Metric.Name }) && coverageOf[s.Metric.Name] == "" {
		return nil, nil
	}
	n, known, err := in.deliveryNumber(ctx, set, s)
	if err != nil || !known {
		return nil, err
	}
	return &n, nil
}

// CoveredBy names the metric that says how much a metric covers; "" where none does.
func CoveredBy(name string) string { return coverageOf[name] }

// deliveryNumber is a metric over its span; it is not known when the span holds too little.
func (in Input) deliveryNumber(ctx context.Context, set metric.Set, series metric.Series) (cockpit.DeliveryNumber, bool, error) {
	def := series.Metric
	out := cockpit.DeliveryNumber{Metric: def.Name, Title: def.Title, Unit: def.Unit, Explain: "diarchy explain " + def.Name}
	l, err := in.lately(ctx, series)
	if err != nil || math.IsNaN(l.value) {
		return out, false, err
	}
	out.Number, out.N, out.Window, out.Value = number(l.value), l.n, l.window, worded(l.value, def.Unit)
	if l.name != "" {
		out.Low, out.High = number(l.low), number(l.high)
		out.Interval = fmt.Sprintf("%s %s to %s", l.name, figure(l.low, def.Unit), figure(l.high, def.Unit))
		if def.Unit == "share" {
			out.Interval += " %"
		}
	}
	covered := 1.0
	if of := coverageOf[def.Name]; of != "" {
		p, err := in.Over(ctx, set[of].Metric, l.from, l.until)
		if err != nil {
			return out, false, err
		}
		if covered = 0; !math.IsNaN(p.Value) {
			covered = p.Value
			out.Coverage = fmt.Sprintf("%.0f %% of %d %s", 100*p.Value, p.N, map[string]string{"deployed_share": "changes were seen deployed", "incident_coverage": "deployments have incident data"}[of])
		}
	}
	if def.Name == "deployment_frequency" {
		n, err := in.Deployed(ctx, l.from)
		if err != nil {
			return out, false, err
		}
		if n != 1 {
			out.Coverage = fmt.Sprintf("over %d applications; DORA's levels speak of one", n)
			return out, true, nil
		}
	}
	if l.n >= fewestForLevel && covered >= leastCovered {
		out.Level = in.level(def.Name, l)
	}
	return out, true, nil
}

// level is DORA's of what the interval holds: two where it lies across a border.
func (in Input) level(name string, l latest) string {
	low, year := in.Playbook.LevelOf(name, l.low)
	high, _ := in.Playbook.LevelOf(name, l.high)
	switch {
	case l.name == "" || low == "" || high == "":
		return ""
	case low == high:
		return fmt.Sprintf("%s, by DORA's levels of %d", low, year)
	}
	return fmt.Sprintf("between %s and %s, by DORA's levels of %d", low, high, year)
}

// latest is a metric's value over the newest of its facts.
type latest struct {
	value       float64 // NaN: not known
	n           int
	from, until time.Time // of the buckets that it covers
	window      string    // in words
	low, high   float64   // of its interval
	name        string    // of the interval; "" where there is none
}

// open is what is left open by a share of facts, or a median of them.
func (l *latest) open(d metric.Definition, p metric.Span) {
	low, high, share := signal.Interval(d, p.Value, p.N)
	switch {
	case share:
		l.low, l.high, l.name = low, high, signal.IntervalName
	case !math.IsNaN(p.Low):
		l.low, l.high, l.name = p.Low, p.High, "95 % interval"
	}
}

// lately is a metric's value over as few of the last whole months as it needs to be known: the
// median, or the share, of all their facts. Weekly counts are averaged over the shortest of
// these spans, quarters added up. A state is the newest.
func (in Input) lately(ctx context.Context, s metric.Series) (latest, error) {
	switch def := s.Metric; {
	case def.Grain == "week":
		return in.weeks(s), nil
	case def.Grain == "quarter" && def.Unit == "share":
		return in.quarters(s), nil
	case !def.Spans():
		p, ok := s.Last()
		if !ok || p.Start.Before(in.AsOf.AddDate(0, 0, -28)) {
			return latest{value: math.NaN()}, nil
		}
		l := latest{value: p.Value, n: p.N, window: "on " + s.Day(p)}
		l.open(def, metric.Span{Point: p, Low: math.NaN()})
		return l, nil
	}
	for _, months := range spans {
		l := latest{value: math.NaN(), from: in.month(-months), window: fmt.Sprintf("in the last %d months", months)}
		for _, p := range s.Since(l.from) {
			if p.N > 0 { // what comes after the newest fact may not have been read
				l.until, l.n = p.Start.AddDate(0, 1, 0), l.n+p.N
			}
		}
		if l.n == 0 {
			continue
		}
		p, err := in.Over(ctx, s.Metric, l.from, l.until)
		if err != nil || !math.IsNaN(p.Value) {
			l.value, l.n = p.Value, p.N
			l.open(s.Metric, p)
			return l, err
		}
	}
	return latest{value: math.NaN()}, nil
}

// month is the beginning of the month that is so many away from that of the date.
func (in Input) month(away int) time.Time {
	return time.Date(in.AsOf.Year(), in.AsOf.Month()+time.Month(away), 1, 0, 0, 0, 0, time.UTC)
}

// quarters adds up a share over whole quarters, as the claims about it take them.
func (in Input) quarters(s metric.Series) latest {
	begun := in.AsOf.AddDate(0, -quarterlyMonths, 0)
	l := latest{from: time.Date(begun.Year(), begun.Month()-(begun.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)}
	k := 0.0
	for _, p := range s.Since(l.from) {
		if !math.IsNaN(p.Value) {
			k, l.n = k+p.Value*float64(p.N), l.n+p.N
		}
	}
	l.value, l.window = k/float64(l.n), "since "+l.from.Format(time.DateOnly)
	l.open(s.Metric, metric.Span{Point: metric.Point{Value: l.value, N: l.n}, Low: math.NaN()})
	return l
}

// weeks is the mean of a number that is counted by the week.
func (in Input) weeks(s metric.Series) latest {
	l := latest{from: in.month(-spans[0])}
	var known []float64
	for _, p := range s.Since(l.from) {
		if !math.IsNaN(p.Value) {
			known, l.n, l.until = append(known, p.Value), l.n+p.N, p.Start.AddDate(0, 0, 7)
		}
	}
	l.value, l.window = float64(l.n)/float64(len(known)), fmt.Sprintf("over %d weeks", len(known))
	if low, high, ok := signal.IntervalOfMean(known); ok {
		l.low, l.high, l.name = max(0, low), high, "95 % interval"
	}
	return l
}

func worded(x float64, unit string) string {
	if unit == "share" {
		return figure(x, unit) + " %"
	}
	return figure(x, unit) + " " + unit
}

// figure is a value as it is shown before its unit; a share in percent.
func figure(x float64, unit string) string {
	switch {
	case unit == "share":
		return fmt.Sprintf("%.0f", 100*x)
	case math.Abs(x) < 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

func gap(s metric.Series) cockpit.DeliveryGap {
	why := s.Missing
	if why == "" {
		why = "nothing is known of the last months: " + s.Metric.Nulls
	}
	return cockpit.DeliveryGap{Metric: s.Metric.Name, Title: s.Metric.Title, Why: why, How: s.Remedy()}
}

// deliveryChange says what became of a metric, if it is not what it was.
func deliveryChange(note playbook.DeliveryNote, s metric.Series, shift signal.Shift) (cockpit.DeliveryChange, bool) {
	if !shift.Known || !shift.Evident {
		return cockpit.DeliveryChange{}, false
	}
	c := cockpit.DeliveryChange{Metric: note.ID, Title: s.Metric.Title, Tone: "other", Ask: note.Ask, How: shift.Sentence, Cites: note.Cites, Explain: "diarchy explain " + note.ID}
	up := shift.Is > shift.Was
	if s.Metric.Better == "up" || s.Metric.Better == "down" || s.Metric.Better == "steady" {
		c.Tone, c.SoWhat = "better", note.Better
		if up == (s.Metric.Better == "down") {
			c.Tone, c.SoWhat = "worse", note.Worse
		}
	}
	c.What = fmt.Sprintf("%s: %s in the last half year, %s in the year before", s.Metric.Title, worded(shift.Is, s.Metric.Unit), worded(shift.Was, s.Metric.Unit))
	return c, true
}

// deliverySummary says what changed; astray, that systems told what fits no number that is unknown.
func (in Input) deliverySummary(d cockpit.Delivery, astray bool) string {
	count := map[string]int{}
	var worse []string
	for _, c := range d.Changes {
		count[c.Tone]++
		if c.Tone == "worse" {
			worse = append(worse, strings.ToLower(c.Title[:1])+c.Title[1:])
		}
	}
	known, all := len(d.Numbers), len(d.Numbers)+len(d.Unknown)
	said := "No change of delivery is evident."
	switch {
	case known == 0 && astray:
		return "Nothing is known yet of how work reaches users: systems were read, and what they tell fits none of the numbers. Beside each stands why, and the line to write."
	case known == 0 && slices.ContainsFunc(in.Sources, func(s cockpit.Source) bool { return s.System }):
		return "Nothing is known yet of how work reaches users: systems were read, and told too little of it."
	case known == 0:
		return "Nothing is known yet of how work reaches users: no forge, tracker, pipeline or incident system was read."
	case len(worse) > 0:
		said = "Delivery got worse: " + strings.Join(worse, ", ") + "."
	case count["better"] > 0:
		said = "Delivery got better, and nothing that is known got worse."
	}
	return fmt.Sprintf("%s %d of the %d numbers that the page looks at %s known.", said, known, all, are(known))
}
