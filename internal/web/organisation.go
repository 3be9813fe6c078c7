package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

func (r *request) organisationTabs() []roomLink {
	shown := []string{"Structure", "/organisation", "People and lines", "/organisation/people"}
	if r.may(access.Organisation) {
		shown = append(shown, "What if", "/organisation/plans")
	}
	return r.tabs(shown...)
}

// noOrganisation is the room while nobody has described the organisation.
func (r *request) noOrganisation(title string) room {
	return room{title: title, headline: "The organisation is not described yet", tabs: r.organisationTabs(), sections: []section{{ID: "describe", Title: "How it begins", Empty: &empty{
		Why: "There is no organisation.yaml in the workspace.", Needs: "An export of people from any roster is enough to start: a line for each, with name, e-mail address, team and manager.",
		Command: "diarchy org import PEOPLE.csv", Takes: "It takes a minute; spans, layers, what the structure needs and who owns what are here at the next look."}}}}
}

// yourPart is what somebody sees who does not see the whole.
const yourPart = "what you may see of it"

// organisation is the structure on a day, and what it needs.
func (s *Server) organisation(r *request) (room, error) {
	o, err := s.company.Organisation(r.Context(), r.place)
	if errors.Is(err, problem.Missing) || errors.Is(err, problem.Usage) {
		return r.noOrganisation("Organisation"), nil
	}
	if err != nil {
		return room{}, err
	}
	part := !r.may(access.Organisation)
	if part {
		o = partOf(o, r.scope(access.Organisation))
	}
	p := s.partsOf(r, nil, nil)
	m := room{title: "Organisation", headline: headline(o), lede: report.Clean(o.Summary), tabs: r.organisationTabs(), parts: p, data: o}
	needs := section{ID: "needs", Title: "What the structure needs"}
	var present []cockpit.Finding
	for _, f := range o.Needs {
		if f.State == cockpit.Present {
			present = append(present, f)
		} else {
			needs.Quiet = append(needs.Quiet, item{Title: strings.TrimSuffix(report.Clean(f.Title), "."), Meta: f.State, Text: report.Clean(f.Summary), Why: r.explainAt(f.ID)})
		}
	}
	needs.Findings = findings(p, present)
	needs.Notes = when(len(present) == 0, "Nothing that the rules look at.")
	scopes, err := s.scopes(r)
	if err != nil {
		return room{}, err
	}
	teams := r.teams(o.Teams, scopes)
	if part {
		m.of, m.headline, m.sections = yourPart, "Your part of the organisation", []section{teams}
		return m, nil
	}
	chart, err := s.orgChart(r, p)
	if err != nil {
		return room{}, err
	}
	m.sections = append(append([]section{needs}, chart...), section{ID: "facts", Title: "On this day", Facts: p.Facts(o.Facts)}, teams)
	if len(o.Problems) > 0 {
		v := section{ID: "problems", Title: "Does not fit together"}
		for _, f := range o.Problems {
			v.Items = append(v.Items, item{Title: report.Clean(f.Text), Meta: fmt.Sprintf("line %d", f.Line), Action: report.Clean(f.Fix)})
		}
		m.sections = append(m.sections, v)
	}
	if len(o.Missing) > 0 {
		v := section{ID: "missing", Title: "What is missing"}
		for _, f := range o.Missing {
			v.Items = append(v.Items, item{Title: report.Clean(f.What), Code: f.How})
		}
		m.sections = append(m.sections, v)
	}
	return m, nil
}

func headline(o cockpit.Organisation) string {
	for _, f := range o.Needs {
		if f.State == cockpit.Present {
			return report.Clean(f.Title)
		}
	}
	return "The structure needs nothing that the rules look at"
}

// orgChart is the chart of who leads people on the day, as a diagnosis has it; none where
// the day cannot be judged.
func (s *Server) orgChart(r *request, p *report.Parts) ([]section, error) {
	d, err := s.company.Diagnosis(r.Context(), r.place)
	if errors.Is(err, problem.Missing) || errors.Is(err, problem.Usage) {
		return nil, nil
	}
	if err != nil || d.Organisation == nil {
		return nil, err
	}
	return []section{{ID: "chart", Title: "Chart on " + report.Day(d.Organisation.AsOf), OrgChart: p.OrgChart(d.Organisation, r.place.address("/organisation/people"))}}, nil
}

// teams lists teams. Those of which there are facts lead to their numbers; of the others it
// says what they need.
func (r *request) teams(all []cockpit.OrgTeam, scopes []string) section {
	g := &grid{Caption: "Teams", Head: []string{"Team", "Kind", "Part of", "People", "Open positions", "Owns"}}
	var without []string
	for _, t := range all {
		one := row(orElse(t.Name, t.ID), cockpit.Words(t.Kind), t.Parent, report.Number(&t.People), fmt.Sprint(t.Open), strings.Join(t.Owns, ", "))
		if one[0].Address = r.teamAddress(t.ID, scopes); one[0].Address == "" {
			without = append(without, one[0].Text)
		}
		g.Rows = append(g.Rows, one)
	}
	return section{ID: "teams", Title: "Teams", Grid: g, Notes: when(len(without) > 0,
		"Without numbers of their own: "+strings.Join(without, ", ")+". A team has them once organisation.yaml says, under ownership, which whole repositories it owns.")}
}

// teamAddress is the room that somebody may see of a team, or of the teams of a group,
// alone: the VPE's, or its numbers; "" where there are no facts of it.
func (r *request) teamAddress(id string, scopes []string) string {
	at := r.place
	at.Scope = "team:" + id
	if !slices.Contains(scopes, at.Scope) {
		at.Scope = "group:" + id
	}
	if !slices.Contains(scopes, at.Scope) {
		return ""
	}
	if r.may(access.Diagnosis) {
		return at.address("/vpe")
	}
	return at.address("/numbers")
}

// people is the chart of reporting lines, in the order of the chart.
func (s *Server) people(r *request) (room, error) {
	o, err := s.company.Organisation(r.Context(), r.place)
	if errors.Is(err, problem.Missing) || errors.Is(err, problem.Usage) {
		return r.noOrganisation("People and lines"), nil
	}
	if err != nil {
		return room{}, err
	}
	of := ""
	if !r.may(access.Organisation) {
		of = yourPart
		o = partOf(o, r.scope(access.Organisation))
	}
	m := room{title: "People and lines", of: of, headline: "Who reports to whom", lede: "On " + report.Day(o.AsOf) + ". In the order of reporting lines; nothing here is a measure of anybody.", tabs: r.organisationTabs(), data: o}
	tree := section{ID: "tree", Title: "Lines"}
	for _, p := range o.People {
		about := []string{}
		for _, text := range []string{orElse(p.Title, cockpit.Words(p.Role)), p.Team} {
			if text != "" {
				about = append(about, text)
			}
		}
		if p.Reports > 0 {
			about = append(about, fmt.Sprintf("%d report directly", p.Reports))
		}
		if len(p.Dotted) > 0 {
			about = append(about, "dotted line to "+strings.Join(p.Dotted, ", "))
		}
		tree.Steps = append(tree.Steps, step{Depth: min(p.Depth, 6), Title: report.Clean(orElse(p.Name, p.ID)), Lines: []string{report.Clean(strings.Join(about, "; "))}})
	}
	m.sections = []section{tree}
	return m, nil
}

// partOf is the organisation that a scope holds: teams and people, and nothing that is
// said of the whole.
func partOf(o cockpit.Organisation, scope access.Scope) cockpit.Organisation {
	out := cockpit.Organisation{Schema: o.Schema, AsOf: o.AsOf, Facts: []cockpit.Fact{}, Needs: []cockpit.Finding{}, FromCode: []string{}, Teams: []cockpit.OrgTeam{}, People: []cockpit.OrgPerson{}, Open: []cockpit.OrgOpen{}, Problems: []cockpit.OrgProblem{}, Missing: []cockpit.Missing{}}
	of, err := time.Parse(time.DateOnly, o.AsOf)
	if err != nil {
		return out
	}
	day := org.DayOf(of)
	for _, t := range o.Teams {
		if scope.HoldsTeam(t.ID) {
			out.Teams = append(out.Teams, t)
		}
	}
	for _, p := range o.People {
		if scope.Holds(p.ID, day) {
			out.People = append(out.People, p)
		}
	}
	out.Summary = fmt.Sprintf("%d people in %d teams.", len(out.People), len(out.Teams))
	return out
}
