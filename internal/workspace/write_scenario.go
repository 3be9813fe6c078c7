package workspace

import (
	"bytes"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// ScenariosYAML writes scenarios as the YAML that ParseScenarios reads. Steps are those
// that a page can make: somebody moves, joins, leaves or takes a role; a scenario with
// others is refused, so that none is lost.
func ScenariosYAML(all []Scenario) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Changes that were thought through and not made. Side by side: diarchy org whatif FILE\n")
	if len(all) > 0 && all[0].Seed > 0 {
		fmt.Fprintf(&b, "seed: %d\n", all[0].Seed)
	}
	b.WriteString("scenarios:\n")
	for _, s := range all {
		fmt.Fprintf(&b, "  - name: %s\n", quote(oneLine(s.Name)))
		if !s.Date.IsZero() {
			fmt.Fprintf(&b, "    date: %s\n", s.Date.Format(time.DateOnly))
		}
		if s.Growth.OK {
			fmt.Fprintf(&b, "    growth: {low: %s, high: %s}\n", trimmed(s.Growth.Value.Low), trimmed(s.Growth.Value.High))
		}
		if len(s.Steps) > 0 {
			b.WriteString("    steps:\n")
		}
		for _, step := range s.Steps {
			var e encoder
			if !e.step(step) {
				return nil, problem.New(problem.Usage, "edit the file by hand: docs/howto/think-through-a-change.md", "%s holds a step that only a file can", s.Name)
			}
			fmt.Fprintf(&b, "      - %s\n", e.String())
		}
	}
	if _, err := ParseScenarios("scenario", b.Bytes()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// step writes one, or says that it cannot.
func (e *encoder) step(s Step) bool {
	switch {
	case s.Move != nil && s.Move.Dotted == "":
		e.open("move: {")
		e.text("person", s.Move.Person)
		e.text("team", s.Move.Team)
		e.text("manager", s.Move.Manager)
	case s.Hire != nil && len(s.Hire.Reports) == 0 && s.Hire.ID == "":
		e.open("hire: {")
		e.text("role", s.Hire.Job.Role)
		e.text("team", s.Hire.Job.Team)
		e.text("manager", s.Hire.Job.Manager)
		e.raw("count", fmt.Sprint(max(1, s.Hire.Count)))
	case s.Role != nil && len(s.Role.Reports) == 0:
		e.open("role: {")
		e.text("person", s.Role.Person)
		e.raw("is", s.Role.Role)
		e.text("title", s.Role.Title)
	case s.Leave != "":
		e.WriteString("leave: " + flowText(s.Leave))
		return true
	default:
		return false
	}
	e.WriteString("}")
	return true
}
