package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Shares are never 101 of 100; the two that sentences speak of stay as they are.
func TestSharesAddUp(t *testing.T) {
	for want, shares := range map[string][3]float64{
		"49 51 under 1": {0.4895, 0.5055, 0.005},
		"49 50 1":       {0.486, 0.498, 0.016}, // 48.6, 49.8 and 1.6 would be 101
		"71 28 1":       {0.71, 0.28, 0.01},
		"100 0 0":       {1, 0, 0},
	} {
		var got []string
		for _, s := range sharesOf(map[string]float64{cockpit.CallOneLeader: shares[0], cockpit.CallPrepare: shares[1], cockpit.CallSplitNow: shares[2]})[:3] {
			got = append(got, s.Of100)
		}
		if fmt.Sprint(strings.Join(got, " ")) != want {
			t.Errorf("%v are %q of 100, want %q", shares, got, want)
		}
	}
}

// The first line claims no call that the next one could as well be.
func TestFirstLineNamesBothCallsThatAreTooClose(t *testing.T) {
	v := cockpit.Verdict{Call: cockpit.CallPrepare, MissingRole: "vpe", Confidence: 0.5055, TooClose: cockpit.CallOneLeader,
		Shares: map[string]float64{cockpit.CallOneLeader: 0.4895, cockpit.CallPrepare: 0.5055, cockpit.CallSplitNow: 0.005}}
	if got, want := firstLine(v, 80), "Prepare to split the role, or one leader is enough · 51 to 49 of 100 ways"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A stretch of one call says the fewest and the most engineers in it, wherever they were, and
// that on some of its dates they are not known.
func TestStretchHoldsAllItsEngineers(t *testing.T) {
	var points []cockpit.Past
	for _, n := range []float64{12.7, 17.2, 11.6, 13.8} {
		points = append(points, cockpit.Past{Call: cockpit.CallPrepare, Confidence: 0.6, Engineers: &n})
	}
	if got := stretches(points)[0].text(); got != "Prepare to split the role, 60 of 100, 12 to 17 engineers" {
		t.Errorf("%q", got)
	}
	points = append(points, cockpit.Past{Call: cockpit.CallPrepare, Confidence: 0.6})
	if got := stretches(points)[0].text(); got != "Prepare to split the role, 60 of 100, 12 to 17 engineers, where known" {
		t.Errorf("%q", got)
	}
}
