package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/diarchy/diarchy/internal/problem"
)

// Access says what a route needs of who asks: an action on a resource. Open routes need
// nobody.
type Access struct {
	Open     bool
	Action   string // read, write, administer
	Resource string // company, organisation, agreement, ...
}

var (
	open = Access{Open: true}
)

func write(resource string) Access { return Access{Action: "write", Resource: resource} }
func read(resource string) Access  { return Access{Action: "read", Resource: resource} }

// Route is one address of the site.
type Route struct {
	Pattern string // of net/http: METHOD /path
	Access  Access
	handle  func(*request) error
}

// routes is the map of the site.
func (s *Server) routes() []Route {
	return []Route{
		{"GET /healthz", open, s.healthz},
		{"GET /readyz", open, s.readyz},
		{"GET /assets/{file}", open, s.asset},
		{"GET /enter", open, s.enterPage},
		{"POST /enter", open, s.enter},
		{"POST /leave", read("self"), s.leave},
		{"GET /{$}", read("company"), s.room(s.brief)},
		{"GET /vpe", read("delivery"), s.room(s.vpe)},
		{"GET /cto", read("technology"), s.room(s.cto)},
		{"GET /numbers", read("metrics"), s.room(s.measuresRoom)},
		{"GET /metrics/{name}", read("metrics"), s.room(s.metric)},
		{"GET /explain/{what}", read("company"), s.room(s.explain)},
		{"GET /agreement", read("agreement"), s.room(s.agreement)},
		{"POST /agreement/draft", write("agreement"), s.writeDraft},
		{"POST /agreement/sign", write("agreement"), s.sign},
		{"GET /agreement/decide", read("agreement"), s.room(s.decide)},
		{"GET /agreement/drift", read("agreement"), s.room(s.drift)},
		{"GET /agreement/versions", read("agreement"), s.room(s.versions)},
		{"GET /agreement/agenda", read("agreement"), s.room(s.agenda)},
		{"POST /agreement/agenda", write("agreement"), s.conclude},
		{"GET /organisation", read("organisation"), s.room(s.organisation)},
		{"GET /organisation/people", read("organisation"), s.room(s.people)},
		{"GET /organisation/plans", read("plans"), s.room(s.plans)},
		{"GET /organisation/plan", read("plans"), s.room(s.plan)},
		{"POST /organisation/plan", write("plans"), s.changePlan},
		{"GET /decisions", read("decisions"), s.room(s.decisions)},
		{"GET /decisions/record", read("decisions"), s.room(s.decision)},
		{"GET /data", read("data"), s.room(s.data)},
		{"POST /data/refresh", write("data"), s.refresh},
		{"POST /data/join", write("identities"), s.join},
		{"GET /playbook", read("playbook"), s.room(s.playbook)},
		{"GET /search", read("company"), s.room(s.search)},
		{"GET /help", read("self"), s.room(s.help)},
	}
}

// Routes lists every address with what it needs.
func (s *Server) Routes() []Route { return s.routes() }

// request is one request on its way.
type request struct {
	*http.Request
	w      http.ResponseWriter
	viewer Viewer
	place  Place
}

// guard lets in who may come in, and turns an error into a page.
func (s *Server) guard(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{Request: r, w: w}
		if err := s.admit(route, req); err != nil {
			s.fail(req, err)
			return
		}
		if w.Header().Get("Location") != "" {
			return
		}
		if err := route.handle(req); err != nil {
			s.fail(req, err)
		}
	})
}

// admit finds out who asks; who is nobody is sent to the door.
func (s *Server) admit(route Route, req *request) error {
	if !route.Access.Open {
		v, ok, err := s.gate.Viewer(req.Context(), s.session(req.Request))
		if err != nil {
			return err
		}
		if !ok {
			if req.Method != http.MethodGet {
				return errNobody
			}
			req.seeOther("/enter?to=" + url.QueryEscape(req.URL.RequestURI()))
			return nil
		}
		req.viewer = v
	}
	var err error
	req.place, err = placeOf(req.URL.Query())
	return err
}

// done goes to a page after something was done, and says so there.
func (r *request) done(path, what string) { r.seeOther(r.place.address(path, "done", what)) }

func (r *request) seeOther(address string) {
	http.Redirect(r.w, r.Request, address, http.StatusSeeOther)
}

var errNobody = errors.New("sign in first")

// statusOf maps an error to the status of the answer; the one place that does.
func statusOf(err error) int {
	switch {
	case errors.Is(err, errNobody):
		return http.StatusUnauthorized
	case errors.Is(err, problem.Usage):
		return http.StatusBadRequest
	case errors.Is(err, problem.Missing):
		return http.StatusNotFound
	case errors.Is(err, problem.Invalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, problem.Locked), errors.Is(err, problem.Full):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func (s *Server) healthz(r *request) error { return r.text(http.StatusOK, "ok\n") }

// readyz says whether every source was read.
func (s *Server) readyz(r *request) error {
	st, err := s.company.Standing(r.Context())
	if err != nil || !st.Ready {
		return r.text(http.StatusServiceUnavailable, "not ready\n")
	}
	return r.text(http.StatusOK, "ready\n")
}

func (r *request) text(status int, text string) error {
	r.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	r.w.WriteHeader(status)
	_, err := r.w.Write([]byte(text))
	return err
}
