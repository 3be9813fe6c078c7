package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// WhatIf writes scenarios one under the other, each with what it changes.
func WhatIf(w io.Writer, v cockpit.WhatIf, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	for i, one := range v.Scenarios {
		if i > 0 {
			s.blank()
		}
		s.scenario(one, v.Scenarios[0], i == 0)
	}
	s.blank()
	for i, a := range v.Assumed {
		label := ""
		if i == 0 {
			label = "Assumed"
		}
		_, key, _ := strings.Cut(a.Edit, ": ")
		s.labelled(0, 14, faint, label, faint, clean(a.Name)+": "+clean(a.Value)+" ("+key+")")
	}
	s.blank()
	for _, n := range v.Notes {
		s.para(0, yellow, n)
	}
	s.para(0, faint, fmt.Sprintf("%s draws, seed %d (%s). Hours, pay and growth are ranges of the playbook: diarchy playbook show. Ranges of load and size hold the middle eight of ten draws; those of pay are the whole assumption.", thousands(v.Draws), v.Seed, clean(orElse(v.SeedFrom, "default"))))
	_, err := io.WriteString(w, s.out.String())
	return err
}

// mostProblems is how many things that a scenario brings and that do not fit are listed.
const mostProblems = 5

func (s *screen) scenario(one, base cockpit.Scenario, first bool) {
	s.para(0, bold, strings.ToUpper(one.Name)+", from "+one.Date)
	s.labelled(0, 14, callStyle(one.Call), "Verdict", plainText, scenarioVerdict(one))
	s.labelled(0, 14, faint, "Size", plainText, values(one.Facts))
	for i, l := range one.Loads {
		label := "Load"
		if i > 0 {
			label = ""
		}
		s.labelled(0, 14, faint, label, plainText, l.Label+": "+l.Value)
	}
	if first {
		s.labelled(0, 14, faint, "Needs", plainText, orNothing(one.Needs))
	} else {
		if len(one.Ends) > 0 {
			s.labelled(0, 14, green, "Needs end", plainText, strings.Join(one.Ends, "; "))
		}
		if len(one.Begins) > 0 {
			s.labelled(0, 14, yellow, "Needs begin", plainText, strings.Join(one.Begins, "; "))
		}
		if len(one.Ends)+len(one.Begins) == 0 {
			s.labelled(0, 14, faint, "Needs", plainText, "as before")
		}
	}
	for i, p := range one.Problems {
		if i == mostProblems {
			s.labelled(0, 14, yellow, "", faint, "and "+count(len(one.Problems)-i, "more thing that does not fit together", "more things that do not fit together"))
			break
		}
		label := ""
		if i == 0 {
			label = "Does not fit"
		}
		s.labelled(0, 14, yellow, label, plainText, stop(p.Text)+" "+capital(stop(p.Fix)))
	}
	for _, list := range []struct {
		label string
		facts []cockpit.Fact
	}{{"Waiting", one.Waiting}, {"Costs", one.Costs}, {"Knowledge", knowledgeFacts(one, first)}, {"At risk", one.AtRisk}, {"Sizes ahead", growthFactsOf(one, base)}} {
		label := list.label
		for _, f := range list.facts {
			s.labelled(0, 14, faint, label, plainText, f.Label+": "+f.Value)
			label = ""
		}
	}
}

// scenarioVerdict is the headline of today and that in a year, with how many of the ways to
// read the evidence agree.
func scenarioVerdict(one cockpit.Scenario) string {
	text := orElse(one.Headline, callLabel(one.Call))
	if one.Call == cockpit.CallUnknown {
		return text
	}
	text += " (" + ofHundred(one.Confidence) + " ways)"
	switch then := one.HeadlineInAYear; {
	case then == "":
		return text
	case one.CallInAYear == one.Call:
		return text + "; in a year the same (" + ofHundred(one.ConfidenceInAYear) + ")"
	default:
		return text + "; in a year: " + uncapital(then) + " (" + ofHundred(one.ConfidenceInAYear) + ")"
	}
}

// growthFactsOf are the sizes that growth brings, with what they mean; of a scenario in which
// they are as before, that they are.
func growthFactsOf(one, base cockpit.Scenario) []cockpit.Fact {
	same := func(a, b cockpit.Fact) bool { return a.Label == b.Label && a.Value == b.Value && a.Note == b.Note }
	if one.Name != base.Name && len(one.Next) > 0 && slices.EqualFunc(one.Next, base.Next, same) {
		return []cockpit.Fact{{Label: "all sizes", Value: "as before"}}
	}
	out := slices.Clone(one.Next)
	for i := range out {
		if out[i].Note != "" {
			out[i].Value += "; " + uncapital(out[i].Note)
		}
	}
	return out
}

// knowledgeFacts say by team how few people hold its code: of the first scenario all in one,
// of others what is another, or lost.
func knowledgeFacts(one cockpit.Scenario, first bool) []cockpit.Fact {
	var all []string
	var out []cockpit.Fact
	for _, t := range one.Knowledge {
		team := orElse(t.Team, "no team")
		switch {
		case first && t.Factor != nil:
			all = append(all, fmt.Sprintf("%s %.0f", team, *t.Factor))
		case !first && (t.Lost > 0 || !sameFactor(t)):
			out = append(out, cockpit.Fact{Label: team, Value: KnowledgeWords(t)})
		}
	}
	if len(all) > 0 {
		out = append(out, cockpit.Fact{Label: "truck factor", Value: strings.Join(all, ", ")})
	}
	return out
}

func sameFactor(t cockpit.TeamKnowledge) bool {
	return t.Factor == nil && t.Before == nil || t.Factor != nil && t.Before != nil && *t.Factor == *t.Before
}

// KnowledgeWords says how few people hold the code of a team, and what those who leave take
// along.
func KnowledgeWords(t cockpit.TeamKnowledge) string {
	text := fmt.Sprintf("too few source files for a truck factor (%d)", t.Files)
	if t.Factor != nil {
		text = fmt.Sprintf("truck factor %.0f", *t.Factor)
		switch {
		case t.Before != nil && *t.Before == *t.Factor:
			text += " as before"
		case t.Before != nil:
			text += fmt.Sprintf(", before %.0f", *t.Before)
		}
	}
	if t.Lost > 0 {
		verb := "lose"
		if t.Lost == 1 {
			verb = "loses"
		}
		text += fmt.Sprintf("; %s of %s %s the last author", thousands(t.Lost), count(t.Files, "source file", "source files"), verb)
	}
	return text
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing that the rules look at"
	}
	return strings.Join(list, "; ")
}

func values(facts []cockpit.Fact) string {
	var out []string
	for _, f := range facts {
		v := f.Value
		if f.Label == "widest span" {
			v = "widest span " + v
		}
		if f.Label == "open positions" {
			v = strings.Replace(v, "position", "open position", 1)
		}
		out = append(out, v)
	}
	return strings.Join(out, ", ")
}
