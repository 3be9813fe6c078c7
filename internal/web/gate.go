package web

import (
	"context"
	"net/http"
	"time"
)

// Viewer is who looks at a page.
type Viewer struct {
	ID      string
	Name    string // as the site calls who it is
	SignsAs string // the person's own name; "" when it is not known
}

// Gate knows who is let in.
type Gate interface {
	// Enter takes the one-time link of the first start. The session is "" when the
	// link is not, or no longer, good.
	Enter(ctx context.Context, link string) (session string, err error)
	// Viewer is who holds a session; ok is false without one.
	Viewer(ctx context.Context, session string) (v Viewer, ok bool, err error)
	// Leave ends a session.
	Leave(ctx context.Context, session string) error
}

// sessionAge is how long a browser keeps a session; the gate may end it sooner.
const sessionAge = 30 * 24 * time.Hour

func (s *Server) cookieName() string {
	if s.secure {
		return "__Host-diarchy"
	}
	return "diarchy"
}

func (s *Server) setSession(w http.ResponseWriter, session string) {
	c := &http.Cookie{Name: s.cookieName(), Value: session, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(sessionAge.Seconds())}
	if session == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func (s *Server) session(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}
