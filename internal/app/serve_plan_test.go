package app

import (
	"errors"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
)

// TestScenariosStayInTheirFolder: the name of a scenario is no path (T12).
func TestScenariosStayInTheirFolder(t *testing.T) {
	s := &served{writes: &writing{}}
	for _, name := range []string{"", ".", "..", "../diarchy", "a/b", `a\b`, "/etc/passwd", "a.yaml", "a\x00", "-a"} {
		if _, err := s.Compare(t.Context(), name); !errors.Is(err, problem.Missing) {
			t.Errorf("%q is compared: %v", name, err)
		}
		if _, err := s.Planned(t.Context(), name); !errors.Is(err, problem.Missing) {
			t.Errorf("%q is looked at: %v", name, err)
		}
		if err := s.AddStep(t.Context(), name, cockpit.PlanStep{Do: "leave", Person: "e1"}); !errors.Is(err, problem.Missing) {
			t.Errorf("%q gets a step: %v", name, err)
		}
		if err := s.TakeBack(t.Context(), name, 0); !errors.Is(err, problem.Missing) {
			t.Errorf("%q loses a step: %v", name, err)
		}
	}
}
