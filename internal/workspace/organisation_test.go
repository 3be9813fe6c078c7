package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/problem"
)

const company = `# comment
imports: {columns: {id: "Employee ID", email: Mail}, currency: EUR}

people:
  - {id: ada, name: Ada Example, emails: [ada@example.com, a@example.org], logins: [ada-x], role: cto, start: 2019-01-01, cost: 200000 EUR, manager: none}
  - {id: "1042", name: "O: Brien \"Bo\"", role: engineer, start: 2020-02-03, end: 2024-01-31, team: pay, manager: ada, changes: [{since: 2022-01-01, title: Lead, role: lead}, {since: 2021-01-01, team: shop}]}

teams:
  - {id: pay, name: Payments, kind: stream_aligned, since: 2019-01-01}
  - {id: shop, parent: pay, until: 2025-12-31}
memberships:
  - {person: "1042", team: pay, share: 0.25, since: 2022-01-01}
reporting:
  - {person: "1042", to: ada, line: dotted, since: 2023-01-01}
positions:
  - {id: p1, title: Engineer, role: engineer, team: pay, opened: 2024-01-01, filled_by: ada}
ownership:
  - {team: pay, repository: shop.git, path: /pay/, since: 2020-01-01}
`

// TestOrganisation: the document means what it says, and its own encoding means the same.
func TestOrganisation(t *testing.T) {
	got, err := ParseOrganisation("organisation.yaml", []byte(company))
	if err != nil {
		t.Fatal(err)
	}
	want := &Organisation{
		Imports: Imports{Columns: map[string]string{"id": "Employee ID", "email": "Mail"}, Currency: "EUR"},
		People: []Person{
			{ID: "ada", Name: "Ada Example", Emails: []string{"ada@example.com", "a@example.org"}, Logins: []string{"ada-x"}, Start: day("2019-01-01"), Line: 5,
				Job: Job{Role: "cto", Cost: Money{20_000_000, "EUR"}, Manager: Nobody}},
			{ID: "1042", Name: `O: Brien "Bo"`, Start: day("2020-02-03"), End: day("2024-01-31"), Line: 6,
				Job: Job{Role: "engineer", Team: "pay", Manager: "ada"},
				Changes: []JobChange{
					{Since: day("2021-01-01"), Job: Job{Team: "shop"}, Line: 6},
					{Since: day("2022-01-01"), Job: Job{Title: "Lead", Role: "lead"}, Line: 6}}},
		},
		Teams:       []OrgTeam{{ID: "pay", Name: "Payments", Kind: KindStreamAligned, Since: day("2019-01-01"), Line: 9}, {ID: "shop", Parent: "pay", Until: day("2025-12-31"), Line: 10}},
		Memberships: []Membership{{"1042", "pay", 0.25, day("2022-01-01"), time.Time{}, 12}},
		Reporting:   []ReportingLine{{"1042", "ada", true, day("2023-01-01"), time.Time{}, 14}},
		Positions:   []Position{{ID: "p1", Title: "Engineer", Role: "engineer", Team: "pay", Opened: day("2024-01-01"), FilledBy: "ada", Line: 16}},
		Ownership:   []Ownership{{"pay", "shop.git", "/pay/", "", day("2020-01-01"), time.Time{}, 18}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var b bytes.Buffer
	if err := got.Encode(&b); err != nil {
		t.Fatal(err)
	}
	again, err := ParseOrganisation("organisation.yaml", b.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if diff := cmp.Diff(withoutLines(got), withoutLines(again)); diff != "" {
		t.Errorf("encoded and read again:\n%s", diff)
	}
}

// withoutLines forgets where entries stood.
func withoutLines(o *Organisation) string {
	var b bytes.Buffer
	if err := o.Encode(&b); err != nil {
		panic(err)
	}
	return b.String()
}

func TestOrganisationIsStrict(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"people:\n  - {id: a, mangaer: b}\n", "organisation.yaml:2:13: unknown key \"mangaer\""},
		{"people:\n  - {id: a, start: 2024-02-30}\n", "organisation.yaml:2:20: there is no day 2024-02-30"},
		{"people:\n  - {id: a, start: 2024-02-03, end: 2023-01-01}\n", "organisation.yaml:2:37: end 2023-01-01 is before start 2024-02-03"},
		{"people:\n  - {id: a}\n  - {id: a}\n", "organisation.yaml:3:6: person a is here twice"},
		{"people:\n  - {id: a b}\n", "\"a b\" is not a short name"},
		{"people:\n  - {name: a}\n", "organisation.yaml:2:6: missing key \"id\""},
		{"people:\n  - {id: a, cost: 12}\n", "text expected, found 12"},
		{"people:\n  - {id: a, cost: 12 XYZ}\n", "\"12 XYZ\" is not an amount of money"},
		{"people:\n  - {id: ä, role: enginer}\n", "did you mean \"engineer\"?"},
		{"people:\n  - {id: a, emails: [nobody]}\n", "\"nobody\" is not an e-mail address"},
		{"people:\n  - {id: a, changes: [{title: x}]}\n", "missing key \"since\""},
		{"teams:\n  - {id: a, kind: squad}\n", "valid here: stream_aligned"},
		{"memberships:\n  - {person: a, team: b, share: 1.5}\n", "a share above 0 and at most 1 expected"},
		{"memberships:\n  - {person: a, team: b}\n", "missing key \"share\""},
		{"peple:\n", "did you mean \"people\"?"},
		{"people:\n  - {id: a\n", "not valid YAML"},
		{"imports: {columns: {mail: x}}\n", "unknown key \"mail\""},
	} {
		_, err := ParseOrganisation("organisation.yaml", []byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
	}
}

// FuzzLines: what is read line by line is what the YAML library reads.
func FuzzLines(f *testing.F) {
	f.Add([]byte(company))
	for _, s := range []string{"people:\n  - {id: a}", "people:\n- {id: 12, start: 2020-01-01}", "people:\n  - {id: a, name: x & y (z)}", "people:\r\n  - {id: a, emails: []}\n",
		"teams:\n  - {id: \"a\\\"b\"}", "people:\n  - {id: ü, name: é}", "a:\nb:\n", "people:\n  - {id: 0.5}", "people:\n  - {id: a, name: a-b/c@d.e+f}", "people:\n  - {id: a } \n", "people:\n  - {id: yes}\n  # c\n\n  - {id: a,}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		sections, ok := splitLines(data)
		if !ok {
			return
		}
		fast := &Organisation{}
		done, fastErr := fast.fromLines("o", data, sections, refuseTwice)
		if !done {
			return
		}
		slow := &Organisation{}
		slowErr := decode("o", data, time.Now(), func(r *reader, root *node) { r.object(root, r.organisation(slow, refuseTwice)...) })
		if fastErr != nil || slowErr != nil {
			t.Fatalf("%q\nlines: %v\n\nYAML:  %v", data, fastErr, slowErr)
		}
		if diff := cmp.Diff(slow, fast); diff != "" {
			t.Fatalf("%q (-YAML +lines)\n%s", data, diff)
		}
	})
}

func BenchmarkOrganisation(b *testing.B) {
	var o Organisation
	for i := range 100_000 {
		p := Person{ID: fmt.Sprintf("p%06d", i), Name: fmt.Sprintf("Person Number%d", i), Emails: []string{fmt.Sprintf("p%06d@example.com", i)}, Start: day("2016-01-01").AddDate(0, 0, i%3000), Job: Job{Role: "engineer", Title: "Software engineer", Level: "L4", Employment: EmployedEmployee, Location: "Berlin", Team: fmt.Sprintf("t%05d", i/8), Manager: fmt.Sprintf("p%06d", i/8)}}
		for y := range 5 {
			p.Changes = append(p.Changes, JobChange{Since: p.Start.AddDate(y+1, 0, 0), Job: Job{Title: "Senior software engineer", Team: fmt.Sprintf("t%05d", (i+y)/8), Manager: fmt.Sprintf("p%06d", (i+y)/8)}})
		}
		o.People = append(o.People, p)
	}
	var data bytes.Buffer
	if err := o.Encode(&data); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(data.Len()))
	for b.Loop() {
		if _, err := ParseOrganisation("o", data.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestReviewKeepsTheFirst: for a review the first of several entries with one id counts, in
// either form of YAML, and the others are named; whatever else reads the document refuses it.
func TestReviewKeepsTheFirst(t *testing.T) {
	for form, text := range map[string]string{
		"lines": "people:\n  - {id: a, name: First}\n  - {id: b}\n  - {id: a, name: Second}\n  - {id: a}\nteams:\n  - {id: a}\n  - {id: a}\n",
		"mixed": "people:\n  - {id: a, name: First}\n  - {id: b}\n  - {id: a, name: Second}\n  - {id: a, name: \"Fo\\u0075rth\"}\nteams:\n  - {id: a}\n  - {id: a}\n",
		"yaml":  "people:\n- id: a\n  name: First\n- id: b\n- {id: a, name: Second}\n- id: a\nteams: [{id: a}, {id: a}]\n",
	} {
		path := filepath.Join(t.TempDir(), "organisation.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := ReviewOrganisation(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.People) != 2 || o.People[0].Name != "First" || o.People[1].ID != "b" || len(o.Teams) != 1 {
			t.Errorf("%s: %+v", form, o)
		}
		want := []Twice{{"person", "a", 4, 2}, {"person", "a", 5, 2}, {"team", "a", 8, 7}}
		if form == "yaml" {
			want = []Twice{{"person", "a", 5, 2}, {"person", "a", 6, 2}, {"team", "a", 7, 7}}
		}
		if !slices.Equal(o.Twice, want) {
			t.Errorf("%s: %+v, want %+v", form, o.Twice, want)
		}
		if _, err := LoadOrganisation(path); !errors.Is(err, problem.Invalid) || strings.Count(err.Error(), "is here twice") != 3 {
			t.Errorf("%s: %v", form, err)
		}
	}
}

func TestWorkload(t *testing.T) {
	d, err := Parse("d", []byte("company:\n  workload: {initiatives: 6, incidents_a_week: 0.5, audits_a_year: 3}\n"))
	if err != nil || d.Company.Workload["initiative"] != 6 || d.Company.Workload["incident"] != 0.5 || d.Company.Workload["audit"] != 3 || len(d.Company.Workload) != 3 {
		t.Errorf("%v %v", err, d)
	}
	for _, bad := range []string{"{initiatives: many}", "{vendors: -1}", "{teams: 4}", "[1]"} {
		if _, err := Parse("d", []byte("company:\n  workload: "+bad+"\n")); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
