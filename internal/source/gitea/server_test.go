package gitea

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/google/go-cmp/cmp"
)

// server is a real Gitea on this machine, with two accounts.
type server struct {
	*testing.T
	address  string
	ann, bob string // tokens
}

const config = `WORK_PATH = %[1]s
RUN_MODE = prod
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = %[2]d
ROOT_URL = http://127.0.0.1:%[2]d/
STATIC_ROOT_PATH = %[3]s
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = %[1]s/gitea.db
[security]
INSTALL_LOCK = true
[service]
REQUIRE_SIGNIN_VIEW = true
NO_REPLY_ADDRESS = noreply.git.example.com
[log]
LEVEL = error
[indexer]
ISSUE_INDEXER_TYPE = db
`

// start runs the program that DIARCHY_GITEA names. Its templates lie beside it, as in its sources.
func start(t *testing.T) *server {
	program := os.Getenv("DIARCHY_GITEA")
	if program == "" {
		t.Skip("no real Gitea: set DIARCHY_GITEA to its program, built with the tags sqlite and sqlite_unlock_notify in the folder of its sources")
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	ini := filepath.Join(dir, "app.ini")
	if err := os.WriteFile(ini, fmt.Appendf(nil, config, dir, port, filepath.Dir(program)), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(program, append([]string{"--config", ini}, args...)...)
		cmd.Env = append(os.Environ(), "HOME="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("gitea %v: %v\n%s", args, err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return lines[len(lines)-1]
	}
	run("migrate")
	s := &server{T: t, address: fmt.Sprintf("http://127.0.0.1:%d", port)}
	for name, token := range map[string]*string{"ann": &s.ann, "bob": &s.bob} {
		args := []string{"admin", "user", "create", "--username", name, "--password", "Secret-" + name + "-1", "--email", name + "@example.com", "--must-change-password=false"}
		if name == "ann" {
			args = append(args, "--admin")
		}
		run(args...)
		*token = run("admin", "user", "generate-access-token", "--username", name, "--scopes", "all", "--raw")
	}
	web := exec.Command(program, "--config", ini, "web")
	web.Env = append(os.Environ(), "HOME="+dir)
	if err := web.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = web.Process.Signal(os.Interrupt)
		_ = web.Wait()
	})
	for range 600 {
		res, err := http.Get(s.address + "/api/healthz")
		if err == nil {
			_ = res.Body.Close()
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Gitea does not answer")
	return nil
}

// do asks the server's API, and gives its answer.
func (s *server) do(token, method, path string, body object) object {
	s.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.Fatal(err)
	}
	for try := 0; ; try++ {
		req, err := http.NewRequest(method, s.address+"/api/v1"+path, bytes.NewReader(text))
		if err != nil {
			s.Fatal(err)
		}
		req.Header.Set("Authorization", "token "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			s.Fatal(err)
		}
		answer, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusMethodNotAllowed && try < 100 { // it looks whether it can merge
			time.Sleep(200 * time.Millisecond)
			continue
		}
		if res.StatusCode >= 300 {
			s.Fatalf("%s %s: %d %s", method, path, res.StatusCode, answer)
		}
		out := object{}
		_ = json.Unmarshal(answer, &out) // some answer nothing, or a list
		return out
	}
}

// commit puts a file on a branch, made from another one where that is given, and gives the commit.
func (s *server) commit(token, file, branch, from string) string {
	s.Helper()
	content := file + "\n"
	if strings.HasSuffix(file, ".yml") {
		content = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n    - run: \"true\"\n"
	}
	body := object{"content": base64.StdEncoding.EncodeToString([]byte(content)), "message": "Add " + file, "branch": branch}
	if from != "" {
		body["branch"], body["new_branch"] = from, branch
	}
	answer := s.do(token, http.MethodPost, "/repos/acme/api/contents/"+file, body)
	return answer["commit"].(object)["sha"].(string)
}

// TestRealServer makes change requests and issues on a real server, and reads them.
func TestRealServer(t *testing.T) {
	s := start(t)
	s.do(s.ann, http.MethodPost, "/orgs", object{"username": "acme"})
	s.do(s.ann, http.MethodPost, "/orgs/acme/repos", object{"name": "api", "auto_init": true, "default_branch": "main"})
	s.do(s.ann, http.MethodPut, "/repos/acme/api/collaborators/bob", object{"permission": "write"})
	s.do(s.ann, http.MethodPost, "/user/repos", object{"name": "empty"})

	issue := s.do(s.ann, http.MethodPost, "/repos/acme/api/issues", object{"title": "It breaks"})
	s.do(s.ann, http.MethodPost, "/repos/acme/api/issues", object{"title": "It is slow"})
	second := "/repos/acme/api/issues/2"
	pause()
	s.do(s.ann, http.MethodPatch, second, object{"state": "closed"})
	s.do(s.ann, http.MethodPatch, second, object{"state": "open"})
	doing := s.do(s.ann, http.MethodPost, "/repos/acme/api/labels", object{"name": "doing", "color": "#00aa00"})
	pause()
	s.do(s.ann, http.MethodPost, second+"/labels", object{"labels": []any{doing["id"]}})
	pause()
	s.do(s.ann, http.MethodDelete, fmt.Sprintf("%s/labels/%v", second, doing["id"]), nil)

	// 3: a draft that becomes ready, is reviewed, changed, approved and squashed.
	first := s.commit(s.ann, "a.txt", "feature", "main")
	s.do(s.ann, http.MethodPost, "/repos/acme/api/pulls", object{"title": "WIP: Mend it", "body": "Closes #1", "head": "feature", "base": "main"})
	pull := "/repos/acme/api/pulls/3"
	pause()
	s.do(s.ann, http.MethodPatch, pull, object{"title": "Mend it"})
	pause()
	s.do(s.ann, http.MethodPost, pull+"/requested_reviewers", object{"reviewers": []string{"bob"}})
	pause()
	s.do(s.bob, http.MethodPost, pull+"/reviews", object{"event": "REQUEST_CHANGES", "body": "Not yet", "comments": []object{{"path": "a.txt", "body": "why?", "new_position": 1}}})
	pause()
	last := s.commit(s.ann, "b.txt", "feature", "")
	waitFor(t, "a push is not in the timeline", func() bool {
		events, err := New(Options{Address: s.address, Token: s.ann}).pushes("/api/v1/repos/acme/api/issues/3/timeline")
		return err == nil && events == 2
	})
	pause()
	s.do(s.ann, http.MethodPost, "/repos/acme/api/issues/3/comments", object{"body": "Now"})
	pause()
	s.do(s.bob, http.MethodPost, pull+"/reviews", object{"event": "APPROVED", "body": "Good"})
	s.do(s.ann, http.MethodPost, pull+"/merge", object{"Do": "squash"})
	squash := s.do(s.ann, http.MethodGet, "/repos/acme/api/branches/main", nil)["commit"].(object)["id"].(string)

	// 4: closed, reopened and closed; its commit stays on its branch. 5: open.
	s.commit(s.bob, "c.txt", "other", "main")
	s.do(s.bob, http.MethodPost, "/repos/acme/api/pulls", object{"title": "Another way", "head": "other", "base": "main"})
	for _, state := range []string{"closed", "open", "closed"} {
		s.do(s.bob, http.MethodPatch, "/repos/acme/api/pulls/4", object{"state": state})
	}
	s.commit(s.bob, "d.txt", "third", "main")
	s.do(s.bob, http.MethodPost, "/repos/acme/api/pulls", object{"title": "A third", "head": "third", "base": "main"})

	sink := sourcetest.NewSink()
	read := func(o Options) fact.Delivery {
		t.Helper()
		o.Address, o.Token = s.address, s.ann
		if err := New(o).Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		return sink.Holds()
	}
	d := read(Options{Projects: []string{"acme/api"}})
	if len(d.ChangeRequests) != 3 || len(d.Issues) != 2 {
		t.Fatalf("%d change requests, %d issues", len(d.ChangeRequests), len(d.Issues))
	}
	merged, closed, open := d.ChangeRequests[0], d.ChangeRequests[1], d.ChangeRequests[2]
	var events []string
	for _, e := range merged.Events {
		events = append(events, e.Actor.Name+" "+string(e.Kind))
	}
	want := []string{"ann ready", "ann review_requested", "bob changes_requested", "ann pushed", "ann commented", "bob approved"}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	var commits []string
	for _, c := range merged.Commits {
		commits = append(commits, c.SHA)
	}
	if !slices.Equal(commits, []string{first, last}) || merged.HeadSHA != last || merged.MergeSHA != squash || squash == last {
		t.Errorf("a squash %s of %v is told as %s of %v", squash, []string{first, last}, merged.MergeSHA, commits)
	}
	if merged.State != fact.RequestMerged || merged.Draft || merged.Added != 2 || merged.Files != 2 || merged.Head != "feature" || merged.Base != "main" || merged.MergedAt.Before(merged.OpenedAt) || merged.Author.Email != "ann@example.com" {
		t.Errorf("%+v", merged)
	}
	if merged.Events[1].Actor != merged.Author || merged.Events[5].Actor.Email != "bob@example.com" {
		t.Errorf("the accounts of %+v", merged.Events)
	}
	if closed.State != fact.RequestClosed || closed.ClosedAt.IsZero() || len(closed.Events) != 1 || closed.Events[0].Kind != fact.Reopened || open.State != fact.RequestOpen || !open.ClosedAt.IsZero() {
		t.Errorf("%+v\n%+v", closed, open)
	}
	if merged.Paths != nil || !slices.Equal(closed.Paths, []string{"c.txt"}) || !slices.Equal(open.Paths, []string{"d.txt"}) {
		t.Errorf("files: %q, %q, %q", merged.Paths, closed.Paths, open.Paths)
	}
	mended := d.Issues[slices.IndexFunc(d.Issues, func(i fact.Issue) bool { return i.Title == issue["title"] })]
	if mended.Category != fact.IssueDone || len(mended.Transitions) != 1 || !slices.Equal(mended.Links, []fact.IssueLink{{Kind: "closed by", Target: "acme/api#3"}}) {
		t.Errorf("%+v", mended)
	}
	slow := d.Issues[slices.IndexFunc(d.Issues, func(i fact.Issue) bool { return i.Title == "It is slow" })]
	if slow.Category != fact.IssueToDo || len(slow.Transitions) != 2 || slow.Transitions[1].To != "open" {
		t.Errorf("%+v", slow)
	}

	worked := read(Options{Projects: []string{"acme/api"}, Doing: []string{"Doing"}}).Issues
	slow = worked[slices.IndexFunc(worked, func(i fact.Issue) bool { return i.Title == "It is slow" })]
	if len(slow.Transitions) != 4 || slow.Transitions[2].To != "doing" || slow.Transitions[2].ToCategory != fact.IssueDoing || slow.Transitions[3].To != "open" || slow.Category != fact.IssueToDo {
		t.Errorf("labels as words for work: %+v", slow)
	}

	// A push, a review and a label are each seen by the next reading.
	for name, change := range map[string]func(){
		"a push":   func() { s.commit(s.bob, "e.txt", "third", "") },
		"a review": func() { s.do(s.ann, http.MethodPost, "/repos/acme/api/pulls/5/reviews", object{"event": "APPROVED"}) },
		"a comment": func() {
			s.do(s.ann, http.MethodPost, "/repos/acme/api/issues/5/comments", object{"body": "Well"})
		},
	} {
		pause()
		before := len(read(Options{Projects: []string{"acme/api"}}).ChangeRequests[2].Events)
		pause()
		change()
		waitFor(t, name+" is not seen", func() bool {
			return len(read(Options{Projects: []string{"acme/api"}}).ChangeRequests[2].Events) == before+1
		})
	}

	// A run that no runner has taken waits, and is no build yet.
	s.commit(s.ann, ".gitea/workflows/ci.yml", "main", "")

	// All repositories, but the empty one; and a look at them.
	if got := read(Options{}); len(got.ChangeRequests) != 3 {
		t.Errorf("%d change requests of all repositories", len(got.ChangeRequests))
	}
	waitFor(t, "no build is seen", func() bool {
		sight, err := New(Options{Address: s.address, Token: s.ann}).Look(context.Background())
		return err == nil && slices.Contains(sight.Sees, source.Seen{Of: "acme/api", What: "builds"})
	})
	if got := read(Options{Projects: []string{"acme/api"}}); len(got.Builds) != 0 {
		t.Errorf("%+v", got.Builds)
	}
	sight, err := New(Options{Address: s.address, Token: s.ann}).Look(context.Background())
	if err != nil || !slices.Contains(sight.Sees, source.Seen{Of: "acme/api", What: "change requests"}) || !slices.ContainsFunc(sight.Lacks, func(l source.Lack) bool { return l.Of == "ann/empty" }) {
		t.Errorf("%v %+v", err, sight)
	}
}

// pause lets the second pass in which the server dates things.
func pause() { time.Sleep(1100 * time.Millisecond) }

// waitFor holds until what the server does in the background is done.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 50 {
		if done() {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Error(what)
}

// pushes counts those of a timeline.
func (f *Feed) pushes(path string) (n int, err error) {
	var events []event
	_, err = f.client.Get(context.Background(), path, nil, &events)
	for _, e := range events {
		if e.Type == "pull_push" {
			n++
		}
	}
	return n, err
}

// meddler shortens pages, and does something before the second page of a listing is asked for.
type meddler struct {
	listing string
	do      func()
}

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/settings/api") {
		return &http.Response{StatusCode: http.StatusOK, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"max_response_items":5}`))}, nil
	}
	if strings.HasSuffix(r.URL.Path, m.listing) && r.URL.Query().Get("page") == "2" && m.do != nil {
		m.do()
		m.do = nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

// TestDeletedOnRealServer: one that is deleted while pages are read takes no other one with it.
func TestDeletedOnRealServer(t *testing.T) {
	s := start(t)
	s.do(s.ann, http.MethodPost, "/orgs", object{"username": "acme"})
	s.do(s.ann, http.MethodPost, "/orgs/acme/repos", object{"name": "api", "auto_init": true, "default_branch": "main"})
	for n := range 12 {
		s.do(s.ann, http.MethodPost, "/repos/acme/api/issues", object{"title": fmt.Sprint("Issue ", n+1)})
	}
	for n := range 7 {
		s.commit(s.ann, fmt.Sprintf("%d.txt", n), fmt.Sprint("branch-", n), "main")
		s.do(s.ann, http.MethodPost, "/repos/acme/api/pulls", object{"title": fmt.Sprint("Change ", n+13), "head": fmt.Sprint("branch-", n), "base": "main"})
	}
	for listing, gone := range map[string]int{"/repos/acme/api/issues": 12, "/repos/acme/api/pulls": 19} {
		sink := sourcetest.NewSink()
		m := &meddler{listing: listing, do: func() { s.do(s.ann, http.MethodDelete, fmt.Sprint("/repos/acme/api/issues/", gone), nil) }}
		if err := New(Options{Address: s.address, Token: s.ann, Projects: []string{"acme/api"}, Transport: m}).Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		d := sink.Holds()
		for n := range 19 {
			issue := slices.ContainsFunc(d.Issues, func(i fact.Issue) bool { return i.Key == fmt.Sprint("#", n+1) })
			request := slices.ContainsFunc(d.ChangeRequests, func(c fact.ChangeRequest) bool { return c.Number == int64(n+1) })
			if !issue && !request && n+1 != 12 && n+1 != 19 {
				t.Errorf("%s: #%d is not read", listing, n+1)
			}
		}
		if m.do != nil {
			t.Errorf("%s: there was no second page", listing)
		}
	}
}
