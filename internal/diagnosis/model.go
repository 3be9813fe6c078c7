// Package diagnosis reaches the verdict: whether one leader of engineering is enough,
// which role is missing, how sure that is, when, on what evidence, and what would
// change it. It looks through three lenses (stage, symptoms, load), draws many times
// from every range that is assumed, and counts which call the draws make.
//
// It reads no facts itself: claims come from package signal, rules and ranges from
// package playbook, what the company declares from package workspace.
package diagnosis

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// Range is an assumed or measured number of which only the bounds are known.
type Range struct{ Low, High float64 }

func (r Range) draw(rng *rand.Rand) float64 { return r.at(rng.Float64()) }

// logDraw draws evenly in ratios: for thresholds that span a multiple.
func (r Range) logDraw(rng *rand.Rand) float64 { return r.logAt(rng.Float64()) }

// at is the value at a part of the way from low to high.
func (r Range) at(part float64) float64 { return r.Low + (r.High-r.Low)*part }

// logAt is the same in ratios, where the range has any.
func (r Range) logAt(part float64) float64 {
	if r.Low <= 0 || r.High <= r.Low {
		return r.at(part)
	}
	return r.Low * math.Exp(part*math.Log(r.High/r.Low))
}

func (r Range) known() bool { return r.High > 0 }

// towardsOne is the range at full strength, 1 at none, and evenly between.
func (r Range) towardsOne(strength float64) Range {
	return Range{1 - strength*(1-r.Low), 1 - strength*(1-r.High)}
}

// model is everything that a draw needs. A draw uses nothing else, so that changing
// one input and drawing again shows what that input does.
type model struct {
	engineers  Range // today; zero when unknown
	growth     Range // a year, as a ratio: 0.2 is twenty per cent more
	people     Range // in the company; zero: derived from engineers
	perPerson  Range // company people for one engineer
	revenue    Range // M$ a year; High is 0 when unknown
	round      int   // index into rounds; -1 when unknown
	stage      []stageRule
	indicators []indicator
	load       []activity
	ratios     map[string]Range   // of a unit of work for one engineer
	usual      map[string]Range   // of units of work that do not follow from size
	counted    map[string]float64 // units of work today, where they were counted
	reports    Range              // at most so many report to one person
	capacity   Range              // hours a week of one person
	elsewhere  Range              // share of them for everything else
	cuts       cuts
}

// cuts are the ranges within which probability becomes a call.
type cuts struct {
	prepare, split     Range
	clip               Range // the stage lens never says less or more than this
	neutral            float64
	opinion            Range // exponent of the odds of the stage lens
	overloaded, spared Range // factors on the odds
	estimated          Range // part of the load factor that counts while hours follow from size
	span               float64
	reads              Range // weeks of work at which the load lens alone reads prepare, and split
	tooClose           float64
	flickers           int
	floor              float64
	fewest             int // indicators that must be known
	fewestWeeks        int // of history
	horizonMonths      int
}

// rounds in the order in which companies pass them.
var rounds = []string{"bootstrapped", "pre_seed", "seed", "series_a", "series_b", "series_c", "later", "public"}

func roundIndex(name string) int {
	for i, r := range rounds {
		if r == name {
			return i
		}
	}
	return -1
}

// stageRule is one published opinion on when to split.
type stageRule struct {
	id, source, says string
	unit             string // engineers, people, arr_usd_m, funding
	threshold        Range  // a round's index for funding
}

// indicator is a symptom with its weight.
type indicator struct {
	id, lens, group, speaks string
	state                   signal.State
	weight                  float64 // how much of the factor counts, 0 to 1
	present, absent         Range   // factors on the odds
	people                  bool    // volunteers distort it
	discount                Range   // part of the weight that is left where it says little; zero: all of it
}

// judged tells whether anything is known: what is absent and weighs nothing (a team too
// small to ask) is not.
func (i indicator) judged() bool {
	return i.state == signal.Present || i.state == signal.Absent && i.weight > 0
}

// activity is a piece of a leader's week.
type activity struct {
	id, title string
	strategy  bool   // else execution
	per       string // fixed, engineer, team, ...
	hours     Range  // a week for one of them
}

// outcome is what one draw says.
type outcome struct {
	call      string
	stage     float64 // share of the rules that are passed
	symptoms  float64 // factor on the odds
	ratio     float64 // hours of leadership work over what one person has
	focus     float64 // share of a leader's time left for strategy, if execution comes first
	strategy  float64 // hours a week
	execution float64
	readings  [3]string // what each lens says alone
}

// drawer draws from a model many times; what all draws share is looked up once.
type drawer struct {
	model
	sources []int     // of each stage rule, in the order of their names
	ratio   []Range   // of units for one engineer, by name
	places  []int     // of each ratio's unit
	usual   []Range   // of units that do not follow from size, by name
	steady  []int     // places of those
	per     []int     // of each activity, the place of its unit
	known   []float64 // by place: units that were counted; NaN: not
	// Scratch space of one draw.
	asked, passed []float64 // by source
	units         []float64 // by place: how many there are
}

// Places of units that every model has.
const (
	placeFixed = iota
	placeEngineer
	placeReport
)

func (m model) drawer() *drawer {
	d := &drawer{model: m}
	names := map[string]bool{}
	for _, r := range m.stage {
		names[r.source] = true
	}
	sources := slices.Sorted(maps.Keys(names))
	for _, r := range m.stage {
		d.sources = append(d.sources, slices.Index(sources, r.source))
	}
	d.asked, d.passed = make([]float64, len(sources)), make([]float64, len(sources))
	places := []string{"fixed", "engineer", "direct_report"}
	place := func(unit string) int {
		if i := slices.Index(places, unit); i >= 0 {
			return i
		}
		places = append(places, unit)
		return len(places) - 1
	}
	for _, unit := range slices.Sorted(maps.Keys(m.ratios)) {
		d.ratio, d.places = append(d.ratio, m.ratios[unit]), append(d.places, place(unit))
	}
	for _, unit := range slices.Sorted(maps.Keys(m.usual)) {
		d.usual, d.steady = append(d.usual, m.usual[unit]), append(d.steady, place(unit))
	}
	for _, a := range m.load {
		d.per = append(d.per, place(a.per))
	}
	d.units = make([]float64, len(places))
	for _, unit := range places {
		n, ok := m.counted[unit]
		if !ok {
			n = math.NaN()
		}
		d.known = append(d.known, n)
	}
	return d
}

// draw makes one call, years from now.
func (m *drawer) draw(rng *rand.Rand, years float64) outcome {
	var o outcome
	engineers := m.engineers.draw(rng) * math.Exp(years*math.Log1p(math.Max(m.growth.draw(rng), -0.9)))
	o.stage = m.stageShare(rng, engineers)
	o.symptoms = m.weigh(rng, playbook.LensSymptoms)
	m.week(rng, engineers, &o)
	prepare, split := m.cuts.prepare.draw(rng), m.cuts.split.draw(rng)
	call := func(odds float64) string {
		switch p := odds / (1 + odds); {
		case p >= split:
			return cockpit.CallSplitNow
		case p >= prepare:
			return cockpit.CallPrepare
		}
		return cockpit.CallOneLeader
	}
	prior := math.Max(m.cuts.clip.Low, math.Min(m.cuts.clip.High, o.stage))
	prior = math.Pow(prior/(1-prior), m.cuts.opinion.draw(rng))
	neutral := m.cuts.neutral / (1 - m.cuts.neutral)
	prior *= m.weigh(rng, playbook.LensStage)
	load := math.Pow(m.loadFactor(rng, o.ratio), m.cuts.estimated.draw(rng)) * m.weigh(rng, playbook.LensLoad)
	o.call = call(prior * o.symptoms * load)
	o.readings = [3]string{call(prior), call(neutral * o.symptoms), m.readLoad(o.ratio)}
	return o
}

// stageShare is the share of the sources of published rules whose threshold the company
// passed; of a source with several rules, the part of them.
func (m *drawer) stageShare(rng *rand.Rand, engineers float64) float64 {
	people := m.people.draw(rng)
	if !m.people.known() {
		people = engineers * m.perPerson.draw(rng)
	}
	clear(m.asked)
	clear(m.passed)
	for i := range m.stage {
		r := &m.stage[i]
		var have float64
		switch {
		case r.unit == "engineers":
			have = engineers
		case r.unit == "people":
			have = people
		case r.unit == "arr_usd_m" && m.revenue.known():
			have = m.revenue.draw(rng)
		case r.unit == "funding" && m.round >= 0:
			have = float64(m.round)
		default:
			continue
		}
		source := m.sources[i]
		m.asked[source]++
		if have >= r.threshold.logDraw(rng) {
			m.passed[source]++
		}
	}
	share, asked := 0.0, 0
	for source, n := range m.asked { // in one order: sums of fractions depend on it
		if n > 0 {
			share += m.passed[source] / n
			asked++
		}
	}
	if asked == 0 {
		return 0.5
	}
	return share / float64(asked)
}

// weigh multiplies the factors of a lens's indicators; those that rest on the same
// facts share one, the strongest.
func (m *drawer) weigh(rng *rand.Rand, lens string) float64 {
	odds := 0.0
	best, found := 0.0, false
	for i := range m.indicators {
		ind := &m.indicators[i]
		if ind.lens != lens {
			continue
		}
		if l, ok := ind.factor(rng); ok && (!found || l > best) {
			best, found = l, true
		}
		last := i+1 == len(m.indicators) || m.indicators[i+1].group != ind.group || m.indicators[i+1].lens != lens
		if last && found {
			odds, best, found = odds+best, 0, false
		}
	}
	return math.Exp(odds)
}

// factor is the logarithm of an indicator's factor; false when it says nothing. It
// takes three numbers in any case, so that draws of two models stay paired.
func (ind *indicator) factor(rng *rand.Rand) (float64, bool) {
	present, absent, left := rng.Float64(), rng.Float64(), ind.discount.at(rng.Float64())
	if !ind.discount.known() {
		left = 1
	}
	switch ind.state {
	case signal.Present:
		return math.Log(ind.present.logAt(present)) * ind.weight * left, true
	case signal.Absent:
		return math.Log(ind.absent.logAt(absent)) * ind.weight * left, true
	}
	return 0, false
}

// week fills the hours of leadership work at this size.
func (m *drawer) week(rng *rand.Rand, engineers float64, o *outcome) {
	clear(m.units)
	m.units[placeFixed], m.units[placeEngineer] = 1, engineers
	for i, r := range m.ratio {
		m.units[m.places[i]] = engineers * r.draw(rng)
	}
	for i, r := range m.usual {
		m.units[m.steady[i]] = r.draw(rng)
	}
	if most := m.reports.draw(rng); most > 0 { // a leader's span ends somewhere; managers take the rest
		m.units[placeReport] = math.Min(engineers, most)
	}
	grown := 1.0 // since the units were counted
	if today := (m.engineers.Low + m.engineers.High) / 2; today > 0 {
		grown = engineers / today
	}
	for place, n := range m.known {
		switch {
		case math.IsNaN(n):
		case place == placeReport, slices.Contains(m.steady, place): // they do not grow with the company
			m.units[place] = n
		default:
			m.units[place] = n * grown
		}
	}
	for i := range m.load {
		a := &m.load[i]
		h := a.hours.draw(rng) * m.units[m.per[i]]
		if a.strategy {
			o.strategy += h
		} else {
			o.execution += h
		}
	}
	capacity := m.capacity.draw(rng) * (1 - m.elsewhere.draw(rng))
	if capacity > 0 {
		o.ratio = (o.strategy + o.execution) / capacity
		o.focus = math.Max(0, capacity-o.execution) / capacity
	}
}

// loadFactor grows evenly, in logarithms, from spared at a span less than a week to
// overloaded at a span more.
func (m *model) loadFactor(rng *rand.Rand, ratio float64) float64 {
	over, spared := m.cuts.overloaded.logDraw(rng), m.cuts.spared.logDraw(rng)
	switch {
	case len(m.load) == 0:
		return 1
	case ratio >= 1:
		return math.Exp(math.Log(over) * math.Min(1, (ratio-1)/m.cuts.span))
	default:
		return math.Exp(math.Log(spared) * math.Min(1, (1-ratio)/m.cuts.span))
	}
}

// readLoad is what hours alone say.
func (m *model) readLoad(ratio float64) string {
	switch {
	case ratio > m.cuts.reads.High:
		return cockpit.CallSplitNow
	case ratio > m.cuts.reads.Low:
		return cockpit.CallPrepare
	}
	return cockpit.CallOneLeader
}
