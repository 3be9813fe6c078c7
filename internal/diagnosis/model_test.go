package diagnosis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

func only(x float64) Range { return Range{x, x} }

// fixed is a model without doubt: every draw can be computed by hand. Of two rules one
// is passed (even odds); the week of leadership takes 10 + 20 x 0.5 = 20 hours of
// 40 x (1 - 0.5) = 20, so load neither raises nor lowers the odds.
func fixed() model {
	return model{
		engineers: only(20), perPerson: only(2), round: -1,
		stage: []stageRule{{id: "ten", source: "a", unit: "engineers", threshold: only(10)}, {id: "fifty", source: "b", unit: "engineers", threshold: only(50)},
			{id: "money", source: "c", unit: "arr_usd_m", threshold: only(10)}},
		load:     []activity{{id: "vision", strategy: true, per: "fixed", hours: only(10)}, {id: "people", per: "engineer", hours: only(0.5)}},
		capacity: only(40), elsewhere: only(0.5),
		cuts: cuts{prepare: only(0.4), split: only(0.6), clip: Range{0.05, 0.95}, neutral: 0.33, opinion: only(1), overloaded: only(4), spared: only(0.25), estimated: only(1), span: 0.5, reads: Range{0.9, 1.2}, horizonMonths: 36},
	}
}

func one(m model) outcome { return m.drawer().draw(rand.New(rand.NewPCG(1, 1)), 0) }

func TestDrawByHand(t *testing.T) {
	symptom := func(id, group string, state signal.State, present, absent float64) indicator {
		return indicator{id: id, lens: playbook.LensSymptoms, group: group, state: state, weight: 1, present: only(present), absent: only(absent)}
	}
	for _, c := range []struct {
		name  string
		shape func(*model)
		stage float64
		odds  float64 // of the symptoms
		ratio float64
		call  string
	}{
		{"even odds", func(*model) {}, 0.5, 1, 1, cockpit.CallPrepare},
		{"a symptom doubles them: 2/3", func(m *model) {
			m.indicators = []indicator{symptom("a", "x", signal.Present, 2, 0.5)}
		}, 0.5, 2, 1, cockpit.CallSplitNow},
		{"one that is absent halves them: 1/3", func(m *model) {
			m.indicators = []indicator{symptom("a", "x", signal.Absent, 2, 0.5)}
		}, 0.5, 0.5, 1, cockpit.CallOneLeader},
		{"an unknown one says nothing", func(m *model) {
			m.indicators = []indicator{symptom("a", "x", signal.Unknown, 9, 0.1)}
		}, 0.5, 1, 1, cockpit.CallPrepare},
		{"of a group the strongest counts, groups multiply", func(m *model) {
			m.indicators = []indicator{symptom("a", "x", signal.Present, 2, 0.5), symptom("b", "x", signal.Present, 3, 0.5), symptom("c", "y", signal.Absent, 2, 0.25)}
		}, 0.5, 0.75, 1, cockpit.CallPrepare},
		{"half the weight is the root of the factor", func(m *model) {
			m.indicators = []indicator{symptom("a", "x", signal.Present, 4, 0.5)}
			m.indicators[0].weight = 0.5
		}, 0.5, 2, 1, cockpit.CallSplitNow},
		{"so is half of it discounted", func(m *model) {
			m.indicators = []indicator{symptom("a", "x", signal.Present, 4, 0.5)}
			m.indicators[0].people = true
			m.discount(only(0.5))
		}, 0.5, 2, 1, cockpit.CallSplitNow},
		{"known revenue is one more rule", func(m *model) { m.revenue = only(12) }, 2.0 / 3, 1, 1, cockpit.CallSplitNow},
		{"two rules of one source are one opinion", func(m *model) { m.revenue, m.stage[2].source = only(12), "b" }, 0.75, 1, 1, cockpit.CallSplitNow},
		{"hours that follow from size count half", func(m *model) { m.load[0].hours, m.cuts.estimated = only(20), only(0.5) }, 0.5, 1, 1.5, cockpit.CallSplitNow},
		{"half of a week to spare quarters the odds", func(m *model) { m.capacity = only(80) }, 0.5, 1, 0.5, cockpit.CallOneLeader},
		{"half a week too much: four times", func(m *model) { m.load[0].hours = only(20) }, 0.5, 1, 1.5, cockpit.CallSplitNow},
	} {
		m := fixed()
		c.shape(&m)
		o := one(m)
		for _, n := range []struct {
			what       string
			have, want float64
		}{{"stage", o.stage, c.stage}, {"symptoms", o.symptoms, c.odds}, {"load", o.ratio, c.ratio}} {
			if math.Abs(n.have-n.want) > 1e-9 {
				t.Errorf("%s: %s is %v, want %v", c.name, n.what, n.have, n.want)
			}
		}
		if o.call != c.call {
			t.Errorf("%s: the call is %s, want %s", c.name, o.call, c.call)
		}
	}
}

func TestLoadFactorHasNoCliff(t *testing.T) {
	m := fixed()
	rng := rand.New(rand.NewPCG(1, 1))
	for ratio, want := range map[float64]float64{0.2: 0.25, 0.5: 0.25, 0.75: 0.5, 1: 1, 1.25: 2, 1.5: 4, 3: 4} {
		if got := m.loadFactor(rng, ratio); math.Abs(got-want) > 1e-9 {
			t.Errorf("at %.2f of a week the factor is %v, want %v", ratio, got, want)
		}
	}
}

// Engineers double every year: 20 today are 40 after twelve months.
func TestTurnsFollowGrowth(t *testing.T) {
	m := fixed()
	m.load, m.growth = nil, only(1)
	m.stage = []stageRule{{id: "forty", unit: "engineers", threshold: only(39.9)}}
	for _, month := range m.turns(1, 20) {
		if month != 12 {
			t.Fatalf("the call turns after %v months, want 12", month)
		}
	}
	m.growth = only(0)
	if turns := m.turns(1, 20); !math.IsInf(turns[0], 1) {
		t.Errorf("a team that does not grow turns after %v months", turns[0])
	}
}

// Two models that differ in one input meet the same chance in everything else.
func TestDrawsArePaired(t *testing.T) {
	m := fixed()
	m.engineers, m.stage[0].threshold, m.capacity = Range{10, 40}, Range{5, 60}, Range{30, 50}
	m.indicators = []indicator{{id: "a", lens: playbook.LensSymptoms, group: "x", state: signal.Unknown, weight: 1, present: Range{1.5, 4}, absent: Range{0.3, 0.9}}}
	without, with := m.run(7, 200, 0), m.with("a", signal.Present, 1).run(7, 200, 0)
	for i := range without.outcomes {
		a, b := without.outcomes[i], with.outcomes[i]
		if a.stage != b.stage || a.ratio != b.ratio {
			t.Fatalf("draw %d: stage %v and %v, load %v and %v", i, a.stage, b.stage, a.ratio, b.ratio)
		}
		if b.symptoms < 1.5 || b.symptoms > 4 {
			t.Fatalf("draw %d: a factor of %v lies out of its range", i, b.symptoms)
		}
	}
	if with.shares[cockpit.CallSplitNow] <= without.shares[cockpit.CallSplitNow] {
		t.Errorf("a symptom moves no draw: %v, %v", without.shares, with.shares)
	}
}

func TestOnlyWhatAlwaysHoldsIsAHundred(t *testing.T) {
	for share, want := range map[float64]int{1: 100, 0.999: 99, 0.29: 29, 0.496: 50, 0.004: 0, 0: 0} {
		if got := ofHundred(share); got != want {
			t.Errorf("%v is %d of 100, want %d", share, got, want)
		}
	}
}
