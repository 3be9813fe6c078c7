package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// organisation reads the organisation document of the workspace; nil when there is none.
func (s *session) organisation() (*org.Chart, error) {
	if s.chart != nil {
		return s.chart, nil
	}
	chart, err := s.chartOf(workspace.LoadOrganisation)
	s.chart = chart
	return chart, err
}

// chartOf reads the organisation document in one of two ways.
func (s *session) chartOf(read func(path string) (*workspace.Organisation, error)) (*org.Chart, error) {
	path := s.doc.OrganisationPath()
	if path == "" {
		return nil, nil
	}
	doc, err := read(path)
	switch {
	case errors.Is(err, problem.Missing):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return org.New(doc), nil
}

// today is the day by the company's calendar.
func (s *session) today() org.Day { return org.DayOf(s.now().In(s.doc.Company.TimeZone)) }

// Organisation implements cli.Actions.
func (p *program) Organisation(_ context.Context, scope cli.Scope) (cockpit.Organisation, error) {
	none := cockpit.Organisation{}
	s, err := p.documents(scope)
	if err != nil {
		return none, err
	}
	chart, err := s.chartOf(workspace.ReviewOrganisation)
	switch {
	case err != nil:
		return none, err
	case s.doc.Dir() == "":
		return none, problem.New(problem.Usage, "make one with: diarchy init", "there is no workspace here, so there is no organisation document")
	case chart == nil:
		return none, problem.New(problem.Missing, "start one from an export of people: diarchy org import FILE.csv; or write it by hand: docs/howto/describe-the-organisation.md", "%s is not there", s.doc.OrganisationPath())
	}
	day, err := s.orgDay()
	if err != nil {
		return none, err
	}
	return s.organisationView(chart, day), nil
}

// orgDay is the day that is asked for: today, without one.
func (s *session) orgDay() (org.Day, error) {
	asked, err := parseDate(s.scope.AsOf)
	if err != nil || !asked.IsZero() {
		return org.DayOf(asked), err
	}
	return s.today(), nil
}

func (s *session) organisationView(chart *org.Chart, day org.Day) cockpit.Organisation {
	snap := chart.At(day)
	m := snap.Measure(diagnosis.Bounds(s.playbook))
	claims := map[string]signal.Claim{}
	for _, c := range snap.Claims(m) {
		claims[c.ID] = c
	}
	o := cockpit.Organisation{Schema: cockpit.OrganisationSchema, AsOf: day.String(), Needs: []cockpit.Finding{}, FromCode: []string{},
		Teams: []cockpit.OrgTeam{}, People: []cockpit.OrgPerson{}, Open: []cockpit.OrgOpen{}, Problems: orgProblems(chart.Check(day)), Missing: orgMissing(byID(claims))}
	o.Summary, o.Facts = diagnosis.DescribeOrganisation(snap, m, len(o.Problems)), orgFacts(snap, m)
	judged := s.playbook.Judge(claims)
	for _, f := range diagnosis.Structure(judged) {
		if f.State == cockpit.Unknown && fromCode(judged, f.ID, claims) {
			o.FromCode = append(o.FromCode, f.Title)
		} else {
			o.Needs = append(o.Needs, f)
		}
	}
	owns := map[string][]string{}
	for _, own := range snap.Owners() {
		what := strings.TrimSpace(own.Repository + " " + own.Path)
		if own.With != "" {
			what += " with " + own.With
		}
		owns[own.Team] = append(owns[own.Team], what)
	}
	for _, t := range snap.TeamsNow() {
		o.Teams = append(o.Teams, cockpit.OrgTeam{ID: t.Team.ID, Name: t.Team.Name, Kind: t.Team.Kind, Parent: t.Team.Parent, People: math.Round(t.People*100) / 100, Open: t.Positions, Owns: owns[t.Team.ID]})
	}
	for _, p := range snap.Open() {
		o.Open = append(o.Open, cockpit.OrgOpen{ID: p.ID, Title: p.Title, Role: p.Role, Team: p.Team, Manager: p.Manager})
	}
	o.People = orgTree(snap)
	return o
}

// fromCode tells whether a judgement asks for what the document cannot say.
func fromCode(all []playbook.Judgement, id string, claims map[string]signal.Claim) bool {
	for _, j := range all {
		if j.ID == id {
			return slices.ContainsFunc(j.Signals, func(c signal.Claim) bool { _, ok := claims[c.ID]; return !ok })
		}
	}
	return false
}

// byID orders claims.
func byID(claims map[string]signal.Claim) []signal.Claim {
	out := make([]signal.Claim, 0, len(claims))
	for _, c := range claims {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b signal.Claim) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// orgMissing are the different things that would make claims known.
func orgMissing(claims []signal.Claim) []cockpit.Missing {
	out := []cockpit.Missing{}
	for _, c := range claims {
		known := slices.ContainsFunc(out, func(m cockpit.Missing) bool { return m.How == c.How })
		if c.State == signal.Unknown && c.How != "" && !known {
			out = append(out, cockpit.Missing{What: capitalised(c.Lacks) + ".", How: c.How})
		}
	}
	return out
}

func capitalised(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func orgFacts(s *org.Snapshot, m org.Measures) []cockpit.Fact {
	fact := func(label string, n int, unit, note string) cockpit.Fact {
		v := float64(n)
		return cockpit.Fact{Label: label, Value: signal.Count(v, unit), Number: &v, Unit: unit, Note: note, Origin: "declared"}
	}
	out := []cockpit.Fact{fact("people", m.People, "people", ""), fact("engineering", m.Engineers, "people", unclearNote(m))}
	if len(m.Managers) > 0 {
		out = append(out, fact("managers", len(m.Managers), "managers", "of engineers, besides the leader"))
	}
	if m.Widest.Reports > 0 {
		out = append(out, fact("widest span", m.Widest.Reports, "direct reports", personName(s.Members[m.Widest.Member].Person)))
	}
	if m.Layers > 0 {
		out = append(out, fact("layers", m.Layers, "layers", fmt.Sprintf("%d would do at seven reports each", m.Needed)))
	}
	for _, d := range m.Directors {
		out = append(out, fact("director", d.Engineers, "engineers", fmt.Sprintf("%s, with %s", personName(s.Members[d.Member].Person), signal.Count(float64(d.Teams), "teams"))))
	}
	return append(out, fact("open positions", m.Open, "positions", ""))
}

// personName is the name of a person, or the id of one whose name is not entered.
func personName(p *workspace.Person) string {
	return cmp.Or(p.Name, p.ID)
}

func unclearNote(m org.Measures) string {
	if m.Unclear == 0 {
		return ""
	}
	return fmt.Sprintf("of %d more it is not known: they have no role, and no leader above them", m.Unclear)
}

// orgTree are the people of a day, each after the one to whom they report.
func orgTree(s *org.Snapshot) []cockpit.OrgPerson {
	out := make([]cockpit.OrgPerson, 0, len(s.Members))
	var below func(m int)
	below = func(m int) {
		member := s.Members[m]
		v := cockpit.OrgPerson{ID: member.Person.ID, Name: member.Person.Name, Title: member.Job.Title, Role: member.Job.Role, Depth: member.Depth, Reports: len(s.Reports(m)), Below: s.Below(m), Dotted: []string{}}
		if member.Job.Team != workspace.Nobody {
			v.Team = member.Job.Team
		}
		if member.Manager >= 0 {
			v.Manager = s.Members[member.Manager].Person.ID
		}
		for _, d := range s.Dotted(m) {
			v.Dotted = append(v.Dotted, s.Members[d].Person.ID)
		}
		out = append(out, v)
		reports := slices.Clone(s.Reports(m))
		slices.SortStableFunc(reports, func(a, b int32) int { return cmp.Compare(s.Below(int(b)), s.Below(int(a))) })
		for _, r := range reports {
			below(int(r))
		}
	}
	tops := s.Tops()
	slices.SortStableFunc(tops, func(a, b int) int { return cmp.Compare(s.Below(b), s.Below(a)) })
	for _, t := range tops {
		below(t)
	}
	return out
}

func orgProblems(found []org.Finding) []cockpit.OrgProblem {
	out := make([]cockpit.OrgProblem, 0, len(found))
	for _, f := range found {
		p := cockpit.OrgProblem{Kind: f.Kind, File: workspace.OrganisationFile, Line: f.Line, Text: f.Text, Fix: f.Fix}
		if f.From != org.Always {
			p.From = f.From.String()
		}
		if f.To != org.Still {
			p.To = (f.To - 1).String()
		}
		out = append(out, p)
	}
	return out
}
