package importer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func text(t *testing.T, o *workspace.Organisation) string {
	t.Helper()
	var b bytes.Buffer
	if err := o.Encode(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := workspace.ParseOrganisation("o", b.Bytes()); err != nil {
		t.Fatalf("what was imported cannot be read again: %v", err)
	}
	_, body, _ := strings.Cut(b.String(), "people:\n")
	return body
}

const snapshot1 = `Employee ID,Full Name,Work Email,Job Title,Department,Manager ID,Hire Date,Annual Cost,Currency
1,Ada Example,ada@example.com,CTO,,,2019-01-01,200000,EUR
2,Bo Example,bo@example.com,Engineering Manager,Payments Team,1,2020-02-01,,
3,"Cy, Example",cy@example.com,Software Engineer,Payments Team,Bo Example,01.03.2021,,
4,Di Example,di@example.com,Sales Engineer,Sales,ada@example.com,2021-03-01,,
`

// TestSnapshots: the first export is the document, the second becomes dated changes.
func TestSnapshots(t *testing.T) {
	first, err := CSV(nil, []byte(snapshot1), Options{Name: "hr.csv", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	want := `  - {id: "1", name: Ada Example, emails: [ada@example.com], title: CTO, role: cto, cost: "200000 EUR", start: 2019-01-01}
  - {id: "2", name: Bo Example, emails: [bo@example.com], title: Engineering Manager, role: engineering_manager, team: payments-team, manager: "1", start: 2020-02-01}
  - {id: "3", name: "Cy, Example", emails: [cy@example.com], title: Software Engineer, role: engineer, team: payments-team, manager: "2", start: 2021-03-01}
  - {id: "4", name: Di Example, emails: [di@example.com], title: Sales Engineer, team: sales, manager: "1", start: 2021-03-01}

teams:
  - {id: payments-team, name: Payments Team}
  - {id: sales, name: Sales}
`
	if got := text(t, first.Document); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	second := strings.Replace(snapshot1, "Software Engineer,Payments Team,Bo Example", "Tech Lead,Search,1", 1)
	second = strings.Replace(second, "4,Di Example,di@example.com,Sales Engineer,Sales,ada@example.com,2021-03-01,,\n", "5,Ed Example,ed@example.com,Developer,Search,3,,,\n", 1)
	next, err := CSV(first.Document, []byte(second), Options{Name: "hr.csv", Date: day("2024-06-01")})
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, next.Document)
	for _, line := range []string{
		`changes: [{since: 2024-06-01, title: Tech Lead, role: lead, team: search, manager: "1"}]}`,
		`  - {id: "4", name: Di Example, emails: [di@example.com], title: Sales Engineer, team: sales, manager: "1", start: 2021-03-01, end: 2024-05-31}`,
		`  - {id: "5", name: Ed Example, emails: [ed@example.com], title: Developer, role: engineer, team: search, manager: "3", start: 2024-06-01}`,
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
	if want := []string{"3: title Tech Lead, role lead, team search, manager 1", "5 is new", "4 is not in it any more: left, last day 2024-05-31", "team search is new"}; !slices.Equal(next.Changes, want) {
		t.Errorf("changes %q, want %q", next.Changes, want)
	}
	again, err := CSV(next.Document, []byte(second), Options{Name: "hr.csv", Date: day("2024-06-01")})
	if err != nil || len(again.Changes) > 0 || text(t, again.Document) != got {
		t.Errorf("the same export again: %v, %q", err, again.Changes)
	}
	if strings.Contains(text(t, first.Document), "2024-06-01") {
		t.Error("the document that was given has changed")
	}
}

// TestColumnsAreRemembered: what was said once holds for the next export.
func TestColumnsAreRemembered(t *testing.T) {
	in := "Nr;Wer;Boss\n7;Ada;\n8;Bo;7\n"
	first, err := CSV(nil, []byte(in), Options{Name: "hr.csv", Date: day("2024-01-01"), Columns: map[string]string{"id": "nr", "name": "Wer", "manager": "Boss"}})
	if err != nil {
		t.Fatal(err)
	}
	second, err := CSV(first.Document, []byte(in), Options{Name: "hr.csv", Date: day("2024-02-01")})
	if err != nil || second.Document.People[1].Job.Manager != "7" {
		t.Errorf("%v, %+v", err, second)
	}
	if _, err := CSV(first.Document, []byte("Nr;Wer\n7;Ada\n"), Options{Name: "hr.csv", Date: day("2024-02-01")}); err == nil || !strings.Contains(err.Error(), `has no column "Boss", which holds manager`) {
		t.Errorf("a column is gone: %v", err)
	}
}

// TestBadRows: each is named with its line and reason, and nothing is imported.
func TestBadRows(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "hr.csv is empty"},
		{"id,name\n", "hr.csv holds no people"},
		{"name,title\nAda,x\n", "no column for an id or an e-mail address"},
		{"id,name\na,Ada\na,Bo\n", "hr.csv:3: a is here twice; first on line 2"},
		{"id,start\na,2024-13-01\n", `hr.csv:2: start "2024-13-01" is no date that is read without doubt`},
		{"id,start\na,03/04/2024\n", `hr.csv:2: start "03/04/2024" is no date`},
		{"id,start,end\na,2024-03-01,2023-01-01\n", "hr.csv:2: it ends on 2023-01-01, before it starts"},
		{"id,email\na,nobody\n", `hr.csv:2: "nobody" is no e-mail address`},
		{"id,role\na,wizard\n", `hr.csv:2: role "wizard" is none of`},
		{"id,cost\na,100\n", "hr.csv:2: the cost has no currency"},
		{"id,name\na,Ada,x\n", "hr.csv:2: it has 3 columns, and the heading has 2"},
		{"id,name,manager\na,Ada,\nb,Ada,\nc,Cy,Ada\n", `hr.csv:4: manager "Ada" is the name of several people`},
		{"id,employment\na,pirate\n", `employment "pirate" is none of`},
		{"id,name\n\"a\"b,x\n", "is no CSV"},
		{"id\n\xff\n", "is not UTF-8 text"},
		{"id,email\n,\n,a@example.com\n-,\n", "hr.csv:4: there is nothing that tells this person apart"},
	} {
		doc := &workspace.Organisation{People: []workspace.Person{{ID: "old"}}}
		r, err := CSV(doc, []byte(c.in), Options{Name: "hr.csv", Date: day("2024-01-01")})
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, problem.Invalid) {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
		if r.Document != nil || len(doc.People) != 1 {
			t.Errorf("%q: something was imported", c.in)
		}
	}
}

func TestRoleOf(t *testing.T) {
	for title, want := range map[string]string{
		"Senior Software Engineer": "engineer", "Staff Engineer, Payments": "engineer", "Backend Developer": "engineer", "Tech Lead": "lead", "Engineering Manager II": "engineering_manager",
		"Director of Engineering": "director", "Director, Platform": "director", "Director of Marketing": "", "VP of Engineering": "vpe", "Vice President, Software": "vpe", "VP Sales": "",
		"Chief Technology Officer": "cto", "CTO & Co-Founder": "cto", "Chief Architect": "chief_architect", "Sales Engineer": "", "Customer Support Engineer": "", "Product Manager": "product_manager",
		"Head of Engineering": "head_of_engineering", "Recruiter": "", "": "", "Site Reliability Engineer (SRE)": "engineer",
	} {
		if got := RoleOf(title); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
}

func TestCodeOwners(t *testing.T) {
	in := "# comment\n*  @acme/platform\n/pay/ @acme/payments @acme/risk\n/docs/ @somebody\n/none/\n"
	r, err := CodeOwners(nil, []byte(in), Options{Name: "CODEOWNERS", Repository: "shop", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(r.Document.Ownership), 3; got != want || r.Document.Ownership[0] != (workspace.Ownership{Team: "platform", Repository: "shop"}) || r.Document.Ownership[1].Path != "/pay/" || r.Document.Ownership[2] != (workspace.Ownership{Team: "risk", Repository: "shop", Path: "/pay/", With: "payments"}) {
		t.Errorf("%+v", r.Document.Ownership)
	}
	if len(r.Notes) != 4 || !strings.Contains(r.Notes[3], "since when the 3 new teams exist is not said") {
		t.Errorf("notes %q", r.Notes)
	}
	next, err := CodeOwners(r.Document, []byte("* @acme/platform\n/pay/ @acme/risk\n"), Options{Name: "CODEOWNERS", Repository: "shop", Date: day("2024-06-01")})
	if err != nil {
		t.Fatal(err)
	}
	want := []workspace.Ownership{
		{Team: "payments", Repository: "shop", Path: "/pay/", Until: day("2024-05-31")},
		{Team: "risk", Repository: "shop", Path: "/pay/", With: "payments", Until: day("2024-05-31")},
		{Team: "platform", Repository: "shop"},
		{Team: "risk", Repository: "shop", Path: "/pay/", Since: day("2024-06-01")},
	}
	if !slices.Equal(next.Document.Ownership, want) {
		t.Errorf("%+v", next.Document.Ownership)
	}
	again, err := CodeOwners(next.Document, []byte("* @acme/platform\n/pay/ @acme/risk\n"), Options{Name: "CODEOWNERS", Repository: "shop", Date: day("2024-07-01")})
	if err != nil || len(again.Changes) > 0 {
		t.Errorf("the same again: %v %q", err, again.Changes)
	}
}

// TestComponentsOfAMonorepo: each component owns its folder, whatever the order; one without
// an owner is its system's, or its domain's.
func TestComponentsOfAMonorepo(t *testing.T) {
	in := ""
	for _, c := range [][3]string{
		{"pay", "url:https://github.com/acme/mono/tree/main/services/pay/", "owner: payments"},
		{"all", "url:https://github.com/acme/mono/tree/main/", "owner: platform"},
		{"services", "https://gitlab.com/acme/group/mono/-/tree/main/services", "system: shop"},
		{"docs", "url:https://github.com/acme/mono/tree/main/docs", "system: loose"},
		{"nobody", "url:https://github.com/acme/other/tree/main/", "type: x"},
	} {
		in += "kind: Component\nmetadata: {name: " + c[0] + ", annotations: {backstage.io/source-location: '" + c[1] + "'}}\nspec: {" + c[2] + "}\n---\n"
	}
	in += "kind: System\nmetadata: {name: shop}\nspec: {owner: shopkeepers}\n---\nkind: System\nmetadata: {name: loose}\nspec: {domain: knowledge}\n---\nkind: Domain\nmetadata: {name: knowledge}\nspec: {owner: group:default/writers}\n"
	r, err := Backstage(nil, []byte(in), Options{Name: "catalog-info.yaml", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	want := []workspace.Ownership{{Team: "platform", Repository: "mono"}, {Team: "shopkeepers", Repository: "mono", Path: "/services/"}, {Team: "payments", Repository: "mono", Path: "/services/pay/"}, {Team: "writers", Repository: "mono", Path: "/docs/"}}
	if !slices.Equal(r.Document.Ownership, want) {
		t.Errorf("%+v", r.Document.Ownership)
	}
	if again, err := Backstage(r.Document, []byte(in), Options{Name: "catalog-info.yaml", Date: day("2024-02-01")}); err != nil || len(again.Changes) > 0 {
		t.Errorf("the same again: %v %q", err, again.Changes)
	}
}

// TestSectionsOfGitLab: owners of a section, groups in groups, roles; what is optional counts less.
func TestSectionsOfGitLab(t *testing.T) {
	in := `* @acme/platform
[Payments][2] @acme/shop/payments @ada
/pay/
/pay/risk/ @acme/shop/risk # theirs
^[Docs] @acme/writers
*.md
/pay/ @acme/writers
[Roles]
/ops/ @@maintainer
[Unowned]
/free/
`
	r, err := CodeOwners(nil, []byte(in), Options{Name: "CODEOWNERS", Repository: "shop", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	of := func(team, path string) workspace.Ownership {
		return workspace.Ownership{Team: team, Repository: "shop", Path: path}
	}
	if want := []workspace.Ownership{of("writers", "*.md"), of("writers", "/pay/"), of("platform", ""), of("payments", "/pay/"), of("risk", "/pay/risk/")}; !slices.Equal(r.Document.Ownership, want) {
		t.Errorf("%+v", r.Document.Ownership)
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "line 9: /ops/ is owned by people") || !strings.Contains(notes, "line 11: /free/ has no owner") {
		t.Errorf("notes %s", notes)
	}
	if _, err := CodeOwners(nil, []byte("[A] @acme/a\n/x/ nonsense\n"), Options{Name: "CODEOWNERS", Repository: "shop"}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a bad line: %v", err)
	}
}

func TestBackstage(t *testing.T) {
	in := `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
spec: {type: team, parent: product, profile: {displayName: Payments}}
---
kind: User
metadata: {name: ada}
spec: {profile: {displayName: Ada Example, email: ada@example.com}, memberOf: [payments, "group:default/search"]}
---
kind: Component
metadata: {name: pay-api, annotations: {github.com/project-slug: acme/pay}}
spec: {type: service, owner: group:default/payments}
---
kind: Component
metadata: {name: pay-web, annotations: {github.com/project-slug: acme/pay}}
spec: {owner: search}
---
kind: API
metadata: {name: x}
`
	r, err := Backstage(nil, []byte(in), Options{Name: "catalog-info.yaml", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, r.Document)
	want := `  - {id: ada, name: Ada Example, emails: [ada@example.com], logins: [ada], team: payments}

teams:
  - {id: payments, name: Payments, parent: product}
  - {id: product}
  - {id: search}

ownership:
  - {team: payments, repository: pay}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(r.Notes) != 3 || !strings.Contains(r.Notes[2], "since when the 3 new teams exist is not said") {
		t.Errorf("notes %q", r.Notes)
	}
	for _, bad := range []string{"a: [", "kind: Component\n", "- 1\n"} {
		if _, err := Backstage(nil, []byte(bad), Options{Name: "c.yaml"}); !errors.Is(err, problem.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestBackstageMembers: a group that names its members says the same as members who name
// their group, above or below in the file; so do children and parents.
func TestBackstageMembers(t *testing.T) {
	users := func(memberOf string) string {
		return "---\nkind: User\nmetadata: {name: ada}\nspec: {profile: {email: ada@example.com}" + memberOf + "}\n"
	}
	group := func(more string) string {
		return "---\nkind: Group\nmetadata: {name: payments}\nspec: {type: team" + more + "}\n"
	}
	const product = "---\nkind: Group\nmetadata: {name: product}\nspec: {type: department"
	want := ""
	for i, in := range []string{
		group(", parent: product") + product + "}\n" + users(", memberOf: [payments]"),
		group("") + product + ", children: [group:default/payments]}\n" + users("") + "---\nkind: Group\nmetadata: {name: payments}\nspec: {members: [user:default/ada]}\n",
		group(", members: [ada], parent: product") + product + ", children: [payments]}\n" + users(", memberOf: [group:default/payments]"),
	} {
		r, err := Backstage(nil, []byte(in), Options{Name: "catalog-info.yaml", Date: day("2024-01-01")})
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, r.Document); i == 0 {
			want = got
		} else if got != want || len(r.Notes) != 1 {
			t.Errorf("%s\ngot\n%s\nwant\n%s\nnotes %q", in, got, want, r.Notes)
		}
	}
	if !strings.Contains(want, "logins: [ada], team: payments}") || !strings.Contains(want, "{id: payments, parent: product}") {
		t.Error(want)
	}
	hr, err := CSV(nil, []byte("id,email,team\n7,ada@example.com,Payments\n"), Options{Name: "hr.csv", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Backstage(hr.Document, []byte(group(", members: [ada, bo]")+users("")), Options{Name: "c.yaml", Date: day("2024-02-01")})
	if err != nil || len(r.Document.People) != 1 || !slices.Equal(r.Document.People[0].Logins, []string{"ada"}) {
		t.Fatalf("the catalog's user is somebody of the export: %v\n%s", err, text(t, r.Document))
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "group payments names bo, whom neither") {
		t.Errorf("a member whom nobody knows: %q", r.Notes)
	}
}

// TestBlankCells: a blank cell ends the line and the team of before; a column without any
// value, and one that is not there, end nothing.
func TestBlankCells(t *testing.T) {
	first, err := CSV(nil, []byte("id,team,manager\na,T,\nb,T,a\nc,T,b\n"), Options{Name: "hr.csv", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string][]string{
		"id,team,manager\na,T,\nb,T,\nc,,b\n": {"b: manager none", "c: team none"},
		"id,team,manager\na,T,\nb,T,\nc,T,\n": nil,
		"id,team\na,T\nb,T\nc,T\n":            nil,
	} {
		doc := clone(first.Document)
		delete(doc.Imports.Columns, "manager")
		r, err := CSV(doc, []byte(in), Options{Name: "hr.csv", Date: day("2024-06-01")})
		if err != nil || !slices.Equal(r.Changes, want) {
			t.Errorf("%q: %v, %q, want %q", in, err, r.Changes, want)
			continue
		}
		if want != nil && (len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "no manager any more, by a blank cell: b;") || !strings.Contains(text(t, r.Document), "{id: b, team: t, manager: a, changes: [{since: 2024-06-01, manager: none}]}")) {
			t.Errorf("%q\n%s", r.Notes, text(t, r.Document))
		}
		again, err := CSV(r.Document, []byte(in), Options{Name: "hr.csv", Date: day("2024-07-01")})
		if err != nil || len(again.Changes)+len(again.Notes) > 0 {
			t.Errorf("the same again: %v %q %q", err, again.Changes, again.Notes)
		}
	}
}

// TestIdentityChanges: a new address of a known person stands first, the old one is kept,
// and whatever else is new of a person is said.
func TestIdentityChanges(t *testing.T) {
	head := "id,name,email,login,start,end\n"
	first, err := CSV(nil, []byte(head+"7,Ada Example,ada@old.example,,2020-01-01,\n"), Options{Name: "hr.csv", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := CSV(first.Document, []byte(head+"7,Ada Sample,Ada@new.example,ada,2019-12-01,\n"), Options{Name: "hr.csv", Date: day("2024-06-01")})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"7: name Ada Sample, e-mail Ada@new.example (ada@old.example is kept), login ada, first day 2019-12-01"}; !slices.Equal(r.Changes, want) {
		t.Errorf("changes %q, want %q", r.Changes, want)
	}
	if p := r.Document.People[0]; !slices.Equal(p.Emails, []string{"Ada@new.example", "ada@old.example"}) || len(p.Changes) > 0 {
		t.Errorf("%+v", p)
	}
	back, err := CSV(r.Document, []byte(head+"7,Ada Sample,ADA@OLD.example,ada,2019-12-01,\n"), Options{Name: "hr.csv", Date: day("2024-07-01")})
	if err != nil || len(back.Changes) > 0 {
		t.Errorf("an address that is known: %v %q", err, back.Changes)
	}
}

// TestCurrencyIsRemembered: it is said once, and holds for the next export; another word
// that is said later takes its place.
func TestCurrencyIsRemembered(t *testing.T) {
	in := []byte("id,cost\na,100\n")
	first, err := CSV(nil, in, Options{Name: "hr.csv", Currency: "EUR", Date: day("2024-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := first.Document.Encode(&b); err != nil || !strings.Contains(b.String(), "imports: {columns: {cost: cost, id: id}, currency: EUR}") {
		t.Fatalf("%v\n%s", err, &b)
	}
	doc, err := workspace.ParseOrganisation("o", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	second, err := CSV(doc, []byte("id,cost\na,200\n"), Options{Name: "hr.csv", Date: day("2024-06-01")})
	if err != nil || second.Document.People[0].Changes[0].Cost.Currency != "EUR" {
		t.Errorf("without --currency: %v", err)
	}
	if _, err := CSV(doc, in, Options{Name: "hr.csv", Currency: "euro"}); err == nil || !strings.Contains(err.Error(), `--currency "euro" is no currency`) {
		t.Errorf("a word that is no currency: %v", err)
	}
}

// TestUntakenColumnsAreNamed: once, while the columns of an export are got to know.
func TestUntakenColumnsAreNamed(t *testing.T) {
	in := []byte("Personnel no,Work e-mail,Boss, Phone ,\n1,a@x.example,,1,\n")
	first, err := CSV(nil, in, Options{Name: "hr.csv", Date: day("2024-01-01")})
	if err != nil || !slices.Contains(first.Notes, "nothing is taken from Boss, Phone; --column KEY=HEADING says what it holds") {
		t.Fatalf("%v %q", err, first.Notes)
	}
	if p := first.Document.People[0]; p.ID != "1" || !slices.Equal(p.Emails, []string{"a@x.example"}) {
		t.Errorf("%+v", p)
	}
	if again, err := CSV(first.Document, in, Options{Name: "hr.csv", Date: day("2024-06-01")}); err != nil || len(again.Notes) > 0 {
		t.Errorf("again: %v %q", err, again.Notes)
	}
	all, err := CSV(first.Document, in, Options{Name: "hr.csv", Date: day("2024-06-01"), Columns: map[string]string{"manager": "Boss"}})
	if err != nil || !slices.Contains(all.Notes, "nothing is taken from Phone; --column KEY=HEADING says what it holds") {
		t.Errorf("another column: %v %q", err, all.Notes)
	}
}

// TestReturns: who comes back with the same id has a second entry, which later exports
// and the names of managers are about, whatever first day the export keeps.
func TestReturns(t *testing.T) {
	const head = "id,name,email,start,manager\n"
	doc := (*workspace.Organisation)(nil)
	take := func(date, rows string) Result {
		t.Helper()
		r, err := CSV(doc, []byte(head+rows), Options{Name: "hr.csv", Date: day(date)})
		if err != nil {
			t.Fatal(err)
		}
		doc = r.Document
		return r
	}
	const ada, bo = "7,Ada Example,%s,2019-01-01,\n", "8,Bo,bo@example.com,2020-01-01,%s\n"
	take("2024-01-01", fmt.Sprintf(ada+bo, "ada@old.example", "7"))
	take("2024-03-01", fmt.Sprintf(bo, ""))
	r := take("2024-06-01", fmt.Sprintf(ada+bo, "ada@new.example", "Ada Example"))
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "7 left on 2024-02-29 and is back from 2024-06-01 on, as 7-2") || !slices.Equal(r.Changes, []string{"7-2 is new", "8: manager 7-2"}) {
		t.Errorf("back: %q %q", r.Notes, r.Changes)
	}
	for _, manager := range []string{"7", "ada@old.example", "Ada Example"} {
		if again := take("2024-07-01", fmt.Sprintf(ada+bo, "ada@new.example", manager)); len(again.Changes)+len(again.Notes) > 0 {
			t.Errorf("the same again, with manager %s: %q %q", manager, again.Changes, again.Notes)
		}
	}
	got := text(t, doc)
	for _, line := range []string{
		`{id: "7", name: Ada Example, emails: [ada@old.example], start: 2019-01-01, end: 2024-02-29}`,
		`{id: "7-2", name: Ada Example, emails: [ada@new.example, ada@old.example], start: 2024-06-01}`,
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
	for _, f := range org.New(doc).Check(org.DayOf(day("2024-07-01"))) {
		if strings.Contains(f.Text, "e-mail") {
			t.Errorf("one person at two times: %s", f.Text)
		}
	}
	take("2024-08-01", fmt.Sprintf(bo, ""))
	if r := take("2024-09-01", fmt.Sprintf(strings.Replace(ada, "2019-01-01", "2024-08-15", 1)+bo, "ada@new.example", "7")); !slices.Equal(r.Changes, []string{"7-3 is new", "8: manager 7-3"}) || doc.People[len(doc.People)-1].Start != day("2024-08-15") {
		t.Errorf("a third time: %q\n%s", r.Changes, text(t, doc))
	}
	stale := strings.TrimSpace(head) + ",end\n7,Ada Example,,2019-01-01,,2024-02-29\n8,Bo,,,,\n"
	if _, err := CSV(doc, []byte(stale), Options{Name: "hr.csv", Date: day("2024-10-01")}); err == nil || !strings.Contains(err.Error(), "it ends on 2024-02-29, and 7 came back on 2024-08-15") {
		t.Errorf("an end of before: %v", err)
	}
	alike := head + fmt.Sprintf(ada, "ada@old.example") + "7-2,Somebody Else,else@example.com,,\n"
	left := &workspace.Organisation{People: []workspace.Person{{ID: "7", End: day("2024-02-29")}}}
	if _, err := CSV(left, []byte(alike), Options{Name: "hr.csv", Date: day("2024-06-01")}); err == nil || !strings.Contains(err.Error(), "hr.csv:2: 7 left on 2024-02-29, and the export has an id 7-2 of somebody else") {
		t.Errorf("an id that looks like a second time: %v", err)
	}
}

// FuzzImport: whatever is given, there is an error, or a document that reads again.
func FuzzImport(f *testing.F) {
	f.Add([]byte(snapshot1))
	f.Add([]byte("* @a/b\n/x/ @c\n"))
	f.Add([]byte("kind: Group\nmetadata: {name: x}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func(*workspace.Organisation, []byte, Options) (Result, error){CSV, CodeOwners, Backstage} {
			r, err := read(nil, data, Options{Name: "f", Repository: "r", Date: day("2024-01-01")})
			if err != nil {
				continue
			}
			if err := Valid(r.Document); err != nil {
				continue // said to the user, nothing is written
			}
			if _, err := read(r.Document, data, Options{Name: "f", Repository: "r", Date: day("2024-02-01")}); err != nil && !errors.Is(err, problem.Invalid) {
				t.Fatal(err)
			}
		}
	})
}
