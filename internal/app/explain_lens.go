package app

import (
	"fmt"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/playbook"
)

// ofHundred is a share of the draws in words.
func ofHundred(share float64) string {
	n, ok := cockpit.OfHundred(share)
	switch {
	case !ok:
		return "an unknown number of 100"
	case n == 0 && share > 0:
		return "under 1 of 100"
	}
	return fmt.Sprintf("%d of 100", n)
}

func (x *explaining) lensOf(name string) cockpit.Lens {
	for _, l := range x.d.Lenses {
		if l.Name == name {
			return l
		}
	}
	return cockpit.Lens{Name: name}
}

// reads is what a lens says alone.
func reads(l cockpit.Lens) string {
	text := fmt.Sprintf("by %s alone: %s", l.Name, cockpit.CallWords(l.Reading))
	if l.Reading != cockpit.CallUnknown {
		text += ", in " + ofHundred(l.Confidence) + " draws"
	}
	return text
}

// lens walks one lens down to what it counts.
func (x *explaining) lens(name string) {
	l := x.lensOf(name)
	step := x.add(0, "lens", reads(l), l.Summary)
	if name != playbook.LensSymptoms { // whose facts are the findings below
		for _, f := range l.Facts {
			step.Lines = append(step.Lines, f.Label+": "+f.Value+bracketed(f.Note))
		}
	}
	switch name {
	case playbook.LensStage:
		step.Lines = append(step.Lines, fmt.Sprintf("The share of what was published that a draw passes is the probability from which the odds begin, kept within %s of 100.", span(100*x.basis.Prior.Low, 100*x.basis.Prior.High)))
		x.opinions(1, playbook.UnitEngineers, playbook.UnitPeople, playbook.UnitRevenue, playbook.UnitFunding, playbook.UnitSymptoms)
	case playbook.LensLoad:
		x.activities(1)
	}
	for _, j := range x.basis.Judgements {
		if j.Lens == name {
			f := x.found(j.ID)
			x.add(1, "finding", f.title(), sentence(x.counts(f))).More = f.Explain
		}
	}
}

func bracketed(note string) string {
	if note == "" {
		return ""
	}
	return " (" + note + ")"
}

// opinions lists the published rules in some units: how often each was passed, who
// says it, what it says, and its threshold.
func (x *explaining) opinions(depth int, units ...string) {
	var asked []diagnosis.Opinion
	var rest []string
	for _, o := range x.basis.Opinions {
		switch {
		case !slices.Contains(units, o.Unit):
		case o.Asked:
			asked = append(asked, o)
		case o.Unit == playbook.UnitSymptoms:
			rest = append(rest, "not counted, since it names no size: "+words(o))
		default:
			rest = append(rest, "not asked, since what it looks at is not known: "+words(o))
		}
	}
	slices.SortStableFunc(asked, func(a, b diagnosis.Opinion) int { return int(1e6 * (b.Passed - a.Passed)) })
	var lines []string
	for _, o := range asked {
		lines = append(lines, "passed in "+ofHundred(o.Passed)+" draws: "+words(o))
	}
	x.add(depth, "rules", fmt.Sprintf("%d published rules on when to split that apply here, in %d draws", len(asked), x.basis.Draws), append(lines, rest...)...)
}

// words are a published rule's source, what it says, and its threshold.
func words(o diagnosis.Opinion) string {
	return o.Source + ": " + o.Says + bracketed(o.Threshold)
}

// activities lists a leader's week at this size.
func (x *explaining) activities(depth int) {
	b := x.basis
	if !b.Sized {
		x.add(depth, "activities", "hours are not known, since the number of engineers is not")
		return
	}
	var lines []string
	for _, function := range []string{playbook.Execution, playbook.Strategy} {
		for _, a := range b.Activities {
			if a.Function == function {
				lines = append(lines, function+": "+week(a))
			}
		}
	}
	lines = append(lines,
		fmt.Sprintf("in all %s hours a week, in the middle 80 %% of the draws; one person has %s for it", span(b.Work.Low, b.Work.High), span(b.Capacity.Low, b.Capacity.High)),
		"in "+ofHundred(b.Overload)+" draws the work is more than that",
		"every range is drawn from; each can be edited in playbook.yaml, under load")
	x.add(depth, "activities", "the work of leading engineering at this size", lines...)
}

// week says the hours of an activity: for what, for how many of them, and in all.
func week(a diagnosis.Activity) string {
	text := fmt.Sprintf("%s: %s hours a week in all", a.Title, span(a.Hours.Low, a.Hours.High))
	if a.Per == playbook.PerFixed {
		return text + ", whatever the size"
	}
	return text + fmt.Sprintf("; %s hours for each of %s %s", span(a.Low, a.High), span(a.Units.Low, a.Units.High), plural(a.Per))
}

// plural names units of work.
func plural(per string) string { return cockpit.Words(per) + "s" }
