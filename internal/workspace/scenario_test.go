package workspace

import (
	"errors"
	"strings"
	"testing"

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
