package diagnosis

import (
	"math"
	"testing"

	"github.com/diarchy/diarchy/internal/playbook"
)

// One leader with 40 hours and 70 of work leaves 30 undone; two with 40 each, of whom
// execution takes 50, leave 10.
func TestUnmetByHand(t *testing.T) {
	o := outcome{strategy: 20, execution: 50, ratio: 70.0 / 40}
	if got := unmet(1)(o); math.Abs(got-30) > 1e-9 {
		t.Errorf("one leader leaves %v hours", got)
	}
	if got := unmet(2)(o); math.Abs(got-10) > 1e-9 {
		t.Errorf("two leave %v hours", got)
	}
	if got := unmet(0)(o); got != 70 {
		t.Errorf("nobody leaves %v of 70 hours", got)
	}
	if got := unmet(1)(outcome{strategy: 10, execution: 20, ratio: 30.0 / 40}); got != 0 {
		t.Errorf("with time to spare %v hours", got)
	}
}

// With 10 hours of a 40-hour week undone, half a week being full, engineers lose half of
// what is assumed: 40 of them 0.5 to 2 hours each, so 10 to 40 hours a week. A year of
// pay of 100 to 200 thousand buys 1,600 to 2,000 hours: 10 hours a week are 43 1/3 a month,
// at 50 $ 2,167 $; 40 are 173 1/3, at 125 $ 21,667 $.
func TestWaitingByHand(t *testing.T) {
	s := sight{tally: tally{n: 1, outcomes: []outcome{{strategy: 20, execution: 50, ratio: 70.0 / 40}}}}
	s.model.engineers, s.model.cuts.span = Range{40, 40}, 0.5
	s.co = company{leadKnown: true, leaders: []string{"cto", "vpe"}}
	hours := lostHours(s, Range{0.5, 2})
	if math.Abs(hours.Low-10) > 1e-9 || math.Abs(hours.High-40) > 1e-9 {
		t.Errorf("lost %v", hours)
	}
	s.co.leaders = []string{"cto"}
	if full := lostHours(s, Range{0.5, 2}); full.Low != 20 || full.High != 80 {
		t.Errorf("with one leader, three quarters of a week short: %v", full)
	}
	in := Input{Playbook: &playbook.Playbook{}}
	if money := in.inMoney(hours); money != (Range{}) {
		t.Errorf("without pay %v", money)
	}
	in.Playbook.Verdict.Costs.EngineerPay = playbook.Range{Low: 100, High: 200}
	in.Playbook.Verdict.Costs.HoursAYear = playbook.Range{Low: 1600, High: 2000}
	if money := in.inMoney(hours); math.Abs(money.Low-2.1667) > 1e-3 || math.Abs(money.High-21.667) > 1e-3 {
		t.Errorf("in thousands a month %v", money)
	}
}
