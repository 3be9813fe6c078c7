package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/google/go-cmp/cmp"
)

// memory is a document that is written and read as a file is.
type memory struct{ text []byte }

func (m *memory) Read(context.Context) (*workspace.Organisation, error) {
	return workspace.ParseOrganisation("organisation.yaml", m.text)
}

func (m *memory) Change(ctx context.Context, change func(*workspace.Organisation) error) error {
	o, err := m.Read(ctx)
	if err != nil {
		return err
	}
	if err := change(o); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := o.Encode(&b); err != nil {
		return err
	}
	if _, err := workspace.ParseOrganisation("organisation.yaml", b.Bytes()); err != nil {
		return err
	}
	m.text = b.Bytes()
	return nil
}

// world is a server with a clock.
type world struct {
	t   *testing.T
	doc *memory
	now time.Time
	h   http.Handler
}

func newWorld(t *testing.T, document string) *world {
	t.Helper()
	w := &world{t: t, doc: &memory{[]byte(document)}, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	var err error
	if w.h, err = New(w.doc, func() time.Time { return w.now }); err != nil {
		t.Fatal(err)
	}
	return w
}

// do asks the server and returns its answer; a status other than the one that is wanted fails.
func (w *world) do(status int, method, path, body string) map[string]any {
	w.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, req)
	if rec.Code != status {
		w.t.Fatalf("%s %s: status %d, want %d\n%s\n%s", method, path, rec.Code, status, body, rec.Body)
	}
	var out map[string]any
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			w.t.Fatalf("%v: %s", err, rec.Body)
		}
	}
	return out
}

func (w *world) patch(status int, path, operations string) map[string]any {
	w.t.Helper()
	return w.do(status, "PATCH", path, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operations+`]}`)
}

// person is one of the document as a line.
func (w *world) person(id string) string {
	w.t.Helper()
	o, err := w.doc.Read(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, line := range strings.Split(string(w.doc.text), "\n") {
		if strings.HasPrefix(line, "  - {id: "+id+",") || strings.HasPrefix(line, "  - {id: "+id+"}") {
			return strings.TrimSpace(strings.TrimPrefix(line, "  - "))
		}
	}
	if org.New(o).Employed(id, org.DayOf(w.now)) {
		w.t.Fatalf("%s is employed and not found:\n%s", id, w.doc.text)
	}
	return ""
}

func (w *world) isPerson(id, want string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.person(id)); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", id, diff)
	}
}

const company = `people:
  - {id: grace, name: Grace Hopper, emails: [grace@example.com], start: 2020-01-01, title: VPE, team: core, manager: none}
  - {id: ada, name: Ada King, emails: [ada@example.com, ada@old.example.com], title: Engineer, team: core, manager: grace, start: 2021-01-01}
  - {id: robot, start: 2021-01-01, manager: none}
teams:
  - {id: core, name: Core}
  - {id: web, name: Web}
  - {id: old, name: Old, until: 2022-12-31}
`

// TestLifeOfAUser is what a provider does to somebody from the first day to the last,
// day by day, and what the document says of it.
func TestLifeOfAUser(t *testing.T) {
	w := newWorld(t, company)
	made := w.do(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName":"Alan.Turing@example.com","displayName":"Alan Turing","title":"Engineer","active":true,"emails":[{"value":"alan@example.com","type":"work","primary":true}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"ada"},"department":"R&D"}}`)
	if made["id"] != "alan.turing" || made["userName"] != "Alan.Turing@example.com" || made["active"] != true {
		t.Fatalf("%v", made)
	}
	w.isPerson("alan.turing", `{id: alan.turing, name: Alan Turing, emails: [Alan.Turing@example.com, alan@example.com], title: Engineer, manager: ada, start: 2026-03-02}`)
	w.do(409, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ALAN.turing@example.com"}`)

	w.patch(200, "/Users/alan.turing", `{"op":"Replace","path":"title","value":"Senior engineer"}`) // on the first day: from the beginning
	w.isPerson("alan.turing", `{id: alan.turing, name: Alan Turing, emails: [Alan.Turing@example.com, alan@example.com], title: Senior engineer, manager: ada, start: 2026-03-02}`)

	w.now = w.now.AddDate(0, 1, 0)
	w.patch(200, "/Users/alan.turing", `{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"grace"},{"op":"Add","path":"title","value":"Lead"}`)
	w.patch(200, "/Users/alan.turing", `{"op":"Replace","path":"name.familyName","value":"Mathison"}`)
	want := `{id: alan.turing, name: Alan Mathison, emails: [Alan.Turing@example.com, alan@example.com], title: Senior engineer, manager: ada, start: 2026-03-02, changes: [{since: 2026-04-02, title: Lead, manager: grace}]}`
	w.isPerson("alan.turing", want)
	w.patch(200, "/Users/alan.turing", `{"op":"Replace","path":"title","value":"Lead"},{"op":"replace","path":"phoneNumbers[type eq \"work\"].value","value":"1"}`)
	w.isPerson("alan.turing", want) // says nothing new

	w.now = w.now.AddDate(0, 1, 0)
	got := w.patch(200, "/Users/alan.turing", `{"op":"Replace","path":"active","value":"False"}`)
	if got["active"] != false {
		t.Errorf("%v", got)
	}
	o, _ := w.doc.Read(t.Context())
	if org.New(o).Employed("alan.turing", org.DayOf(w.now)) || !org.New(o).Employed("alan.turing", org.DayOf(w.now)-1) {
		t.Error("who is not active is still employed, or was never")
	}
	w.patch(200, "/Users/alan.turing", `{"op":"replace","value":{"active":true}}`)
	w.isPerson("alan.turing", want)
	w.do(204, "DELETE", "/Users/alan.turing", "")
	if got := w.do(200, "GET", "/Users/alan.turing", ""); got["active"] != false {
		t.Errorf("%v", got)
	}
}

// TestComesBack: who was away for long has one more entry, and is the same user.
func TestComesBack(t *testing.T) {
	w := newWorld(t, company)
	w.do(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName":"alan@example.com","displayName":"Alan Turing","title":"Engineer","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"ada"}}}`)
	w.do(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"joan@example.com"}`)
	w.now = w.now.AddDate(0, 1, 0)
	w.patch(200, "/Groups/core", `{"op":"add","path":"members","value":[{"value":"alan"}]}`)
	w.patch(200, "/Users/joan", `{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"alan"}`)
	w.patch(200, "/Users/alan", `{"op":"replace","path":"active","value":false}`)
	first := w.person("alan")
	w.do(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"alan@other.example.com"}`)
	w.isPerson("alan-2", `{id: alan-2, emails: [alan@other.example.com], start: 2026-04-02}`) // somebody else

	w.now = w.now.AddDate(0, 3, 0)
	if got := w.patch(200, "/Users/alan", `{"op":"replace","value":{"active":true,"displayName":"Alan M. Turing"}}`); got["id"] != "alan" || got["active"] != true || got["title"] != "Engineer" {
		t.Errorf("%v", got)
	}
	if w.person("alan") != first {
		t.Errorf("the time before was\n%s and is\n%s", first, w.person("alan"))
	}
	again := `{id: alan-3, name: Alan M. Turing, emails: [alan@example.com], title: Engineer, manager: ada, start: 2026-07-02`
	w.isPerson("alan-3", again+"}")
	w.patch(200, "/Groups/core", `{"op":"add","path":"members","value":[{"value":"alan"}]}`)
	w.patch(200, "/Users/joan", `{"op":"replace","path":"title","value":"Engineer"},{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"ada"}`)
	w.patch(200, "/Users/joan", `{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"alan"}`)
	w.isPerson("alan-3", strings.Replace(again, "manager", "team: core, manager", 1)+"}")
	if got := w.person("joan"); !strings.Contains(got, "manager: alan-3") {
		t.Errorf("reports to who has left: %s", got)
	}
	if got := w.do(200, "GET", "/Users/joan", ""); fmt.Sprint(got[enterprise]) != "map[manager:map[value:alan]]" {
		t.Errorf("%v", got)
	}
	if got := w.do(200, "GET", `/Users?filter=userName%20eq%20%22alan@example.com%22`, ""); got["totalResults"] != 1.0 {
		t.Errorf("%v", got)
	}
	if got := fmt.Sprint(w.do(200, "GET", "/Groups/core", "")["members"]); !strings.Contains(got, "value:alan]") || strings.Contains(got, "alan-3") {
		t.Errorf("%v", got)
	}
	w.do(404, "GET", "/Users/alan-3", "")
	w.do(204, "DELETE", "/Users/alan", "") // on the first day: was not back
	if got := w.do(200, "GET", "/Users/alan", ""); got["active"] != false || w.person("alan") != first {
		t.Errorf("%v", got)
	}
}

// TestOddChanges are the ways in which providers write the same change.
func TestOddChanges(t *testing.T) {
	for name, c := range map[string]struct{ operations, want string }{
		"as the protocol has it":     {`{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value","value":"grace"}`, "manager: grace"},
		"a manager as an object":     {`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"grace"}}`, "manager: grace"},
		"without a path":             {`{"op":"Add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager":"grace"}}`, "manager: grace"},
		"in an object of its own":    {`{"op":"Add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"grace"}}}}`, "manager: grace"},
		"with dots and no path":      {`{"op":"Replace","value":{"name.givenName":"Alan","name.familyName":"M.","title":"Chief"}}`, `name: Alan M.`},
		"removed":                    {`{"op":"Remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"}`, "manager: none"},
		"active as text":             {`{"op":"Replace","path":"active","value":"False"}`, "end: 2026-03-01"},
		"active as text, no path":    {`{"op":"Replace","value":{"active":"False"}}`, "end: 2026-03-01"},
		"an address by its type":     {`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"alan@new.example.com"}`, "alan@new.example.com"},
		"a new name to sign in with": {`{"op":"Replace","path":"userName","value":"am@example.com"}`, "emails: [am@example.com, alan@example.com]"},
		"a display name":             {`{"op":"replace","path":"displayName","value":"A. Turing"}`, `name: A. Turing`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, company+"")
			w.doc.text = []byte(strings.Replace(company, "teams:", "  - {id: alan, name: Alan Turing, emails: [alan@example.com], start: 2022-01-01, manager: ada}\nteams:", 1))
			w.patch(200, "/Users/alan", c.operations)
			if got := w.person("alan"); !strings.Contains(got, c.want) {
				t.Errorf("%s\nlacks %s", got, c.want)
			}
		})
	}
}

// TestReplaceUser: a whole user takes the place of what a provider knows, and of
// nothing else.
func TestReplaceUser(t *testing.T) {
	w := newWorld(t, company)
	w.do(200, "PUT", "/Users/ada", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com","name":{"givenName":"Ada","familyName":"Lovelace"}}`)
	w.isPerson("ada", `{id: ada, name: Ada Lovelace, emails: [ada@example.com, ada@old.example.com], title: Engineer, team: core, manager: grace, start: 2021-01-01, changes: [{since: 2026-03-02, manager: none}]}`)
}

func TestGroups(t *testing.T) {
	w := newWorld(t, company)
	teamOf := func(id string) string {
		o, err := w.doc.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s := org.New(o).At(org.DayOf(w.now))
		m, ok := s.Find(id)
		if !ok {
			t.Fatalf("%s is not there", id)
		}
		return s.Members[m].Job.Team
	}
	made := w.do(201, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team Payments","members":[{"value":"ada"}]}`)
	if made["id"] != "team-payments" || fmt.Sprint(made["members"]) != "[map[display:Ada King value:ada]]" || teamOf("ada") != "team-payments" {
		t.Fatalf("%v %s", made, teamOf("ada"))
	}
	w.do(409, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"team payments"}`)
	w.now = w.now.AddDate(0, 0, 7)
	for _, c := range []struct{ path, operations, ada, grace string }{
		{"web", `{"op":"Add","path":"members","value":[{"$ref":null,"value":"grace"},{"value":"ada"}]}`, "web", "web"},
		{"team-payments", `{"op":"Remove","path":"members","value":[{"value":"ada"}]}`, "web", "web"}, // is in another by now
		{"web", `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"ada"}]}`, "none", "web"},
		{"web", `{"op":"remove","path":"members[value eq \"grace\"]"}`, "none", "none"},
		{"core", `{"op":"replace","path":"members","value":[{"value":"ada"},{"value":"grace"}]}`, "core", "core"},
		{"core", `{"op":"replace","path":"members","value":[{"value":"ada"}]}`, "core", "none"},
		{"core", `{"op":"replace","value":{"displayName":"The core","members":[{"value":"grace"}]}}`, "none", "core"},
		{"core", `{"op":"Remove","path":"members"}`, "none", "none"},
		{"core", `{"op":"remove","path":"members","value":[{"value":"gone-long-ago"}]}`, "none", "none"},
	} {
		w.patch(200, "/Groups/"+c.path, c.operations)
		if teamOf("ada") != c.ada || teamOf("grace") != c.grace {
			t.Errorf("after %s of %s: ada in %s, grace in %s; want %s and %s", c.operations, c.path, teamOf("ada"), teamOf("grace"), c.ada, c.grace)
		}
	}
	if got := w.do(200, "GET", "/Groups/core", ""); got["displayName"] != "The core" {
		t.Errorf("%v", got)
	}
	w.patch(400, "/Groups/core", `{"op":"add","path":"members","value":[{"value":"nobody-known"}]}`)
	w.do(204, "DELETE", "/Groups/core", "")
	w.do(404, "GET", "/Groups/core", "")
	w.do(404, "GET", "/Groups/old", "")
	w.do(404, "DELETE", "/Groups/old", "")
	o, _ := w.doc.Read(t.Context())
	for _, f := range org.New(o).Check(org.DayOf(w.now)) {
		if f.Kind != "no_manager" {
			t.Errorf("%s: %s", f.Kind, f.Text)
		}
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t, company)
	ids := func(path string) string {
		var out []string
		list := w.do(200, "GET", path, "")
		for _, r := range list["Resources"].([]any) {
			out = append(out, r.(map[string]any)["id"].(string))
		}
		return fmt.Sprint(list["totalResults"], " ", strings.Join(out, " "))
	}
	filter := func(f string) string { return "/Users?filter=" + url.QueryEscape(f) }
	for path, want := range map[string]string{
		"/Users":                                    "2 grace ada",
		"/Users?startIndex=2&count=1":               "2 ada",
		"/Users?count=0":                            "2 ",
		"/Users?startIndex=9":                       "2 ",
		filter(`userName eq "ADA@example.com"`):     "1 ada",
		filter(`userName eq "nobody@example.com"`):  "0 ",
		filter(`active eq true`):                    "2 grace ada",
		filter(`title eq "VPE" and active eq true`): "1 grace",
		filter(`id eq "ada"`):                       "1 ada",
		"/Groups":                                   "2 core web",
		"/Groups?filter=" + url.QueryEscape(`displayName eq "Core"`): "1 core",
	} {
		if got := ids(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	w.do(400, "GET", filter(`userName eq`), "")
	for _, path := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"} {
		w.do(200, "GET", path, "")
	}
}

// TestRefused: what the document could not hold is refused, and it stays as it is.
func TestRefused(t *testing.T) {
	w := newWorld(t, company)
	const user = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],`
	for _, c := range []struct {
		status       int
		method, path string
		body         string
	}{
		{400, "POST", "/Users", "{"},
		{400, "POST", "/Users", "[]"},
		{400, "POST", "/Users", user + `"displayName":"x"}`},
		{400, "POST", "/Users", user + `"userName":"no-address"}`},
		{400, "POST", "/Users", user + `"userName":"a b@example.com"}`},
		{400, "POST", "/Users", user + `"userName":"x@example.com","active":"maybe"}`},
		{400, "POST", "/Users", user + `"userName":"x@example.com","active":false}`},
		{400, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"x@example.com","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"who"}}}`},
		{413, "POST", "/Users", user + `"userName":"` + strings.Repeat("x", maxBody) + `@example.com"}`},
		{404, "PUT", "/Users/who", user + `"userName":"x@example.com"}`},
		{404, "GET", "/Users/who", ""},
		{404, "DELETE", "/Users/who", ""},
		{400, "PATCH", "/Users/ada", `{"Operations":[]}`},
		{400, "PATCH", "/Users/ada", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"become","path":"title","value":"x"}]}`},
		{400, "PATCH", "/Users/ada", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"ada"}]}`},
		{409, "PATCH", "/Users/ada", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"userName","value":"grace@example.com"}]}`},
		{400, "PATCH", "/Groups/core", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":" "}]}`},
	} {
		w.do(c.status, c.method, c.path, c.body)
		if string(w.doc.text) != company {
			t.Fatalf("%s %s %.100s changed the document:\n%s", c.method, c.path, c.body, w.doc.text)
		}
	}
}

// TestOneDay: who comes and goes on one day was never here.
func TestOneDay(t *testing.T) {
	w := newWorld(t, company)
	w.do(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com"}`)
	w.do(204, "DELETE", "/Users/x", "")
	w.do(404, "GET", "/Users/x", "")
}

// FuzzBody: whatever is sent, the answer is one of the protocol, and the document can
// be read.
func FuzzBody(f *testing.F) {
	f.Add("PATCH", "/Users/ada", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"x@y"}]}`)
	f.Add("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com","name":{"familyName":"x"}}`)
	f.Add("PATCH", "/Groups/core", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Remove","path":"members","value":[{"value":"ada"}]}]}`)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		if method != "PATCH" && method != "POST" && method != "PUT" || !strings.HasPrefix(path, "/Users") && !strings.HasPrefix(path, "/Groups") {
			t.Skip()
		}
		u, err := url.ParseRequestURI(path)
		if err != nil {
			t.Skip()
		}
		w := newWorld(t, company)
		req := httptest.NewRequest(method, "/Users", strings.NewReader(body))
		req.URL = u
		rec := httptest.NewRecorder()
		w.h.ServeHTTP(rec, req)
		if rec.Code >= 500 {
			t.Errorf("status %d: %s", rec.Code, rec.Body)
		}
		if _, err := w.doc.Read(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
