package gitea

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

// connector is the feed and its vendor: the settings, two repositories, and a page for each fifty change requests,
// issues and builds of each; four for a change request, one more for one that was not merged, and one for an issue
// that changed.
func connector() sourcetest.Connector {
	changed, unmerged := 0, 0
	for _, c := range sourcetest.NewWorld(7).ChangeRequests {
		if c.State != fact.RequestMerged {
			unmerged++
		}
	}
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
		ByCreation: map[fact.ItemKind]string{
			fact.IssueItem: "issues that changed since a time are listed by creation alone",
			fact.BuildItem: "runs of Actions are listed by number alone",
		},
		NoDeletes: "what was deleted is no longer listed",
		Least:     1 + 2 + 3 + 1 + 133*4 + unmerged + 3 + 1 + changed + 2 + 1,
		Quiet:     1 + 2 + 6,
	}
}

// small is a world of a few items of each kind.
func small() *fake {
	w := sourcetest.NewWorld(3)
	w.ChangeRequests, w.Issues, w.Builds = w.ChangeRequests[:6], w.Issues[:6], w.Builds[:4]
	return &fake{World: w, timeline: map[int64][]object{}, hidden: map[int64]int{}, reviews: map[int64][]object{}}
}

func read(t *testing.T, h http.Handler, projects ...string) (*sourcetest.Sink, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	sink := sourcetest.NewSink()
	return sink, New(Options{Address: server.URL, Token: sourcetest.Token, Projects: projects}).Pull(context.Background(), sink.Pull())
}

func must(t *testing.T, h http.Handler, projects ...string) fact.Delivery {
	t.Helper()
	sink, err := read(t, h, projects...)
	if err != nil {
		t.Fatal(err)
	}
	return sink.Holds()
}

// TestTimeline: pushes but the opening one, changes to and from a draft, requests that are taken
// back, remarks of the author, an account that is gone, the server's own, and one that hides its e-mail.
func TestTimeline(t *testing.T) {
	f := small()
	c := f.ChangeRequests[1]
	at := func(minutes float64) time.Time { return c.OpenedAt.Add(time.Duration(minutes * float64(time.Minute))) }
	event := func(kind string, minutes float64, who object) object {
		return object{"id": 1, "type": kind, "created_at": stamp(at(minutes)), "user": who}
	}
	ann := object{"id": 200, "login": "ann", "email": "200+ann@noreply.git.example.com"}
	bob := object{"id": 201, "login": "bob", "email": "201+bob@noreply.git.example.com"}
	removed := event("review_request", 7, ann)
	removed["removed_assignee"] = true
	title := func(minutes float64, before, after string) object {
		e := event("change_title", minutes, ann)
		e["old_title"], e["new_title"] = before, after
		return e
	}
	f.timeline[c.Number] = []object{event("pull_push", 0.5, ann), event("review_request", 6, ann), removed, event("pull_push", 8, ann), event("label", 9, ann), title(10, "WIP: x", "x"), title(11, "x", "y"), title(12, "y", "[wip] y"),
		event("comment", 13, object{"id": -1, "login": "Ghost"}), event("comment", 14, object{"id": -2, "login": "gitea-actions"}), event("reopen", 16, bob), event("review", 15, bob)}
	f.reviews[c.Number] = []object{
		{"state": "COMMENT", "user": ann, "submitted_at": stamp(at(15)), "comments_count": 1},
		{"state": "COMMENT", "user": bob, "submitted_at": stamp(at(15)), "comments_count": 2},
		{"state": "PENDING", "user": bob, "submitted_at": stamp(at(15)), "comments_count": 0},
		{"state": "REQUEST_REVIEW", "user": bob, "submitted_at": stamp(at(15)), "comments_count": 0},
		{"state": "APPROVED", "dismissed": true, "user": bob, "submitted_at": stamp(at(17)), "comments_count": 0}}
	f.patch = func(kind string, n int64, o object) {
		if kind == "pull" && n == c.Number {
			o["user"], o["additions"] = ann, nil
		}
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/users/ann":
			tell(w, http.StatusOK, object{"id": 200, "login": "ann", "email": "ann@example.com"})
		case "/api/v1/users/bob":
			missing(w)
		default:
			f.ServeHTTP(w, r)
		}
	})
	got := must(t, h, "acme/api").ChangeRequests[c.Number-1]
	as, hidden := fact.Identity{Name: "ann", Email: "ann@example.com"}, fact.Identity{Name: "bob", Email: "201+bob@noreply.git.example.com"}
	want := []fact.RequestEvent{
		{Kind: fact.ReviewRequested, Actor: as, At: at(6)},
		{Kind: fact.Pushed, Actor: as, At: at(8)},
		{Kind: fact.Ready, Actor: as, At: at(10)},
		{Kind: fact.Drafted, Actor: as, At: at(12)},
		{Kind: fact.Commented, Actor: fact.Identity{Name: "ghost", Email: "ghost@noreply.127.0.0.1"}, At: at(13)},
		{Kind: fact.Commented, Actor: fact.Identity{Name: "gitea-actions[bot]", Email: "gitea-actions[bot]@noreply.127.0.0.1"}, At: at(14)},
		{Kind: fact.Commented, Actor: as, At: at(15)},
		{Kind: fact.Reviewed, Actor: hidden, At: at(15)},
		{Kind: fact.Reopened, Actor: hidden, At: at(16)},
		{Kind: fact.Approved, Actor: hidden, At: at(17)},
	}
	if diff := cmp.Diff(want, got.Events); diff != "" {
		t.Error(diff)
	}
	if got.Author != as || got.Added != fact.Uncounted || got.Deleted != c.Deleted {
		t.Errorf("%v, %d added, %d deleted", got.Author, got.Added, got.Deleted)
	}
}

// TestLongTimeline: pages that are short because remarks on lines are left out are not the last ones.
func TestLongTimeline(t *testing.T) {
	for _, hidden := range []int{0, 30, 49, 50, 51, 120} {
		for _, n := range []int{0, 1, 24, 25, 49, 50, 51, 130} {
			f := small()
			c := f.ChangeRequests[1]
			f.ChangeRequests = f.ChangeRequests[1:2]
			f.hidden[c.Number] = hidden
			f.timeline[c.Number] = []object{}
			for i := range n {
				f.timeline[c.Number] = append(f.timeline[c.Number], object{"id": i, "type": "comment", "created_at": stamp(c.OpenedAt.Add(time.Duration(i) * time.Minute)), "user": account(c.Author)})
			}
			f.reviews[c.Number] = []object{{"state": "PENDING", "user": account(c.Author), "comments_count": hidden}}
			if got := must(t, f, "acme/api").ChangeRequests[0]; len(got.Events) != n {
				t.Errorf("%d of %d events behind %d remarks", len(got.Events), n, hidden)
			}
		}
	}
}

// TestHiddenReferences: what the token may not see is left out of pages, and nothing counts it.
func TestHiddenReferences(t *testing.T) {
	f := small()
	f.ChangeRequests = f.ChangeRequests[1:2]
	c := f.ChangeRequests[0]
	f.hidden[c.Number], f.timeline[c.Number] = 20, nil
	for i := range 90 {
		f.timeline[c.Number] = append(f.timeline[c.Number], object{"id": i, "type": "comment", "created_at": stamp(c.OpenedAt.Add(time.Duration(i) * time.Minute)), "user": account(c.Author)})
	}
	f.reviews[c.Number] = []object{}
	if got := must(t, f, "acme/api").ChangeRequests[0]; len(got.Events) != 90 {
		t.Errorf("%d of 90 events", len(got.Events))
	}
}

// TestIssue: what closes it, and a closing that is not in its timeline.
func TestIssue(t *testing.T) {
	f := small()
	at := f.Issues[0].OpenedAt.Add(time.Hour)
	n := index(f.Issues[0].Key)
	f.patch = func(kind string, number int64, o object) {
		if kind == "issue" && number == n {
			o["state"], o["closed_at"], o["updated_at"] = "closed", stamp(at), stamp(at)
		}
	}
	closes := object{"id": 1, "type": "pull_ref", "ref_action": "closes", "created_at": stamp(at), "ref_issue": object{"number": 3, "repository": object{"full_name": "acme/web"}}}
	f.timeline[n] = []object{closes, closes, {"id": 2, "type": "pull_ref", "ref_action": "", "created_at": stamp(at), "ref_issue": object{"number": 4}}}
	issues := must(t, f, "acme/api").Issues
	got := issues[slices.IndexFunc(issues, func(i fact.Issue) bool { return i.ID == f.Issues[0].ID })]
	if diff := cmp.Diff([]fact.IssueLink{{Kind: "closed by", Target: "acme/web#3"}}, got.Links); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]fact.Transition{{From: "open", To: "closed", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDone, At: at}}, got.Transitions); diff != "" {
		t.Error(diff)
	}
}

// TestBuilds: a run that waits is read when it began, one that goes on when it ended, and one that was
// cancelled before it began has no duration.
func TestBuilds(t *testing.T) {
	f := small()
	state := "queued"
	f.patch = func(kind string, _ int64, o object) {
		if kind != "run" {
			return
		}
		switch fmt.Sprint(o["id"]) {
		case f.Builds[2].ID:
			o["status"], o["conclusion"], o["completed_at"] = state, "", "1970-01-01T01:00:00+01:00"
			if state == "queued" {
				o["started_at"] = "1970-01-01T01:00:00+01:00"
			}
		case f.Builds[3].ID:
			o["conclusion"], o["started_at"] = "cancelled", "1970-01-01T01:00:00+01:00"
		}
	}
	server := httptest.NewServer(f)
	defer server.Close()
	sink := sourcetest.NewSink()
	builds := func() map[string]fact.Build {
		t.Helper()
		feed := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api"}, Clock: clock{f.Now}})
		if err := feed.Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		all := map[string]fact.Build{}
		for _, b := range sink.Holds().Builds {
			all[b.ID] = b
		}
		return all
	}
	first := builds()
	if _, ok := first[f.Builds[2].ID]; ok || len(first) != 3 {
		t.Errorf("%d builds", len(first))
	}
	if c := first[f.Builds[3].ID]; c.Result != fact.Cancelled || !c.StartedAt.Equal(c.FinishedAt) || c.Attempt != 1 || c.Pipeline != "ci.yml" {
		t.Errorf("%+v", c)
	}
	// It begins later than the others, as it would.
	f.Builds[2].StartedAt, f.Builds[2].FinishedAt = f.Now.Add(-2*time.Hour), f.Now.Add(-time.Hour)
	state = "in_progress"
	if b := builds()[f.Builds[2].ID]; b.Result != fact.Running || !b.FinishedAt.IsZero() {
		t.Errorf("%+v", b)
	}
	f.patch = nil
	if b := builds()[f.Builds[2].ID]; b.Result != fact.Succeeded {
		t.Errorf("%+v", b)
	}
}

// clock stands still.
type clock struct{ now time.Time }

func (c clock) Now() time.Time { return c.now }
func (c clock) Sleep(context.Context, time.Duration) error {
	return errors.New("nothing is to be waited for")
}

// TestRepositories: what is left out of a listing; one that was renamed; one whose issues are
// switched off; one that is not there, which does not keep the others from being read.
func TestRepositories(t *testing.T) {
	f := small()
	f.repos = []object{{"full_name": "acme/api"}, {"full_name": "acme/attic", "archived": true}, {"full_name": "ann/fork", "fork": true}, {"full_name": "acme/copy", "mirror": true}, {"full_name": "acme/new", "empty": true}}
	for i := range 60 {
		f.repos = append(f.repos, object{"full_name": fmt.Sprint("acme/old", i), "archived": true})
	}
	if got := must(t, f); len(got.ChangeRequests) != 6 {
		t.Errorf("%d change requests", len(got.ChangeRequests))
	}
	if got := must(t, f, "acme/old"); len(got.ChangeRequests) != 6 || got.ChangeRequests[0].Repository != "acme/api" {
		t.Errorf("%d change requests of a renamed one", len(got.ChangeRequests))
	}
	sink, err := read(t, f, "acme/none", "acme/api")
	if !errors.Is(err, api.ErrNotFound) || len(sink.Holds().ChangeRequests) != 6 {
		t.Errorf("%v, %d change requests", err, len(sink.Holds().ChangeRequests))
	}
	f.patch = func(kind string, _ int64, o object) {
		if kind == "repository" {
			o["has_issues"] = false
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
		want := map[bool][]string{true: {"deployments: Gitea and Forgejo have none", "acme/attic everything: it is archived", "ann/fork everything: it is a fork", "acme/copy everything: it is a mirror of another", "acme/new everything: it is empty"},
			false: {"deployments: Gitea and Forgejo have none", "repositories: GET /api/v1/repos/acme/none: not there, or hidden from this token", "acme/api issues: they are switched off"}}[projects == nil]
		if diff := cmp.Diff(want, lacks[:len(want)]); diff != "" {
			t.Error(diff)
		}
	}
}

// TestPaths: files are told of what was not merged, and unless there are very many or the server does
// not find them.
func TestPaths(t *testing.T) {
	f := small() // 3 is open, 4 and 6 are too, 5 was closed, 1 and 2 were merged
	f.ChangeRequests[3].Files = 101
	asked := []string{}
	sink, err := read(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/files") {
			asked = append(asked, strings.TrimPrefix(r.URL.Path, "/api/v1/repos/acme/api/pulls/"))
			if strings.Contains(r.URL.Path, "/5/") {
				missing(w)
				return
			}
		}
		f.ServeHTTP(w, r)
	}), "acme/api")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range sink.Holds().ChangeRequests {
		if want := f.ChangeRequests[c.Number-1].Paths; c.Number == 3 && !slices.Equal(c.Paths, want) || c.Number != 3 && c.State != fact.RequestOpen && c.Paths != nil || c.Number == 4 && c.Paths != nil {
			t.Errorf("%d, %s: %q", c.Number, c.State, c.Paths)
		}
	}
	if slices.Sort(asked); slices.Contains(asked, "1/files") || slices.Contains(asked, "4/files") || !slices.Contains(asked, "5/files") {
		t.Errorf("asked for %q", asked)
	}
}

// TestMissing: runs that a server does not list, and commits that it does not find any more, cost
// themselves alone.
func TestMissing(t *testing.T) {
	f := small()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/actions/runs") || strings.HasSuffix(r.URL.Path, "/pulls/2/commits") {
			missing(w)
			return
		}
		f.ServeHTTP(w, r)
	})
	sink, err := read(t, h, "acme/api")
	if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "acme/api builds") {
		t.Error(err)
	}
	d := sink.Holds()
	if len(d.ChangeRequests) != 6 || len(d.Issues) != 6 || d.ChangeRequests[1].Commits != nil || d.ChangeRequests[0].Commits == nil {
		t.Errorf("%d change requests, %d issues", len(d.ChangeRequests), len(d.Issues))
	}
	if want := []fact.Skipped{{What: "acme/api#2 commits", Why: "the server does not find its branches any more", Count: 1}}; !slices.Equal(sink.Skipped, want) {
		t.Errorf("%v", sink.Skipped)
	}
}

// FuzzAnswer: whatever a server answers, a page is refused or all it tells can be stored.
func FuzzAnswer(f *testing.F) {
	world := small()
	world.ChangeRequests, world.Issues = world.ChangeRequests[:2], world.Issues[1:3]
	for _, path := range []string{"pulls?state=all&sort=recentupdate", "pulls/1", "pulls/1/reviews", "issues/1/timeline", "pulls/1/commits", "issues?state=all&type=issues", "actions/runs"} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/repos/acme/api/"+path, nil)
		r.Header.Set("Authorization", "token "+sourcetest.Token)
		rec := httptest.NewRecorder()
		world.ServeHTTP(rec, r)
		f.Add(path, rec.Body.String())
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		n := 0
		sink := sourcetest.NewSink()
		_ = New(Options{Address: "http://git.example.com", Token: sourcetest.Token, Projects: []string{"acme/api"}, Clock: patient{}, Transport: transport(func(r *http.Request) (int, string) {
			if n++; n > 2000 {
				t.Fatal("it goes on asking")
			}
			rec := httptest.NewRecorder()
			world.ServeHTTP(rec, r)
			if strings.HasSuffix(r.URL.Path, strings.Split(path, "?")[0]) {
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
