// Package sourcebench measures what a connector costs: from recorded pages into a facts
// database, all of a system and then only its news, beside a peer that only fetches and
// decodes the same pages.
package sourcebench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// times is how much larger than the world of the tests the measured one is.
const times = 10

// Run measures a connector:
//
//   - peer fetches the pages of a first reading and decodes them as JSON;
//   - all is a first reading into an empty database;
//   - news is a reading after something of each kind changed.
//
// all and news say how many items a second that is; all says how many times as long as
// peer it takes, and news how much of all.
func Run(b *testing.B, c sourcetest.Connector) {
	var peer, all time.Duration
	b.Run("peer", func(b *testing.B) {
		v := newVendor(b, c)
		v.shadow(b)
		for b.Loop() {
			for _, r := range v.pages {
				r.fetch(b, v.server.URL)
			}
		}
		peer = b.Elapsed() / time.Duration(b.N)
		b.ReportMetric(float64(len(v.pages)), "requests")
	})
	b.Run("all", func(b *testing.B) {
		v := newVendor(b, c)
		v.shadow(b)
		items := 0
		for b.Loop() {
			st := open(b)
			items = v.read(b, st)
			closed(b, st)
		}
		all = b.Elapsed() / time.Duration(b.N)
		b.ReportMetric(float64(items)/all.Seconds(), "items/s")
		b.ReportMetric(float64(all)/float64(peer), "x-peer")
	})
	b.Run("news", func(b *testing.B) {
		v := newVendor(b, c)
		v.shadow(b)
		st := open(b)
		defer closed(b, st)
		v.read(b, st)
		items, took, n := 0, time.Duration(0), 0
		for b.Loop() {
			v.world.News()
			v.shadow(b)
			start := time.Now()
			items = v.read(b, st)
			took += time.Since(start)
			n++
		}
		took /= time.Duration(n)
		b.ReportMetric(float64(took.Nanoseconds()), "ns/op")
		b.ReportMetric(float64(items), "items")
		b.ReportMetric(float64(len(v.pages)), "requests")
		b.ReportMetric(100*float64(took)/float64(all), "%-of-all")
	})
}

// vendor answers with recorded pages, so that only the connector is measured.
type vendor struct {
	c      sourcetest.Connector
	world  *sourcetest.World
	server *httptest.Server
	clock  *sourcetest.Clock
	sink   *sourcetest.Sink // reads before what is measured does, and so records

	mu    sync.Mutex
	pages map[string]page
}

// page is a request and its recorded answer.
type page struct {
	method, uri string
	header      http.Header
	body        []byte
	answer      *httptest.ResponseRecorder
}

func newVendor(b *testing.B, c sourcetest.Connector) *vendor {
	b.Helper()
	v := &vendor{c: c, world: sourcetest.NewWorldOf(7, times), sink: sourcetest.NewSink(), pages: map[string]page{}}
	next := c.Serve(v.world)
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := page{method: r.Method, uri: r.URL.RequestURI(), header: r.Header}
		p.body, _ = io.ReadAll(r.Body)
		key := p.method + " " + p.uri + " " + string(p.body)
		v.mu.Lock()
		was, known := v.pages[key]
		v.mu.Unlock()
		if !known {
			p.answer = httptest.NewRecorder()
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(p.body))
			next.ServeHTTP(p.answer, again)
			was = p
			v.mu.Lock()
			v.pages[key] = p
			v.mu.Unlock()
		}
		for k, values := range was.answer.Header() {
			w.Header()[k] = values
		}
		w.WriteHeader(was.answer.Code)
		_, _ = w.Write(was.answer.Body.Bytes())
	}))
	b.Cleanup(v.server.Close)
	return v
}

// shadow records the pages that the next reading asks for.
func (v *vendor) shadow(b *testing.B) {
	b.Helper()
	v.pages = map[string]page{}
	v.world.Lock()
	v.clock = sourcetest.NewClock(v.world.Now)
	v.world.Unlock()
	if err := v.c.New(v.server.URL, v.clock).Pull(context.Background(), v.sink.Pull()); err != nil {
		b.Fatal(err)
	}
	v.world.Lock()
	v.clock = sourcetest.NewClock(v.world.Now)
	v.world.Unlock()
}

// read is what a sync does with the system; it says how many items came.
func (v *vendor) read(b *testing.B, st *store.Store) int {
	b.Helper()
	recorded := len(v.pages)
	res, err := ingest.Run(context.Background(), st, nil, ingest.Options{Now: v.clock.Now, Feeds: []ingest.Feed{{Feed: v.c.New(v.server.URL, v.clock)}}})
	if err != nil || len(res) != 1 || res[0].Err != nil || res[0].New == 0 {
		b.Fatalf("%+v, %v", res, err)
	}
	if len(v.pages) > recorded {
		b.Fatalf("%d requests were not recorded", len(v.pages)-recorded)
	}
	return res[0].New
}

// fetch is a client that only decodes.
func (p page) fetch(b *testing.B, address string) {
	r, err := http.NewRequest(p.method, address+p.uri, bytes.NewReader(p.body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header = p.header
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil && resp.StatusCode < 300 && len(text) > 0 {
		b.Fatal(fmt.Errorf("%s: %w", p.uri, err))
	}
}

func open(b *testing.B) *store.Store {
	b.Helper()
	st, err := duckdb.Open(context.Background(), "", duckdb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return st
}

func closed(b *testing.B, st *store.Store) {
	b.Helper()
	if err := st.Close(); err != nil {
		b.Fatal(err)
	}
}
