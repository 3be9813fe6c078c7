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
		if err := s.SavePlan(t.Context(), cockpit.Plan{File: name, Names: []string{"x"}}); !errors.Is(err, problem.Usage) {
			t.Errorf("%q is saved: %v", name, err)
		}
	}
}
