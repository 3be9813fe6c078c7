package diagnosis

import (
	"fmt"
	"math"
	"sort"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// fewDraws is how many draws a comparison of two models takes.
const fewDraws = 400

// largest is the number of engineers up to which a change of size is looked for.
const largest = 500

// mostChanges is how many changes are shown.
const mostChanges = 6

// wouldChange lists the smallest single changes of an input that flip the call, the
// smallest first.
func (in Input) wouldChange(s sight, current string) []cockpit.Change {
	if current == cockpit.CallUnknown {
		return nil
	}
	base, _ := s.model.run(in.Seed, fewDraws, 0).call()
	type sized struct {
		cockpit.Change
		size float64
	}
	var found []sized
	add := func(size float64, input, from, to string, m model) bool {
		call, _ := m.run(in.Seed, fewDraws, 0).call()
		if call == base || call == current {
			return false
		}
		found = append(found, sized{cockpit.Change{Input: input, From: from, To: to, Call: call}, size})
		return true
	}
	e := (s.model.engineers.Low + s.model.engineers.High) / 2
	for _, grow := range []bool{true, false} {
		for step := 1; ; step++ {
			factor := math.Pow(1.15, float64(step))
			if !grow {
				factor = 1 / factor
			}
			if e*factor < 1 || e*factor > largest {
				break
			}
			m := s.model
			m.engineers, m.people = Range{e * factor, e * factor}, Range{m.people.Low * factor, m.people.High * factor}
			if add(math.Abs(math.Log(factor)), "number of engineers", fmt.Sprintf("%.0f", e), fmt.Sprintf("%.0f", e*factor), m) {
				break
			}
		}
	}
	for _, i := range s.model.indicators {
		title := s.title(i.id) + " (" + plain(i.id) + ")"
		if i.state != signal.Present {
			add(0.8, title, string(i.state), "present", s.model.with(i.id, signal.Present, 1))
		}
		if i.state != signal.Absent {
			add(0.8, title, string(i.state), "absent", s.model.with(i.id, signal.Absent, 1))
		}
	}
	if s.model.revenue.known() {
		for _, f := range []float64{0.25, 0.5, 2, 4} {
			m := s.model
			m.revenue = Range{m.revenue.Low * f, m.revenue.High * f}
			add(math.Abs(math.Log(f)), "annual recurring revenue", fmt.Sprintf("%.1f M$", s.model.revenue.Low), fmt.Sprintf("%.1f M$", m.revenue.Low), m)
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return found[a].size < found[b].size })
	var out []cockpit.Change
	for _, f := range found {
		if len(out) < mostChanges {
			out = append(out, f.Change)
		}
	}
	return out
}

func (s sight) title(id string) string {
	for _, j := range s.judgements {
		if j.ID == id {
			return j.Title
		}
	}
	return id
}

// missing ranks what is not known by how far the call's share moves between its
// possible answers.
func (in Input) missing(s sight, verdict string) []cockpit.Missing {
	if !s.model.engineers.known() {
		c := s.claims["company.engineers"]
		return []cockpit.Missing{{What: "number of engineers", Effect: "without it there is no call at all", Shift: 1, Needed: true, How: c.How}}
	}
	call, _ := s.tally.call()
	needed := s.needed(verdict)
	share := func(m model) float64 { return m.run(in.Seed, fewDraws, 0).shares[call] }
	var out []cockpit.Missing
	add := func(what, how string, answers ...model) {
		low, high := math.Inf(1), math.Inf(-1)
		for _, m := range answers {
			x := share(m)
			low, high = math.Min(low, x), math.Max(high, x)
		}
		out = append(out, cockpit.Missing{What: what, How: how, Shift: round(high-low, 3), Effect: effect(call, low, high)})
	}
	for _, i := range s.model.indicators {
		if i.state != signal.Unknown {
			continue
		}
		how, can := s.how(i.id)
		add(s.title(i.id)+" ("+plain(i.id)+")", how, s.model.with(i.id, signal.Present, 0.8), s.model.with(i.id, signal.Absent, 1))
		if m := &out[len(out)-1]; needed != "" && can && i.lens == playbook.LensSymptoms {
			m.Needed, m.Effect = true, needed
		} else if needed != "" {
			m.Shift, m.Effect = 0, "would not make a call possible by itself"
		}
	}
	if s.co.measured {
		low, high := s.model, s.model
		low.engineers, high.engineers = Range{s.co.engineers.Low, s.co.engineers.Low}, Range{s.co.engineers.High * 1.15, s.co.engineers.High * 1.15}
		add("headcount of engineers (taken from commits)", s.claims["company.engineers"].How, low, high)
	}
	if s.model.round < 0 {
		a, c := s.model, s.model
		a.round, c.round = roundIndex("seed"), roundIndex("series_c")
		add("stage of funding", s.claims["company.funding"].How, a, c)
	}
	if !s.model.revenue.known() {
		a, b := s.model, s.model
		a.revenue, b.revenue = Range{1, 1}, Range{50, 50}
		add("annual recurring revenue", s.claims["company.revenue"].How, a, b)
	}
	if !s.model.people.known() {
		a, b := s.model, s.model
		a.people = Range{s.model.engineers.Low * 1.5, s.model.engineers.Low * 1.5}
		b.people = Range{s.model.engineers.High * 5, s.model.engineers.High * 5}
		add("people in the company", "company:\n  headcount:\n    - {date: 2026-01-01, people: 110}", a, b)
	}
	if !s.co.leadKnown {
		out = append(out, cockpit.Missing{What: "who leads engineering today", Effect: "it decides which role is the missing one", Needed: verdict == cockpit.CallPrepare || verdict == cockpit.CallSplitNow, How: "leadership:\n  - {role: cto, since: 2022-01-01}   # cto, vpe, technical_leader or none"})
	}
	sort.SliceStable(out, func(a, b int) bool {
		if out[a].Needed != out[b].Needed {
			return out[a].Needed
		}
		return out[a].Shift > out[b].Shift
	})
	return out
}

// needed says what every further symptom does where too few are known for a call; ""
// elsewhere.
func (s sight) needed(verdict string) string {
	known := 0
	for _, i := range s.model.indicators {
		if i.judged() && i.lens == playbook.LensSymptoms {
			known++
		}
	}
	if verdict != cockpit.CallUnknown || known >= s.model.cuts.fewest {
		return ""
	}
	return fmt.Sprintf("one of the %d symptoms that are still needed for a call", s.model.cuts.fewest-known)
}

// effect says how the share of the call depends on an answer.
func effect(call string, low, high float64) string {
	if ofHundred(low) == ofHundred(high) {
		return "the answer would hardly change a draw"
	}
	return fmt.Sprintf("by the answer, %d to %d of 100 draws would say %q", ofHundred(low), ofHundred(high), uncapital(callWords[call]))
}

// how is what supplies an indicator's missing evidence; can is false where nothing does
// yet.
func (s sight) how(id string) (how string, can bool) {
	for _, j := range s.judgements {
		if j.ID != id {
			continue
		}
		for _, c := range j.Signals {
			if c.State == signal.Unknown && c.How != "" {
				return c.How, !c.Unread
			}
		}
	}
	return "diarchy explain " + id, true
}

// costs are those of waiting and of splitting, as ranges with what they rest on.
func (in Input) costs(s sight) []cockpit.Cost {
	c := in.Playbook.Verdict.Costs
	over := func(o outcome) float64 {
		if o.ratio <= 1 {
			return 0
		}
		return (o.strategy + o.execution) * (1 - 1/o.ratio)
	}
	low, mid, high := s.tally.spread(over)
	wait := cockpit.Cost{Of: "waiting", Summary: fmt.Sprintf("%.0f hours of leadership work a week (%.0f to %.0f) find no time with one leader.", mid, low, high),
		Lines: []cockpit.Fact{{Label: "work without a week to do it in", Value: fmt.Sprintf("%.0f hours a week (%.0f to %.0f)", mid, low, high), Number: number(mid), Unit: "hours a week", Origin: "assumed"}},
		Rests: []string{"the hours of the load lens", "nobody else takes the work over"}}
	if r := c.WaitingHours; r.High > 0 && mid > 0 {
		e := s.model.engineers
		wait.Lines = append(wait.Lines, cockpit.Fact{Label: "engineers' time lost while leadership is overloaded", Value: fmt.Sprintf("%.0f to %.0f hours a week", r.Low*e.Low, r.High*e.High), Unit: "hours a week", Origin: "assumed", Note: r.Why})
	}
	split := cockpit.Cost{Of: "splitting", Summary: fmt.Sprintf("A second leader is there after %.0f to %.0f months and works at full effect %.0f to %.0f months later.", c.HireMonths.Low, c.HireMonths.High, c.RampMonths.Low, c.RampMonths.High),
		Rests: []string{"market pay, which differs by country: edit it in playbook.yaml", "the search succeeds at the first attempt"}}
	if c.EngineerPay.High > 0 {
		lo, hi := c.EngineerPay.Low*c.LeaderPay.Low, c.EngineerPay.High*c.LeaderPay.High
		split.Lines = append(split.Lines,
			cockpit.Fact{Label: "a leader's pay", Value: fmt.Sprintf("%.0f to %.0f thousand $ a year", lo, hi), Origin: "assumed", Note: c.LeaderPay.Why},
			cockpit.Fact{Label: "search", Value: fmt.Sprintf("%.0f to %.0f thousand $ once", lo*c.SearchShare.Low, hi*c.SearchShare.High), Origin: "assumed", Note: c.SearchShare.Why})
	}
	split.Lines = append(split.Lines, cockpit.Fact{Label: "alignment of two leaders", Value: fmt.Sprintf("%g to %g hours a week", c.SplitOverhead.Low, c.SplitOverhead.High), Unit: "hours a week", Origin: "assumed", Citation: "C2"})
	return []cockpit.Cost{wait, split}
}
