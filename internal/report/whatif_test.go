package report

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// whatIfText is scenarios as a terminal shows them, in one line.
func whatIfText(t *testing.T, scenarios ...cockpit.Scenario) string {
	t.Helper()
	var b strings.Builder
	if err := WhatIf(&b, cockpit.WhatIf{Scenarios: scenarios}, TerminalOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestWhatIfSaysWhatAScenarioBrings: what it breaks, and which sizes are other than before.
func TestWhatIfSaysWhatAScenarioBrings(t *testing.T) {
	sizes := func(rate string) []cockpit.Fact {
		return []cockpit.Fact{{Label: "growth", Value: rate, Note: "of the scenario"}, {Label: "80 engineers", Value: "in 9 months", Note: "What a director runs"}}
	}
	one := cockpit.Scenario{Name: "Move", Call: cockpit.CallSplitNow, Confidence: 0.8, Headline: "Two leaders are needed, and both are there", CallInAYear: cockpit.CallSplitNow,
		HeadlineInAYear: "Two leaders are needed, and both are there", ConfidenceInAYear: 0.9, Next: sizes("50 % a year"), Problems: []cockpit.OrgProblem{{Text: "e1 is in team pay twice since 2026-01-01.", Fix: "keep one of the two"}}}
	base := cockpit.Scenario{Name: "As it is", Next: sizes("20 % a year")}
	same := cockpit.Scenario{Name: "Nothing", Next: sizes("20 % a year")}
	text := whatIfText(t, base, one, same)
	for _, want := range []string{
		"Verdict Two leaders are needed, and both are there (80 of 100 ways); in a year the same (90 of 100)",
		"Does not fit e1 is in team pay twice since 2026-01-01. Keep one of the two.",
		"Sizes ahead growth: 50 % a year; of the scenario 80 engineers: in 9 months; what a director runs",
		"Sizes ahead all sizes: as before",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "Split the role") || strings.Count(text, "Does not fit") != 1 {
		t.Error(text)
	}
}
