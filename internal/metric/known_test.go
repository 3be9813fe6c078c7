package metric_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// toldMetrics are those that rest on what systems tell. The others rest on clones alone.
const toldMetrics = `build_duration build_success change_failure_rate change_lead_time cycle_coding cycle_deploy_wait cycle_merge_wait
	cycle_review cycle_review_wait cycle_time deployed_share deployment_frequency deployment_rework_rate failed_deployment_recovery_time
	flow_efficiency incident_coverage interrupted_work investment_debt investment_innovation investment_keeping investment_new_value
	investment_unclassified investment_unplanned issue_age issue_cycle_time issue_lead_time issue_throughput issues_in_progress key_work_days
	request_age request_rework request_size request_throughput requests_open review_load sprint_said_done sprint_unplanned stalled_work`

// Of what comes after systems were last read, no number that rests on them says anything: no
// week, month or quarter that was not over then, and nothing that stands a week later or more.
func TestNothingIsKnownAfterTheLastReading(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	defs, err := metric.Catalogue()
	must(t, err)
	s := randomSection(rand.New(rand.NewPCG(1, 1)))
	asOf := historyBegan.AddDate(0, 0, 1000)
	s.delivery.read = asOf.AddDate(0, 0, -200)
	st := s.load(t, never)
	must(t, st.Settle(ctx))
	rests := strings.Fields(toldMetrics)
	for _, d := range defs {
		x, err := metric.Evaluator{Reader: st, AsOf: asOf}.Evaluate(ctx, d)
		must(t, err)
		before, after := 0, 0
		for _, p := range x.Points {
			end := map[string]time.Time{"week": p.Start.AddDate(0, 0, 7), "month": p.Start.AddDate(0, 1, 0), "quarter": p.Start.AddDate(0, 3, 0)}[d.Grain]
			if end.IsZero() {
				end = p.Start.AddDate(0, 0, -7)
			}
			switch {
			case !math.IsNaN(p.Value) && end.After(s.delivery.read):
				after++
			case !math.IsNaN(p.Value):
				before++
			}
		}
		told := slices.Contains(rests, d.Name)
		switch warned := strings.Contains(strings.Join(x.Warnings, " "), "last read on"); {
		case told && (before == 0 || after > 0 || !warned):
			t.Errorf("%s: %d values from before the last reading, %d from after it, warnings %q", d.Name, before, after, x.Warnings)
		case !told && warned:
			t.Errorf("%s rests on clones, and warns that systems were not read", d.Name)
		}
		rests = slices.DeleteFunc(rests, func(name string) bool { return name == d.Name })
	}
	if len(rests) > 0 {
		t.Errorf("no metrics: %s", rests)
	}
}
