package pagerduty

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
)

func keeps(d fact.Delivery) fact.Delivery { return fact.Delivery{Incidents: d.Incidents} }

func TestPagerDuty(t *testing.T) { sourcetest.Run(t, connector()) }

// connector is the feed and its vendor.
func connector() sourcetest.Connector {
	return sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Clock: clock})
		},
		Serve: func(w *sourcetest.World) http.Handler { return newFake(w) },
		Keeps: keeps,
		Deletes: func(_ http.Handler, w *sourcetest.World) []fact.Gone {
			x := &w.Incidents[len(w.Incidents)-1] // the open one is found to be another
			x.Title, x.ResolvedAt, x.UpdatedAt = "merged", w.Now, w.Now
			return []fact.Gone{{Kind: fact.IncidentItem, ID: x.ID}}
		},
		Least: 3, Quiet: 1, // the first incident, and two windows of less than six months; the entries since
	}
}

// clock stands still.
type clock struct{ now time.Time }

func (c clock) Now() time.Time                             { return c.now }
func (c clock) Sleep(context.Context, time.Duration) error { return nil }

// bench is a fake with incidents of its own, and what was read of it.
func bench(t *testing.T, incidents []fact.Incident, projects ...string) (*fake, func() fact.Delivery) {
	t.Helper()
	w := sourcetest.NewWorld(7)
	if incidents != nil {
		w.Incidents = incidents
	}
	f, sink := newFake(w), sourcetest.NewSink()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, func() fact.Delivery {
		t.Helper()
		f.asked = nil
		if err := New(Options{Address: server.URL, Token: sourcetest.Token, Projects: projects, Clock: clock{w.Now}}).Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		return sink.Holds()
	}
}

var start = time.Date(2020, 3, 1, 8, 0, 0, 0, time.UTC)

func opened(id string, at time.Time, ack, resolved time.Duration) fact.Incident {
	i := fact.Incident{ID: id, Service: "checkout", Title: id, Severity: "P1", OpenedAt: at, UpdatedAt: at}
	if ack > 0 {
		i.AcknowledgedAt, i.UpdatedAt = at.Add(ack), at.Add(ack)
	}
	if resolved > 0 {
		i.ResolvedAt, i.UpdatedAt = at.Add(resolved), at.Add(resolved)
	}
	return i
}

// Incidents that go on over the borders of windows keep their first acknowledgement, and years without
// any are no end.
func TestWindows(t *testing.T) {
	day := 24 * time.Hour
	list := []fact.Incident{opened("PA", start, time.Hour, 2*time.Hour), opened("PB", start.AddDate(3, 0, 0), 100*day, 300*day), opened("PC", start.AddDate(3, 1, 0), 20*day, 0), opened("PD", start.AddDate(3, 2, 0), 0, 0)}
	f, pull := bench(t, list)
	sourcetest.Same(t, "a first reading", keeps(f.w.Delivery), pull())
	n := len(f.asked)
	want := 1 + 10 + 3 // the first incident, 52 months in windows of 175 days, three that stand in several
	if n < want-1 || n > want {
		t.Errorf("%d requests, %d would do", n, want)
	}
	in := &f.w.Incidents[3] // was open for months; it is acknowledged, and then resolved
	in.AcknowledgedAt, in.UpdatedAt = f.w.Now.Add(-time.Hour), f.w.Now.Add(-time.Hour)
	sourcetest.Same(t, "acknowledged", keeps(f.w.Delivery), pull())
	f.w.Now = f.w.Now.Add(48 * time.Hour)
	in.ResolvedAt, in.UpdatedAt = f.w.Now.Add(-time.Hour), f.w.Now.Add(-time.Hour)
	sourcetest.Same(t, "resolved", keeps(f.w.Delivery), pull())
	if len(f.asked) != 2 {
		t.Errorf("%d requests for one that is resolved: %v", len(f.asked), f.asked)
	}
}

// Other services, be it of another account at the same host, are read from the beginning, and known by
// their streams to be incidents.
func TestServicesHaveTheirOwnCursor(t *testing.T) {
	f, sink := newFake(sourcetest.NewWorld(7)), sourcetest.NewSink()
	server := httptest.NewServer(f)
	defer server.Close()
	for n, service := range []string{"checkout", "search"} {
		o := Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{service}, Clock: clock{f.w.Now}}
		pull, stream := sink.Pull(), ""
		stored := pull.Emit
		pull.Emit = func(ctx context.Context, p source.Page) error { stream = p.Stream; return stored(ctx, p) }
		if err := New(o).Pull(context.Background(), pull); err != nil || len(sink.Holds().Incidents) != 15*(n+1) || stream != service+" incidents" {
			t.Errorf("%s: %d incidents in %q, %v", service, len(sink.Holds().Incidents), stream, err)
		}
	}
}

// More entries than an offset reaches are read in narrower windows.
func TestManyIncidents(t *testing.T) {
	var list []fact.Incident
	for n := range 3600 {
		list = append(list, opened(fmt.Sprintf("P%d", n), start.Add(time.Duration(n)*20*time.Minute), time.Minute, 10*time.Minute))
	}
	f, pull := bench(t, list)
	f.w.Now = start.AddDate(0, 3, 0)
	sourcetest.Same(t, "all", keeps(f.w.Delivery), pull())
	if n := len(f.asked); n > 108+108/10+10 {
		t.Errorf("%d requests, where 10,800 entries need 108", n)
	}
}

func TestNothing(t *testing.T) {
	f, pull := bench(t, []fact.Incident{})
	pull()
	f.w.Incidents = append(f.w.Incidents, opened("PA", f.w.Now.Add(-time.Hour), 0, 0))
	sourcetest.Same(t, "the first one", keeps(f.w.Delivery), pull())
}

// What PagerDuty says is another incident is not counted twice.
func TestMergedIncidentsGo(t *testing.T) {
	f, pull := bench(t, []fact.Incident{opened("PA", start, 0, 0), opened("PB", start.Add(time.Hour), 0, 0)})
	f.w.Now = start.Add(2 * time.Hour)
	pull()
	f.w.Incidents[1].Title = "merged"
	f.w.Incidents[1].ResolvedAt = start.Add(2*time.Hour - time.Minute)
	if got := pull().Incidents; len(got) != 1 || got[0].ID != "PA" {
		t.Errorf("%+v", got)
	}
}

func TestServicesThatAreNamed(t *testing.T) {
	_, pull := bench(t, nil, "search")
	got := pull().Incidents
	if len(got) != 15 || slices.ContainsFunc(got, func(i fact.Incident) bool { return i.Service != "search" }) {
		t.Errorf("%d incidents", len(got))
	}
}

// FuzzEntries: whatever comes in place of log entries, it is refused or translated.
func FuzzEntries(f *testing.F) {
	fk := newFake(sourcetest.NewWorld(3))
	rec := httptest.NewRecorder()
	fk.page(rec, fk.entries("", time.Time{}, fk.w.Now), 7, 0, true, true)
	f.Add(rec.Body.String())
	f.Add(strings.ReplaceAll(rec.Body.String(), `"resolved"`, `null`))
	f.Fuzz(func(t *testing.T, text string) {
		var a struct {
			Entries []entry `json:"log_entries"`
		}
		if json.Unmarshal([]byte(text), &a) != nil {
			return
		}
		d, err := (&Feed{}).incidents(context.Background(), a.Entries, time.Time{}, time.Time{}, map[string]bool{})
		if err != nil {
			return
		}
		for _, i := range d.Incidents {
			if i.ID == "" || i.OpenedAt.IsZero() || i.UpdatedAt.IsZero() {
				t.Errorf("an incident without what it needs: %+v", i)
			}
		}
	})
}
