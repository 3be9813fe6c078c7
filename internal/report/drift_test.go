package report

import (
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
