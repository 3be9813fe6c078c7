package web

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
)

// expected says what every route is for: who may come, and whether a program may. A route
// that is not here fails the test.
var expected = map[string]struct {
	who    string // open, signed in, or kinds of right below
	person bool   // no token
}{
	"GET /healthz": {"open", false}, "GET /readyz": {"open", false}, "GET /assets/{file}": {"open", false},
	"GET /enter": {"open", false}, "POST /enter": {"open", false}, "POST /enter/first": {"open", false}, "POST /enter/accept": {"open", false}, "GET /enter/with": {"open", false}, "GET /enter/back": {"open", false},
	"POST /theme": {"open", false},
	"POST /leave": {"signed in", true}, "GET /account": {"signed in", true}, "POST /account/password": {"signed in", true}, "POST /account/code": {"signed in", true}, "POST /account/code/confirm": {"signed in", true},
	"POST /account/code/remove": {"signed in", true}, "POST /account/sessions": {"signed in", true}, "POST /account/tokens": {"signed in", true}, "POST /account/tokens/revoke": {"signed in", true},
	"GET /help": {"signed in", true}, "GET /search": {"signed in", true},
	"GET /{$}": {"read:diagnosis", false}, "GET /vpe": {"read:diagnosis", false}, "GET /cto": {"read:diagnosis", false}, "GET /explain/{what}": {"read:diagnosis", false},
	"GET /numbers": {"part:delivery", false}, "GET /delivery": {"part:delivery", false}, "GET /forecast": {"part:forecast", false}, "GET /metrics/{name}": {"part:delivery", false},
	"GET /agreement": {"read:agreement", false}, "GET /agreement/decide": {"read:agreement", false}, "GET /agreement/drift": {"read:agreement", false}, "GET /agreement/versions": {"read:agreement", false}, "GET /agreement/agenda": {"read:agreement", false},
	"POST /agreement/draft": {"write:agreement", false}, "POST /agreement/sign": {"write:agreement", true}, "POST /agreement/agenda": {"write:agreement", false},
	"GET /organisation": {"part:organisation", false}, "GET /organisation/people": {"part:organisation", false},
	"GET /organisation/plans": {"read:organisation", false}, "POST /organisation/plans": {"write:organisation", false}, "GET /organisation/plan": {"read:organisation", false}, "POST /organisation/plan": {"write:organisation", false},
	"GET /decisions": {"read:decisions", false}, "GET /decisions/record": {"read:decisions", false},
	"GET /metrics": {"read:data", false}, "GET /data": {"read:data", false}, "POST /data/refresh": {"write:data", false}, "POST /data/pause": {"write:data", false}, "POST /data/resume": {"write:data", false}, "POST /data/join": {"write:people", false},
	"GET /playbook":          {"read:playbook", false},
	"GET /scim/v2/{path...}": {"write:people", false}, "POST /scim/v2/{path...}": {"write:people", false}, "PUT /scim/v2/{path...}": {"write:people", false}, "PATCH /scim/v2/{path...}": {"write:people", false}, "DELETE /scim/v2/{path...}": {"write:people", false},
	"GET /administration": {"read:administration", true}, "GET /administration/audit": {"read:audit", true}, "POST /administration/accounts": {"write:administration", true}, "POST /administration/accounts/change": {"write:administration", true},
}

// rights are who has which right, written down apart from the code that decides.
var rights = map[string]string{
	"read:diagnosis": "cto vpe executive", "part:delivery": "cto vpe member manager", "part:forecast": "cto vpe member manager", "read:agreement": "cto vpe executive manager member", "write:agreement": "cto vpe",
	"part:organisation": "cto vpe executive manager member", "read:organisation": "cto vpe executive member", "write:organisation": "cto vpe", "read:decisions": "cto vpe manager member",
	"read:data": "administrator cto vpe", "write:data": "administrator cto vpe", "write:people": "vpe", "read:playbook": "cto vpe executive manager member",
	"read:administration": "administrator", "read:audit": "administrator", "write:administration": "administrator",
}

// TestEveryRouteForEveryPersona walks every route as everybody, with sessions and with
// tokens of every grant (T1).
func TestEveryRouteForEveryPersona(t *testing.T) {
	s := newSite(t, "text")
	for _, r := range s.server.Routes() {
		want, ok := expected[r.Pattern]
		if !ok {
			t.Errorf("%s: nobody has said who may come", r.Pattern)
			continue
		}
		s.checkNobody(r.Pattern, want.who)
		for _, role := range access.Roles() {
			may := want.who == "open" || want.who == "signed in" || slices.Contains(strings.Fields(rights[want.who]), string(role))
			s.checkCall(r.Pattern, string(role), "", may)
			for _, grant := range append(access.Grants(), "") {
				name := "token of " + string(role)
				s.gate.viewers[name] = tokenOf(s.gate.viewers[string(role)], grant)
				granted := string(grant) == strings.Replace(want.who, "part:", "read:", 1)
				s.checkCall(r.Pattern, "", name, want.who == "open" || may && granted && !want.person)
			}
		}
	}
	for pattern := range expected {
		if !slices.ContainsFunc(s.server.Routes(), func(r Route) bool { return r.Pattern == pattern }) {
			t.Errorf("%s: there is no such route", pattern)
		}
	}
}

func tokenOf(v access.Viewer, g access.Grant) access.Viewer {
	v.Token = true
	if g != "" {
		v.Grants = []access.Grant{g}
	}
	return v
}

// checkNobody asks without a session: what is not open sends to the door, or refuses.
func (s *site) checkNobody(pattern, who string) {
	s.t.Helper()
	method, path := address(pattern)
	status, header, _ := s.ask(method, path, "", "", "")
	let := status != http.StatusUnauthorized && !strings.HasPrefix(header.Get("Location"), "/enter?to=")
	if let != (who == "open") {
		s.t.Errorf("%s, nobody: status %d", pattern, status)
	}
}

// checkCall asks as somebody. Who may not come gets the answer to what is not there.
func (s *site) checkCall(pattern, session, token string, may bool) {
	s.t.Helper()
	method, path := address(pattern)
	status, header, text := s.ask(method, path, session, token, "")
	hidden := status == http.StatusNotFound && strings.Contains(text, errHidden.Error()) || status == http.StatusUnauthorized
	if pattern == "GET /{$}" && status == http.StatusSeeOther { // home is another room for some
		hidden = header.Get("Location") != ""
	}
	if hidden == may {
		s.t.Errorf("%s as %s%s: status %d, wanted to come in: %v", pattern, session, token, status, may)
	}
}

func TestManagersSeeTheirPart(t *testing.T) {
	s := newSite(t, "red")
	for path, want := range map[string]int{"/numbers?scope=team:red": 200, "/numbers?scope=team:blue": 404, "/numbers?scope=group:red": 404, "/metrics/throughput?scope=team:red": 200, "/metrics/throughput?scope=team:blue": 404} {
		if status, _, _ := s.ask("GET", path, "manager", "", ""); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
	s.company.others = []string{"group:shop", "repository:till", "team:blue"}
	for _, path := range []string{"/numbers", "/delivery", "/forecast?items=40", "/metrics/throughput", "/organisation", "/help"} {
		status, header, text := s.ask("GET", path, "manager", "", "")
		if own := header.Get("Location"); strings.HasPrefix(path, "/organisation") || path == "/help" {
			if status != http.StatusOK || strings.Contains(text, "What if") {
				t.Errorf("%s: status %d, or what is not for a manager", path, status)
			}
		} else if name, _, _ := strings.Cut(path, "?"); status != http.StatusSeeOther || !strings.HasPrefix(own, name+"?") || !strings.Contains(own, "scope=team%3Ared") || strings.Contains(path, "items") != strings.Contains(own, "items=40") {
			t.Errorf("%s of the whole company: status %d, led to %q", path, status, own)
		} else if status, _, text = s.ask("GET", own, "manager", "", ""); status != http.StatusOK {
			t.Errorf("%s: status %d", own, status)
		}
		for _, other := range []string{"blue", "till", "shop"} {
			if strings.Contains(text, other) {
				t.Errorf("%s names %s to a manager of red", path, other)
			}
		}
		for _, all := range []string{"cto", "member"} {
			if status, _, text := s.ask("GET", path, all, "", ""); status != http.StatusOK || path != "/help" && path != "/organisation" && !strings.Contains(text, "team blue") {
				t.Errorf("%s as %s: status %d, or no choice of parts", path, all, status)
			}
		}
	}
	if status, _, _ := s.ask("GET", "/numbers?scope=team:of_diarchy_yaml_alone", "cto", "", ""); status != http.StatusOK {
		t.Errorf("a team that the organisation does not know, as a CTO: status %d", status)
	}
	for path, want := range map[string]int{"/numbers?scope=team:The+Red+Ones": 200, "/numbers?scope=team:The+Blue+Ones": 404} { // by name
		if status, _, _ := s.ask("GET", path, "manager", "", ""); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
	s.company.others = nil
	s.company.text = "blue" // nobody of the manager's
	_, _, text := s.ask("GET", "/organisation/people?format=md", "manager", "", "")
	if strings.Contains(text, "blue") {
		t.Errorf("a manager sees another team: %s", text)
	}
}

func TestWhatIsAboutPeopleIsLoggedAndHidden(t *testing.T) {
	s := newSite(t, "text")
	if s.ask("GET", "/vpe", "vpe", "", ""); len(s.gate.seen) != 1 {
		t.Errorf("seen: %q", s.gate.seen)
	}
	for i, path := range []string{"/data", "/numbers", "/delivery", "/metrics/joiners", "/explain/joiners"} {
		if status, _, _ := s.ask("GET", path, "vpe", "", ""); status != http.StatusOK || len(s.gate.seen) != 2+i {
			t.Errorf("%s: status %d, seen: %q", path, status, s.gate.seen)
		}
	}
	if status, _, _ := s.ask("GET", "/metrics/joiners?scope=team:red", "manager", "", ""); status != http.StatusOK || len(s.gate.seen) != 7 {
		t.Errorf("of the manager's own team: status %d, seen: %q", status, s.gate.seen)
	}
	s.gate.seen = nil
	for _, who := range []string{"cto", "executive", "member", "manager"} {
		for _, path := range []string{"/metrics/joiners", "/metrics/joiners?scope=team:blue", "/explain/joiners", "/explain/joiners?scope=team:red"} {
			if status, _, _ := s.ask("GET", path, who, "", ""); status == http.StatusOK {
				t.Errorf("%s sees %s", who, path)
			}
		}
	}
	if status, _, _ := s.ask("GET", "/explain/verdict", "executive", "", ""); status != http.StatusOK {
		t.Errorf("the verdict's chain: status %d", status)
	}
	for _, path := range []string{"/vpe", "/data", "/numbers"} {
		if _, _, text := s.ask("GET", path, "cto", "", ""); strings.Contains(text, "Whose commits") || strings.Contains(text, `id="people"`) {
			t.Errorf("%s: a CTO sees what the VPE has not agreed to share", path)
		}
	}
	if len(s.gate.seen) > 0 {
		t.Errorf("seen: %q", s.gate.seen)
	}
}

// TestLinksLeadSomewhere: whatever a page links to is there for whoever sees the page.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`href="(/[^"#]*)`)
	for _, role := range access.Roles() {
		s := newSite(t, "red")
		from := map[string]string{"/": "the beginning"}
		for next := []string{"/"}; len(next) > 0; next = next[1:] {
			status, header, text := s.ask("GET", next[0], string(role), "", "")
			found := link.FindAllStringSubmatch(text, -1)
			if status == http.StatusSeeOther {
				found = [][]string{{"", header.Get("Location")}}
			} else if status != http.StatusOK {
				t.Errorf("%s: %s links to %s: status %d", role, from[next[0]], next[0], status)
			}
			for _, m := range found {
				if to := html.UnescapeString(m[1]); from[to] == "" && len(from) < 2000 {
					from[to] = next[0]
					next = append(next, to)
				}
			}
		}
		if role != access.Roles()[0] && len(from) < 10 {
			t.Errorf("%s: only %d addresses were found", role, len(from))
		}
		t.Logf("%s: %d addresses", role, len(from))
	}
}
