package metric_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// The rollups of source files say at any time what going through the commits one by one
// says: who holds how many files, what changed within a year, and the hotspots.
func TestSourceRollupsStepByStep(t *testing.T) {
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(5, 3))
			s := randomSection(rng)
			s.open = e.Open
			st := s.load(t, never)
			roll(t, st, metric.Calendar{})
			asOfs := []time.Time{historyBegan, never, historyBegan.AddDate(0, 0, 1250), time.Date(2022, 4, 1, 0, 0, 0, 0, time.UTC)}
			for range 12 {
				c := s.facts["web"].commits[rng.IntN(len(s.facts["web"].commits))]
				at := c.Landing.At.Add(time.Duration(rng.IntN(2)) * time.Microsecond) // just before and just after
				asOfs = append(asOfs, at, at.Add(365*24*time.Hour))
			}
			for _, asOf := range asOfs {
				for _, scope := range [][]string{{"web"}, {"web", "api"}} {
					checkSource(t, st, s, scope, asOf)
				}
			}
		})
	}
}

func checkSource(t *testing.T, st *store.Store, s *section, repos []string, asOf time.Time) {
	t.Helper()
	holders, churn := map[string]int64{}, slowChurn{files: map[string]*slowFile{}}
	for _, repo := range repos {
		walk(s, repo, asOf, holders, &churn)
	}
	scope := "company"
	if len(repos) == 1 {
		scope = "team:web"
	}
	e := metric.Evaluator{Reader: st, Scope: scope, AsOf: asOf, Rolled: true}
	set, err := e.EvaluateAll(context.Background(), "truck_factor", "hotspots")
	must(t, err)
	if diff := cmp.Diff(holders, storedHolders(t, st, scope, asOf)); diff != "" {
		t.Errorf("holders of %s at %s (-step by step +rolled)\n%s", scope, asOf, diff)
	}
	files := 0
	for _, n := range holders {
		files += int(n)
	}
	if p, ok := set["truck_factor"].Last(); ok && p.N != files {
		t.Errorf("%d files at %s, step by step %d", p.N, asOf, files)
	}
	want, got := churn.series(), set["hotspots"]
	if diff := cmp.Diff(want.Items, got.Items); diff != "" {
		t.Errorf("hotspots of %s at %s (-step by step +rolled)\n%s", scope, asOf, diff)
	}
	wantPoint, known := want.Last()
	if gotPoint, ok := got.Last(); ok != known || known && (gotPoint.N != wantPoint.N || math.Abs(gotPoint.Value-wantPoint.Value) > 1e-12) {
		t.Errorf("hotspots of %s at %s: %v, step by step %v", scope, asOf, gotPoint, wantPoint)
	}
}

func storedHolders(t *testing.T, st *store.Store, scope string, asOf time.Time) map[string]int64 {
	t.Helper()
	rows, err := st.Query(context.Background(), `SELECT h.people, CAST(SUM(h.files) AS bigint) FROM source_holder h JOIN scope_repository s ON s.repo_id = h.repo_id AND s.scope = $1
		WHERE h.from_at < $2 AND h.began_at = (SELECT MAX(o.began_at) FROM source_holder o WHERE o.repo_id = h.repo_id AND o.began_at < $2)
		GROUP BY 1 HAVING SUM(h.files) <> 0`, scope, asOf)
	must(t, err)
	defer rows.Close() //nolint:errcheck // only read
	out := map[string]int64{}
	for rows.Next() {
		var people string
		var files int64
		must(t, rows.Scan(&people, &files))
		out[people] = files
	}
	must(t, rows.Err())
	return out
}

// slowFile is a file within a year.
type slowFile struct {
	changed, branches, changes int64
}

type slowChurn struct {
	files map[string]*slowFile
}

// walk goes through the commits of a repository in the order in which they landed.
func walk(s *section, repo string, asOf time.Time, holders map[string]int64, churn *slowChurn) {
	f := s.facts[repo]
	branches := map[string]int64{}
	for _, shape := range f.shapes {
		branches[shape.Path] = shape.Complexity
	}
	commits := append([]fact.Commit(nil), f.commits...)
	sort.SliceStable(commits, func(a, b int) bool {
		x, y := commits[a].Landing, commits[b].Landing
		return x.At.Before(y.At) || x.At.Equal(y.At) && x.Ordinal < y.Ordinal
	})
	lives := map[string][]int64{} // who delivered, one after the other
	ended := map[string]bool{}    // true: it was edited on another branch since, and has not come back by that
	for _, c := range commits {
		if !c.Landing.At.Before(asOf) {
			continue
		}
		for _, ch := range c.Changes {
			if ch.Kind == fact.Deleted {
				delete(lives, ch.Path)
				ended[ch.Path] = true
			}
			delete(lives, ch.OldPath)
			ended[ch.OldPath] = true
		}
		person, ok := s.personOf(c)
		for _, ch := range c.Changes {
			if ch.Category == fact.Code && (ch.Kind == fact.Added || ch.Kind == fact.Renamed) {
				ended[ch.Path] = false
			}
			if ch.Category != fact.Code || !ok {
				continue
			}
			if ch.Kind != fact.Deleted {
				lives[ch.Path] = append(lives[ch.Path], person)
			}
			if c.Landing.At.Before(asOf.Add(-365 * 24 * time.Hour)) {
				continue
			}
			name := repo + ":" + ch.Path
			if churn.files[name] == nil {
				b, measured := branches[ch.Path]
				if !measured {
					b = -1
				}
				churn.files[name] = &slowFile{branches: b}
			}
			churn.files[name].changes++
			churn.files[name].changed += max(ch.Added, 0) + max(ch.Deleted, 0)
		}
	}
	for path, deliveries := range lives {
		if ended[path] {
			continue
		}
		holders[slowAuthors(deliveries)]++
	}
}

func (s *section) personOf(c fact.Commit) (int64, bool) {
	name := c.Author.Name
	if s.bots[name] || len(c.Parents) > 1 || c.IsBoundary {
		return 0, false
	}
	if of, ok := s.alias[name]; ok {
		name = of
	}
	return store.IdentityID(who(name)), true
}

// slowAuthors are those whose degree of authorship, 3.293 + 1.098 FA + 0.164 DL - 0.321
// ln(1 + AC), is at least 3.293 and above three quarters of the highest.
func slowAuthors(deliveries []int64) string {
	degrees, highest := map[int64]float64{}, 0.0
	own := map[int64]int{}
	for _, p := range deliveries {
		own[p]++
	}
	for p, n := range own {
		degrees[p] = 3.293 + 0.164*float64(n) - 0.321*math.Log(1+float64(len(deliveries)-n))
		if deliveries[0] == p {
			degrees[p] += 1.098
		}
		highest = max(highest, degrees[p])
	}
	var people []int64
	for p, d := range degrees {
		if d >= 3.293 && d/highest > 0.75 {
			people = append(people, p)
		}
	}
	sort.Slice(people, func(a, b int) bool { return people[a] < people[b] })
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(people), "[]"), " ", ",")
}

func (c slowChurn) series() (s metric.Series) {
	var names []string
	var total, hot int64
	measured := 0
	for name, f := range c.files {
		total += f.changed
		if f.branches >= 0 {
			measured++
		}
		if f.changed*max(f.branches, 0) > 0 {
			names = append(names, name)
		}
	}
	if measured < 20 || total == 0 {
		return s
	}
	product := func(name string) int64 { return c.files[name].changed * c.files[name].branches }
	sort.Slice(names, func(a, b int) bool {
		x, y := product(names[a]), product(names[b])
		return x > y || x == y && names[a] < names[b]
	})
	for _, name := range names[:min(10, len(names))] {
		f := c.files[name]
		hot += f.changed
		s.Items = append(s.Items, metric.Item{Name: name, Value: float64(product(name)), Note: fmt.Sprintf("%d changed lines in %d changes, %d branches", f.changed, f.changes, f.branches)})
	}
	s.Points = []metric.Point{{Value: float64(hot) / float64(total), N: measured}}
	return s
}
