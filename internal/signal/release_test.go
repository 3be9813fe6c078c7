package signal

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// deploying is a company whose tags are as they were, and of whose changes a share was seen
// deployed: in the half year they take three times as long, and go out a third as often.
func deploying(rng *rand.Rand, before, lately float64) metric.Set {
	late := func(left, of int, then, now float64) float64 {
		if left <= of {
			return now
		}
		return then
	}
	set := metric.Set{
		"release_frequency":    monthly(24, func(int) (float64, int) { return 3 + float64(rng.IntN(3)), 3 }),
		"lead_time_to_release": monthly(24, func(int) (float64, int) { return 20 + rng.Float64(), 40 }),
		"change_lead_time":     monthly(24, func(left int) (float64, int) { return late(left, 6, 2, 6) + rng.Float64(), 40 }),
		"deployed_share":       monthly(24, func(left int) (float64, int) { return late(left, 6, before, lately), 40 }),
	}
	weeks := weekly(104, func(left int, _ time.Time) float64 { return late(left, 26, 9, 3) + float64(rng.IntN(3)) })
	set["deployment_frequency"] = weeks
	return set
}

// Deployments are judged where enough of them is known, before and lately, and are named;
// elsewhere tags are.
func TestDeploymentsInThePlaceOfReleases(t *testing.T) {
	for name, c := range map[string]struct {
		before, lately float64
		deployments    bool
	}{"known": {0.9, 0.8, true}, "at the limit": {0.5, 0.5, true}, "known lately": {0.1, 0.9, false}, "known before": {0.9, 0.45, false}, "never": {0, 0, false}} {
		t.Run(name, func(t *testing.T) {
			in := Input{Series: deploying(rand.New(rand.NewPCG(4, 4)), c.before, c.lately), AsOf: asOf}
			for _, claim := range []Claim{in.releases(), in.leadTime()} {
				check(t, claim)
				if got := strings.Contains(claim.Sentence, "deployment"); got != c.deployments || (claim.State == Present) != c.deployments || (claim.InPlaceOf != "") != c.deployments {
					t.Errorf("%s: %s, in the place of %q: %s", claim.ID, claim.State, claim.InPlaceOf, claim.Sentence)
				}
			}
		})
	}
	in := Input{Series: deploying(rand.New(rand.NewPCG(4, 4)), 0.9, 0.9), AsOf: asOf}
	young := in.Series["deployment_frequency"]
	young.Points = young.Points[len(young.Points)-50:]
	in.Series["deployment_frequency"] = young
	if got := in.releases(); got.Metric != "release_frequency" {
		t.Errorf("deployments of 50 weeks are compared: %+v", got)
	}
}

// As many deployments as before are found to be fewer seldom.
func TestDeploymentsByChance(t *testing.T) {
	r := measure(t, "releases.slowing", seeds, func(rng *rand.Rand) metric.Set {
		set := deploying(rng, 0.9, 0.9)
		set["deployment_frequency"] = weekly(104, func(int, time.Time) float64 { return poisson(rng, 4) })
		return set
	}, nil)
	atMost(t, "fewer", r, 0.06)
}
