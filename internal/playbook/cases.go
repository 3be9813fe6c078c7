package playbook

import (
	"fmt"
	"maps"
	"math"

	"github.com/diarchy/diarchy/internal/signal"
)

// TestResult is what one test of a rule gave.
type TestResult struct {
	Rule, Name string
	Origin     Origin // of the test
	Failure    string // "" when it passed
}

// Test runs the tests of every rule, in the order of the playbook. The built-in
// tests see the built-in thresholds, so that a company's own figures do not fail
// them; the company's tests see the company's.
func (p *Playbook) Test() []TestResult { return append(p.testIndicators(), p.testDeciding()...) }

func (p *Playbook) testIndicators() (out []TestResult) {
	company, builtin := p.bands(), p.bands()
	maps.Copy(builtin, p.builtin)
	for _, ind := range p.Indicators {
		for _, c := range ind.Tests {
			thresholds := company
			if c.Origin == FromDefault {
				thresholds = builtin
			}
			failure := c.failure(p.judge(ind, c.claims(), thresholds))
			out = append(out, TestResult{Rule: ind.ID, Name: c.Name, Origin: c.Origin, Failure: failure})
		}
	}
	return out
}

func (c Case) failure(j Judgement) string {
	switch {
	case string(j.State) != c.Expect:
		failure := fmt.Sprintf("expected %s, got %s", c.Expect, j.State)
		for _, w := range j.Warnings {
			failure += "; " + w
		}
		return failure
	case outside(j.Strength, c.Strength):
		return fmt.Sprintf("expected strength %v, got %.3g", c.Strength, j.Strength)
	case outside(j.Weight, c.Weight):
		return fmt.Sprintf("expected weight %v, got %.3g", c.Weight, j.Weight)
	}
	return ""
}

func outside(x float64, bounds []float64) bool {
	const slack = 1e-9
	return len(bounds) == 2 && (x < bounds[0]-slack || x > bounds[1]+slack)
}

func (c Case) claims() map[string]signal.Claim {
	claims := map[string]signal.Claim{}
	for id, g := range c.Given {
		claims[id] = signal.Claim{
			ID: id, State: signal.State(g.State), Strength: g.Strength, N: int(g.N),
			Value: orNaN(g.Value), Low: orNaN(g.Low), High: orNaN(g.High),
		}
	}
	return claims
}

func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
