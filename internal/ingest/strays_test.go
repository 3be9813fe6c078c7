package ingest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What falls out of the numbers is named with its cause, and what is as it should be is not.
func TestStrays(t *testing.T) {
	ctx := context.Background()
	at := func(day int) time.Time { return time.Date(2024, 1, 1+day, 12, 0, 0, 0, time.UTC) }
	sha := func(i int) string { return fmt.Sprintf("abcdef%04x%030d", i, 0) }
	deployed := func(n int, change func(i int, d *fact.Deployment)) (out []fact.Deployment) {
		for i := range n {
			d := fact.Deployment{Repository: "web", ID: fmt.Sprint("d", i), Environment: "production", SHA: sha(i), Result: fact.Succeeded, StartedAt: at(i), FinishedAt: at(i), UpdatedAt: at(i)}
			change(i, &d)
			out = append(out, d)
		}
		return out
	}
	shop := Application{Name: "shop", Repository: "web", Services: []string{"shop"}}
	web := Application{Name: "web", Repository: "web"}
	for name, c := range map[string]struct {
		declared    []Application
		deployments []fact.Deployment
		incidents   []fact.Incident
		want        []Stray
	}{
		"all fits": {nil, deployed(4, func(i int, d *fact.Deployment) { d.Environment = []string{"staging", "production"}[i%2] }), []fact.Incident{{ID: "i", Service: "web", OpenedAt: at(4)}}, nil},
		"no environment of production": {[]Application{shop}, deployed(4, func(i int, d *fact.Deployment) { d.Environment = []string{"eu", "test", "eu", "eu"}[i] }), nil,
			[]Stray{{Cause: NoProduction, Applications: []Application{shop}, Declared: true, Values: []Counted{{"eu", 3}, {"test", 1}}, N: 4}}},
		"one environment more": {nil, deployed(4, func(i int, d *fact.Deployment) { d.Environment = []string{"live", "live-eu", "test", "live"}[i] }), nil,
			[]Stray{{Cause: NoProduction, Applications: []Application{web}, Values: []Counted{{"live-eu", 1}}, N: 1, Beside: []string{"live"}}}},
		"no application": {[]Application{shop}, deployed(3, func(i int, d *fact.Deployment) { d.Application = []string{"Shop", "Till", "Till"}[i] }), nil,
			[]Stray{{Cause: NoApplication, Applications: []Application{shop}, Declared: true, Values: []Counted{{"Till", 2}}, N: 2, Beside: []string{"production"}}}},
		"commits that no clone has": {nil, deployed(3, func(i int, d *fact.Deployment) { d.SHA = sha(7 + i) }), nil,
			[]Stray{{Cause: UnknownCommit, Applications: []Application{web}, Values: []Counted{{sha(7), 3}}, N: 3, Beside: []string{"production"}}}},
		"commits by their first digits": {nil, deployed(4, func(i int, d *fact.Deployment) {
			d.SHA = []string{"abcdef0000", "abcdef0001", "abcdef00", "abcdef0009"}[i]
		}), nil,
			[]Stray{{Cause: UnknownCommit, Applications: []Application{web}, Values: []Counted{{"abcdef00", 2}}, N: 2, Beside: []string{"production"}}}},
		"no commit": {nil, deployed(2, func(i int, d *fact.Deployment) { d.SHA = []string{sha(0), ""}[i] }), nil,
			[]Stray{{Cause: NoCommit, Applications: []Application{web}, Values: []Counted{{"", 1}}, N: 1, Beside: []string{"production"}}}},
		"services": {nil, deployed(1, func(int, *fact.Deployment) {}), []fact.Incident{{ID: "i", Service: "Web Service", OpenedAt: at(1)}, {ID: "j", Service: "web", OpenedAt: at(1)}, {ID: "k", Service: "Web Service", OpenedAt: at(1), Links: []fact.IncidentLink{{Kind: fact.CausedByDeployment, Target: "d0"}}}},
			[]Stray{{Cause: UnknownService, Applications: []Application{web}, Values: []Counted{{"Web Service", 1}}, N: 1, Beside: []string{"production"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			st := openStore(t, "")
			by := Delivering{Applications: c.declared}
			var commits []fact.Commit
			for i := range 4 {
				commits = append(commits, fact.Commit{SHA: sha(i), Author: fact.Identity{Name: "ann"}, AuthoredAt: at(i), CommittedAt: at(i), Landing: fact.Landing{OnMain: true, Change: sha(i), At: at(i), Ordinal: int64(i)}})
			}
			for _, err := range []error{
				st.PutRepository(ctx, "web", "web", sha(0)), st.PutForgeRepository(ctx, "forge", "web", "web"),
				st.Write(ctx, store.Batch{RepoID: "web", Commits: commits}),
				st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", ReadAt: at(9), Delivery: fact.Delivery{Deployments: c.deployments, Incidents: c.incidents}, Repositories: map[string]string{"web": "web"}}),
				Deliver(ctx, st, by),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			got, err := Strays(ctx, st, by, "company", at(9))
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(Application{})); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// Commits are known by their first digits where these are of one alone.
func TestCompleted(t *testing.T) {
	one, two := "abcdef0123456789abcdef0123456789abcdef01", "abcdef0923456789abcdef0123456789abcdef01"
	merged := "123456789abcdef0123456789abcdef012345678"
	c := store.Carried{Commits: []store.CarriedCommit{{SHA: two}, {SHA: one}}, Requests: []store.StoredRequest{{MergeSHA: merged, HeadSHA: one}}}
	for told, want := range map[string]string{
		"abcdef01": one, "ABCDEF09": two, "abcdef0": "abcdef0", "abcdef": "abcdef", "1234567": merged, "ffffffff": "ffffffff", "": "", "v1.2.3-rc": "v1.2.3-rc", one: one,
	} {
		c.Deployments = []store.StoredDeployment{{SHA: told}}
		if got := completed(c)[0].SHA; got != want {
			t.Errorf("%q is %q, want %q", told, got, want)
		}
	}
}
