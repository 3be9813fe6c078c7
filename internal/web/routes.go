package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/problem"
)

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
		{"GET /metrics", see(access.Data), s.watched},
		{"GET /assets/{file}", open, s.asset},
		{"GET /enter", open, s.enterPage},
		{"POST /enter", open, s.enter},
		{"POST /enter/first", open, s.enterFirst},
		{"POST /enter/accept", open, s.enterAccept},
		{"GET /enter/with", open, s.enterWith},
		{"GET /enter/back", open, s.enterBack},
		{"POST /leave", self, s.leave},
		{"POST /theme", open, s.theme},
		{"GET /account", self, s.account},
		{"POST /account/password", self, s.changePassword},
		{"POST /account/code", self, s.startCode},
		{"POST /account/code/confirm", self, s.confirmCode},
		{"POST /account/code/remove", self, s.removeCode},
		{"POST /account/sessions", self, s.endSession},
		{"POST /account/tokens", self, s.newToken},
		{"POST /account/tokens/revoke", self, s.revokeToken},
		{"GET /administration", byHand(see(access.Administration)), s.room(s.administration, undated)},
		{"GET /administration/audit", byHand(see(access.Audit)), s.room(s.audit, undated)},
		{"POST /administration/accounts", byHand(change(access.Administration)), s.invite},
		{"POST /administration/accounts/change", byHand(change(access.Administration)), s.changeAccount},
		{"GET /{$}", see(access.Diagnosis), s.room(s.brief, byPeriod)},
		{"GET /vpe", see(access.Diagnosis), s.room(s.vpe, byPart, byPeriod)},
		{"GET /cto", see(access.Diagnosis), s.room(s.cto, byPart, byPeriod)},
		{"GET /delivery", seePart(access.Delivery), s.room(s.delivery, byPart, byPeriod)},
		{"GET /forecast", seePart(access.Forecast), s.room(s.forecast, byPart)},
		{"GET /numbers", seePart(access.Delivery), s.room(s.measuresRoom, byPart, byPeriod)},
		{"GET /metrics/{name}", seePart(access.Delivery), s.room(s.metric, byPart, byPeriod)},
		{"GET /explain/{what}", see(access.Diagnosis), s.room(s.explain)},
		{"GET /agreement", see(access.Agreement), s.room(s.agreement, undated)},
		{"POST /agreement/draft", change(access.Agreement), s.writeDraft},
		{"POST /agreement/sign", byHand(change(access.Agreement)), s.sign},
		{"GET /agreement/decide", see(access.Agreement), s.room(s.decide, undated)},
		{"GET /agreement/drift", see(access.Agreement), s.room(s.drift)},
		{"GET /agreement/versions", see(access.Agreement), s.room(s.versions, undated)},
		{"GET /agreement/agenda", see(access.Agreement), s.room(s.agenda)},
		{"POST /agreement/agenda", change(access.Agreement), s.conclude},
		{"GET /organisation", seeNarrow(access.Organisation), s.room(s.organisation)},
		{"GET /organisation/people", seeNarrow(access.Organisation), s.room(s.people)},
		{"GET /organisation/plans", see(access.Organisation), s.room(s.plans, undated)},
		{"POST /organisation/plans", change(access.Organisation), s.beginPlan},
		{"GET /organisation/plan", see(access.Organisation), s.room(s.plan, undated)},
		{"POST /organisation/plan", change(access.Organisation), s.changePlan},
		{"GET /decisions", see(access.Decisions), s.room(s.decisions)},
		{"GET /decisions/record", see(access.Decisions), s.room(s.decision)},
		{"GET /data", see(access.Data), s.room(s.data)},
		{"POST /data/refresh", change(access.Data), s.refresh},
		{"POST /data/pause", change(access.Data), s.pause},
		{"POST /data/resume", change(access.Data), s.resume},
		{"POST /data/join", change(access.People), s.join},
		{"GET /playbook", see(access.Playbook), s.room(s.playbook, undated)},
		{"GET /scim/v2/{path...}", change(access.People), s.provision},
		{"POST /scim/v2/{path...}", change(access.People), s.provision},
		{"PUT /scim/v2/{path...}", change(access.People), s.provision},
		{"PATCH /scim/v2/{path...}", change(access.People), s.provision},
		{"DELETE /scim/v2/{path...}", change(access.People), s.provision},
		{"GET /search", self, s.room(s.search)},
		{"GET /help", self, s.room(s.help, undated)},
	}
}

// Routes lists every address with what it needs.
func (s *Server) Routes() []Route { return s.routes() }

// request is one request on its way.
type request struct {
	*http.Request
	w      http.ResponseWriter
	viewer access.Viewer
	place  Place
	policy *access.Policy
	today  time.Time

	looked map[string]bool // what about people is noted in the audit trail

	refused error // why what a form says was not done or not answered, while its page is shown again
}

// guard lets in who may come in, and turns an error into a page.
func (s *Server) guard(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{Request: r, w: w}
		r.Body = http.MaxBytesReader(w, r.Body, mostSent)
		done, err := s.admit(route, req)
		if err == nil && !done {
			err = req.parse()
		}
		if err == nil && !done {
			err = route.handle(req)
		}
		if err != nil {
			s.fail(req, err)
		}
	})
}

// mostSent is how many bytes a request may have: forms are short.
const mostSent = 1 << 20

// parse reads a form before anything is done with it; what is no form stays for its handler.
func (r *request) parse() error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") { // it could fill the disk
		return problem.New(problem.Usage, "send it as application/x-www-form-urlencoded", "a form in parts is not read here")
	}
	if err := r.ParseForm(); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return err
		}
		return problem.New(problem.Usage, "send it as a form", "the request cannot be read")
	}
	return nil
}

// done goes to a page after something was done, and says so there.
func (r *request) done(path, what string) { r.seeOther(r.place.address(path, "done", what)) }

func (r *request) seeOther(address string) {
	http.Redirect(r.w, r.Request, address, http.StatusSeeOther)
}

// statusOf maps an error to the status of the answer; the one place that does.
func statusOf(err error) int {
	switch {
	case errors.Is(err, errNobody):
		return http.StatusUnauthorized
	case errors.As(err, new(*account.Wait)):
		return http.StatusTooManyRequests
	case errors.Is(err, account.ErrRefused), errors.Is(err, account.ErrLink), errors.Is(err, account.ErrForbidden), errors.Is(err, account.ErrState):
		return http.StatusForbidden
	case errors.As(err, new(*http.MaxBytesError)):
		return http.StatusRequestEntityTooLarge
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

// readyz says whether every source was read, and people can get in.
func (s *Server) readyz(r *request) error {
	if err := s.gate.Reachable(r.Context()); err != nil {
		s.log.Error("the ledger cannot be read", "error", err)
		return r.text(http.StatusServiceUnavailable, "not ready: accounts cannot be read\n")
	}
	st, err := s.company.Standing(r.Context())
	if err != nil || !st.Ready {
		return r.text(http.StatusServiceUnavailable, "not ready: sources are being read\n")
	}
	return r.text(http.StatusOK, "ready\n")
}

func (r *request) text(status int, text string) error {
	r.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	r.w.WriteHeader(status)
	_, err := r.w.Write([]byte(text))
	return err
}
