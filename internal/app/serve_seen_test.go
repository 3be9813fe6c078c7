package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ledger"
)

// TestLooksAreWrittenTogether: each look is written before its note returns, those that wait
// together, and an error reaches all of them.
func TestLooksAreWrittenTogether(t *testing.T) {
	var mu sync.Mutex
	written, batches := map[string]bool{}, 0
	begun, hold := make(chan struct{}, 4), make(chan struct{})
	failing := false
	l := &looks{write: func(_ context.Context, events []ledger.Event) error {
		begun <- struct{}{}
		<-hold
		mu.Lock()
		defer mu.Unlock()
		if failing {
			return errors.New("no disk")
		}
		batches++
		for _, e := range events {
			written[e.Subject] = true
		}
		return nil
	}}
	var wg sync.WaitGroup
	look := func(subject string) {
		wg.Go(func() {
			if err := l.note(t.Context(), ledger.Event{Subject: subject}); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !written[subject] {
				t.Errorf("%s was shown before it was noted", subject)
			}
		})
	}
	look("first")
	<-begun // and until it is on the disk, the others wait together
	for i := range 49 {
		look(fmt.Sprint(i))
	}
	for waiting := 0; waiting < 49; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		waiting = len(l.waiting)
		l.mu.Unlock()
	}
	close(hold)
	wg.Wait()
	if len(written) != 50 || batches != 2 {
		t.Errorf("%d looks in %d batches, want 50 in 2", len(written), batches)
	}
	mu.Lock()
	failing = true
	mu.Unlock()
	if err := l.note(t.Context(), ledger.Event{Subject: "x"}); err == nil {
		t.Error("a look that could not be noted was shown")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.note(gone, ledger.Event{Subject: "y"}); err == nil {
		t.Error("who has gone was shown something")
	}
}
