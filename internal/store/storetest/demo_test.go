package storetest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/demo"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// TestDemoCompany reads one company into every database: all rows, all metrics for
// several scopes, dates and calendars with the facts behind them, and all signals are
// the same, from facts and from rollups.
func TestDemoCompany(t *testing.T) {
	clones := company(t, demo.Troubled())
	evaluators := []metric.Evaluator{lastDay,
		{AsOf: time.Date(2025, 11, 3, 11, 30, 0, 0, time.UTC), Calendar: metric.Calendar{Zone: "America/Los_Angeles", WeekStart: "sunday"}},
		{AsOf: time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC), Calendar: metric.Calendar{Zone: "Europe/Berlin"}, Scope: "team:pay"}}
	stored, numbers := map[string]map[string][][]string{}, map[string]map[string][][]string{}
	for _, e := range Engines() {
		t.Run(e.Name, func(t *testing.T) {
			st := e.Open(t)
			read(t, st, clones, 0, ingest.Team{Name: "pay", Group: "product", Repositories: []ingest.Holding{{Repository: nameOf(clones[0])}, {Repository: nameOf(clones[1])}}})
			stored[e.Name], numbers[e.Name] = tables(t, st), measured(t, st, evaluators...)
			rolled := rolled(t, st, evaluators...)
			for what, rows := range numbers[e.Name] {
				if diff := cmp.Diff(rows, rolled[what]); diff != "" {
					t.Errorf("%s differs (-facts +rollups):\n%.4000s", what, diff)
				}
			}
		})
	}
	compare(t, stored)
	compare(t, numbers)
}

// company makes a company and gives its clones.
func company(t testing.TB, c demo.Company) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "company")
	if _, err := demo.Make(context.Background(), dir, c, "git"); err != nil {
		t.Fatal(err)
	}
	clones, err := filepath.Glob(filepath.Join(dir, "repos", "*.git"))
	if err != nil || len(clones) < 2 {
		t.Fatalf("%d clones, %v", len(clones), err)
	}
	return clones
}

func nameOf(clone string) string { return filepath.Base(clone[:len(clone)-len(".git")]) }

// now is later than all commits.
func now() time.Time { return time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC) }

func read(t testing.TB, st *store.Store, clones []string, batch int, teams ...ingest.Team) {
	t.Helper()
	var sources []source.Source
	for _, c := range clones {
		sources = append(sources, &git.Source{Dir: c, Now: now, Batch: batch})
	}
	results, err := ingest.Run(context.Background(), st, sources, ingest.Options{Now: now, Teams: teams, Rollups: rollups(t, metric.Calendar{})})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

func rollups(t testing.TB, c metric.Calendar) (out []store.Rollup) {
	t.Helper()
	all, err := metric.Rollups(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		out = append(out, store.Rollup(r))
	}
	return out
}

// lastDay is the end of the company's history, seen in UTC.
var lastDay = metric.Evaluator{AsOf: time.Date(2026, 6, 27, 0, 0, 0, 0, time.UTC)}

// measured gives all that is worked out of a store, as text.
func measured(t testing.TB, st *store.Store, at ...metric.Evaluator) map[string][][]string {
	t.Helper()
	out := map[string][][]string{}
	for _, e := range at {
		e.Reader = st
		at := fmt.Sprintf("%s of %s, ", e.AsOf.Format(time.DateOnly), e.Scope)
		set, err := e.EvaluateAll(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range set {
			out[at+name] = series(s)
			out[at+name+", facts"] = facts(t, e, s.Metric)
		}
		out[at+"signals"] = claims(t, set, e.AsOf)
	}
	return out
}

// rolled is what measured gives when rollups are read in the place of facts.
func rolled(t testing.TB, st *store.Store, at ...metric.Evaluator) map[string][][]string {
	t.Helper()
	out := map[string][][]string{}
	for _, e := range at {
		if err := ingest.Roll(context.Background(), st, rollups(t, e.Calendar)); err != nil {
			t.Fatal(err)
		}
		e.Rolled = true
		maps.Copy(out, measured(t, st, e))
	}
	return out
}

func series(s metric.Series) (out [][]string) {
	for _, p := range s.Points {
		out = append(out, []string{text(p.Start), text(p.Value), text(p.N)})
	}
	for _, e := range s.Events {
		out = append(out, []string{text(e.At), text(e.Value), text(e.N)})
	}
	for _, i := range s.Items {
		out = append(out, []string{i.Name, text(i.Value), i.Note})
	}
	return append(out, append([]string{s.Missing}, s.Warnings...))
}

func facts(t testing.TB, e metric.Evaluator, d metric.Definition) (out [][]string) {
	t.Helper()
	all, _, err := e.Facts(context.Background(), d, e.AsOf.AddDate(-1, 0, 0), e.AsOf, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		out = append(out, []string{text(f.At), f.Repository, f.Commit, f.Text})
	}
	return out
}

func claims(t testing.TB, set metric.Set, asOf time.Time) (out [][]string) {
	t.Helper()
	rules, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range signal.Metrics {
		if _, ok := set[m]; !ok {
			t.Errorf("no series of %s, which signals need", m)
		}
	}
	for id, c := range signal.Read(signal.Input{Series: set, AsOf: asOf, Bands: rules.Bands(), Seed: 1}) {
		out = append(out, []string{id, string(c.State), text(c.Strength), text(c.Value), text(c.Low), text(c.High), text(c.N), text(c.When), c.Sentence, c.Lacks, fmt.Sprint(c.Warnings)})
	}
	slices.SortFunc(out, slices.Compare)
	return out
}
