package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// bench is a fake and what was read of it.
type bench struct {
	*testing.T
	*fake
	sink   *sourcetest.Sink
	server *httptest.Server
	asked  []string
	before func(n int, w http.ResponseWriter, r *http.Request) bool // true: it answered
}

func newBench(t *testing.T, cloud bool) *bench {
	b := &bench{T: t, fake: newFake(sourcetest.NewWorld(7), cloud), sink: sourcetest.NewSink()}
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.asked = append(b.asked, r.Method+" "+r.URL.Path)
		if b.before == nil || !b.before(len(b.asked), w, r) {
			b.fake.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(b.server.Close)
	return b
}

func (b *bench) feed(projects ...string) *Feed {
	o := Options{Address: b.server.URL + "/", Token: sourcetest.Token, Projects: projects, Clock: clock{b.w.Now}}
	if b.cloud {
		o.User = user
	}
	return New(o)
}

func (b *bench) pull() fact.Delivery {
	b.Helper()
	b.asked = nil
	if err := b.feed("PAY").Pull(context.Background(), b.sink.Pull()); err != nil {
		b.Fatal(err)
	}
	return b.sink.Holds()
}

func (b *bench) issue(id string) fact.Issue {
	b.Helper()
	for _, i := range b.sink.Holds().Issues {
		if i.ID == id {
			return i
		}
	}
	b.Fatalf("no issue %s", id)
	return fact.Issue{}
}

// clock stands still.
type clock struct{ now time.Time }

func (c clock) Now() time.Time                             { return c.now }
func (c clock) Sleep(context.Context, time.Duration) error { return nil }

func TestLongHistoriesAreRead(t *testing.T) {
	b := newBench(t, true)
	b.histories = 1
	sourcetest.Same(t, "with one change of each shown", keeps(b.w.Delivery), b.pull())
	if n := count(b.asked, "POST /rest/api/3/changelog/bulkfetch"); n != 4 {
		t.Errorf("%d requests for histories; two pages of issues have two pages of them each", n)
	}
	c := newBench(t, false)
	c.histories = 1
	c.pull()
	if len(c.sink.Skipped) == 0 {
		t.Error("a data center that shows a part of the histories is taken for whole")
	}
}

func count(list []string, what string) (n int) {
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}

// The times in a query are in the zone of the token's account. Whatever that is, nothing is missed.
func TestNothingIsMissedInAnyZone(t *testing.T) {
	for _, hours := range []int{-12, 2, 14} {
		for _, cloud := range []bool{true, false} {
			b := newBench(t, cloud)
			b.zone = time.FixedZone("", hours*3600)
			b.pull()
			for range 3 {
				b.w.News()
				sourcetest.Same(t, "with news", keeps(b.w.Delivery), b.pull())
			}
			late := &b.w.Issues[50] // the search learns of it after what changed later
			late.UpdatedAt, late.Title = b.w.Issues[len(b.w.Issues)-1].UpdatedAt.Add(-10*time.Minute), "late"
			sourcetest.Same(t, "told late", keeps(b.w.Delivery), b.pull())
		}
	}
}

func TestAStoppedReadingWhoseTokenExpired(t *testing.T) {
	b := newBench(t, true)
	b.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/search/jql") && count(b.asked, "POST /rest/api/3/search/jql") == 2 {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	}
	if err := b.feed("PAY").Pull(context.Background(), b.sink.Pull()); err == nil {
		t.Fatal("it was taken for whole")
	}
	refused := false
	b.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/search/jql") || refused {
			return false
		}
		refused = true
		answer(w, http.StatusBadRequest, object{"errorMessages": []string{"The token has expired."}})
		return true
	}
	sourcetest.Same(t, "read again", keeps(b.w.Delivery), b.pull())
}

// Issues that are deleted while a data center's pages are read shift the rest.
func TestPagesThatShift(t *testing.T) {
	b := newBench(t, false)
	b.before = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/rest/api/2/search" && r.FormValue("startAt") == "99" && len(b.w.Issues) == 130 {
			b.w.Lock()
			defer b.w.Unlock()
			slices.SortFunc(b.w.Issues, func(a, b fact.Issue) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
			b.w.Issues = b.w.Issues[4:] // the newest
		}
		return false
	}
	got := b.pull()
	for _, want := range b.w.Issues {
		if !slices.ContainsFunc(got.Issues, func(i fact.Issue) bool { return i.ID == want.ID }) {
			t.Errorf("issue %s is missing", want.Key)
		}
	}
	if len(got.Issues) != 130 {
		t.Errorf("%d issues: the deleted ones stay, as Jira does not say that they are", len(got.Issues))
	}
}

func TestStatusesThatAreRenamedAndRemoved(t *testing.T) {
	b := newBench(t, true)
	b.pull()
	done := b.w.Issues[1] // went through In Progress to Done
	if got := b.issue(done.ID).Transitions[0].To; got != "In Progress" {
		t.Fatal(got)
	}
	b.renamed["In Progress"] = "Building"
	b.w.Issues[5].Title += " "
	b.pull()
	for _, tr := range b.issue(done.ID).Transitions {
		if tr.To == "In Progress" || tr.From == "In Progress" {
			t.Errorf("a status has its old name in %v", tr)
		}
	}
	told := b.sink.Told
	b.pull()
	if again := b.sink.Told - told; again > 10 {
		t.Errorf("%d items told again though nothing was renamed", again)
	}
	b.statuses["In Progress"] = "" // removed; nothing is in it any more
	for i := range b.w.Issues {
		if is := &b.w.Issues[i]; is.Status == "In Progress" {
			is.Status, is.Category = "To Do", fact.IssueToDo
		}
	}
	b.w.News()
	b.pull()
	if got := b.issue(done.ID).Transitions[0].ToCategory; got != fact.IssueDoing {
		t.Errorf("the category of a removed status is forgotten: %q", got)
	}
}

func TestAMovedIssueKeepsItsID(t *testing.T) {
	b := newBench(t, true)
	b.pull()
	moved := &b.w.Issues[3]
	moved.Project, moved.Key, moved.UpdatedAt = "WEB", "WEB-9", b.w.Now
	if err := b.feed("PAY", "WEB").Pull(context.Background(), b.sink.Pull()); err != nil {
		t.Fatal(err)
	}
	if got := b.issue(moved.ID); got.Project != "WEB" || got.Key != "WEB-9" || len(b.sink.Holds().Issues) != 130 {
		t.Errorf("%s %s, %d issues", got.Project, got.Key, len(b.sink.Holds().Issues))
	}
}

func TestSprintsThatClose(t *testing.T) {
	b := newBench(t, true)
	b.w.Sprints[3].StartedAt = time.Time{} // planned
	if got := b.pull().Sprints[3]; !got.StartedAt.IsZero() {
		t.Errorf("a planned sprint began at %v", got.StartedAt)
	}
	b.w.Sprints[3].StartedAt = b.w.Now.Add(-48 * time.Hour)
	b.w.Sprints[3].CompletedAt = b.w.Now
	got := b.pull()
	sourcetest.Same(t, "closed since", keeps(b.w.Delivery), got)
	if n := count(b.asked, "GET /rest/agile/1.0/sprint/73"); n != 1 {
		t.Errorf("the one that closed was asked for %d times", n)
	}
	b.pull()
	if n := count(b.asked, "GET /rest/agile/1.0/sprint/73"); n != 0 {
		t.Error("it is asked for again")
	}
}

func TestWithoutBoards(t *testing.T) {
	b := newBench(t, true)
	b.boards = append(b.boards, object{"id": 7, "name": "PAY simple", "type": "simple"}) // has no sprints
	sourcetest.Same(t, "with a board without sprints", keeps(b.w.Delivery), b.pull())
	c := newBench(t, true)
	c.noAgile = true
	got := c.pull()
	if len(got.Issues) != 130 || len(c.sink.Skipped) != 1 {
		t.Errorf("%d issues, %v skipped", len(got.Issues), c.sink.Skipped)
	}
	sight, err := c.feed("PAY", "GONE").Look(context.Background())
	if err != nil || len(sight.Sees) != 1 || len(sight.Lacks) != 2 {
		t.Errorf("%+v %v", sight, err)
	}
}

func TestAllProjectsOfTheToken(t *testing.T) {
	for _, cloud := range []bool{true, false} {
		b := newBench(t, cloud)
		if err := b.feed().Pull(context.Background(), b.sink.Pull()); err != nil {
			t.Fatal(err)
		}
		if n := len(b.sink.Holds().Issues); n != 130 {
			t.Errorf("%d issues", n)
		}
		sight, err := b.feed().Look(context.Background())
		if err != nil || len(sight.Sees) != 2 || len(sight.Lacks) != 0 {
			t.Errorf("%+v %v", sight, err)
		}
	}
}

// Issues as Jira tells them, and what is made of them by hand.
func TestIssues(t *testing.T) {
	w := workflow{Statuses: map[string]status{}, fields: fields{sprint: "cf_s", points: []string{"cf_1", "cf_2"}}, epics: map[string]string{}}
	var statuses []statusAnswer
	parse(t, `[{"id":"1","name":"Backlog","statusCategory":{"key":"undefined"}},{"id":"3","name":"Building","statusCategory":{"key":"indeterminate"}},
		{"id":"5","name":"Resolved","statusCategory":{"key":"done"}},{"id":"6","name":"Closed","statusCategory":{"key":"done"}}]`, &statuses)
	if err := w.learn(statuses); err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const head = `{"id":"1","key":"PAY-1","fields":{"summary":"x","project":{"key":"PAY"},"issuetype":{"name":"Bug"},`
	for _, c := range []struct {
		name, text string
		want       fact.Issue
	}{
		{"resolved, closed, reopened, and done again over the change to summer time", head + `"status":{"id":"6","name":"Closed","statusCategory":{"key":"done"}},"created":"2024-03-29T09:00:00.000+0100","updated":"2024-04-02T09:00:00.000+0200","resolutiondate":"2024-04-02T09:00:00.000+0200"},
			"changelog":{"total":4,"histories":[
			{"id":"40","created":"2024-04-02T09:00:00.000+0200","items":[{"field":"status","from":"5","fromString":"Resolved","to":"6","toString":"Closed"}]},
			{"id":"30","created":"2024-03-31T03:30:00.000+0200","items":[{"field":"status","from":"1","fromString":"Backlog","to":"5","toString":"Resolved"}]},
			{"id":"20","created":"2024-03-31T01:30:00.000+0100","items":[{"field":"status","from":"6","fromString":"Closed","to":"1","toString":"Backlog"}]},
			{"id":"9","created":"2024-03-30T08:00:00.000+0100","items":[{"field":"assignee","from":"a","to":"b"},{"field":"status","from":"1","fromString":"Backlog","to":"6","toString":"Closed"}]}]}}`,
			fact.Issue{Status: "Closed", Category: fact.IssueDone, OpenedAt: at("2024-03-29T08:00:00Z"), UpdatedAt: at("2024-04-02T07:00:00Z"), ResolvedAt: at("2024-03-31T01:30:00Z"), Transitions: []fact.Transition{
				{From: "Backlog", To: "Closed", FromCategory: "todo", ToCategory: "done", At: at("2024-03-30T07:00:00Z")},
				{From: "Closed", To: "Backlog", FromCategory: "done", ToCategory: "todo", At: at("2024-03-31T00:30:00Z")},
				{From: "Backlog", To: "Resolved", FromCategory: "todo", ToCategory: "done", At: at("2024-03-31T01:30:00Z")},
				{From: "Resolved", To: "Closed", FromCategory: "done", ToCategory: "done", At: at("2024-04-02T07:00:00Z")}}}},
		{"removed statuses: by what Jira brings, by the resolution, and unknown", head + `"status":{"id":"3","name":"Building","statusCategory":{"key":"indeterminate"}},"created":"2024-01-01T00:00:00.000Z","updated":"2024-01-05T00:00:00.000Z"},
			"changelog":{"histories":[
			{"id":"1","created":"2024-01-02T00:00:00.000+0000","items":[{"field":"status","from":"91","fromString":"Open","to":"92","toString":"Shipped"},{"field":"resolution","from":null,"to":"1"}]},
			{"id":"2","created":"2024-01-03T00:00:00.000+0000","items":[{"field":"status","from":"92","fromString":"Shipped","to":"93","toString":"Lab"},{"field":"resolution","from":"1","to":null}]},
			{"id":"3","created":"2024-01-03T00:00:00.000+0000","items":[{"field":"status","from":"93","fromString":"Lab","to":"3","toString":"In Development"}]}]}}`,
			fact.Issue{Status: "Building", Category: fact.IssueDoing, OpenedAt: at("2024-01-01T00:00:00Z"), UpdatedAt: at("2024-01-05T00:00:00Z"), Transitions: []fact.Transition{
				{From: "Open", To: "Shipped", FromCategory: "todo", ToCategory: "done", At: at("2024-01-02T00:00:00Z")},
				{From: "Shipped", To: "Lab", FromCategory: "done", ToCategory: "", At: at("2024-01-03T00:00:00Z")},
				{From: "Lab", To: "Building", FromCategory: "", ToCategory: "doing", At: at("2024-01-03T00:00:00Z")}}}},
		{"imported when it was done; the second field has the points; both ends of links", head + `"status":{"id":"6","name":"Closed","statusCategory":{"key":"done"}},"created":"2024-01-01T00:00:00.000Z","updated":"2024-01-05T00:00:00.000Z","resolutiondate":"2023-06-01T12:00:00.123Z",
			"cf_1":null,"cf_2":2.5,"labels":["a"],"parent":{"id":"77","key":"PAY-7"},
			"issuelinks":[{"type":{"inward":"is blocked by","outward":"blocks"},"inwardIssue":{"key":"PAY-2"}},{"type":{"inward":"is blocked by","outward":"blocks"},"outwardIssue":{"key":"WEB-3"}}]}}`,
			fact.Issue{Status: "Closed", Category: fact.IssueDone, Points: pointer(2.5), Labels: []string{"a"}, Parent: "77", OpenedAt: at("2024-01-01T00:00:00Z"), UpdatedAt: at("2024-01-05T00:00:00Z"), ResolvedAt: at("2023-06-01T12:00:00.123Z"),
				Links: []fact.IssueLink{{Kind: "is blocked by", Target: "PAY-2"}, {Kind: "blocks", Target: "WEB-3"}}}},
		{"sprints: planned, swapped, carried over, deleted", head + `"status":{"id":"3","name":"Building","statusCategory":{"key":"indeterminate"}},"created":"2024-01-01T00:00:00.000Z","updated":"2024-01-05T00:00:00.000Z",
			"cf_s":[{"id":71},{"id":72}]},"changelog":{"histories":[
			{"id":"1","created":"2024-01-02T00:00:00.000Z","items":[{"field":"Sprint","fieldId":"cf_s","from":"70","to":"71"}]},
			{"id":"2","created":"2024-01-03T00:00:00.000Z","items":[{"field":"Sprint","fieldId":"cf_s","from":"71","to":"71, 72"}]},
			{"id":"3","created":"2024-01-04T00:00:00.000Z","items":[{"field":"Sprint","fieldId":"cf_s","from":"71, 72","to":"71, 72, 79"}]}]}}`,
			fact.Issue{Status: "Building", Category: fact.IssueDoing, OpenedAt: at("2024-01-01T00:00:00Z"), UpdatedAt: at("2024-01-05T00:00:00Z"), Sprints: []fact.SprintSpan{
				{SprintID: "70", AddedAt: at("2024-01-01T00:00:00Z"), RemovedAt: at("2024-01-02T00:00:00Z")},
				{SprintID: "71", AddedAt: at("2024-01-02T00:00:00Z")}, {SprintID: "72", AddedAt: at("2024-01-03T00:00:00Z")}}}},
	} {
		var x issueAnswer
		parse(t, c.text, &x)
		got, _, err := w.issue(x)
		c.want.Project, c.want.ID, c.want.Key, c.want.Kind, c.want.Title = "PAY", "1", "PAY-1", "Bug", "x"
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", c.name, err, diff)
		}
	}
}

func pointer(x float64) *float64 { return &x }

func parse(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// No field about a person is asked for, so that none can be stored.
func TestNoPersonIsAskedFor(t *testing.T) {
	for _, f := range (fields{}).asked() {
		if slices.Contains([]string{"assignee", "reporter", "creator", "comment", "worklog", "*all"}, f) {
			t.Error(f)
		}
	}
}

// FuzzIssues: whatever comes in place of a page of issues, it is refused or translated.
func FuzzIssues(f *testing.F) {
	fk := newFake(sourcetest.NewWorld(3), true)
	for _, i := range fk.issues(fk.w.Issues[:8], fields{sprint: "customfield_10020", points: []string{"customfield_10026"}}.asked(), "changelog") {
		text, err := json.Marshal([]object{i})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`[{"id":"1","fields":{"customfield_10020":["x[id=7,"]},"changelog":{"histories":[{"created":1e300}]}}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var list []issueAnswer
		if json.Unmarshal(text, &list) != nil {
			return
		}
		w := workflow{Statuses: map[string]status{"3": {"In Progress", fact.IssueDoing}}, fields: fields{sprint: "customfield_10020", points: []string{"customfield_10026"}}, epics: map[string]string{}}
		var l api.Listed
		var p source.Page
		p, err := w.page(list, time.Time{}, &l)
		if err != nil {
			return
		}
		for _, i := range p.Delivery.Issues {
			if i.ID == "" || i.Project == "" || i.OpenedAt.IsZero() || i.UpdatedAt.After(l.Newest) {
				t.Errorf("an issue without what it needs: %+v", i)
			}
			if !slices.IsSortedFunc(i.Transitions, func(a, b fact.Transition) int { return a.At.Compare(b.At) }) {
				t.Error("transitions are not in order")
			}
			for _, s := range i.Sprints {
				if !s.RemovedAt.IsZero() && s.RemovedAt.Before(s.AddedAt) {
					t.Errorf("removed before it was added: %+v", s)
				}
			}
		}
	})
}
