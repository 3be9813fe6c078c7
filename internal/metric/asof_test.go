package metric_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// A date is judged by what was known at it: over a random history, evaluating at a date
// gives the same whether the store holds what came later or not. The branches of
// hotspots are measured on the newest version, so its shapes are in both.
func TestLaterFactsAreNotKnown(t *testing.T) {
	defs, err := metric.Catalogue()
	must(t, err)
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 1))
			s := randomSection(rng)
			engines := storetest.Engines()
			s.open = engines[seed%uint64(len(engines))].Open
			all := s.load(t, never)
			must(t, all.Settle(context.Background()))
			for range 2 {
				asOf := historyBegan.AddDate(0, 0, 500+rng.IntN(500)).Add(time.Duration(rng.IntN(24)) * time.Hour)
				calendar := metric.Calendar{Zone: []string{"", "Europe/Berlin", "America/Los_Angeles"}[rng.IntN(3)], WeekStart: "sunday"}
				with := metric.Evaluator{Reader: all, AsOf: asOf, Calendar: calendar}
				without := with
				known := s.load(t, asOf)
				must(t, known.Settle(context.Background()))
				without.Reader = known
				for _, d := range defs {
					checkSame(t, with, without, d)
				}
			}
		})
	}
}

func checkSame(t *testing.T, with, without metric.Evaluator, d metric.Definition) {
	t.Helper()
	ctx := context.Background()
	a, err := with.Evaluate(ctx, d)
	must(t, err)
	b, err := without.Evaluate(ctx, d)
	must(t, err)
	if !a.Known() {
		t.Errorf("%s is unknown: the history is too thin to test it: %s", d.Name, a.Missing)
	}
	for _, pair := range [][2][]string{{rows(a.Points), rows(b.Points)}, {events(a.Events), events(b.Events)}, {items(a.Items), items(b.Items)}} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s at %s (-with later facts +without)\n%s", d.Name, with.AsOf, diff)
		}
	}
	from := with.AsOf.AddDate(-1, 0, 0)
	fa, _, err := with.Facts(ctx, d, from, with.AsOf, 10_000)
	must(t, err)
	fb, _, err := without.Facts(ctx, d, from, with.AsOf, 10_000)
	must(t, err)
	sortFacts(fa)
	sortFacts(fb)
	if diff := cmp.Diff(fa, fb); diff != "" {
		t.Errorf("facts of %s at %s (-with later facts +without)\n%s", d.Name, with.AsOf, diff)
	}
}

// sortFacts makes an order of facts that are equal in all by which they are ordered.
func sortFacts(facts []metric.Fact) {
	sort.SliceStable(facts, func(a, b int) bool { return fmt.Sprint(facts[a]) < fmt.Sprint(facts[b]) })
}

var historyBegan = time.Date(2021, 3, 1, 9, 0, 0, 0, time.UTC)

// randomSection is a company of three years with everything in it: branches, bots, names
// of one person, people who come and go, files that are renamed, deleted and written
// anew, debts, decisions, documents, releases and reviews.
func randomSection(rng *rand.Rand) *section {
	s := &section{facts: map[string]*repoFacts{}, scopes: map[string][]store.Belonging{"team:web": always("web")}, bots: map[string]bool{"ci": true}, alias: map[string]string{"p1b": "p1"}}
	for _, name := range []string{"web", "api"} {
		s.repos = append(s.repos, name)
		s.facts[name] = randomRepo(rng)
	}
	moved := historyBegan.AddDate(0, 0, 500)
	s.scopes["team:moving"] = []store.Belonging{{ID: "api", Period: store.Period{Until: moved}}, {ID: "web", Period: store.Period{Since: moved}}}
	for i := range 60 { // some change teams
		at := historyBegan.AddDate(0, 0, 10*i)
		s.people = append(s.people,
			store.ScopedPerson{Scope: "team:web", Person: store.IdentityID(who(fmt.Sprintf("p%d", i))), Period: store.Period{Until: at}},
			store.ScopedPerson{Scope: []string{"team:moving", "team:web"}[i%2], Person: store.IdentityID(who(fmt.Sprintf("p%d", i))), Period: store.Period{Since: at}})
	}
	randomDelivery(rng, s)
	return s
}

func randomRepo(rng *rand.Rand) *repoFacts {
	f := &repoFacts{markers: map[string]*fact.DebtMarker{}, released: map[string]bool{}}
	r := &caseReader{s: &section{}, repo: f}
	open := []string{}
	at := historyBegan
	for i := 0; at.Before(historyBegan.AddDate(0, 0, 1100)); i++ {
		at = at.Add(time.Duration(rng.ExpFloat64() * 18 * float64(time.Hour)))
		author := somebody(rng, at)
		var options []string
		if rng.IntN(5) == 0 {
			options = append(options, "by=p0")
		}
		if rng.IntN(15) == 0 {
			options = append(options, "revert")
		}
		if rng.IntN(3) == 0 { // a branch, that lands days later
			merge := fmt.Sprintf("m%d", i)
			landed := at.Add(time.Duration(rng.IntN(240)) * time.Hour)
			for j := range 1 + rng.IntN(3) {
				r.under = nil
				r.commit(fmt.Sprintf("b%d.%d", i, j), author, at, append(options, "in="+merge))
				open = r.random(rng, open)
			}
			r.commit(merge, somebody(rng, at), landed, []string{"merge"})
		} else {
			r.under = nil
			r.commit(fmt.Sprintf("c%d", i), author, at, options)
			open = r.random(rng, open)
		}
		if rng.IntN(25) == 0 {
			r.repo.releases = append(r.repo.releases, fact.Release{Tag: fmt.Sprintf("v%d", i), SHA: "head", At: at.Add(time.Hour), PreRelease: rng.IntN(5) == 0, Contains: f.unreleased(at)})
		}
	}
	for i := range 40 {
		f.shapes = append(f.shapes, fact.FileShape{Path: fmt.Sprintf("f%d.go", i), Language: "Go", Lines: 100, Complexity: int64(rng.IntN(30))})
	}
	return f
}

// somebody is one of some eighty people; each is here for a part of the time.
func somebody(rng *rand.Rand, at time.Time) string {
	day := int(at.Sub(historyBegan).Hours() / 24)
	switch rng.IntN(20) {
	case 0:
		return "ci"
	case 1:
		return "p1b"
	case 2:
		return fmt.Sprintf("guest%d", day/3)
	}
	return fmt.Sprintf("p%d", day/15+rng.IntN(12))
}

// unreleased takes the commits that landed by a time and that no release holds.
func (f *repoFacts) unreleased(at time.Time) (shas []string) {
	for _, c := range f.commits {
		if c.Landing.At.Before(at) && !f.released[c.SHA] {
			f.released[c.SHA] = true
			shas = append(shas, c.SHA)
		}
	}
	return shas
}

// random does something to files, debts, decisions and documents in the last commit.
func (r *caseReader) random(rng *rand.Rand, open []string) []string {
	c := &r.repo.commits[len(r.repo.commits)-1]
	for range 1 + rng.IntN(4) {
		fc := fact.FileChange{Path: fmt.Sprintf("f%d.go", rng.IntN(60)), Kind: fact.Modified, Added: int64(rng.IntN(120)), Deleted: int64(rng.IntN(60)), Category: fact.Code}
		switch rng.IntN(25) {
		case 0:
			fc.Kind = fact.Deleted
		case 1:
			fc.Kind, fc.OldPath = fact.Renamed, fmt.Sprintf("f%d.go", rng.IntN(60))
		case 2:
			fc.Added, fc.Deleted, fc.Binary = fact.Uncounted, fact.Uncounted, true
		case 3, 4, 5:
			fc.Kind = fact.Added
		}
		if !slices.ContainsFunc(c.Changes, func(o fact.FileChange) bool { return o.Path == fc.Path }) {
			c.Changes = append(c.Changes, fc)
		}
	}
	if rng.IntN(3) == 0 {
		path := []string{"runbooks/%d.md", "docs/adr/%d.md", "docs/evaluations/%d.md", "docs/adr/done/%d.md"}[rng.IntN(4)]
		fc := fact.FileChange{Path: fmt.Sprintf(path, rng.IntN(20)), Kind: []fact.ChangeKind{fact.Modified, fact.Modified, fact.Added, fact.Deleted}[rng.IntN(4)], Category: fact.Docs}
		if kind, _ := fact.DocumentKindOf(fc.Path); kind == fact.DecisionRecord && fc.Kind != fact.Deleted {
			if rng.IntN(4) == 0 {
				fc.Kind, fc.OldPath = fact.Renamed, fmt.Sprintf("docs/adr/%d.md", rng.IntN(20))
			}
			r.repo.decisions = append(r.repo.decisions, fact.DecisionVersion{Path: fc.Path, SHA: c.SHA, Title: "T", Status: []string{"proposed", "accepted", "rejected", ""}[rng.IntN(4)]})
		}
		c.Changes = append(c.Changes, fc)
	}
	if rng.IntN(3) == 0 {
		c.Trailers = append(c.Trailers, fact.Trailer{Key: "reviewed-by", Identity: who(fmt.Sprintf("p%d", rng.IntN(6)))})
	}
	if rng.IntN(4) == 0 {
		name := fmt.Sprint("t", len(r.repo.markers))
		r.repo.markers[name] = &fact.DebtMarker{InSHA: c.SHA, Ordinal: len(r.repo.markers), Path: "f.go", Kind: "todo", Text: "TODO " + name}
		open = append(open, name)
	}
	if len(open) > 0 && rng.IntN(5) == 0 {
		i := rng.IntN(len(open))
		if m := r.repo.markers[open[i]]; r.landed(m.InSHA).Before(c.Landing.At) { // what has not landed cannot be taken out
			m.OutSHA = c.SHA
			open = slices.Delete(open, i, i+1)
		}
	}
	return open
}

func (r *caseReader) landed(sha string) time.Time {
	for _, c := range r.repo.commits {
		if c.SHA == sha {
			return c.Landing.At
		}
	}
	return never
}
