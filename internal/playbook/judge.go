package playbook

import (
	"errors"
	"fmt"
	"math"

	"cel.dev/cel-go/cel"
	"github.com/diarchy/diarchy/internal/signal"
)

// Judgement is what an indicator's rule says of a company.
type Judgement struct {
	ID, Title, Question string
	State               signal.State
	Strength            float64        // 0 to 1; 0 unless present
	Weight              float64        // 0 to 1: how much of the factor counts; Strength if present, how clearly if absent, 0 if unknown
	Lens                string         // stage, symptoms or load
	SpeaksFor           string         // vpe, cto, split or none
	Group               string         // indicators of one group share one factor
	Chart               string         // metric whose course shows it; "" is none
	AboutPeople         bool           // volunteers distort it
	Factors             Factors        // on the odds of a split
	Cites               []string       //
	Signals             []signal.Claim // that the rule looks at, in its order; those not given are there as unknown
	Advice              string         // when present: what to do besides hiring
	Warnings            []string
	Origin              Origin
}

// Judge applies every rule, in the order of the playbook. A claim that is not in
// the map is unknown.
func (p *Playbook) Judge(claims map[string]signal.Claim) []Judgement {
	out, thresholds := make([]Judgement, len(p.Indicators)), p.bands()
	for i, ind := range p.Indicators {
		out[i] = p.judge(ind, claims, thresholds)
	}
	return out
}

func (p *Playbook) judge(ind Indicator, claims map[string]signal.Claim, thresholds map[string]band) Judgement {
	j := Judgement{
		ID: ind.ID, Title: ind.Title, Question: ind.Question, State: signal.Unknown, Lens: ind.Lens, SpeaksFor: ind.SpeaksFor,
		Group: ind.Group, Chart: ind.Chart, AboutPeople: ind.About == AboutPeople, Factors: ind.Factors, Cites: ind.Cites, Advice: ind.Advice, Origin: ind.Origin,
	}
	for _, id := range ind.Signals {
		c, ok := claims[id]
		if !ok {
			nan := math.NaN()
			c = signal.Claim{State: signal.Unknown, Value: nan, Low: nan, High: nan, Lacks: "it was not measured"}
		}
		c.ID = id
		j.Signals = append(j.Signals, c)
	}
	vars, err := activation(j.Signals, thresholds)
	if err != nil {
		j.warn("the rule could not be applied: %v", err)
		return j
	}
	r := p.rules[ind.ID]
	present, absent := j.holds("present", r.present, vars), j.holds("absent", r.absent, vars)
	switch {
	case present && absent:
		j.warn("the evidence contradicts itself: it says both present and absent")
	case present:
		j.present(r.strength, vars)
	case absent:
		j.State, j.Weight = signal.Absent, 1
		for _, x := range j.known("clear", r.clear, vars) {
			j.Weight = math.Min(j.Weight, x)
		}
	}
	return j
}

func (j *Judgement) present(strength []cel.Program, vars cel.PartialActivation) {
	known := j.known("strength", strength, vars)
	if len(known) == 0 && len(strength) > 0 {
		j.warn("it is present, but how strongly is not known")
		return
	}
	j.State, j.Strength = signal.Present, 1
	if len(known) > 0 {
		j.Strength = known[0]
	}
	for _, x := range known {
		j.Strength = math.Max(j.Strength, x)
	}
	j.Weight = j.Strength
}

// holds tells whether a condition is certain; unknown is not.
func (j *Judgement) holds(key string, prg cel.Program, vars cel.PartialActivation) bool {
	out, err := evaluate(prg, vars)
	if err != nil && !errors.Is(err, errUnknown) {
		j.warn("%s could not be computed: %v", key, err)
	}
	yes, _ := out.(bool)
	return yes
}

// known are those values that are known, kept between 0 and 1.
func (j *Judgement) known(key string, prgs []cel.Program, vars cel.PartialActivation) (xs []float64) {
	for _, prg := range prgs {
		out, err := evaluate(prg, vars)
		if err != nil && !errors.Is(err, errUnknown) {
			j.warn("%s could not be computed: %v", key, err)
		}
		if x, ok := out.(float64); ok {
			xs = append(xs, math.Max(0, math.Min(1, x)))
		}
	}
	return xs
}

func (j *Judgement) warn(format string, args ...any) {
	j.Warnings = append(j.Warnings, fmt.Sprintf(format, args...))
}
