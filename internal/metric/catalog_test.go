package metric_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// never is later than any fact.
var never = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Every metric has a case file, and every case file a metric, which must be right on
// every database.
func TestCatalogue(t *testing.T) {
	defs, err := metric.Catalogue()
	must(t, err)
	files, err := filepath.Glob("testdata/*.txt")
	must(t, err)
	without := map[string]bool{}
	for _, f := range files {
		without[strings.TrimSuffix(filepath.Base(f), ".txt")] = true
	}
	for _, d := range defs {
		if !without[d.Name] {
			t.Errorf("testdata/%s.txt is not there: how is the metric known to be right?", d.Name)
			continue
		}
		delete(without, d.Name)
		for _, e := range storetest.Engines() {
			t.Run(d.Name+" "+e.Name, func(t *testing.T) {
				t.Parallel()
				for _, s := range readCases(t, "testdata/"+d.Name+".txt") {
					s.open = e.Open
					t.Run(s.title, func(t *testing.T) { s.run(t, d) })
				}
			})
		}
	}
	for name := range without {
		t.Errorf("testdata/%s.txt is for a metric that is not there", name)
	}
}

func (s *section) run(t *testing.T, d metric.Definition) {
	if len(s.wants) == 0 {
		t.Fatal("nothing is wanted")
	}
	st := s.load(t, never)
	known := map[time.Time]*store.Store{}
	for i, w := range s.wants {
		e := w.evaluator(st)
		got := w.read(t, e, d)
		if diff := cmp.Diff(w.rows, rows(got.Points)); diff != "" {
			t.Errorf("want %d (%s): points (-want +got)\n%s", i+1, e.Scope, diff)
		}
		if diff := cmp.Diff(w.events, events(got.Events)); w.events != nil && diff != "" {
			t.Errorf("want %d (%s): events (-want +got)\n%s", i+1, e.Scope, diff)
		}
		if diff := cmp.Diff(w.items, items(got.Items)); w.items != nil && diff != "" {
			t.Errorf("want %d (%s): items (-want +got)\n%s", i+1, e.Scope, diff)
		}
		if !strings.Contains(got.Missing, w.missing) || (w.missing == "") != (got.Missing == "") {
			t.Errorf("want %d: missing %q, want %q", i+1, got.Missing, w.missing)
		}
		if !strings.Contains(strings.Join(got.Warnings, "\n"), w.warning) {
			t.Errorf("want %d: warnings %q, want %q", i+1, got.Warnings, w.warning)
		}
		if !strings.Contains(got.Remedy(), w.remedy) {
			t.Errorf("want %d: remedy %q, want %q", i+1, got.Remedy(), w.remedy)
		}
		checkSpans(t, e, d, w, got)
		// What happens at or after the date must not be known at it.
		if known[w.asOf] == nil {
			known[w.asOf] = s.load(t, w.asOf)
		}
		e.Reader = known[w.asOf]
		if diff := cmp.Diff(rows(got.Points), rows(w.read(t, e, d).Points)); diff != "" {
			t.Errorf("want %d: later facts change the past (-with +without)\n%s", i+1, diff)
		}
		e.Reader = st
		checkFacts(t, e, d, got)
	}
}

// checkSpans asks for what is wanted over several months; over one month it is what that month is.
func checkSpans(t *testing.T, e metric.Evaluator, d metric.Definition, w want, s metric.Series) {
	t.Helper()
	for _, x := range w.deployed {
		if n, err := e.Deployed(context.Background(), x.from); err != nil || fmt.Sprint(n) != x.row {
			t.Errorf("%s since %s: %d applications, %v, want %s", e.Scope, x.from.Format(time.DateOnly), n, err, x.row)
		}
	}
	if !d.Spans() {
		return
	}
	spans := w.spans
	for i, p := range s.Points {
		if p.N > 0 {
			spans = append(spans, span{from: p.Start, until: p.Start.AddDate(0, 1, 0), row: rows(s.Points[i : i+1])[0]})
		}
	}
	for _, x := range spans {
		p, err := e.Over(context.Background(), d, x.from, x.until)
		must(t, err)
		got := rows([]metric.Point{p.Point})[0]
		if x.between != "" {
			got += fmt.Sprintf(" %s..%s", short(p.Low), short(p.High))
			x.row += " " + x.between
		}
		if got != x.row {
			t.Errorf("%s until %s: %s, want %s", e.Scope, x.until.Format(time.DateOnly), got, x.row)
		}
	}
}

func (w want) evaluator(r metric.Reader) metric.Evaluator {
	return metric.Evaluator{Reader: r, Scope: w.scope, AsOf: w.asOf, Calendar: metric.Calendar{Zone: w.zone, WeekStart: w.week}}
}

func (w want) read(t *testing.T, e metric.Evaluator, d metric.Definition) metric.Series {
	t.Helper()
	if !w.hide {
		s, err := e.Evaluate(context.Background(), d)
		must(t, err)
		return s
	}
	set, err := e.EvaluateAll(context.Background(), d.Name)
	must(t, err)
	return set[d.Name]
}

// counts are metrics whose n is the number of the facts of the bucket.
var counts = map[string]bool{"throughput": true, "release_frequency": true, "debt_inflow": true, "debt_paydown": true, "decisions_recorded": true,
	"joiners": true, "leavers": true, "lead_time_to_release": true, "merge_concentration": true, "review_concentration": true,
	"change_lead_time": true, "deployment_frequency": true, "failed_deployment_recovery_time": true, "deployed_share": true, "incident_coverage": true, "cycle_time": true, "cycle_deploy_wait": true,
	"request_throughput": true, "request_size": true, "build_duration": true, "issue_throughput": true, "issue_lead_time": true, "issue_cycle_time": true, "flow_efficiency": true, "sprint_said_done": true, "key_work_days": true}

// states are metrics whose value holds at the end of a bucket; the facts behind it may
// be older than the bucket.
var states = map[string]bool{"active_engineers": true, "contributors": true, "debt_density": true, "decisions_stalled": true,
	"requests_open": true, "request_age": true, "issues_in_progress": true, "issue_age": true, "stalled_work": true}

// checkFacts asks for the facts of every bucket.
func checkFacts(t *testing.T, e metric.Evaluator, d metric.Definition, s metric.Series) {
	t.Helper()
	zone, err := time.LoadLocation(e.Calendar.Zone)
	must(t, err)
	windows := [][2]time.Time{{e.AsOf.AddDate(-1, 0, 0), e.AsOf}}
	for _, p := range s.Points {
		from, to := window(d.Grain, p.Start)
		windows = append(windows, [2]time.Time{in(from, zone), in(to, zone)})
	}
	for i, w := range windows {
		facts, more, err := e.Facts(context.Background(), d, w[0], w[1], 10_000)
		if err != nil || more {
			t.Fatalf("facts: more %v, %v", more, err)
		}
		for j, f := range facts {
			if !f.At.Before(e.AsOf) || !f.At.Before(w[1]) || f.At.Before(w[0]) && !states[d.Name] {
				t.Errorf("facts of %s to %s as of %s: %v", w[0], w[1], e.AsOf, f)
			}
			if f.Repository == "" || f.Text == "" {
				t.Errorf("fact without a repository or a text: %v", f)
			}
			if j > 0 && f.At.After(facts[j-1].At) {
				t.Errorf("facts are not newest first: %v after %v", f, facts[j-1])
			}
		}
		if i > 0 && counts[d.Name] && !math.IsNaN(s.Points[i-1].Value) && len(facts) != s.Points[i-1].N {
			t.Errorf("%d facts for the bucket of %s with n %d: %v", len(facts), s.Points[i-1].Start, s.Points[i-1].N, facts)
		}
	}
}

// window is what a bucket covers.
func window(grain string, start time.Time) (from, to time.Time) {
	switch grain {
	case "week":
		return start, start.AddDate(0, 0, 7)
	case "month":
		return start, start.AddDate(0, 1, 0)
	case "quarter":
		return start, start.AddDate(0, 3, 0)
	}
	return start.AddDate(0, 0, -28), start
}

// in is the instant at which clocks in a zone show a time.
func in(at time.Time, zone *time.Location) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone).UTC()
}

func rows(points []metric.Point) (out []string) {
	for _, p := range points {
		value := "?"
		if !math.IsNaN(p.Value) {
			value = short(p.Value)
		}
		out = append(out, fmt.Sprintf("%s %s %d", p.Start.Format(minute), value, p.N))
	}
	return out
}

func events(es []metric.Event) (out []string) {
	for _, e := range es {
		value := "?"
		if !math.IsNaN(e.Value) {
			value = short(e.Value)
		}
		out = append(out, fmt.Sprintf("%s %s %d", e.At.Format(minute), value, e.N))
	}
	return out
}

func items(is []metric.Item) (out []string) {
	for _, i := range is {
		out = append(out, fmt.Sprintf("%s %g", i.Name, i.Value))
	}
	return out
}

// An empty store, and a scope without repositories, make every metric unknown and say so.
func TestNothing(t *testing.T) {
	empty := &section{asOf: never}
	checkNothing(t, empty.load(t, never), "")
	s := readCases(t, "testdata/throughput.txt")[0]
	checkNothing(t, s.load(t, never), "team:nobody")
}

func checkNothing(t *testing.T, st *store.Store, scope string) {
	t.Helper()
	e := metric.Evaluator{Reader: st, Scope: scope, AsOf: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC)}
	set, err := e.EvaluateAll(context.Background())
	must(t, err)
	for name, s := range set {
		if s.Known() || s.Missing == "" || len(s.Points)+len(s.Events)+len(s.Items) > 0 {
			t.Errorf("%s of nothing: %+v", name, s)
		}
		checkFacts(t, e, s.Metric, s)
	}
}

// Numbers on people are hidden by the quarter, so all of them must be quarterly.
func TestPeopleByQuarter(t *testing.T) {
	defs, err := metric.Catalogue()
	must(t, err)
	for _, d := range defs {
		if d.People && d.Grain != "quarter" && d.Reduce != "median by quarter" {
			t.Errorf("%s speaks of people, by %s", d.Name, d.Grain)
		}
	}
}
