package metric_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// toldMetrics are those that rest on what systems tell. The others rest on clones alone.
const toldMetrics = `build_duration build_success change_failure_rate change_lead_time cycle_coding cycle_deploy_wait cycle_merge_wait
	cycle_review cycle_review_wait cycle_time deployed_share deployment_frequency deployment_rework_rate failed_deployment_recovery_time
	flow_efficiency incident_coverage interrupted_work investment_debt investment_innovation investment_keeping investment_new_value
	investment_unclassified investment_unplanned issue_age issue_cycle_time issue_lead_time issue_throughput issues_in_progress key_work_days
	request_age request_rework request_size request_throughput requests_open review_load review_spread sprint_said_done sprint_unplanned sprint_velocity
	stalled_work`

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

// Of several systems that tell of a scope the one that was read longest ago says how far what
// they tell is known, and only where it tells what a number needs: of forge and hub, both of
// which deploy web, hub was last read on 25 January; trail, which has issues alone, on 10 January.
func TestOldestReadingOfSeveralSystems(t *testing.T) {
	ctx := context.Background()
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	defs, err := metric.Catalogue()
	must(t, err)
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			st := e.Open(t)
			for _, name := range []string{"web", "api"} {
				must(t, st.PutRepository(ctx, name, name, "root"))
				must(t, st.PutForgeRepository(ctx, "forge", name, name))
			}
			must(t, st.PutForgeRepository(ctx, "hub", "web", "web"))
			deploy := func(repo, id string, at int) fact.Deployment {
				return fact.Deployment{Repository: repo, ID: id, SHA: id, StartedAt: day(at), FinishedAt: day(at), Environment: "production", Result: fact.Succeeded}
			}
			ids := map[string]string{"web": "web", "api": "api", "": ""}
			for _, p := range []store.Page{
				{Source: "forge", Stream: "web deployments", ReadAt: day(31), Repositories: ids, Delivery: fact.Delivery{Deployments: []fact.Deployment{deploy("web", "f1", 2), deploy("web", "f2", 29), deploy("api", "a1", 2), deploy("api", "a2", 29)}}},
				{Source: "hub", Stream: "web deployments", ReadAt: day(25), Repositories: ids, Delivery: fact.Delivery{Deployments: []fact.Deployment{deploy("web", "h1", 9), deploy("web", "h2", 16)}}},
				{Source: "trail", Stream: "PAY issues", ReadAt: day(10), Repositories: ids, Delivery: fact.Delivery{Projects: []fact.Project{{Name: "PAY"}}, Issues: []fact.Issue{{Project: "PAY", ID: "1", Key: "PAY-1", OpenedAt: day(1), ResolvedAt: day(3), Category: fact.IssueDone}}}},
				// An account whose incidents are of any service, and one of a service that is not answered any more.
				{Source: "pager", Stream: "incidents", ReadAt: day(31), Repositories: ids, Delivery: fact.Delivery{Incidents: []fact.Incident{{ID: "1", OpenedAt: day(3), ResolvedAt: day(4)}}}},
				{Source: "pager", Stream: "checkout incidents", ReadAt: day(20), Repositories: ids},
			} {
				must(t, st.WritePage(ctx, p))
			}
			must(t, st.PutScopes(ctx, []store.Scope{{Name: "company", Repos: always("web", "api")}, {Name: "repository:api", Repos: always("api")}}))
			must(t, ingest.PutDeliveryScopes(ctx, st, ingest.Delivering{}, nil))
			must(t, ingest.Deliver(ctx, st, ingest.Delivering{}))
			for _, c := range []struct {
				metric, scope, left, warning string
				want                         []string
			}{
				{"deployment_frequency", "", "", "hub, which tells it, was last read on 2024-01-25", []string{"2024-01-01T00:00 2 2", "2024-01-08T00:00 1 1", "2024-01-15T00:00 1 1", "2024-01-22T00:00 ? 0", "2024-01-29T00:00 ? 0"}},
				{"deployment_frequency", "repository:api", "", "forge, which tells it, was last read on 2024-01-31", []string{"2024-01-01T00:00 1 1", "2024-01-08T00:00 0 0", "2024-01-15T00:00 0 0", "2024-01-22T00:00 0 0", "2024-01-29T00:00 ? 0"}},
				{"incident_coverage", "repository:api", "", "pager, which tells it, was last read on 2024-01-20", []string{"2024-01-01T00:00 ? 0"}},
				// Nobody asks hub any more, and forge took its place.
				{"deployment_frequency", "", "hub", "forge, which tells it, was last read on 2024-01-31", []string{"2024-01-01T00:00 2 2", "2024-01-08T00:00 1 1", "2024-01-15T00:00 1 1", "2024-01-22T00:00 0 0", "2024-01-29T00:00 ? 0"}},
				// Nobody asks trail any more, and nothing took its place.
				{"issue_throughput", "", "trail", "trail, which tells it, was last read on 2024-01-10", []string{"2024-01-01T00:00 1 1", "2024-01-08T00:00 ? 0", "2024-01-15T00:00 ? 0", "2024-01-22T00:00 ? 0", "2024-01-29T00:00 ? 0"}},
			} {
				i := slices.IndexFunc(defs, func(d metric.Definition) bool { return d.Name == c.metric })
				s, err := metric.Evaluator{Reader: st, Scope: c.scope, AsOf: day(36), Left: []string{c.left}}.Evaluate(ctx, defs[i])
				must(t, err)
				if diff := cmp.Diff(c.want, rows(s.Points)); diff != "" || !strings.Contains(strings.Join(s.Warnings, " "), c.warning) {
					t.Errorf("%s of %q without %q warns %q (-want +got)\n%s", c.metric, c.scope, c.left, s.Warnings, diff)
				}
			}
		})
	}
}
