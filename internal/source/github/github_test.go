package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/google/go-cmp/cmp"
)

func TestConnector(t *testing.T) { sourcetest.Run(t, connector()) }

// connector is the feed and its vendor: 130 change requests are three pages and 130 issues two; of the second repository
// each is one page, as are builds and deployments of both. Without news each is one page.
func connector() sourcetest.Connector {
	return sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Projects: []string{"acme/api", "acme/web"}, Clock: clock})
		},
		Serve: serve,
		Keeps: keeps,
		Least: 3 + 1 + 2 + 1 + 1 + 1 + 1 + 1,
		Quiet: 8,
		ByCreation: map[fact.ItemKind]string{
			fact.BuildItem:      "runs of Actions are listed by creation alone",
			fact.DeploymentItem: "GraphQL orders deployments by creation alone",
		},
		NoDeletes: "an issue that was deleted or transferred, and a run that was deleted, is no longer listed",
		Secondary: func(w http.ResponseWriter) {
			tell(w, http.StatusForbidden, object{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."})
		},
	}
}

// clock is one that waiting moves on.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

// small is a world of a few items of each kind.
func small() *fake {
	w := sourcetest.NewWorld(3)
	w.ChangeRequests = w.ChangeRequests[:12]
	w.Issues = w.Issues[:6]
	w.Builds, w.Deployments = w.Builds[:4], w.Deployments[:2]
	return &fake{World: w, token: sourcetest.Token}
}

// read reads a fake whole.
func read(t *testing.T, h http.Handler, o Options) (*sourcetest.Sink, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	o.Address = server.URL
	if o.Token == "" {
		o.Token = sourcetest.Token
	}
	if o.Clock == nil {
		o.Clock = &clock{now: time.Date(2024, 7, 8, 9, 0, 0, 0, time.UTC)}
	}
	sink := sourcetest.NewSink()
	return sink, New(o).Pull(context.Background(), sink.Pull())
}

func must(t *testing.T, h http.Handler, o Options) fact.Delivery {
	t.Helper()
	sink, err := read(t, h, o)
	if err != nil {
		t.Fatal(err)
	}
	return sink.Holds()
}

var api1 = Options{Projects: []string{"acme/api"}}

// TestChangeRequest: reviews that were dismissed, are not submitted, or are answers of the author; a
// bot; an account that is gone; a push, a rebase of two commits, a draft that became ready; a squash.
func TestChangeRequest(t *testing.T) {
	f := small()
	c := f.ChangeRequests[1]
	at := func(minutes int) time.Time { return c.OpenedAt.Add(time.Duration(minutes) * time.Minute) }
	f.patch = func(kind string, n int64, o object) {
		if kind != "request" || n != c.Number {
			return
		}
		bot := object{"__typename": "Bot", "login": "dependabot", "databaseId": 49699333}
		review := func(id, state string, minutes int, who any) object {
			return object{"__typename": "PullRequestReview", "id": id, "state": state, "submittedAt": stamp(at(minutes)), "author": who}
		}
		pending := review("3", "PENDING", 0, user("bob"))
		pending["submittedAt"] = nil
		o["timelineItems"] = plain(
			object{"__typename": "ReadyForReviewEvent", "createdAt": stamp(at(5)), "actor": user("ann")},
			review("1", "DISMISSED", 10, user("bob")),
			review("2", "COMMENTED", 12, user("ann")),
			pending,
			review("4", "COMMENTED", 14, user("bob")),
			review("5", "APPROVED", 16, bot),
			object{"__typename": "IssueComment", "createdAt": stamp(at(18)), "author": nil},
			object{"__typename": "HeadRefForcePushedEvent", "createdAt": stamp(at(21)), "actor": user("ann")},
			object{"__typename": "ReviewDismissedEvent", "previousReviewState": "CHANGES_REQUESTED", "review": object{"id": "1"}},
			object{"__typename": "ConvertToDraftEvent", "createdAt": stamp(at(30)), "actor": user("ann")},
			object{"__typename": "ReopenedEvent", "createdAt": stamp(at(31)), "actor": user("ann")})
		o["commits"] = plain(commit(strings.Repeat("a", 40), at(-60), at(-60), "ann"), commit(strings.Repeat("b", 40), at(-50), at(20), "ann"), commit(strings.Repeat("c", 40), at(19), at(20), "ann"))
		o["mergeCommit"] = object{"oid": strings.Repeat("d", 40)}
	}
	var got fact.ChangeRequest
	for _, r := range must(t, f, api1).ChangeRequests {
		if r.Number == c.Number {
			got = r
		}
	}
	ann, bob := fact.Identity{Name: "ann", Email: "1001+ann@users.noreply.127.0.0.1"}, fact.Identity{Name: "bob", Email: "1002+bob@users.noreply.127.0.0.1"}
	want := []fact.RequestEvent{
		{Kind: fact.Ready, Actor: ann, At: at(5)},
		{Kind: fact.ChangesRequested, Actor: bob, At: at(10)},
		{Kind: fact.Commented, Actor: ann, At: at(12)},
		{Kind: fact.Reviewed, Actor: bob, At: at(14)},
		{Kind: fact.Approved, Actor: fact.Identity{Name: "dependabot[bot]", Email: "49699333+dependabot[bot]@users.noreply.127.0.0.1"}, At: at(16)},
		{Kind: fact.Commented, Actor: fact.Identity{Name: "ghost", Email: "ghost@users.noreply.127.0.0.1"}, At: at(18)},
		{Kind: fact.Pushed, Actor: ann, At: at(20)},
		{Kind: fact.Pushed, Actor: ann, At: at(21)},
		{Kind: fact.Drafted, Actor: ann, At: at(30)},
		{Kind: fact.Reopened, Actor: ann, At: at(31)},
	}
	if diff := cmp.Diff(want, got.Events); diff != "" {
		t.Error(diff)
	}
	if got.MergeSHA != strings.Repeat("d", 40) || len(got.Commits) != 3 || got.Commits[2].SHA != strings.Repeat("c", 40) {
		t.Errorf("a squash: %s, %v", got.MergeSHA, got.Commits)
	}
}

// TestLongChangeRequest: 230 commits and 310 comments are read to the end.
func TestLongChangeRequest(t *testing.T) {
	f := small()
	c := f.ChangeRequests[4]
	f.patch = func(kind string, n int64, o object) {
		if kind != "request" || n != c.Number {
			return
		}
		var commits, comments []object
		for i := range 230 {
			commits = append(commits, commit(fmt.Sprintf("%040x", i), c.OpenedAt, c.OpenedAt, "ann"))
		}
		for i := range 310 {
			comments = append(comments, object{"__typename": "IssueComment", "createdAt": stamp(c.OpenedAt.Add(time.Duration(i) * time.Minute)), "author": user("bob")})
		}
		o["commits"], o["timelineItems"] = plain(commits...), plain(comments...)
	}
	for _, r := range must(t, f, api1).ChangeRequests {
		if r.Number == c.Number {
			if len(r.Commits) != 230 || r.Commits[229].SHA != fmt.Sprintf("%040x", 229) || len(r.Events) != 310 {
				t.Errorf("%d commits, %d events", len(r.Commits), len(r.Events))
			}
			return
		}
	}
	t.Error("it is not there")
}

// TestPaths: files are told where the page has all of them.
func TestPaths(t *testing.T) {
	f := small()
	for number, told := range map[int64]any{1: files(slices.Repeat([]string{"a.go"}, 100)), 2: files(slices.Repeat([]string{"a.go"}, 101)), 3: nil} {
		f.patch = func(kind string, n int64, o object) {
			if kind == "request" && n == number {
				o["files"] = told
			}
		}
		for _, r := range must(t, f, api1).ChangeRequests {
			if want := map[int64]int{1: 100, 2: 0, 3: 0}[number]; r.Number == number && (len(r.Paths) != want || (r.Paths == nil) != (want == 0)) {
				t.Errorf("%d: %d paths", number, len(r.Paths))
			}
		}
	}
}

// TestIssue: an issue that was not planned and whose closing is not in its timeline, with the
// change request that closed it; and the same of a server that does not know the newer fields.
func TestIssue(t *testing.T) {
	for _, older := range []int{0, withoutLinks, withoutTypes} {
		f := small()
		f.older = older
		at := f.Issues[0].OpenedAt.Add(time.Hour)
		f.patch = func(kind string, n int64, o object) {
			if kind == "issue" && n == 1 {
				o["state"], o["stateReason"], o["closedAt"], o["timelineItems"] = "CLOSED", "NOT_PLANNED", stamp(at), plain()
				if older < withoutTypes {
					o["closedByPullRequestsReferences"] = plain(object{"number": 7, "repository": object{"nameWithOwner": "acme/web"}})
				}
				if older < withoutLinks {
					o["blockedBy"] = plain(object{"number": 2, "repository": object{"nameWithOwner": "acme/api"}})
					o["blocking"] = plain(object{"number": 3, "repository": object{"nameWithOwner": "acme/api"}}, object{"number": 4, "repository": object{"nameWithOwner": "acme/web"}})
				}
			}
		}
		issues := must(t, f, api1).Issues
		i := slices.IndexFunc(issues, func(i fact.Issue) bool { return i.Key == "#1" })
		if len(issues) != 6 || i < 0 {
			t.Fatalf("%d issues", len(issues))
		}
		got := issues[i]
		want := []fact.Transition{{From: "open", To: "not planned", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDone, At: at}}
		if diff := cmp.Diff(want, got.Transitions); diff != "" || got.Status != "not planned" || !got.ResolvedAt.Equal(at) {
			t.Error(diff, got.Status, got.ResolvedAt)
		}
		kind, links := "Story", []fact.IssueLink{{Kind: "closed by", Target: "acme/web#7"}, {Kind: "blocked by", Target: "acme/api#2"}, {Kind: "blocks", Target: "acme/api#3"}, {Kind: "blocks", Target: "acme/web#4"}}
		switch older {
		case withoutTypes:
			kind, links = "Issue", nil
		case withoutLinks:
			links = links[:1]
		}
		if got.Kind != kind || !slices.Equal(got.Links, links) {
			t.Errorf("older %d: %q, %v", older, got.Kind, got.Links)
		}
		server := httptest.NewServer(f)
		sight, err := New(Options{Address: server.URL, Token: f.token, Projects: api1.Projects}).Look(context.Background())
		server.Close()
		says := slices.ContainsFunc(sight.Lacks, func(l source.Lack) bool {
			return strings.Contains(l.What, "which") && strings.Contains(l.Why, "too old")
		})
		if err != nil || says != (older > 0) {
			t.Errorf("older %d: a look says %+v, %v", older, sight.Lacks, err)
		}
	}
}

// TestWork: labels and states of projects say when work went on, where the company names them. Servers
// that know no such states are asked for labels alone.
func TestWork(t *testing.T) {
	for _, older := range []int{0, withoutLinks} {
		f := small()
		f.older = older
		at := func(hours int) time.Time { return f.Issues[0].OpenedAt.Add(time.Duration(hours) * time.Hour) }
		f.patch = func(kind string, n int64, o object) {
			if kind != "issue" || n != 1 {
				return
			}
			events := []object{{"__typename": "LabeledEvent", "createdAt": stamp(at(1)), "label": object{"name": "Doing"}}, {"__typename": "UnlabeledEvent", "createdAt": stamp(at(2)), "label": object{"name": "Doing"}}}
			if older == 0 {
				events = append(events, object{"__typename": "ProjectV2ItemStatusChangedEvent", "createdAt": stamp(at(3)), "status": "In Progress"})
			}
			o["state"], o["closedAt"], o["labels"], o["timelineItems"] = "OPEN", nil, labels(nil), timeline(events...)
		}
		first := func(o Options) fact.Issue {
			issues := must(t, f, o).Issues
			return issues[slices.IndexFunc(issues, func(i fact.Issue) bool { return i.Key == "#1" })]
		}
		got := first(Options{Projects: []string{"acme/api"}, Doing: []string{"doing", "in progress"}})
		want := []fact.Transition{{From: "open", To: "Doing", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: at(1)}, {From: "Doing", To: "open", FromCategory: fact.IssueDoing, ToCategory: fact.IssueToDo, At: at(2)}}
		status := "open"
		if older == 0 {
			want, status = append(want, fact.Transition{From: "open", To: "In Progress", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: at(3)}), "In Progress"
		}
		if diff := cmp.Diff(want, got.Transitions); diff != "" || got.Status != status {
			t.Errorf("older %d: %s %s", older, got.Status, diff)
		}
		if got := first(api1); len(got.Transitions) > 0 || got.Status != "open" {
			t.Errorf("no words for work, and it was worked on: %+v", got)
		}
	}
	if f := New(Options{}); strings.Contains(f.issuesQuery(0)+f.statesQuery(), "LABELED_EVENT") {
		t.Error("labels are asked for that nobody reads")
	}
	f := New(Options{Doing: []string{"doing"}})
	if strings.Contains(f.issuesQuery(withoutLinks), "PROJECT_V2") || !strings.Contains(f.statesQuery(), "PROJECT_V2") {
		t.Error("an older server is asked for what it does not know, or a newer one is not")
	}
}

// TestDeployments: one that was replaced was a success; one that waits goes on, and is looked at again
// though others were made since.
func TestDeployments(t *testing.T) {
	f := small()
	d := f.Deployments[0]
	at := func(minutes int) time.Time { return d.StartedAt.Add(time.Duration(minutes) * time.Minute) }
	statuses := map[string][]object{
		"success":   {{"state": "INACTIVE", "createdAt": stamp(at(90))}, {"state": "SUCCESS", "createdAt": stamp(at(9))}, {"state": "IN_PROGRESS", "createdAt": stamp(at(4))}, {"state": "WAITING", "createdAt": stamp(at(0))}},
		"failure":   {{"state": "QUEUED", "createdAt": stamp(at(1))}, {"state": "ERROR", "createdAt": stamp(at(2))}},
		"cancelled": {{"state": "QUEUED", "createdAt": stamp(at(1))}, {"state": "INACTIVE", "createdAt": stamp(at(2))}},
		"running":   {{"state": "WAITING", "createdAt": stamp(at(1))}},
	}
	for result, told := range statuses {
		f.patch = func(kind string, n int64, o object) {
			if kind == "deployment" && n == 0 {
				o["statuses"] = plain(told...)
			}
		}
		for _, got := range must(t, f, api1).Deployments {
			if got.ID != "DE_"+d.ID {
				continue
			}
			if string(got.Result) != result || got.FinishedAt.IsZero() != (result == "running") {
				t.Errorf("%s: %+v", result, got)
			}
			if result == "success" && (!got.StartedAt.Equal(at(4)) || !got.FinishedAt.Equal(at(9)) || !got.UpdatedAt.Equal(at(90))) {
				t.Errorf("its times: %+v", got)
			}
		}
	}
}

// TestUnfinishedIsReadAgain: what had not ended is found however much was made since.
func TestUnfinishedIsReadAgain(t *testing.T) {
	f := small()
	first := f.Now.Add(-10 * 24 * time.Hour)
	f.Builds, f.Deployments = nil, nil
	for i := range 350 {
		at := first.Add(time.Duration(i) * time.Minute)
		f.Deployments = append(f.Deployments, fact.Deployment{Repository: "acme/api", ID: fmt.Sprint(i), Environment: "live", SHA: fmt.Sprintf("%040x", i), Result: fact.Succeeded, StartedAt: at, FinishedAt: at, UpdatedAt: at})
		f.Builds = append(f.Builds, fact.Build{Repository: "acme/api", ID: fmt.Sprint(i + 1), Pipeline: "ci", Attempt: 1, SHA: fmt.Sprintf("%040x", i), Result: fact.Succeeded, QueuedAt: at, StartedAt: at, FinishedAt: at})
	}
	f.patch = func(kind string, n int64, o object) {
		if kind == "deployment" && n == 0 {
			o["statuses"] = plain(object{"state": "IN_PROGRESS", "createdAt": stamp(first)})
		}
		if kind == "run" && o["id"] == int64(1) {
			o["status"], o["conclusion"] = "in_progress", nil
		}
	}
	server := httptest.NewServer(f)
	defer server.Close()
	sink := sourcetest.NewSink()
	pull := func() {
		t.Helper()
		feed := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api"}, Clock: &clock{now: f.Now}})
		if err := feed.Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
	}
	unfinished := func() (n int) {
		for _, d := range sink.Holds().Deployments {
			if d.Result == fact.Running {
				n++
			}
		}
		for _, b := range sink.Holds().Builds {
			if b.Result == fact.Running {
				n++
			}
		}
		return n
	}
	pull()
	if n := unfinished(); n != 2 {
		t.Fatalf("%d have not ended", n)
	}
	end := f.Now
	f.Deployments[0].UpdatedAt, f.Deployments[0].FinishedAt = end, end
	f.Builds[0].FinishedAt = end
	f.patch = nil
	pull()
	if n := unfinished(); n != 0 {
		t.Errorf("%d have not ended", n)
	}
}

// TestAttempts: a run that was run again has a build for each attempt that is still there.
func TestAttempts(t *testing.T) {
	f := small()
	b := f.Builds[1]
	f.patch = func(kind string, _ int64, o object) {
		if kind == "run" && fmt.Sprint(o["id"]) == b.ID {
			o["run_attempt"], o["run_started_at"] = 3, stamp(b.StartedAt.Add(time.Hour))
		}
	}
	second := ran(b)
	second["run_attempt"], second["conclusion"] = 2, "timed_out"
	f.runs = []object{second}
	var got []string
	for _, x := range must(t, f, api1).Builds {
		if x.ID == b.ID {
			got = append(got, fmt.Sprint(x.Attempt, " ", x.Result, " ", x.QueuedAt.Sub(b.QueuedAt)))
		}
	}
	if want := []string{"2 failure 1m0s", "3 success 1h1m0s"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestRunsOfOneSecond: more runs than a page has were made in one second.
func TestRunsOfOneSecond(t *testing.T) {
	f := small()
	at := f.Builds[0].QueuedAt
	f.Builds = nil
	for i := range 350 {
		f.Builds = append(f.Builds, fact.Build{Repository: "acme/api", ID: fmt.Sprint(i + 1), Pipeline: "ci", Attempt: 1, SHA: fmt.Sprintf("%040x", i), Result: fact.Succeeded, QueuedAt: at, StartedAt: at, FinishedAt: at})
	}
	if got := must(t, f, api1).Builds; len(got) != 350 {
		t.Errorf("%d of 350", len(got))
	}
}

// TestRateLimited: GraphQL refuses with status 200, and the next request comes when the hour is over.
func TestRateLimited(t *testing.T) {
	f := small()
	c := &clock{now: time.Date(2024, 7, 8, 9, 0, 0, 0, time.UTC)}
	until := c.now.Add(40 * time.Minute)
	n := 0
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", fmt.Sprint(until.Unix()))
			tell(w, http.StatusOK, object{"errors": []object{{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}}})
			return
		}
		if c.now.Before(until) {
			t.Errorf("request %d comes %v too early", n, until.Sub(c.now))
		}
		f.ServeHTTP(w, r)
	})
	if got := must(t, h, Options{Projects: []string{"acme/api"}, Clock: c}).ChangeRequests; len(got) != 12 {
		t.Errorf("%d change requests", len(got))
	}
}

// TestSmallerPages: a server that gives up on pages of more than 20 is asked for smaller ones.
func TestSmallerPages(t *testing.T) {
	f := &fake{World: sourcetest.NewWorld(3), token: sourcetest.Token}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		f.ServeHTTP(rec, r)
		if strings.Count(rec.Body.String(), `"headRefOid"`) > 20 {
			tell(w, http.StatusOK, object{"data": nil, "errors": []object{{"message": "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."}}})
			return
		}
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	})
	if got := must(t, h, Options{Projects: []string{"acme/web", "acme/api"}}).ChangeRequests; len(got) != 133 {
		t.Errorf("%d change requests", len(got))
	}
}

// TestListing: forks and archived repositories are left out, and a look says so.
func TestListing(t *testing.T) {
	f := small()
	f.repos = []object{{"full_name": "acme/api"}, {"full_name": "acme/attic", "archived": true}, {"full_name": "ann/fork", "fork": true}}
	for i := range 120 {
		f.repos = append(f.repos, object{"full_name": fmt.Sprintf("acme/old-%d", i), "archived": true})
	}
	if got := must(t, f, Options{}); len(got.ChangeRequests) != 12 {
		t.Errorf("%d change requests", len(got.ChangeRequests))
	}
	server := httptest.NewServer(f)
	defer server.Close()
	sight, err := New(Options{Address: server.URL, Token: sourcetest.Token}).Look(context.Background())
	if err != nil || len(sight.Sees) != 4 || len(sight.Lacks) != 124 || sight.Lacks[122].What != "sprints and estimates" || sight.Lacks[123].What != "word for work on issues" || sight.Lacks[1].Of != "ann/fork" || sight.Lacks[1].Why != "it is a fork" {
		t.Errorf("%v, %+v", err, sight)
	}
}

// TestOnlyNews: a second reading tells what changed in the newest second of each kind, and no more.
func TestOnlyNews(t *testing.T) {
	f := &fake{World: sourcetest.NewWorld(3), token: sourcetest.Token}
	server := httptest.NewServer(f)
	defer server.Close()
	sink := sourcetest.NewSink()
	told := 0
	for range 2 {
		told = sink.Told
		if err := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api"}}).Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
	}
	if again := sink.Told - told; again > 4 {
		t.Errorf("%d items were told again", again)
	}
}

// TestRenamed: what is told of a renamed repository is told under its new name, and its clones may
// have the old one.
func TestRenamed(t *testing.T) {
	f := small()
	server := httptest.NewServer(f)
	defer server.Close()
	sink := sourcetest.NewSink()
	pull := sink.Pull()
	var repositories []fact.ForgeRepository
	emit := pull.Emit
	pull.Emit = func(ctx context.Context, p source.Page) error {
		repositories = append(repositories, p.Delivery.Repositories...)
		return emit(ctx, p)
	}
	feed := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/old"}})
	_ = feed.Pull(context.Background(), pull) // the fake has no runs of the old name
	if got := sink.Holds().ChangeRequests; len(got) != 12 || got[0].Repository != "acme/api" {
		t.Errorf("%d change requests", len(got))
	}
	host := strings.TrimPrefix(server.URL, "http://")
	want := fact.ForgeRepository{Name: "acme/api", Addresses: []string{"https://" + host + "/acme/api.git", "git@" + host + ":acme/api.git", "https://" + host + "/acme/old.git", "git@" + host + ":acme/old.git"}}
	if len(repositories) == 0 || !cmp.Equal(repositories[0], want) {
		t.Errorf("%+v", repositories)
	}
}

// TestMissingRight: a right that is missing costs its kind alone.
func TestMissingRight(t *testing.T) {
	f := small()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/actions/runs") {
			tell(w, http.StatusForbidden, object{"message": "Resource not accessible by personal access token"})
			return
		}
		f.ServeHTTP(w, r)
	})
	sink, err := read(t, h, api1)
	if !errors.Is(err, api.ErrForbidden) || !strings.Contains(err.Error(), "acme/api builds") {
		t.Errorf("%v", err)
	}
	if d := sink.Holds(); len(d.ChangeRequests) != 12 || len(d.Deployments) != 2 || len(d.Builds) != 0 {
		t.Errorf("%d change requests, %d deployments, %d builds", len(d.ChangeRequests), len(d.Deployments), len(d.Builds))
	}
	server := httptest.NewServer(h)
	defer server.Close()
	sight, err := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api", "acme/none"}}).Look(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var lacks []string
	for _, l := range sight.Lacks {
		lacks = append(lacks, l.Of+" "+l.What+": "+l.Why)
	}
	if len(sight.Sees) != 3 || len(lacks) != 7 || lacks[0] != "acme/api builds: the token may not read this" || lacks[1] != "acme/none change requests: not there, or hidden from this token" {
		t.Errorf("sees %v, lacks %q", sight.Sees, lacks)
	}
}

// TestStaleCursor: a cursor that GitHub no longer takes makes the pass begin anew, not fail.
func TestStaleCursor(t *testing.T) {
	f := small()
	server := httptest.NewServer(f)
	defer server.Close()
	sink := sourcetest.NewSink()
	pull := sink.Pull()
	pull.Cursor = func(stream string) source.Cursor { return api.Sweep{Next: "no cursor"}.Cursor() }
	feed := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api"}})
	if err := feed.changeRequests(context.Background(), "x", "acme/api", pull); err != nil {
		t.Error(err)
	}
	if got := sink.Holds().ChangeRequests; len(got) != 12 {
		t.Errorf("%d change requests", len(got))
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string][4]string{
		"":                              {"https://api.github.com", "github.com", "", "/graphql"},
		"github.com":                    {"https://api.github.com", "github.com", "", "/graphql"},
		"https://api.github.com":        {"https://api.github.com", "github.com", "", "/graphql"},
		"https://acme.ghe.com":          {"https://api.acme.ghe.com", "acme.ghe.com", "", "/graphql"},
		"https://git.acme.example/":     {"https://git.acme.example", "git.acme.example", "/api/v3", "/api/graphql"},
		"https://git.acme.example:8443": {"https://git.acme.example:8443", "git.acme.example:8443", "/api/v3", "/api/graphql"},
	} {
		base, host, rest, graph := addresses(address)
		if got := [4]string{base, host, rest, graph}; got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}

// TestApp: the key of an App signs a token request, the token is used until five minutes before
// it ends, and neither shows in an error.
func TestApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range []*pem.Block{{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}, {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		f := small()
		f.token = ""
		c := &clock{now: f.Now}
		var mu sync.Mutex
		issued := 0
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			switch r.URL.Path {
			case "/api/v3/app/installations":
				signed(t, &key.PublicKey, bearer, c.now)
				tell(w, http.StatusOK, []object{{"id": 5, "account": object{"login": "other"}}, {"id": 9007199254740999, "account": object{"login": "Acme"}}})
			case "/api/v3/app/installations/9007199254740999/access_tokens":
				signed(t, &key.PublicKey, bearer, c.now)
				issued++
				f.token = fmt.Sprint("ghs_installation_", issued)
				tell(w, http.StatusCreated, object{"token": f.token, "expires_at": stamp(c.now.Add(time.Hour))})
			default:
				if strings.Contains(r.URL.Path, "/actions/runs") {
					tell(w, http.StatusUnprocessableEntity, object{"message": "no " + f.token})
					return
				}
				f.ServeHTTP(w, r)
				c.now = c.now.Add(28 * time.Minute)
			}
		})
		sink, err := read(t, h, Options{User: "4711", Token: string(pem.EncodeToMemory(block)), Projects: []string{"acme/api"}, Clock: c})
		if err == nil || strings.Contains(err.Error(), "ghs_") || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("an error: %v", err)
		}
		if len(sink.Holds().ChangeRequests) != 12 || len(sink.Holds().Deployments) != 2 || issued != 2 {
			t.Errorf("%d change requests, %d tokens", len(sink.Holds().ChangeRequests), issued)
		}
	}
	for name, o := range map[string]Options{"no id": {Token: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))}, "no key": {User: "1", Token: "-----BEGIN NOTHING-----"}} {
		n := 0
		_, err := read(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n++ }), o)
		if err == nil || n > 0 {
			t.Errorf("%s: %v, %d requests", name, err, n)
		}
	}
}

// signed checks a JSON Web Token as GitHub does.
func signed(t *testing.T, key *rsa.PublicKey, jwt string, now time.Time) {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	var raw [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			t.Fatal(err)
		}
		raw[i] = b
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], raw[2]); err != nil {
		t.Error(err)
	}
	var claims struct {
		Iat, Exp int64
		Iss      string
	}
	if err := json.Unmarshal(raw[1], &claims); err != nil || claims.Iss != "4711" || claims.Iat > now.Unix() || claims.Exp > now.Add(10*time.Minute).Unix() || claims.Exp <= now.Unix() {
		t.Errorf("%v, %+v at %d", err, claims, now.Unix())
	}
}

// FuzzAnswer: whatever GitHub answers, a page is refused or all it tells can be stored.
func FuzzAnswer(f *testing.F) {
	world := small()
	world.ChangeRequests, world.Issues = world.ChangeRequests[:2], world.Issues[1:3]
	for _, q := range []string{requestsQuery, New(Options{Doing: []string{"doing"}}).issuesQuery(0), deploymentsQuery} {
		body, _ := json.Marshal(object{"query": q, "variables": object{"owner": "acme", "name": "api", "first": 50}})
		r := httptest.NewRequest(http.MethodPost, "/api/graphql", strings.NewReader(string(body)))
		r.Header.Set("Authorization", "Bearer "+sourcetest.Token)
		rec := httptest.NewRecorder()
		world.ServeHTTP(rec, r)
		f.Add(rec.Body.String())
	}
	r := httptest.NewRequest(http.MethodGet, "/api/v3/repos/acme/api/actions/runs", nil)
	r.Header.Set("Authorization", "Bearer "+sourcetest.Token)
	rec := httptest.NewRecorder()
	world.ServeHTTP(rec, r)
	f.Add(rec.Body.String())
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		sink := sourcetest.NewSink()
		o := Options{Address: "https://git.example.com", Token: sourcetest.Token, Projects: []string{"acme/api"}, Clock: &clock{}, Transport: transport(func(*http.Request) string {
			if n++; n > 500 {
				t.Fatal("it goes on asking")
			}
			return text
		})}
		_ = New(o).Pull(context.Background(), sink.Pull()) // whatever it says
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

// transport answers each request with a text.
type transport func(*http.Request) string

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(f(r))), Request: r}, nil
}
