package diagnosis

import (
	"math"
	"math/rand/v2"
	"sort"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// calls in the order from least to most.
var calls = []string{cockpit.CallOneLeader, cockpit.CallPrepare, cockpit.CallSplitNow}

// tally is what many draws say together.
type tally struct {
	n        int
	shares   map[string]float64
	outcomes []outcome
}

// run draws n times. Draw i of two models uses the same random numbers, so that their
// difference is the difference of the models.
func (m model) run(seed uint64, n int, years float64) tally {
	t := tally{n: n, shares: map[string]float64{}, outcomes: make([]outcome, n)}
	d := m.drawer()
	source := rand.NewPCG(seed, 0)
	rng := rand.New(source)
	for i := range n {
		source.Seed(seed, uint64(i))
		t.outcomes[i] = d.draw(rng, years)
		t.shares[t.outcomes[i].call]++
	}
	divide(t.shares, n)
	return t
}

// divide makes shares of counts.
func divide(counts map[string]float64, n int) {
	for c := range counts {
		counts[c] /= float64(n)
	}
}

// call is the most frequent one; of equals the more cautious.
func (t tally) call() (call string, confidence float64) {
	for _, c := range calls {
		if t.shares[c] > confidence+1e-9 {
			call, confidence = c, t.shares[c]
		}
	}
	return call, confidence
}

// next is the most frequent call beside one, and by how much that one leads.
func (t tally) next(call string) (next string, lead float64) {
	best := -1.0
	for _, c := range calls {
		if c != call && t.shares[c] > best {
			next, best = c, t.shares[c]
		}
	}
	return next, t.shares[call] - best
}

// lens is what lens i says alone, most often.
func (t tally) lens(i int) (reading string, confidence float64) {
	counts := map[string]float64{}
	for _, o := range t.outcomes {
		counts[o.readings[i]]++
	}
	divide(counts, t.n)
	for _, c := range calls {
		if counts[c] > confidence {
			reading, confidence = c, counts[c]
		}
	}
	return reading, confidence
}

// spread is the range that holds the middle 80 % of a number over the draws.
func (t tally) spread(of func(outcome) float64) (low, mid, high float64) {
	xs := make([]float64, 0, t.n)
	for _, o := range t.outcomes {
		xs = append(xs, of(o))
	}
	return middleEight(xs)
}

// share is how often something holds.
func (t tally) share(holds func(outcome) bool) float64 {
	n := 0
	for _, o := range t.outcomes {
		if holds(o) {
			n++
		}
	}
	return float64(n) / float64(t.n)
}

// turns is the month from now at which each of n draws first calls for a split;
// beyond the horizon it is infinite. Sorted.
func (m model) turns(seed uint64, n int) []float64 {
	out := make([]float64, n)
	d := m.drawer()
	source := rand.NewPCG(seed, 0)
	rng := rand.New(source)
	for i := range n {
		out[i] = math.Inf(1)
		for month := 0; month <= m.cuts.horizonMonths; month++ {
			source.Seed(seed, uint64(i))
			if d.draw(rng, float64(month)/12).call == cockpit.CallSplitNow {
				out[i] = float64(month)
				break
			}
		}
	}
	sort.Float64s(out)
	return out
}
