package web

import (
	"context"
	"net/http"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
)

// Gate knows who may come in, and what each may see.
type Gate interface {
	doorkeeper
	inviter
	introducer
	selfkeeper
	tokenkeeper
	accountant
	warden
}

type doorkeeper interface {
	SignIn(ctx context.Context, c account.Credentials) (session string, err error)
	Session(ctx context.Context, session string) (access.Viewer, error)
	SignOut(ctx context.Context, session string) error
}

type inviter interface {
	First(ctx context.Context, link, name, password string) (session string, err error)
	IsFirst(ctx context.Context, link string) (bool, error)
	Invited(ctx context.Context, link string) (name string, err error)
	Accept(ctx context.Context, link, password string, from account.Credentials) (session string, err error)
}

type introducer interface {
	Providers() []string
	AuthURL(ctx context.Context, provider, link string) (address, state string, err error)
	Exchange(ctx context.Context, c account.Callback) (session string, err error)
}

type selfkeeper interface {
	ChangePassword(ctx context.Context, v access.Viewer, session, before, after string) error
	HasTOTP(ctx context.Context, v access.Viewer) (has bool, recovery int, err error)
	StartTOTP(ctx context.Context, v access.Viewer) (secret, uri string, err error)
	ConfirmTOTP(ctx context.Context, v access.Viewer, code string) (recovery []string, err error)
	RemoveTOTP(ctx context.Context, v access.Viewer, code string) error
	Sessions(ctx context.Context, v access.Viewer, session string) ([]account.SessionInfo, error)
	Revoke(ctx context.Context, v access.Viewer, id string) error
	RevokeAll(ctx context.Context, v access.Viewer, but string) error
}

type tokenkeeper interface {
	Bearer(ctx context.Context, token string) (access.Viewer, []access.Grant, error)
	CreateToken(ctx context.Context, v access.Viewer, name string, grants []access.Grant, lives time.Duration) (token, id string, err error)
	Tokens(ctx context.Context, v access.Viewer) ([]account.TokenInfo, error)
	RevokeToken(ctx context.Context, v access.Viewer, id string) error
}

type accountant interface {
	List(ctx context.Context, by access.Viewer) ([]account.Info, error)
	Create(ctx context.Context, by access.Viewer, in account.Invite) (link, id string, err error)
	Reinvite(ctx context.Context, by access.Viewer, account string) (link string, err error)
	Deactivate(ctx context.Context, by access.Viewer, account string) error
	SetRoles(ctx context.Context, by access.Viewer, account string, roles []access.Role) error
	LinkPerson(ctx context.Context, by access.Viewer, account, person string) error
	ResetTOTP(ctx context.Context, by access.Viewer, account string) error
}

// warden decides, and keeps the trail of who saw what is about people.
type warden interface {
	// Record writes down what somebody does, before it is done.
	Record(ctx context.Context, v access.Viewer, action, subject string, detail map[string]string) error
	// Policy is what decides who sees what, by the documents as they are now.
	Policy(ctx context.Context) (*access.Policy, error)
	// Seen notes in the audit trail that somebody looked at what is about people.
	Seen(ctx context.Context, v access.Viewer, what string) error
	// Reachable is an error while accounts and the audit trail cannot be read.
	Reachable(ctx context.Context) error
	// Pause keeps sources from being read in the background, and Resume ends that.
	Pause(ctx context.Context, v access.Viewer) error
	Resume(ctx context.Context, v access.Viewer) error
	// Trail gives the newest lines of the audit trail, newest first.
	Trail(ctx context.Context, most int) ([]TrailLine, error)
}

// TrailLine is a line of the audit trail.
type TrailLine struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Subject string    `json:"subject"`
	Detail  string    `json:"detail"`
}

// sessionAge is how long a browser keeps a session; the gate may end it sooner.
const sessionAge = 30 * 24 * time.Hour

// cookie is a cookie of this site: nobody else reads it, and other sites do not send it
// with what changes something.
func (s *Server) cookie(name, value string, age time.Duration) *http.Cookie {
	if s.secure {
		name = "__Host-" + name
	}
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(age.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

func (s *Server) setSession(w http.ResponseWriter, session string) {
	http.SetCookie(w, s.cookie("diarchy", session, sessionAge))
}

func (s *Server) session(r *http.Request) string { return s.cookieValue(r, "diarchy") }

func (s *Server) cookieValue(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookie(name, "-", 0).Name)
	if err != nil {
		return ""
	}
	return c.Value
}
