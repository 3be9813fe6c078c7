package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TestDriftSaysWhatWasAgreed: without an agreement nothing stands on paper.
func TestDriftSaysWhatWasAgreed(t *testing.T) {
	for agreed, want := range map[bool][]string{
		true:  {"On paper    the CTO", "1 later than the 10 working days agreed"},
		false: {"Proposed    the CTO", "1 later than the 10 working days that the playbook proposes"},
	} {
		var out strings.Builder
		d := cockpit.Drift{Agreed: agreed, Kinds: []cockpit.DriftKind{{Title: "Architecture", Owner: "the CTO", Days: 10, Decided: 3, ByOwner: 3, Late: 1}}}
		if err := Drift(&out, d, TerminalOptions{Width: 200}); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if flat := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(flat, strings.Join(strings.Fields(w), " ")) {
				t.Errorf("agreed %v: no %q in\n%s", agreed, w, out.String())
			}
		}
		if !agreed && (strings.Contains(out.String(), "On paper") || strings.Contains(out.String(), "days agreed")) {
			t.Errorf("says that something is agreed:\n%s", out.String())
		}
	}
}

// TestDriftListsTheNine: those of which some depart stand there with those that keep to the
// paper, however many are open besides.
func TestDriftListsTheNine(t *testing.T) {
	k := cockpit.DriftKind{Title: "Architecture", Decided: 9}
	add := func(n int, title string, t cockpit.DriftTrace) {
		for i := range n {
			t.Title = fmt.Sprintf("%s %d", title, i+1)
			k.Traces = append(k.Traces, t)
		}
	}
	add(2, "Kept", cockpit.DriftTrace{Decided: "2025-01-01"})
	add(7, "Other", cockpit.DriftTrace{Decided: "2025-01-01", Departs: true})
	add(12, "Open", cockpit.DriftTrace{Departs: true})
	show := func() string {
		var out strings.Builder
		if err := Drift(&out, cockpit.Drift{Agreed: true, Kinds: []cockpit.DriftKind{k}}, TerminalOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, tr := range k.Traces {
		if text := show(); !strings.Contains(text, tr.Title) || strings.Contains(text, "more that keep") {
			t.Fatalf("no %q in\n%s", tr.Title, text)
		}
	}
	add(9, "Also kept", cockpit.DriftTrace{Decided: "2025-02-01"})
	if text := show(); !strings.Contains(text, "Also kept 7") || strings.Contains(text, "Also kept 8") || !strings.Contains(text, "and 2 more that keep to it") {
		t.Error(text)
	}
}
