package signal

import (
	"fmt"
	"math"

	"github.com/diarchy/diarchy/internal/stats"
)

// deployedWell is the share of changes that must have been seen deployed, in the half year
// and in the year before it, for deployments to be judged in the place of releases: a share
// that was much smaller before would look like a change.
const deployedWell = 0.5

// deploysKnown tells whether deployments are known well enough, and in words how well.
func (in Input) deploysKnown() (bool, string) {
	cut := monthStart(in.AsOf).AddDate(0, -6, 0)
	points := in.Series["deployed_share"].Since(cut.AddDate(0, -12, 0))
	recent := in.Series["deployed_share"].Since(cut)
	ka, na := pool(points[:len(points)-len(recent)])
	kb, nb := pool(recent)
	known := na > 0 && nb > 0 && float64(ka) >= deployedWell*float64(na) && float64(kb) >= deployedWell*float64(nb)
	return known, fmt.Sprintf("%d of %d changes were seen deployed", ka+kb, na+nb)
}

// deployed begins a claim about deployments where they are known well enough and have
// enough of both sides, and else one about releases.
func (in Input) deployed(id, deployments, releases string, fewestBefore, fewestLately int) (c Claim, earlier, recent []float64, deploys bool) {
	if known, covered := in.deploysKnown(); known {
		c, s := in.claim(id, deployments)
		if earlier, recent = in.split(s, 12, 6); len(earlier) >= fewestBefore && len(recent) >= fewestLately {
			c.InPlaceOf = releases
			c.Assumptions = []string{"deployments tell of all changes: " + covered}
			return c, earlier, recent, true
		}
	}
	c, s := in.claim(id, releases)
	earlier, recent = in.split(s, 12, 6)
	return c, earlier, recent, false
}

// releases asks whether less often something goes out: the ratio of the earlier rate of
// deployments, or where they are not known of released versions, to the recent one.
func (in Input) releases() Claim {
	c, earlier, recent, deploys := in.deployed("releases.slowing", "deployment_frequency", "release_frequency", 40, 20)
	c.Unit, c.Method = "ratio", "Mann-Whitney test on releases a month, the last 6 whole months against the 12 before"
	what, bucket, need := "releases a month", "months", 13
	if deploys {
		c.Method = "Mann-Whitney test on deployments a week, the last 6 whole months against the 12 before"
		what, bucket, need = "deployments a week", "weeks", 60
	} else {
		if len(recent) < 5 {
			c.lacks(len(recent), 5, "whole months of the last six")
			return c
		}
		if len(earlier) < 8 {
			c.lacks(len(earlier), 8, "months of the year before, from the first release on")
			return c
		}
	}
	was, is := mean(earlier), mean(recent)
	c.rests(len(earlier)+len(recent), need, in.AsOf.AddDate(0, -18, 0))
	if was < 0.5 {
		c.Lacks = fmt.Sprintf("fewer than one in two %s before; too seldom to tell", bucket)
		return c
	}
	c.takes("mean of the newest %d whole %s %.1f, of the %d before %.1f", len(recent), bucket, is, len(earlier), was)
	test, err := stats.MannWhitney(earlier, recent)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.Value = was / math.Max(is, 0.5/float64(len(recent)))
	c.Sentence = fmt.Sprintf("%.1f %s in the last six whole months; %.1f in the year before", is, what, was)
	c.decide(test.P < 0.05, in.band("release_slowdown", 1.3, 2.5).Past(c.Value), "the difference may be chance")
	return c
}

// leadTime asks whether a commit takes longer to reach users: by the deployment that
// carries it, or where deployments are not known by the release that holds it.
func (in Input) leadTime() Claim {
	c, earlier, recent, deploys := in.deployed("leadtime.slowing", "change_lead_time", "lead_time_to_release", 4, 4)
	c.Unit, c.Method = "ratio", "Mann-Whitney test on monthly medians, the last 6 months against the 12 before"
	if len(recent) < 4 || len(earlier) < 4 {
		c.lacks(min(len(recent), len(earlier)), 4, "months with releases on the smaller side")
		return c
	}
	words := "in a usual month a commit takes %s days from being written to being released, review included; before, %s"
	if deploys {
		words = "in a usual month a change takes %s days from its first commit to the deployment that carries it; before, %s"
	}
	in.compare(&c, earlier, recent, 18, in.band("lead_time_slowdown", 1.3, 2.5), words)
	return c
}
