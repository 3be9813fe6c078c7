package diagnosis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/signal"
)

// weeksAMonth are those of a year by its months.
const weeksAMonth = 52.0 / 12

// waiting is what a structure costs while leadership work finds no time: the work itself,
// the time that engineers lose meanwhile, and that time in money.
func (in Input) waiting(s sight) []cockpit.Fact {
	low, mid, high := s.tally.spread(unmet(s.leading()))
	out := []cockpit.Fact{{Label: "leadership work that finds no time", Value: fmt.Sprintf("%.0f hours a week (%.0f to %.0f)", mid, low, high), Number: number(mid), Unit: "hours a week", Origin: "assumed"}}
	c := in.Playbook.Verdict.Costs
	hours := lostHours(s, rangeOf(c.WaitingHours))
	if hours.High == 0 {
		return out
	}
	out = append(out, cockpit.Fact{Label: "engineers' time lost meanwhile", Value: fmt.Sprintf("%.0f to %.0f hours a week", hours.Low, hours.High), Unit: "hours a week", Origin: "assumed", Note: c.WaitingHours.Why})
	if money := in.inMoney(hours); money.High > 0 {
		out = append(out, cockpit.Fact{Label: "that time in pay", Value: fmt.Sprintf("%.0f to %.0f thousand $ a month", money.Low, money.High), Unit: "thousand $ a month", Origin: "assumed", Note: c.HoursAYear.Why})
	}
	return out
}

// leading is how many share the work of leading: two where execution and strategy have a
// leader each, none where it is known that nobody leads, one else.
func (s sight) leading() int {
	has := func(role string) bool { return slices.Contains(s.co.leaders, role) }
	switch {
	case has("vpe") && (has("cto") || has("technical_leader")):
		return 2
	case s.co.leadKnown && len(s.co.leaders) == 0:
		return 0
	}
	return 1
}

// unmet are the hours of a week beyond what so many leaders have.
func unmet(leaders int) func(outcome) float64 {
	return func(o outcome) float64 {
		if o.ratio <= 0 {
			return 0
		}
		capacity := (o.strategy + o.execution) / o.ratio
		switch leaders {
		case 0:
			return o.strategy + o.execution
		case 2:
			return math.Max(0, o.strategy-capacity) + math.Max(0, o.execution-capacity)
		}
		return math.Max(0, o.strategy+o.execution-capacity)
	}
}

// lostHours are those that engineers lose in a week because work of leadership finds no
// time: none when all of it does, the full assumption from so much on as makes the load
// factor full (load_span), and evenly more between.
func lostHours(s sight, each Range) Range {
	hours, full := unmet(s.leading()), s.model.cuts.span
	low, _, high := s.tally.spread(func(o outcome) float64 {
		if o.ratio <= 0 || full <= 0 {
			return 0
		}
		return math.Min(1, hours(o)*o.ratio/(o.strategy+o.execution)/full)
	})
	e := s.model.engineers
	if high <= 0 || !e.known() {
		return Range{}
	}
	return Range{each.Low * e.Low * low, each.High * e.High * high}
}

// inMoney is what hours of a week cost in a month, in thousands of dollars.
func (in Input) inMoney(hours Range) Range {
	c := in.Playbook.Verdict.Costs
	if c.EngineerPay.High == 0 || c.HoursAYear.Low <= 0 {
		return Range{}
	}
	return Range{hours.Low * weeksAMonth * c.EngineerPay.Low / c.HoursAYear.High, hours.High * weeksAMonth * c.EngineerPay.High / c.HoursAYear.Low}
}

// lost is what the organisation of a sight loses in a month, in thousands of dollars.
func (in Input) lost(s sight) Range {
	if s.org == nil {
		return Range{}
	}
	return in.inMoney(lostHours(s, rangeOf(in.Playbook.Verdict.Costs.WaitingHours)))
}

// meanwhile is what is lost as now until a leader who is hired has full effect.
func (in Input) meanwhile(v Variant, now Range) []cockpit.Fact {
	c := in.Playbook.Verdict.Costs
	snap := v.Chart.At(v.Day)
	leads := slices.ContainsFunc(v.Hired, func(id string) bool {
		m, ok := snap.Find(id)
		return ok && slices.Contains(leaderRoles, snap.Members[m].Job.Role)
	})
	if !leads || now.High == 0 {
		return nil
	}
	months := Range{c.HireMonths.Low + c.RampMonths.Low, c.HireMonths.High + c.RampMonths.High}
	return []cockpit.Fact{{Label: "until it has full effect", Value: fmt.Sprintf("%.0f to %.0f thousand $ lost as now, in %.0f to %.0f months", now.Low*months.Low, now.High*months.High, months.Low, months.High), Unit: "thousand $", Origin: "assumed", Note: c.HireMonths.Why}}
}

// coupling is how much teams change each other's code; nothing where that is not known.
func coupling(c signal.Claim) []cockpit.Fact {
	if c.State == signal.Unknown || c.ID == "" {
		return nil
	}
	return []cockpit.Fact{{Label: "cross-team coupling", Value: fmt.Sprintf("%.0f %% of changes across teams", 100*c.Value), Number: number(c.Value), Unit: c.Unit, Origin: "measured", Note: c.Sentence}}
}

// CostAssumptions are those on which costs and waiting rest.
func (in Input) CostAssumptions() []cockpit.Assumption {
	out := []cockpit.Assumption{}
	for _, a := range in.assumptions() {
		if strings.Contains(a.Edit, "verdict.costs.") {
			out = append(out, a)
		}
	}
	return out
}
