package metric_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// roll makes the rollups that are stale, and says of which repositories.
func roll(t *testing.T, st *store.Store, c metric.Calendar) []string {
	t.Helper()
	ctx := context.Background()
	made, err := metric.Rollups(c)
	must(t, err)
	var rollups []store.Rollup
	for _, r := range made {
		rollups = append(rollups, store.Rollup(r))
	}
	stale, err := st.StaleRollups(ctx, rollups)
	must(t, err)
	must(t, ingest.Roll(ctx, st, rollups))
	repos := slices.Concat(stale...)
	slices.Sort(repos)
	return repos
}

// Every metric says the same from rollups as from facts, at any date and scope and in any
// calendar; also after more was read, history was rewritten, and people were joined and
// parted. Only the repositories that this concerns are made again.
func TestRollupsSayWhatFactsSay(t *testing.T) {
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			rollsFollow(t, e.Open)
		})
	}
}

func rollsFollow(t *testing.T, open func(testing.TB) *store.Store) {
	t.Helper()
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(11, 1))
	s := randomSection(rng)
	s.open = open
	st := s.load(t, historyBegan.AddDate(0, 0, 900))
	calendar := metric.Calendar{Zone: "America/Los_Angeles", WeekStart: "sunday"}
	check := func(what string, want ...string) {
		t.Helper()
		if got := fmt.Sprint(roll(t, st, calendar)); got != fmt.Sprint(want) {
			t.Errorf("%s: rollups of %s were stale, want %v", what, got, want)
		}
		rollsAlike(t, st, calendar, []string{"", "team:web", "team:moving"}[rng.IntN(3)], rng)
	}
	check("first", "api", "web")
	check("nothing")
	calendar = metric.Calendar{Zone: "Europe/Berlin"}
	check("another calendar", "api", "web")

	web := s.facts["web"]
	more := web.batch("web", never)
	known, err := st.Known(ctx, "web")
	must(t, err)
	var commits []fact.Commit
	for _, c := range more.Commits {
		if _, ok := known[c.SHA]; !ok {
			commits = append(commits, c)
		}
	}
	must(t, st.Write(ctx, store.Batch{RepoID: "web", Commits: commits, Releases: more.Releases}))
	check("more was read", "web")

	var gone []string
	for _, c := range s.facts["api"].commits[600:700] {
		gone = append(gone, c.SHA)
	}
	must(t, st.Write(ctx, store.Batch{RepoID: "api", Removed: gone, Releases: s.facts["api"].releases[:3]}))
	check("history was rewritten", "api")

	must(t, st.Write(ctx, store.Batch{RepoID: "web", Untagged: []string{web.releases[0].Tag}}))
	check("a tag was removed", "web")

	people, err := st.Identities(ctx)
	must(t, err)
	before := make([]store.Person, len(people))
	copy(before, people)
	for i, p := range people {
		switch p.Identity.Name {
		case "p40", "p41":
			people[i].PersonID = store.IdentityID(who("p40")) // joined
		case "p50":
			people[i].IsBot = true
		}
	}
	must(t, st.PutIdentities(ctx, people))
	check("people were joined", "api", "web")
	must(t, st.PutIdentities(ctx, before))
	check("people were parted", "api", "web")
}

func rollsAlike(t *testing.T, st *store.Store, c metric.Calendar, scope string, rng *rand.Rand) {
	t.Helper()
	defs, err := metric.Catalogue()
	must(t, err)
	asOf := historyBegan.AddDate(0, 0, 400+rng.IntN(700)).Add(time.Duration(rng.IntN(24*60)) * time.Minute)
	rolled := metric.Evaluator{Reader: st, Scope: scope, AsOf: asOf, Calendar: c, Rolled: true}
	raw := rolled
	raw.Rolled = false
	for _, d := range defs {
		checkSame(t, rolled, raw, d)
		checkFrom(t, rolled, d)
	}
	checkHolders(t, rolled)
}

// checkHolders: file by file the authors are those of whom the metric has the sums.
func checkHolders(t *testing.T, e metric.Evaluator) {
	t.Helper()
	ctx := context.Background()
	files, err := e.Holders(ctx)
	must(t, err)
	set, err := e.EvaluateAll(ctx, "truck_factor")
	must(t, err)
	factor, _, ok := metric.TruckFactor(files, nil)
	last, known := set["truck_factor"].Last()
	if ok != known || ok && (float64(factor) != last.Value || len(files) != last.N) {
		t.Errorf("%s at %s: %d of %d files by their authors, %v of %d by the metric", e.Scope, e.AsOf, factor, len(files), last.Value, last.N)
	}
	seen := map[string]bool{}
	for _, f := range files {
		if key := f.Repository + " " + f.Path; seen[key] {
			t.Errorf("%s at %s: %s twice", e.Scope, e.AsOf, key)
		} else {
			seen[key] = true
		}
	}
}

// Points from a date on are those of the whole course.
func checkFrom(t *testing.T, e metric.Evaluator, d metric.Definition) {
	t.Helper()
	whole, err := e.Evaluate(context.Background(), d)
	must(t, err)
	e.From = e.AsOf.AddDate(-1, 0, 0)
	part, err := e.Evaluate(context.Background(), d)
	must(t, err)
	zone, err := time.LoadLocation(e.Calendar.Zone)
	must(t, err)
	var want []metric.Point
	for _, p := range whole.Points {
		began := p.Start
		if d.Grain == "week" || d.Grain == "month" || d.Grain == "quarter" {
			began = in(began, zone)
		}
		if !began.Before(e.From) {
			want = append(want, p)
		}
	}
	if diff := cmp.Diff(rows(want), rows(part.Points)); diff != "" {
		t.Errorf("%s from %s (-want +got)\n%s", d.Name, e.From, diff)
	}
}
