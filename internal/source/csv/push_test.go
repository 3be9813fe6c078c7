package csv

import (
	"context"
	"errors"
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

// six are states of three items, in the order in which they came to be.
var six = []string{
	`{"item":"issue","project":"PAY","id":1,"key":"PAY-1","status":"New","category":"todo","opened_at":"2024-05-01","updated_at":"2024-05-01","labels":["a, b","c"],"points":2.5}`,
	`{"item":"issue","project":"PAY","id":1,"key":"PAY-1","status":"Work","category":"doing","opened_at":"2024-05-01","updated_at":"2024-05-02"}`,
	`{"item":"deployment","repository":"acme/api","id":"d1","environment":"production","sha":"abc","result":"running","started_at":"2024-05-03T10:00:00Z"}`,
	`{"item":"deployment","repo":"acme/api","id":"d1","environment":"production","sha":"abc","result":"success","started_at":"2024-05-03T10:00:00Z","finished_at":"2024-05-03T11:00:00+00:00"}`,
	`{"item":"incident","id":"I1","service":"api","opened_at":"2024-05-03T12:00:00Z","resolved_at":null}`,
	`{"item":"incident","id":"I1","service":"api","opened_at":"2024-05-03T12:00:00Z","resolved_at":"2024-05-03T13:00:00Z","deployment":"d1"}`,
}

func pullPushed(t *testing.T, sink *sourcetest.Sink, file string, lines ...string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := NewPushed("webhook", file).Pull(context.Background(), sink.Pull()); err != nil {
		t.Fatal(err)
	}
}

// TestPushedInAnyOrder: whatever the order in which states come, one by one or at once, doubled
// or not, the items are the same in the end.
func TestPushedInAnyOrder(t *testing.T) {
	points := 2.5
	want := fact.Delivery{
		Issues: []fact.Issue{{Project: "PAY", ID: "1", Key: "PAY-1", Status: "Work", Category: fact.IssueDoing, OpenedAt: day(1, 0), UpdatedAt: day(2, 0),
			Transitions: []fact.Transition{{From: "New", To: "Work", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: day(2, 0)}}}},
		Deployments: []fact.Deployment{{Repository: "acme/api", ID: "d1", Environment: "production", SHA: "abc", Result: fact.Succeeded, StartedAt: day(3, 10), FinishedAt: day(3, 11), UpdatedAt: day(3, 11)}},
		Incidents:   []fact.Incident{{ID: "I1", Service: "api", OpenedAt: day(3, 12), ResolvedAt: day(3, 13), UpdatedAt: day(3, 13), Links: []fact.IncidentLink{{Kind: fact.CausedByDeployment, Target: "d1"}}}},
	}
	file := filepath.Join(t.TempDir(), "items.jsonl")
	orders := 0
	var permute func(rest, done []string)
	permute = func(rest, done []string) {
		if len(rest) > 0 {
			for i := range rest {
				permute(slices.Concat(rest[:i], rest[i+1:]), slices.Concat(done, rest[i:i+1]))
			}
			return
		}
		orders++
		atOnce := sourcetest.NewSink()
		pullPushed(t, atOnce, file, done...)
		sourcetest.Same(t, strings.Join(done, "\n"), want, atOnce.Holds())
		if orders%20 == 0 {
			grown := sourcetest.NewSink()
			for n := range done {
				pullPushed(t, grown, file, slices.Concat(done[:n+1], nil)...)
			}
			pullPushed(t, grown, file, slices.Concat(done, done)...)
			sourcetest.Same(t, "one by one: "+strings.Join(done, "\n"), want, grown.Holds())
		}
	}
	permute(six, nil)
	if orders != 720 || t.Failed() {
		t.Fatalf("%d orders", orders)
	}
	got, err := parsePushed([]byte(six[0]), time.UTC)
	if err != nil || !cmp.Equal(got[0].facts.Issues[0].Labels, []string{"a, b", "c"}) || !cmp.Equal(got[0].facts.Issues[0].Points, &points) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestPushedGrows: of a file that grew, only what its new lines speak of is told; of one that
// is another, all; a line that is being written is read when it is whole.
func TestPushedGrows(t *testing.T) {
	file, sink := filepath.Join(t.TempDir(), "items.jsonl"), sourcetest.NewSink()
	pullPushed(t, sink, file, "["+strings.Join(six[:5], ",")+"]")
	told := sink.Told
	half := "[" + strings.Join(six[:5], ",") + "]\n" + six[5][:30]
	if err := os.WriteFile(file, []byte(half), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := NewPushed("webhook", file).Pull(context.Background(), sink.Pull()); err != nil {
		t.Fatal(err)
	}
	if sink.Told != told {
		t.Errorf("half a line: %d told", sink.Told-told)
	}
	pullPushed(t, sink, file, "["+strings.Join(six[:5], ",")+"]", six[5])
	if sink.Told != told+1 || len(sink.Holds().Incidents[0].Links) != 1 {
		t.Errorf("one line more: %d told, %+v", sink.Told-told, sink.Holds().Incidents)
	}
	pullPushed(t, sink, file, six[0], six[5])
	if sink.Told != told+3 {
		t.Errorf("another file: %d told", sink.Told-told-1)
	}
}

func TestPushedErrors(t *testing.T) {
	const incident = `{"item":"incident","id":"I1","opened_at":"2024-05-03"}`
	for text, want := range map[string]string{
		`{"item":"incident"}`: "[0]: id is missing\n[0]: opened_at is missing",
		`[` + incident + `,{"item":"incident","id":"x","opened_at":"soon"}]`:  `[1]: opened_at "soon" is no time`,
		`{"item":"incident","id":"x","opened_at":"2024-05-03","sevrity":"1"}`: "[0]: sevrity is unknown; known are item, id, service",
		`{"item":"incident","id":["x"],"opened_at":"2024-05-03"}`:             "[0]: id is a list",
		`{"item":"incident","id":{"a":1},"opened_at":"2024-05-03"}`:           "[0]: id is neither text nor number",
		`{"item":"build","id":"x"}`:                                           `[0]: item "build" is none of deployment, incident, issue`,
		`{"id":"x"}`:                                                          `[0]: item "<nil>" is none of`,
		`{"item":"issue","project":"P","id":"1","category":"todo","opened_at":"2024-05-03","updated_at":"2024-05-03","closed_by":["a/b#1","c"]}`: `[0]: closed_by "c" is no change request`,
		`{"item":"issue","project":"P","id":"1","category":"todo","opened_at":"2024-05-03"}`:                                                     "[0]: updated_at is missing",
		`{"item":"deployment","id":"1","environment":"p","sha":"a","result":"green","started_at":"2024-05-03","service":"x"}`:                    `[0]: result "green" is none of`,
		`{"item":"deployment","id":"1","environment":"p","sha":"a","result":"success","started_at":"2024-05-03"}`:                                "[0]: repository or application must be there",
		`{"item":"deployment","id":"1","environment":"p","sha":"a","commit":"b","result":"success","started_at":"2024-05-03","service":"x"}`:     "[0]: sha is there twice",
		`[]`:                             "0 objects",
		`[1]`:                            "[0]: not a JSON object",
		`null`:                           "[0]: not a JSON object",
		incident + incident:              "not one JSON value",
		`{`:                              "not one JSON value",
		"{\"item\":\"\xff\"}":            "not UTF-8",
		strings.Repeat("[", 1e5):         "not one JSON value",
		strings.Repeat(" ", maxPushed+1): "longer than",
	} {
		got, err := parsePushed([]byte(text), time.UTC)
		if !errors.Is(err, ErrPushed) || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%.100s: %v, want %q", text, err, want)
		}
	}
	if _, err := parsePushed([]byte(incident), nil); err == nil || !strings.Contains(err.Error(), `[0]: opened_at "2024-05-03" does not say its offset from UTC`) {
		t.Errorf("a time of some clock or other: %v", err)
	}
	file := filepath.Join(t.TempDir(), "items.jsonl")
	if err := os.WriteFile(file, []byte(incident+"\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewPushed("webhook", file).Look(context.Background()); !errors.Is(err, problem.Invalid) || !strings.Contains(err.Error(), "items.jsonl:2: ") {
		t.Errorf("a line that is none: %v", err)
	}
}

func TestPushedLook(t *testing.T) {
	file, sink := filepath.Join(t.TempDir(), "items.jsonl"), sourcetest.NewSink()
	pullPushed(t, sink, file, six[4])
	sight, err := NewPushed("webhook", file).Look(context.Background())
	if err != nil || len(sight.Sees) != 1 || sight.Sees[0].What != "incidents" || len(sight.Lacks) != 2 || sight.Lacks[0].Costs != source.Costs(fact.DeploymentItem) {
		t.Errorf("%+v, %v", sight, err)
	}
}

// FuzzPushed: whatever is pushed is refused, or makes one item of each kind and id that it names,
// the same for every order.
func FuzzPushed(f *testing.F) {
	f.Add([]byte("[" + strings.Join(six, ",") + "]"))
	for _, one := range six {
		f.Add([]byte(one))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := parsePushed(text, time.UTC)
		if err != nil {
			if !errors.Is(err, ErrPushed) {
				t.Errorf("%v", err)
			}
			return
		}
		made := func() (d fact.Delivery) {
			states, order := map[string][]pushed{}, []string{}
			for _, p := range rows {
				states[p.key], order = append(states[p.key], p), append(order, p.key)
			}
			slices.Sort(order)
			for _, key := range slices.Compact(order) {
				add(&d, states[key])
			}
			return d
		}
		want := made()
		slices.Reverse(rows)
		if diff := cmp.Diff(want, made(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("in another order\n%s", diff)
		}
	})
}
