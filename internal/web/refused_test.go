package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/problem"
)

// TestRefusedFormsAreShownAgain: with what was typed, and the reason beside the field, in words of
// the page.
func TestRefusedFormsAreShownAgain(t *testing.T) {
	number := problem.WrongInput("items", "such as 40", "%q is no number", "abc")
	cost := problem.WrongInput("cost", "write a number", "%q is no number", "much")
	taken := problem.New(problem.Usage, "take another name", "there is an account %q already", "bob")
	unknown := problem.New(problem.Missing, "diarchy org check shows the document", "%q is nobody", "nn")
	last := problem.New(problem.Usage, "make somebody else an administrator first", "%q is the last administrator", "ada")
	const invite, change = "/administration/accounts", "/administration/accounts/change"
	for _, c := range []struct {
		path, form string // without a form it is asked by the address
		refuses    error
		holds      []string
	}{
		{"/forecast?items=abc&growth=1/week", "", number, []string{"Nothing was forecast. Items that are left: &#34;abc&#34; is no number. Such as 40.", `value="abc" aria-invalid="true" autofocus`, `value="1/week"`}},
		{"/agreement/decide?cost=much&reach=team", "", cost, []string{"What it costs, in thousands: &#34;much&#34; is no number.", `name="cost" value="much" aria-invalid="true"`, `<option value="team" selected>`}},
		{invite, "name=bob&person=p1&roles=boss", nil, []string{"Nobody was invited. Roles: &#34;boss&#34; is no role.", `name="name" value="bob"`, `name="person" value="p1"`, `<fieldset class="wrong"><legend>Roles</legend>`}},
		{invite, "name=bob&person=p1", nil, []string{"Roles: None is chosen. Choose one at least."}},
		{invite, "name=bob&roles=cto&roles=member", taken, []string{"Name: There is an account &#34;bob&#34; already. Take another name.", `name="name" value="bob" required aria-invalid="true"`, `name="roles" value="cto" checked`, `name="roles" value="member" checked`}},
		{invite, "name=bob&person=nn&roles=cto", unknown, []string{"Person: &#34;nn&#34; is nobody. Write an id of organisation.yaml, or nothing.", `name="person" value="nn" aria-invalid="true"`}},
		{change, "id=text&do=roles", nil, []string{"<h1>text</h1>", "Nothing was changed. Roles: None is chosen.", `<fieldset class="wrong"><legend>Roles</legend>`}},
		{change, "id=text&do=roles&roles=member", last, []string{"Nothing was changed. &#34;ada&#34; is the last administrator.", `value="member" checked`}},
		{change, "id=text&do=person&person=nn", unknown, []string{"Person: &#34;nn&#34; is nobody.", `name="person" value="nn" aria-invalid="true"`}},
		{change, "id=text&do=deactivate", nil, []string{"The account text: Nothing is chosen. Tick it if you mean it."}},
		{"/account/tokens", "name=ci&days=7", nil, []string{"May: Nothing is chosen. Choose one at least.", `name="name" value="ci"`, `name="days" value="7"`}},
		{"/account/tokens", "name=ci&grants=read:data&days=soon", nil, []string{"Lives for days: &#34;soon&#34; is no number of days", `value="read:data" checked`, `name="days" value="soon" aria-invalid="true"`}},
		{"/account/tokens", "name=ci&grants=read:secrets&days=7", nil, []string{"May: Read:secrets is nothing that a token may do."}},
		{"/account/password", "before=x&after=y", account.ErrRefused, []string{"Nothing was changed. Present password: It is another one.", `name="before" value="" autocomplete="current-password" required aria-invalid="true"`}},
		{"/account/password", "before=x&after=y", problem.New(problem.Usage, "take a sentence", "the password is too short"), []string{"New password: The password is too short. Take a sentence."}},
	} {
		s := newSite(t, "text")
		s.company.refuses, s.gate.refuses = c.refuses, c.refuses
		method := http.MethodPost
		if c.form == "" {
			method = http.MethodGet
		}
		status, _, text := s.ask(method, c.path, "all", "", c.form)
		for _, w := range c.holds {
			if !strings.Contains(text, w) {
				t.Errorf("%s %s: the page does not hold %s", c.path, c.form, w)
			}
		}
		if status != http.StatusBadRequest || strings.Contains(text, "--") || len(s.gate.did) > 0 {
			t.Errorf("%s %s: status %d, did %q", c.path, c.form, status, s.gate.did)
		}
		for _, w := range []string{`action="/administration/accounts" aria-label`, `action="/account/tokens" aria-label`} {
			if strings.Contains(text, w) { // part and day are looked at on a page
				t.Errorf("%s: the form of part and day leads nowhere", c.path)
			}
		}
	}
}

// TestRefusedQuestionsAsFiles: a program that asks gets the error.
func TestRefusedQuestionsAsFiles(t *testing.T) {
	s := newSite(t, "text")
	s.company.refuses = problem.WrongInput("items", "such as 40", "%q is no number", "abc")
	status, _, text := s.ask(http.MethodGet, "/forecast?items=abc&format=json", "all", "", "")
	if status != http.StatusBadRequest || !strings.Contains(text, "items &#34;abc&#34; is no number") {
		t.Errorf("%d %s", status, text)
	}
}

// TestRolesAndGrantsAreChosen: each that there is, and those that an account has are chosen.
func TestRolesAndGrantsAreChosen(t *testing.T) {
	s := newSite(t, "text")
	_, _, text := s.ask(http.MethodGet, "/administration", "administrator", "", "")
	for _, role := range access.Roles() {
		if w := fmt.Sprintf(`<input type="checkbox" name="roles" value="%s">`, role); !strings.Contains(text, w) {
			t.Errorf("an invitation does not offer %s", role)
		}
	}
	_, _, text = s.ask(http.MethodGet, "/account", "member", "", "")
	for _, grant := range access.Grants() {
		checked := ""
		if grant == "read:diagnosis" {
			checked = " checked"
		}
		if w := fmt.Sprintf(`<input type="checkbox" name="grants" value="%s"%s>`, grant, checked); !strings.Contains(text, w) {
			t.Errorf("a token is not offered %s", grant)
		}
	}
	status, _, text := s.ask(http.MethodPost, "/account/tokens", "member", "", url.Values{"name": {"ci"}, "grants": {"read:data", "read:delivery"}, "days": {"7"}}.Encode())
	if status != http.StatusOK || !strings.Contains(text, "A new API token") {
		t.Errorf("a token of two grants: %d\n%s", status, text)
	}
	if status, _, _ := s.ask(http.MethodGet, "/administration?id=none", "administrator", "", ""); status != http.StatusNotFound {
		t.Errorf("an account that there is not: %d", status)
	}
}
