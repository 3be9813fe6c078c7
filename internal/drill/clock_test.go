package drill

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
)

// evaluated gives every metric of a store in a calendar.
func evaluated(t testing.TB, st *store.Store, zone string, asOf time.Time) metric.Set {
	t.Helper()
	e := metric.Evaluator{Reader: st, AsOf: asOf, Calendar: metric.Calendar{Zone: zone, WeekStart: "monday"}}
	set, err := e.EvaluateAll(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(set) < 20 {
		t.Fatalf("%d metrics", len(set))
	}
	return set
}

// noneNegative fails if any value of any metric is below zero.
func noneNegative(t testing.TB, set metric.Set) {
	t.Helper()
	for name, s := range set {
		for _, p := range s.Points {
			if p.Value < 0 {
				t.Errorf("%s: %v in the bucket of %v", name, p.Value, p.Start)
			}
		}
		for _, e := range s.Events {
			if e.Value < 0 {
				t.Errorf("%s: %v on %v", name, e.Value, e.At)
			}
		}
		for _, i := range s.Items {
			if i.Value < 0 {
				t.Errorf("%s: %v of %s", name, i.Value, i.Name)
			}
		}
	}
}

// syncAt reads a clone while the machine's clock shows a time.
func syncAt(t testing.TB, st *store.Store, dir string, clock time.Time) []ingest.Result {
	t.Helper()
	at := func() time.Time { return clock }
	results, err := ingest.Run(context.Background(), st, []source.Source{&git.Source{Dir: dir, Now: at}}, ingest.Options{Now: at})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// TestDaylightSaving commits every half hour through both changes of the clock, and
// compares weekly buckets with Go's calendar. A day on which the clock changes has 23
// or 25 hours; a week begins at midnight of its Monday, by the company's clock.
func TestDaylightSaving(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	var at []time.Time
	for _, change := range []string{"2024-03-10T07:00:00Z", "2024-03-31T01:00:00Z", "2024-10-27T01:00:00Z", "2024-11-03T06:00:00Z"} {
		c, err := time.Parse(time.RFC3339, change)
		if err != nil {
			t.Fatal(err)
		}
		for h := -8; h < 72; h++ {
			at = append(at, c.Add(time.Duration(h)*30*time.Minute))
		}
	}
	for i, moment := range at {
		s.Clock = moment.Unix() - 3600 // Commit adds an hour
		s.Save("main.go", fmt.Sprintf("package main\n// %d\n", i))
	}
	each(t, func(t *testing.T, db database, d *tally) {
		for _, zone := range []string{"Europe/Berlin", "America/New_York", "UTC"} {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]int{}
			for _, moment := range at {
				l := moment.In(loc)
				back := (int(l.Weekday()) + 6) % 7
				want[time.Date(l.Year(), l.Month(), l.Day()-back, 0, 0, 0, 0, loc).Format(time.DateOnly)]++
			}
			st, err := db.open(context.Background(), db.fresh(t))
			if err != nil {
				t.Fatal(err)
			}
			half := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
			syncAt(t, st, s.Dir, now())
			early := evaluated(t, st, zone, half)["throughput"].Points
			set := evaluated(t, st, zone, now())
			noneNegative(t, set)
			got := map[string]int{}
			points := set["throughput"].Points
			for i, p := range points {
				if p.Value > 0 {
					got[p.Start.Format(time.DateOnly)] = int(p.Value)
				}
				if i > 0 && !p.Start.Equal(points[i-1].Start.AddDate(0, 0, 7)) {
					t.Errorf("%s: a bucket of %v follows one of %v", zone, p.Start, points[i-1].Start)
				}
				if i < len(early) && early[i] != p {
					t.Errorf("%s: a bucket was %+v in June and is %+v", zone, early[i], p)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) || len(early) < 8 {
				t.Errorf("%s: weeks %v, want %v", zone, got, want)
			}
			st.Close() //nolint:errcheck // only read
			d.ran(0, !t.Failed())
		}
	})
}

// TestClocksOfCommitters: clocks that run back by a day or ten years, between commits,
// merges, tags and decisions, give no negative duration.
func TestClocksOfCommitters(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	jumps := []int64{0, -86400, 86400, -10 * 365 * 86400, 10 * 365 * 86400, -3600, 30 * 86400}
	s.Save("docs/adr/0001-use-git.md", "# Use git\n\nStatus: proposed\n")
	for i := range 70 {
		s.Name, s.Email = fmt.Sprint("Person ", i%7), fmt.Sprintf("p%d@example.com", i%7)
		s.Clock += jumps[i%len(jumps)]
		if i%5 == 0 {
			s.Git("checkout", "-q", "-b", fmt.Sprint("b", i))
			s.Save(fmt.Sprintf("f%d.go", i), fmt.Sprintf("package main\n// TODO number %d\n", i))
			s.Git("checkout", "-q", "main")
			s.Clock -= 86400
			s.Merge(fmt.Sprint("b", i))
			s.Git("tag", fmt.Sprintf("v1.%d", i))
		} else {
			s.Save(fmt.Sprintf("f%d.go", i-i%5), fmt.Sprintf("package main\n// FIXME number %d\n", i))
		}
	}
	s.Clock -= 5 * 86400
	s.Save("docs/adr/0001-use-git.md", "# Use git\n\nStatus: accepted\n")
	each(t, func(t *testing.T, db database, d *tally) {
		st, err := db.open(context.Background(), db.fresh(t))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close() //nolint:errcheck // only read
		syncAt(t, st, s.Dir, now())
		known := 0
		for _, asOf := range []time.Time{now(), time.Unix(1_700_000_000, 0), now().AddDate(10, 0, 0)} {
			set := evaluated(t, st, "Europe/Berlin", asOf)
			noneNegative(t, set)
			for _, series := range set {
				for _, p := range series.Points {
					if !math.IsNaN(p.Value) {
						known++
					}
				}
			}
		}
		if known < 100 {
			t.Errorf("only %d values to look at", known)
		}
		d.ran(0, !t.Failed())
	})
}

// TestMachineClockRunsBack reads the same clone while the machine's own clock jumps:
// nothing is lost or twice, no duration is negative, and once the clock is right again
// the facts are those of a reading that never saw it wrong.
func TestMachineClockRunsBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db database, d *tally) {
		for name, clocks := range map[string][]time.Duration{
			"a day":     {0, -24 * time.Hour, 0},
			"ten years": {0, -10 * 365 * 24 * time.Hour, 0},
			"forward":   {0, 10 * 365 * 24 * time.Hour, 0},
		} {
			s := gittest.New(t)
			s.Save("a.go", "package main\n")
			st, err := db.open(context.Background(), db.fresh(t))
			if err != nil {
				t.Fatal(err)
			}
			total := 1
			for i, jump := range clocks {
				for k := range 3 {
					s.Save("a.go", fmt.Sprintf("package main\n// TODO %d\n", i*10+k))
					total++
				}
				right := time.Unix(s.Clock+600, 0)
				syncAt(t, st, s.Dir, right.Add(jump))
				if got := selected(t, st, "SELECT COUNT(*), COUNT(DISTINCT sha) FROM commit"); got[0] != fmt.Sprintf("%d | %d", total, total) {
					t.Errorf("%s: %s commits after reading %d, want %d", name, got[0], i, total)
				}
				if jump != 0 {
					noneNegative(t, evaluated(t, st, "Europe/Berlin", right.Add(jump)))
					noneNegative(t, evaluated(t, st, "Europe/Berlin", right))
				}
			}
			noneNegative(t, evaluated(t, st, "Europe/Berlin", time.Unix(s.Clock+600, 0)))
			fresh, err := db.open(context.Background(), db.fresh(t))
			if err != nil {
				t.Fatal(err)
			}
			syncAt(t, fresh, s.Dir, time.Unix(s.Clock+600, 0))
			sameRows(t, read(t, fresh), read(t, st))
			fresh.Close() //nolint:errcheck // only read
			st.Close()    //nolint:errcheck // only read
			d.ran(0, !t.Failed())
		}
	})
}
