package csv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/google/go-cmp/cmp"
)

func day(d, h int) time.Time { return time.Date(2024, 5, d, h, 0, 0, 0, time.UTC) }

func write(t testing.TB, texts map[string]string) map[string]string {
	t.Helper()
	dir, files := t.TempDir(), map[string]string{}
	for kind, text := range texts {
		files[kind] = filepath.Join(dir, kind+".csv")
		if err := os.WriteFile(files[kind], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// pull reads a feed as ingest does, and gives what was told and the cursors.
func pull(f *Feed, cursors map[string]source.Cursor) (fact.Delivery, error) {
	return pullBy(f, cursors, "")
}

func pullBy(f *Feed, cursors map[string]source.Cursor, rules string) (fact.Delivery, error) {
	var got fact.Delivery
	err := f.Pull(context.Background(), source.Pull{
		PathRules: rules,
		Cursor:    func(s string) source.Cursor { return cursors[s] },
		Emit: func(_ context.Context, p source.Page) error {
			got.ChangeRequests = append(got.ChangeRequests, p.Delivery.ChangeRequests...)
			got.Issues = append(got.Issues, p.Delivery.Issues...)
			got.Sprints = append(got.Sprints, p.Delivery.Sprints...)
			got.Builds = append(got.Builds, p.Delivery.Builds...)
			got.Deployments = append(got.Deployments, p.Delivery.Deployments...)
			got.Incidents = append(got.Incidents, p.Delivery.Incidents...)
			cursors[p.Stream] = p.Cursor
			return nil
		},
	})
	return got, err
}

func TestEveryKind(t *testing.T) {
	files := write(t, map[string]string{
		"change_requests":        "\ufeffRepo,Number,Title,Author,author_email,State,opened_at,merged_at,additions,labels,merge_sha,closes,paths\nacme/api,#12,\"It's, ü\",ann,ann@example.com,merged,2024-05-01 09:00,2024-05-02T12:00:00+02:00,7,debt; risk,m1,#4; Acme/Web#5;PAY-1,go.mod; a b/go.sum\n\nacme/api,13,Fixes #6,bob,,open,2024-05-03,,,,,,\n",
		"change_request_events":  "repository,number,kind,actor,at\nacme/api,12,approved,bob,2024-05-02T08:00:00Z\nacme/api,12,review_requested,ann,2024-05-01T10:00:00Z\nacme/api,13,commented,bob,2024-05-04\n",
		"change_request_commits": "repository,number,sha,authored_at\nacme/api,12,c1,2024-05-01\n",
		"issues":                 "project,id,type,summary,category,story_points,created,resolved,closed_by\nPAY,PAY-1,Bug,Broken,done,2.5,2024-05-01,2024-05-05,acme/api#12;acme/web#3\nPAY,PAY-2,,,todo,,2024-05-02,,\n",
		"transitions":            "project,id,from,to,from_category,to_category,at\nPAY,PAY-1,Work,Done,doing,done,2024-05-05\nPAY,PAY-1,New,Work,todo,doing,2024-05-03\n",
		"sprints":                "project,id,name,start,end,completed_at\nPAY,7,S 7,2024-05-01,2024-05-08,\n",
		"sprint_issues":          "project,issue,sprint,added_at,removed_at\nPAY,PAY-1,7,2024-05-01,\n",
		"builds":                 "repository,id,workflow,sha,status,created_at,finished_at\nacme/api,5,ci,m1,success,2024-05-02T10:00:00Z,2024-05-02T11:00:00Z\n",
		"deployments":            "service,id,environment,commit,result,started_at,finished_at\ncheckout,d1,production,m1,failure,2024-05-02T12:00:00Z,2024-05-02T13:00:00Z\n",
		"incidents":              "id,service,severity,opened_at,resolved_at,deployment,commit,mended_by\nI1,checkout,high,2024-05-02T13:00:00Z,2024-05-02T14:00:00Z,d1,m1,d2\n",
	})
	f, cursors := New("files", files, time.UTC), map[string]source.Cursor{}
	got, err := pull(f, cursors)
	if err != nil {
		t.Fatal(err)
	}
	points := 2.5
	want := fact.Delivery{
		ChangeRequests: []fact.ChangeRequest{
			{Repository: "acme/api", Number: 12, Title: "It's, ü", Author: fact.Identity{Name: "ann", Email: "ann@example.com"}, State: fact.RequestMerged, MergeSHA: "m1", OpenedAt: day(1, 9), MergedAt: day(2, 10), ClosedAt: day(2, 10), UpdatedAt: day(2, 10),
				Added: 7, Deleted: fact.Uncounted, Files: fact.Uncounted, Labels: []string{"debt", "risk"}, Paths: []string{"go.mod", "a b/go.sum"}, Closes: []string{"acme/api#4", "acme/web#5", "PAY-1"}, Commits: []fact.RequestCommit{{SHA: "c1", AuthoredAt: day(1, 0)}},
				Events: []fact.RequestEvent{{Kind: fact.ReviewRequested, Actor: fact.Identity{Name: "ann"}, At: day(1, 10)}, {Kind: fact.Approved, Actor: fact.Identity{Name: "bob"}, At: day(2, 8)}}},
			{Repository: "acme/api", Number: 13, Title: "Fixes #6", Closes: []string{"acme/api#6"}, Author: fact.Identity{Name: "bob"}, State: fact.RequestOpen, OpenedAt: day(3, 0), UpdatedAt: day(4, 0), Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted, Events: []fact.RequestEvent{{Kind: fact.Commented, Actor: fact.Identity{Name: "bob"}, At: day(4, 0)}}},
		},
		Issues: []fact.Issue{
			{Project: "PAY", ID: "PAY-1", Key: "PAY-1", Kind: "Bug", Title: "Broken", Category: fact.IssueDone, Points: &points, OpenedAt: day(1, 0), ResolvedAt: day(5, 0), UpdatedAt: day(5, 0),
				Transitions: []fact.Transition{{From: "New", To: "Work", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: day(3, 0)}, {From: "Work", To: "Done", FromCategory: fact.IssueDoing, ToCategory: fact.IssueDone, At: day(5, 0)}},
				Links:       []fact.IssueLink{{Kind: "closed by", Target: "acme/api#12"}, {Kind: "closed by", Target: "acme/web#3"}},
				Sprints:     []fact.SprintSpan{{SprintID: "7", AddedAt: day(1, 0)}}},
			{Project: "PAY", ID: "PAY-2", Key: "PAY-2", Category: fact.IssueToDo, OpenedAt: day(2, 0), UpdatedAt: day(2, 0)},
		},
		Sprints:     []fact.Sprint{{Project: "PAY", ID: "7", Name: "S 7", StartedAt: day(1, 0), EndsAt: day(8, 0)}},
		Builds:      []fact.Build{{Repository: "acme/api", ID: "5", Pipeline: "ci", Attempt: 1, SHA: "m1", Result: fact.Succeeded, QueuedAt: day(2, 10), FinishedAt: day(2, 11)}},
		Deployments: []fact.Deployment{{Application: "checkout", ID: "d1", Environment: "production", SHA: "m1", Result: fact.Failed, StartedAt: day(2, 12), FinishedAt: day(2, 13), UpdatedAt: day(2, 13)}},
		Incidents:   []fact.Incident{{ID: "I1", Service: "checkout", Severity: "high", OpenedAt: day(2, 13), ResolvedAt: day(2, 14), UpdatedAt: day(2, 14), Links: []fact.IncidentLink{{Kind: fact.CausedByCommit, Target: "m1"}, {Kind: fact.CausedByDeployment, Target: "d1"}, {Kind: fact.MendedBy, Target: "d2"}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if again, err := pull(f, cursors); err != nil || !cmp.Equal(again, fact.Delivery{}) {
		t.Errorf("files that are as they were are told again: %v, %v", again, err)
	}
	if d, err := pullBy(f, cursors, "other"); err != nil || len(d.ChangeRequests) != 2 || len(d.Issues) != 0 {
		t.Errorf("under other rules for paths: %d change requests and %d issues told, %v", len(d.ChangeRequests), len(d.Issues), err)
	}
	if err := os.WriteFile(files["transitions"], []byte("project,id,from,to,from_category,to_category,at\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := pull(f, cursors); err != nil || len(again.Issues) != 2 {
		t.Errorf("a changed file: %d issues and %d change requests told, %v", len(again.Issues), len(again.ChangeRequests), err)
	}
}

// TestAgainOnOneDay: what happens twice on a day, of which times do not say more, happens twice. The transition
// to where the issue is already, as exports that overlap tell it, is none.
func TestAgainOnOneDay(t *testing.T) {
	const begun, done, back = "P,1,New,Work,todo,doing,2024-05-02\n", "P,1,Work,Done,doing,done,2024-05-05\n", "P,1,Done,Work,done,doing,2024-05-05\n"
	const changes, pushed, commented = "a,1,changes_requested,bob,2024-05-05\n", "a,1,pushed,ann,2024-05-05\n", "a,1,commented,ann,2024-05-05\n"
	got, err := pull(New("files", write(t, map[string]string{
		"issues":                "project,id,category,opened_at,resolved_at\nP,1,done,2024-05-01,2024-05-05\n",
		"transitions":           "project,id,from,to,from_category,to_category,at\n" + begun + done + back + done + done + begun,
		"change_requests":       "repository,number,state,opened_at\na,1,open,2024-05-01\n",
		"change_request_events": "repository,number,kind,actor,at\n" + changes + pushed + commented + commented + changes + pushed,
	}), time.UTC), map[string]source.Cursor{})
	if err != nil {
		t.Fatal(err)
	}
	var moves, events []string
	for _, m := range got.Issues[0].Transitions {
		moves = append(moves, string(m.ToCategory))
	}
	for _, e := range got.ChangeRequests[0].Events {
		events = append(events, string(e.Kind))
	}
	if diff := cmp.Diff([]string{"doing", "done", "doing", "done"}, moves); diff != "" {
		t.Errorf("transitions (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"changes_requested", "pushed", "commented", "commented", "changes_requested", "pushed"}, events); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
}

// TestUntil: a file tells until it was written, also where it says what it said before.
func TestUntil(t *testing.T) {
	files, cursor := write(t, map[string]string{"incidents": "id,opened_at\n1,2024-01-02\n"}), source.Cursor("")
	for n, at := range []time.Time{day(3, 1), day(9, 1)} {
		if err := os.Chtimes(files["incidents"], at, at); err != nil {
			t.Fatal(err)
		}
		var got []source.Page
		err := New("files", files, time.UTC).Pull(context.Background(), source.Pull{
			Cursor: func(string) source.Cursor { return cursor },
			Emit:   func(_ context.Context, p source.Page) error { got, cursor = append(got, p), p.Cursor; return nil },
		})
		if err != nil || len(got) != 1 || !got[0].Until.Equal(at) || len(got[0].Delivery.Incidents) != 1-n || len(got[0].Whole) != 1-n {
			t.Errorf("written %v: %+v, %v", at, got, err)
		}
	}
}

// TestUntilTheOldest: issues of today say nothing of what became of them since their
// transitions were exported.
func TestUntilTheOldest(t *testing.T) {
	files := write(t, map[string]string{"issues": "project,id,category,opened_at\nP,1,todo,2024-01-02\n", "transitions": "project,issue,from,from_category,to,to_category,at\n"})
	for kind, at := range map[string]time.Time{"issues": day(9, 1), "transitions": day(3, 1)} {
		if err := os.Chtimes(files[kind], at, at); err != nil {
			t.Fatal(err)
		}
	}
	var got []source.Page
	err := New("files", files, time.UTC).Pull(context.Background(), source.Pull{
		Cursor: func(string) source.Cursor { return "" },
		Emit:   func(_ context.Context, p source.Page) error { got = append(got, p); return nil },
	})
	if err != nil || len(got) != 1 || !got[0].Until.Equal(day(3, 1)) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestBadRows(t *testing.T) {
	tests := map[string]struct{ kind, text, want string }{
		"a column is missing": {"incidents", "id,service\n1,x\n", "incidents.csv:1: missing column opened_at; there are: id, service"},
		"no time":             {"incidents", "id,opened_at\n1,yesterday\n", `incidents.csv:2: opened_at "yesterday" is no time`},
		"too early":           {"incidents", "id,opened_at\n1,0001-01-01\n", "is no time"},
		"ends before it begins": {"incidents", "id,opened_at,resolved_at\n1,2024-01-02,2024-01-01\n",
			"incidents.csv:2: resolved_at is before its beginning"},
		"columns":           {"incidents", "id,opened_at\n1,2024-01-02,x\n", "incidents.csv:2: it has 3 columns, and the heading has 2"},
		"no result":         {"deployments", "repository,id,environment,sha,result,started_at\na,1,prod,s,green,2024-01-01\n", `result "green" is none of`},
		"no repository":     {"deployments", "application,id,environment,sha,result,started_at\n,1,prod,s,success,2024-01-01\n", "repository or application must be there"},
		"merged, no time":   {"change_requests", "repository,number,state,opened_at\na,1,merged,2024-01-01\n", "merged_at is empty"},
		"twice":             {"change_requests", "repository,number,state,opened_at\na,1,open,2024-01-01\na,1,open,2024-01-02\n", "change_requests.csv:3: a#1 is there twice, and not the same"},
		"sprints alike":     {"sprints", "project,id,name\nP,1,a\nQ,1,a\nP,1,b\n", "sprints.csv:4: sprint 1 of P is there twice, and not the same"},
		"issues alike":      {"issues", "project,id,category,opened_at\nP,1,todo,2024-01-01\nQ,1,todo,2024-01-01\n", "issues.csv:3: issue 1 is in P, too: where projects number alike"},
		"closes no issue":   {"change_requests", "repository,number,state,opened_at,closes\na,1,open,2024-01-01,12\n", `change_requests.csv:2: closes "12" is no issue as #12`},
		"closed by what":    {"issues", "project,id,category,opened_at,closed_by\nP,1,todo,2024-01-01,#12\n", `issues.csv:2: closed_by "#12" is no change request as acme/web#12`},
		"not UTF-8":         {"incidents", "id,opened_at\n\xff,2024-01-02\n", "not UTF-8"},
		"empty":             {"incidents", "", "a heading is missing"},
		"a quote":           {"incidents", "id,opened_at\n\"1,2024-01-02\n", `incidents.csv: parse error on line 2`},
		"an empty need":     {"incidents", "id,opened_at\n,2024-01-02\n", "incidents.csv:2: id is empty"},
		"done without time": {"issues", "project,id,category,opened_at\nP,1,done,2024-01-01\n", "resolved_at is empty"},
		"events alone":      {"change_request_events", "repository,number,kind,at\na,1,approved,2024-01-01\n", "change request events belong to change requests"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := pull(New("files", write(t, map[string]string{tt.kind: tt.text}), time.UTC), map[string]source.Cursor{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if !cmp.Equal(got, fact.Delivery{}) {
				t.Errorf("a part was taken: %v", got)
			}
		})
	}
}

// TestOneBadFile: the other files are read all the same.
func TestOneBadFile(t *testing.T) {
	files := write(t, map[string]string{"deployments": "nothing\n", "incidents": "id,opened_at\n1,2024-01-02\n"})
	got, err := pull(New("files", files, time.UTC), map[string]source.Cursor{})
	if err == nil || len(got.Incidents) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	files["builds"] = filepath.Join(t.TempDir(), "none.csv")
	if _, err := New("files", files, time.UTC).Look(context.Background()); err == nil || !strings.Contains(err.Error(), "none.csv is not there") {
		t.Errorf("%v", err)
	}
}

// TestLook: what a file does not say is named, with what that costs and how to mend it.
func TestLook(t *testing.T) {
	const deployments = "application,id,environment,sha,result,started_at\nshop,1,production,a,success,2024-01-01\n"
	for name, tt := range map[string]struct {
		texts      map[string]string
		sees       []string
		lacks, not []string // what is lacking, with what it costs and what to do
		err, hint  string
	}{
		"nothing but a heading": {texts: map[string]string{"deployments": "application,id,environment,sha,result,started_at\n"},
			lacks: []string{"deployments: deployments.csv has a heading and no rows; DORA's five metrics; write rows into deployments.csv", "change requests: no file is named; cycle time", "builds: no file is named; builds that succeed"},
			not:   []string{"change request events", "transitions", "column"}},
		"what belongs to what is there": {texts: map[string]string{"issues": "project,id,category,opened_at,kind\nP,1,todo,2024-01-01,Bug\n", "transitions": "project,id,to,from_category,to_category,at\n"},
			sees: []string{"issues"}, lacks: []string{"transitions: transitions.csv has a heading and no rows; issue cycle time", "sprints: no file is named; planned against delivered", "deployments: no file is named; DORA's five metrics; add deployments: FILE to its files"},
			not: []string{"sprint issues"}},
		"columns that are not there": {texts: map[string]string{"incidents": "id,opened_at\n1,2024-01-02\n"}, sees: []string{"incidents"},
			lacks: []string{"column resolved_at: no row says it; failed deployment recovery time; add the column resolved_at to incidents.csv", "column service or deployment or commit or change_request: no row says it; change failure rate"}, not: []string{"incidents: "}},
		"a column that no row fills": {texts: map[string]string{"incidents": "id,opened_at,resolved_at,service\n1,2024-01-02,,shop\n"}, sees: []string{"incidents"}, lacks: []string{"column resolved_at: no row says it"}, not: []string{"column service"}},
		"a column that must be there": {texts: map[string]string{"deployments": "application,id,environment,result,started_at\n", "incidents": "id,opened_at\n1,2024-01-02\n"},
			sees: []string{"incidents"}, not: []string{"deployments: "}, err: "deployments.csv:1: missing column sha; there are: application, id, environment, result, started_at\nunknown until then: DORA's five metrics", hint: "add the column sha to deployments.csv; nothing of it was taken"},
		"a bad row": {texts: map[string]string{"deployments": strings.Replace(deployments, "success", "green", 1)}, err: "deployments.csv:2: result \"green\"", hint: "correct these rows; nothing of the file was taken"},
	} {
		t.Run(name, func(t *testing.T) {
			sight, err := New("files", write(t, tt.texts), time.UTC).Look(context.Background())
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) || problem.Hint(err) != tt.hint {
				t.Errorf("%v (%s), want %q (%s)", err, problem.Hint(err), tt.err, tt.hint)
			}
			var sees []string
			for _, s := range sight.Sees {
				sees = append(sees, s.What)
			}
			if !slices.Equal(sees, tt.sees) {
				t.Errorf("it sees %q, want %q", sees, tt.sees)
			}
			var said string
			for _, l := range sight.Lacks {
				said += fmt.Sprintf("%s: %s; %s; %s\n", l.What, l.Why, l.Costs, l.Do)
			}
			for _, want := range tt.lacks {
				if !strings.Contains("\n"+said, "\n"+want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(said, not) {
					t.Errorf("it says %q:\n%s", not, said)
				}
			}
		})
	}
}

func FuzzFiles(f *testing.F) {
	f.Add("change_requests", "repository,number,state,opened_at\na,1,open,2024-01-01\n")
	f.Add("issues", "project,id,category,opened_at\nP,1,todo,2024-01-01\n")
	f.Add("incidents", "id,opened_at\n\"1\n\",2024-01-02\n")
	f.Fuzz(func(t *testing.T, kind, text string) {
		if !IsKind(kind) {
			return
		}
		d := reader{files: map[string]string{kind: kind}, filled: map[string]int{}}
		d.read(kind, []byte(text))
		if d.refuse() == nil {
			out := d.delivery()
			if n := len(out.ChangeRequests) + len(out.Issues) + len(out.Sprints) + len(out.Builds) + len(out.Deployments) + len(out.Incidents); n != d.rows {
				t.Errorf("%d items of %d rows", n, d.rows)
			}
		}
	})
}

// TestClocks: times that do not say their offset are of the company's clocks, in the nights too in
// which those are put forward (in Berlin at 1:00 UTC of 31 March 2024) and back (27 October).
func TestClocks(t *testing.T) {
	for _, c := range []struct {
		zone, opened, resolved string
		want                   [2]string // in UTC
	}{
		{"UTC", "2024-07-01", "2024-07-01 10:00", [2]string{"2024-07-01T00:00:00Z", "2024-07-01T10:00:00Z"}},
		{"Europe/Berlin", "2024-07-01", "2024-07-02T10:00:05", [2]string{"2024-06-30T22:00:00Z", "2024-07-02T08:00:05Z"}},
		{"Europe/Berlin", "2024-01-15 09:30", "2024-01-15T09:30:00Z", [2]string{"2024-01-15T08:30:00Z", "2024-01-15T09:30:00Z"}},
		{"Europe/Berlin", "2024-03-31 01:59", "2024-03-31 03:00", [2]string{"2024-03-31T00:59:00Z", "2024-03-31T01:00:00Z"}},
		{"Europe/Berlin", "2024-03-31 02:30", "", [2]string{"2024-03-31T01:30:00Z", ""}}, // no clock showed it: that of winter goes on
		{"Europe/Berlin", "2024-10-27 02:10", "2024-10-27 02:50", [2]string{"2024-10-27T00:10:00Z", "2024-10-27T00:50:00Z"}},
		{"Europe/Berlin", "2024-10-27 02:50", "2024-10-27 02:10", [2]string{"2024-10-27T00:50:00Z", "2024-10-27T01:10:00Z"}}, // the second time that it is ten past two
		{"Europe/Berlin", "2024-10-27 03:00", "2024-10-27 23:59", [2]string{"2024-10-27T02:00:00Z", "2024-10-27T22:59:00Z"}},
		{"America/Sao_Paulo", "2018-11-04", "", [2]string{"2018-11-04T03:00:00Z", ""}}, // the day began at one o'clock
		{"America/Havana", "2024-11-03", "2024-11-03 01:00", [2]string{"2024-11-03T04:00:00Z", "2024-11-03T06:00:00Z"}},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		files := write(t, map[string]string{"incidents": "id,opened_at,resolved_at\n1," + c.opened + "," + c.resolved + "\n"})
		d, err := pull(New("files", files, zone), map[string]source.Cursor{})
		if err != nil {
			t.Fatalf("%s: %v", c.zone, err)
		}
		got := [2]string{d.Incidents[0].OpenedAt.Format(time.RFC3339), d.Incidents[0].ResolvedAt.Format(time.RFC3339)}
		if c.want[1] == "" {
			got[1] = ""
		}
		if got != c.want {
			t.Errorf("%s: %s to %s is %v", c.zone, c.opened, c.resolved, got)
		}
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	files, cursors := write(t, map[string]string{"incidents": "id,opened_at\n1,2024-07-01\n"}), map[string]source.Cursor{}
	for n, zone := range []*time.Location{time.UTC, berlin, berlin} {
		if d, err := pull(New("files", files, zone), cursors); err != nil || len(d.Incidents) != []int{1, 1, 0}[n] {
			t.Errorf("reading %d, in %s: %d incidents told, %v", n, zone, len(d.Incidents), err)
		}
	}
	files = write(t, map[string]string{"incidents": "id,opened_at,resolved_at\n1,2024-10-27 04:00,2024-10-27 03:50\n"})
	if _, err := pull(New("files", files, berlin), map[string]source.Cursor{}); err == nil {
		t.Error("an end before its beginning was taken")
	}
}
