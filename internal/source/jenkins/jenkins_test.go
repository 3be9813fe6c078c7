package jenkins

import (
	"context"
	"encoding/json"
	"fmt"
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

// keeps gives builds and deployments the names that Jenkins has for them.
func keeps(d fact.Delivery) (out fact.Delivery) {
	numbers := map[string]int{}
	for _, b := range d.Builds {
		numbers[b.Repository]++
		b.ID, b.Pipeline = fmt.Sprintf("%s/main#%d", b.Repository, numbers[b.Repository]), b.Repository
		out.Builds = append(out.Builds, b)
	}
	for _, x := range d.Deployments {
		job := x.Repository + "-deploy"
		numbers[job]++
		x.ID = fmt.Sprintf("%s#%d", job, numbers[job])
		out.Deployments = append(out.Deployments, x)
	}
	return out
}

var deploys = map[string]string{"acme/*-deploy": "production"}

func TestJenkins(t *testing.T) { sourcetest.Run(t, connector()) }

// connector is the feed and its vendor.
func connector() sourcetest.Connector {
	return sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, User: user, Token: sourcetest.Token, Deploys: deploys, Clock: clock})
		},
		Serve: func(w *sourcetest.World) http.Handler { return newFake(w) },
		Keeps: keeps,
		ByCreation: map[fact.ItemKind]string{
			fact.BuildItem:      "builds are listed by number alone",
			fact.DeploymentItem: "they are builds",
		},
		NoDeletes: "builds that are not kept any more are no longer listed, and happened all the same",
		Least:     4, Quiet: 1, // the jobs, and three that have builds; the jobs with their last builds
	}
}

// bench is a fake and what was read of it.
func bench(t *testing.T, o Options) (*fake, *sourcetest.Sink, func() fact.Delivery) {
	t.Helper()
	f, sink := newFake(sourcetest.NewWorld(7)), sourcetest.NewSink()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	o.Address, o.User, o.Token = server.URL, user, sourcetest.Token
	return f, sink, func() fact.Delivery {
		t.Helper()
		f.asked = nil
		if err := New(o).Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		return sink.Holds()
	}
}

var (
	at  = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	sha = strings.Repeat("ab", 20)
)

func numbered(builds ...object) []object {
	for i := range builds {
		builds[i]["number"] = i + 1
	}
	return builds
}

// A build that runs is told when it has ended; branches have slashes; folders are deep.
func TestBuildsThatRun(t *testing.T) {
	const branch, deep = "team/shop/feature%2Fpay", "a/b/c/d/e/f/g/job"
	f, _, pull := bench(t, Options{Projects: []string{"team", "a"}})
	f.more[branch] = numbered(run(fact.Running, at, time.Time{}, revisionAction("https://forge.example.com/acme/shop", sha, "feature/pay")))
	f.more[deep] = numbered(run(fact.Failed, at, at.Add(time.Minute), revisionAction("https://forge.example.com/acme/deep.git", sha, "detached")))
	got := pull().Builds
	want := []fact.Build{
		{Repository: "acme/deep", ID: deep + "#1", Pipeline: deep, Attempt: 1, SHA: sha, Branch: "detached", Result: fact.Failed, QueuedAt: at, StartedAt: at, FinishedAt: at.Add(time.Minute)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	pull() // it still runs
	f.more[branch] = numbered(run(fact.Succeeded, at, at.Add(time.Hour), revisionAction("https://forge.example.com/acme/shop", sha, "feature/pay")), run(fact.Succeeded, at.Add(time.Minute), at.Add(2*time.Minute), revisionAction("https://forge.example.com/acme/shop", sha, "feature/pay")))
	got = pull().Builds
	if len(got) != 3 || got[1].Branch != "feature/pay" || got[1].Result != fact.Succeeded || !got[1].FinishedAt.Equal(at.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
	n := len(f.asked)
	if pull(); len(f.asked) >= n {
		t.Errorf("%d requests without news: %v", len(f.asked), f.asked)
	}
}

// Pages shift when builds are discarded while they are read.
func TestManyBuilds(t *testing.T) {
	f, _, pull := bench(t, Options{Projects: []string{"many"}})
	var builds []object
	for n := range 350 {
		builds = append(builds, run(fact.Succeeded, at.Add(time.Duration(n)*time.Minute), at.Add(time.Duration(n+1)*time.Minute), revisionAction("https://forge.example.com/acme/many", sha, "main")))
	}
	f.more["many"] = numbered(builds...)
	if got := len(pull().Builds); got != 350 || len(f.asked) > 5 {
		t.Errorf("%d builds in %d requests", got, len(f.asked))
	}
	c := cursor{Next: 100, Last: 251, Top: 350} // the first page was read, and ten of it discarded then
	f.more["many"] = slices.Concat(f.more["many"][:300], f.more["many"][310:])
	server := httptest.NewServer(f)
	defer server.Close()
	feed := New(Options{Address: server.URL, User: user, Token: sourcetest.Token})
	list, err := feed.list(context.Background(), job{FullName: "many"}, c)
	if err != nil || list[0].Number < 251 || !slices.ContainsFunc(fresh(list, c), func(b build) bool { return b.Number == 250 }) {
		t.Errorf("%v: from %d on", err, list[0].Number)
	}
}

// A job that was deleted and made anew counts from the beginning.
func TestAJobThatIsMadeAnew(t *testing.T) {
	f, _, pull := bench(t, Options{Projects: []string{"new"}})
	git := revisionAction("https://forge.example.com/acme/new", sha, "main")
	f.more["new"] = numbered(run(fact.Succeeded, at, at, git), run(fact.Succeeded, at, at, git), run(fact.Succeeded, at, at, git))
	pull()
	f.more["new"] = numbered(run(fact.Failed, at.AddDate(0, 1, 0), at.AddDate(0, 1, 0), git))
	if got := pull().Builds; got[0].Result != fact.Failed {
		t.Errorf("%+v", got[0])
	}
}

// Stages that deploy, a stage that was not come to, and a commit that is handed on as a parameter.
func TestStagesAndParameters(t *testing.T) {
	f, sink, pull := bench(t, Options{Projects: []string{"shop", "ship"}, Deploys: map[string]string{"*:Deploy to *": "staging", "*:Deploy to live": "production", "ship": "production"}})
	git := revisionAction("https://forge.example.com/acme/shop", sha, "main")
	f.more["shop"] = numbered(run(fact.Failed, at, at.Add(time.Hour), git))
	f.stages["shop#1"] = []object{
		{"id": "6", "name": "Build", "status": "SUCCESS", "startTimeMillis": at.UnixMilli(), "durationMillis": 1000},
		{"id": "7", "name": "Deploy to test", "status": "SUCCESS", "startTimeMillis": at.Add(time.Minute).UnixMilli(), "durationMillis": 60000},
		{"id": "8", "name": "Deploy to live", "status": "FAILED", "startTimeMillis": at.Add(3 * time.Minute).UnixMilli(), "durationMillis": 60000},
		{"id": "9", "name": "Deploy to moon", "status": "NOT_EXECUTED", "startTimeMillis": 0, "durationMillis": 0}}
	f.more["ship"] = numbered(
		run(fact.Succeeded, at, at.Add(time.Minute), object{"parameters": []object{{"name": "DRY", "value": false}, {"name": "REVISION", "value": sha}}}),
		run(fact.Succeeded, at, at.Add(time.Minute)))
	f.more["shop"] = append(f.more["shop"], run(fact.Succeeded, at, at.Add(time.Minute))) // no commit, no stages
	f.more["shop"][1]["number"] = 2
	got := pull()
	want := []fact.Deployment{
		{ID: "ship#1", Application: "ship", Environment: "production", SHA: sha, Result: fact.Succeeded, StartedAt: at, FinishedAt: at.Add(time.Minute), UpdatedAt: at.Add(time.Minute)},
		{ID: "ship#2", Application: "ship", Environment: "production", Result: fact.Succeeded, StartedAt: at, FinishedAt: at.Add(time.Minute), UpdatedAt: at.Add(time.Minute)},
		{Repository: "acme/shop", ID: "shop#1:Deploy to live", Environment: "production", SHA: sha, Result: fact.Failed, StartedAt: at.Add(3 * time.Minute), FinishedAt: at.Add(4 * time.Minute), UpdatedAt: at.Add(4 * time.Minute)},
		{Repository: "acme/shop", ID: "shop#1:Deploy to test", Environment: "staging", SHA: sha, Result: fact.Succeeded, StartedAt: at.Add(time.Minute), FinishedAt: at.Add(2 * time.Minute), UpdatedAt: at.Add(2 * time.Minute)},
	}
	if diff := cmp.Diff(want, got.Deployments, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(got.Builds) != 1 || len(sink.Skipped) != 1 || sink.Skipped[0].Count != 1 {
		t.Errorf("%d builds, skipped %v", len(got.Builds), sink.Skipped)
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{{"a/b", "a/b", true}, {"a/b", "a/bc", false}, {"*", "x", true}, {"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "abd", false}, {"*deploy*prod", "x-deploy-to-prod", true}, {"*-deploy", "deploy", false}, {"aa*aa", "aaa", false}} {
		if got := matches(c.pattern, c.name); got != c.want {
			t.Errorf("%q of %q: %v", c.pattern, c.name, got)
		}
	}
}

func TestNamesOfRepositories(t *testing.T) {
	for address, want := range map[string]string{"https://forge.example.com/acme/api.git": "acme/api", "git@forge.example.com:acme/api.git": "acme/api", "ssh://git@forge.example.com:7999/acme/api.git": "acme/api", "https://u:p@forge.example.com/group/sub/api/": "group/sub/api", "file:///srv/api.git": "srv/api"} {
		if got := repositoryOf(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

func TestNoDeploymentsAreNamed(t *testing.T) {
	f := newFake(sourcetest.NewWorld(7))
	server := httptest.NewServer(f)
	defer server.Close()
	sight, err := New(Options{Address: server.URL, User: user, Token: sourcetest.Token, Projects: []string{"acme", "gone"}}).Look(context.Background())
	if err != nil || len(sight.Sees) != 3 || len(sight.Lacks) != 2 || sight.Lacks[0].Of != "gone" || sight.Lacks[1].What != "deployments" {
		t.Errorf("%+v %v", sight, err)
	}
}

// FuzzBuilds: whatever comes in place of builds, it is refused or translated.
func FuzzBuilds(f *testing.F) {
	fk := newFake(sourcetest.NewWorld(3))
	for _, b := range fk.jobs()["acme/api/main"][:4] {
		text, err := json.Marshal(object{"allBuilds": []object{b}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		feed := New(Options{Address: "http://jenkins.example", Transport: fixed(text)})
		j := job{FullName: "a", Name: "a", pipeline: "a"}
		list, err := feed.list(context.Background(), j, cursor{})
		if err != nil {
			return
		}
		for _, b := range list {
			r := told(j, b)
			if x := b.build(j, r); x.StartedAt.IsZero() || x.FinishedAt.Before(x.StartedAt) || x.QueuedAt.After(x.StartedAt) {
				t.Errorf("%+v", x)
			}
		}
	})
}

// fixed answers with a text.
type fixed []byte

func (f fixed) RoundTrip(*http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	_, _ = rec.Write(f)
	return rec.Result(), nil
}
