package app

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// What the verdict shows of each level; each level names what shows the rest.
const (
	mostFindings = 3
	mostOpinions = 2
	mostHours    = 3
	mostLacking  = 2
	mostFacts    = 3 // under the first metric of a finding
)

// verdict walks the verdict down: the lenses, under each what weighs most there, and
// under that its signals, metrics and a few facts.
func (x *explaining) verdict(ctx context.Context) error {
	v := x.d.Verdict
	x.add(0, "verdict", v.Headline, v.Summary, v.Confident, v.RoleReason, "When: "+v.When.Summary)
	x.add(1, "lens", reads(x.lensOf(playbook.LensStage)), x.lensOf(playbook.LensStage).Summary).More = "diarchy explain stage"
	x.closest(2)
	symptoms := x.lensOf(playbook.LensSymptoms)
	x.add(1, "lens", reads(symptoms), symptoms.Summary).More = "diarchy explain symptoms"
	weightiest, rest := x.weightiest()
	for _, id := range weightiest {
		if err := x.brief(ctx, id); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		which := "the other symptoms: "
		if len(weightiest) == 0 {
			which = "the symptoms: "
		}
		x.add(2, "finding", which+strings.Join(rest, "; ")).More = "diarchy explain symptoms"
	}
	load := x.lensOf(playbook.LensLoad)
	x.add(1, "lens", reads(load), load.Summary).More = "diarchy explain load"
	x.longest(2)
	x.lacking(1)
	x.add(1, "method", fmt.Sprintf("%d draws with seed %d", x.d.Method.Draws, x.d.Method.Seed), x.d.Method.Sentences[:min(1, len(x.d.Method.Sentences))]...).More = "diarchy playbook show"
	return nil
}

// lacking names what would carry a call where there is none.
func (x *explaining) lacking(depth int) {
	if x.d.Verdict.Call != cockpit.CallUnknown {
		return
	}
	for _, m := range x.d.Missing[:min(mostLacking, len(x.d.Missing))] {
		x.add(depth, "missing", m.What, m.Effect).Code = m.How
	}
}

// closest lists the published rules that are most in doubt: those that size decides.
func (x *explaining) closest(depth int) {
	var asked []diagnosis.Opinion
	always, never := 0, 0
	for _, o := range x.basis.Opinions {
		switch {
		case !o.Asked:
			continue
		case o.Passed == 1:
			always++
		case o.Passed == 0:
			never++
		}
		asked = append(asked, o)
	}
	if len(asked) == 0 {
		return
	}
	slices.SortStableFunc(asked, func(a, b diagnosis.Opinion) int {
		return int(1e6 * (math.Abs(a.Passed-0.5) - math.Abs(b.Passed-0.5)))
	})
	var lines []string
	for _, o := range asked[:min(mostOpinions, len(asked))] {
		lines = append(lines, "passed in "+ofHundred(o.Passed)+" draws: "+words(o))
	}
	x.add(depth, "rules", fmt.Sprintf("of %d published rules that apply, %d are passed in every draw and %d in none; the closest:", len(asked), always, never), lines...)
}

// weightiest are the symptoms that move the odds most, of each group of facts one;
// rest are the others by their state.
func (x *explaining) weightiest() (ids, rest []string) {
	groups := map[string]bool{}
	byState := map[string][]string{}
	for _, j := range x.basis.Judgements {
		if j.Lens != playbook.LensSymptoms {
			continue
		}
		w, weighs := x.basis.Weights[j.ID]
		if weighs && !w.Nothing() && len(ids) < mostFindings && !groups[w.Group] {
			ids, groups[w.Group] = append(ids, j.ID), true
			continue
		}
		byState[string(j.State)] = append(byState[string(j.State)], cockpit.Words(j.ID))
	}
	for _, state := range []string{cockpit.Present, cockpit.Absent, cockpit.Unknown} {
		if names := byState[state]; len(names) > 0 {
			rest = append(rest, state+": "+strings.Join(names, ", "))
		}
	}
	return ids, rest
}

// brief walks a finding down in a few lines: the facts of its first metric alone.
func (x *explaining) brief(ctx context.Context, id string) error {
	f := x.found(id)
	x.add(2, "finding", f.title(), f.Summary, sentence(x.counts(f))).More = f.Explain
	walked := false
	for i, c := range f.claims {
		parts := c.RestsOn()
		step := x.add(3, "signal", f.Evidence[i].Label+": "+valued(f.Evidence[i].Value, c.State))
		if len(parts) == 0 || walked {
			continue
		}
		walked = true
		d, err := definition(parts[0].Metric)
		if err != nil {
			return err
		}
		if step.Lines = appendText(step.Lines, parts[0].Says); len(parts) > 1 {
			var names []string
			for _, p := range parts[1:] {
				names = append(names, p.Metric)
			}
			step.Lines = append(step.Lines, "it rests on "+strings.Join(names, ", ")+" too")
		}
		from, to := parts[0].From, parts[0].To
		if from.IsZero() {
			from = x.asOf.AddDate(-1, 0, 0)
		}
		if to.IsZero() {
			to = x.asOf
		}
		lines, more, err := x.factLines(ctx, d, from, to, min(mostFacts, x.limit))
		if err != nil {
			return err
		}
		title := "all that there are"
		switch {
		case more:
			title = fmt.Sprintf("the newest %d", len(lines))
		case len(lines) == 0:
			title = "none"
		}
		x.add(4, "metric", d.Title+" ("+d.Name+")")
		x.add(5, "facts", title, lines...)
	}
	return nil
}

// valued is a signal's value with its state, said once where they are the same.
func valued(value string, state signal.State) string {
	if value == string(state) {
		return value
	}
	return value + ", " + string(state)
}

// longest lists the activities that take most of a leader's week.
func (x *explaining) longest(depth int) {
	all := slices.Clone(x.basis.Activities)
	if !x.basis.Sized || len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b diagnosis.Activity) int {
		return int(1e3 * (b.Hours.Low + b.Hours.High - a.Hours.Low - a.Hours.High))
	})
	var lines []string
	for _, a := range all[:min(mostHours, len(all))] {
		lines = append(lines, week(a))
	}
	x.add(depth, "activities", fmt.Sprintf("of %d activities that take %s hours a week in all, the longest:", len(all), span(x.basis.Work.Low, x.basis.Work.High)), lines...)
}
