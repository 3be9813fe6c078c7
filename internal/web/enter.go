package web

import (
	"net/http"
	"strings"
)

// enterPage is the door.
type enterPage struct {
	frame
	Link    string // the secret of a one-time link; "" without one
	To      string // where to go then
	Refused bool
}

// enterPage asks to come in; with a one-time link it asks only for a click, so that a
// program that looks at links in advance does not use it up.
func (s *Server) enterPage(r *request) error {
	return s.door(r, http.StatusOK, enterPage{Link: r.URL.Query().Get("link"), To: local(r.URL.Query().Get("to"))})
}

func (s *Server) door(r *request, status int, p enterPage) error {
	var err error
	if p.frame, err = s.frameOf(r, "Come in"); err != nil {
		return err
	}
	return s.render(r, status, "enter", p)
}

// enter takes a one-time link.
func (s *Server) enter(r *request) error {
	link, to := r.PostFormValue("link"), local(r.PostFormValue("to"))
	session, err := s.gate.Enter(r.Context(), link)
	if err != nil {
		return err
	}
	if session == "" {
		return s.door(r, http.StatusForbidden, enterPage{To: to, Refused: true})
	}
	s.setSession(r.w, session)
	r.seeOther(to)
	return nil
}

// leave ends the session at the server too.
func (s *Server) leave(r *request) error {
	if err := s.gate.Leave(r.Context(), s.session(r.Request)); err != nil {
		return err
	}
	s.setSession(r.w, "")
	r.seeOther("/enter")
	return nil
}

// local keeps an address of this site, and gives the home for any other.
func local(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.HasPrefix(address, "/\\") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}
