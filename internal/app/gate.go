package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/web"
)

// linkGate lets in whoever holds the one-time link of this start. Sessions end with the
// server.
type linkGate struct {
	now func() time.Time

	mu       sync.Mutex
	link     [sha256.Size]byte
	used     bool
	sessions map[[sha256.Size]byte]time.Time // when each ends
}

// sessionLasts is how long a session is good.
const sessionLasts = 12 * time.Hour

// newLinkGate makes a gate, and the secret of its link.
func newLinkGate(now func() time.Time) (*linkGate, string) {
	link := secret()
	return &linkGate{now: now, link: sha256.Sum256([]byte(link)), sessions: map[[sha256.Size]byte]time.Time{}}, link
}

// secret is 256 random bits.
func secret() string {
	var b [32]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Enter implements web.Gate.
func (g *linkGate) Enter(_ context.Context, link string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	sum := sha256.Sum256([]byte(link))
	if g.used || subtle.ConstantTimeCompare(sum[:], g.link[:]) != 1 {
		return "", nil
	}
	g.used = true
	session := secret()
	g.sessions[sha256.Sum256([]byte(session))] = g.now().Add(sessionLasts)
	return session, nil
}

// Viewer implements web.Gate.
func (g *linkGate) Viewer(_ context.Context, session string) (web.Viewer, bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ends, ok := g.sessions[sha256.Sum256([]byte(session))]
	if !ok || !g.now().Before(ends) {
		return web.Viewer{}, false, nil
	}
	return web.Viewer{ID: "first", Name: "Administrator"}, true, nil
}

// Leave implements web.Gate.
func (g *linkGate) Leave(_ context.Context, session string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sessions, sha256.Sum256([]byte(session)))
	return nil
}
