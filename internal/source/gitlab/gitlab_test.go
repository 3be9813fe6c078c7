package gitlab

import (
	"context"
	"errors"
	"fmt"
	"io"
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
)

func TestConnector(t *testing.T) { sourcetest.Run(t, connector()) }

// connector is the feed and its vendor: two projects, and a page for each hundred merge requests (and one for their sizes),
// issues, milestones, pipelines and deployments of each; three for a merge request, two for an
// issue that changed, and one to learn that there are no iterations.
func connector() sourcetest.Connector {
	changed := 0
	for _, i := range sourcetest.NewWorld(7).Issues {
		if !i.UpdatedAt.Equal(i.OpenedAt) {
			changed++
		}
	}
	return sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Projects: []string{"acme/api", "acme/web"}, Clock: clock})
		},
		Serve: serve,
		Keeps: keeps,
		// An issue and an incident are moved to another project.
		Deletes: func(vendor http.Handler, w *sourcetest.World) []fact.Gone {
			issue, incident := &w.Issues[3], &w.Incidents[3]
			issue.UpdatedAt, incident.UpdatedAt = w.Now, w.Now
			vendor.(*fake).patch = func(_ string, _ int64, o object) {
				if id := fmt.Sprint(o["id"]); id == issue.ID || id == fmt.Sprint(number(incident.ID)) {
					o["moved_to_id"] = 77
				}
			}
			return []fact.Gone{{Kind: fact.IssueItem, ID: issue.ID}, {Kind: fact.IncidentItem, ID: fmt.Sprint(number(incident.ID))}}
		},
		Least: 2 + (2+1)*2 + 133*3 + 2 + 1 + changed*2 + 1 + 2 + 2 + 2,
		Quiet: 2 + 5*2,
	}
}

// small is a world of a few items of each kind.
func small() *fake {
	w := sourcetest.NewWorld(3)
	w.ChangeRequests, w.Issues, w.Incidents, w.Builds, w.Deployments = w.ChangeRequests[:6], w.Issues[:6], w.Incidents[:2], w.Builds[:4], w.Deployments[:2]
	return &fake{World: w, notes: map[int64][]object{}, states: map[string][]object{}}
}

func read(t *testing.T, h http.Handler, projects ...string) (*sourcetest.Sink, error) {
	t.Helper()
	return readAs(t, h, Options{Projects: projects})
}

func readAs(t *testing.T, h http.Handler, o Options) (*sourcetest.Sink, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	sink := sourcetest.NewSink()
	o.Address, o.Token = server.URL, sourcetest.Token
	return sink, New(o).Pull(context.Background(), sink.Pull())
}

func must(t *testing.T, h http.Handler, projects ...string) fact.Delivery {
	t.Helper()
	sink, err := read(t, h, projects...)
	if err != nil {
		t.Fatal(err)
	}
	return sink.Holds()
}

// TestBecomesIncident: an issue that becomes an incident is no issue any more, and no incident once it is
// an issue again.
func TestBecomesIncident(t *testing.T) {
	f := small()
	server, sink := httptest.NewServer(f), sourcetest.NewSink()
	defer server.Close()
	feed := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api"}})
	for n, want := range [][2]int{{6, 0}, {5, 1}, {6, 0}} {
		if err := feed.Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		if d := sink.Holds(); len(d.Issues) != want[0] || len(d.Incidents) != want[1] {
			t.Errorf("%d issues and %d incidents, want %v", len(d.Issues), len(d.Incidents), want)
		}
		f.Now = f.Now.Add(time.Hour)
		f.Issues[2].UpdatedAt = f.Now
		f.patch = func(_ string, _ int64, o object) {
			if fmt.Sprint(o["id"]) == f.Issues[2].ID {
				o["issue_type"] = []string{"incident", "issue"}[n%2]
			}
		}
	}
}

// TestEvents: GitLab's own notes of all ages, remarks on lines, a token's account, one that is gone.
func TestEvents(t *testing.T) {
	f := small()
	c := f.ChangeRequests[1]
	at := func(minutes float64) time.Time { return c.OpenedAt.Add(time.Duration(minutes * float64(time.Minute))) }
	note := func(minutes float64, who object, system bool, body string) object {
		return object{"author": who, "system": system, "body": body, "created_at": stamp(at(minutes)), "type": nil}
	}
	line := func(minutes float64, who object) object {
		n := note(minutes, who, false, "why?")
		n["type"] = "DiffNote"
		return n
	}
	ann, bob := account("ann"), account("bob")
	bot := object{"id": 77, "username": "project_11_bot_0f3a", "name": "renewer"}
	f.notes[c.Number] = []object{
		note(1, ann, true, "marked this merge request as **draft** from 0f3a"), note(2, ann, true, "marked this merge request as **ready**"),
		note(3, ann, true, "marked as a **Work In Progress**"), note(4, ann, true, "unmarked as a **Work In Progress**"),
		note(5, ann, true, "requested review from @bob and @cat"), note(6, ann, true, "removed review request for @cat"),
		line(7, bob), line(7.2, bob), line(7.4, ann), line(9, bob),
		note(10, ann, true, "added 2 commits\n\n<ul><li>0f3a - Mend</li></ul>"), note(10.5, ann, true, "added ~12 label"),
		note(11, bot, false, "added 3 commits, I think"), note(12, nil, true, "approved this merge request"),
		note(13, bob, true, "unapproved this merge request"), note(14, bob, true, "mentioned in issue #4")}
	f.states[fmt.Sprint("request ", c.Number)] = []object{{"state": "closed", "created_at": stamp(at(15)), "user": ann}, {"state": "reopened", "created_at": stamp(at(16)), "user": bob}}
	got := must(t, f, "acme/api").ChangeRequests[c.Number-1]
	a, b := fact.Identity{Name: "ann", Email: "1100-ann@users.noreply.127.0.0.1"}, fact.Identity{Name: "bob", Email: "1101-bob@users.noreply.127.0.0.1"}
	want := []fact.RequestEvent{
		{Kind: fact.Drafted, Actor: a, At: at(1)}, {Kind: fact.Ready, Actor: a, At: at(2)}, {Kind: fact.Drafted, Actor: a, At: at(3)}, {Kind: fact.Ready, Actor: a, At: at(4)},
		{Kind: fact.ReviewRequested, Actor: a, At: at(5)},
		{Kind: fact.Reviewed, Actor: b, At: at(7)}, {Kind: fact.Commented, Actor: a, At: at(7.4)}, {Kind: fact.Reviewed, Actor: b, At: at(9)},
		{Kind: fact.Pushed, Actor: a, At: at(10)},
		{Kind: fact.Commented, Actor: fact.Identity{Name: "renewer [bot]", Email: "77-project_11_bot_0f3a@users.noreply.127.0.0.1"}, At: at(11)},
		{Kind: fact.Approved, Actor: fact.Identity{Name: "Ghost User", Email: "ghost@users.noreply.127.0.0.1"}, At: at(12)},
		{Kind: fact.Reopened, Actor: b, At: at(16)},
	}
	if diff := cmp.Diff(want, got.Events); diff != "" {
		t.Error(diff)
	}
}

// TestMerges: the commit that brought a change, by every way of merging; a time of merging that
// only the events have; a merge request that is being merged.
func TestMerges(t *testing.T) {
	merge, squash := strings.Repeat("a", 40), strings.Repeat("b", 40)
	f := small()
	c := f.ChangeRequests[1]
	for name, way := range map[string]struct {
		merge, squash any
		want          string
	}{"merge": {merge, nil, merge}, "squash and merge": {merge, squash, merge}, "squash": {nil, squash, squash}, "fast-forward": {nil, nil, c.HeadSHA}} {
		at := c.OpenedAt.Add(9 * time.Hour)
		f.states[fmt.Sprint("request ", c.Number)] = []object{{"state": "merged", "created_at": stamp(at)}}
		f.patch = func(kind string, iid int64, o object) {
			if kind == "request" && iid == c.Number {
				o["state"], o["merge_commit_sha"], o["squash_commit_sha"], o["merged_at"] = "merged", way.merge, way.squash, nil
			}
			if kind == "request" && iid == 3 {
				o["state"] = "locked"
			}
		}
		all := must(t, f, "acme/api").ChangeRequests
		if got := all[c.Number-1]; got.MergeSHA != way.want || !got.MergedAt.Equal(at) || !got.ClosedAt.Equal(at) || len(got.Commits) != len(c.Commits) {
			t.Errorf("%s: %s at %v", name, got.MergeSHA, got.MergedAt)
		}
		if all[2].State != fact.RequestOpen {
			t.Errorf("one that is being merged is %s", all[2].State)
		}
	}
}

// TestSizes: GraphQL that finds a page too complex is asked for less; one that does not tell files costs
// those alone, and is asked for them once; so is one of which it tells a part; one that does not answer costs the
// sizes alone.
func TestSizes(t *testing.T) {
	f := &fake{World: sourcetest.NewWorld(3), complex: 30}
	for _, c := range must(t, f, "acme/api").ChangeRequests {
		if c.Files == fact.Uncounted {
			t.Fatalf("%d is not counted", c.Number)
		}
	}
	f = small()
	f.ChangeRequests[1].Paths = f.ChangeRequests[1].Paths[1:]
	for _, noFiles := range []bool{false, true} {
		f.noFiles = noFiles
		asked := 0
		sink, err := read(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/graphql" {
				asked++
			}
			f.ServeHTTP(w, r)
		}), "acme/api")
		all := sink.Holds().ChangeRequests
		if err != nil || len(sink.Skipped) > 0 || noFiles != (asked == 2) || all[0].Files == fact.Uncounted || noFiles != (all[0].Paths == nil) || all[1].Paths != nil {
			t.Errorf("without files %v: %v, %v, asked %d times, %+v", noFiles, err, sink.Skipped, asked, all[:2])
		}
	}
	for name, refuse := range map[string]func(w http.ResponseWriter){
		"an error": func(w http.ResponseWriter) {
			tell(w, http.StatusOK, object{"errors": []object{{"message": "Field 'x' doesn't exist"}}})
		},
		"a scope": func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) },
		"nothing": func(w http.ResponseWriter) { tell(w, http.StatusOK, object{"data": object{"project": nil}}) },
	} {
		sink, err := read(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/graphql" {
				refuse(w)
				return
			}
			f.ServeHTTP(w, r)
		}), "acme/api")
		d := sink.Holds()
		want := []fact.Skipped{{What: "acme/api sizes of change requests", Why: "GitLab does not tell them by GraphQL", Count: 6}}
		if err != nil || len(d.ChangeRequests) != 6 || d.ChangeRequests[0].Added != fact.Uncounted || !slices.Equal(sink.Skipped, want) {
			t.Errorf("%s: %v, %v, %d change requests", name, err, sink.Skipped, len(d.ChangeRequests))
		}
	}
}

// TestIssues: one that moved to another project lives on there; one that was opened in a milestone
// without dates is in no sprint; iterations; a weight of none; a closing that no event has.
func TestIssues(t *testing.T) {
	f := small()
	at := func(hours int) time.Time { return f.Issues[1].OpenedAt.Add(time.Duration(hours) * time.Hour) }
	iteration := func(id, state int, start, due string) object {
		return object{"id": id, "title": nil, "state": state, "start_date": start, "due_date": due, "updated_at": stamp(at(0))}
	}
	first, second := iteration(5, 3, "2024-01-01", "2024-01-14"), iteration(6, 2, "2024-01-15", "2024-01-28")
	f.iterations = map[int64][]object{2: {{"action": "add", "created_at": stamp(at(1)), "iteration": first}, {"action": "remove", "created_at": stamp(at(2)), "iteration": first}, {"action": "add", "created_at": stamp(at(2)), "iteration": second}}}
	f.states["issue 2"] = []object{}
	f.patch = func(kind string, iid int64, o object) {
		switch {
		case kind == "issue" && iid == 1:
			o["moved_to_id"] = 99
		case kind == "issue" && iid == 2:
			o["state"], o["closed_at"], o["updated_at"], o["weight"], o["milestone"], o["iteration"], o["epic"] = "closed", stamp(at(3)), stamp(at(3)), 3, nil, second, object{"id": 8}
		case kind == "issue" && iid == 3:
			o["milestone"] = object{"id": 7, "title": "Some day", "start_date": nil, "due_date": "2024-02-01", "state": "active"}
			o["blocking_issues_count"] = 2
		}
	}
	f.links = map[int64][]object{3: {
		{"iid": 1, "project_id": 11, "link_type": "is_blocked_by", "web_url": "https://lab.example.com/acme/api/-/issues/1"},
		{"iid": 2, "project_id": 11, "link_type": "blocks", "web_url": "https://lab.example.com/acme/api/-/issues/2"},
		{"iid": 9, "project_id": 77, "link_type": "blocks", "web_url": "https://lab.example.com/acme/web/-/issues/9", "references": object{"full": "acme/web#9"}},
		{"iid": 4, "project_id": 11, "link_type": "relates_to", "web_url": "https://lab.example.com/acme/api/-/issues/4"}}}
	f.Issues[1].Sprints, f.Issues[2].Sprints = nil, nil
	d := must(t, f, "acme/api")
	if len(d.Issues) != 5 || d.Issues[0].Key != "#2" {
		t.Fatalf("%d issues", len(d.Issues))
	}
	got := d.Issues[0]
	if want := []fact.SprintSpan{{SprintID: "iteration 5", AddedAt: at(1), RemovedAt: at(2)}, {SprintID: "iteration 6", AddedAt: at(2)}}; !cmp.Equal(want, got.Sprints) {
		t.Error(cmp.Diff(want, got.Sprints))
	}
	if got.Points == nil || *got.Points != 3 || got.Parent != "epic 8" || len(got.Transitions) != 1 || !got.Transitions[0].At.Equal(at(3)) {
		t.Errorf("%+v", got)
	}
	if want := []fact.IssueLink{{Kind: "blocks", Target: "acme/api#2"}, {Kind: "blocks", Target: "acme/web#9"}}; !cmp.Equal(want, d.Issues[1].Links) || f.linked != 1 {
		t.Errorf("links were asked for %d times: %s", f.linked, cmp.Diff(want, d.Issues[1].Links))
	}
	if len(d.Issues[1].Sprints) != 0 {
		t.Errorf("%+v", d.Issues[1].Sprints)
	}
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	want := []fact.Sprint{{Project: "acme/api", ID: "iteration 5", Name: "2024-01-01 to 2024-01-14", StartedAt: day("2024-01-01"), EndsAt: day("2024-01-15"), CompletedAt: day("2024-01-15")},
		{Project: "acme/api", ID: "iteration 6", Name: "2024-01-15 to 2024-01-28", StartedAt: day("2024-01-15"), EndsAt: day("2024-01-29")}}
	if diff := cmp.Diff(want, d.Sprints[:2]); diff != "" {
		t.Error(diff)
	}
	if d.Sprints[2].AtLatest == d.Sprints[2].CompletedAt.IsZero() { // a milestone
		t.Errorf("%+v", d.Sprints[2])
	}
	california, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	b := &box{ID: 5, StartDate: "2024-03-04", DueDate: "2024-03-15", State: float64(closedIteration)} // summer time begins between them
	s, _, err := New(Options{Zone: california}).sprint(b, project{}, "iteration")
	if start, end := time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC), time.Date(2024, 3, 16, 7, 0, 0, 0, time.UTC); err != nil || !s.StartedAt.Equal(start) || !s.CompletedAt.Equal(end) {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestWork: labels say when work on an issue went on, where the company names them; they are asked for
// nowhere else. A label that was deleted has no name.
func TestWork(t *testing.T) {
	f := small()
	i := f.Issues[1]
	at := func(hours int) time.Time { return i.OpenedAt.Add(time.Duration(hours) * time.Hour) }
	f.states["issue 2"] = []object{}
	f.labels = map[int64][]object{2: {
		{"action": "add", "created_at": stamp(at(1)), "label": object{"name": "workflow::doing"}},
		{"action": "add", "created_at": stamp(at(2)), "label": nil},
		{"action": "remove", "created_at": stamp(at(3)), "label": object{"name": "workflow::doing"}},
	}}
	f.patch = func(kind string, iid int64, o object) {
		if kind == "issue" && iid == 2 {
			o["state"], o["closed_at"], o["updated_at"], o["labels"] = "opened", nil, stamp(at(4)), []string{}
		}
	}
	sink, err := readAs(t, f, Options{Projects: []string{"acme/api"}, Doing: []string{"Workflow::Doing"}})
	if err != nil {
		t.Fatal(err)
	}
	find := func(d fact.Delivery) fact.Issue {
		return d.Issues[slices.IndexFunc(d.Issues, func(i fact.Issue) bool { return i.Key == "#2" })]
	}
	want := []fact.Transition{{From: "opened", To: "workflow::doing", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: at(1)}, {From: "workflow::doing", To: "opened", FromCategory: fact.IssueDoing, ToCategory: fact.IssueToDo, At: at(3)}}
	if got := find(sink.Holds()); !cmp.Equal(want, got.Transitions) || got.Status != "opened" {
		t.Error(got.Status, cmp.Diff(want, got.Transitions))
	}
	asked := f.labelled
	if got := find(must(t, f, "acme/api")); len(got.Transitions) > 0 || asked == 0 || f.labelled != asked {
		t.Errorf("without words for work: %+v; labels were asked for %d times, %d before", got.Transitions, f.labelled, asked)
	}
}

// TestWaiting: pipelines and deployments that wait for somebody go on; what was skipped or cancelled
// found nothing out; a deployment that no job made.
func TestWaiting(t *testing.T) {
	f := small()
	for status, want := range map[string]fact.Result{"created": fact.Running, "pending": fact.Running, "running": fact.Running, "manual": fact.Running, "blocked": fact.Running, "canceled": fact.Cancelled, "skipped": fact.Cancelled, "failed": fact.Failed, "success": fact.Succeeded} {
		f.patch = func(kind string, n int64, o object) {
			if kind == "pipeline" || kind == "deployment" {
				o["status"] = status
				delete(o, "deployable")
			}
		}
		d := must(t, f, "acme/api")
		for _, b := range d.Builds {
			if b.Result != want || b.FinishedAt.IsZero() != (want == fact.Running) || b.StartedAt.IsZero() != (status == "created" || status == "pending") {
				t.Errorf("%s: %+v", status, b)
			}
		}
		for _, x := range d.Deployments {
			if x.Result != want || x.FinishedAt.IsZero() != (want == fact.Running) || want != fact.Running && !x.FinishedAt.Equal(x.UpdatedAt) {
				t.Errorf("%s: %+v", status, x)
			}
		}
	}
}

// TestOneMoment: more items than a page has changed in one moment; and GitLab compares a time with
// more digits than it tells.
func TestOneMoment(t *testing.T) {
	f := small()
	at := f.Now.Add(-time.Hour)
	f.Builds = nil
	for i := range 350 {
		b := fact.Build{Repository: "acme/api", ID: fmt.Sprint(i + 1), Pipeline: "ci", Attempt: 1, SHA: fmt.Sprintf("%040x", i), Result: fact.Succeeded, QueuedAt: at, FinishedAt: at}
		if i%2 == 0 {
			b.FinishedAt = at.Add(time.Duration(i) * time.Microsecond)
		}
		f.Builds = append(f.Builds, b)
	}
	if got := must(t, f, "acme/api").Builds; len(got) != 350 {
		t.Errorf("%d of 350", len(got))
	}
}

// TestProjects: what is left out of a listing; one that was renamed; one whose issues are switched
// off; one that is not there, which does not keep the others from being read.
func TestProjects(t *testing.T) {
	f := small()
	f.projects = []object{{"id": 11, "path_with_namespace": "acme/api"}, {"id": 20, "path_with_namespace": "acme/attic", "archived": true}, {"id": 21, "path_with_namespace": "ann/fork", "forked_from_project": object{"id": 11}}}
	for i := range 120 {
		f.projects = append(f.projects, object{"id": 30 + i, "path_with_namespace": fmt.Sprint("acme/old", i), "archived": true})
	}
	if got := must(t, f); len(got.ChangeRequests) != 6 {
		t.Errorf("%d change requests", len(got.ChangeRequests))
	}
	if got := must(t, f, "acme/old"); len(got.ChangeRequests) != 6 || got.ChangeRequests[0].Repository != "acme/api" {
		t.Errorf("%d change requests of a renamed one", len(got.ChangeRequests))
	}
	p := project{Path: "acme/api", HTTP: "https://lab.example.com/acme/api.git", SSH: "git@lab.example.com:acme/api.git", configured: "acme/old"}
	if want := []string{"https://lab.example.com/acme/api.git", "https://lab.example.com/acme/old.git", "git@lab.example.com:acme/api.git", "git@lab.example.com:acme/old.git"}; !slices.Equal(p.known()[0].Addresses, want) {
		t.Errorf("%q", p.known())
	}
	sink, err := read(t, f, "acme/none", "acme/api")
	if !errors.Is(err, api.ErrNotFound) || len(sink.Holds().ChangeRequests) != 6 {
		t.Errorf("%v, %d change requests", err, len(sink.Holds().ChangeRequests))
	}
	f.patch = func(kind string, _ int64, o object) {
		if kind == "project" {
			o["issues_access_level"] = "disabled"
		}
	}
	if got := must(t, f, "acme/api"); len(got.Issues) != 0 || len(got.Builds) != 4 {
		t.Errorf("%d issues, %d builds", len(got.Issues), len(got.Builds))
	}
	server := httptest.NewServer(f)
	defer server.Close()
	for _, projects := range [][]string{nil, {"acme/api", "acme/none"}} {
		sight, err := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: projects}).Look(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var lacks []string
		for _, l := range sight.Lacks {
			lacks = append(lacks, strings.TrimSpace(l.Of+" "+l.What+": "+l.Why))
		}
		want := map[bool][]string{true: {"acme/attic everything: it is archived", "ann/fork everything: it is a fork"},
			false: {"projects: acme/none: GET /api/v4/projects/acme/none: not there, or hidden from this token", "acme/api issues: they are switched off", "acme/api sprints: they are switched off"}}[projects == nil]
		if diff := cmp.Diff(want, lacks[:len(want)]); diff != "" {
			t.Error(diff)
		}
	}
}

// TestMissingRight: a right that is missing costs its kind alone.
func TestMissingRight(t *testing.T) {
	f := small()
	sink, err := read(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/deployments") {
			tell(w, http.StatusForbidden, object{"message": "403 Forbidden"})
			return
		}
		f.ServeHTTP(w, r)
	}), "acme/api")
	if d := sink.Holds(); !errors.Is(err, api.ErrForbidden) || !strings.Contains(err.Error(), "acme/api deployments") || len(d.ChangeRequests) != 6 || len(d.Builds) != 4 || len(d.Deployments) != 0 {
		t.Errorf("%v, %d change requests, %d builds, %d deployments", err, len(d.ChangeRequests), len(d.Builds), len(d.Deployments))
	}
}

// FuzzAnswer: whatever GitLab answers, a page is refused or all it tells can be stored.
func FuzzAnswer(f *testing.F) {
	world := small()
	world.ChangeRequests, world.Issues = world.ChangeRequests[:2], world.Issues[1:3]
	for _, path := range []string{"merge_requests", "merge_requests/1/notes", "merge_requests/1/commits", "issues", "issues/2/resource_state_events", "issues/2/resource_milestone_events", "milestones", "pipelines", "deployments"} {
		r := httptest.NewRequest(http.MethodGet, "/api/v4/projects/11/"+path+"?scope=all&state=all&order_by=updated_at&sort=desc", nil)
		r.Header.Set("PRIVATE-TOKEN", sourcetest.Token)
		rec := httptest.NewRecorder()
		world.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			f.Fatalf("%s: %d", path, rec.Code)
		}
		f.Add(path, rec.Body.String())
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		n := 0
		sink := sourcetest.NewSink()
		_ = New(Options{Address: "http://lab.example.com", Token: sourcetest.Token, Projects: []string{"acme/api"}, Clock: patient{}, Transport: transport(func(r *http.Request) (int, string) {
			if n++; n > 2000 {
				t.Fatal("it goes on asking")
			}
			rec := httptest.NewRecorder()
			world.ServeHTTP(rec, r)
			if strings.HasSuffix(r.URL.Path, path) {
				return http.StatusOK, text
			}
			return rec.Code, rec.Body.String()
		})}).Pull(context.Background(), sink.Pull()) // whatever it says
		d := sink.Holds()
		for _, r := range d.ChangeRequests {
			if r.Number <= 0 || r.OpenedAt.IsZero() || r.UpdatedAt.IsZero() || r.State == "" || r.Repository == "" {
				t.Errorf("%+v", r)
			}
		}
		for _, i := range d.Issues {
			if i.ID == "" || i.OpenedAt.IsZero() || i.Project == "" {
				t.Errorf("%+v", i)
			}
		}
	})
}

// patient does not wait.
type patient struct{}

func (patient) Now() time.Time                             { return time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC) }
func (patient) Sleep(context.Context, time.Duration) error { return nil }

// transport answers each request with a status and a text.
type transport func(*http.Request) (int, string)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	status, text := f(r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}
