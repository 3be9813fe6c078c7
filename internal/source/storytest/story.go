// Package storytest tells one story of issues through the fake of each tracker into the facts
// database, and compares how long they took with what was counted by hand: a system may have its
// own words and events, but not its own figures. It is for the tests of connectors that tell issues;
// what they must pass besides is in sourcetest.
package storytest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// Working is the label that says on a forge that work on an issue goes on.
const Working = "in progress"

// Moved is the id of the issue that begins in the project WEB and goes on in PAY, where all others are,
// from MovedAt on.
const Moved = "9007199254741006"

// MovedAt is when it moves.
var MovedAt = at("03-14 08:00")

// Tracker is a system that tells issues.
type Tracker struct {
	// Start makes the system, in which the world is as it stands at any time, and gives what makes
	// its feed: before each reading, as the next start of the program would.
	Start func(t testing.TB, w *sourcetest.World) (feed func() source.Feed)
	// Moves says that the vendor tells that an issue moved. Where none does, Moved is in PAY all the time.
	Moves bool
	// Closings says that it tells only when issues were opened and closed: how long work on them took
	// stays unknown, it is not taken for nothing.
	Closings bool
}

// Run reads the story while it goes on and, into another database, when it is over.
func Run(t *testing.T, tracker Tracker) {
	for _, e := range storetest.Engines() {
		for name, readings := range map[string][]time.Time{"while it goes on": {at("03-10 12:00"), at("03-13 12:00"), at("03-31 12:00"), over}, "when it is over": {over}} {
			t.Run(e.Name+" "+name, func(t *testing.T) {
				st, w := e.Open(t), &sourcetest.World{}
				feed := tracker.Start(t, w)
				for _, now := range readings {
					tell(w, now, tracker.Moves)
					feed := ingest.Feed{Feed: feed()}
					results, err := ingest.Run(context.Background(), st, nil, ingest.Options{Now: func() time.Time { return now }, Feeds: []ingest.Feed{feed}})
					if err != nil || results[0].Err != nil {
						t.Fatal(err, results[0].Err)
					}
				}
				compare(t, st, tracker)
			})
		}
	}
}

var over = at("05-02 00:00")

// at is a time of 2024 in UTC.
func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2024-"+s)
	if err != nil {
		panic(err)
	}
	return t
}

// step is how an issue came into a status.
type step struct {
	at       time.Time
	category fact.IssueCategory
}

// told is an issue of the story.
type told struct {
	opened time.Time
	steps  []step
}

// story has its figures behind each issue: days from asked for and from begun to done, of all
// hours and of working ones. In Berlin clocks are an hour before UTC until 31 March, and then two.
var story = []told{
	{opened: at("03-04 08:00"), steps: []step{{at("03-05 08:00"), fact.IssueDoing}, {at("03-07 08:00"), fact.IssueDone}}}, // 3 and 2; 3 and 2
	// Done, reopened and done again: 10 and 8; 8 and 6.
	{opened: at("03-04 08:00"), steps: []step{{at("03-06 08:00"), fact.IssueDoing}, {at("03-08 08:00"), fact.IssueDone}, {at("03-11 08:00"), fact.IssueToDo}, {at("03-12 08:00"), fact.IssueDoing}, {at("03-14 08:00"), fact.IssueDone}}},
	// Over the night in which the clocks change, from Saturday noon to Monday noon: 47 and 46 hours; 3 of 8 hours.
	{opened: at("03-30 11:00"), steps: []step{{at("03-30 12:00"), fact.IssueDoing}, {at("04-01 10:00"), fact.IssueDone}}},
	// Done at half past midnight, in April: 12 and 10 hours; none.
	{opened: at("03-31 10:30"), steps: []step{{at("03-31 12:30"), fact.IssueDoing}, {at("03-31 22:30"), fact.IssueDone}}},
	// Put in afterwards: it counts in nothing.
	{opened: at("03-20 08:00"), steps: []step{{at("03-20 08:00"), fact.IssueDone}}},
	{opened: at("04-02 07:00"), steps: []step{{at("04-03 07:00"), fact.IssueDoing}, {at("04-08 07:00"), fact.IssueDone}}}, // 6 and 5; 4 and 3
	// Begun in another project: 7 and 5; 5 and 3.
	{opened: at("03-11 08:00"), steps: []step{{at("03-13 08:00"), fact.IssueDoing}, {at("03-18 08:00"), fact.IssueDone}}},
	{opened: at("03-05 08:00"), steps: []step{{at("03-06 08:00"), fact.IssueDoing}}}, // not done
}

// figures are the medians by month, with how many were done in it.
var figures = []struct {
	name    string
	working metric.WorkingTime
	want    map[string][]string
}{
	{"all hours", metric.WorkingTime{}, map[string][]string{
		"issue_lead_time":  {"2024-03 7.0000 3", "2024-04 1.9583 3"}, // 3 7 10; 12 47 144 hours
		"issue_cycle_time": {"2024-03 5.0000 3", "2024-04 1.9167 3"}, // 2 5 8; 10 46 120 hours
	}},
	{"working hours", metric.WorkingTime{Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, From: 9 * time.Hour, To: 17 * time.Hour}, map[string][]string{
		"issue_lead_time":  {"2024-03 5.0000 3", "2024-04 0.3750 3"}, // 3 5 8; 0 0.375 4
		"issue_cycle_time": {"2024-03 3.0000 3", "2024-04 0.3750 3"}, // 2 3 6; 0 0.375 3
	}},
}

func compare(t *testing.T, st *store.Store, tracker Tracker) {
	t.Helper()
	for _, f := range figures {
		e := metric.Evaluator{Reader: st, AsOf: at("05-01 00:00"), Calendar: metric.Calendar{Zone: "Europe/Berlin", Working: f.working}}
		set, err := e.EvaluateAll(context.Background(), "issue_lead_time", "issue_cycle_time")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for name, s := range set {
			for _, p := range s.Points {
				if !math.IsNaN(p.Value) {
					got[name] = append(got[name], fmt.Sprintf("%s %.4f %d", p.Start.Format("2006-01"), p.Value, p.N))
				}
			}
		}
		want := maps.Clone(f.want)
		if tracker.Closings {
			delete(want, "issue_cycle_time")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-by hand +measured)\n%s", f.name, diff)
		}
	}
}

// status are the words of the world's one workflow.
var status = map[fact.IssueCategory]string{fact.IssueToDo: "To Do", fact.IssueDoing: "In Progress", fact.IssueDone: "Done"}

// tell makes the world as far as the story is at a time.
func tell(w *sourcetest.World, now time.Time, moves bool) {
	w.Lock()
	defer w.Unlock()
	w.Now, w.Issues = now, nil
	w.Repositories = []fact.ForgeRepository{{Name: "acme/api"}, {Name: "acme/web"}}
	w.Projects = []fact.Project{{Name: "PAY", Title: "Payments"}, {Name: "WEB", Title: "Web"}}
	for n, x := range story {
		if x.opened.After(now) {
			continue
		}
		i := fact.Issue{Project: "PAY", ID: fmt.Sprint(9007199254741000 + n), Key: fmt.Sprintf("PAY-%d", n+1), Kind: "Story", Title: fmt.Sprintf("Issue %d", n+1),
			Status: status[fact.IssueToDo], Category: fact.IssueToDo, OpenedAt: x.opened, UpdatedAt: x.opened}
		if moves && i.ID == Moved && now.Before(MovedAt) {
			i.Project, i.Key = "WEB", fmt.Sprintf("WEB-%d", n+1)
		} else if moves && i.ID == Moved {
			i.UpdatedAt = MovedAt
		}
		for _, s := range x.steps {
			if s.at.After(now) {
				break
			}
			i.Transitions = append(i.Transitions, fact.Transition{From: i.Status, To: status[s.category], FromCategory: i.Category, ToCategory: s.category, At: s.at})
			i.Status, i.Category, i.ResolvedAt = status[s.category], s.category, time.Time{}
			if s.category == fact.IssueDone {
				i.ResolvedAt = s.at
			}
			if s.at.After(i.UpdatedAt) {
				i.UpdatedAt = s.at
			}
		}
		w.Issues = append(w.Issues, i)
	}
	slices.SortStableFunc(w.Issues, func(a, b fact.Issue) int { return a.OpenedAt.Compare(b.OpenedAt) })
}
