package api

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/google/go-cmp/cmp"
)

func TestWorkflow(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }
	const todo, doing, done = fact.IssueToDo, fact.IssueDoing, fact.IssueDone
	step := func(from string, fromCategory fact.IssueCategory, to string, toCategory fact.IssueCategory, hour int) fact.Transition {
		return fact.Transition{From: from, FromCategory: fromCategory, To: to, ToCategory: toCategory, At: at(hour)}
	}
	closes := func(hour int) Happened { return Happened{At: at(hour), Status: "closed", Closed: true} }
	reopens := func(hour int) Happened { return Happened{At: at(hour), Status: "open"} }
	label := func(hour int, name string) Happened { return Happened{At: at(hour), Label: name} }
	off := func(hour int, name string) Happened { return Happened{At: at(hour), NoLabel: name} }
	column := func(hour int, name string) Happened { return Happened{At: at(hour), Moved: true, Column: name} }
	for _, c := range []struct {
		what     string
		closed   bool // now
		labels   []string
		happened []Happened
		status   string
		category fact.IssueCategory
		want     []fact.Transition
	}{
		{"nothing", false, nil, nil, "open", todo, nil},
		{"a label that says nothing", false, []string{"bug"}, []Happened{label(1, "bug")}, "open", todo, nil},
		{"worked on", false, []string{"bug", "Doing"}, []Happened{label(2, "Doing"), label(1, "bug")}, "Doing", doing, []fact.Transition{step("open", todo, "Doing", doing, 2)}},
		{"given back", false, nil, []Happened{label(1, "Doing"), off(3, "Doing")}, "open", todo, []fact.Transition{step("open", todo, "Doing", doing, 1), step("Doing", doing, "open", todo, 3)}},
		{"from one to the other", false, []string{"in review"}, []Happened{label(1, "Doing"), label(2, "in review"), off(2, "Doing")}, "in review", doing, []fact.Transition{step("open", todo, "Doing", doing, 1), step("Doing", doing, "in review", doing, 2)}},
		{"done while it has the label", true, []string{"Doing"}, []Happened{label(1, "Doing"), closes(5)}, "closed", done, []fact.Transition{step("open", todo, "Doing", doing, 1), step("Doing", doing, "closed", done, 5)}},
		{"opened again, with the label", false, []string{"Doing"}, []Happened{label(1, "Doing"), closes(5), reopens(6)}, "Doing", doing, []fact.Transition{step("open", todo, "Doing", doing, 1), step("Doing", doing, "closed", done, 5), step("closed", done, "Doing", doing, 6)}},
		{"a column of a board", false, nil, []Happened{column(1, "Todo"), column(2, "In progress"), column(4, "Done")}, "open", todo, []fact.Transition{step("open", todo, "In progress", doing, 2), step("In progress", doing, "open", todo, 4)}},
		{"taken off the board", false, nil, []Happened{column(2, "In progress"), column(3, "")}, "open", todo, []fact.Transition{step("open", todo, "In progress", doing, 2), step("In progress", doing, "open", todo, 3)}},
		{"a closing that is not told", true, nil, nil, "closed", done, []fact.Transition{step("open", todo, "closed", done, 9)}},
		{"a label that is not told", false, []string{"doing"}, nil, "doing", doing, nil},
		{"a label that is no more", false, nil, []Happened{label(1, "Doing")}, "open", todo, []fact.Transition{step("open", todo, "Doing", doing, 1), step("Doing", doing, "open", todo, 10)}},
		{"an opening that is not told", false, nil, []Happened{closes(5)}, "open", todo, []fact.Transition{step("open", todo, "closed", done, 5)}},
		{"closed twice", true, nil, []Happened{closes(5), {At: at(6), Status: "not planned", Closed: true}}, "closed", done, []fact.Transition{step("open", todo, "closed", done, 5)}},
	} {
		is := fact.Issue{Status: "open", Category: todo, Labels: c.labels, UpdatedAt: at(10)}
		if c.closed {
			is.Status, is.Category, is.ResolvedAt = "closed", done, at(9)
		}
		err := Workflow{Open: "open", Doing: []string{"doing", " In progress", "In review"}}.Follow(&is, c.happened)
		if diff := cmp.Diff(c.want, is.Transitions); err != nil || diff != "" || is.Status != c.status || is.Category != c.category {
			t.Errorf("%s: %v; %s, %s; (-want +got)\n%s", c.what, err, is.Status, is.Category, diff)
		}
	}
	if err := (Workflow{}).Follow(&fact.Issue{}, []Happened{{Label: "x"}}); err == nil {
		t.Error("an event without a time was taken")
	}
}

// TestWordsForWork: with other words for work issues are read anew, with the same ones they go on.
func TestWordsForWork(t *testing.T) {
	stored := Sweep{Done: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}.Cursor()
	cursor := func(doing ...string) source.Cursor {
		return Workflow{Doing: doing}.Reading(source.Pull{Cursor: func(string) source.Cursor { return stored }}).Cursor("issues")
	}
	if cursor() != stored {
		t.Error("nothing was asked, and it begins anew")
	}
	anew := cursor("Doing", "review")
	if s := SweepOf(anew); !s.Done.IsZero() || s.Asked == "" {
		t.Errorf("%+v does not begin anew", s)
	}
	stored = anew
	if cursor(" REVIEW", "doing", "doing") != stored {
		t.Error("the same words begin anew")
	}
	if cursor() == stored {
		t.Error("no words go on")
	}
}

// Change requests that were read before it was kept what they close, or under other rules for their
// files, are read anew, once.
func TestRequestsAreReadAnew(t *testing.T) {
	stored := Sweep{Done: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)}.Cursor()
	req := source.Pull{Cursor: func(string) source.Cursor { return stored }}
	if s := SweepOf(Requests(req).Cursor("x")); !s.Done.IsZero() {
		t.Errorf("it goes on after %v", s.Done)
	}
	stored = Sweep{Done: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), Asked: SweepOf(Requests(req).Cursor("x")).Asked}.Cursor()
	if s := SweepOf(Requests(req).Cursor("x")); s.Done.IsZero() {
		t.Error("it begins anew each time")
	}
	req.PathRules = "other"
	if s := SweepOf(Requests(req).Cursor("x")); !s.Done.IsZero() {
		t.Errorf("under other rules, it goes on after %v", s.Done)
	}
}
