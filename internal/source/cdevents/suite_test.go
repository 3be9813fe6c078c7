package cdevents

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

func TestPushedPassesTheSuite(t *testing.T) { sourcetest.RunFiles(t, events()) }

// Exported events tell until they were written, and are not pushed.
func TestFilesPassTheSuite(t *testing.T) {
	c := events()
	c.New = func(files map[string]string) source.Feed { return New("pipelines", files) }
	c.Pushed, c.Gate = false, nil
	sourcetest.RunFiles(t, c)
}

// events are the feed and what it is sent.
func events() sourcetest.Files {
	now := sourcetest.NewWorld(7).Now
	return sourcetest.Files{
		New:    func(files map[string]string) source.Feed { return NewPushed("pipelines", files) },
		Tell:   told,
		Keeps:  keeps,
		Pushed: true,
		Gate: func(testing.TB, string) sourcetest.Gate {
			g := &Gate{Secrets: [][]byte{[]byte(sourcetest.Token)}, Age: 365 * 24 * time.Hour, Now: func() time.Time { return now }}
			return func(h http.Header, text []byte) ([]byte, func(), error) {
				h.Set("Content-Type", "application/json")
				e, err := g.Admit(h, text)
				if err != nil {
					return nil, nil, err
				}
				return text, func() { g.Release(e) }, nil
			}
		},
	}
}

// told are the events by which senders tell what is true.
func told(t testing.TB, d fact.Delivery) map[string][]string {
	var out []string
	tell := func(kind, subject string, at time.Time, content, custom map[string]any) {
		text, err := json.Marshal(map[string]any{
			"context":    map[string]any{"specversion": "0.5.1", "id": kind + " " + subject + " " + at.String(), "source": "/it", "type": "dev.cdevents." + kind + ".0.3.0", "timestamp": at.In(time.FixedZone("", 7200))},
			"subject":    map[string]any{"id": subject, "source": "/it", "content": content},
			"customData": custom,
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	none := map[string]any{}
	for _, c := range d.ChangeRequests {
		id := fmt.Sprintf("%s#%d", c.Repository, c.Number)
		tell("change.created", id, c.OpenedAt, map[string]any{"description": c.Title, "repository": map[string]any{"id": c.Repository}}, map[string]any{"branch": c.Base, "closes": c.Closes})
		switch c.State {
		case fact.RequestMerged:
			tell("change.merged", id, c.MergedAt, none, map[string]any{"commit": c.MergeSHA})
		case fact.RequestClosed:
			tell("change.abandoned", id, c.ClosedAt, none, none)
		}
	}
	for _, i := range d.Issues {
		content := map[string]any{"summary": i.Title, "ticketType": i.Kind, "group": i.Project, "labels": i.Labels}
		tell("ticket.created", i.Key, i.OpenedAt, content, none)
		for _, x := range i.Transitions {
			if x.ToCategory == fact.IssueDone {
				tell("ticket.closed", i.Key, x.At, content, none)
			}
		}
	}
	for _, b := range d.Builds {
		custom := map[string]any{"commit": b.SHA, "repository": b.Repository, "branch": b.Branch}
		tell("pipelinerun.queued", b.ID, b.QueuedAt, map[string]any{"pipelineName": b.Pipeline}, custom)
		tell("pipelinerun.started", b.ID, b.StartedAt, map[string]any{"pipelineName": b.Pipeline}, custom)
		tell("pipelinerun.finished", b.ID, b.FinishedAt, map[string]any{"pipelineName": b.Pipeline, "outcome": map[fact.Result]string{fact.Succeeded: "success", fact.Failed: "failure"}[b.Result]}, none)
	}
	for _, x := range d.Deployments {
		if x.Result == fact.Succeeded {
			tell("service.deployed", "shop", x.FinishedAt, map[string]any{"environment": map[string]any{"id": x.Environment}}, map[string]any{"commit": x.SHA, "repository": x.Repository})
		}
	}
	for _, i := range d.Incidents {
		content, custom := map[string]any{"description": i.Title, "service": map[string]any{"id": i.Service}}, map[string]any{"severity": i.Severity}
		tell("incident.detected", i.ID, i.OpenedAt, content, custom)
		if !i.ResolvedAt.IsZero() {
			tell("incident.resolved", i.ID, i.ResolvedAt, content, custom)
		}
	}
	return map[string][]string{"events": out}
}

// keeps: what CDEvents have no field or event for stays unknown.
func keeps(d fact.Delivery) (out fact.Delivery) {
	for _, c := range d.ChangeRequests {
		out.ChangeRequests = append(out.ChangeRequests, fact.ChangeRequest{Repository: c.Repository, Number: c.Number, Title: c.Title, State: c.State, Base: c.Base, MergeSHA: c.MergeSHA,
			OpenedAt: c.OpenedAt, MergedAt: c.MergedAt, ClosedAt: c.ClosedAt, UpdatedAt: later(c.OpenedAt, c.ClosedAt), Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted, Closes: c.Closes})
	}
	for _, i := range d.Issues {
		is := fact.Issue{Project: i.Project, ID: "/it " + i.Key, Key: i.Key, Kind: i.Kind, Title: i.Title, Status: "open", Category: fact.IssueToDo, OpenedAt: i.OpenedAt, UpdatedAt: i.OpenedAt, Labels: i.Labels}
		for _, x := range slices.Backward(i.Transitions) {
			if x.ToCategory == fact.IssueDone {
				is.Status, is.Category, is.ResolvedAt, is.UpdatedAt = "closed", fact.IssueDone, x.At, x.At
				is.Transitions = []fact.Transition{{From: "open", To: "closed", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDone, At: x.At}}
				break
			}
		}
		out.Issues = append(out.Issues, is)
	}
	for _, b := range d.Builds {
		b.ID = "/it " + b.ID
		out.Builds = append(out.Builds, b)
	}
	for _, x := range d.Deployments {
		if x.Result == fact.Succeeded {
			x.ID, x.Application, x.StartedAt = "/it service.deployed shop "+x.FinishedAt.String(), "shop", x.FinishedAt
			out.Deployments = append(out.Deployments, x)
		}
	}
	for _, i := range d.Incidents {
		i.ID, i.AcknowledgedAt = "/it "+i.ID, time.Time{}
		out.Incidents = append(out.Incidents, i)
	}
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
