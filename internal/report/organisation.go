package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Organisation writes the organisation of a day for a terminal: the answer, what the
// structure needs, teams, and what does not fit together.
func Organisation(w io.Writer, o cockpit.Organisation, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, o.Summary)
	s.orgFacts(o)
	s.structure(o.Needs)
	if n := len(o.FromCode); n > 0 {
		s.labelled(0, marks, faint, "?", plainText, count(n, "more is", "more are")+" judged from code: "+strings.Join(o.FromCode, "; ")+". Look with: diarchy diagnose")
	}
	s.orgTeams(o)
	s.orgProblems(o.Problems, 8)
	s.orgMissing(o)
	_, err := io.WriteString(w, s.out.String())
	return err
}

func (s *screen) orgFacts(o cockpit.Organisation) {
	s.blank()
	for _, f := range o.Facts {
		text := f.Value
		if f.Note != "" {
			text += "; " + f.Note
		}
		s.labelled(0, 22, faint, f.Label, plainText, text)
	}
}

// structure says what the structure of the organisation needs; nothing where the
// organisation is not described.
func (s *screen) structure(all []cockpit.Finding) {
	if len(all) == 0 {
		return
	}
	present, absent, rest := byState(all)
	s.heading("What the structure needs")
	for _, f := range present {
		s.finding(f, false)
		s.para(marks, plainText, strings.TrimSpace(stop(f.Summary)+" "+cited(f.Cites)))
		s.para(marks, faint, f.Advice)
	}
	s.none(len(present), "Nothing that the rules look at.")
	s.folded("-", green, "not so", absent)
	s.folded("?", faint, "not known", rest)
}

// cited are facts of the playbook as texts cite them: [O2, O5].
func cited(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return "[" + joinClean(ids, ", ") + "]"
}

func (s *screen) orgTeams(o cockpit.Organisation) {
	if len(o.Teams) == 0 {
		return
	}
	s.heading("Teams")
	for _, t := range o.Teams {
		parts := []string{personsIn(t.People)}
		if t.Kind != "" {
			parts = append(parts, strings.ReplaceAll(t.Kind, "_", " "))
		}
		if t.Open > 0 {
			parts = append(parts, fmt.Sprintf("%d open", t.Open))
		}
		if len(t.Owns) > 0 {
			owns := strings.Join(t.Owns[:min(4, len(t.Owns))], ", ")
			if len(t.Owns) > 4 {
				owns += fmt.Sprintf(" and %d more", len(t.Owns)-4)
			}
			parts = append(parts, "owns "+owns)
		}
		name := t.Name
		if name == "" {
			name = t.ID
		}
		s.labelled(0, 22, plainText, name, plainText, strings.Join(parts, "; "))
	}
}

// personsIn counts people of a team, of whom some give it a part of their time.
func personsIn(x float64) string {
	if text := trimZero(x); text != "1" {
		return text + " people"
	}
	return "1 person"
}

func trimZero(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }

// OrganisationProblems writes what does not fit together.
func OrganisationProblems(w io.Writer, o cockpit.Organisation, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	switch n := len(o.Problems); n {
	case 0:
		s.para(0, boldGreen, "Everything in the organisation document fits together.")
	case 1:
		s.para(0, bold, "One thing does not fit together.")
	default:
		s.para(0, bold, fmt.Sprintf("%d things do not fit together.", n))
	}
	s.orgProblems(o.Problems, len(o.Problems))
	_, err := io.WriteString(w, s.out.String())
	return err
}

func (s *screen) orgProblems(all []cockpit.OrgProblem, most int) {
	if len(all) == 0 {
		return
	}
	s.heading("Does not fit together")
	for i, p := range all {
		if i == most {
			s.para(0, faint, fmt.Sprintf("and %d more: diarchy org check", len(all)-most))
			break
		}
		s.para(0, plainText, fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text))
		s.para(4, faint, p.Fix)
	}
}

func (s *screen) orgMissing(o cockpit.Organisation) {
	if len(o.Missing) == 0 {
		return
	}
	s.heading("What is missing")
	for _, m := range o.Missing {
		s.para(0, plainText, m.What)
		s.code(4, m.How)
	}
}

func reports(p cockpit.OrgPerson) string {
	text := fmt.Sprintf("%d reports", p.Reports)
	if p.Reports == 1 {
		text = "1 report"
	}
	if p.Below > p.Reports {
		text += fmt.Sprintf(", %d in all", p.Below)
	}
	return text
}

// OrganisationTree writes reporting lines as an indented tree, each level as deep as
// asked; 0 is all of it.
func OrganisationTree(w io.Writer, o cockpit.Organisation, depth int, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	people, teams := map[string]string{}, map[string]string{}
	for _, p := range o.People {
		people[p.ID] = orElse(p.Name, p.ID)
	}
	for _, t := range o.Teams {
		teams[t.ID] = t.Name
	}
	for _, p := range o.People {
		if depth > 0 && p.Depth >= depth {
			continue
		}
		about := p.Title
		if about == "" {
			about = strings.ReplaceAll(p.Role, "_", " ")
		}
		var parts []string
		for _, part := range []string{about, orElse(teams[p.Team], p.Team)} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		if p.Reports > 0 {
			parts = append(parts, reports(p))
		}
		if len(p.Dotted) > 0 {
			var to []string
			for _, id := range p.Dotted {
				to = append(to, orElse(people[id], id))
			}
			parts = append(parts, "dotted to "+strings.Join(to, ", "))
		}
		s.hanging(2*p.Depth, people[p.ID]+"  ", plainText, strings.Join(parts, " · "))
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// mostPairs is how many pairs of teams are listed.
const mostPairs = 10

// Borders writes where teams change each other's code.
func Borders(w io.Writer, b cockpit.Borders, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, b.Summary)
	if b.How != "" {
		s.code(4, b.How)
	}
	if len(b.Pairs) > 0 {
		s.heading("Teams whose code changes together")
		for _, p := range b.Pairs[:min(mostPairs, len(b.Pairs))] {
			s.labelled(0, 8, bold, thousands(p.Changes), plainText, p.A+" and "+p.B)
		}
	}
	if len(b.Areas) > 0 {
		s.heading("Code that may sit on the wrong side of a border")
		for _, a := range b.Areas[:min(mostPairs, len(b.Areas))] {
			s.para(0, bold, a.Area)
			s.para(4, plainText, fmt.Sprintf("owned by %s; %d of its %d changes touched code of %s too, whose code it belongs to by what changes together", a.Team, a.Shared, a.Changes, a.With))
		}
	}
	if b.Unowned > 0 {
		s.blank()
		s.para(0, faint, fmt.Sprintf("%s changes touched only what no team owns.", thousands(b.Unowned)))
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// Match writes who wrote commits and is nobody of the document.
func Match(w io.Writer, m cockpit.Match, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, m.Summary)
	if len(m.Unjoined) > 0 {
		s.heading("Wrote in the last year, and is nobody of the document")
	}
	for _, u := range m.Unjoined {
		s.hanging(0, "", bold, u.Email)
		if u.Person != "" {
			s.para(4, plainText, "perhaps "+u.Person+": "+u.Reason)
		}
		s.code(4, u.Fix)
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}
