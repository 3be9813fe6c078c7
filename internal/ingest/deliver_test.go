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
	"github.com/diarchy/diarchy/internal/store/storetest"
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

// Where commits are all that is known, only the changes that new ones or other people can
// alter are worked out again, with what all at once would give.
func TestDeliverGrows(t *testing.T) {
	ctx := context.Background()
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(3, 8))
			st := e.Open(t)
			check := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			check(st.PutRepository(ctx, "web", "web", "c0"))
			by := Delivering{Applications: []Application{{Name: "shop", Repository: "web", Paths: []string{"shop"}}, {Name: "admin", Repository: "web", Paths: []string{"admin"}}}, Categories: []Rule{{Category: "debt", Paths: []string{"shop/old"}}}}
			delivered := func() []string {
				check(Deliver(ctx, st, by))
				out := selected(t, st, "SELECT * FROM change_delivery")
				slices.Sort(out)
				return out
			}
			names := []string{"ann", "bob", "robot"}
			for step, n := range rng.Perm(30) {
				check(st.Write(ctx, store.Batch{RepoID: "web", Commits: growing(rng, n, names)}))
				if step%7 == 6 { // who is a robot is known late, and may be taken back
					people, err := st.Identities(ctx)
					check(err)
					for i, p := range people {
						people[i].IsBot = p.Identity.Name == "robot" && step%14 == 6
					}
					check(st.PutIdentities(ctx, people))
				}
				grown := delivered()
				check(st.MakeStale(ctx))
				if diff := cmp.Diff(delivered(), grown); diff != "" {
					t.Fatalf("step %d (-worked out at once +grown)\n%s", step, diff)
				}
			}
		})
	}
}

// growing are the commits of a step on the main line: sometimes a branch and its merge.
func growing(rng *rand.Rand, n int, names []string) (out []fact.Commit) {
	at := time.Date(2024, 1, 1+n, 12, 0, 0, 0, time.UTC)
	change := fmt.Sprint("c", n)
	for i := range 1 + rng.IntN(3) {
		sha := change
		if i > 0 {
			sha = fmt.Sprintf("c%d.%d", n, i)
		}
		out = append(out, fact.Commit{SHA: sha, Author: fact.Identity{Name: names[rng.IntN(3)]}, AuthoredAt: at.AddDate(0, 0, -i), CommittedAt: at, Subject: "PAY-1 " + sha,
			Changes: []fact.FileChange{{Path: []string{"shop/a.go", "shop/old/b.go", "admin/b.go"}[rng.IntN(3)], Kind: fact.Modified}}, Landing: fact.Landing{OnMain: i == 0, Change: change, At: at, Ordinal: int64(10*n + i)}})
	}
	return out
}
