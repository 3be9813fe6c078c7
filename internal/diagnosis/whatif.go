package diagnosis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Variant is an organisation to compare.
type Variant struct {
	Name      string
	Chart     *org.Chart
	Day       org.Day
	Growth    workspace.Known[workspace.GrowthRange]
	Hired     []string
	Left      []string
	AtRisk    []cockpit.Fact
	Knowledge []cockpit.TeamKnowledge
	Borders   []signal.Claim       // what code says of its teams
	Problems  []cockpit.OrgProblem // what the scenario brings that does not fit together
}

// WhatIf compares organisations on the same facts; the first is what others are held
// against. What is declared of headcount and leaders gives way to the charts.
func WhatIf(ctx context.Context, in Input, variants []Variant) ([]cockpit.Scenario, error) {
	doc := workspace.New()
	if in.Document != nil {
		*doc = *in.Document
	}
	doc.Company.Headcount, doc.Leadership = nil, nil
	in.Document = doc
	set, err := in.Evaluate(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	in.Evaluate = func(context.Context, time.Time, ...string) (metric.Set, error) { return set, nil }
	var out []cockpit.Scenario
	var now Range
	for _, v := range variants {
		one := in
		one.Chart, one.orgDay, one.Borders = v.Chart, &v.Day, v.Borders
		s, err := one.see(ctx, in.AsOf, in.Present, in.Draws)
		if err != nil {
			return nil, err
		}
		if v.Growth.OK {
			s.model.growth = Range{v.Growth.Value.Low, v.Growth.Value.High}
			s.tally = s.model.run(in.Seed, in.Draws, 0)
		}
		out = append(out, one.scenario(s, v))
		if len(out) == 1 {
			now = in.lost(s)
		}
		out[len(out)-1].Waiting = append(out[len(out)-1].Waiting, in.meanwhile(v, now)...)
	}
	for i := range out[min(1, len(out)):] {
		compare(&out[i+1], out[0])
	}
	return out, nil
}

func (in Input) scenario(s sight, v Variant) cockpit.Scenario {
	out := cockpit.Scenario{Name: v.Name, Date: v.Day.String(), Needs: []string{}, Begins: []string{}, Ends: []string{}, Facts: []cockpit.Fact{}, Loads: []cockpit.Fact{}, Costs: []cockpit.Fact{}, Next: []cockpit.Fact{}, AtRisk: v.AtRisk, Waiting: []cockpit.Fact{}, Knowledge: v.Knowledge, Problems: v.Problems}
	if out.AtRisk == nil {
		out.AtRisk = []cockpit.Fact{}
	}
	if out.Problems == nil {
		out.Problems = []cockpit.OrgProblem{}
	}
	snap := v.Chart.At(v.Day)
	m := snap.Measure(in.bounds())
	if m.Engineers == 0 { // those whom commits show work in the organisation as it is
		out.Call, out.MissingRole, out.Headline = cockpit.CallUnknown, "unknown", "No engineer is left to lead"
		out.Facts, out.Costs = structureCounts(m), in.changeCosts(v)
		return out
	}
	verdict := in.verdict(s)
	out.Call, out.Confidence, out.MissingRole, out.Headline = verdict.Call, verdict.Confidence, verdict.MissingRole, verdict.Headline
	if verdict.Call != cockpit.CallUnknown {
		out.CallInAYear, out.ConfidenceInAYear = s.model.run(in.Seed, in.Draws, 1).call()
		role, _ := missingRole(out.CallInAYear, s)
		out.HeadlineInAYear = headline(out.CallInAYear, role, s.leading() == 2)
	}
	for _, f := range Structure(s.judgements) {
		if f.State == cockpit.Present {
			out.Needs = append(out.Needs, f.Title)
		}
	}
	if s.org == nil {
		return out
	}
	out.Facts = append(structureCounts(m), coupling(s.claims["org.coupling"])...)
	out.Waiting = in.waiting(s)
	out.Loads = loads(s)
	out.Costs = in.changeCosts(v)
	out.Next = in.growthFacts(s, v)
	return out
}

func counts(label string, n int, unit string) cockpit.Fact {
	v := float64(n)
	return cockpit.Fact{Label: label, Value: signal.Count(v, unit), Number: &v, Unit: unit, Origin: "declared"}
}

// loads are the weeks of work that leaders have, as shares of one person's week: one
// leader has all of it; where there are two, strategy is the CTO's and execution the VP
// of Engineering's (C1); where there is none, nobody has it.
func loads(s sight) []cockpit.Fact {
	part := func(label string, of func(outcome) float64) cockpit.Fact {
		low, mid, high := s.tally.spread(func(o outcome) float64 {
			return of(o) / math.Max(1e-9, (o.strategy+o.execution)/math.Max(o.ratio, 1e-9))
		})
		return cockpit.Fact{Label: label, Value: fmt.Sprintf("%.1f weeks of work in a week (%.1f to %.1f)", mid, low, high), Number: number(mid), Unit: "weeks a week", Origin: "assumed"}
	}
	all := func(o outcome) float64 { return o.strategy + o.execution }
	switch s.leading() {
	case 0:
		return []cockpit.Fact{part("nobody's, for nobody leads", all)}
	case 1:
		return []cockpit.Fact{part("the one leader", all)}
	}
	return []cockpit.Fact{part("CTO", func(o outcome) float64 { return o.strategy }), part("VP of Engineering", func(o outcome) float64 { return o.execution })}
}

// compare says which needs begin and end.
func compare(s *cockpit.Scenario, base cockpit.Scenario) {
	for _, n := range s.Needs {
		if !slices.Contains(base.Needs, n) {
			s.Begins = append(s.Begins, n)
		}
	}
	for _, n := range base.Needs {
		if !slices.Contains(s.Needs, n) {
			s.Ends = append(s.Ends, n)
		}
	}
}
