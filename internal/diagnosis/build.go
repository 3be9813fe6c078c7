package diagnosis

import (
	"math"
	"slices"
	"sort"

	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

func rangeOf(r playbook.Range) Range { return Range{r.Low, r.High} }

func middle(r playbook.Range) float64 { return (r.Low + r.High) / 2 }

// build makes a model of the playbook's ranges and of what is known of the company.
// Indicators are filled in by weighed.
func build(pb *playbook.Playbook, co company, claims map[string]signal.Claim) model {
	v := pb.Verdict
	m := model{
		engineers: co.engineers, people: co.people, revenue: co.revenue, round: co.round,
		perPerson: rangeOf(pb.Stage.PeoplePerEngineer),
		growth:    rangeOf(v.GrowthUnknown),
		reports:   rangeOf(pb.Load.DirectReports), capacity: rangeOf(pb.Load.HoursPerWeek), elsewhere: rangeOf(pb.Load.Elsewhere),
		ratios: map[string]Range{}, usual: map[string]Range{},
		cuts: cuts{prepare: rangeOf(v.PrepareAt), split: rangeOf(v.SplitAt), clip: rangeOf(v.Prior), neutral: middle(v.Neutral), opinion: rangeOf(v.Opinion),
			overloaded: rangeOf(v.Overloaded), spared: rangeOf(v.Spared), estimated: rangeOf(v.EstimatedLoad), span: math.Max(middle(v.LoadSpan), 0.01),
			reads: rangeOf(v.LoadReads), tooClose: middle(v.TooClose), flickers: int(middle(v.Flickers)), floor: middle(v.ConfidenceFloor),
			fewest: int(middle(v.FewestKnown)), fewestWeeks: int(middle(v.FewestWeeks)), horizonMonths: int(v.Horizon.High)},
	}
	if g := claims["engineers.growth"]; !math.IsNaN(g.Value) && g.N > 0 {
		m.growth = Range{math.Max(g.Low, -0.5), math.Min(g.High, 2)}
	}
	for _, r := range pb.Stage.Rules {
		rule := stageRule{id: r.ID, source: r.Source, says: r.Says, unit: r.Unit, threshold: rangeOf(r.Range)}
		if r.Unit == playbook.UnitFunding && len(r.Stages) > 0 {
			rule.threshold = Range{float64(roundIndex(r.Stages[0])), float64(roundIndex(r.Stages[len(r.Stages)-1]))}
		}
		m.stage = append(m.stage, rule)
	}
	for _, r := range pb.Load.Ratios {
		m.ratios[r.ID] = rangeOf(r.Range)
	}
	for _, r := range pb.Load.Usual {
		m.usual[r.ID] = rangeOf(r.Range)
	}
	for _, a := range pb.Load.Activities {
		m.load = append(m.load, activity{a.ID, a.Title, a.Function == playbook.Strategy, a.Per, rangeOf(a.Range)})
	}
	return m
}

// weighed gives the model the indicators that weigh, group by group.
func (m model) weighed(judgements []playbook.Judgement) model {
	m.indicators = nil
	for _, j := range judgements {
		if !weighs(j) {
			continue
		}
		m.indicators = append(m.indicators, indicator{id: j.ID, people: j.AboutPeople, lens: j.Lens, group: j.Group, speaks: j.SpeaksFor, state: j.State, weight: j.Weight,
			present: rangeOf(j.Factors.Present), absent: rangeOf(j.Factors.Absent)})
	}
	sort.SliceStable(m.indicators, func(a, b int) bool {
		if m.indicators[a].lens != m.indicators[b].lens {
			return m.indicators[a].lens < m.indicators[b].lens
		}
		return m.indicators[a].group < m.indicators[b].group
	})
	return m
}

// discount draws how much symptoms of people count, for a project of volunteers.
func (m *model) discount(weight Range) {
	for i := range m.indicators {
		if m.indicators[i].people {
			m.indicators[i].discount = weight
		}
	}
}

// weighs reports whether a judgement multiplies the odds. Size, money and hours do so
// by other ways, and their factors are one.
func weighs(j playbook.Judgement) bool {
	return j.Factors.Present.High > 1 || j.Factors.Absent.High > 0 && j.Factors.Absent.Low < 1
}

// with is the model in which an indicator has another state.
func (m model) with(id string, state signal.State, weight float64) model {
	m.indicators = slices.Clone(m.indicators)
	for i := range m.indicators {
		if m.indicators[i].id == id {
			m.indicators[i].state, m.indicators[i].weight = state, weight
		}
	}
	return m
}
