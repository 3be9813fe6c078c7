package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"html"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// roomsOf are all addresses that show something of the company or of oneself.
func (s *site) roomsOf() (out []string) {
	for _, r := range s.server.Routes() {
		method, path := address(r.Pattern)
		if method == "GET" && (r.Access.Self || r.Access.Action == access.See) && r.Pattern != "GET /{$}" && path != "/metrics" {
			out = append(out, path)
		}
	}
	return append(out, "/")
}

func TestProtection(t *testing.T) {
	s := newSite(t, "text")
	for _, path := range append(s.roomsOf(), "/enter", "/healthz", "/nothing") {
		_, h, _ := s.ask("GET", path, "all", "", "")
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
	for _, weak := range []string{"unsafe", "http:", "*"} {
		if strings.Contains(policy, weak) {
			t.Errorf("the policy says %s", weak)
		}
	}
	for _, must := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, must) {
			t.Errorf("the policy does not say %s", must)
		}
	}
}

func TestOtherSitesChangeNothing(t *testing.T) {
	s := newSite(t, "text")
	for _, r := range s.server.Routes() {
		method, path := address(r.Pattern)
		if method != "POST" {
			continue
		}
		for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://elsewhere.example"}} {
			status, _, _ := s.ask(method, path, "all", "", "role=cto&name=x&do=roles", func(r *http.Request) { r.Header.Set(header[0], header[1]) })
			if status != http.StatusForbidden {
				t.Errorf("%s with %s %s: status %d", r.Pattern, header[0], header[1], status)
			}
		}
	}
	if len(s.company.wrote)+len(s.gate.did) > 0 {
		t.Errorf("changed: %q %q", s.company.wrote, s.gate.did)
	}
}

func TestSignInGivesANewCookieAndLeavingEndsIt(t *testing.T) {
	s := newSite(t, "text")
	status, h, _ := s.ask("POST", "/enter", "old", "", "name=vpe&password=good&to=//elsewhere.example")
	cookie := h.Get("Set-Cookie")
	if status != http.StatusSeeOther || h.Get("Location") != "/" {
		t.Errorf("status %d, to %s", status, h.Get("Location"))
	}
	for _, must := range []string{"diarchy=vpe", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, must) {
			t.Errorf("the cookie %q has no %s", cookie, must)
		}
	}
	status, h, text := s.ask("POST", "/enter", "", "", "name=vpe&password=bad")
	if status != http.StatusForbidden || h.Get("Set-Cookie") != "" || !strings.Contains(text, "Name, password or code is wrong") {
		t.Errorf("a wrong password: status %d, cookie %q", status, h.Get("Set-Cookie"))
	}
	_, h, _ = s.ask("POST", "/leave", "vpe", "", "")
	if !strings.Contains(h.Get("Set-Cookie"), "Max-Age=0") || len(s.gate.did) != 1 {
		t.Errorf("leaving: cookie %q, did %q", h.Get("Set-Cookie"), s.gate.did)
	}
	secure := &Server{secure: true}
	if c := secure.cookie("diarchy", "x", sessionAge); c.Name != "__Host-diarchy" || !c.Secure || c.Domain != "" || c.Path != "/" {
		t.Errorf("over TLS the cookie is %+v", c)
	}
}

// TestLinksAtTheDoor: the link of the first start and an invitation each ask for what they need. One
// that has ended and one that there never was get the same answer, which asks for no account.
func TestLinksAtTheDoor(t *testing.T) {
	s := newSite(t, "text")
	for link, must := range map[string]string{"first": `action="/enter/first"`, "invitation": "Welcome, grace"} {
		if _, _, text := s.ask("GET", "/enter?link="+link, "", "", ""); !strings.Contains(text, must) || strings.Contains(text, "has expired") {
			t.Errorf("%s: the page does not say %s\n%s", link, must, text)
		}
	}
	_, _, text := s.ask("GET", "/enter?link=ended", "", "", "")
	if !strings.Contains(text, "has expired or was used") || !strings.Contains(text, `action="/enter"`) || strings.Contains(text, "/enter/first") {
		t.Errorf("a link that has ended\n%s", text)
	}
	_, _, text = s.ask("POST", "/enter/first", "", "", "link=ended&name=eve&password=x&role=vpe")
	if !strings.Contains(text, "has expired or was used") || strings.Contains(text, "/enter/first") {
		t.Errorf("what makes the first account with it\n%s", text)
	}
	s.gate.refuses = problem.New(problem.Usage, "", "the password is too short")
	_, _, text = s.ask("POST", "/enter/first", "", "", "link=first&name=ada&password=x&role=vpe")
	if !strings.Contains(text, `value="ada"`) || !strings.Contains(text, `value="vpe" selected`) || !strings.Contains(text, "The password is too short.") {
		t.Errorf("a refused password loses what was typed\n%s", text)
	}
}

func TestOnlyAddressesOfThisSiteAreGoneTo(t *testing.T) {
	for address, want := range map[string]string{"/vpe?as_of=2026-01-01": "/vpe?as_of=2026-01-01", "//x.example": "/", "https://x.example": "/", "/\\x.example": "/", "": "/", "/\tx": "/", "vpe": "/"} {
		if got := local(address); got != want {
			t.Errorf("%q goes to %q, want %q", address, got, want)
		}
	}
}

func TestSignsOnlyForTheOwnRole(t *testing.T) {
	s := newSite(t, "text")
	if status, _, _ := s.ask("POST", "/agreement/sign", "vpe", "", "role=cto&name=x&hash=text"); status != http.StatusBadRequest {
		t.Errorf("a VPE signs for the CTO: status %d", status)
	}
	if status, _, _ := s.ask("POST", "/agreement/sign", "vpe", "", "role=vpe&name=x&hash=text"); status != http.StatusSeeOther {
		t.Errorf("a VPE cannot sign: status %d", status)
	}
	if strings.Join(s.company.wrote, ";") != "sign vpe" {
		t.Errorf("wrote %q", s.company.wrote)
	}
}

func TestEveryRoomInEveryForm(t *testing.T) {
	s := newSite(t, "=1+1|'x") // a formula in every cell
	for _, path := range s.roomsOf() {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		for _, format := range []string{"csv", "xlsx", "json", "md"} {
			status, h, text := s.ask("GET", path+mark+"format="+format, "all", "", "")
			if status != http.StatusOK || !strings.Contains(h.Get("Content-Disposition"), "."+format) {
				t.Errorf("%s as %s: status %d, %s", path, format, status, h.Get("Content-Disposition"))
				continue
			}
			checkForm(t, path, format, text)
		}
	}
}

func checkForm(t *testing.T, path, format, text string) {
	t.Helper()
	switch format {
	case "json":
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("%s: no JSON: %v", path, err)
		}
		if holdsNothing(v) {
			t.Errorf("%s: nothing is in %s", path, text)
		}
		checkKeys(t, path, v)
	case "md":
		if !strings.HasPrefix(text, "# ") {
			t.Errorf("%s: Markdown begins with %.40q", path, text)
		}
	case "csv":
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		for {
			row, err := r.Read()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Errorf("%s: %v", path, err)
				return
			}
			checkInert(t, path, row)
		}
	case "xlsx":
		f, err := excelize.OpenReader(bytes.NewReader([]byte(text)))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			for _, row := range rows {
				checkInert(t, path, row)
			}
		}
	}
}

// holdsNothing tells whether a JSON value is null, an empty text, or only made of such.
func holdsNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return !slices.ContainsFunc(v, func(one any) bool { return !holdsNothing(one) })
	case map[string]any:
		return !slices.ContainsFunc(slices.Collect(maps.Values(v)), func(one any) bool { return !holdsNothing(one) })
	}
	return false
}

// checkKeys finds keys that are names of Go's: all of JSON's are lower-case.
func checkKeys(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			checkKeys(t, path, one)
		}
	case map[string]any:
		for name, one := range v {
			if name != strings.ToLower(name) {
				t.Errorf("%s: a key is %q", path, name)
			}
			checkKeys(t, path, one)
		}
	}
}

func checkInert(t *testing.T, path string, row []string) {
	t.Helper()
	for _, c := range row {
		if c != "" && strings.ContainsRune("=+-@\t\r|%", rune(c[0])) && !report.PlainNumber(c) {
			t.Errorf("%s: a spreadsheet would work out %q", path, c)
		}
	}
}

func TestAddressesHoldTheirState(t *testing.T) {
	s := newSite(t, "red")
	_, _, text := s.ask("GET", "/vpe?scope=team:red&as_of=2026-03-01&period=year", "vpe", "", "")
	for _, must := range []string{"/cto?as_of=2026-03-01&amp;period=year&amp;scope=team%3Ared", `value="2026-03-01"`, `value="year" selected`} {
		if !strings.Contains(text, must) {
			t.Errorf("the page does not hold %s", must)
		}
	}
	for path, musts := range map[string][]string{
		"/forecast?items=40&work=a%3D4&done=asked&scope=team:red": {`<input type="hidden" name="items" value="40"><input type="hidden" name="work" value="a=4">` + "\n<label>Part"},
		"/forecast?as_of=2026-03-01":                              {`placeholder="Search"></label><input type="hidden" name="as_of" value="2026-03-01">`, `href="/help?as_of=2026-03-01"`, `href="/account?as_of=2026-03-01"`},
		"/search?q=debt&as_of=2026-03-01":                         {`<input type="hidden" name="q" value="debt">` + "\n<span>Part"},
		"/playbook?group=costs":                                   {`<input type="hidden" name="group" value="costs">` + "\n<span>Part"},
		"/agreement/decide?kind=red&reach=team":                   {`<input type="hidden" name="kind" value="red"><input type="hidden" name="reach" value="team">` + "\n<span>Part"},
	} {
		_, _, text := s.ask("GET", path, "vpe", "", "")
		for _, must := range musts {
			if !strings.Contains(text, must) {
				t.Errorf("%s does not hold %s", path, must)
			}
		}
	}
	for path, want := range map[string]int{"/?as_of=yesterday": 400, "/?period=century": 400, "/?format=exe": 400} {
		if status, _, _ := s.ask("GET", path, "vpe", "", ""); status != want {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

// What is sent comes back to the place from which it was sent.
func TestFormsHoldTheirPlace(t *testing.T) {
	s := newSite(t, "red")
	const place = "as_of=2026-03-01&scope=team%3Ared"
	action := regexp.MustCompile(`method="post" action="([^"]*)"`)
	forms := 0
	for _, path := range s.roomsOf() {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		_, _, text := s.ask("GET", path+mark+place, "all", "", "")
		for _, found := range action.FindAllStringSubmatch(text, -1) {
			if found[1] == "/leave" || found[1] == "/theme" { // which leave the place, or hold all of the address
				continue
			}
			if forms++; !strings.Contains(html.UnescapeString(found[1]), "?"+place) {
				t.Errorf("%s: a form leads to %s", path, found[1])
			}
		}
	}
	if forms < 15 {
		t.Errorf("%d forms were seen", forms)
	}
	for path, sent := range map[string]string{"/data/refresh": "", "/data/pause": "", "/agreement/agenda": "point=x&outcome=y", "/agreement/sign": "role=vpe"} {
		_, h, _ := s.ask("POST", path+"?"+place, "vpe", "", sent)
		if to := h.Get("Location"); !strings.Contains(to, "as_of=2026-03-01") || !strings.Contains(to, "scope=team%3Ared") {
			t.Errorf("%s leads back to %q", path, to)
		}
	}
}

// A question is asked of the agreement by whoever may see it, found or not found.
func TestSearchLeadsToWhoDecides(t *testing.T) {
	s := newSite(t, "text")
	const ask, to = "Ask who decides: who decides this", `href="/agreement/decide?as_of=2026-03-01&q=who+decides+this"`
	for viewer, want := range map[string]bool{"member": true, "cto": true, "administrator": false} {
		_, _, text := s.ask("GET", "/search?q=who+decides+this&as_of=2026-03-01", viewer, "", "")
		text = html.UnescapeString(text)
		if strings.Contains(text, ask) != want || strings.Contains(text, to) != want || !strings.Contains(text, "Nothing was found for who decides this") {
			t.Errorf("%s is led to the question: %v, want %v", viewer, !want, want)
		}
	}
	if _, _, text := s.ask("GET", "/search?q=text", "cto", "", ""); !strings.Contains(text, "Found for text") || !strings.Contains(text, "Ask who decides: text") {
		t.Error("beside what is found, nobody is led to the question")
	}
}

func TestSearchAsJSONHoldsWhatIsFound(t *testing.T) {
	s := newSite(t, "text")
	_, _, text := s.ask("GET", "/search?q=text&format=json", "all", "", "")
	var got searched
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, h := range got.Found {
		kinds[h.Kind] = true
		if h.Title == "" || !strings.HasPrefix(h.Address, "/") {
			t.Errorf("found %+v", h)
		}
	}
	if want := []string{"findings", "numbers", "playbook", "question", "records", "rights"}; !slices.Equal(slices.Sorted(maps.Keys(kinds)), want) {
		t.Errorf("of %q, found kinds %v, want %v", got.Q, slices.Sorted(maps.Keys(kinds)), want)
	}
}

// suppliedBy is the command by which a room that is empty becomes full.
var suppliedBy = map[string]string{
	"/organisation": "diarchy org import PEOPLE.csv", "/organisation/people": "diarchy org import PEOPLE.csv", "/organisation/plans": "diarchy org import PEOPLE.csv",
	"/decisions": `diarchy decision new "TITLE"`, "/agreement/drift": `diarchy decision new "TITLE"`, "/agreement/versions": "git init && git add agreement.yaml && git commit -m 'Agreement as drafted'",
	"/forecast?items=40": "git fetch --unshallow\ndiarchy forecast --scope company", "/metrics/throughput": "git fetch", "/delivery": "git fetch", "/data": "sources:\n  - {git: PATH}",
}

// neverEmpty are rooms that hold something whatever is known: rules and figures, a proposal,
// accounts, a list of what is not known; and what is there or not there as a whole.
var neverEmpty = []string{
	"/", "/vpe", "/cto", "/numbers", "/explain/verdict", "/playbook", "/agreement", "/agreement/decide", "/agreement/agenda", "/decisions/record?id=1", "/organisation/plan?file=plan",
	"/account", "/administration", "/administration/audit", "/search?q=debt", "/help", "/scim/v2/Users",
}

// TestVersionsToCome: where a repository keeps the workspace, no other one is made.
func TestVersionsToCome(t *testing.T) {
	s := newSite(t, "")
	s.company.kept = true
	if _, _, text := s.ask("GET", "/agreement/versions", "cto", "", ""); strings.Contains(text, "git init") || !strings.Contains(text, "git add agreement.yaml") {
		t.Errorf("the page says\n%s", text)
	}
}

// A room in which nothing is says why, what is needed, the command for it and how long
// that takes.
func TestEmptyRooms(t *testing.T) {
	s := newSite(t, "")
	said := regexp.MustCompile(`<div class="empty">\s*<p>([^<]*)</p>\s*(?:<pre><code>([^<]*)</code></pre>)?\s*(?:<p class="quiet">([^<]*)</p>)?\s*</div>`)
	for _, path := range s.roomsOf() {
		status, _, text := s.ask("GET", path, "all", "", "")
		if want := map[bool]int{true: http.StatusNotFound, false: http.StatusOK}[path == "/organisation/plan?file=plan"]; status != want {
			t.Errorf("%s of nothing: status %d, want %d", path, status, want)
		}
		command, empties := suppliedBy[path]
		if empties == slices.Contains(neverEmpty, path) {
			t.Errorf("%s: nobody has said whether it can be empty", path)
		}
		all := said.FindAllStringSubmatch(text, -1)
		if n := strings.Count(text, `class="empty"`); n != len(all) || empties && n == 0 {
			t.Errorf("%s says %d times that nothing is there, of which %d can be read", path, n, len(all))
		}
		for _, m := range all {
			if sentences := strings.TrimSpace(m[1]); !regexp.MustCompile(`[.] .*[.:]$`).MatchString(sentences) || html.UnescapeString(m[2]) != command || !strings.HasSuffix(m[3], ".") {
				t.Errorf("%s says %q, then %q, want %q, and takes %q", path, sentences, html.UnescapeString(m[2]), command, m[3])
			}
		}
	}
}

func TestNoOrganisationAsJSON(t *testing.T) {
	s := newSite(t, "")
	for _, path := range []string{"/organisation", "/organisation/people", "/organisation/plans"} {
		_, _, text := s.ask("GET", path+"?format=json", "all", "", "")
		var got struct {
			Headline string `json:"headline"`
			Empty    []struct{ Why, Needs, Command, Takes string }
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Headline == "" || len(got.Empty) != 1 || got.Empty[0].Command != "diarchy org import PEOPLE.csv" {
			t.Errorf("%s: %v, %s", path, err, text)
		}
	}
}

// Of what only time supplies there is no command.
func TestRefusalThatTimeEnds(t *testing.T) {
	e := refusal(cockpit.ForecastRefusal{Why: "the pace changed", Missing: "6 weeks since then are needed"})
	if want := (empty{"The pace changed.", "6 weeks since then are needed.", "", "Only time supplies it: each complete week adds one that counts."}); *e != want {
		t.Errorf("says %+v, want %+v", *e, want)
	}
}

func TestFilesAreKeptForEver(t *testing.T) {
	s := newSite(t, "text")
	for _, f := range []file{s.server.files.style, s.server.files.keys, s.server.files.charts} {
		if f.name == "" {
			continue // not built
		}
		status, h, _ := s.ask("GET", f.address(), "", "", "")
		if status != http.StatusOK || !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: status %d, %s", f.name, status, h.Get("Cache-Control"))
		}
	}
}

// A balancer sends nobody to a server that cannot read accounts; one that is alive is so.
func TestNotReadyWithoutAccounts(t *testing.T) {
	s := newSite(t, "text")
	if status, _, body := s.ask("GET", "/readyz", "", "", ""); status != http.StatusOK {
		t.Errorf("ready: %d %s", status, body)
	}
	s.gate.down = errors.New("the connection is lost")
	if status, _, body := s.ask("GET", "/readyz", "", "", ""); status != http.StatusServiceUnavailable || !strings.Contains(body, "accounts") || strings.Contains(body, "connection") {
		t.Errorf("without accounts: %d %s", status, body)
	}
	if status, _, _ := s.ask("GET", "/healthz", "", "", ""); status != http.StatusOK {
		t.Errorf("alive: %d", status)
	}
}

// TestErrorsKeepThePlace: from the page of an error one goes back to the Brief of the part and
// day that were looked at.
func TestErrorsKeepThePlace(t *testing.T) {
	s := newSite(t, "text")
	for _, tt := range []struct{ method, path, home string }{
		{"GET", "/metrics?scope=team%3Ared&as_of=2026-01-02", "/?as_of=2026-01-02&scope=team%3Ared"},
		{"POST", "/administration/accounts?scope=team%3Ared&period=year", "/?period=year&scope=team%3Ared"},
		{"POST", "/administration/accounts", "/"},
		{"GET", "/vpe?as_of=yesterday&scope=team%3Ared", "/"},
	} {
		_, _, text := s.ask(tt.method, tt.path, "member", "", "")
		if want := `<a href="` + html.EscapeString(tt.home) + `">Back to the Brief</a>`; !strings.Contains(text, want) {
			t.Errorf("%s %s: no %s", tt.method, tt.path, want)
		}
	}
}
