package workspace

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// ScenariosYAML writes scenarios as the YAML that ParseScenarios reads.
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
			e.step(step)
			fmt.Fprintf(&b, "      - %s\n", e.String())
		}
	}
	if _, err := ParseScenarios("scenario", b.Bytes()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// step writes one.
func (e *encoder) step(s Step) {
	switch {
	case s.Leave != "":
		e.text("leave", s.Leave)
		return
	case s.Retire != "":
		e.text("retire", s.Retire)
		return
	case s.Move != nil:
		e.open("move: {")
		e.text("person", s.Move.Person)
		e.text("team", s.Move.Team)
		e.text("manager", s.Move.Manager)
		e.text("dotted", s.Move.Dotted)
	case s.Hire != nil:
		e.open("hire: {")
		e.newcomer(s.Hire.Person)
		e.raw("count", strconv.Itoa(max(1, s.Hire.Count)))
		e.list("reports", s.Hire.Reports)
	case s.Role != nil:
		e.open("role: {")
		e.text("person", s.Role.Person)
		e.raw("is", s.Role.Role)
		e.text("title", s.Role.Title)
		e.list("reports", s.Role.Reports)
	case s.Merge != nil:
		e.open("merge: {")
		e.list("teams", s.Merge.Teams)
		e.text("into", s.Merge.Into)
	case s.Split != nil:
		e.split(*s.Split)
	case s.Open != nil:
		e.open("open: {")
		e.position(*s.Open)
	case s.Fill != nil:
		e.open("fill: {")
		e.text("position", s.Fill.Position)
		e.newcomer(s.Fill.Person)
	case s.Share != nil:
		e.open("share: {")
		e.text("person", s.Share.Person)
		e.text("team", s.Share.Team)
		e.raw("share", strconv.FormatFloat(s.Share.Share, 'f', -1, 64))
	case s.Parent != nil:
		e.open("parent: {")
		e.text("team", s.Parent.Team)
		e.text("under", s.Parent.Under)
	case s.Dotted != nil:
		e.open("dotted: {")
		e.text("person", s.Dotted.Person)
		e.text("to", s.Dotted.To)
		e.text("from", s.Dotted.From)
	}
	e.WriteString("}")
}

func (e *encoder) newcomer(p Person) {
	e.text("id", p.ID)
	e.text("name", p.Name)
	e.job(p.Job)
}

func (e *encoder) split(s Split) {
	e.open("split: {")
	e.text("team", s.Team)
	e.open(", into: {")
	e.team(s.New)
	e.WriteString("}")
	e.some = true
	e.list("people", s.People)
	if len(s.Owns) > 0 {
		e.WriteString(", owns: [")
		for i, o := range s.Owns {
			if i > 0 {
				e.WriteString(", ")
			}
			e.open("{")
			e.text("repository", o.Repository)
			e.text("path", o.Path)
			e.WriteString("}")
		}
		e.WriteString("]")
	}
}
