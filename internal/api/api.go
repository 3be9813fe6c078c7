// Package api serves what the rooms show as JSON, for programs: /api/v1 with an OpenAPI
// 3.1 description made from the code. It only reads. Who asks with a token sees what the
// token's account sees, of the kinds that the token names.
//
// No address has a person as its subject, and nothing ranks or scores people.
package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
)

// Prefix is where the interface begins.
const Prefix = "/api/v1"

// Company answers.
type Company interface {
	Diagnosis(ctx context.Context, at cockpit.At) (cockpit.Diagnosis, error)
	Metrics(ctx context.Context) ([]cockpit.MetricSummary, error)
	Metric(ctx context.Context, at cockpit.At, name string) (cockpit.MetricView, error)
	Explain(ctx context.Context, at cockpit.At, what string) (cockpit.Explanation, error)
	Organisation(ctx context.Context, at cockpit.At) (cockpit.Organisation, error)
	Agreement(ctx context.Context) (cockpit.Agreement, error)
	Drift(ctx context.Context, at cockpit.At) (cockpit.Drift, error)
	WhoDecides(ctx context.Context, q cockpit.Choice) (cockpit.Ruling, error)
	Records(ctx context.Context, at cockpit.At) (cockpit.RecordList, error)
	Record(ctx context.Context, at cockpit.At, id string) (cockpit.RecordView, error)
	Forecast(ctx context.Context, at cockpit.At, q cockpit.ForecastQuestion) (cockpit.Forecast, error)
	Sources(ctx context.Context) (SourcesBody, error)
}

// Gate knows who asks, and what they may see.
type Gate interface {
	// Bearer is the account of a token.
	Bearer(ctx context.Context, token string) (access.Viewer, error)
	// May tells whether a viewer may see a kind of thing of a scope.
	May(ctx context.Context, v access.Viewer, kind access.Kind, scope string) (bool, error)
	// Seen notes in the audit trail that somebody looked at what is about people.
	Seen(ctx context.Context, v access.Viewer, what string) error
}

// Register adds all addresses to a mux.
func Register(mux *http.ServeMux, company Company, gate Gate, version string, log *slog.Logger) huma.API {
	config := huma.DefaultConfig("Diarchy", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = Prefix+"/openapi", "", ""
	config.CreateHooks = nil // no $schema in answers: they name their own
	config.Info.Description = "What the engineering data of one company says, with its evidence and its doubts. Unknown is null, never zero."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "An API token of the account page, with grants such as read:diagnosis."}}
	a := humago.New(mux, config)
	s := &service{company: company, gate: gate, api: a, log: log}
	s.register()
	mayBeNull(config.Components.Schemas)
	return a
}

// mayBeNull says of what stands behind a pointer that it can be null: the library says so of
// plain values alone.
func mayBeNull(all huma.Registry) {
	for name, schema := range all.Map() {
		t := all.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for i := range t.NumField() {
			f := t.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if p := schema.Properties[key]; p != nil && p.Ref != "" && f.Type.Kind() == reflect.Pointer {
				schema.Properties[key] = &huma.Schema{Description: p.Description, OneOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			}
		}
	}
}

type service struct {
	company Company
	gate    Gate
	api     huma.API
	log     *slog.Logger
}

// Place is what most addresses take.
type Place struct {
	Scope string `query:"scope" default:"company" pattern:"^(company|(group|team|repository|application):.+)$" maxLength:"200" doc:"What part of the company: company, group:NAME, team:NAME, repository:NAME or application:NAME."`
	AsOf  string `query:"as_of" format:"date" doc:"The last day of which anything is known; the newest fact's when it is left out."`
}

func (p Place) at() cockpit.At { return cockpit.At{Scope: p.Scope, AsOf: p.AsOf} }
func (p Place) where() string {
	return p.Scope
}

// located is an input that says which part of the company it asks about.
type located interface{ where() string }

// Everything is an input without a scope.
type Everything struct{}

func (Everything) where() string { return "company" }

// Page is what lists take.
type Page struct {
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"How many at most."`
	After string `query:"after" maxLength:"500" doc:"Where to go on: next of the page before."`
}

// answer is a body with the tag by which a program asks whether it changed.
type answer[T any] struct {
	ETag string `header:"ETag" doc:"Changes with the answer; send it as If-None-Match."`
	Body T
}

// List is a page of a list.
type List[T any] struct {
	Total int    `json:"total" doc:"Of all pages."`
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"Ask for the next page with after=; empty on the last."`
}

// get adds an address that reads one kind of thing.
func get[I located, T any](s *service, id, path string, kind access.Kind, summary string, handle func(ctx context.Context, in *I) (T, error)) {
	op := huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: Prefix + path, Summary: summary, Tags: []string{string(kind)},
		Security:   []map[string][]string{{"token": {string(access.GrantFor(access.See, kind))}}},
		Extensions: map[string]any{"x-resource": string(kind)},
		Errors:     []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
	op.Middlewares = huma.Middlewares{s.admit}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*answer[T], error) {
		v := viewerOf(ctx)
		ok, err := s.gate.May(ctx, v, kind, (*in).where())
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		if !ok {
			return nil, huma.Error403Forbidden("this token may not read " + string(kind) + " of that part of the company")
		}
		body, err := handle(ctx, in)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return &answer[T]{Body: body}, nil
	})
}

// errHidden is the answer to what is about people and hidden: as to what is not there.
var errHidden = problem.New(problem.Missing, "look at the address; or ask who may see it", "there is nothing here for this token")

// aboutPeople lets through what follows from few people only who may see that, and notes it.
func (s *service) aboutPeople(ctx context.Context, scope, what string) error {
	v := viewerOf(ctx)
	ok, err := s.gate.May(ctx, v, access.People, scope)
	if err == nil && !ok {
		err = errHidden
	}
	if err != nil {
		return err
	}
	return s.gate.Seen(ctx, v, what)
}

type viewerKey struct{}

func viewerOf(ctx context.Context) access.Viewer {
	v, _ := ctx.Value(viewerKey{}).(access.Viewer)
	return v
}

// What who has no valid token is told.
const (
	challenge = `Bearer realm="diarchy"`
	tokenless = "send a valid token: Authorization: Bearer diarchy_..."
)

// admit lets in who has a valid token.
func (s *service) admit(c huma.Context, next func(huma.Context)) {
	if v, ok := holderOf(c.Context(), s.gate, c.Header("Authorization")); ok {
		next(huma.WithValue(c, viewerKey{}, v))
		return
	}
	c.SetHeader("WWW-Authenticate", challenge)
	_ = huma.WriteErr(s.api, c, http.StatusUnauthorized, tokenless) // the client is gone if it fails
}

// holderOf is who holds the token of a header.
func holderOf(ctx context.Context, gate Gate, header string) (v access.Viewer, ok bool) {
	token, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return v, false
	}
	v, err := gate.Bearer(ctx, strings.TrimSpace(token))
	return v, err == nil
}

// failure gives an error its status. What it says is meant for people: messages of this
// program hold no secret.
func (s *service) failure(ctx context.Context, err error) error {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, problem.Usage):
		status = http.StatusBadRequest
	case errors.Is(err, problem.Missing):
		status = http.StatusNotFound
	case errors.Is(err, problem.Invalid):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, problem.Locked), errors.Is(err, problem.Full):
		status = http.StatusServiceUnavailable
	default:
		s.log.ErrorContext(ctx, "a question of a program failed", "error", err)
		return huma.NewError(status, "something went wrong here; the server's log says what")
	}
	text := err.Error()
	if hint := problem.Hint(err); hint != "" {
		text += "; " + hint
	}
	return huma.NewError(status, text)
}

// Handler is the whole interface: what is at no address of it, or is asked in another way than
// by reading, is answered in the form of every other failure.
func Handler(company Company, gate Gate, version string, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	Register(mux, company, gate, version, log)
	return tagged(withToken(gate, described(mux)))
}

// withToken gives the description of the interface, which is no address of it, to those who may ask
// something: nothing is open without an account.
func withToken(gate Gate, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, Prefix+"/openapi") {
			if _, ok := holderOf(r.Context(), gate, r.Header.Get("Authorization")); !ok {
				w.Header().Set("WWW-Authenticate", challenge)
				refuse(w, http.StatusUnauthorized, tokenless)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// refuse answers in the interface's own form.
func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(huma.NewError(status, text)) // the client is gone if it fails
}

// described says in the interface's own form what a mux refuses by itself.
func described(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		held := &holder{ResponseWriter: w, status: http.StatusOK}
		refusal.ServeHTTP(held, r)
		text := "there is no such address; " + Prefix + "/openapi.json lists all"
		if held.status == http.StatusMethodNotAllowed {
			text = "this interface only reads: ask with " + w.Header().Get("Allow")
		}
		refuse(w, held.status, text)
	})
}

// tagged gives answers of the interface a tag made of their content, and says that one
// which the client has is still good.
func tagged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, Prefix+"/") {
			next.ServeHTTP(w, r)
			return
		}
		held := &holder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(held, r)
		if held.status == http.StatusOK {
			sum := sha256.Sum256(held.body)
			tag := `"` + hex.EncodeToString(sum[:12]) + `"`
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "private, no-cache")
			if matches(r.Header.Get("If-None-Match"), tag) {
				w.Header().Del("Content-Type")
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(held.body)))
		w.WriteHeader(held.status)
		_, _ = w.Write(held.body) // the client is gone if it fails
	})
}

// holder keeps an answer back until it is whole.
type holder struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (h *holder) WriteHeader(status int) { h.status = status }

func (h *holder) Write(b []byte) (int, error) {
	h.body = append(h.body, b...)
	return len(b), nil
}

func matches(header, tag string) bool {
	for _, one := range strings.Split(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// cut takes the page that begins after a key, which is that of the last item before.
func cut[T any](items []T, p Page, key func(T) string) (List[T], error) {
	begin := 0
	if p.After != "" {
		last, err := base64.RawURLEncoding.DecodeString(p.After)
		if err != nil {
			return List[T]{}, problem.New(problem.Usage, "take next of the page before as it is", "after is no place in this list")
		}
		for begin < len(items) && key(items[begin]) <= string(last) {
			begin++
		}
	}
	end := min(begin+p.Limit, len(items))
	l := List[T]{Total: len(items), Items: items[begin:end:end]}
	if l.Items == nil {
		l.Items = []T{}
	}
	if end < len(items) {
		l.Next = base64.RawURLEncoding.EncodeToString([]byte(key(items[end-1])))
	}
	return l, nil
}
