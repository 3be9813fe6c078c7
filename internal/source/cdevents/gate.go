package cdevents

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/source"
)

// What a Gate refuses, besides source.ErrSignature and source.ErrReplayed.
var (
	ErrTooOld  = errors.New("the event is too old, or of the future")
	ErrTooLong = errors.New("the event is too long")
)

// Bounds on the age of events.
const (
	DefaultAge = 3 * 24 * time.Hour
	early      = 5 * time.Minute // clocks differ
)

// Gate lets events of a webhook in: only those that are signed with a secret, that are not old, and each
// once. The signature is checked before anything is read.
type Gate struct {
	Secrets [][]byte // any of them will do, so that one can be replaced
	Age     time.Duration
	Now     func() time.Time
	// Known tells whether an event was taken before this gate was made; it may be nil.
	Known func(key string) (bool, error)

	mu   sync.Mutex
	seen map[string]time.Time // key to the time of the event
	next time.Time            // when old ones are next taken out
}

// Admit reads the event of a request. An event that is then not stored must be released.
func (g *Gate) Admit(h http.Header, text []byte) (Event, error) {
	if len(text) > maxLine {
		return Event{}, ErrTooLong
	}
	if !source.Signed(h.Get(source.SignatureHeader), text, g.Secrets) {
		return Event{}, source.ErrSignature
	}
	e, err := ParseHTTP(h, text)
	if err != nil {
		return Event{}, err
	}
	now, age := g.Now(), g.Age
	if age == 0 {
		age = DefaultAge
	}
	if e.At.Before(now.Add(-age)) || e.At.After(now.Add(early)) {
		return Event{}, fmt.Errorf("%w: it is of %s", ErrTooOld, e.At.Format(time.RFC3339))
	}
	if !g.take(e, now, age) {
		return Event{}, source.ErrReplayed
	}
	if g.Known == nil {
		return e, nil
	}
	known, err := g.Known(e.Key())
	if err != nil {
		g.Release(e)
		return Event{}, err
	}
	if known {
		return Event{}, source.ErrReplayed
	}
	return e, nil
}

// Release lets an event come again, as it could not be stored.
func (g *Gate) Release(e Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.seen, e.Key())
}

// take notes an event, unless it is noted. Those that are too old to come again are forgotten.
func (g *Gate) take(e Event, now time.Time, age time.Duration) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen == nil {
		g.seen = map[string]time.Time{}
	}
	if now.After(g.next) {
		for key, at := range g.seen {
			if at.Before(now.Add(-age)) {
				delete(g.seen, key)
			}
		}
		g.next = now.Add(time.Minute)
	}
	if _, ok := g.seen[e.Key()]; ok {
		return false
	}
	g.seen[e.Key()] = e.At
	return true
}
