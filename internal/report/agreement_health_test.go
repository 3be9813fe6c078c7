package report

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// sampleHealth is an agreement that one of two has signed, with drift.
func sampleHealth() *cockpit.AgreementHealth {
	traces := []cockpit.DriftTrace{
		{ID: "0004", Title: "Cut the monolith by bounded context", Decided: "2026-02-03", By: "the VP of Engineering", Days: 12},
		{ID: "0007", Title: "Events & queues, not calls", Decided: "2026-05-19", By: "the CTO", Days: 31},
	}
	return &cockpit.AgreementHealth{
		AsOf: "2026-10-31", Version: 2, Effective: "2026-01-15", ReviewBy: "2026-12-31",
		Summary:    "Open: 1 problem, 5 gaps, 1 note. First: The CTO and the VP of Engineering decide together on hiring. It is not signed by the VP of Engineering.",
		Signatures: []cockpit.HealthSignature{{Role: "cto", Called: "the CTO", State: cockpit.SignatureValid, Date: "2026-01-14"}, {Role: "vpe", Called: "the VP of Engineering", State: cockpit.SignatureMissing}},
		Problems:   1, Gaps: 5, Notes: 1,
		Findings: []cockpit.AgreementIssue{
			{ID: "two_deciders", Level: cockpit.LevelProblem, Where: "decisions.hiring.decides", Line: 41, Text: "The CTO and the VP of Engineering decide together on hiring", Advice: "leave one; the other is consulted", Cites: []string{"C1"}},
			{ID: "no_deadline", Level: cockpit.LevelGap, Where: "decisions.debt", Text: "No time is set to decide on debt", Advice: "write days: a number of working days", Cites: []string{"N8"}},
			{ID: "no_budget", Level: cockpit.LevelGap, Text: "The budget of the CTO has no amount", Advice: "write budget:"},
			{ID: "no_budget", Level: cockpit.LevelGap, Text: "The budget of the VP of Engineering has no amount", Advice: "write budget:"},
			{ID: "no_meeting", Level: cockpit.LevelGap, Text: "Joint planning is not agreed", Advice: "add planning:"},
			{ID: "not_signed", Level: cockpit.LevelGap, Text: "The VP of Engineering has not signed", Advice: "diarchy agreement sign --role vpe --name NAME"},
			{ID: "time_under", Level: cockpit.LevelNote, Text: "The time of the CTO adds to 90 % at most", Advice: "say where the rest goes"},
		},
		Against: cockpit.AgainstAgreement, Traces: 14, Held: "1 thing drifts: held against the agreement, by 14 of 16 decision records.",
		Drift: []cockpit.HealthDrift{{DriftFinding: cockpit.DriftFinding{Kind: "architecture", What: "decided_by_another", Text: "Architecture: owned by the CTO on paper, decided by the VP of Engineering in 7 of 9.", Advice: "Say in the agreement who really decides, or bring these decisions back to the owner.", Cites: []string{"N8"}}, Traces: traces}},
	}
}

func TestHealthIsInAllForms(t *testing.T) {
	d := sample()
	var term, md, page strings.Builder
	for name, err := range map[string]error{"terminal": Terminal(&term, d, TerminalOptions{}), "Markdown": Markdown(&md, d), "HTML": HTML(&page, d)} {
		if err != nil {
			t.Fatal(name, err)
		}
	}
	for name, out := range map[string]string{"terminal": term.String(), "Markdown": md.String(), "HTML": page.String(), "JSON": string(jsonOf(t, d))} {
		flat := strings.Join(strings.Fields(out), " ")
		for _, want := range []string{"owned by the CTO on paper, decided by the VP of Engineering in 7 of 9", "It is not signed by the VP of Engineering"} {
			if !strings.Contains(flat, want) {
				t.Errorf("%s does not say: %s", name, want)
			}
		}
	}
	root := pageOf(t, d, without)
	if got := texts(root, "#agreement .sizes dd"); strings.Join(got, "|") != "2|15 January 2026|31 December 2026|signed on 14 January 2026|has not signed" {
		t.Errorf("what is signed and since when: %q", got)
	}
	if got := len(find(root, "#agreement ul.issues li")); got != 7 {
		t.Errorf("%d findings, want 7", got)
	}
	if got := texts(root, "#agreement details.more summary"); strings.Join(got, "|") != "2 more things that are open or worth a word|The 2 decisions" {
		t.Errorf("folds: %q", got)
	}
	if got := texts(root, "#agreement .finding tbody tr"); len(got) != 2 || got[0] != "0004: Cut the monolith by bounded context3 February 2026the VP of Engineering12" {
		t.Errorf("evidence: %q", got)
	}
}

func TestHealthWithoutAnAgreementSaysWhatToDo(t *testing.T) {
	d := sample()
	d.Agreement = &cockpit.AgreementHealth{Unknown: "There is no agreement between two leaders of engineering.", How: "diarchy agreement draft", Against: cockpit.AgainstPlaybook, Held: "There are no decision records to hold against what the playbook proposes (there is no agreement yet)."}
	var term, md, page strings.Builder
	for name, err := range map[string]error{"terminal": Terminal(&term, d, TerminalOptions{}), "Markdown": Markdown(&md, d), "HTML": HTML(&page, d)} {
		if err != nil {
			t.Fatal(name, err)
		}
	}
	for name, out := range map[string]string{"terminal": term.String(), "Markdown": md.String(), "HTML": page.String()} {
		flat := strings.Join(strings.Fields(out), " ")
		for _, want := range []string{"There is no agreement between two leaders of engineering. Where one person leads, none is needed.", "diarchy agreement draft"} {
			if !strings.Contains(flat, want) {
				t.Errorf("%s does not say: %s", name, want)
			}
		}
	}
}
