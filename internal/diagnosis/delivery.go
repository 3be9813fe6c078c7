package diagnosis

import (
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

// numbersMonths is how many whole months a number of the delivery section covers.
const numbersMonths = 3

// quarterlyMonths is how many months a quarterly one covers at least: a quarter has few facts.
const quarterlyMonths = 24

// fewestForLevel is how many facts a level of DORA's needs.
const fewestForLevel = 20

// leastCovered is the share of changes, or of deployments, below which no level is given.
const leastCovered = 0.5

// coverageOf names the metric that says how much a number covers.
var coverageOf = map[string]string{"change_lead_time": "deployed_share", "change_failure_rate": "incident_coverage", "failed_deployment_recovery_time": "incident_coverage", "deployment_rework_rate": "incident_coverage"}

// delivery is the section on how work reaches users.
func (in Input) delivery(s sight) *cockpit.Delivery {
	d := cockpit.Delivery{Changes: []cockpit.DeliveryChange{}, Numbers: []cockpit.DeliveryNumber{}, Unknown: []cockpit.DeliveryGap{},
		Calendar: in.timeCounted()}
	for _, note := range in.Playbook.Delivery {
		series, ok := s.set[note.ID]
		if !ok {
			continue
		}
		number, known := in.deliveryNumber(s, series)
		if !known {
			d.Unknown = append(d.Unknown, gap(series))
			continue
		}
		d.Numbers = append(d.Numbers, number)
		if c, ok := deliveryChange(note, series, signal.ShiftOf(series, in.AsOf)); ok {
			d.Changes = append(d.Changes, c)
		}
	}
	rank := map[string]int{"worse": 0, "other": 1, "better": 2}
	sort.SliceStable(d.Changes, func(a, b int) bool { return rank[d.Changes[a].Tone] < rank[d.Changes[b].Tone] })
	d.Summary = deliverySummary(d)
	return &d
}

// timeCounted says how time is counted.
func (in Input) timeCounted() string {
	if in.Document != nil {
		if w := metric.WorkingTime(in.Document.Company.Working); w.Limited() {
			return "Of reviews, merges and issues, " + w.String() + ". Times to deploy and to recover count every hour."
		}
	}
	return "Times count nights, weekends and holidays."
}

// deliveryNumber is a metric over the last whole months; it is not known when none of
// them is.
func (in Input) deliveryNumber(s sight, series metric.Series) (cockpit.DeliveryNumber, bool) {
	def := series.Metric
	out := cockpit.DeliveryNumber{Metric: def.Name, Title: def.Title, Unit: def.Unit, Explain: "diarchy explain " + def.Name}
	value, n, window := lately(series, in)
	if math.IsNaN(value) {
		return out, false
	}
	out.Number, out.N, out.Window, out.Value = number(value), n, window, worded(value, def.Unit)
	if low, high, ok := signal.Interval(def, value, n); ok {
		out.Low, out.High, out.Interval = number(low), number(high), fmt.Sprintf("%s %.0f to %.0f %%", signal.IntervalName, 100*low, 100*high)
	}
	covered := 1.0
	if of := coverageOf[def.Name]; of != "" {
		share, facts, _ := lately(s.set[of], in)
		if math.IsNaN(share) {
			covered = 0
		} else {
			covered = share
			out.Coverage = fmt.Sprintf("%.0f %% of %d %s", 100*share, facts, map[string]string{"deployed_share": "changes were seen deployed", "incident_coverage": "deployments have incident data"}[of])
		}
	}
	if def.Name == "deployment_frequency" { // of all applications together
		out.Coverage = "over all applications; DORA's levels speak of one"
		return out, true
	}
	if level, year := in.Playbook.LevelOf(def.Name, value); level != "" && n >= fewestForLevel && covered >= leastCovered {
		out.Level = fmt.Sprintf("%s, by DORA's levels of %d", level, year)
	}
	return out, true
}

// lately is a metric's value over the last whole months: shares are pooled, weekly counts
// averaged; of medians the middle one is taken, and said to be. A state is the newest.
func lately(s metric.Series, in Input) (value float64, n int, window string) {
	if s.Metric.Grain == "4 weeks" {
		p, ok := s.Last()
		if !ok || p.Start.Before(in.AsOf.AddDate(0, 0, -28)) {
			return math.NaN(), 0, ""
		}
		return p.Value, p.N, "on " + s.Day(p)
	}
	first := time.Date(in.AsOf.Year(), in.AsOf.Month()-numbersMonths, 1, 0, 0, 0, 0, time.UTC)
	if s.Metric.Grain == "quarter" { // whole, as the claims about it take them
		begun := in.AsOf.AddDate(0, -quarterlyMonths, 0)
		first = time.Date(begun.Year(), begun.Month()-(begun.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
	}
	var values []float64
	k, weight := 0.0, 0
	for _, p := range s.Since(first) {
		if math.IsNaN(p.Value) {
			continue
		}
		values = append(values, p.Value)
		k, weight, n = k+p.Value*float64(p.N), weight+p.N, n+p.N
	}
	if len(values) == 0 {
		return math.NaN(), 0, ""
	}
	window = "since " + first.Format("2006-01-02")
	switch {
	case s.Metric.Unit == "share" && weight > 0:
		return k / float64(weight), n, window
	case s.Metric.Grain == "week":
		return float64(n) / float64(len(values)), n, fmt.Sprintf("mean of %d weeks", len(values))
	}
	slices.Sort(values)
	return values[len(values)/2], n, fmt.Sprintf("the middle of %d monthly medians", len(values))
}

func worded(x float64, unit string) string {
	switch {
	case unit == "share":
		return fmt.Sprintf("%.0f %%", 100*x)
	case math.Abs(x) < 10:
		return fmt.Sprintf("%.1f %s", x, unit)
	}
	return fmt.Sprintf("%.0f %s", x, unit)
}

func gap(s metric.Series) cockpit.DeliveryGap {
	why := s.Missing
	if why == "" {
		why = "nothing is known of the last months: " + s.Metric.Nulls
	}
	return cockpit.DeliveryGap{Metric: s.Metric.Name, Title: s.Metric.Title, Why: why, How: s.Metric.Supply}
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

func deliverySummary(d cockpit.Delivery) string {
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
	case known == 0:
		return "Nothing is known yet of how work reaches users: no forge, tracker, pipeline or incident system was read."
	case len(worse) > 0:
		said = "Delivery got worse: " + strings.Join(worse, ", ") + "."
	case count["better"] > 0:
		said = "Delivery got better, and nothing that is known got worse."
	}
	return fmt.Sprintf("%s %d of the %d numbers that the page looks at %s known.", said, known, all, are(known))
}
