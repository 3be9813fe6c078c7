package opsgenie

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

func keeps(d fact.Delivery) fact.Delivery { return fact.Delivery{Incidents: d.Incidents} }

func TestIncidents(t *testing.T) { sourcetest.Run(t, connector()) }

// connector is the feed and its vendor.
func connector() sourcetest.Connector {
	return sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Clock: clock})
		},
		Serve:      func(w *sourcetest.World) http.Handler { return newFake(w) },
		Keeps:      keeps,
		ByCreation: byCreation, NoDeletes: noDeletes,
		Least: 32, Quiet: 1, // a page, services, a timeline for each; the page
	}
}

func TestAlerts(t *testing.T) {
	sourcetest.Run(t, sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Alerts: "priority: high OR priority: low", Clock: clock})
		},
		Serve:      func(w *sourcetest.World) http.Handler { return newFake(w) },
		Keeps:      withoutService,
		ByCreation: byCreation, NoDeletes: noDeletes,
		Least: 1, Quiet: 1,
	})
}

var byCreation = map[fact.ItemKind]string{fact.IncidentItem: "there is no search by the last change that pages could follow"}

const noDeletes = "what was deleted is no longer listed"

// withoutService: alerts have none.
func withoutService(d fact.Delivery) (out fact.Delivery) {
	for _, i := range d.Incidents {
		i.Service = ""
		out.Incidents = append(out.Incidents, i)
	}
	return out
}

// bench is a fake and what was read of it.
func bench(t *testing.T, o Options) (*fake, *sourcetest.Sink, func() fact.Delivery) {
	t.Helper()
	f, sink := newFake(sourcetest.NewWorld(7)), sourcetest.NewSink()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	o.Address, o.Token = server.URL, sourcetest.Token
	return f, sink, func() fact.Delivery {
		t.Helper()
		f.asked = nil
		if err := New(o).Pull(context.Background(), sink.Pull()); err != nil {
			t.Fatal(err)
		}
		return sink.Holds()
	}
}

// Incidents that were open, also long ago, are followed until they are resolved.
func TestOpenIncidentsAreFollowed(t *testing.T) {
	f, _, pull := bench(t, Options{})
	old := &f.w.Incidents[2]
	old.ResolvedAt = time.Time{}
	sourcetest.Same(t, "open", keeps(f.w.Delivery), pull())
	f.w.News()
	pull()
	old.ResolvedAt, old.UpdatedAt = f.w.Now, f.w.Now
	f.w.Incidents[29].AcknowledgedAt, f.w.Incidents[29].UpdatedAt = f.w.Now, f.w.Now
	sourcetest.Same(t, "resolved, and acknowledged", keeps(f.w.Delivery), pull())
	if n := len(f.asked); n != 1+2+2 {
		t.Errorf("%d requests: %v", n, f.asked)
	}
	pull()
	if n := len(f.asked); n != 1 {
		t.Errorf("%d requests without news: %v", n, f.asked)
	}
}

// An open incident that is hidden at a reading is asked for again.
func TestHiddenIncident(t *testing.T) {
	f, _, pull := bench(t, Options{})
	f.w.Incidents[2].ResolvedAt = time.Time{}
	all := f.w.Incidents
	pull()
	f.w.Incidents = slices.Concat(all[:2], all[3:])
	pull()
	f.w.Incidents = all
	all[2].ResolvedAt, all[2].UpdatedAt = f.w.Now, f.w.Now
	sourcetest.Same(t, "resolved meanwhile", keeps(f.w.Delivery), pull())
}

// More than an offset reaches: it is never used.
func TestManyAlerts(t *testing.T) {
	f, _, pull := bench(t, Options{Alerts: "priority: high"})
	start := f.w.Incidents[0].OpenedAt
	f.w.Incidents = nil
	for n := range 21_000 {
		at := start.Add(time.Duration(n/3) * time.Minute) // three at a time
		f.w.Incidents = append(f.w.Incidents, fact.Incident{ID: fmt.Sprint(n), Severity: "high", OpenedAt: at, UpdatedAt: at.Add(time.Second), ResolvedAt: at.Add(time.Second)})
	}
	if got := len(pull().Incidents); got != 21_000 {
		t.Errorf("%d alerts", got)
	}
	if n := len(f.asked); n > 220 {
		t.Errorf("%d requests", n)
	}
}

func TestWithoutTimelines(t *testing.T) {
	f, sink, pull := bench(t, Options{})
	f.noTimelines = true
	for i := range f.w.Incidents {
		f.w.Incidents[i].AcknowledgedAt = time.Time{} // nobody says
	}
	sourcetest.Same(t, "by the last change", keeps(f.w.Delivery), pull())
	if len(sink.Skipped) != 1 || sink.Skipped[0].Count != 30 {
		t.Errorf("skipped: %v", sink.Skipped)
	}
}

// Opsgenie says in a header of its own for how long nothing is permitted.
func TestItsOwnWayToThrottle(t *testing.T) {
	c := &standing{now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	f, _, pull := bench(t, Options{Clock: c})
	f.throttle, f.clock = 3, c.Now
	sourcetest.Same(t, "throttled", keeps(f.w.Delivery), pull())
	if f.tooEarly {
		t.Error("it was asked too early")
	}
}

// standing is a clock that waiting moves on.
type standing struct{ now time.Time }

func (c *standing) Now() time.Time { return c.now }
func (c *standing) Sleep(_ context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return nil
}

// FuzzAlerts: whatever comes in place of alerts, it is refused or translated.
func FuzzAlerts(f *testing.F) {
	fk := newFake(sourcetest.NewWorld(3))
	for _, i := range fk.w.Incidents[:4] {
		text, err := json.Marshal(fk.item(i, true))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"id":"1","status":"closed","createdAt":"2024-01-01T00:00:00Z","report":{"closeTime":9223372036854775807}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var x incident
		if json.Unmarshal(text, &x) != nil {
			return
		}
		i, err := (&pass{Feed: New(Options{Alerts: "x"}), services: map[string]string{}}).translate(context.Background(), x)
		if err == nil && (i.AcknowledgedAt.Before(i.OpenedAt) && !i.AcknowledgedAt.IsZero() || x.Status == "open" && !i.ResolvedAt.IsZero()) {
			t.Errorf("%+v", i)
		}
	})
}
