package web

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/report"
)

// enterPage is the door: who is known signs in; who has a link makes an account.
type enterPage struct {
	frame
	Heading   string
	Link      string // the secret of a link; "" without one
	First     bool   // the link makes the first administrator
	Name      string
	Role      string   // what the first administrator is in the company
	Roles     []choice // what he or she may be
	To        string   // where to go then
	Refused   string   // why not
	Providers []string
}

// linkEnded is said of every link that does not count: it tells nobody which there ever were.
const linkEnded = "This link has expired or was used. Ask who sent it for another one."

// enterPage asks who comes. Looking at a link does not use it up.
func (s *Server) enterPage(r *request) error {
	p := enterPage{Link: r.URL.Query().Get("link"), To: local(r.URL.Query().Get("to"))}
	if p.Link != "" {
		var err error
		if p.First, err = s.gate.IsFirst(r.Context(), p.Link); err == nil && !p.First {
			p.Name, err = s.gate.Invited(r.Context(), p.Link)
		}
		if errors.Is(err, account.ErrLink) {
			p.Refused, p.Link = linkEnded, ""
		} else if err != nil {
			return err
		}
	}
	return s.door(r, http.StatusOK, p)
}

func (s *Server) door(r *request, status int, p enterPage) error {
	var err error
	if p.frame, err = s.frameOf(r, "Sign in"); err != nil {
		return err
	}
	switch {
	case p.First:
		p.Heading, p.Roles = "Welcome: make the first account", choices(firstRoles, p.Role)
	case p.Link != "":
		p.Heading = "Welcome, " + report.Clean(p.Name)
	default:
		p.Heading = "Sign in"
	}
	p.Providers = s.gate.Providers()
	return s.render(r, status, "enter", p)
}

// enter signs in with a password.
func (s *Server) enter(r *request) error {
	p := enterPage{Name: r.PostFormValue("name"), To: local(r.PostFormValue("to"))}
	session, err := s.gate.SignIn(r.Context(), account.Credentials{Name: p.Name, Password: r.PostFormValue("password"), Code: strings.TrimSpace(r.PostFormValue("code")), From: s.from(r.Request), UserAgent: r.UserAgent()})
	return s.come(r, p, session, err)
}

// enterFirst makes the first administrator.
func (s *Server) enterFirst(r *request) error {
	p := enterPage{Name: r.PostFormValue("name"), Link: r.PostFormValue("link"), To: local(r.PostFormValue("to")), First: true, Role: r.PostFormValue("role")}
	session, err := s.gate.First(r.Context(), p.Link, p.Name, r.PostFormValue("password"))
	if roles := rolesOfFirst[p.Role]; err == nil && len(roles) > 0 {
		session, err = s.alsoLeads(r, session, p.Name, roles)
	}
	return s.come(r, p, session, err)
}

// firstRoles are what the first administrator may be besides: the software alone shows
// nothing of the company.
var firstRoles = []option{{"", "I only administer the software"}, {"cto", "CTO"}, {"vpe", "VP of Engineering"}, {"both", "I lead engineering alone"}, {"executive", "CEO or board"}}

var rolesOfFirst = map[string][]access.Role{"cto": {access.CTO}, "vpe": {access.VPE}, "both": {access.CTO, access.VPE}, "executive": {access.Executive}}

// alsoLeads gives the first account its roles in the company. That ends its session, so
// it comes in anew.
func (s *Server) alsoLeads(r *request, session, name string, roles []access.Role) (string, error) {
	v, err := s.gate.Session(r.Context(), session)
	if err != nil {
		return "", err
	}
	if err := s.gate.SetRoles(r.Context(), v, v.Account, append([]access.Role{access.Administrator}, roles...)); err != nil {
		return "", err
	}
	return s.gate.SignIn(r.Context(), account.Credentials{Name: name, Password: r.PostFormValue("password"), From: s.from(r.Request), UserAgent: r.UserAgent()})
}

// enterAccept takes up an invitation.
func (s *Server) enterAccept(r *request) error {
	p := enterPage{Name: r.PostFormValue("name"), Link: r.PostFormValue("link"), To: local(r.PostFormValue("to"))}
	session, err := s.gate.Accept(r.Context(), p.Link, r.PostFormValue("password"), account.Credentials{From: s.from(r.Request), UserAgent: r.UserAgent()})
	return s.come(r, p, session, err)
}

// come lets in with a session, or says at the door why not.
func (s *Server) come(r *request, p enterPage, session string, err error) error {
	var wait *account.Wait
	switch {
	case err == nil:
		s.setSession(r.w, session)
		r.seeOther(p.To)
		return nil
	case errors.As(err, &wait):
		r.w.Header().Set("Retry-After", "60")
		p.Refused = "Too many attempts. Try again after " + wait.Until.UTC().Format("15:04:05 UTC") + "."
		return s.door(r, http.StatusTooManyRequests, p)
	case errors.Is(err, account.ErrCodeNeeded):
		p.Refused = "A code of the second factor is needed too."
	case errors.Is(err, account.ErrRefused):
		p.Refused = "Name, password or code is wrong."
	case errors.Is(err, account.ErrLink):
		p.Refused, p.Link, p.First = linkEnded, "", false
	case statusOf(err) == http.StatusInternalServerError:
		return err
	default:
		p.Refused = capital(report.Clean(err.Error())) + "."
	}
	return s.door(r, http.StatusForbidden, p)
}

// stateAge is how long a sign-in elsewhere may take.
const stateAge = 10 * time.Minute

// enterWith begins to sign in at an identity provider. It is a link, since the policy lets
// no form lead to another host.
func (s *Server) enterWith(r *request) error {
	address, state, err := s.gate.AuthURL(r.Context(), r.URL.Query().Get("provider"), r.URL.Query().Get("link"))
	if err != nil {
		return err
	}
	http.SetCookie(r.w, s.cookie("diarchy-state", state, stateAge))
	r.seeOther(address) // from a link: browsers hold what a form leads to to form-action, which is this site
	return nil
}

// enterBack is where an identity provider sends the browser back to.
func (s *Server) enterBack(r *request) error {
	q := r.URL.Query()
	cookie := s.cookieValue(r.Request, "diarchy-state")
	http.SetCookie(r.w, s.cookie("diarchy-state", "", 0))
	session, err := s.gate.Exchange(r.Context(), account.Callback{Cookie: cookie, State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error"), From: s.from(r.Request), UserAgent: r.UserAgent()})
	if errors.Is(err, account.ErrState) || errors.Is(err, account.ErrRefused) {
		s.log.Warn("a sign-in at a provider was refused", "error", err)
		return s.door(r, http.StatusForbidden, enterPage{To: "/", Refused: "That sign-in was not taken. Begin again."})
	}
	return s.come(r, enterPage{To: "/"}, session, err)
}

// leave ends the session at the server too.
func (s *Server) leave(r *request) error {
	if err := s.gate.SignOut(r.Context(), s.session(r.Request)); err != nil {
		return err
	}
	s.setSession(r.w, "")
	r.seeOther("/enter")
	return nil
}

// from is the address that a request came from. What is said of it is believed of proxies that an
// administrator listed, and of nobody else: each adds whom it heard to the end, so that the last who
// is no such proxy is who asks.
func (s *Server) from(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := peer.Addr().Unmap()
	heard := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(heard) - 1; i >= 0 && s.isProxy(at); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(heard[i]))
		if err != nil {
			break
		}
		at = before.Unmap().WithZone("")
	}
	return at
}

// linkTo is an address of this site that is given to somebody else: as an administrator said that
// browsers reach it, and else as this one did. What is said of that is believed of listed proxies alone.
func (s *Server) linkTo(r *http.Request, path string) string {
	if s.address != "" {
		return s.address + path
	}
	scheme, host := "http", r.Host
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && s.isProxy(peer.Addr().Unmap()) {
		if lastHeard(r, "X-Forwarded-Proto") == "https" {
			scheme = "https"
		}
		host = orElse(lastHeard(r, "X-Forwarded-Host"), host)
	}
	return scheme + "://" + host + path
}

// lastHeard is what the proxy that asks says itself in a header: each adds to the end.
func lastHeard(r *http.Request, name string) string {
	heard := strings.Join(r.Header.Values(name), ",")
	return strings.TrimSpace(heard[strings.LastIndex(heard, ",")+1:])
}

func (s *Server) isProxy(at netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(at) })
}

// local keeps an address of this site, and gives the home for any other.
func local(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}
