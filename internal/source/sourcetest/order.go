package sourcetest

import (
	"context"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

// newestFirst: each page of a first reading is older than those of its stream before it, by the last
// changes of its items, or where the vendor cannot list by these, by when they were made.
func newestFirst(t *testing.T, c Connector) {
	b := newBenchOf(t, c, NewWorldOf(7, 4))
	for kind, why := range c.ByCreation {
		if why == "" {
			t.Errorf("it does not say why it reads %s by creation", kind)
		}
	}
	oldest, pages := map[string]time.Time{}, map[fact.ItemKind]int{} // by stream and kind
	pull := b.sink.Pull()
	stored := pull.Emit
	pull.Emit = func(ctx context.Context, p source.Page) error {
		for kind, items := range ages(p.Delivery) {
			var from, to time.Time
			for _, it := range items {
				at := it.changed
				if c.ByCreation[kind] != "" {
					at = it.made
				}
				if at.After(to) {
					to = at
				}
				if from.IsZero() || at.Before(from) {
					from = at
				}
			}
			key := p.Stream + " " + string(kind)
			if before, ok := oldest[key]; ok && to.After(before) {
				t.Errorf("%s: a page has one of %v, and the one before went down to %v", key, to, before)
			}
			oldest[key] = from
			pages[kind]++
		}
		return stored(ctx, p)
	}
	if err := c.New(b.server.URL, b.clock).Pull(context.Background(), pull); err != nil {
		t.Fatal(err)
	}
	b.same("a first reading")
	t.Logf("pages: %v", pages)
}

// age is when an item was made, and when it changed last.
type age struct{ made, changed time.Time }

// ages of what has times of its own, by kind. Sprints are planned ahead.
func ages(d fact.Delivery) map[fact.ItemKind][]age {
	out := map[fact.ItemKind][]age{}
	put := func(kind fact.ItemKind, made, changed time.Time) {
		if changed.IsZero() {
			changed = made
		}
		out[kind] = append(out[kind], age{made, changed})
	}
	for _, x := range d.ChangeRequests {
		put(fact.RequestItem, x.OpenedAt, x.UpdatedAt)
	}
	for _, x := range d.Issues {
		put(fact.IssueItem, x.OpenedAt, x.UpdatedAt)
	}
	for _, x := range d.Builds {
		put(fact.BuildItem, x.QueuedAt, x.FinishedAt)
	}
	for _, x := range d.Deployments {
		put(fact.DeploymentItem, x.StartedAt, x.UpdatedAt)
	}
	for _, x := range d.Incidents {
		put(fact.IncidentItem, x.OpenedAt, x.UpdatedAt)
	}
	return out
}
