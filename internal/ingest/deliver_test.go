package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// deliverTables are what Deliver makes.
var deliverTables = []string{"production_deployment", "change_delivery", "deployment_failure", "deployment_rework", "application_incidents", "issue_finish", "issue_doing", "issue_class", "request_class", "stale_delivery", "stale_project"}

// Whatever the order in which pages and commits come, and whether deliveries are worked
// out after each or once at the end, the result is the same.
func TestDeliverInAnyOrder(t *testing.T) {
	ctx := context.Background()
	at := func(day int) time.Time { return time.Date(2024, 1, 1+day, 12, 0, 0, 0, time.UTC) }
	var commits []store.Batch
	for i := range 12 {
		parents := []string{}
		if i > 0 {
			parents = []string{fmt.Sprint("c", i-1)}
		}
		commits = append(commits, store.Batch{RepoID: "web", Commits: []fact.Commit{{SHA: fmt.Sprint("c", i), Parents: parents, Author: fact.Identity{Name: "ann"}, AuthoredAt: at(i), CommittedAt: at(i),
			Subject: "PAY-1 add", Changes: []fact.FileChange{{Path: []string{"shop/a.go", "admin/b.go"}[i%2], Kind: fact.Modified}}, Landing: fact.Landing{OnMain: true, Change: fmt.Sprint("c", i), At: at(i), Ordinal: int64(i)}}}})
	}
	var pages []fact.Delivery
	for i := range 12 {
		d := fact.Delivery{ChangeRequests: []fact.ChangeRequest{{Repository: "web", Number: int64(i), State: fact.RequestMerged, Title: "x", Author: fact.Identity{Name: "ann"}, OpenedAt: at(i), MergedAt: at(i), ClosedAt: at(i), UpdatedAt: at(i), MergeSHA: fmt.Sprint("c", i),
			Commits: []fact.RequestCommit{{SHA: fmt.Sprint("q", i), AuthoredAt: at(i - 2)}}}}}
		if i%2 == 0 {
			sha := fmt.Sprint("c", i)
			if i == 8 {
				sha = "c4"
			}
			d.Deployments = []fact.Deployment{{Repository: "web", ID: fmt.Sprint("d", i), Environment: "production", SHA: sha, Result: fact.Succeeded, StartedAt: at(i), FinishedAt: at(i), UpdatedAt: at(i), Application: []string{"", "shop"}[i/2%2]}}
			d.Incidents = []fact.Incident{{ID: fmt.Sprint("i", i), Service: "shop", OpenedAt: at(i).Add(time.Hour), UpdatedAt: at(i), Links: []fact.IncidentLink{{Kind: fact.MendedBy, Target: fmt.Sprint("c", i+1)}}}}
		}
		d.Issues = []fact.Issue{{Project: "PAY", ID: fmt.Sprint(i), Key: fmt.Sprint("PAY-", i), Kind: "Bug", Category: fact.IssueDone, OpenedAt: at(i), UpdatedAt: at(i), Transitions: []fact.Transition{{ToCategory: fact.IssueDoing, At: at(i + 1)}, {ToCategory: fact.IssueDone, At: at(i + 2)}}}}
		pages = append(pages, d)
	}
	by := Delivering{Applications: []Application{{Name: "shop", Repository: "web", Paths: []string{"shop"}}, {Name: "admin", Repository: "web", Paths: []string{"admin"}}}, Categories: []Rule{{Category: "unplanned", Types: []string{"bug"}}}, Subjects: []Rule{{Category: "upgrade", Words: []string{"x"}}}}
	read := func(seed uint64, each bool) map[string][]string {
		st := openStore(t, "")
		for _, err := range []error{st.PutRepository(ctx, "web", "web", "c0"), st.PutForgeRepository(ctx, "forge", "web", "web")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		rng := rand.New(rand.NewPCG(seed, 1))
		for _, k := range rng.Perm(len(commits) + len(pages)) {
			var err error
			if k < len(commits) {
				err = st.Write(ctx, commits[k])
			} else {
				err = st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", ReadAt: at(0), Delivery: pages[k-len(commits)], Repositories: map[string]string{"web": "web"}})
			}
			if err == nil && each {
				err = Deliver(ctx, st, by)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := Deliver(ctx, st, by); err != nil {
			t.Fatal(err)
		}
		out := map[string][]string{}
		for _, table := range deliverTables {
			out[table] = selected(t, st, "SELECT * FROM "+table)
			slices.Sort(out[table])
		}
		return out
	}
	want := read(0, false)
	for _, table := range deliverTables[:9] {
		if len(want[table]) == 0 {
			t.Errorf("nothing in %s", table)
		}
	}
	if len(want["stale_delivery"])+len(want["stale_project"]) > 0 {
		t.Errorf("still stale: %v", want)
	}
	for seed := range uint64(20) {
		if diff := cmp.Diff(want, read(seed, seed%4 == 3)); diff != "" {
			t.Fatalf("order %d (-want +got)\n%s", seed, diff)
		}
	}
}
