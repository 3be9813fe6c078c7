// Package sourcetest is what every feed must pass: a world that a fake tells in the vendor's
// documented protocol, and the faults that networks and vendors have; or that files tell, with the
// faults of those who write and push them. A connector's test is one call of Run or of RunFiles.
package sourcetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Token is the secret that connectors are given. It must never show.
const Token = "canary-7f3a9c-secret-token"

// Connector is what Run tests.
type Connector struct {
	// New makes the feed for the system at an address, with Token. Waiting goes through the clock.
	New func(address string, clock api.Clock) source.Feed
	// Serve is the vendor's protocol over a world, with the vendor's order, pages and cursors. It
	// refuses a request without Token as the vendor does.
	Serve func(w *World) http.Handler
	// Keeps takes from the world what this protocol can tell.
	Keeps func(d fact.Delivery) fact.Delivery
	// Least is how many requests a first reading of NewWorld needs at least, and News one when there
	// is no news. A connector may take a tenth more, and one.
	Least, Quiet int
	// ByCreation are the kinds of which a first reading does not begin with what changed last but with what
	// was made last, and why: the vendor cannot list them otherwise.
	ByCreation map[fact.ItemKind]string
	// Deletes has the vendor say of some items of the world, which is locked, that they are deleted; or
	// NoDeletes says why it never does.
	Deletes   func(vendor http.Handler, w *World) []fact.Gone
	NoDeletes string
	// Slips says why what goes while pages are read may take others with it; "" where it does not.
	Slips string
	// Secondary makes the vendor's refusal for too many requests that says no time; nil if there is none.
	Secondary func(w http.ResponseWriter)
}

// Run tests a connector.
func Run(t *testing.T, c Connector) {
	t.Run("everything, and then only news", func(t *testing.T) { everything(t, c) })
	t.Run("goes on where it stopped", func(t *testing.T) { resumes(t, c) })
	t.Run("limits", func(t *testing.T) { limits(t, c) })
	t.Run("failures that pass", func(t *testing.T) { passing(t, c) })
	t.Run("failures that stay", func(t *testing.T) { staying(t, c) })
	t.Run("answers that cannot be used", func(t *testing.T) { unusable(t, c) })
	t.Run("answers that are odd", func(t *testing.T) { odd(t, c) })
	t.Run("pages that shift, repeat or lead elsewhere", func(t *testing.T) { pages(t, c) })
	t.Run("newest first", func(t *testing.T) { newestFirst(t, c) })
	t.Run("what is gone", func(t *testing.T) { gone(t, c) })
	t.Run("what it may not see", func(t *testing.T) { refused(t, c) })
	t.Run("a look", func(t *testing.T) { look(t, c) })
}

// bench is one world, its server, and a feed that reads it into a sink.
type bench struct {
	*testing.T
	c      Connector
	world  *World
	vendor http.Handler
	server *httptest.Server
	clock  *Clock
	sink   *Sink

	mu       sync.Mutex
	requests int
	fault    func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) // nil: none
}

func newBench(t *testing.T, c Connector) *bench {
	t.Helper()
	return newBenchOf(t, c, NewWorld(7))
}

func newBenchOf(t *testing.T, c Connector, w *World) *bench {
	t.Helper()
	b := &bench{T: t, c: c, world: w, sink: NewSink()}
	b.clock, b.vendor = NewClock(b.world.Now), c.Serve(b.world)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.requests++
		n, fault := b.requests, b.fault
		b.mu.Unlock()
		if strings.Contains(r.URL.String(), Token) {
			t.Errorf("the token is in the address %s", r.URL.Path)
		}
		if fault != nil {
			fault(n, w, r, b.vendor)
			return
		}
		b.vendor.ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	return b
}

func (b *bench) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.requests
	b.requests = 0
	return n
}

func (b *bench) set(fault func(n int, w http.ResponseWriter, r *http.Request, next http.Handler)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault, b.requests = fault, 0
}

// pull reads with a fresh feed, as the next start of the program would.
func (b *bench) pull() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := b.c.New(b.server.URL, b.clock).Pull(ctx, b.sink.Pull())
	if err != nil && strings.Contains(err.Error(), Token) {
		b.Errorf("the error shows the token: %v", err)
	}
	return err
}

func (b *bench) must() {
	b.Helper()
	if err := b.pull(); err != nil {
		b.Fatal(err)
	}
}

// same compares the sink with the world.
func (b *bench) same(what string) {
	b.Helper()
	b.world.Lock()
	want := b.c.Keeps(b.world.Delivery)
	b.world.Unlock()
	Same(b, what, want, b.sink.Holds())
}

// within checks a number of requests against the least that is possible.
func (b *bench) within(what string, least int) {
	b.Helper()
	n := b.count()
	b.Logf("%s: %d requests, %d at least", what, n, least)
	if n > least+least/10+1 {
		b.Errorf("%s: %d requests, where %d would do", what, n, least)
	}
}

// estimated checks what a reading said of how far it was: it counts what it reads itself, and where
// it says how much there is, that comes true within a tenth and ten.
func (b *bench) estimated(what string) {
	b.Helper()
	for stream, said := range b.sink.progress {
		last := said[len(said)-1]
		if last.total != last.done {
			b.Errorf("%s: %s ends with %d of %d", what, stream, last.done, last.total)
		}
		for i, p := range said {
			if i > 0 && p.done < said[i-1].done {
				b.Errorf("%s: %s has read %d, and then %d", what, stream, said[i-1].done, p.done)
			}
			if off := max(p.total-last.done, last.done-p.total); p.total > 0 && off > last.done/10+10 {
				b.Errorf("%s: %s says %d of %d, and reads %d", what, stream, p.done, p.total, last.done)
			}
		}
	}
}

func everything(t *testing.T, c Connector) {
	b := newBench(t, c)
	b.must()
	b.same("a first reading")
	b.within("a first reading", c.Least)
	b.estimated("a first reading")
	for stream, said := range b.sink.progress {
		if said[0].total == 0 && said[len(said)-1].done > 0 {
			t.Errorf("a first reading does not say how much there is of %s", stream)
		}
	}
	told := b.sink.Told
	b.must()
	b.same("without news")
	b.within("without news", c.Quiet)
	if again := b.sink.Told - told; again > told/4 {
		t.Errorf("without news, %d of %d items were told again", again, told)
	}
	for range 2 {
		b.world.News()
		b.must()
		b.same("with news")
		b.within("with news", 2*c.Quiet)
		b.estimated("with news")
	}
	for stream, cursor := range b.sink.cursors {
		if strings.Contains(stream+string(cursor), Token) {
			t.Errorf("the token is in the cursor of %s", stream)
		}
	}
}

func resumes(t *testing.T, c Connector) {
	whole := newBench(t, c)
	whole.must()
	all := whole.count()
	step := max(1, all/12)
	for stop := 1; stop < all; stop += step {
		b := newBench(t, c)
		b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if n > stop {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
		if err := b.pull(); err == nil {
			t.Errorf("stopped after %d of %d requests: a whole reading is reported", stop, all)
		}
		b.set(nil)
		b.must()
		b.same(fmt.Sprintf("gone on after %d of %d requests", stop, all))
		b.estimated(fmt.Sprintf("gone on after %d of %d requests", stop, all))
		if n := b.count(); n > all+len(b.sink.cursors)+2 {
			t.Errorf("gone on after %d of %d requests: %d more", stop, all, n)
		}
	}
}

// limits refuse every third request in several ways; none comes before it is permitted.
func limits(t *testing.T, c Connector) {
	ways := map[string]func(w http.ResponseWriter, now time.Time) time.Time{
		"retry-after in seconds": func(w http.ResponseWriter, now time.Time) time.Time {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
			return now.Add(30 * time.Second)
		},
		"retry-after as a date": func(w http.ResponseWriter, now time.Time) time.Time {
			until := now.Add(45 * time.Second).Truncate(time.Second)
			w.Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusTooManyRequests)
			return until
		},
		"too many, without a time": func(w http.ResponseWriter, now time.Time) time.Time {
			w.WriteHeader(http.StatusTooManyRequests)
			return now.Add(time.Minute)
		},
	}
	if c.Secondary != nil {
		ways["the vendor's own, without a time"] = func(w http.ResponseWriter, now time.Time) time.Time {
			c.Secondary(w)
			return now.Add(time.Minute)
		}
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c)
			var mu sync.Mutex
			var permitted time.Time
			b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				mu.Lock()
				defer mu.Unlock()
				if now := b.clock.Now(); now.Before(permitted) {
					t.Errorf("request %d comes %v too early", n, permitted.Sub(now))
				}
				if n%3 == 2 {
					permitted = way(w, b.clock.Now())
					return
				}
				next.ServeHTTP(w, r)
			})
			b.must()
			b.same(name)
		})
	}
}

func passing(t *testing.T, c Connector) {
	for name, fail := range map[string]func(w http.ResponseWriter, r *http.Request, next http.Handler){
		"status 502": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusBadGateway) },
		"status 500 with words": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			http.Error(w, "<html>oops</html>", http.StatusInternalServerError)
		},
		"no answer": func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) },
		"half an answer": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			w.Header().Set("Content-Length", fmt.Sprint(rec.Body.Len()+1))
			_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c)
			b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n%4 == 1 || n%4 == 2 {
					fail(w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})
			b.must()
			b.same(name)
		})
	}
}

func staying(t *testing.T, c Connector) {
	b := newBench(t, c)
	b.set(func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(http.StatusBadGateway)
	})
	if err := b.pull(); err == nil {
		t.Error("a system that only fails was read")
	}
	if n := b.count(); n > 60 {
		t.Errorf("%d requests to a system that only fails", n)
	}
	b.set(nil)
	b.must()
	b.same("after the failure")
}

// unusable answers are refused whole: the cursor stays, and the next reading has everything.
func unusable(t *testing.T, c Connector) {
	ways := map[string]func(text []byte) []byte{
		"longer than any":    func(text []byte) []byte { return append(text[:len(text)-1:len(text)-1], make([]byte, 40<<20)...) },
		"nested too deep":    func([]byte) []byte { return []byte(strings.Repeat("[", 100_000)) },
		"not UTF-8":          func(text []byte) []byte { return []byte(strings.Replace(string(text), `"`, "\"\xff\xfe", 1)) },
		"something behind":   func(text []byte) []byte { return append(text[:len(text):len(text)], []byte("{}")...) },
		"a page for people":  func([]byte) []byte { return []byte("<html>Please sign in</html>") },
		"empty":              func([]byte) []byte { return nil },
		"a number":           func([]byte) []byte { return []byte("7") },
		"text for all":       func(text []byte) []byte { return mutate(text, func(any) any { return "x" }, 1, nil) },
		"lists for all":      func(text []byte) []byte { return mutate(text, func(any) any { return []any{} }, 1, nil) },
		"numbers out of all": func(text []byte) []byte { return mutate(text, func(any) any { return 1e300 }, 1, nil) },
	}
	for _, cut := range []float64{0.01, 0.2, 0.5, 0.9, 0.999} {
		ways[fmt.Sprintf("cut at %v", cut)] = func(text []byte) []byte { return text[:min(int(float64(len(text))*cut), len(text)-1)] }
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c)
			b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) { answer(w, r, next, way) })
			if err := b.pull(); err == nil {
				t.Error("it was taken for a whole reading")
			}
			if d := b.sink.Holds(); len(d.ChangeRequests)+len(d.Issues)+len(d.Incidents)+len(d.Builds)+len(d.Deployments) > 0 {
				t.Error("a part of it was stored")
			}
			b.set(nil)
			b.must()
			b.same("after it")
		})
	}
}

// odd answers have one value in fifty changed: whatever comes of them, nothing breaks, and what
// is then told rightly is stored.
func odd(t *testing.T, c Connector) {
	for seed := range uint64(12) {
		b := newBench(t, c)
		rng := rand.New(rand.NewPCG(seed, 3))
		values := []any{nil, "", "x", -1, 1e300, true, []any{}, map[string]any{}, "9999-99-99T00:00:00Z", strings.Repeat("y", 1<<16)}
		b.set(func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
			answer(w, r, next, func(text []byte) []byte {
				return mutate(text, func(any) any { return values[rng.IntN(len(values))] }, 0.02, rng)
			})
		})
		_ = b.pull() // whatever it says; it must return
		if n := b.count(); n > 20*c.Least+200 {
			t.Errorf("seed %d: %d requests", seed, n)
		}
	}
}

// answer lets the vendor answer, and changes the text of what succeeded.
func answer(w http.ResponseWriter, r *http.Request, next http.Handler, change func([]byte) []byte) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	for key, values := range rec.Header() {
		if key != "Content-Length" {
			w.Header()[key] = values
		}
	}
	w.WriteHeader(rec.Code)
	text := rec.Body.Bytes()
	if rec.Code < 300 && len(text) > 0 {
		text = change(text)
	}
	_, _ = w.Write(text)
}

// mutate replaces values of a JSON text that are no lists or objects, each with a chance.
func mutate(text []byte, with func(any) any, chance float64, rng *rand.Rand) []byte {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return text
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch x := v.(type) {
		case map[string]any:
			for k, e := range x {
				x[k] = walk(e)
			}
			return x
		case []any:
			for i, e := range x {
				x[i] = walk(e)
			}
			return x
		}
		if rng == nil || rng.Float64() < chance {
			return with(v)
		}
		return v
	}
	out, err := json.Marshal(walk(v))
	if err != nil {
		return text
	}
	return out
}

func pages(t *testing.T, c Connector) {
	t.Run("news while pages are read", func(t *testing.T) {
		b := newBench(t, c)
		b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if n == 2 {
				b.world.News()
			}
			next.ServeHTTP(w, r)
		})
		b.must()
		b.set(nil)
		b.must()
		b.same("with the next reading")
	})
	t.Run("another host", func(t *testing.T) {
		var mu sync.Mutex
		var stolen []string
		thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			stolen = append(stolen, fmt.Sprint(r.Header))
		}))
		defer thief.Close()
		b := newBench(t, c)
		b.set(func(_ int, w http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(w, r, thief.URL+r.URL.Path, http.StatusTemporaryRedirect)
		})
		if err := b.pull(); err == nil {
			t.Error("another host was taken for the system")
		}
		b.set(func(_ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
			w.Header().Set("Link", "<"+thief.URL+`/next>; rel="next"`)
			answer(w, r, next, func(text []byte) []byte {
				return []byte(strings.ReplaceAll(string(text), b.server.URL, thief.URL))
			})
		})
		_ = b.pull() // connectors that follow no addresses succeed
		mu.Lock()
		defer mu.Unlock()
		if len(stolen) > 0 {
			t.Errorf("another host was asked: %s", stolen[0])
		}
	})
}

// refused: each refusal is an error of its own, nothing is taken out, and the rest of what is
// stored stays.
func refused(t *testing.T, c Connector) {
	for status, want := range map[int]error{http.StatusUnauthorized: api.ErrUnauthorized, http.StatusForbidden: api.ErrForbidden, http.StatusNotFound: api.ErrNotFound} {
		b := newBench(t, c)
		b.must()
		b.set(func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(status) })
		if err := b.pull(); !errors.Is(err, want) {
			t.Errorf("status %d: %v", status, err)
		}
		b.same(fmt.Sprintf("after status %d", status))
	}
}

func look(t *testing.T, c Connector) {
	b := newBench(t, c)
	sight, err := c.New(b.server.URL, b.clock).Look(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(sight.Sees) == 0 {
		t.Error("it sees nothing")
	}
	for _, l := range sight.Lacks {
		if l.What == "" || l.Why == "" || l.Costs == "" || l.Do == "" {
			t.Errorf("a lack that does not say everything: %+v", l)
		}
	}
	b.set(func(_ int, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(http.StatusUnauthorized)
	})
	if _, err := c.New(b.server.URL, b.clock).Look(context.Background()); !errors.Is(err, api.ErrUnauthorized) {
		t.Errorf("with a token that is not valid: %v", err)
	}
	if name := c.New(b.server.URL, b.clock).Name(); name == "" || strings.Contains(name, Token) {
		t.Errorf("name %q", name)
	}
}

// Clock is one that waiting moves on.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock shows a time.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now implements api.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep implements api.Clock.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}
