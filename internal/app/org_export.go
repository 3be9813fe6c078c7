package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// ExportOrganisation implements cli.Actions.
func (p *program) ExportOrganisation(_ context.Context, scope cli.Scope) (cli.OrgExport, error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	day, err := parseDate(scope.AsOf)
	if err != nil {
		return nil, err
	}
	chart, err := s.organisation()
	switch {
	case err != nil:
		return nil, err
	case chart == nil:
		return nil, problem.New(problem.Missing, "start one: diarchy org import FILE.csv", "there is no organisation document here")
	case day.IsZero():
		return orgExport{chart.Document(), ""}, nil
	}
	return orgExport{chart.On(org.DayOf(day)), isoDay(day)}, nil
}

// orgExport implements cli.OrgExport.
type orgExport struct {
	doc  *workspace.Organisation
	asOf string
}

func (e orgExport) YAML(w io.Writer) error {
	if err := e.doc.Encode(w); err != nil {
		return fmt.Errorf("export the organisation: %w", err)
	}
	return nil
}

func (e orgExport) Document() cockpit.OrganisationDocument {
	return cockpit.OrganisationDocument{
		Schema: cockpit.OrganisationDocumentSchema, AsOf: e.asOf,
		People: each(e.doc.People, docPerson), Teams: each(e.doc.Teams, docTeam), Memberships: each(e.doc.Memberships, docMembership),
		Reporting: each(e.doc.Reporting, docLine), Positions: each(e.doc.Positions, docPosition), Ownership: each(e.doc.Ownership, docOwnership),
	}
}

func each[T, V any](all []T, view func(T) V) []V {
	out := make([]V, len(all))
	for i, v := range all {
		out[i] = view(v)
	}
	return out
}

// isoDay is a day as YYYY-MM-DD; "" for none.
func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func docPerson(p workspace.Person) cockpit.DocPerson {
	return cockpit.DocPerson{
		ID: p.ID, Name: p.Name, Emails: p.Emails, Logins: p.Logins, Start: isoDay(p.Start), End: isoDay(p.End),
		Title: p.Job.Title, Role: p.Job.Role, Level: p.Job.Level, Employment: p.Job.Employment, Location: p.Job.Location,
		Cost: p.Job.Cost.String(), Team: p.Job.Team, Manager: p.Job.Manager, Changes: each(p.Changes, docChange),
	}
}

func docChange(c workspace.JobChange) cockpit.DocChange {
	return cockpit.DocChange{
		Since: isoDay(c.Since), Title: c.Title, Role: c.Role, Level: c.Level, Employment: c.Employment, Location: c.Location,
		Cost: c.Cost.String(), Team: c.Team, Manager: c.Manager,
	}
}

func docTeam(t workspace.OrgTeam) cockpit.DocTeam {
	return cockpit.DocTeam{ID: t.ID, Name: t.Name, Kind: t.Kind, Parent: t.Parent, Since: isoDay(t.Since), Until: isoDay(t.Until)}
}

func docMembership(m workspace.Membership) cockpit.DocMembership {
	return cockpit.DocMembership{Person: m.Person, Team: m.Team, Share: m.Share, Since: isoDay(m.Since), Until: isoDay(m.Until)}
}

func docLine(l workspace.ReportingLine) cockpit.DocLine {
	v := cockpit.DocLine{Person: l.Person, To: l.To, Line: "solid", Since: isoDay(l.Since), Until: isoDay(l.Until)}
	if l.Dotted {
		v.Line = "dotted"
	}
	return v
}

func docPosition(p workspace.Position) cockpit.DocPosition {
	return cockpit.DocPosition{ID: p.ID, Title: p.Title, Role: p.Role, Team: p.Team, Manager: p.Manager, Opened: isoDay(p.Opened), Closed: isoDay(p.Closed), FilledBy: p.FilledBy}
}

func docOwnership(o workspace.Ownership) cockpit.DocOwnership {
	return cockpit.DocOwnership{Team: o.Team, Repository: o.Repository, Path: o.Path, With: o.With, Since: isoDay(o.Since), Until: isoDay(o.Until)}
}
