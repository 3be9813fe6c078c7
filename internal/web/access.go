package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/problem"
)

// Access says what a route asks of who comes: an action on a kind of thing, of the whole
// company, or of the part that the address names.
type Access struct {
	Open   bool // nobody needs to be known
	Self   bool // one's own account: a session, and no token
	Person bool // a session, and no token, although it is about the company
	Part   bool // a part of the company is enough: the room shows that alone
	Action access.Action
	Kind   access.Kind
}

var (
	open = Access{Open: true}
	self = Access{Self: true}
)

func see(k access.Kind) Access     { return Access{Action: access.See, Kind: k} }
func seePart(k access.Kind) Access { return Access{Action: access.See, Kind: k, Part: true} }
func change(k access.Kind) Access  { return Access{Action: access.Change, Kind: k} }

// byHand is what a person does, and no program in a person's name.
func byHand(a Access) Access {
	a.Person = true
	return a
}

var errNobody = errors.New("sign in first")

// errHidden is the answer to what is forbidden: the same as to what is not there.
var errHidden = problem.New(problem.Missing, "look at the address; or ask who may see it", "there is nothing here for you")

// admit finds out who asks, and lets in who may. done is true when an answer was given.
func (s *Server) admit(route Route, req *request) (done bool, err error) {
	if req.place, err = placeOf(req.URL.Query()); err != nil {
		return false, err
	}
	if route.Access.Open {
		return false, nil
	}
	req.viewer, err = s.whoAsks(req)
	if errors.Is(err, errNobody) && req.Method == http.MethodGet && req.Header.Get("Authorization") == "" {
		req.seeOther("/enter?to=" + url.QueryEscape(req.URL.RequestURI()))
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if req.policy, err = s.gate.Policy(req.Context()); err != nil {
		return false, err
	}
	req.today = s.now()
	if (route.Access.Self || route.Access.Person) && req.viewer.Token {
		return false, errHidden
	}
	if route.Access.Self || req.allowed(route.Access) {
		return false, nil
	}
	if route.Pattern == "GET /{$}" { // home is the first room that there is for one
		for _, room := range rooms {
			if req.allowed(room.access) {
				req.seeOther(req.place.address(room.path))
				return true, nil
			}
		}
	}
	return false, errHidden
}

// whoAsks is who holds the session or the token of a request.
func (s *Server) whoAsks(req *request) (v access.Viewer, err error) {
	if header := req.Header.Get("Authorization"); header != "" {
		token, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			return v, errNobody
		}
		v, _, err = s.gate.Bearer(req.Context(), token)
	} else {
		v, err = s.gate.Session(req.Context(), s.session(req.Request))
	}
	if errors.Is(err, account.ErrRefused) {
		return v, errNobody
	}
	return v, err
}

// allowed tells whether a route's access is that of who asks, for the place that is asked.
func (r *request) allowed(a Access) bool {
	if a.Part && a.Action == access.See {
		if team, ok := strings.CutPrefix(r.place.Scope, "team:"); ok {
			return r.policy.Decide(r.viewer, a.Action, access.Resource{Kind: a.Kind, Team: team}, r.today)
		}
		return !r.scope(a.Kind).Empty() && (r.place.Scope == "" || r.may(a.Kind))
	}
	return r.policy.Decide(r.viewer, a.Action, access.Resource{Kind: a.Kind}, r.today)
}

// may tells whether somebody sees all of a kind.
func (r *request) may(k access.Kind) bool {
	return r.policy.Decide(r.viewer, access.See, access.Resource{Kind: k}, r.today)
}

// mayChange tells whether somebody changes all of a kind.
func (r *request) mayChange(k access.Kind) bool {
	return r.policy.Decide(r.viewer, access.Change, access.Resource{Kind: k}, r.today)
}

// scope is the part of the company whose things of a kind somebody sees.
func (r *request) scope(k access.Kind) access.Scope {
	return r.policy.Scope(r.viewer, access.See, k, r.today)
}
