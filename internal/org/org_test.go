package org

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/workspace"
)

func parse(t testing.TB, text string) *Chart {
	t.Helper()
	doc, err := workspace.ParseOrganisation("organisation.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return New(doc)
}

func on(s string) Day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return DayOf(t)
}

// TestAllForests: who is below whom, on all 16,807 forests of six people, before and
// after a day on which one forest becomes the next, against climbing step by step.
func TestAllForests(t *testing.T) {
	const n = 6
	forests := allForests(n)
	if len(forests) != 16807 {
		t.Fatalf("%d forests, want 7^5", len(forests))
	}
	for i, before := range forests {
		after := forests[(i+1)%len(forests)]
		doc := &workspace.Organisation{}
		for p := range n {
			person := workspace.Person{ID: fmt.Sprint("p", p), Job: workspace.Job{Manager: boss(before[p])}}
			if after[p] != before[p] {
				person.Changes = []workspace.JobChange{{Since: on("2024-05-01").Time(), Job: workspace.Job{Manager: boss(after[p])}}}
			}
			doc.People = append(doc.People, person)
		}
		c := New(doc)
		if found := c.circles(); len(found) > 0 {
			t.Fatalf("%v then %v: %s", before, after, found[0].Text)
		}
		compareForest(t, c.At(on("2024-04-30")), before)
		compareForest(t, c.At(on("2024-05-01")), after)
	}
}

func boss(m int) string {
	if m < 0 {
		return workspace.Nobody
	}
	return fmt.Sprint("p", m)
}

func compareForest(t *testing.T, s *Snapshot, managers []int) {
	t.Helper()
	for a := range managers {
		below, depth := 0, 0
		for b := range managers {
			under := false
			for m := managers[b]; m >= 0; m = managers[m] {
				under = under || m == a
			}
			if got := s.Under(b, a); got != under {
				t.Fatalf("%v on %s: p%d under p%d is %v", managers, s.Day, b, a, got)
			}
			if under {
				below++
			}
		}
		for m := managers[a]; m >= 0; m = managers[m] {
			depth++
		}
		if s.Below(a) != below || s.Members[a].Depth != depth {
			t.Fatalf("%v on %s: p%d has %d below at depth %d, want %d at %d", managers, s.Day, a, s.Below(a), s.Members[a].Depth, below, depth)
		}
	}
}

// allForests are all ways in which n people may have managers without circles.
func allForests(n int) (out [][]int) {
	managers := make([]int, n)
	var fill func(i int)
	fill = func(i int) {
		if i == n {
			for p := range n {
				steps := 0
				for m := p; m >= 0; m = managers[m] {
					if steps++; steps > n {
						return
					}
				}
			}
			out = append(out, append([]int(nil), managers...))
			return
		}
		for m := -1; m < n; m++ {
			managers[i] = m
			fill(i + 1)
		}
	}
	fill(0)
	return out
}

// TestCircles: on every assignment of managers to four people, a circle is reported
// exactly where climbing does not end.
func TestCircles(t *testing.T) {
	const n = 4
	for code := range 625 {
		managers := make([]int, n)
		doc := &workspace.Organisation{}
		for p, rest := 0, code; p < n; p, rest = p+1, rest/5 {
			managers[p] = rest%5 - 1
			doc.People = append(doc.People, workspace.Person{ID: fmt.Sprint("p", p), Job: workspace.Job{Manager: boss(managers[p])}})
		}
		inside := map[string]bool{}
		for p := range n {
			at := managers[p]
			for range n {
				if at == p {
					inside[fmt.Sprint("p", p)] = true
				}
				if at >= 0 {
					at = managers[at]
				}
			}
		}
		found := map[string]bool{}
		for _, f := range New(doc).circles() {
			for _, w := range strings.FieldsFunc(f.Text, func(r rune) bool { return r == ' ' || r == ',' }) {
				if strings.HasPrefix(w, "p") && len(w) == 2 {
					found[w] = true
				}
			}
		}
		if fmt.Sprint(found) != fmt.Sprint(inside) {
			t.Fatalf("%v: circles of %v, want %v", managers, found, inside)
		}
		New(doc).At(0) // ends
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing wrong", "people:\n  - {id: a, role: cto}\n  - {id: b, manager: a, start: 2024-01-01}\n", ""},
		{"unknown manager", "people:\n  - {id: anna}\n  - {id: b, manager: ana}\n", `unknown_person 3 "ana" is no person of this document. | write anna if that is meant, or add {id: ana} to people`},
		{"two managers", "people:\n  - {id: a, role: ceo}\n  - {id: b, manager: a}\n  - {id: c, manager: a}\nreporting:\n  - {person: c, to: b, since: 2024-01-01, until: 2024-01-31}\n",
			"two_managers 6 c has two solid managers from 2024-01-01 to 2024-01-31: a and b."},
		{"dotted is no second manager", "people:\n  - {id: a, role: ceo}\n  - {id: b, manager: a}\n  - {id: c, manager: a}\nreporting:\n  - {person: c, to: b, line: dotted}\n", ""},
		{"circle for a time", "people:\n  - {id: a, manager: none, changes: [{since: 2024-02-01, manager: c}, {since: 2024-03-01, manager: none}]}\n  - {id: b, manager: a}\n  - {id: c, manager: b}\n",
			"reporting_circle 2 a reports to c reports to b reports to a, from 2024-02-01 to 2024-02-29: nobody of them has a way to the top."},
		{"a circle that two changes of one day close", "people:\n  - {id: a, manager: none, changes: [{since: 2024-02-01, manager: b}]}\n  - {id: b, manager: none, changes: [{since: 2024-02-01, manager: a}]}\n",
			"reporting_circle 2 a reports to b reports to a, since 2024-02-01: nobody of them has a way to the top."},
		{"self", "people:\n  - {id: a, manager: a}\n", "reports_to_self 2 a reports to himself or herself, at all times."},
		{"manager left", "people:\n  - {id: a, role: cto, end: 2024-06-30}\n  - {id: b, manager: a, start: 2024-01-01}\n",
			"manager_not_there 3 b reports to a since 2024-07-01, who is not employed then."},
		{"no manager", "people:\n  - {id: a, role: cto}\n  - {id: b, manager: a}\n  - {id: c}\n", "no_manager 4 c has no manager on 2024-06-01."},
		{"a line that ended", "people:\n  - {id: a, role: cto}\n  - {id: b, role: engineer, manager: a, changes: [{since: 2024-02-01, manager: none}]}\n  - {id: c, role: engineer, manager: a}\n", "no_manager 3 b has no manager since 2024-02-01; a was the last. | add a change: {since: 2024-02-01, manager: ID}"},
		{"who leads the top now", "people:\n  - {id: a, role: cto, end: 2024-01-31}\n  - {id: b, role: vpe, manager: a, changes: [{since: 2024-02-01, manager: none}]}\n  - {id: c, role: engineer, manager: b}\n", ""},
		{"overbooked", "people:\n  - {id: a, role: cto}\nteams:\n  - {id: x}\n  - {id: y}\nmemberships:\n  - {person: a, team: x, share: 0.7}\n  - {person: a, team: y, share: 0.5, since: 2024-01-01}\n",
			"shares_over_one 8 a gives 120 % of the time to teams since 2024-01-01."},
		{"twice in a team", "people:\n  - {id: a, role: cto}\nteams:\n  - {id: x}\nmemberships:\n  - {person: a, team: x, share: 0.2}\n  - {person: a, team: x, share: 0.2, since: 2024-01-01, until: 2024-01-01}\n",
			"overlapping_memberships 7 a is in team x twice on 2024-01-01 (also line 6)."},
		{"membership outside", "people:\n  - {id: a, role: cto, end: 2023-12-31}\nteams:\n  - {id: x}\nmemberships:\n  - {person: a, team: x, share: 0.2, since: 2024-01-01}\n",
			"membership_outside_employment 6 a is in team x since 2024-01-01, and not employed then."},
		{"change outside", "people:\n  - {id: a, role: cto, start: 2024-01-01, changes: [{since: 2023-01-01, title: X}]}\n", "change_outside_employment 2 a changes on 2023-01-01, and is not employed then."},
		{"unknown team", "people:\n  - {id: a, role: cto, team: x}\n", `unknown_team 2 "x" is no team of this document.`},
		{"team gone", "people:\n  - {id: a, role: cto, start: 2024-01-01, team: x}\nteams:\n  - {id: x, until: 2023-01-01}\n", "team_not_there 2 a comes to team x on 2024-01-01, which exists until 2023-01-01."},
		{"team circle", "teams:\n  - {id: x, parent: y}\n  - {id: y, parent: x}\n", "team_circle 2 Team x is above itself."},
		{"shared address", "people:\n  - {id: a, role: cto, emails: [x@example.com]}\n  - {id: b, role: ceo, emails: [X@example.com]}\n", "shared_address 3 a and b have the same e-mail address."},
		{"two owners", "teams:\n  - {id: x}\n  - {id: y}\nownership:\n  - {team: x, repository: r, path: /a, until: 2024-01-31}\n  - {team: y, repository: r, path: /a, since: 2024-01-31}\n", "two_owners 6 r /a is owned by x and y on 2024-01-31."},
		{"filled and open", "people:\n  - {id: a, role: cto}\npositions:\n  - {id: p, opened: 2024-01-01, filled_by: a}\n", "filled_before_start 4 Position p is filled by a, and still open."},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range parse(t, c.in).Check(on("2024-06-01")) {
				if f.Fix == "" {
					t.Errorf("%s has no fix", f.Kind)
				}
				got = append(got, fmt.Sprintf("%s %d %s | %s", f.Kind, f.Line, f.Text, f.Fix))
			}
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0], c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.name != "team circle" && len(got) > 1 {
				t.Errorf("%d findings: %q", len(got), got)
			}
		})
	}
}

// TestDays: changes hold from their day on, and the last day is included.
func TestDays(t *testing.T) {
	c := parse(t, `
people:
  - {id: a, role: cto}
  - {id: b, title: One, team: x, manager: a, start: 2024-01-10, end: 2024-03-31, changes: [{since: 2024-02-01, title: Two, team: y}]}
teams:
  - {id: x}
  - {id: y}
memberships:
  - {person: b, team: x, share: 0.25, since: 2024-03-01}
`)
	for _, want := range []struct{ day, title, teams string }{
		{"2024-01-09", "", ""}, {"2024-01-10", "One", "[{x 1}]"}, {"2024-01-31", "One", "[{x 1}]"}, {"2024-02-01", "Two", "[{y 1}]"},
		{"2024-03-01", "Two", "[{x 0.25} {y 0.75}]"}, {"2024-03-31", "Two", "[{x 0.25} {y 0.75}]"}, {"2024-04-01", "", ""},
	} {
		s := c.At(on(want.day))
		title, teams := "", ""
		if m, ok := s.Find("b"); ok {
			title, teams = s.Members[m].Job.Title, fmt.Sprint(s.Teams(m))
		}
		if title != want.title || teams != want.teams {
			t.Errorf("%s: %q %s, want %q %s", want.day, title, teams, want.title, want.teams)
		}
	}
}

// large is an organisation of n people with ten years of changes, memberships, dotted lines,
// positions and ownership.
func large(n int) *workspace.Organisation {
	o := &workspace.Organisation{}
	start := time.Date(2016, 1, 4, 0, 0, 0, 0, time.UTC)
	for t := range n/8 + 1 {
		o.Teams = append(o.Teams, workspace.OrgTeam{ID: fmt.Sprintf("t%05d", t), Name: fmt.Sprintf("Team %d", t), Kind: workspace.KindStreamAligned})
	}
	for i := range n {
		p := workspace.Person{ID: fmt.Sprintf("p%06d", i), Name: fmt.Sprintf("Person %d", i), Emails: []string{fmt.Sprintf("p%06d@example.com", i)}, Start: start.AddDate(0, 0, i*1000/n),
			Job: workspace.Job{Role: "engineer", Title: "Software engineer", Level: "L4", Team: fmt.Sprintf("t%05d", i/8), Manager: fmt.Sprintf("p%06d", i/8)}}
		if i == 0 {
			p.Job.Manager, p.Job.Role = workspace.Nobody, "cto"
		}
		for y := 3; y < 10 && i > 0; y += 2 { // a new manager above, every other year
			p.Changes = append(p.Changes, workspace.JobChange{Since: start.AddDate(y, i%12, i%28), Job: workspace.Job{Title: "Senior software engineer", Manager: fmt.Sprintf("p%06d", max(0, i/8-y%2))}})
		}
		switch { // those who lead people: half the levels by role
		case i == 0:
		case i == 1:
			p.Job.Role = "vpe"
		case i > 0 && i < 80:
			p.Job.Role, p.Job.Title = "director", "Director"
		case i < n/8:
			p.Job.Role, p.Job.Title = "engineering_manager", "Engineering manager"
		}
		o.People = append(o.People, p)
		id, left := p.ID, start.AddDate(6, i%12, 0)
		switch i % 20 {
		case 3:
			o.Memberships = append(o.Memberships, workspace.Membership{Person: id, Team: fmt.Sprintf("t%05d", (i*7)%(n/8)), Share: 0.25, Since: start.AddDate(5, 0, 0), Until: left})
		case 7:
			o.Reporting = append(o.Reporting, workspace.ReportingLine{Person: id, To: fmt.Sprintf("p%06d", i/64), Dotted: true, Since: start.AddDate(4, 0, 0)})
		case 11:
			o.Positions = append(o.Positions, workspace.Position{ID: "r" + id, Role: "engineer", Team: p.Job.Team, Manager: p.Job.Manager, Opened: start.AddDate(6, 0, i%28), Closed: left})
		case 13:
			o.Ownership = append(o.Ownership, workspace.Ownership{Team: p.Job.Team, Repository: fmt.Sprintf("repo%d", i%3000), Path: fmt.Sprintf("/src/%s/", id), Since: start})
		}
	}
	return o
}

// BenchmarkLarge loads, checks and looks at an organisation of 100,000 people with ten
// years of changes: the goal is 2 s on 2 cores.
func BenchmarkLarge(b *testing.B) {
	var data bytes.Buffer
	if err := large(100_000).Encode(&data); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d MB", data.Len()>>20)
	for b.Loop() {
		begin := time.Now()
		doc, err := workspace.ParseOrganisation("organisation.yaml", data.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		read := time.Now()
		c := New(doc)
		made := time.Now()
		found := c.Check(on("2025-06-01"))
		checked := time.Now()
		s := c.At(on("2024-06-01"))
		dotted := 0
		for i := range s.Members {
			dotted += len(s.Dotted(i))
		}
		m := s.Measure(Bounds{4, 5, 9})
		b.Logf("read %v, resolve %v, check %v (%d findings), as of %v (%d people, %d dotted lines, %d layers)", read.Sub(begin), made.Sub(read), checked.Sub(made), len(found), time.Since(checked), len(s.Members), dotted, m.Layers)
		for _, f := range found[:min(3, len(found))] {
			b.Log(f.Text)
		}
	}
}

// BenchmarkLargeScenario makes a scenario happen to 100,000 people: hires, leavers who led,
// a merge and a split, then measures the outcome; the goal is 3 s on 2 cores.
func BenchmarkLargeScenario(b *testing.B) {
	base := New(large(100_000))
	all, err := workspace.ParseScenarios("s.yaml", []byte(`scenarios:
  - name: S
    date: 2025-06-01
    steps:
      - hire: {role: engineer, team: t00100, manager: p000100, count: 500}
      - leave: p000100
      - leave: p000101
      - move: {person: p050000, team: t00200}
      - merge: {teams: [t00300, t00301, t00302], into: t00303}
      - split: {team: t00400, into: {id: risk}, people: [p003200, p003201]}
      - role: {person: p000102, is: director}
`))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		begin := time.Now()
		a, err := base.Apply(all[0], 0)
		if err != nil {
			b.Fatal(err)
		}
		applied := time.Now()
		s := a.Chart.At(a.Day)
		m := s.Measure(Bounds{4, 5, 9})
		b.Logf("apply %v, as of and measure %v (%d people, %d teams)", applied.Sub(begin), time.Since(applied), m.People, len(m.Teams))
	}
}

// TestGuide: the example of the guide fits together.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/howto/describe-the-organisation.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(guide), "## By hand\n\n```yaml\n")
	example, _, ended := strings.Cut(example, "```")
	if !found || !ended {
		t.Fatal("there is no example by hand")
	}
	for _, f := range parse(t, example).Check(on("2026-06-01")) {
		t.Errorf("line %d: %s", f.Line, f.Text)
	}
}

// TestDirectorsTeams: a team that has ended, or is not there yet, is none of a director's,
// though people are still said to be in it.
func TestDirectorsTeams(t *testing.T) {
	c := parse(t, `people:
  - {id: v, role: vpe}
  - {id: d, role: director, manager: v}
  - {id: a, role: engineer, manager: d, team: old}
  - {id: b, role: engineer, manager: d, team: there}
  - {id: c, role: engineer, manager: d, team: coming}
teams:
  - {id: old, until: 2024-03-31}
  - {id: there}
  - {id: coming, since: 2024-09-01}
`)
	for day, want := range map[string]int{"2024-03-31": 2, "2024-06-01": 1, "2024-09-01": 2} {
		m := c.At(on(day)).Measure(Bounds{})
		if len(m.Directors) != 1 || m.Directors[0].Teams != want || m.Directors[0].Engineers != 3 {
			t.Errorf("%s: %+v, want %d teams of 3 engineers", day, m.Directors, want)
		}
	}
}
