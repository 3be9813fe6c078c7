package diagnosis

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TestDisagreement: lenses that read otherwise disagree; one that reads nothing does not.
func TestDisagreement(t *testing.T) {
	lenses := func(readings ...string) (out []cockpit.Lens) {
		for i, r := range readings {
			out = append(out, cockpit.Lens{Name: []string{"Stage", "Symptoms", "Load"}[i], Reading: r})
		}
		return out
	}
	for _, same := range [][]string{{cockpit.CallOneLeader, cockpit.CallUnknown, cockpit.CallOneLeader}, {cockpit.CallUnknown, cockpit.CallUnknown, cockpit.CallUnknown}, {cockpit.CallUnknown, cockpit.CallSplitNow, cockpit.CallUnknown}} {
		if said := disagreement(lenses(same...)); said != "" {
			t.Errorf("%q: %s", same, said)
		}
	}
	said := disagreement(lenses(cockpit.CallOneLeader, cockpit.CallSplitNow, cockpit.CallUnknown))
	if !strings.Contains(said, "Stage: ") || !strings.Contains(said, "symptoms: ") && !strings.Contains(said, "Symptoms: ") || strings.Contains(said, "Load") {
		t.Errorf("%q", said)
	}
}
