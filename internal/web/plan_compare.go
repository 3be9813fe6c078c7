package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// sideBySide says what a scenario would change of the answer.
func sideBySide(c cockpit.WhatIf, at int) string {
	if len(c.Scenarios) <= at {
		return ""
	}
	was, then := c.Scenarios[0], c.Scenarios[at]
	text := fmt.Sprintf("The answer stays the same: %s.", then.Headline)
	if was.Headline != then.Headline {
		text = fmt.Sprintf("The answer turns from %q into %q.", was.Headline, then.Headline)
	}
	if len(then.Ends) > 0 {
		text += " What the structure no longer needs: " + strings.Join(then.Ends, "; ") + "."
	}
	if len(then.Begins) > 0 {
		text += " What it then needs: " + strings.Join(then.Begins, "; ") + "."
	}
	return report.Clean(text)
}

// compareGrid has a column for each scenario and a row for each thing that is compared.
func compareGrid(c cockpit.WhatIf) *grid {
	g := &grid{Caption: "Scenarios side by side", Head: []string{""}}
	line := func(label string, of func(cockpit.Scenario) string) {
		cells := []cell{{Text: label}}
		some := false
		for _, s := range c.Scenarios {
			text := report.Clean(of(s))
			some = some || text != ""
			cells = append(cells, cell{Text: orElse(text, "none")})
		}
		if some {
			g.Rows = append(g.Rows, cells)
		}
	}
	for _, s := range c.Scenarios {
		g.Head = append(g.Head, report.Clean(s.Name))
	}
	line("Answer", func(s cockpit.Scenario) string { return s.Headline })
	line("Ways that agree", func(s cockpit.Scenario) string { return ofHundred(s.Call, s.Confidence) })
	line("In a year", func(s cockpit.Scenario) string {
		if s.CallInAYear == "" {
			return "not known"
		}
		return orElse(s.HeadlineInAYear, cockpit.CallWords(s.CallInAYear)) + ", " + ofHundred(s.CallInAYear, s.ConfidenceInAYear)
	})
	for _, part := range []func(cockpit.Scenario) []cockpit.Fact{func(s cockpit.Scenario) []cockpit.Fact { return s.Facts }, func(s cockpit.Scenario) []cockpit.Fact { return s.Loads }, func(s cockpit.Scenario) []cockpit.Fact { return s.Waiting }, func(s cockpit.Scenario) []cockpit.Fact { return s.Costs }, func(s cockpit.Scenario) []cockpit.Fact { return s.AtRisk }} {
		for _, label := range labelsOf(c, part) {
			line(capital(report.Clean(label)), func(s cockpit.Scenario) string { return valueOf(part(s), label) })
		}
	}
	for _, team := range teamsOf(c) {
		line("Who holds the code of "+report.Clean(orElse(team, "no team")), func(s cockpit.Scenario) string {
			if i := slices.IndexFunc(s.Knowledge, func(t cockpit.TeamKnowledge) bool { return t.Team == team }); i >= 0 {
				return report.KnowledgeWords(s.Knowledge[i])
			}
			return ""
		})
	}
	for _, label := range labelsOf(c, func(s cockpit.Scenario) []cockpit.Fact { return s.Next }) {
		line(capital(report.Clean(label)), func(s cockpit.Scenario) string { return worth(s.Next, label) })
	}
	line("What no longer fits together", func(s cockpit.Scenario) string {
		var texts []string
		for _, p := range s.Problems {
			texts = append(texts, p.Text)
		}
		return strings.Join(texts, " ")
	})
	line("What the structure needs", func(s cockpit.Scenario) string { return strings.Join(s.Needs, "; ") })
	return g
}

// restsOn is what the comparison assumes, and with what it draws.
func restsOn(c cockpit.WhatIf) section {
	g := &grid{Caption: "What is assumed", Head: []string{"Figure", "Value", "By", "Change it at"}}
	for _, a := range c.Assumed {
		g.Rows = append(g.Rows, row(a.Name, a.Value, a.Source, a.Edit))
	}
	v := section{ID: "assumed", Title: "Rests on", Lead: report.Clean(fmt.Sprintf("%d draws with seed %d (%s).", c.Draws, c.Seed, c.SeedFrom)), Notes: cleaned(c.Notes)}
	if len(g.Rows) > 0 {
		v.Grid = g
	}
	return v
}

func labelsOf(c cockpit.WhatIf, part func(cockpit.Scenario) []cockpit.Fact) (out []string) {
	for _, s := range c.Scenarios {
		for _, f := range part(s) {
			if !slices.Contains(out, f.Label) {
				out = append(out, f.Label)
			}
		}
	}
	return out
}

// teamsOf are the teams that own code in some scenario.
func teamsOf(c cockpit.WhatIf) (out []string) {
	for _, s := range c.Scenarios {
		for _, t := range s.Knowledge {
			if !slices.Contains(out, t.Team) {
				out = append(out, t.Team)
			}
		}
	}
	return out
}

func valueOf(facts []cockpit.Fact, label string) string {
	for _, f := range facts {
		if f.Label == label {
			return strings.TrimSpace(f.Value + " " + f.Note)
		}
	}
	return ""
}

// worth is the value of a fact without its note.
func worth(facts []cockpit.Fact, label string) string {
	for _, f := range facts {
		if f.Label == label {
			return f.Value
		}
	}
	return ""
}

func ofHundred(call string, share float64) string {
	n, ok := cockpit.OfHundred(share)
	if !ok || call == cockpit.CallUnknown || call == "" {
		return "not known"
	}
	return fmt.Sprintf("%d of 100", n)
}
