package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/workspace"
)

const small = `
people:
  - {id: ceo, role: ceo, manager: none}
  - {id: ada, role: cto, manager: ceo}
  - {id: mo, role: engineering_manager, manager: ada, team: pay}
  - {id: e1, role: engineer, manager: mo, team: pay}
  - {id: e2, role: engineer, manager: mo, team: pay, changes: [{since: 2030-01-01, title: Senior}]}
  - {id: e3, role: engineer, manager: ada, team: shop, end: 2024-01-31}
teams:
  - {id: pay}
  - {id: shop}
memberships:
  - {person: ada, team: shop, share: 0.2}
reporting:
  - {person: e2, to: ceo, line: dotted}
positions:
  - {id: p1, role: engineer, team: pay, manager: mo, opened: 2024-01-01}
ownership:
  - {team: shop, repository: web}
`

// TestSteps: what each step does, on its day and not before.
func TestSteps(t *testing.T) {
	base := parse(t, small)
	for _, c := range []struct{ steps, want, fails string }{
		{"- hire: {id: vp, role: vpe, manager: ceo, reports: [mo]}", "ada<ceo vp<ceo mo<vp", ""},
		{"- hire: {role: engineer, team: pay, manager: mo, count: 2}", "new-1<mo new-2<mo", ""},
		{"- leave: mo", "e1<ada e2<ada", ""},
		{"- leave: e2", "e1<mo", ""}, // with a change that was planned
		{"- move: {person: e1, team: shop, manager: ada}", "e1<ada e1@shop", ""},
		{"- merge: {teams: [shop], into: pay}", "ada@pay web=pay teams:1", ""},
		{"- split: {team: pay, into: {id: risk}, people: [e2], owns: [{repository: web, path: /risk/}]}", "e2@risk web=shop web=risk teams:3", ""},
		{"- role: {person: mo, is: director}", "mo:director", ""},
		{"- open: {id: p2, team: shop}", "open:2", ""},
		{"- fill: {position: p1, id: n1}", "n1<mo n1@pay n1:engineer open:0", ""},
		{"- retire: p1", "open:0", ""},
		{"- share: {person: e1, team: shop, share: 0.25}", "e1@shop:0.25 e1@pay:0.75", ""},
		{"- share: {person: ada, team: shop, share: 0.5}", "ada@shop:0.50", ""},
		{"- share: {person: ada, team: shop, share: 0}", "!ada@shop", ""},
		{"- dotted: {person: e1, to: ada}", "e1~ada", ""},
		{"- dotted: {person: e2, from: ceo}", "!e2~ceo", ""},
		{"- dotted: {person: e2, from: ceo, to: ada}", "!e2~ceo e2~ada", ""},
		{"- share: {person: ada, team: pay, share: 0.9}", "", "ada would give teams 110 % of the time"},
		{"- share: {person: e1, team: shop, share: 0}", "", "e1 gives team shop no share on 2024-06-01 that could end"},
		{"- share: {person: e1, team: pay, share: 0}", "", "e1 is in team pay by the job"},
		{"- share: {person: e1, team: nope, share: 0.5}", "", `there is no team "nope"`},
		{"- parent: {team: pay, under: pay}", "", "team pay under pay would be under itself: a circle"},
		{"- dotted: {person: e1, from: ceo}", "", "e1 has no dotted line to ceo on 2024-06-01 that could end"},
		{"- dotted: {person: e2, to: ceo}", "", "e2 has a dotted line to ceo already"},
		{"- dotted: {person: e2, to: e2}", "", "a dotted line to himself or herself"},
		{"- leave: e3", "", "e3 is not employed on 2024-06-01"},
		{"- hire: {id: mo}", "", "mo is somebody of the organisation already"},
		{"- move: {person: e1, team: nope}", "", `there is no team "nope" on 2024-06-01`},
		{"- split: {team: shop, into: {id: risk}, people: [e1]}", "", "e1 is not in team shop on 2024-06-01"},
		{"- split: {team: pay, into: {id: shop}, people: [e1]}", "", "there is a team shop already"},
		{"- fill: {position: p9, id: n1}", "", `no position "p9" is open on 2024-06-01`},
		{"- move: {person: ada, manager: e1}", "", "S, step 1 (line 5): ada would report to e1, who reports to mo, who reports to ada: a circle"},
		{"- role: {person: e1, is: director, reports: [mo]}", "", "mo would report to e1, who reports to mo: a circle"},
		{"- move: {person: mo, manager: mo}", "", "mo would report to mo: a circle"},
		{"- open: {id: p1}", "", "there is a position p1 already"},
	} {
		a, err := base.Apply(scenarioOf(t, c.steps), 0)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: %v, want %s", c.steps, err, c.fails)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.steps, err)
			continue
		}
		if found := a.Chart.Check(a.Day); len(found) > 0 {
			t.Errorf("%s does not fit together: %s", c.steps, found[0].Text)
		}
		got := describe(a.Chart.At(a.Day))
		for _, w := range strings.Fields(c.want) {
			word, not := strings.CutPrefix(w, "!")
			if strings.Contains(got, " "+word+" ") == not {
				t.Errorf("%s: no %s in%s", c.steps, w, got)
			}
		}
		if before := describe(a.Chart.At(a.Day - 1)); before != describe(base.At(a.Day-1)) {
			t.Errorf("%s changes the day before:%s", c.steps, before)
		}
	}
	if got := describe(base.At(on("2024-06-01"))); !strings.Contains(got, " e1<mo ") {
		t.Errorf("the chart has changed:%s", got)
	}
}

// TestParentOfATeam: a team goes under another, and back to the top.
func TestParentOfATeam(t *testing.T) {
	chart := parse(t, small)
	for _, c := range []struct{ step, want string }{{"- parent: {team: shop, under: pay}", "pay"}, {"- parent: {team: shop, under: none}", ""}} {
		a, err := chart.Apply(scenarioOf(t, c.step), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range a.Chart.At(a.Day).TeamsNow() {
			if v.Team.ID == "shop" && v.Team.Parent != c.want {
				t.Errorf("%s: shop is under %q", c.step, v.Team.Parent)
			}
		}
		chart = a.Chart
	}
	if _, err := parse(t, small).Apply(scenarioOf(t, "- parent: {team: shop, under: pay}\n      - parent: {team: pay, under: shop}"), 0); err == nil || !strings.Contains(err.Error(), "team pay under shop under pay would be under itself") {
		t.Errorf("a circle of teams: %v", err)
	}
}

// TestImpossibleSteps: the error says which key of the step is to blame.
func TestImpossibleSteps(t *testing.T) {
	chart := parse(t, small)
	for step, want := range map[string]string{
		"- hire: {team: none-such}":                               "team",
		"- hire: {manager: none-such}":                            "manager",
		"- hire: {id: e1}":                                        "id",
		"- hire: {id: n, reports: [none-such]}":                   "reports",
		"- leave: none-such":                                      "person",
		"- move: {person: none-such, team: pay}":                  "person",
		"- move: {person: e1, team: none-such}":                   "team",
		"- move: {person: ada, manager: mo}":                      "manager",
		"- move: {person: e1, dotted: e1}":                        "dotted",
		"- merge: {teams: [pay, shop], into: none-such}":          "into",
		"- merge: {teams: [pay, none-such], into: pay}":           "teams",
		"- split: {team: none-such, into: {id: n}, people: [e1]}": "team",
		"- split: {team: pay, into: {id: shop}, people: [e1]}":    "into",
		"- split: {team: pay, into: {id: n}, people: [ada]}":      "people",
		"- role: {person: none-such, is: lead}":                   "person",
		"- role: {person: mo, is: lead, reports: [ada]}":          "reports",
		"- open: {id: p1}":                                        "id",
		"- open: {id: p2, team: none-such}":                       "team",
		"- fill: {position: none-such}":                           "position",
		"- fill: {position: p1, id: e1}":                          "id",
		"- retire: none-such":                                     "position",
		"- share: {person: none-such, team: pay, share: 0.1}":     "person",
		"- share: {person: ada, team: none-such, share: 0.1}":     "team",
		"- share: {person: ada, team: pay, share: 0.9}":           "share",
		"- share: {person: e1, team: pay, share: 0}":              "share",
		"- share: {person: e1, team: shop, share: 0}":             "share",
		"- parent: {team: none-such, under: pay}":                 "team",
		"- parent: {team: pay, under: none-such}":                 "under",
		"- parent: {team: pay, under: pay}":                       "under",
		"- dotted: {person: none-such, to: mo}":                   "person",
		"- dotted: {person: e1, to: none-such}":                   "to",
		"- dotted: {person: e2, to: ceo}":                         "to",
		"- dotted: {person: e1, from: mo}":                        "from",
	} {
		_, err := chart.Apply(scenarioOf(t, "- hire: {role: designer}\n      "+step), 0)
		var no *Impossible
		if !errors.As(err, &no) || no.Field != want || no.Step != 2 || no.Line != 6 || !strings.HasPrefix(err.Error(), "S, step 2 (line 6): ") {
			t.Errorf("%s: %+v, want %s", step, no, want)
		}
	}
}

// describe writes a snapshot as words: person<manager, person@team, person:role,
// repository=team.
func describe(s *Snapshot) string {
	var b strings.Builder
	for i, m := range s.Members {
		if m.Manager >= 0 {
			fmt.Fprintf(&b, " %s<%s", m.Person.ID, s.Members[m.Manager].Person.ID)
		}
		for _, t := range s.Teams(i) {
			fmt.Fprintf(&b, " %s@%s %s@%s:%.2f", m.Person.ID, t.Team, m.Person.ID, t.Team, t.Share)
		}
		for _, to := range s.Dotted(i) {
			fmt.Fprintf(&b, " %s~%s", m.Person.ID, s.Members[to].Person.ID)
		}
		fmt.Fprintf(&b, " %s:%s", m.Person.ID, m.Job.Role)
	}
	for _, o := range s.Owners() {
		fmt.Fprintf(&b, " %s=%s", o.Repository, o.Team)
	}
	fmt.Fprintf(&b, " teams:%d open:%d ", len(s.TeamsNow()), len(s.Open()))
	return b.String()
}

// TestWhoLeads: two leaders side by side both lead, whoever stands below another does not,
// and the work of leading is that of the reports of all.
func TestWhoLeads(t *testing.T) {
	const below = `
  - {id: m1, role: engineering_manager, manager: %s}
  - {id: m2, role: engineering_manager, manager: %s}
  - {id: e1, role: engineer, manager: m1}
  - {id: e2, role: engineer, manager: m2}
  - {id: e3, role: engineer, manager: cto}
`
	for _, c := range []struct {
		people          string
		leaders         []string
		direct          int
		layers, manager int
	}{
		{"  - {id: ceo, role: ceo, manager: none}\n  - {id: cto, role: cto, manager: ceo}\n  - {id: vpe, role: vpe, manager: ceo}" + fmt.Sprintf(below, "vpe", "vpe"), []string{"cto", "vpe"}, 3, 3, 2},
		{"  - {id: cto, role: cto, manager: none}\n  - {id: vpe, role: vpe, manager: cto}" + fmt.Sprintf(below, "vpe", "vpe"), []string{"cto"}, 3, 4, 3},
		{"  - {id: vpe, role: vpe, manager: none}\n  - {id: cto, role: cto, manager: vpe}" + fmt.Sprintf(below, "vpe", "cto"), []string{"vpe"}, 3, 4, 3},
		{"  - {id: cto, role: cto, manager: none}\n  - {id: cto2, role: cto, manager: none}" + fmt.Sprintf(below, "cto", "cto"), []string{"cto"}, 3, 3, 2},
		{"  - {id: cto, role: director, manager: none}" + fmt.Sprintf(below, "cto", "cto"), []string{"cto"}, 3, 3, 2},
		{"  - {id: cto, role: ceo, manager: none}" + fmt.Sprintf(below, "cto", "cto"), []string{"m1"}, 1, 2, 1},
	} {
		s := parse(t, "people:\n"+c.people).At(on("2024-01-15"))
		m := s.Measure(Bounds{FewestReports: 5, TeamLow: 5, TeamHigh: 9})
		var leaders []string
		for _, l := range m.Leaders {
			leaders = append(leaders, s.Members[l].Person.ID)
		}
		if !slices.Equal(leaders, c.leaders) || m.Leader != m.Leaders[0] || m.Direct != c.direct || m.Layers != c.layers || len(m.Managers) != c.manager {
			t.Errorf("%s\n%q lead, %d report to leaders, %d layers, %d managers; want %+v", c.people, leaders, m.Direct, m.Layers, len(m.Managers), c)
		}
	}
}

// TestCIO: a CIO is no engineer, and is counted for what the role shares with the CTO's.
func TestCIO(t *testing.T) {
	s := parse(t, "people:\n  - {id: a, role: cto, manager: none}\n  - {id: b, role: cio, manager: none}\n  - {id: c, role: engineer, manager: a}\n").At(on("2024-01-15"))
	m := s.Measure(Bounds{FewestReports: 5, TeamLow: 5, TeamHigh: 9})
	said := map[string]float64{}
	for _, c := range s.Claims(m) {
		said[c.ID] = c.Value
	}
	if said["org.cios"] != 1 || said["org.ctos"] != 1 || m.Engineers != 2 {
		t.Errorf("%d engineers, %v", m.Engineers, said)
	}
}

// TestMeasure: a case that is counted by hand.
func TestMeasure(t *testing.T) {
	s := parse(t, small).At(on("2024-01-15"))
	m := s.Measure(Bounds{FewestReports: 5, TeamLow: 5, TeamHigh: 9})
	if m.People != 6 || m.Engineers != 5 || m.Layers != 3 || m.Needed != 2 || len(m.Managers) != 1 || m.Narrow != 1 || m.Widest.Reports != 2 || m.Open != 1 || len(m.Teams) != 2 || m.Odd != 2 {
		t.Errorf("%+v", m)
	}
	if id := s.Members[m.Leader].Person.ID; id != "ada" {
		t.Errorf("%s leads", id)
	}
	claims := map[string]float64{}
	for _, c := range s.Claims(m) {
		claims[c.ID] = c.Value
		if c.State == "unknown" && (c.How == "" || c.Lacks == "") {
			t.Errorf("%s is unknown and says not why, or how it would be known", c.ID)
		}
	}
	if claims["org.layers.extra"] != 1 || claims["org.span.narrow"] != 1 || claims["org.teams.odd"] != 1 || claims["org.directors"] != 0 {
		t.Errorf("%v", claims)
	}
}

// TestOwnershipFollowsTeams: patterns keep their places, so that what others own inside of
// a repository stays theirs, before the day and after it.
func TestOwnershipFollowsTeams(t *testing.T) {
	base := parse(t, `
people:
  - {id: mo, role: engineering_manager, manager: none, team: pay}
  - {id: e1, role: engineer, manager: mo, team: pay}
  - {id: e2, role: engineer, manager: mo, team: shop}
teams:
  - {id: pay}
  - {id: shop, parent: pay}
  - {id: data}
ownership:
  - {team: pay, repository: web}
  - {team: shop, repository: web, path: /shop/}
  - {team: data, repository: web, path: /shop/data/}
`)
	files := []string{"main.go", "risk/a.go", "shop/a.go", "shop/data/a.go"}
	owned := func(c *Chart, d Day) string {
		of, out := c.At(d).OwnerOf(), []string{}
		for _, f := range files {
			out = append(out, of("web", f))
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ steps, want string }{
		{"- merge: {teams: [pay], into: shop}", "shop shop shop data"},
		{"- merge: {teams: [shop], into: pay}", "pay pay pay data"},
		{"- split: {team: pay, into: {id: risk}, people: [e1], owns: [{repository: web, path: /risk/}]}", "pay risk shop data"},
		{"- split: {team: pay, into: {id: risk}, people: [e1], owns: [{repository: web}]}", "risk risk shop data"},
		{"- split: {team: pay, into: {id: risk}, people: [e1], owns: [{repository: web, path: /risk/}]}\n      - merge: {teams: [risk], into: data}", "pay data shop data"},
	} {
		a, err := base.Apply(scenarioOf(t, c.steps), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := owned(a.Chart, a.Day); got != c.want {
			t.Errorf("%s: %s, want %s", c.steps, got, c.want)
		}
		if got := owned(a.Chart, a.Day-1); got != "pay pay shop data" {
			t.Errorf("%s: the day before %s", c.steps, got)
		}
		if found := a.Chart.Check(a.Day); len(found) > 0 {
			t.Errorf("%s does not fit together: %s", c.steps, found[0].Text)
		}
	}
}

// TestSpansOfAnyRole: whoever manages engineers counts, whatever the own role; of people
// who are no engineers only the engineers among the reports do.
func TestSpansOfAnyRole(t *testing.T) {
	var b strings.Builder
	b.WriteString("people:\n  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo}\n  - {id: sal, role: other, manager: ceo}\n  - {id: pm, role: product_manager, manager: ceo}\n")
	for i := range 28 {
		fmt.Fprintf(&b, "  - {id: e%d, role: engineer, manager: ceo}\n", i)
	}
	b.WriteString("  - {id: p1, role: engineer, manager: pm}\n  - {id: d1, role: designer, manager: pm}\n  - {id: c1, role: engineer, manager: ada}\n")
	s := parse(t, b.String()).At(on("2024-01-15"))
	m := s.Measure(Bounds{FewestReports: 2, TeamLow: 5, TeamHigh: 9})
	if id := s.Members[m.Widest.Member].Person.ID; id != "ceo" || m.Widest.Reports != 29 {
		t.Errorf("the widest span is %s's: %+v", id, m.Widest)
	}
	if len(m.Managers) != 1 || s.Members[m.Managers[0].Member].Person.ID != "pm" || m.Managers[0].Reports != 1 || m.Narrow != 0 {
		t.Errorf("managers %+v, narrow %v", m.Managers, m.Narrow)
	}
}

// TestLeaversLeaveEngineers: people without a role who are engineers by their leader stay
// so when the leader leaves, and nobody leads then.
func TestLeaversLeaveEngineers(t *testing.T) {
	base := parse(t, "people:\n  - {id: ada, role: cto, manager: none}\n  - {id: mo, manager: ada}\n  - {id: e1, manager: mo}\n  - {id: e2, manager: mo}\n")
	a, err := base.Apply(scenarioOf(t, "- leave: ada"), 0)
	if err != nil {
		t.Fatal(err)
	}
	m := a.Chart.At(a.Day).Measure(Bounds{})
	if m.Engineers != 3 || m.Unclear != 0 || m.MayLead || m.Leader != -1 {
		t.Errorf("%+v", m)
	}
	if m := base.At(a.Day).Measure(Bounds{}); m.Engineers != 4 || m.MayLead {
		t.Errorf("before: %+v", m)
	}
	// Engineers report to somebody of whom nothing is known: that person may lead.
	if m := parse(t, "people:\n  - {id: mo, manager: none}\n  - {id: e1, role: engineer, manager: mo}\n").At(a.Day).Measure(Bounds{}); !m.MayLead {
		t.Errorf("%+v", m)
	}
}

// TestCirclesFollowSolidLines: a line that stands by itself is followed in the place of
// the job's, and one that the step ends is not.
func TestCirclesFollowSolidLines(t *testing.T) {
	base := parse(t, "people:\n  - {id: ada, role: cto, manager: none}\n  - {id: mo, manager: none}\n  - {id: e1, manager: none}\nreporting:\n  - {person: e1, to: mo}\n  - {person: mo, to: ada}\n")
	for steps, fails := range map[string]string{
		"- move: {person: mo, manager: e1}":                                           "mo would report to e1, who reports to mo",
		"- move: {person: e1, manager: ada}\n      - move: {person: mo, manager: e1}": "",
	} {
		a, err := base.Apply(scenarioOf(t, steps), 0)
		switch {
		case fails == "" && err != nil, fails != "" && (err == nil || !strings.Contains(err.Error(), fails)):
			t.Errorf("%s: %v, want %q", steps, err, fails)
		case err == nil && len(a.Chart.Check(a.Day)) > 0:
			t.Errorf("%s: %+v", steps, a.Chart.Check(a.Day))
		}
	}
}

// TestWhatAScenarioBreaks: of all that does not fit together, what a scenario has brought.
func TestWhatAScenarioBreaks(t *testing.T) {
	base := parse(t, small+"  - {team: pay, repository: api}\n  - {team: shop, repository: api}\n")
	a, err := base.Apply(scenarioOf(t, "- split: {team: pay, into: {id: risk}, people: [e1], owns: [{repository: web}]}\n      - split: {team: pay, into: {id: desk, parent: nowhere}, people: [e2]}"), 0)
	if err != nil {
		t.Fatal(err)
	}
	found, before := a.Chart.Check(a.Day), base.Check(a.Day)
	if len(before) != 1 || len(found) <= len(before) {
		t.Fatalf("before %+v\nafter %+v", before, found)
	}
	brought := Brought(a.Day, found, before)
	if len(brought) == 0 || len(brought) != len(found)-1 {
		t.Errorf("brought %+v", brought)
	}
	for _, f := range brought {
		if f.Subject == "shop" || f.Subject == "pay" {
			t.Errorf("it was there before: %+v", f)
		}
	}
	if again := Brought(a.Day, before, before); len(again) != 0 {
		t.Errorf("nothing happened, and it brought %+v", again)
	}
}

// scenarioOf is a scenario of the middle of 2024 with the steps, which begin at column 7.
func scenarioOf(t *testing.T, steps string) workspace.Scenario {
	t.Helper()
	all, err := workspace.ParseScenarios("s.yaml", []byte("scenarios:\n  - name: S\n    date: 2024-06-01\n    steps:\n      "+steps+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// TestSeveralTeamsOwn: the one that answers has the files, others own with it; no two
// owners are found, and a merge leaves nobody who owns with himself.
func TestSeveralTeamsOwn(t *testing.T) {
	base := parse(t, small+`  - {team: pay, repository: web, with: shop}
`)
	day := on("2024-06-01")
	if found := base.Check(day); len(found) > 0 {
		t.Errorf("does not fit together: %+v", found)
	}
	s := base.At(day)
	if got := s.OwnerOf()("web", "main.go"); got != "shop" || len(s.Owners()) != 2 {
		t.Errorf("%s answers of %+v", got, s.Owners())
	}
	for _, into := range []string{"pay", "shop"} {
		a, err := base.Apply(scenarioOf(t, "- merge: {teams: [pay, shop], into: "+into+"}"), 0)
		if err != nil {
			t.Fatal(err)
		}
		after := a.Chart.At(a.Day)
		if o := after.Owners(); len(o) != 1 || after.OwnerOf()("web", "main.go") != into {
			t.Errorf("merged into %s: %+v", into, o)
		}
	}
}

// TestTeamsOfADirector: a team that has ended counts no more, though somebody is still in it.
func TestTeamsOfADirector(t *testing.T) {
	c := parse(t, `
people:
  - {id: di, role: director, manager: none}
  - {id: e1, role: engineer, manager: di, team: old}
  - {id: e2, role: engineer, manager: di, team: new}
teams:
  - {id: old, until: 2024-03-31}
  - {id: new}
`)
	for day, want := range map[string]int{"2024-03-31": 2, "2024-04-01": 1} {
		if m := c.At(on(day)).Measure(Bounds{}); len(m.Directors) != 1 || m.Directors[0].Teams != want || m.Directors[0].Engineers != 2 {
			t.Errorf("%s: %+v", day, m.Directors)
		}
	}
}
