package diagnosis

import (
	"context"
	"math"
	"sort"

	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// Basis is what a call rests on, item by item, for those who walk it down. Its numbers
// are of the same model, the same draws and the same seed as the call.
type Basis struct {
	Judgements []playbook.Judgement // with the claims that each rests on
	Weights    map[string]Weight    // of indicators that multiply the odds, by id
	Opinions   []Opinion            // published rules, in the order of the playbook
	Activities []Activity           // of leadership, in the order of the playbook
	Sized      bool                 // the number of engineers is known: opinions and activities have figures
	Prior      Range                // what the share of passed opinions is kept within
	Capacity   Range                // hours a week that one person has for leading, over the draws
	Work       Range                // hours a week that leading takes, over the draws
	Overload   float64              // share of the draws in which Work exceeds Capacity
	Draws      int
}

// Weight is the factor by which an indicator multiplies the odds of needing two
// leaders, as a range; of a Group only the strongest counts.
type Weight struct {
	Range
	Group string
}

// Pull is how far a weight moves the odds, either way: the logarithm of its middle.
func (w Weight) Pull() float64 { return math.Abs(math.Log(math.Sqrt(w.Low * w.High))) }

// Nothing reports whether a weight leaves the odds as they are.
func (w Weight) Nothing() bool { return w.Pull() < 0.001 && w.High-w.Low < 0.001 }

// Opinion is a published rule on when to split, and how it falls here.
type Opinion struct {
	playbook.StageRule
	Threshold string  // in words; "" of a rule that names no size
	Asked     bool    // what it looks at is known
	Passed    float64 // share of the draws in which the company is past the threshold
}

// Activity is a piece of a leader's week at this size. Ranges of what was drawn hold
// the middle 80 % of the draws.
type Activity struct {
	playbook.Activity       // hours a week for one unit of Per
	Units             Range // of Per, at this size
	Hours             Range // a week in all, at this size
}

// Explain gives the basis of the call that Run makes of the same input.
func Explain(ctx context.Context, in Input) (Basis, error) {
	s, err := in.see(ctx, in.AsOf, in.Present, in.Draws)
	if err != nil {
		return Basis{}, err
	}
	b := Basis{Judgements: strongest(s.judgements), Weights: map[string]Weight{}, Sized: s.model.engineers.known(), Prior: s.model.cuts.clip, Draws: in.Draws}
	for _, i := range s.model.indicators {
		if f, ok := i.factors(); ok {
			b.Weights[i.id] = Weight{f, i.group}
		}
	}
	sort.SliceStable(b.Judgements, func(a, c int) bool { return b.pull(b.Judgements[a].ID) > b.pull(b.Judgements[c].ID) })
	for _, r := range in.Playbook.Stage.Rules {
		b.Opinions = append(b.Opinions, in.opinionOf(s, r))
	}
	for _, a := range in.Playbook.Load.Activities {
		b.Activities = append(b.Activities, in.activityOf(s, a))
	}
	if b.Sized && len(b.Activities) > 0 {
		b.Work = middleOf(s.tally, func(o outcome) float64 { return o.strategy + o.execution })
		b.Capacity = middleOf(s.tally, func(o outcome) float64 { return (o.strategy + o.execution) / o.ratio })
		b.Overload = s.claims["load.overload"].Value
	}
	return b, nil
}

func (b Basis) pull(id string) float64 {
	if w, ok := b.Weights[id]; ok {
		return w.Pull()
	}
	return -1
}

// factors is the range of what an indicator multiplies the odds by; false when it says
// nothing.
func (ind indicator) factors() (Range, bool) {
	f := ind.present
	switch ind.state {
	case signal.Present:
	case signal.Absent:
		f = ind.absent
	default:
		return Range{}, false
	}
	left := Range{1, 1}
	if ind.discount.known() {
		left = ind.discount
	}
	ends := []float64{math.Pow(f.Low, ind.weight*left.Low), math.Pow(f.Low, ind.weight*left.High), math.Pow(f.High, ind.weight*left.Low), math.Pow(f.High, ind.weight*left.High)}
	sort.Float64s(ends)
	return Range{ends[0], ends[3]}, true
}

// opinionOf asks one published rule alone, in as many draws as the call takes.
func (in Input) opinionOf(s sight, r playbook.StageRule) Opinion {
	o := Opinion{StageRule: r, Threshold: thresholdOf(r)}
	switch r.Unit {
	case playbook.UnitSymptoms:
		return o
	case playbook.UnitRevenue:
		o.Asked = s.model.revenue.known()
	case playbook.UnitFunding:
		o.Asked = s.model.round >= 0
	default:
		o.Asked = s.model.engineers.known()
	}
	m := s.model.bare()
	for _, rule := range s.model.stage {
		if rule.id == r.ID {
			m.stage = []stageRule{rule}
		}
	}
	if o.Asked {
		o.Passed = m.run(in.Seed, in.Draws, 0).share(func(x outcome) bool { return x.stage == 1 })
	}
	return o
}

// activityOf fills a week with one activity alone.
func (in Input) activityOf(s sight, a playbook.Activity) Activity {
	out := Activity{Activity: a}
	if !s.model.engineers.known() {
		return out
	}
	for _, act := range s.model.load {
		if act.id != a.ID {
			continue
		}
		m, one := s.model.bare(), act
		m.load = []activity{act}
		hours := func(o outcome) float64 { return o.strategy + o.execution }
		out.Hours = middleOf(m.run(in.Seed, in.Draws, 0), hours)
		one.hours = Range{1, 1}
		m.load = []activity{one}
		out.Units = middleOf(m.run(in.Seed, in.Draws, 0), hours)
	}
	return out
}

// bare is the model without anything that a call is made of but size.
func (m model) bare() model {
	m.stage, m.indicators, m.load = nil, nil, nil
	return m
}

// middleOf is the range that holds the middle 80 % of a number over the draws.
func middleOf(t tally, of func(outcome) float64) Range {
	low, _, high := t.spread(of)
	return Range{low, high}
}
