package cdevents

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	start = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	sha1  = strings.Repeat("a1", 20)
	sha2  = strings.Repeat("b2", 20)
)

func at(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// line is an event as its sender writes it.
func line(kind, subject string, minutes int, content string, custom ...string) string {
	data := ""
	if len(custom) > 0 {
		data = `,"customData":` + custom[0] + `,"customDataContentType":"application/json"`
	}
	return fmt.Sprintf(`{"context":{"specversion":"0.5.1","id":"%s-%s-%d","source":"/ci","type":"dev.cdevents.%s.0.3.0","timestamp":"%s"},"subject":{"id":"%s","source":"/ci","content":%s}%s}`,
		kind, subject, minutes, kind, at(minutes).In(time.FixedZone("", 7200)).Format(time.RFC3339Nano), subject, content, data)
}

// What a release, a failure and its end tell: the commit is known by the artifact alone, the environment's
// name by an event of its own.
var failure = []string{
	line("environment.created", "env-7", 0, `{"name":"production","uri":"https://prod.example"}`),
	line("artifact.packaged", "pkg:oci/shop@sha256%3Aff", 1, `{"change":{"id":"`+sha1+`","source":"https://forge.example/acme/shop.git"}}`),
	line("service.deployed", "shop", 2, `{"environment":{"id":"env-7"},"artifactId":"pkg:oci/shop@sha256%3Aff"}`),
	line("incident.detected", "I1", 5, `{"description":"slow","service":{"id":"shop"},"environment":{"id":"env-7"},"artifactId":"pkg:oci/shop@sha256%3Aff"}`),
	line("incident.reported", "I1", 9, `{"description":"customers say that it is slow","service":{"id":"shop"},"ticketURI":"https://t.example/1"}`),
	line("incident.resolved", "I1", 30, `{"description":"fast again","service":{"id":"shop"},"artifactId":"pkg:github/acme/shop@`+sha2+`"}`),
}

var failureFacts = fact.Delivery{
	Deployments: []fact.Deployment{{ID: "/ci service.deployed-shop-2", Application: "shop", Environment: "production", SHA: sha1, Result: fact.Succeeded, StartedAt: at(2), FinishedAt: at(2), UpdatedAt: at(2)}},
	Incidents: []fact.Incident{{ID: "/ci I1", Service: "shop", Title: "slow", OpenedAt: at(5), ResolvedAt: at(30), UpdatedAt: at(30),
		Links: []fact.IncidentLink{{Kind: fact.CausedByCommit, Target: sha1}, {Kind: fact.MendedBy, Target: sha2}}}},
}

// What work tells: a change that is merged, its run, a ticket that is closed.
var work = []string{
	line("change.created", "acme/shop#12", 0, `{"description":"Pay later","repository":{"id":"acme/shop","source":"https://forge.example"}}`),
	line("change.merged", "acme/shop#12", 60, `{"repository":{"id":"acme/shop"}}`, `{"commit":"`+sha1+`"}`),
	line("pipelinerun.started", "run-1", 61, `{"pipelineName":"ci"}`, `{"commit":"`+sha1+`","repository":"acme/shop","branch":"main"}`),
	line("pipelinerun.finished", "run-1", 66, `{"pipelineName":"ci","outcome":"failure","errors":"x"}`),
	line("ticket.created", "T-1", 3, `{"summary":"Old","ticketType":"bug","group":"shop","creator":"Alice","assignees":["Bob"],"labels":["debt"]}`),
	line("ticket.closed", "T-1", 90, `{"summary":"New","ticketType":"bug","group":"shop","creator":"Alice","resolution":"completed","updatedBy":"Bob"}`),
}

var workFacts = fact.Delivery{
	ChangeRequests: []fact.ChangeRequest{{Repository: "acme/shop", Number: 12, Title: "Pay later", State: fact.RequestMerged, MergeSHA: sha1, OpenedAt: at(0), MergedAt: at(60), ClosedAt: at(60), UpdatedAt: at(60), Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted}},
	Builds:         []fact.Build{{Repository: "acme/shop", ID: "/ci run-1", Pipeline: "ci", Attempt: 1, SHA: sha1, Branch: "main", Result: fact.Failed, QueuedAt: at(61), StartedAt: at(61), FinishedAt: at(66)}},
	Issues: []fact.Issue{{Project: "shop", ID: "/ci T-1", Key: "T-1", Kind: "bug", Title: "New", Status: "closed", Category: fact.IssueDone, OpenedAt: at(3), ResolvedAt: at(90), UpdatedAt: at(90), Labels: []string{"debt"},
		Transitions: []fact.Transition{{From: "open", To: "closed", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDone, At: at(90)}}}},
}

// Events come in any order and more than once; what they say together is the same (R7).
func TestAllOrders(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  fact.Delivery
	}{"a failure": {failure, failureFacts}, "work": {work, workFacts}} {
		t.Run(name, func(t *testing.T) {
			n := 0
			permutations(len(c.lines), func(order []int) {
				n++
				sink, set := sourcetest.NewSink(), NewSet()
				pull := sink.Pull()
				for i, k := range order {
					e := mustParse(t, c.lines[k])
					if !set.Add(e) || set.Add(e) {
						t.Fatal("an event is not known once")
					}
					tell(t, pull, set, e)
					if i > 0 {
						tell(t, pull, set, mustParse(t, c.lines[order[i-1]])) // the one before comes again
					}
				}
				sourcetest.Same(t, fmt.Sprint(order), c.want, sink.Holds())
			})
			if n != 720 {
				t.Errorf("%d orders", n)
			}
		})
	}
}

func tell(t *testing.T, pull source.Pull, set *Set, e Event) {
	t.Helper()
	d, _ := set.About(e)
	if err := pull.Emit(context.Background(), source.Page{Stream: "webhook", Delivery: d}); err != nil {
		t.Fatal(err)
	}
}

func mustParse(t testing.TB, s string) Event {
	t.Helper()
	e, err := Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func permutations(n int, f func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var swap func(k int)
	swap = func(k int) {
		if k == n {
			f(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			swap(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	swap(0)
}

// A part of the events never gives facts that are not so: what is not told yet is left out.
func TestWhatIsNotToldIsLeftOut(t *testing.T) {
	set := NewSet()
	set.Add(mustParse(t, failure[5]))
	set.Add(mustParse(t, work[1]))
	set.Add(mustParse(t, work[3]))
	set.Add(mustParse(t, work[5]))
	d, skipped := set.Facts()
	if n := len(d.Incidents) + len(d.ChangeRequests) + len(d.Builds) + len(d.Issues); n != 0 || len(skipped) != 4 {
		t.Errorf("%d facts, skipped %v", n, skipped)
	}
}

func TestFacts(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  fact.Delivery
	}{
		{"an upgrade and its rollback are two deployments", []string{
			line("service.upgraded", "shop", 1, `{"environment":{"id":"prod"},"artifactId":"pkg:github/acme/shop@`+sha2+`"}`),
			line("service.rolledback", "shop", 8, `{"environment":{"id":"prod"},"artifactId":"pkg:oci/shop@sha256%3Aaa?vcs_url=git%2Bhttps://forge.example/acme/shop.git%40`+sha1+`"}`),
			line("service.removed", "shop", 9, `{"environment":{"id":"prod"}}`)},
			fact.Delivery{Deployments: []fact.Deployment{
				{Repository: "acme/shop", ID: "/ci service.rolledback-shop-8", Application: "shop", Environment: "prod", SHA: sha1, Result: fact.Succeeded, StartedAt: at(8), FinishedAt: at(8), UpdatedAt: at(8)},
				{Repository: "acme/shop", ID: "/ci service.upgraded-shop-1", Application: "shop", Environment: "prod", SHA: sha2, Result: fact.Succeeded, StartedAt: at(1), FinishedAt: at(1), UpdatedAt: at(1)}}}},
		{"an incident that comes again", []string{failure[3], line("incident.resolved", "I1", 7, `{}`), line("incident.detected", "I1", 8, `{"description":"slow again"}`)},
			fact.Delivery{Incidents: []fact.Incident{{ID: "/ci I1", Service: "shop", Title: "slow", OpenedAt: at(5), UpdatedAt: at(8)}}}},
		{"a report that comes after the resolution", []string{line("incident.detected", "I1", 5, `{}`), line("incident.resolved", "I1", 7, `{}`), line("incident.reported", "I1", 8, `{}`)},
			fact.Delivery{Incidents: []fact.Incident{{ID: "/ci I1", OpenedAt: at(5), ResolvedAt: at(7), UpdatedAt: at(8)}}}},
		{"a task of its own is a run, one of a pipeline is not", []string{
			line("taskrun.started", "t1", 1, `{"taskName":"lint"}`, `{"commit":"`+sha1+`","repository":"acme/shop"}`),
			line("taskrun.finished", "t1", 2, `{"taskName":"lint","outcome":"cancel"}`),
			line("taskrun.started", "t2", 1, `{"taskName":"test","pipelineRun":{"id":"run-1"}}`, `{"commit":"`+sha1+`","repository":"acme/shop"}`)},
			fact.Delivery{Builds: []fact.Build{{Repository: "acme/shop", ID: "/ci t1", Pipeline: "lint", Attempt: 1, SHA: sha1, Result: fact.Cancelled, QueuedAt: at(1), StartedAt: at(1), FinishedAt: at(2)}}}},
		{"a change that was given up, and one of a kind that is not known", []string{work[0], line("change.abandoned", "acme/shop#12", 4, `{}`), line("branch.created", "b", 4, `{}`)},
			fact.Delivery{ChangeRequests: []fact.ChangeRequest{{Repository: "acme/shop", Number: 12, Title: "Pay later", State: fact.RequestClosed, OpenedAt: at(0), ClosedAt: at(4), UpdatedAt: at(4), Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted}}}},
		{"a change that closes issues", []string{line("change.created", "acme/shop#13", 0, `{"description":"Pay sooner, fixes #7","repository":{"id":"acme/shop"}}`, `{"closes":["#1"]}`),
			line("change.updated", "acme/shop#13", 1, `{}`, `{"closes":"acme/web#5; PAY-12, nothing"}`)},
			fact.Delivery{ChangeRequests: []fact.ChangeRequest{{Repository: "acme/shop", Number: 13, Title: "Pay sooner, fixes #7", State: fact.RequestOpen, OpenedAt: at(0), UpdatedAt: at(1), Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted,
				Closes: []string{"acme/web#5", "PAY-12", "acme/shop#7"}}}}},
	} {
		set := NewSet()
		for _, l := range c.lines {
			set.Add(mustParse(t, l))
		}
		got, _ := set.Facts()
		got.Repositories, got.Projects = nil, nil
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func sign(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func structured(t *testing.T, text string, inBase64 bool) string {
	t.Helper()
	e := mustParse(t, text)
	envelope := map[string]any{"specversion": "1.0", "id": e.ID, "source": e.Source, "type": "dev.cdevents." + e.Subject + "." + e.Predicate + ".0.3.0", "subject": e.SubjectID, "datacontenttype": "application/json", "data": json.RawMessage(text)}
	if inBase64 {
		delete(envelope, "data")
		envelope["data_base64"] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	out, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestGate(t *testing.T) {
	text := failure[3]
	binary := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Ce-Specversion": {"1.0"}, "Ce-Id": {"incident.detected-I1-5"}, "Ce-Source": {"/ci"}, "Ce-Type": {"dev.cdevents.incident.detected.0.3.0"}, "Ce-Subject": {"I1"}}
	with := func(h http.Header, key, value string) http.Header {
		h = h.Clone()
		h.Set(key, value)
		return h
	}
	cloud := http.Header{"Content-Type": {"application/cloudevents+json"}}
	for _, c := range []struct {
		name string
		h    http.Header
		text string
		sign string
		want error
	}{
		{"binary", binary, text, sign("s", text), nil},
		{"binary, escaped source", with(binary, "Ce-Source", "%2Fci"), text, sign("s", text), nil},
		{"structured", cloud, structured(t, text, false), sign("s", structured(t, text, false)), nil},
		{"structured, in base64", cloud, structured(t, text, true), sign("s", structured(t, text, true)), nil},
		{"alone", http.Header{"Content-Type": {"application/json"}}, text, sign("s", text), nil},
		{"signed with the secret that will be replaced", binary, text, sign("old", text), nil},
		{"no signature", binary, text, "", source.ErrSignature},
		{"the signature of another secret", binary, text, sign("t", text), source.ErrSignature},
		{"of an empty secret", binary, text, sign("", text), source.ErrSignature},
		{"without its prefix", binary, text, strings.TrimPrefix(sign("s", text), "sha256="), source.ErrSignature},
		{"of another text", binary, text + " ", sign("s", text), source.ErrSignature},
		{"no hexadecimal digits", binary, text, "sha256=zz", source.ErrSignature},
		{"not signed and no JSON: the signature is looked at first", binary, "{", "", source.ErrSignature},
		{"no JSON", binary, "{", sign("s", "{"), ErrNoEvent},
		{"an envelope of another event", with(binary, "Ce-Id", "x"), text, sign("s", text), ErrNoEvent},
		{"an envelope of another type", with(binary, "Ce-Type", "dev.cdevents.incident.resolved.0.3.0"), text, sign("s", text), ErrNoEvent},
		{"of another version", with(binary, "Ce-Specversion", "0.3"), text, sign("s", text), ErrNoEvent},
		{"many at once", with(cloud, "Content-Type", "application/cloudevents-batch+json"), "[]", sign("s", "[]"), ErrNoEvent},
		{"too long", binary, strings.Repeat(" ", maxLine+1), "", ErrTooLong},
		{"old", http.Header{"Content-Type": {"application/json"}}, line("incident.detected", "I1", -3*24*60, `{}`), sign("s", line("incident.detected", "I1", -3*24*60, `{}`)), ErrTooOld},
		{"of the future", http.Header{"Content-Type": {"application/json"}}, line("incident.detected", "I1", 71, `{}`), sign("s", line("incident.detected", "I1", 71, `{}`)), ErrTooOld},
	} {
		g := &Gate{Secrets: [][]byte{nil, []byte("s"), []byte("old")}, Now: func() time.Time { return at(60) }}
		h := c.h.Clone()
		h.Set(source.SignatureHeader, c.sign)
		e, err := g.Admit(h, []byte(c.text))
		if !errors.Is(err, c.want) || c.want == nil && e.SubjectID != "I1" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestReplay(t *testing.T) {
	now := at(60)
	stored := map[string]bool{}
	g := &Gate{Secrets: [][]byte{[]byte("s")}, Now: func() time.Time { return now }, Known: func(key string) (bool, error) { return stored[key], nil }}
	admit := func(text string) error {
		_, err := g.Admit(http.Header{"Content-Type": {"application/json"}, source.SignatureHeader: {sign("s", text)}}, []byte(text))
		return err
	}
	if err := admit(failure[0]); err != nil {
		t.Fatal(err)
	}
	if err := admit(failure[0]); !errors.Is(err, source.ErrReplayed) {
		t.Errorf("again: %v", err)
	}
	g.Release(mustParse(t, failure[0])) // it could not be stored
	if err := admit(failure[0]); err != nil {
		t.Errorf("after it was released: %v", err)
	}
	stored[mustParse(t, failure[1]).Key()] = true
	if err := admit(failure[1]); !errors.Is(err, source.ErrReplayed) {
		t.Errorf("taken before the program was started: %v", err)
	}
	now = now.Add(DefaultAge + time.Hour)
	if err := admit(failure[0]); !errors.Is(err, ErrTooOld) {
		t.Errorf("when it is forgotten: %v", err)
	}
	if err := admit(line("incident.detected", "I2", 60+3*24*60, `{}`)); err != nil || len(g.seen) != 1 {
		t.Errorf("%v, %d events are kept in mind", err, len(g.seen))
	}
}

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	feed, sink := New("cdevents", map[string]string{"events": path}), sourcetest.NewSink()
	pull := func() error { return feed.Pull(context.Background(), sink.Pull()) }
	if err := pull(); !errors.Is(err, problem.Missing) {
		t.Errorf("no file: %v", err)
	}
	lines := append([]string{}, failure...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	write(strings.Join(lines, "\n") + "\n\n" + structured(t, work[0], true) + "\n" + work[1][:40]) // the last is being written
	if err := pull(); err != nil {
		t.Fatal(err)
	}
	want := failureFacts
	want.ChangeRequests = []fact.ChangeRequest{workFacts.ChangeRequests[0]}
	want.ChangeRequests[0].State, want.ChangeRequests[0].MergeSHA, want.ChangeRequests[0].MergedAt, want.ChangeRequests[0].ClosedAt, want.ChangeRequests[0].UpdatedAt = fact.RequestOpen, "", time.Time{}, time.Time{}, at(0)
	sourcetest.Same(t, "a first reading", want, sink.Holds())
	told := sink.Told
	if err := pull(); err != nil || sink.Told != told {
		t.Errorf("without news: %v, %d told again", err, sink.Told-told)
	}
	write(strings.Join(append(lines, work...), "\n"))
	if err := pull(); err != nil {
		t.Fatal(err)
	}
	want.ChangeRequests, want.Builds, want.Issues = workFacts.ChangeRequests, workFacts.Builds, workFacts.Issues
	sourcetest.Same(t, "with news", want, sink.Holds())
	more := line("service.deployed", "shop", 40, `{"environment":{"id":"env-7"},"artifactId":"pkg:oci/shop@sha256%3Aff"}`)
	before := sink.Told
	write(strings.Join(append(slices.Clone(lines), work...), "\n") + "\n" + more)
	if err := pull(); err != nil || sink.Told-before > 3 {
		t.Errorf("one line more: %v, %d facts are told again", err, sink.Told-before)
	}
	want = sink.Holds()
	set := NewSet()
	for _, l := range append(append(slices.Clone(lines), work...), more) {
		set.Add(mustParse(t, l))
	}
	if all, _ := set.Facts(); len(want.Deployments) != len(all.Deployments) {
		t.Errorf("one line more: %d deployments, want %d", len(want.Deployments), len(all.Deployments))
	}
	write(failure[0] + "\n{\"context\":\n" + failure[1] + "\n")
	if err := pull(); !errors.Is(err, problem.Invalid) || !strings.Contains(err.Error(), "events.jsonl:2:") {
		t.Errorf("a line that is none: %v", err)
	}
	sourcetest.Same(t, "after it", want, sink.Holds())
	write(work[0] + "\n")
	sight, err := feed.Look(context.Background())
	if err != nil || len(sight.Sees) != 1 || len(sight.Lacks) != 4 {
		t.Errorf("%+v %v", sight, err)
	}
}

// TestUntilTheOldest: builds exported in June say nothing of incidents after January.
func TestUntilTheOldest(t *testing.T) {
	dir, months := t.TempDir(), map[string]time.Time{"a": at(1), "builds": at(300), "incidents": at(0), "z": at(2)}
	files := map[string]string{}
	for key, written := range months {
		files[key] = filepath.Join(dir, key)
		if err := errors.Join(os.WriteFile(files[key], []byte(failure[0]+"\n"), 0o600), os.Chtimes(files[key], written, written)); err != nil {
			t.Fatal(err)
		}
	}
	pages, cursor := 0, source.Cursor("")
	for range 2 {
		err := New("files", files).Pull(t.Context(), source.Pull{Cursor: func(string) source.Cursor { return cursor }, Emit: func(_ context.Context, p source.Page) error {
			if pages++; !p.Until.Equal(at(0)) {
				t.Errorf("until %v, want %v", p.Until, at(0))
			}
			cursor = p.Cursor
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if pages < 2 {
		t.Errorf("%d pages", pages)
	}
}

func TestNoPersonIsKept(t *testing.T) {
	text, err := json.Marshal(mustParse(t, work[5]))
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%+v %s", mustParse(t, work[4]), text); strings.Contains(s, "Alice") || strings.Contains(s, "Bob") {
		t.Error(s)
	}
}

// FuzzEvents: whatever a sender sends, it is refused or makes facts.
func FuzzEvents(f *testing.F) {
	for _, l := range append(append([]string{}, failure...), work...) {
		f.Add([]byte(l))
	}
	f.Add([]byte(`{"specversion":"1.0","id":"a","source":"b","type":"dev.cdevents.ticket.closed.0.1.0","data_base64":"e30="}`))
	f.Add([]byte(strings.Repeat("[", 100_000)))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrNoEvent) {
				t.Errorf("%v", err)
			}
			return
		}
		set := NewSet()
		set.Add(e)
		set.Add(mustParse(t, failure[3]))
		all, _ := set.Facts()
		about, _ := set.About(e)
		if len(about.Deployments) != len(all.Deployments) || len(about.Issues) != len(all.Issues) {
			t.Errorf("an event is not about what it tells: %s", text)
		}
		for _, i := range all.Incidents {
			if i.OpenedAt.IsZero() || !i.ResolvedAt.IsZero() && i.ResolvedAt.Before(i.OpenedAt) {
				t.Errorf("%+v", i)
			}
		}
	})
}
