package app

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// found is a finding, its judgement and its rule.
type found struct {
	cockpit.Finding
	claims []signal.Claim // one for each piece of evidence
	rule   playbook.Indicator
	weight diagnosis.Weight
	weighs bool
}

func (x *explaining) found(id string) (f found) {
	for _, one := range x.d.Findings {
		if one.ID == id {
			f.Finding = one
		}
	}
	for _, j := range x.basis.Judgements {
		if j.ID == id {
			f.claims = j.Signals
		}
	}
	for _, ind := range x.playbook.Indicators {
		if ind.ID == id {
			f.rule = ind
		}
	}
	f.weight, f.weighs = x.basis.Weights[id]
	return f
}

// title names a finding in words, with its state and how strong it is.
func (f found) title() string {
	text := fmt.Sprintf("%s (%s): %s", f.Title, cockpit.Words(f.ID), f.State)
	if word := cockpit.StrengthWord(f.Strength); word != "" && f.State == cockpit.Present {
		text += ", " + word
	}
	return text
}

// counts says by how much a finding moves the odds, and which others it shares that
// with.
func (x *explaining) counts(f found) string {
	switch {
	case f.State == cockpit.Unknown:
		return "being unknown, it leaves the odds of needing two leaders alone"
	case !f.weighs:
		return "it multiplies no odds by itself: " + f.rule.Factors.Present.Why
	}
	if f.weight.Nothing() {
		return "it says nothing here, and leaves the odds of needing two leaders alone"
	}
	text := "it multiplies the odds of needing two leaders by " + factors(f.weight.Low, f.weight.High)
	var others []string
	for _, j := range x.basis.Judgements {
		if w, ok := x.basis.Weights[j.ID]; ok && j.ID != f.ID && j.Lens == f.rule.Lens && w.Group == f.weight.Group {
			others = append(others, cockpit.Words(j.ID))
		}
	}
	if len(others) > 0 {
		text += "; it rests on the same facts as " + strings.Join(others, ", ") + ", and of these the largest factor alone counts"
	}
	return text
}

// finding walks one finding down: its rule, its signals, their metrics, their facts.
func (x *explaining) finding(ctx context.Context, depth int, id string) error {
	f := x.found(id)
	step := x.add(depth, "finding", f.title(), f.Summary)
	for _, c := range f.Cites {
		for _, full := range x.d.Citations {
			if full.ID == c {
				step.Lines = append(step.Lines, "as the guide says ("+c+"): "+full.Text)
			}
		}
	}
	step.Lines = append(step.Lines, sentence(x.counts(f)))
	step.Lines = append(step.Lines, x.conditions(f)...)
	for _, w := range f.Warnings {
		step.Lines = append(step.Lines, "beware: "+w)
	}
	for i, c := range f.claims {
		if err := x.signal(ctx, depth+1, f, c, f.Evidence[i]); err != nil {
			return err
		}
	}
	return nil
}

// conditions are those of a finding's rule, with the values of their thresholds.
func (x *explaining) conditions(f found) []string {
	lines := []string{"present if " + x.playbook.WithValues(f.rule.Present), "absent if " + x.playbook.WithValues(f.rule.Absent)}
	switch {
	case f.State == cockpit.Present && len(f.rule.Strength) > 0:
		lines = append(lines, fmt.Sprintf("strength %.2f, the largest that is known of: %s", f.Strength, x.playbook.WithValues(strings.Join(f.rule.Strength, "; "))))
	case f.State == cockpit.Absent && len(f.rule.Clear) > 0:
		lines = append(lines, "how clearly absent, the smallest that is known of: "+x.playbook.WithValues(strings.Join(f.rule.Clear, "; ")))
	}
	return lines
}

// signal walks one claim down to what it rests on: metrics and facts, published
// rules, hours of work, or what the company declares.
func (x *explaining) signal(ctx context.Context, depth int, f found, c signal.Claim, ev cockpit.Fact) error {
	step := x.add(depth, "signal", ev.Label+": "+ev.Value, x.means(c))
	if len(f.claims) > 1 { // of one, the finding says it
		step.Lines = appendText(step.Lines, c.Sentence)
	}
	step.Lines = appendText(step.Lines, ev.Note)
	if c.State == signal.Unknown && len(c.RestsOn()) == 0 {
		step.Code = c.How
	}
	if err := x.parts(ctx, depth+1, c, step); err != nil {
		return err
	}
	switch {
	case c.ID == "load.overload":
		x.activities(depth + 1)
	case c.ID == "leader.focus":
		x.e.Steps[len(x.e.Steps)-1].More = "diarchy explain load"
	case f.rule.Lens != playbook.LensStage:
	case c.ID == "company.engineers":
		x.opinions(depth+1, playbook.UnitEngineers, playbook.UnitPeople)
	case c.ID == "company.funding":
		x.opinions(depth+1, playbook.UnitFunding)
	case c.ID == "company.revenue":
		x.opinions(depth+1, playbook.UnitRevenue)
	}
	return nil
}

// parts walks the metrics that a claim rests on; those that were walked above are
// named alone.
func (x *explaining) parts(ctx context.Context, depth int, c signal.Claim, step *cockpit.Step) error {
	parts := c.RestsOn()
	for _, part := range parts {
		if x.shown[part.Metric] {
			step.Lines = append(step.Lines, "rests on "+part.Metric+", shown above"+after(": ", part.Says))
		}
	}
	for _, part := range parts {
		d, err := definition(part.Metric)
		if err != nil {
			return err
		}
		if err := x.metric(ctx, depth, d, &part, x.limit); err != nil {
			return err
		}
	}
	return nil
}

// means is what a signal says where it is present, and its state.
func (x *explaining) means(c signal.Claim) string {
	i := slices.IndexFunc(x.playbook.Signals, func(s playbook.Signal) bool { return s.ID == c.ID })
	if i < 0 {
		return string(c.State)
	}
	return fmt.Sprintf("%q: %s", x.playbook.Signals[i].Means, c.State)
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func after(sep, text string) string {
	if text == "" {
		return ""
	}
	return sep + text
}

// factors is a range of factors in words; 1.05 is not 1.1 there.
func factors(low, high float64) string {
	return fmt.Sprintf("%.3g to %.3g", low, high)
}

// span is a range of hours or counts in words.
func span(low, high float64) string {
	if text := digits2(low); text == digits2(high) {
		return text
	}
	return digits2(low) + " to " + digits2(high)
}

// digits2 writes an assumed or drawn number with the digits that matter.
func digits2(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

// fact says what the guide says, and what here rests on it: of numbers, what is newest known.
func (x *explaining) fact(ctx context.Context, id string) error {
	said, _ := x.playbook.Fact(id)
	x.add(0, "fact", id, said.Text, "of "+x.playbook.Guide.Title)
	n := len(x.e.Steps)
	for _, one := range x.d.Findings {
		if slices.Contains(one.Cites, id) {
			f := x.found(one.ID)
			x.add(1, "finding", f.title(), f.Summary).More = f.Explain
		}
	}
	defs, err := metric.Catalogue()
	if err != nil {
		return err
	}
	defs = slices.DeleteFunc(defs, func(d metric.Definition) bool { return !slices.Contains(d.Cites, id) })
	names := []string{unclassified}
	for _, d := range defs {
		names = append(names, d.Name)
	}
	set, err := x.evaluator(x.asOf, "").EvaluateAll(ctx, names...)
	if err != nil {
		return err
	}
	for _, d := range defs {
		x.add(1, "metric", d.Title+" ("+d.Name+")", d.Question, newest(set, d)).More = "diarchy metric show " + d.Name
	}
	if len(x.e.Steps) == n {
		x.e.Steps[n-1].Lines = append(x.e.Steps[n-1].Lines, "No finding and no number rests on it by itself.")
	}
	return nil
}

// unclassified is the share of changes of which no rule says what they are for.
const unclassified = "investment_unclassified"

// newest says the newest known value of a metric, or why there is none; of one that rests on rules, also
// how much they leave out. What speaks of people is shown where who may see it is asked.
func newest(set metric.Set, d metric.Definition) string {
	if d.People {
		return ""
	}
	s := set[d.Name]
	last, ok := s.Last()
	if !ok {
		return "unknown: " + s.Missing
	}
	text := course([]metric.Point{last}, s)
	i := slices.IndexFunc(set[unclassified].Points, func(p metric.Point) bool { return p.Start.Equal(last.Start) && !math.IsNaN(p.Value) })
	if d.Classifies && d.Name != unclassified && i >= 0 {
		text += fmt.Sprintf("; %.0f %% of these are unclassified", 100*set[unclassified].Points[i].Value)
	}
	return text
}
