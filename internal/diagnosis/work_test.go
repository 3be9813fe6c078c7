package diagnosis

import (
	"math"
	"testing"

	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// TestCountedWork: what is counted takes the place of what follows from size, and grows
// with the company; hours stay ranges.
func TestCountedWork(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	m := build(pb, company{engineers: Range{40, 40}, round: -1}, nil)
	estimated := m.run(1, 400, 0)
	few, many := m, m
	few.count(map[string]float64{"team": 2, "direct_report": 3, "initiative": 1, "decision": 1, "open_position": 0, "incident": 0, "release": 0, "vendor": 0})
	many.count(map[string]float64{"team": 9, "direct_report": 25})
	_, mid, _ := estimated.spread(func(o outcome) float64 { return o.ratio })
	_, less, _ := few.run(1, 400, 0).spread(func(o outcome) float64 { return o.ratio })
	_, more, _ := many.run(1, 400, 0).spread(func(o outcome) float64 { return o.ratio })
	if !(less < mid && mid < more) {
		t.Errorf("weeks of work: few counted %.2f, estimated %.2f, many counted %.2f", less, mid, more)
	}
	if few.cuts.estimated.Low != 1-(1-m.cuts.estimated.Low)*part(few) || m.counted != nil {
		t.Errorf("counted work counts %v", few.cuts.estimated)
	}
	grown := m
	grown.load = []activity{{id: "x", per: "team", hours: Range{1, 1}}}
	grown.growth = Range{1, 1} // doubles in a year
	grown.counted = map[string]float64{"team": 4}
	o := grown.run(1, 1, 1).outcomes[0]
	if math.Abs(o.execution-8) > 1e-9 {
		t.Errorf("four teams became %.2f", o.execution)
	}
}

// TestWorkThatDoesNotFollowFromSize: audits and board meetings count as declared, stay
// unknown within what is usual when they are not, and do not grow with the company.
func TestWorkThatDoesNotFollowFromSize(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	m := build(pb, company{engineers: Range{40, 40}, round: -1}, nil)
	m.load = []activity{{id: "audits", per: "audit", strategy: true, hours: Range{0.25, 0.25}}, {id: "board", per: "board_meeting", strategy: true, hours: Range{0.1, 0.1}}}
	hours := func(o outcome) float64 { return o.strategy }
	low, _, high := m.run(1, 400, 0).spread(hours) // 0 to 4 audits, 1 to 8 meetings: 0.1 to 1.8 hours
	if low < 0.1 || high > 1.8 || high-low < 0.5 {
		t.Errorf("not declared: %.2f to %.2f hours", low, high)
	}
	m.growth = Range{1, 1}
	in := Input{Playbook: pb, AsOf: today, Document: workspace.New()}
	in.Document.Company.BoardCadence = workspace.Is("quarterly")
	in.Document.Company.Workload = map[string]float64{"audit": 6}
	m.count(in.work(nil, true))
	for years := range 3 { // 6 audits of a quarter of an hour and 4 meetings of a tenth
		if o := m.run(1, 1, float64(years)).outcomes[0]; math.Abs(o.strategy-1.9) > 1e-9 {
			t.Errorf("after %d years %.2f hours", years, o.strategy)
		}
	}
	in.Document.Company.BoardCadence = workspace.Is("none")
	if n, ok := in.work(nil, true)["board_meeting"]; !ok || n != 0 {
		t.Errorf("no board has %v meetings, known %v", n, ok)
	}
	if _, ok := in.work(nil, false)["board_meeting"]; ok {
		t.Error("the cadence of today is known of the past")
	}
	for _, r := range pb.Load.Usual {
		f := sight{model: m}.usualWork(r)
		if r.ID == "audit" && (f.Value != "6 audits a year" || f.Origin != "declared") {
			t.Errorf("declared: %+v", f)
		}
		if f := (sight{}).usualWork(r); f.Value != "unknown" || f.Number != nil || f.Note == "" {
			t.Errorf("not declared: %+v", f)
		}
	}
}

// part is the share of activities that are not counted.
func part(m model) float64 {
	counted := 0.0
	for _, a := range m.load {
		if _, ok := m.counted[a.per]; ok {
			counted++
		}
	}
	return 1 - counted/float64(len(m.load))
}
