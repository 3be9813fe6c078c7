package app

import (
	"context"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
)

// Pause implements web.Gate: who did it stands in the audit trail, and a server that
// starts again is paused still.
func (g *gate) Pause(ctx context.Context, v access.Viewer) error {
	err := g.ledger.Write(ctx, func(t *ledger.Tx) error {
		n, err := t.Exec("INSERT INTO pause (one, since_us) VALUES (1, ?) ON CONFLICT DO NOTHING", ledger.Micros(t.Now))
		if err != nil || n == 0 {
			return err // paused already
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "sync.pause", Subject: "sources"})
	})
	if err != nil {
		return err
	}
	return g.restorePause(ctx)
}

// Resume implements web.Gate. The sources are read at once.
func (g *gate) Resume(ctx context.Context, v access.Viewer) error {
	err := g.ledger.Write(ctx, func(t *ledger.Tx) error {
		n, err := t.Exec("DELETE FROM pause")
		if err != nil || n == 0 {
			return err // not paused
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "sync.resume", Subject: "sources"})
	})
	if err != nil {
		return err
	}
	g.served.host.pause(time.Time{})
	g.served.host.ask()
	return nil
}

// restorePause takes over what the ledger says: another server may have paused or resumed.
func (g *gate) restorePause(ctx context.Context) error {
	var since int64
	paused := false
	err := g.ledger.Read(ctx, func(t *ledger.Tx) (err error) {
		paused, err = t.Get("SELECT since_us FROM pause", nil, &since)
		return err
	})
	switch {
	case err != nil:
		return err
	case paused:
		g.served.host.pause(ledger.FromMicros(since))
	default:
		g.served.host.pause(time.Time{})
	}
	return nil
}

// Reachable implements web.Gate.
func (g *gate) Reachable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return g.ledger.Read(ctx, func(t *ledger.Tx) error {
		var n int64
		_, err := t.Get("SELECT COUNT(*) FROM pause", nil, &n)
		return err
	})
}

// pause keeps the background from reading sources since an instant; the zero instant ends
// that. A reading that is under way ends.
func (h *host) pause(since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paused = since
}

// pausedSince is zero while the background reads.
func (h *host) pausedSince() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.paused
}

// news asks for a run as something came in, unless the background is paused: then it is
// read with the next run.
func (h *host) news() {
	if h.pausedSince().IsZero() {
		h.ask()
	}
}
