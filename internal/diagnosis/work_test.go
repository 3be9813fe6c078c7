package diagnosis

import (
	"math"
	"testing"

	"github.com/diarchy/diarchy/internal/playbook"
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
