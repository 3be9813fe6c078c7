package sourcetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Sink keeps what a feed emits the way the facts database does: by key, the newest
// telling, with a cursor for each stream.
type Sink struct {
	mu      sync.Mutex
	items   map[string]item
	cursors map[string]source.Cursor
	Skipped []fact.Skipped
	Pages   int
	Told    int // items, also those that were told again

	progress map[string][]progress // of the last reading, by stream
}

// progress is what a feed said of how far it is.
type progress struct{ done, total int }

type item struct {
	at   time.Time
	what any
}

// NewSink is an empty one.
func NewSink() *Sink { return &Sink{items: map[string]item{}, cursors: map[string]source.Cursor{}} }

// Pull is a reading into the sink.
func (s *Sink) Pull() source.Pull {
	s.progress = map[string][]progress{}
	return source.Pull{
		Cursor: func(stream string) source.Cursor {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.cursors[stream]
		},
		Emit: func(_ context.Context, p source.Page) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.Pages++
			s.cursors[p.Stream] = p.Cursor
			s.Skipped = append(s.Skipped, p.Skipped...)
			for _, kind := range p.Whole {
				maps.DeleteFunc(s.items, func(key string, _ item) bool { return strings.HasPrefix(key, keys[kind]) })
			}
			s.take(p.Delivery)
			return nil
		},
		Progress: func(stream string, done, total int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.progress[stream] = append(s.progress[stream], progress{done, total})
		},
	}
}

// keys are how the keys of items begin.
var keys = map[fact.ItemKind]string{fact.RequestItem: "request ", fact.IssueItem: "issue ", fact.SprintItem: "sprint ", fact.BuildItem: "build ", fact.DeploymentItem: "deployment ", fact.IncidentItem: "incident "}

func (s *Sink) take(d fact.Delivery) {
	for _, x := range d.ChangeRequests {
		s.put(fmt.Sprintf("request %s %d", x.Repository, x.Number), x.UpdatedAt, x)
	}
	for _, x := range d.Issues {
		s.put("issue "+x.ID, x.UpdatedAt, x)
	}
	for _, x := range d.Sprints {
		s.put("sprint "+x.ID, time.Time{}, x)
	}
	for _, x := range d.Builds {
		s.put(fmt.Sprintf("build %s %s %d", x.Repository, x.ID, x.Attempt), x.FinishedAt, x)
	}
	for _, x := range d.Deployments {
		s.put("deployment "+x.Repository+" "+x.ID, x.UpdatedAt, x)
	}
	for _, x := range d.Incidents {
		s.put("incident "+x.ID, x.UpdatedAt, x)
	}
	for _, g := range d.Gone {
		key := keys[g.Kind]
		if g.Kind == fact.RequestItem || g.Kind == fact.DeploymentItem {
			key += g.In + " "
		}
		delete(s.items, key+g.ID)
	}
}

func (s *Sink) put(key string, at time.Time, what any) {
	s.Told++
	if before, ok := s.items[key]; !ok || !before.at.After(at) {
		s.items[key] = item{at, what}
	}
}

// Holds is what the sink holds, in the order of keys.
func (s *Sink) Holds() (d fact.Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.items {
		switch x := it.what.(type) {
		case fact.ChangeRequest:
			d.ChangeRequests = append(d.ChangeRequests, x)
		case fact.Issue:
			d.Issues = append(d.Issues, x)
		case fact.Sprint:
			d.Sprints = append(d.Sprints, x)
		case fact.Build:
			d.Builds = append(d.Builds, x)
		case fact.Deployment:
			d.Deployments = append(d.Deployments, x)
		case fact.Incident:
			d.Incidents = append(d.Incidents, x)
		}
	}
	return sorted(d)
}

// Same compares what a sink holds with what it should.
func Same(t testing.TB, what string, want, got fact.Delivery) {
	t.Helper()
	want.Repositories, want.Projects, want.Gone = nil, nil, nil
	if want = sorted(want); !equal(want, got) {
		t.Errorf("%s (-world +sink)\n%.3000s", what, gocmp.Diff(want, got, cmpopts.EquateEmpty()))
	}
}

// equal is quick with what is alike.
func equal(a, b any) bool {
	return reflect.DeepEqual(a, b) || gocmp.Equal(a, b, cmpopts.EquateEmpty())
}

func sorted(d fact.Delivery) fact.Delivery {
	d.ChangeRequests = slices.SortedFunc(slices.Values(d.ChangeRequests), func(a, b fact.ChangeRequest) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Number, b.Number))
	})
	d.Issues = slices.SortedFunc(slices.Values(d.Issues), func(a, b fact.Issue) int { return cmp.Compare(a.ID, b.ID) })
	d.Sprints = slices.SortedFunc(slices.Values(d.Sprints), func(a, b fact.Sprint) int { return cmp.Compare(a.ID, b.ID) })
	d.Builds = slices.SortedFunc(slices.Values(d.Builds), func(a, b fact.Build) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Attempt, b.Attempt))
	})
	d.Deployments = slices.SortedFunc(slices.Values(d.Deployments), func(a, b fact.Deployment) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.ID, b.ID))
	})
	d.Incidents = slices.SortedFunc(slices.Values(d.Incidents), func(a, b fact.Incident) int { return cmp.Compare(a.ID, b.ID) })
	return d
}
