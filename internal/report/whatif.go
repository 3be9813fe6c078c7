package report

import (
	"fmt"
	"io"
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
		s.scenario(one, i == 0)
	}
	s.blank()
	s.para(0, faint, fmt.Sprintf("%s draws, seed %d. Hours, pay and growth are ranges of the playbook: diarchy playbook show. Ranges hold the middle eight of ten draws.", thousands(v.Draws), v.Seed))
	_, err := io.WriteString(w, s.out.String())
	return err
}

func (s *screen) scenario(one cockpit.Scenario, first bool) {
	s.para(0, bold, strings.ToUpper(one.Name)+", from "+one.Date)
	call := callLabel(one.Call)
	if of := ofHundred(one.Confidence); one.Call != cockpit.CallUnknown {
		call += ", " + of + " ways; " + missingRole(cockpit.Verdict{MissingRole: one.MissingRole})
		if one.CallInAYear != "" {
			call += fmt.Sprintf("; in a year %s, %s", uncapital(callLabel(one.CallInAYear)), ofHundred(one.ConfidenceInAYear))
		}
	}
	s.labelled(0, 14, callStyle(one.Call), "Verdict", plainText, call)
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
	for _, list := range []struct {
		label string
		facts []cockpit.Fact
	}{{"Costs", one.Costs}, {"At risk", one.AtRisk}, {"Next sizes", one.Next}} {
		label := list.label
		for _, f := range list.facts {
			s.labelled(0, 14, faint, label, plainText, f.Label+": "+f.Value)
			label = ""
		}
	}
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
