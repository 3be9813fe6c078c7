package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/api"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// company answers with views in which everything is filled, so that a description which
// leaves something out does not fit.
type company struct {
	at   cockpit.At
	seen []string
	log  bytes.Buffer
}

func filled[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), 0)
	return v
}

func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("ü <b>")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64:
		v.SetUint(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		if depth < 12 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Struct:
		if t, ok := v.Addr().Interface().(*time.Time); ok {
			*t = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	}
}

func (c *company) Diagnosis(_ context.Context, at cockpit.At) (cockpit.Diagnosis, error) {
	c.at = at
	return filled[cockpit.Diagnosis](), nil
}
func (*company) Metrics(context.Context) (out []cockpit.MetricSummary, err error) {
	for i := range 25 {
		out = append(out, cockpit.MetricSummary{Name: fmt.Sprintf("m%02d", (i*7)%25), Cites: []string{"N1"}})
	}
	return out, nil
}
func (*company) Metric(_ context.Context, _ cockpit.At, name string) (cockpit.MetricView, error) {
	switch name {
	case "none":
		return cockpit.MetricView{}, problem.New(problem.Missing, "look at /metrics", "no metric %q", name)
	case "broken":
		return cockpit.MetricView{}, errors.New("password=hunter2 of the database")
	}
	v := filled[cockpit.MetricView]()
	v.People = name == "joiners"
	return v, nil
}
func (*company) Explain(_ context.Context, _ cockpit.At, what string) (cockpit.Explanation, error) {
	e := filled[cockpit.Explanation]()
	e.People = what == "joiners"
	return e, nil
}
func (*company) Organisation(context.Context, cockpit.At) (cockpit.Organisation, error) {
	return filled[cockpit.Organisation](), nil
}
func (*company) Agreement(context.Context) (cockpit.Agreement, error) {
	return filled[cockpit.Agreement](), nil
}
func (*company) Drift(context.Context, cockpit.At) (cockpit.Drift, error) {
	return filled[cockpit.Drift](), nil
}
func (*company) WhoDecides(_ context.Context, c cockpit.Choice) (cockpit.Ruling, error) {
	r := filled[cockpit.Ruling]()
	r.Sentence = fmt.Sprintf("%s cost=%t horizon=%t reversible=%t security=%t", c.Reach, c.Cost == nil, c.Horizon != nil && *c.Horizon == 18, c.Reversible != nil && !*c.Reversible, c.Security == nil)
	return r, nil
}
func (*company) Records(context.Context, cockpit.At) (cockpit.RecordList, error) {
	return filled[cockpit.RecordList](), nil
}
func (*company) Record(context.Context, cockpit.At, string) (cockpit.RecordView, error) {
	return filled[cockpit.RecordView](), nil
}
func (*company) Forecast(_ context.Context, _ cockpit.At, q cockpit.ForecastQuestion) (cockpit.Forecast, error) {
	f := filled[cockpit.Forecast]()
	f.Summary = fmt.Sprintf("%+v", q)
	return f, nil
}
func (*company) Sources(context.Context) (api.SourcesBody, error) {
	return api.SourcesBody{}, nil
}

// gate knows tokens by the role that is their text, with grants behind a slash.
type gate struct {
	policy *access.Policy
	seen   *[]string
}

func (gate) Bearer(_ context.Context, token string) (access.Viewer, error) {
	role, grants, _ := strings.Cut(token, "/")
	if !access.Role(role).Known() {
		return access.Viewer{}, errors.New("no")
	}
	v := access.Viewer{Account: "a", Roles: []access.Role{access.Role(role)}, Token: true}
	v.Grants, _ = access.ParseGrants(grants)
	if grants == "*" {
		v.Grants = access.Grants()
	}
	return v, nil
}

func (g gate) Seen(_ context.Context, v access.Viewer, what string) error {
	*g.seen = append(*g.seen, string(v.Roles[0])+" "+what)
	return nil
}

func (g gate) May(_ context.Context, v access.Viewer, kind access.Kind, _ string) (bool, error) {
	return g.policy.Decide(v, access.See, access.Resource{Kind: kind}, time.Now()), nil
}

func serve(t *testing.T) (http.Handler, huma.API, *company) {
	t.Helper()
	c := &company{}
	g := gate{access.New(nil, nil), &c.seen}
	log := slog.New(slog.NewTextHandler(&c.log, nil))
	return api.Handler(c, g, "test", log), api.Register(http.NewServeMux(), c, g, "test", log), c
}

func ask(h http.Handler, token, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// address fills the parameters of a described path.
func address(path string) string {
	path = strings.NewReplacer("{name}", "throughput", "{id}", "0001", "{of}", "verdict").Replace(path)
	if strings.HasSuffix(path, "/forecast") {
		path += "?items=40"
	}
	return path
}

// TestDescriptionAsksForAToken, as every address does; any will do, since it holds no facts.
func TestDescriptionAsksForAToken(t *testing.T) {
	h, _, _ := serve(t)
	for _, path := range []string{"/openapi.json", "/openapi.yaml", "/openapi-3.0.json"} {
		for _, token := range []string{"", "nobody/read:diagnosis"} {
			w := ask(h, token, api.Prefix+path)
			if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" || w.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(w.Body.String(), "paths") {
				t.Errorf("%s with the token %q: %d %.200s", path, token, w.Code, w.Body)
			}
		}
		if w := ask(h, "member/read:data", api.Prefix+path); w.Code != http.StatusOK {
			t.Errorf("%s with a token: %d", path, w.Code)
		}
	}
}

// TestDescriptionFitsTheAnswers validates a real answer of every address against the
// description that the interface itself serves.
func TestDescriptionFitsTheAnswers(t *testing.T) {
	h, a, _ := serve(t)
	w := ask(h, "cto/*", api.Prefix+"/openapi.json")
	var doc any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if v := doc.(map[string]any)["openapi"]; v != "3.1.0" {
		t.Errorf("OpenAPI %v", v)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("api.json", doc); err != nil {
		t.Fatal(err)
	}
	for path, item := range a.OpenAPI().Paths {
		schema, err := compiler.Compile("api.json#/paths/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/get/responses/200/content/application~1json/schema")
		if err != nil {
			t.Fatal(err)
		}
		w := ask(h, "cto/*", address(path))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
			continue
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if item.Get.Summary == "" || len(item.Get.Security) == 0 {
			t.Errorf("%s: it is not described", path)
		}
	}
}

// TestWhatMayBeNull: the description says so of what stands behind a pointer.
func TestWhatMayBeNull(t *testing.T) {
	_, a, _ := serve(t)
	p := a.OpenAPI().Components.Schemas.Map()["Forecast"].Properties["refused"]
	if len(p.OneOf) != 2 || p.OneOf[1].Type != "null" {
		t.Errorf("refused is described as %+v", p)
	}
}

// TestEveryAddressAsEverybody asks every address with every role and every grant: an answer
// comes exactly where the policy and the grant allow it. What kind of thing an address
// tells is listed here once more, by hand: a new address without a line fails.
func TestEveryAddressAsEverybody(t *testing.T) {
	kinds := map[string]access.Kind{
		"/diagnosis": access.Diagnosis, "/explanations/{of}": access.Diagnosis, "/metrics": access.Delivery, "/metrics/{name}": access.Delivery, "/forecast": access.Forecast, "/organisation": access.Organisation,
		"/agreement": access.Agreement, "/agreement/drift": access.Agreement, "/agreement/decides": access.Agreement, "/decisions": access.Decisions, "/decisions/{id}": access.Decisions, "/sources": access.Data,
	}
	sees := map[access.Role][]access.Kind{
		access.Administrator: {access.Data},
		access.CTO:           {access.Diagnosis, access.Delivery, access.Organisation, access.Agreement, access.Decisions, access.Forecast, access.Data},
		access.VPE:           {access.Diagnosis, access.Delivery, access.Organisation, access.Agreement, access.Decisions, access.Forecast, access.Data},
		access.Executive:     {access.Diagnosis, access.Organisation, access.Agreement},
		access.Manager:       {access.Agreement, access.Decisions}, // nobody is below one who is not in the organisation
		access.Member:        {access.Delivery, access.Organisation, access.Agreement, access.Decisions, access.Forecast},
	}
	h, a, _ := serve(t)
	if len(a.OpenAPI().Paths) != len(kinds) {
		t.Errorf("%d addresses, %d are expected here", len(a.OpenAPI().Paths), len(kinds))
	}
	asked := 0
	for path := range a.OpenAPI().Paths {
		kind, ok := kinds[strings.TrimPrefix(path, api.Prefix)]
		if !ok {
			t.Errorf("%s: what it tells is not written here", path)
			continue
		}
		for _, role := range access.Roles() {
			for _, grant := range append(access.Grants(), "") {
				want := http.StatusForbidden
				if slices.Contains(sees[role], kind) && grant == access.GrantFor(access.See, kind) {
					want = http.StatusOK
				}
				asked++
				if w := ask(h, string(role)+"/"+string(grant), address(path)); w.Code != want {
					t.Errorf("%s as %s with %q: %d, want %d", path, role, grant, w.Code, want)
				}
			}
		}
		for _, token := range []string{"", "nobody/*", "Bearer"} {
			if w := ask(h, token, address(path)); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s with token %q: %d", path, token, w.Code)
			}
		}
	}
	t.Logf("%d questions", asked)
}

// TestForecastAsksAll: whatever the command line can ask, a program can.
func TestForecastAsksAll(t *testing.T) {
	h, _, _ := serve(t)
	w := ask(h, "cto/*", api.Prefix+"/forecast?items=40&by=2027-01-31&start=2027-01-04&growth=0.5%2Fweek&split=1-2&focus=60%25&of=issues&work=Checkout%3D40&work=Search%3D20-30")
	want := fmt.Sprintf("%+v", cockpit.ForecastQuestion{Items: "40", Work: []string{"Checkout=40", "Search=20-30"}, By: "2027-01-31", Start: "2027-01-04", Growth: "0.5/week", Split: "1-2", Focus: "60%", Of: "issues"})
	if !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d %s lacks %s", w.Code, w.Body, want)
	}
}

func TestProblems(t *testing.T) {
	h, _, c := serve(t)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/metrics/none":               {404, `no metric \"none\"; look at /metrics`},
		"/metrics/broken":             {500, "the server's log says what"},
		"/diagnosis?as_of=yesterday":  {422, "as_of"},
		"/diagnosis?scope=person:ann": {422, "scope"},
		"/forecast":                   {400, "ask for items=40"},
		"/metrics?after=%21":          {400, "no place in this list"},
		"/metrics?limit=0":            {422, "limit"},
		"/nothing":                    {404, "there is no such address"},
		"/":                           {404, "there is no such address"},
		"/diagnosis/":                 {404, "there is no such address"},
	} {
		w := ask(h, "cto/*", api.Prefix+path)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.says) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: it is %s", path, kind)
		}
		var told struct{ Status int }
		if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || told.Status != want.status {
			t.Errorf("%s: its body says %d, %v", path, told.Status, err)
		}
		if strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%s shows a secret", path)
		}
	}
	if n := strings.Count(c.log.String(), "hunter2"); n != 1 || strings.Count(c.log.String(), "\n") != 1 {
		t.Errorf("the log says why %d times, want the one that nobody is told:\n%s", n, c.log.String())
	}
	if ask(h, "cto/*", api.Prefix+"/diagnosis?scope=team:web&as_of=2026-01-02"); c.at != (cockpit.At{Scope: "team:web", AsOf: "2026-01-02"}) {
		t.Errorf("asked of %+v", c.at)
	}
	if w := ask(h, "cto/*", api.Prefix+"/agreement/decides?reach=company&horizon_months=18&reversible=no"); !strings.Contains(w.Body.String(), "company cost=true horizon=true reversible=true security=true") {
		t.Errorf("%s", w.Body)
	}
}

// TestOnlyReads: whatever else than reading is asked is refused in the same form.
func TestOnlyReads(t *testing.T) {
	h, a, _ := serve(t)
	for path := range a.OpenAPI().Paths {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, address(path), nil))
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), "ask with GET, HEAD") {
				t.Errorf("%s %s: %d %v %s", method, path, w.Code, w.Header(), w.Body)
			}
		}
	}
}

// TestPages goes through a list page by page: each item once, in order.
func TestPages(t *testing.T) {
	h, _, _ := serve(t)
	var names []string
	for after, n := "", 0; ; n++ {
		var l api.List[cockpit.MetricSummary]
		w := ask(h, "cto/*", api.Prefix+"/metrics?limit=7&after="+after)
		if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || l.Total != 25 || n > 4 {
			t.Fatal(err, w.Body)
		}
		for _, m := range l.Items {
			names = append(names, m.Name)
		}
		if after = l.Next; after == "" {
			break
		}
	}
	if len(names) != 25 || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != 25 {
		t.Errorf("%v", names)
	}
}

func TestTags(t *testing.T) {
	h, _, _ := serve(t)
	w := ask(h, "cto/*", api.Prefix+"/diagnosis")
	tag := w.Header().Get("ETag")
	if tag == "" || w.Body.Len() == 0 {
		t.Fatalf("no tag: %v", w.Header())
	}
	for _, have := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		if w := ask(h, "cto/*", api.Prefix+"/diagnosis", "If-None-Match", have); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s: %d, %d bytes", have, w.Code, w.Body.Len())
		}
	}
	if w := ask(h, "cto/*", api.Prefix+"/agreement", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("another answer: %d", w.Code)
	}
	if w := ask(h, "member/*", api.Prefix+"/diagnosis", "If-None-Match", tag); w.Code != http.StatusForbidden {
		t.Errorf("without the right: %d", w.Code)
	}
}

// TestWhatIsAboutPeople is hidden from those who may not see it, like what is not there, and
// each look is noted.
func TestWhatIsAboutPeople(t *testing.T) {
	h, _, c := serve(t)
	for token, want := range map[string]int{"vpe/*": 200, "cto/*": 404, "vpe/read:delivery": 404, "vpe/read:delivery,read:people": 200, "member/*": 404} {
		if w := ask(h, token, api.Prefix+"/metrics/joiners"); w.Code != want {
			t.Errorf("%s: %d, want %d", token, w.Code, want)
		}
	}
	if len(c.seen) != 2 || !strings.HasPrefix(c.seen[0], "vpe metric ") {
		t.Errorf("noted: %q", c.seen)
	}
	for token, want := range map[string]int{"vpe/*": 200, "cto/*": 404, "executive/*": 404, "vpe/read:diagnosis": 404} {
		if w := ask(h, token, api.Prefix+"/explanations/joiners"); w.Code != want {
			t.Errorf("explained to %s: %d, want %d", token, w.Code, want)
		}
		if w := ask(h, token, api.Prefix+"/explanations/verdict"); w.Code != http.StatusOK {
			t.Errorf("the verdict, explained to %s: %d", token, w.Code)
		}
	}
	if len(c.seen) != 3 || !strings.HasPrefix(c.seen[2], "vpe explanation of ") {
		t.Errorf("noted: %q", c.seen)
	}
}
