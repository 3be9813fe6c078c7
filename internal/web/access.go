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
	Part   bool // a part of the company is enough: the one that the address names, and where it names none, the first of one's own
	Narrow bool // with Part: the room shows of the whole what is of one's own parts
	Action access.Action
	Kind   access.Kind
}

var (
	open = Access{Open: true}
	self = Access{Self: true}
)

func see(k access.Kind) Access     { return Access{Action: access.See, Kind: k} }
func seePart(k access.Kind) Access { return Access{Action: access.See, Kind: k, Part: true} }
func seeNarrow(k access.Kind) Access {
	return Access{Action: access.See, Kind: k, Part: true, Narrow: true}
}
func change(k access.Kind) Access { return Access{Action: access.Change, Kind: k} }

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
	if route.Access.Self {
		return false, nil
	}
	if req.allowed(route.Access) {
		return s.ownPart(route.Access, req)
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

// ownPart leads who sees parts of the company alone, and asks for no part, to the first of them.
func (s *Server) ownPart(a Access, r *request) (done bool, err error) {
	if !a.Part || a.Narrow || r.place.Scope != "" || r.may(a.Kind) {
		return false, nil
	}
	scopes, err := s.scopes(r)
	if err != nil {
		return false, err
	}
	for _, team := range r.scope(a.Kind).Teams() { // last those that there are no facts of: the room says so
		scopes = append(scopes, "team:"+team)
	}
	if len(scopes) == 0 {
		return false, errHidden
	}
	q := r.URL.Query()
	q.Set("scope", scopes[0])
	r.seeOther(r.URL.Path + "?" + q.Encode())
	return true, nil
}

// scopes are the parts of the company that there are facts of, as far as somebody may see them:
// the names of others are not for those who see their own teams alone.
func (s *Server) scopes(r *request) (out []string, err error) {
	st, err := s.company.Standing(r.Context())
	if err != nil {
		return nil, err
	}
	for _, scope := range st.Scopes {
		team, ok := strings.CutPrefix(scope, "team:")
		if scope != "company" && (r.may(access.Delivery) || r.may(access.Diagnosis) || ok && r.scope(access.Delivery).HoldsTeam(r.policy.Team(team))) {
			out = append(out, scope)
		}
	}
	return out, nil
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
		return r.sees(a.Kind) || r.place.Scope == "" && !r.scope(a.Kind).Empty()
	}
	return r.policy.Decide(r.viewer, a.Action, access.Resource{Kind: a.Kind}, r.today)
}

// metricAt is the page of a number; "" for who may not open it.
func (r *request) metricAt(name string) string {
	if !r.allowed(seePart(access.Delivery)) {
		return ""
	}
	return r.place.address("/metrics/" + name)
}

// explainAt is the chain below a judgement; "" for who may not open it.
func (r *request) explainAt(id string) string {
	if !r.may(access.Diagnosis) {
		return ""
	}
	return r.place.address("/explain/" + id)
}

// may tells whether somebody sees all of a kind.
func (r *request) may(k access.Kind) bool {
	return r.policy.Decide(r.viewer, access.See, access.Resource{Kind: k}, r.today)
}

// sees tells whether somebody sees what there is of a kind of the place that is asked.
func (r *request) sees(k access.Kind) bool {
	if r.may(k) { // also parts such as the organisation does not know
		return true
	}
	team, ok := strings.CutPrefix(r.place.Scope, "team:")
	if id := r.policy.Team(team); ok && id != "" {
		return r.policy.Decide(r.viewer, access.See, access.Resource{Kind: k, Team: id}, r.today)
	}
	return false
}

// mayChange tells whether somebody changes all of a kind.
func (r *request) mayChange(k access.Kind) bool {
	return r.policy.Decide(r.viewer, access.Change, access.Resource{Kind: k}, r.today)
}

// scope is the part of the company whose things of a kind somebody sees.
func (r *request) scope(k access.Kind) access.Scope {
	return r.policy.Scope(r.viewer, access.See, k, r.today)
}
