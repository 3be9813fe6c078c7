package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// fakeCompany answers every question with values whose every text is the same.
type fakeCompany struct {
	others []string // parts besides the team that text names
	text   string
	wrote  []string // what was changed
	kept   bool     // the workspace lies in a repository

	step    cockpit.PlanStep        // the last that was added
	plans   int                     // scenarios of the file; 0 is 1
	cannot  string                  // the scenario that cannot happen
	refuses error                   // what questions and changes of scenarios are refused with
	records []cockpit.RecordSummary // all of them, if not nil
}

// filled makes a value in which every text is text, and every list has two entries; of the
// text "" it makes the value of nothing.
func filled[T any](text string) (v T) {
	fill(reflect.ValueOf(&v).Elem(), text, 0)
	return v
}

func fill(v reflect.Value, text string, depth int) {
	if text == "" {
		return
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		v.SetInt(int64(2 - depth%2))
	case reflect.Uint64:
		v.SetUint(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), text, depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(text), reflect.ValueOf(0.5))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text, depth+1)
			}
		}
	}
}

func (f *fakeCompany) Standing(context.Context) (Standing, error) {
	return Standing{Company: f.text, AsOf: "2026-06-26", Scopes: append([]string{"company", "team:" + f.text}, f.others...), Ready: true}, nil
}
func (f *fakeCompany) Data(context.Context, Place) (cockpit.DataRoom, error) {
	return filled[cockpit.DataRoom](f.text), nil
}
func (f *fakeCompany) Refresh(context.Context) error {
	f.wrote = append(f.wrote, "refresh")
	return nil
}
func (f *fakeCompany) Brief(context.Context, Place) (cockpit.Brief, error) {
	return filled[cockpit.Brief](f.text), nil
}
func (f *fakeCompany) Diagnosis(context.Context, Place) (cockpit.Diagnosis, error) {
	d := filled[cockpit.Diagnosis](f.text)
	for i := range d.Findings {
		d.Findings[i].State = cockpit.Present
	}
	return d, nil
}
func (f *fakeCompany) Explain(_ context.Context, _ Place, what string) (cockpit.Explanation, error) {
	e := filled[cockpit.Explanation](f.text)
	e.People = what == "joiners"
	return e, nil
}
func (f *fakeCompany) Leader(_ context.Context, p Place, role string) (cockpit.Leader, error) {
	d, _ := f.Diagnosis(context.Background(), p)
	for i := range d.Findings {
		d.Findings[i].Speaks = role
	}
	lines := filled[[]cockpit.MetricLine](f.text)
	for i := range lines {
		lines[i].Owner = role
	}
	return cockpit.NewLeader(role, p.Scope, d, lines), nil
}
func (f *fakeCompany) Metric(_ context.Context, _ Place, name string) (cockpit.MetricView, error) {
	v := filled[cockpit.MetricView](f.text)
	v.People = name == "joiners"
	if f.text == "" {
		v.Missing, v.Supply = "no facts", "git fetch"
	}
	return v, nil
}
func (f *fakeCompany) Measures(context.Context, Place) ([]cockpit.MetricLine, error) {
	return filled[[]cockpit.MetricLine](f.text), nil
}
func (f *fakeCompany) Agreed(context.Context) (cockpit.Agreement, bool, error) {
	return filled[cockpit.Agreement](f.text), false, nil
}
func (f *fakeCompany) Drift(context.Context, Place) (cockpit.Drift, error) {
	return filled[cockpit.Drift](f.text), nil
}
func (f *fakeCompany) WhoDecides(context.Context, cockpit.Question) (cockpit.Answer, error) {
	return filled[cockpit.Answer](f.text), f.refuses
}
func (f *fakeCompany) WriteDraft(context.Context) error {
	f.wrote = append(f.wrote, "draft")
	return nil
}
func (f *fakeCompany) Sign(_ context.Context, role, _, _ string) error {
	f.wrote = append(f.wrote, "sign "+role)
	return nil
}
func (f *fakeCompany) Kept(context.Context) (bool, error) { return f.kept, nil }
func (f *fakeCompany) Versions(context.Context) ([]cockpit.AgreementVersion, error) {
	return filled[[]cockpit.AgreementVersion](f.text), nil
}
func (f *fakeCompany) Organisation(context.Context, Place) (cockpit.Organisation, error) {
	if f.text == "" {
		return cockpit.Organisation{}, problem.New(problem.Missing, "", "there is no organisation.yaml")
	}
	o := filled[cockpit.Organisation](f.text)
	o.AsOf = "2026-06-26"
	return o, nil
}
func (f *fakeCompany) Matching(context.Context, Place) (cockpit.Match, error) {
	return filled[cockpit.Match](f.text), nil
}
func (f *fakeCompany) Join(context.Context, string, string) error {
	f.wrote = append(f.wrote, "join")
	return nil
}
func (f *fakeCompany) Plans(context.Context) ([]cockpit.Plan, error) {
	all := filled[[]cockpit.Plan](f.text)
	for i := range all {
		all[i].File, all[i].Error = "plan", ""
		first := &all[i].Scenarios[0]
		first.Date = "2026-06-01"
		for _, g := range kindGroups {
			for _, k := range g.kinds {
				step := filled[cockpit.PlanStep](f.text)
				step.Do = k.do
				first.Steps = append(first.Steps, step)
			}
		}
		second := *first
		second.Name, second.Date = "second", "2026-07-01"
		all[i].Scenarios = []cockpit.PlanScenario{*first, second}[:max(1, f.plans)]
	}
	return all, nil
}
func (f *fakeCompany) Compare(context.Context, string) (cockpit.WhatIf, error) {
	if f.cannot != "" {
		return cockpit.WhatIf{}, problem.New(problem.Invalid, "", "/srv/plan.yaml cannot happen")
	}
	return filled[cockpit.WhatIf](f.text), nil
}
func (f *fakeCompany) Planned(ctx context.Context, _, scenario string) (cockpit.Organisation, error) {
	if f.cannot != "" && f.cannot == scenario {
		return cockpit.Organisation{}, problem.New(problem.Usage, "take that step back", "step 2 cannot happen: e1 has left")
	}
	return f.Organisation(ctx, Place{})
}
func (f *fakeCompany) BeginPlan(_ context.Context, file, _, _ string, first cockpit.PlanStep) (string, error) {
	return "plan", f.add(file, first)
}
func (f *fakeCompany) ChangePlan(_ context.Context, _, scenario, name, date string) error {
	f.wrote = append(f.wrote, fmt.Sprintf("%s is %s from %s", scenario, name, date))
	return f.refuses
}
func (f *fakeCompany) RemovePlan(_ context.Context, _, scenario string) error {
	f.wrote = append(f.wrote, "without "+scenario)
	return f.refuses
}
func (f *fakeCompany) AddStep(_ context.Context, file, _ string, step cockpit.PlanStep) error {
	return f.add(file, step)
}
func (f *fakeCompany) add(file string, step cockpit.PlanStep) error {
	f.wrote, f.step = append(f.wrote, "a step of "+orElse(file, "a new file")), step
	return f.refuses
}
func (f *fakeCompany) TakeBack(_ context.Context, _, _ string, step int) error {
	f.wrote = append(f.wrote, fmt.Sprintf("without step %d", step))
	return f.refuses
}
func (f *fakeCompany) Records(context.Context, Place) (cockpit.RecordList, error) {
	l := filled[cockpit.RecordList](f.text)
	if f.records != nil {
		l.Records = f.records
	}
	return l, nil
}
func (f *fakeCompany) Record(context.Context, Place, string) (cockpit.RecordView, error) {
	return filled[cockpit.RecordView](f.text), nil
}
func (f *fakeCompany) RecordCheck(context.Context, Place) (cockpit.RecordCheck, error) {
	return filled[cockpit.RecordCheck](f.text), nil
}
func (f *fakeCompany) Playbook(context.Context) (cockpit.Playbook, error) {
	return filled[cockpit.Playbook](f.text), nil
}
func (f *fakeCompany) Agenda(context.Context, Place) (cockpit.Agenda, error) {
	a := filled[cockpit.Agenda](f.text)
	if len(a.Points) > 0 {
		a.Points[0].Outcome = nil
	}
	return a, nil
}
func (f *fakeCompany) Conclude(context.Context, cockpit.Outcome) error {
	f.wrote = append(f.wrote, "conclude")
	return nil
}

// fakeGate knows viewers by their sessions, and tokens by the same names.
type fakeGate struct {
	viewers map[string]access.Viewer
	policy  *access.Policy
	text    string
	seen    []string
	did     []string
	down    error // why accounts cannot be read
	refuses error // what changes of accounts are refused with
}

func (g *fakeGate) do(what string) error {
	if g.refuses == nil {
		g.did = append(g.did, what)
	}
	return g.refuses
}

func (g *fakeGate) SignIn(_ context.Context, c account.Credentials) (string, error) {
	if c.Password != "good" {
		return "", account.ErrRefused
	}
	return c.Name, nil
}
func (g *fakeGate) Session(_ context.Context, s string) (access.Viewer, error) {
	v, ok := g.viewers[s]
	if !ok || v.Token {
		return access.Viewer{}, account.ErrRefused
	}
	return v, nil
}
func (g *fakeGate) Bearer(_ context.Context, s string) (access.Viewer, []access.Grant, error) {
	v, ok := g.viewers[s]
	if !ok || !v.Token {
		return access.Viewer{}, nil, account.ErrRefused
	}
	return v, v.Grants, nil
}
func (g *fakeGate) SignOut(context.Context, string) error { return g.do("sign out") }
func (g *fakeGate) First(context.Context, string, string, string) (string, error) {
	return "", cmp.Or[error](g.refuses, account.ErrLink)
}
func (g *fakeGate) IsFirst(_ context.Context, link string) (bool, error) { return link == "first", nil }
func (g *fakeGate) Invited(_ context.Context, link string) (string, error) {
	if link != "invitation" {
		return "", account.ErrLink
	}
	return "grace", nil
}
func (g *fakeGate) Accept(context.Context, string, string, account.Credentials) (string, error) {
	return "", account.ErrLink
}
func (g *fakeGate) Providers() []string { return nil }
func (g *fakeGate) AuthURL(context.Context, string, string) (string, string, error) {
	return "", "", account.ErrState
}
func (g *fakeGate) Exchange(context.Context, account.Callback) (string, error) {
	return "", account.ErrState
}
func (g *fakeGate) ChangePassword(context.Context, access.Viewer, string, string, string) error {
	return g.do("password")
}
func (g *fakeGate) HasTOTP(context.Context, access.Viewer) (bool, int, error) { return false, 0, nil }
func (g *fakeGate) StartTOTP(context.Context, access.Viewer) (string, string, error) {
	return g.text, g.text, nil
}
func (g *fakeGate) ConfirmTOTP(context.Context, access.Viewer, string) ([]string, error) {
	return []string{g.text}, nil
}
func (g *fakeGate) RemoveTOTP(context.Context, access.Viewer, string) error { return g.do("code") }
func (g *fakeGate) Sessions(context.Context, access.Viewer, string) ([]account.SessionInfo, error) {
	return filled[[]account.SessionInfo](g.text), nil
}
func (g *fakeGate) Revoke(context.Context, access.Viewer, string) error    { return g.do("revoke") }
func (g *fakeGate) RevokeAll(context.Context, access.Viewer, string) error { return g.do("revoke all") }
func (g *fakeGate) CreateToken(context.Context, access.Viewer, string, []access.Grant, time.Duration) (string, string, error) {
	return g.text, "", g.do("token")
}
func (g *fakeGate) Tokens(context.Context, access.Viewer) ([]account.TokenInfo, error) {
	return filled[[]account.TokenInfo](g.text), nil
}
func (g *fakeGate) RevokeToken(context.Context, access.Viewer, string) error { return g.do("token") }
func (g *fakeGate) List(context.Context, access.Viewer) ([]account.Info, error) {
	return filled[[]account.Info](g.text), nil
}
func (g *fakeGate) Create(context.Context, access.Viewer, account.Invite) (string, string, error) {
	return g.text, "", g.do("create")
}
func (g *fakeGate) Reinvite(context.Context, access.Viewer, string) (string, error) {
	return g.text, g.do("reinvite")
}
func (g *fakeGate) Deactivate(context.Context, access.Viewer, string) error {
	return g.do("deactivate")
}
func (g *fakeGate) SetRoles(context.Context, access.Viewer, string, []access.Role) error {
	return g.do("roles")
}
func (g *fakeGate) LinkPerson(context.Context, access.Viewer, string, string) error {
	return g.do("person")
}
func (g *fakeGate) ResetTOTP(context.Context, access.Viewer, string) error { return g.do("reset") }
func (g *fakeGate) Policy(context.Context) (*access.Policy, error)         { return g.policy, nil }
func (g *fakeGate) Record(_ context.Context, v access.Viewer, action, subject string, _ map[string]string) error {
	g.seen = append(g.seen, v.Account+" "+action+" "+subject)
	return nil
}

func (g *fakeGate) Seen(_ context.Context, _ access.Viewer, what string) error {
	g.seen = append(g.seen, what)
	return nil
}
func (g *fakeGate) Reachable(context.Context) error             { return g.down }
func (g *fakeGate) Pause(context.Context, access.Viewer) error  { return g.do("pause") }
func (g *fakeGate) Resume(context.Context, access.Viewer) error { return g.do("resume") }
func (g *fakeGate) Trail(context.Context, int) ([]TrailLine, error) {
	return filled[[]TrailLine](g.text), nil
}

// site is the whole site over fakes.
type site struct {
	t       *testing.T
	company *fakeCompany
	gate    *fakeGate
	server  *Server
	url     string
}

// organisationText is an organisation in which bo manages one team of two.
const organisationText = `people:
  - {id: cat, role: cto, manager: none}
  - {id: bo, role: engineering_manager, manager: cat, team: red}
  - {id: ann, role: engineer, manager: bo, team: red}
  - {id: dee, role: engineer, manager: cat, team: blue}
teams:
  - {id: red, name: The Red Ones}
  - {id: blue, name: The Blue Ones}
`

func newSite(t *testing.T, text string) *site {
	t.Helper()
	doc, err := workspace.ParseOrganisation("organisation.yaml", []byte(organisationText))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, company: &fakeCompany{text: text}, gate: &fakeGate{viewers: map[string]access.Viewer{}, policy: access.New(org.New(doc), nil), text: text}}
	for _, r := range access.Roles() {
		v := access.Viewer{Account: string(r), Name: string(r), Roles: []access.Role{r}}
		if r == access.Manager {
			v.Person = "bo"
		}
		s.gate.viewers[string(r)] = v
	}
	s.gate.viewers["all"] = access.Viewer{Account: "all", Name: "all", Roles: access.Roles(), Person: "cat"}
	s.server, err = New(Options{Measures: NewMeasures(), Company: s.company, Gate: s.gate, Log: slog.New(slog.DiscardHandler), Program: "diarchy test", Now: func() time.Time { return time.Date(2026, 6, 27, 9, 0, 0, 0, time.UTC) },
		Provisioning: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })}) //nolint:errcheck // a test
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.server.Handler())
	t.Cleanup(ts.Close)
	s.url = ts.URL
	return s
}

// ask sends a request as somebody: with a session, or with a token.
func (s *site) ask(method, path, session, token, body string, change ...func(*http.Request)) (status int, header http.Header, text string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" || method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != "" {
		req.AddCookie(&http.Cookie{Name: "diarchy", Value: session})
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, c := range change {
		c(req)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// address is a route with something in the place of its wildcards.
func address(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	path = strings.NewReplacer("{$}", "", "{name}", "throughput", "{what}", "verdict", "{file}", "none.css", "{path...}", "Users").Replace(path)
	switch path {
	case "/organisation/plan":
		path += "?file=plan"
	case "/forecast":
		path += "?items=40"
	case "/search":
		path += "?q=debt"
	case "/decisions/record":
		path += "?id=1"
	}
	return method, path
}

func (f *fakeCompany) Delivery(_ context.Context, p Place) (cockpit.DeliveryRoom, error) {
	if f.text == "" {
		return cockpit.NewDeliveryRoom("2026-06-26", p.Scope, []cockpit.MetricLine{{Name: "throughput", Missing: "no facts", Supply: "git fetch"}}, nil, nil), nil
	}
	return filled[cockpit.DeliveryRoom](f.text), nil
}
func (f *fakeCompany) Forecast(context.Context, Place, cockpit.ForecastQuestion) (cockpit.Forecast, error) {
	v := filled[cockpit.Forecast](f.text)
	if f.text == "" {
		v.Refused = &cockpit.ForecastRefusal{Kind: "short", Why: "there are 6 complete weeks", Missing: "10 are needed", Supply: "git fetch --unshallow\ndiarchy forecast --scope company"}
	}
	return v, f.refuses
}
