package sourcetest

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
)

// gone: what the vendor says is deleted goes; what is missing from a listing, or hidden, stays, and
// hides nothing else.
func gone(t *testing.T, c Connector) {
	t.Run("missing from listings", func(t *testing.T) { missing(t, c) })
	t.Run("missing while pages are read", func(t *testing.T) { missingMeanwhile(t, c) })
	t.Run("one request refused", func(t *testing.T) { oneRefused(t, c) })
	t.Run("said to be deleted", func(t *testing.T) { deleted(t, c) })
}

func missing(t *testing.T, c Connector) {
	b := newBench(t, c)
	b.must()
	b.world.News()
	b.must()
	before := b.sink.Holds()
	b.world.Vanish()
	b.must()
	Same(t, "after it is not listed any more", before, b.sink.Holds())
	b.world.News()
	b.must()
	b.holds("with news", before, false)
	b.holds("with news", c.Keeps(b.world.Delivery), true)
}

// missingMeanwhile: pages shift up when something newer goes, and nothing may slip through between.
func missingMeanwhile(t *testing.T, c Connector) {
	if c.Slips != "" {
		t.Skip("it may: " + c.Slips)
	}
	whole := newBench(t, c)
	whole.must()
	all := whole.count()
	for at := 2; at <= all; at += max(1, all/10) {
		b := newBench(t, c)
		b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if n == at {
				b.world.Vanish()
			}
			next.ServeHTTP(w, r)
		})
		_ = b.pull() // it may have asked for one that was gone by then
		b.set(nil)
		b.must()
		b.holds(fmt.Sprintf("gone at request %d of %d", at, all), c.Keeps(b.world.Delivery), true)
	}
}

// oneRefused: a right is lost for one of the requests alone.
func oneRefused(t *testing.T, c Connector) {
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone} {
		b := newBench(t, c)
		b.must()
		for at := 1; at <= min(2*c.Quiet, 12); at++ {
			before := b.sink.Holds()
			b.world.News()
			b.set(func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n == at {
					w.WriteHeader(status)
					return
				}
				next.ServeHTTP(w, r)
			})
			_ = b.pull() // whatever it says
			b.holds(fmt.Sprintf("status %d at request %d", status, at), before, false)
		}
		b.set(nil)
		b.must()
		b.holds(fmt.Sprintf("after status %d", status), c.Keeps(b.world.Delivery), false)
	}
}

// deleted: the vendor says so, in the way that it documents.
func deleted(t *testing.T, c Connector) {
	if (c.Deletes == nil) == (c.NoDeletes == "") {
		t.Fatal("it says neither how the vendor tells that something is deleted, nor that it does not, or both")
	}
	if c.Deletes == nil {
		t.Skip("not told: " + c.NoDeletes)
	}
	b := newBench(t, c)
	b.must()
	b.world.Lock()
	b.world.Now = b.world.Now.AddDate(0, 0, 1)
	said := c.Deletes(b.vendor, b.world)
	want := NewSink()
	want.take(c.Keeps(b.world.Delivery))
	b.world.Unlock()
	if len(said) == 0 {
		t.Fatal("nothing is deleted")
	}
	want.take(fact.Delivery{Gone: said})
	b.must()
	Same(t, "after the vendor said so", want.Holds(), b.sink.Holds())
}

// holds checks that the sink has some items; as they are, where alike.
func (b *bench) holds(what string, items fact.Delivery, alike bool) {
	b.Helper()
	want := NewSink()
	want.take(items)
	b.sink.mu.Lock()
	defer b.sink.mu.Unlock()
	for key, it := range want.items {
		if got, ok := b.sink.items[key]; !ok {
			b.Errorf("%s: %s is gone", what, key)
		} else if alike && !equal(it.what, got.what) {
			b.Errorf("%s: %s is %+v, want %+v", what, key, got.what, it.what)
		}
	}
}

// Vanish takes the newest things out of the world, without a word: the last that was made of each kind,
// and the last that changed.
func (w *World) Vanish() {
	w.Lock()
	defer w.Unlock()
	in := func(repository string) bool { return repository == "acme/api" }
	w.ChangeRequests = without(w.ChangeRequests, func(a, b fact.ChangeRequest) int { return a.OpenedAt.Compare(b.OpenedAt) }, func(x fact.ChangeRequest) bool { return in(x.Repository) })
	w.ChangeRequests = without(w.ChangeRequests, func(a, b fact.ChangeRequest) int { return a.UpdatedAt.Compare(b.UpdatedAt) }, func(x fact.ChangeRequest) bool { return in(x.Repository) })
	w.Issues = without(w.Issues, func(a, b fact.Issue) int { return a.OpenedAt.Compare(b.OpenedAt) }, nil)
	w.Issues = without(w.Issues, func(a, b fact.Issue) int { return a.UpdatedAt.Compare(b.UpdatedAt) }, nil)
	w.Builds = without(w.Builds, func(a, b fact.Build) int { return a.QueuedAt.Compare(b.QueuedAt) }, func(x fact.Build) bool { return in(x.Repository) })
	w.Deployments = without(w.Deployments, func(a, b fact.Deployment) int { return a.StartedAt.Compare(b.StartedAt) }, func(x fact.Deployment) bool { return in(x.Repository) })
	w.Incidents = without(w.Incidents, func(a, b fact.Incident) int { return a.OpenedAt.Compare(b.OpenedAt) }, nil)
}

// without leaves out the last of those that are meant.
func without[T any](list []T, order func(a, b T) int, meant func(T) bool) []T {
	last := -1
	for i := range list {
		if (meant == nil || meant(list[i])) && (last < 0 || order(list[i], list[last]) >= 0) {
			last = i
		}
	}
	if last < 0 {
		return list
	}
	return slices.Delete(slices.Clone(list), last, last+1)
}
