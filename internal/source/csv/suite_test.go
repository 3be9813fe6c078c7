package csv

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

func TestFilesPassTheSuite(t *testing.T) { sourcetest.RunFiles(t, files()) }

// files are the feed and what people export.
func files() sourcetest.Files {
	return sourcetest.Files{
		New:    func(files map[string]string) source.Feed { return New("exports", files, time.UTC) },
		Tell:   tables,
		Keeps:  keeps,
		Table:  true,
		Counts: []string{"change_request_events"},
	}
}

// keeps: of links of issues files tell by which change request one was closed, and those of the
// world are others.
func keeps(d fact.Delivery) fact.Delivery {
	d.Issues = append([]fact.Issue{}, d.Issues...)
	for n := range d.Issues {
		d.Issues[n].Links = nil
	}
	return d
}

// tables are the lines of files that tell what is true.
func tables(t testing.TB, d fact.Delivery) map[string][]string {
	rows := map[string][][]string{}
	put := func(kind string, values ...any) {
		var row []string
		for _, v := range values {
			switch v := v.(type) {
			case time.Time:
				row = append(row, stampUTC(v))
			case []string:
				row = append(row, strings.Join(v, ";"))
			case *float64:
				if v == nil {
					row = append(row, "")
				} else {
					row = append(row, fmt.Sprint(*v))
				}
			default:
				row = append(row, fmt.Sprint(v))
			}
		}
		rows[kind] = append(rows[kind], row)
	}
	for _, c := range d.ChangeRequests {
		put("change_requests", c.Repository, c.Number, c.Title, c.Author.Name, c.Author.Email, c.State, c.Draft, c.Base, c.Head, c.HeadSHA, c.MergeSHA, c.OpenedAt, c.MergedAt, c.ClosedAt, c.UpdatedAt, c.Added, c.Deleted, c.Files, c.Paths, c.Labels, c.Closes)
		for _, e := range c.Events {
			put("change_request_events", c.Repository, c.Number, e.Kind, e.Actor.Name, e.Actor.Email, e.At)
		}
		for _, one := range c.Commits {
			put("change_request_commits", c.Repository, c.Number, one.SHA, one.AuthoredAt)
		}
	}
	for _, i := range d.Issues {
		put("issues", i.Project, i.ID, i.Key, i.Kind, i.Title, i.Status, i.Category, i.Parent, i.Points, i.OpenedAt, i.ResolvedAt, i.UpdatedAt, i.Labels, "")
		for _, x := range i.Transitions {
			put("transitions", i.Project, i.ID, x.From, x.To, x.FromCategory, x.ToCategory, x.At)
		}
		for _, s := range i.Sprints {
			put("sprint_issues", i.Project, i.ID, s.SprintID, s.AddedAt, s.RemovedAt)
		}
	}
	for _, s := range d.Sprints {
		put("sprints", s.Project, s.ID, s.Name, s.StartedAt, s.EndsAt, s.CompletedAt)
	}
	for _, b := range d.Builds {
		put("builds", b.Repository, b.ID, b.Pipeline, b.Attempt, b.SHA, b.Branch, b.Result, b.QueuedAt, b.StartedAt, b.FinishedAt)
	}
	for _, x := range d.Deployments {
		put("deployments", x.Repository, x.Application, x.ID, x.Environment, x.SHA, x.Result, x.StartedAt, x.FinishedAt)
	}
	for _, i := range d.Incidents {
		put("incidents", i.ID, i.Service, i.Title, i.Severity, i.OpenedAt, i.AcknowledgedAt, i.ResolvedAt, "", "", "", "")
	}
	out := map[string][]string{}
	for kind, list := range rows {
		var heading []string
		for _, c := range columns[kind] {
			heading = append(heading, c.name)
		}
		for _, row := range append([][]string{heading}, list...) {
			var line bytes.Buffer
			w := csv.NewWriter(&line)
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
			w.Flush()
			out[kind] = append(out[kind], strings.TrimSuffix(line.String(), "\n"))
		}
	}
	return out
}

// stampUTC writes a time as an export does; "" where there is none.
func stampUTC(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339Nano)
}

func TestPushedPassesTheSuite(t *testing.T) { sourcetest.RunFiles(t, pushes()) }

// pushes are the feed and what is pushed to it.
func pushes() sourcetest.Files {
	return sourcetest.Files{
		New:    func(files map[string]string) source.Feed { return NewPushed("webhook", files["items"]) },
		Tell:   states,
		Keeps:  keepsStates,
		Pushed: true,
		Gate: func(t testing.TB, file string) sourcetest.Gate {
			g, err := NewGate(file, []byte(sourcetest.Token))
			if err != nil {
				t.Fatal(err)
			}
			return func(h http.Header, text []byte) ([]byte, func(), error) {
				return g.Admit(h.Get(source.SignatureHeader), text)
			}
		},
	}
}

// keepsStates: issues, deployments and incidents can be pushed, and no membership in sprints.
func keepsStates(d fact.Delivery) fact.Delivery {
	d = keeps(d)
	for n := range d.Issues {
		d.Issues[n].Sprints = nil
	}
	return fact.Delivery{Issues: d.Issues, Deployments: d.Deployments, Incidents: d.Incidents}
}

// states are the lines that push each state through which issues, deployments and incidents went.
func states(t testing.TB, d fact.Delivery) map[string][]string {
	var out []string
	put := func(row map[string]any) {
		for name, v := range row {
			if at, ok := v.(time.Time); ok {
				row[name] = stampUTC(at)
			}
		}
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		if line := string(text); len(out) == 0 || out[len(out)-1] != line {
			out = append(out, line)
		}
	}
	for _, i := range d.Issues {
		issue := func(status string, category fact.IssueCategory, resolved, updated time.Time) {
			put(map[string]any{"item": "issue", "project": i.Project, "id": i.ID, "key": i.Key, "kind": i.Kind, "title": i.Title, "parent": i.Parent, "points": i.Points, "labels": append([]string{}, i.Labels...),
				"status": status, "category": category, "opened_at": i.OpenedAt, "resolved_at": resolved, "updated_at": updated})
		}
		issue("To Do", fact.IssueToDo, time.Time{}, i.OpenedAt)
		for _, x := range i.Transitions {
			var resolved time.Time
			if x.ToCategory == fact.IssueDone {
				resolved = x.At
			}
			issue(x.To, x.ToCategory, resolved, x.At)
		}
		issue(i.Status, i.Category, i.ResolvedAt, i.UpdatedAt)
	}
	for _, x := range d.Deployments {
		deployment := func(result fact.Result, finished time.Time) {
			put(map[string]any{"item": "deployment", "repository": x.Repository, "id": x.ID, "environment": x.Environment, "sha": x.SHA, "result": result, "started_at": x.StartedAt, "finished_at": finished})
		}
		deployment(fact.Running, time.Time{})
		deployment(x.Result, x.FinishedAt)
	}
	for _, i := range d.Incidents {
		incident := func(acknowledged, resolved time.Time) {
			put(map[string]any{"item": "incident", "id": i.ID, "service": i.Service, "title": i.Title, "severity": i.Severity, "opened_at": i.OpenedAt, "acknowledged_at": acknowledged, "resolved_at": resolved})
		}
		incident(time.Time{}, time.Time{})
		incident(i.AcknowledgedAt, i.ResolvedAt)
	}
	return map[string][]string{"items": out}
}
