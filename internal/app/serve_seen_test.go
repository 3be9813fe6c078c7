package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/diarchy/diarchy/internal/ledger"
)

// TestLooksAreWrittenTogether: each look is written before its note returns, those that wait
// together, and an error reaches all of them.
func TestLooksAreWrittenTogether(t *testing.T) {
	var mu sync.Mutex
	written, batches := map[string]bool{}, 0
	hold := make(chan struct{})
	failing := false
	l := &looks{write: func(_ context.Context, events []ledger.Event) error {
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
	for i := range 50 {
		wg.Go(func() {
			subject := fmt.Sprint(i)
			if err := l.note(context.Background(), ledger.Event{Subject: subject}); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !written[subject] {
				t.Errorf("%s was shown before it was noted", subject)
			}
		})
	}
	for { // all but those of the first batch wait together
		l.mu.Lock()
		waiting := len(l.waiting)
		l.mu.Unlock()
		if waiting >= 49-10 {
			break
		}
	}
	close(hold)
	wg.Wait()
	if len(written) != 50 || batches > 12 {
		t.Errorf("%d looks in %d batches", len(written), batches)
	}
	mu.Lock()
	failing = true
	mu.Unlock()
	if err := l.note(context.Background(), ledger.Event{Subject: "x"}); err == nil {
		t.Error("a look that could not be noted was shown")
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.note(gone, ledger.Event{Subject: "y"}); err == nil {
		t.Error("who has gone was shown something")
	}
}
