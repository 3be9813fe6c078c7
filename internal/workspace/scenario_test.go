package workspace

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/problem"
)

// TestScenariosWithoutValues: a step without a value is named with its file and line, and
// with what to write.
func TestScenariosWithoutValues(t *testing.T) {
	const head = "scenarios:\n  - name: S\n    steps:\n"
	for in, want := range map[string]string{
		head + "      - leave:\n":                    "s.yaml:4:9: key \"leave\" has no value\n    4 |       - leave:\n      |         ^\nwrite one, such as leave: e7",
		head + "      - {hire: , leave: e7}\n":       `such as hire: {role: engineer, team: payments, manager: mo}`,
		head + "      - retire: ~\n":                 "write one, such as retire: p3",
		head + "      - split:\n":                    "write one, such as split: {team: payments, into: {id: risk}, people: [e2, e3]}",
		head + "      -\n":                           "s.yaml:4:9: empty entry",
		"scenarios:\n  - name: S\n    steps:\n":      "a scenario in which nothing happens",
		"scenarios:\n":                               `key "scenarios" has no value`,
		"scenarios: []\n":                            "there is no scenario here",
		"# nothing\n":                                "there is no scenario here",
		"":                                           "there is no scenario here",
		head + "      - merge: {teams: , into: a}\n": `key "teams" has no value`,
	} {
		_, err := ParseScenarios("s.yaml", []byte(in))
		if err == nil || !errors.Is(err, problem.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	for _, step := range []string{"hire", "leave", "move", "merge", "split", "role", "open", "fill", "retire", "share", "parent", "dotted"} {
		_, err := ParseScenarios("s.yaml", []byte(head+"      - "+step+":\n"))
		if err == nil {
			t.Fatalf("%s without a value is taken", step)
		}
		_, such, _ := strings.Cut(err.Error(), "such as ")
		if _, err := ParseScenarios("s.yaml", []byte(head+"      - "+such+"\n")); err != nil {
			t.Errorf("what is said to be right is not: %q: %v", such, err)
		}
	}
}

// TestScenariosComeBack: whatever a file of scenarios may say is written again as it was
// read. A kind of step, or a key of one, that the writer forgets fails here.
func TestScenariosComeBack(t *testing.T) {
	const text = `seed: 7
scenarios:
  - name: "All: of it"
    date: 2027-01-01
    growth: {low: -0.1, high: 0.5}
    steps:
      - hire: {id: vp, name: "Ada, of course", title: VP, role: vpe, level: L8, employment: employee, location: Oslo, cost: 120000 EUR, team: none, manager: ceo, reports: [mo, li]}
      - hire: {role: engineer, count: 3}
      - leave: e7
      - move: {person: e1, team: search, manager: li, dotted: mo}
      - merge: {teams: [search, discovery], into: search}
      - split: {team: payments, into: {id: risk, name: Risk, kind: stream_aligned, parent: money}, people: [e2, e3], owns: [{repository: shop, path: /risk/}, {repository: all}]}
      - share: {person: e4, team: search, share: 0.4}
      - share: {person: e4, team: data, share: 0}
      - parent: {team: risk, under: none}
      - dotted: {person: e2, to: li, from: mo}
      - role: {person: mo, is: director, title: "Director: all", reports: [li]}
      - open: {id: p2, title: Engineer, role: engineer, team: risk, manager: mo}
      - fill: {position: p1, id: n1, name: "No", title: T, role: lead, level: L, employment: contractor, location: X, cost: 1 EUR, team: risk, manager: mo}
      - retire: p3
  - name: Growth
    growth: {low: 0.2, high: 0.5}
`
	want, err := ParseScenarios("s.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	kinds := reflect.TypeFor[Step]()
	for i := range kinds.NumField() {
		if kinds.Field(i).Name != "Line" && !slices.ContainsFunc(want[0].Steps, func(s Step) bool { return !reflect.ValueOf(s).Field(i).IsZero() }) {
			t.Errorf("the test has no step %s", kinds.Field(i).Name)
		}
	}
	out, err := ScenariosYAML(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseScenarios("s.yaml", out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" }, cmp.Ignore())); diff != "" {
		t.Errorf("(-read +written)\n%s\n%s", diff, out)
	}
}
