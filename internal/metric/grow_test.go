package metric_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// Rollups that grew with a history, and of which only a part was made again each time, are
// those that are made of all of it at once. What comes may have landed long before, and
// people may be joined, files measured anew and debts paid at any time.
func TestRollupsGrow(t *testing.T) {
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(7, 2))
			g := growth{section: randomSection(rng), rng: rng, st: e.Open(t)}
			calendar := metric.Calendar{Zone: "America/Los_Angeles", WeekStart: "sunday"}
			grown := map[string][][]fact.Commit{}
			for _, repo := range []string{"api", "web"} {
				must(t, g.st.PutRepository(context.Background(), repo, repo, "root of "+repo))
				grown[repo] = g.parts(repo, 4)
			}
			for i := range 5 {
				for _, repo := range []string{"api", "web"} {
					if repo == "web" || i != 2 { // once one has news alone
						g.grow(t, repo, i, grown[repo][i])
					}
				}
				roll(t, g.st, calendar)
				got := g.rolled(t, calendar)
				must(t, g.st.MakeStale(context.Background()))
				roll(t, g.st, calendar)
				if diff := cmp.Diff(g.rolled(t, calendar), got); diff != "" {
					t.Fatalf("after step %d (-made at once +grown)\n%s", i, diff)
				}
			}
		})
	}
}

// growth are histories that come in parts.
type growth struct {
	*section
	rng *rand.Rand
	st  *store.Store
}

// parts are most of a repository's commits at first, then a few at a time; some of them
// landed among the first.
func (g *growth) parts(repo string, more int) (parts [][]fact.Commit) {
	var late []fact.Commit
	var first []fact.Commit
	commits := g.facts[repo].commits
	for i, c := range commits {
		if i > len(commits)*9/10 || g.rng.IntN(60) == 0 {
			late = append(late, c)
		} else {
			first = append(first, c)
		}
	}
	g.rng.Shuffle(len(late)/4, func(a, b int) { late[a], late[b] = late[b], late[a] })
	parts = append(parts, first)
	for part := range slices.Chunk(late, len(late)/more+1) {
		parts = append(parts, part)
	}
	return parts
}

// grow stores a part, and what the product works out then.
func (g *growth) grow(t *testing.T, repo string, i int, part []fact.Commit) {
	t.Helper()
	ctx := context.Background()
	f := g.facts[repo]
	whole := f.batch(repo, never)
	b := store.Batch{RepoID: repo, Commits: part}
	if i == 0 {
		b.Documents, b.Decisions = whole.Documents, whole.Decisions
	}
	for n, r := range whole.Releases { // in every other part; some hold commits that come later
		if n%4*2 == i {
			b.Releases = append(b.Releases, r)
		}
	}
	must(t, g.st.Write(ctx, b))
	known, err := g.st.Known(ctx, repo)
	must(t, err)
	var debts []fact.DebtMarker
	for _, m := range f.markers {
		d := *m
		if _, ok := known[d.InSHA]; !ok {
			continue
		}
		if _, ok := known[d.OutSHA]; !ok {
			d.OutSHA = ""
		}
		debts = append(debts, d)
	}
	shapes := slices.Clone(f.shapes)
	for n := range shapes {
		shapes[n].Complexity += int64(g.rng.IntN(3))
	}
	shapes = slices.Delete(shapes, 3*i, 3*i+3)
	must(t, g.st.PutDerived(ctx, repo, debts, shapes))
	people, err := g.st.Identities(ctx)
	must(t, err)
	for n, p := range people {
		people[n].IsBot = g.bots[p.Identity.Name]
		if of, ok := g.alias[p.Identity.Name]; ok {
			people[n].PersonID = store.IdentityID(who(of))
		}
		if p.Identity.Name == fmt.Sprintf("p%d", 60+i) {
			people[n].PersonID = store.IdentityID(who(fmt.Sprintf("p%d", 70+i)))
		}
	}
	must(t, g.st.PutIdentities(ctx, people))
}

// rolled reads the rows of all rollups.
func (g *growth) rolled(t *testing.T, c metric.Calendar) map[string][]string {
	t.Helper()
	all, err := metric.Rollups(c)
	must(t, err)
	out := map[string][]string{}
	for _, r := range all {
		out[r.Table] = rowsOf(t, g.st, r.Table)
	}
	return out
}

// rowsOf gives the rows of a table as text, sorted.
func rowsOf(t *testing.T, st *store.Store, table string) (out []string) {
	t.Helper()
	rows, err := st.Query(context.Background(), "SELECT * FROM "+table)
	must(t, err)
	defer rows.Close() //nolint:errcheck // only read
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		must(t, rows.Scan(into...))
		for i, v := range values {
			if at, ok := v.(time.Time); ok {
				values[i] = at.UTC().Format(time.RFC3339Nano)
			}
		}
		out = append(out, fmt.Sprint(values))
	}
	must(t, rows.Err())
	slices.Sort(out)
	return out
}
