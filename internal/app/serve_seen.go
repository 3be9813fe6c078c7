package app

import (
	"context"
	"sync"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
)

// looks note who looked at what is about people, before it is shown. Those that come while
// others are being written are written together: what takes long is the disk, not the lines.
type looks struct {
	write func(ctx context.Context, events []ledger.Event) error

	mu      sync.Mutex
	waiting []*noted
	writing bool
}

// noted is one look on its way to the disk.
type noted struct {
	event ledger.Event
	done  chan struct{}
	err   error
}

// note returns when the look stands in the audit trail. It is written to the end even when
// who looked has gone.
func (l *looks) note(ctx context.Context, e ledger.Event) error {
	n := &noted{event: e, done: make(chan struct{})}
	l.mu.Lock()
	l.waiting = append(l.waiting, n)
	first := !l.writing
	l.writing = true
	l.mu.Unlock()
	if first {
		go l.empty(context.WithoutCancel(ctx))
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-n.done:
		return n.err
	}
}

// empty writes until nobody waits.
func (l *looks) empty(ctx context.Context) {
	for {
		l.mu.Lock()
		batch := l.waiting
		l.waiting = nil
		l.writing = len(batch) > 0
		l.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		events := make([]ledger.Event, len(batch))
		for i, n := range batch {
			events[i] = n.event
		}
		err := l.write(ctx, events)
		for _, n := range batch {
			n.err = err
			close(n.done)
		}
	}
}

func writeLooks(to *ledger.Ledger) *looks {
	return &looks{write: func(ctx context.Context, events []ledger.Event) error {
		return to.Write(ctx, func(t *ledger.Tx) error {
			for _, e := range events {
				if err := t.Append(e); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}

// Seen implements web.Gate.
func (g *gate) Seen(ctx context.Context, v access.Viewer, what string) error {
	return g.looks.note(ctx, ledger.Event{Actor: v.Account, Action: lookAction, Subject: what})
}
