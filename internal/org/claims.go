package org

import (
	"fmt"
	"math"
	"strings"

	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Claims says what the structure rules of the playbook look at. What the document does
// not hold is unknown, and says what to add.
func (s *Snapshot) Claims(m Measures) []signal.Claim {
	b := claims{day: s.Day}
	b.needs(m.Engineers > 0, "no engineers are entered", "people:\n  - {id: ada, role: engineer, team: payments, manager: bo}")
	b.number("org.engineers", float64(m.Engineers), "engineers", fmt.Sprintf("%d of %s are engineers%s", m.Engineers, signal.Count(float64(m.People), "people"), unclear(m)))
	b.number("org.directors", float64(m.Roles["director"]), "directors", said(m.Roles["director"], "director", "directors"))
	heads := m.Roles["vpe"] + m.Roles["head_of_engineering"]
	b.number("org.heads", float64(heads), "heads", said(heads, "head or VP of Engineering", "heads or VPs of Engineering"))
	b.number("org.ctos", float64(m.Roles["cto"]), "people", said(m.Roles["cto"], "CTO", "CTOs"))
	b.number("org.cios", float64(m.CIOs), "people", said(m.CIOs, "CIO", "CIOs"))
	b.number("org.chief_architects", float64(m.Roles["chief_architect"]), "architects", said(m.Roles["chief_architect"], "chief architect", "chief architects"))
	b.number("org.lead_architects", float64(m.Roles["lead_architect"]), "architects", said(m.Roles["lead_architect"], "lead architect", "lead architects"))
	s.lineClaims(&b, m)
	s.directorClaims(&b, m)
	b.needs(len(m.Teams) > 0, "nobody is in a team", "teams:\n  - {id: payments, kind: stream_aligned}")
	b.number("org.teams", float64(len(m.Teams)), "teams", fmt.Sprintf("%s with engineers in them", signal.Count(float64(len(m.Teams)), "teams")))
	odd := float64(m.Odd) / math.Max(1, float64(len(m.Teams)))
	b.number("org.teams.odd", odd, "share", fmt.Sprintf("%d of %s are outside of the advised size", m.Odd, signal.Count(float64(len(m.Teams)), "teams")))
	kinds := 0
	for _, t := range m.Teams {
		if t.Team.Kind != "" {
			kinds++
		}
	}
	b.needs(kinds > 0, "the kind of no team is entered", "teams:\n  - {id: payments, kind: platform}   # stream_aligned, platform, enabling, complicated_subsystem")
	b.number("org.teams.specialised", float64(m.Specialised), "teams", fmt.Sprintf("%s work on platforms or complicated subsystems", signal.Count(float64(m.Specialised), "teams")))
	return b.out
}

func (s *Snapshot) lineClaims(b *claims, m Measures) {
	b.needs(m.Lined > 0 && m.Engineers > 0, "reporting lines are not entered", "people:\n  - {id: ada, manager: bo}")
	b.number("org.managers", float64(len(m.Managers)), "managers", fmt.Sprintf("%s engineers besides the leader", manage(len(m.Managers))))
	b.needs(m.Widest.Reports > 0, "reporting lines are not entered", "people:\n  - {id: ada, manager: bo}")
	b.number("org.span.widest", float64(m.Widest.Reports), "direct reports", fmt.Sprintf("the widest span is %s", signal.Count(float64(m.Widest.Reports), "direct reports")))
	b.needs(!math.IsNaN(m.Narrow), "nobody but the leader manages", "people:\n  - {id: ada, manager: bo}")
	b.number("org.span.narrow", m.Narrow, "share of managers", fmt.Sprintf("%.0f %% of %s have fewer reports than advised", 100*m.Narrow, signal.Count(float64(len(m.Managers)), "managers")))
	b.needs(m.Leader >= 0 && m.Layers > 0, "who leads engineering is not entered", "people:\n  - {id: ada, role: cto}   # cto, vpe or technical_leader")
	b.number("org.layers.extra", float64(m.Layers-m.Needed), "layers", fmt.Sprintf("%s from the leader to the last engineer; %d would do at seven reports each", signal.Count(float64(m.Layers), "layers"), m.Needed))
	b.needs(m.VPE >= 0, "nobody has the role vpe", "people:\n  - {id: ada, role: vpe, manager: bo}")
	b.number("org.past_vpe", float64(len(m.PastVPE)), "managers", fmt.Sprintf("%s engineers without reporting up through the VP of Engineering", manage(len(m.PastVPE))))
	b.needs(m.VPE >= 0 && m.VPELine != "", "whom the VP of Engineering reports to, and that role, are not entered", "people:\n  - {id: ada, role: vpe, manager: bo}\n  - {id: bo, role: cto}")
	usual := m.VPELine == "cto" || m.VPELine == "ceo" || m.VPELine == "coo"
	b.number("org.vpe_line", 1, "1 if so", "the VP of Engineering reports to the "+strings.ReplaceAll(m.VPELine, "_", " "))
	if last := &b.out[len(b.out)-1]; last.State == signal.Present && usual {
		last.State, last.Value, last.Strength = signal.Absent, 0, 0
	}
}

func (s *Snapshot) directorClaims(b *claims, m Measures) {
	b.needs(len(m.Directors) > 0, "nobody has the role director", "people:\n  - {id: ada, role: director}")
	most, teams, fewest := 0, 0, math.MaxInt32
	for _, d := range m.Directors {
		most, teams, fewest = max(most, d.Engineers), max(teams, d.Teams), min(fewest, d.Engineers)
	}
	b.number("org.director.engineers", float64(most), "engineers", fmt.Sprintf("the director with most has %s", signal.Count(float64(most), "engineers")))
	b.number("org.director.teams", float64(teams), "teams", fmt.Sprintf("the director with most has %s", signal.Count(float64(teams), "teams")))
	b.number("org.director.fewest", float64(fewest), "engineers", fmt.Sprintf("the director with fewest has %s", signal.Count(float64(fewest), "engineers")))
}

func unclear(m Measures) string {
	if m.Unclear == 0 {
		return ""
	}
	return fmt.Sprintf(", and of %d it is not known", m.Unclear)
}

func said(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + one
	case 1:
		return "one " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func manage(n int) string {
	switch n {
	case 0:
		return "nobody manages"
	case 1:
		return "one person manages"
	}
	return fmt.Sprintf("%d people manage", n)
}

// claims are gathered under what they need.
type claims struct {
	day       Day
	ok        bool
	lack, how string
	out       []signal.Claim
}

func (b *claims) needs(ok bool, lack, how string) { b.ok, b.lack, b.how = ok, lack, how }

func (b *claims) number(id string, v float64, unit, sentence string) {
	nan := math.NaN()
	c := signal.Claim{ID: id, State: signal.Unknown, Value: nan, Low: nan, High: nan, Unit: unit, Method: "declared in " + workspace.OrganisationFile, Lacks: b.lack, How: b.how}
	if b.ok {
		c.State, c.Value, c.Low, c.High, c.N, c.Strength = signal.Present, v, v, v, 1, 1
		c.Sentence, c.Lacks, c.How = sentence, "", ""
	}
	b.out = append(b.out, c)
}
