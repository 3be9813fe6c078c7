package app

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// doGrowth is the kind of step that stands for the growth of a scenario.
const doGrowth = "growth"

// planStep is a step of a document as pages show it.
func planStep(s workspace.Step) cockpit.PlanStep {
	switch {
	case s.Hire != nil:
		p := newcomer("hire", s.Hire.Person)
		p.Count, p.Reports = s.Hire.Count, s.Hire.Reports
		return p
	case s.Leave != "":
		return cockpit.PlanStep{Do: "leave", Person: s.Leave}
	case s.Move != nil:
		return cockpit.PlanStep{Do: "move", Person: s.Move.Person, Team: s.Move.Team, Manager: s.Move.Manager, Dotted: s.Move.Dotted}
	case s.Merge != nil:
		return cockpit.PlanStep{Do: "merge", Teams: s.Merge.Teams, Into: s.Merge.Into}
	case s.Split != nil:
		p := cockpit.PlanStep{Do: "split", Team: s.Split.Team, ID: s.Split.New.ID, Name: s.Split.New.Name, Kind: s.Split.New.Kind, Under: s.Split.New.Parent, People: s.Split.People}
		for _, o := range s.Split.Owns {
			p.Owns = append(p.Owns, strings.TrimSpace(o.Repository+" "+o.Path))
		}
		return p
	case s.Role != nil:
		return cockpit.PlanStep{Do: "role", Person: s.Role.Person, Role: s.Role.Role, Title: s.Role.Title, Reports: s.Role.Reports}
	case s.Open != nil:
		return cockpit.PlanStep{Do: "open", ID: s.Open.ID, Title: s.Open.Title, Role: s.Open.Role, Team: s.Open.Team, Manager: s.Open.Manager}
	case s.Fill != nil:
		p := newcomer("fill", s.Fill.Person)
		p.Position = s.Fill.Position
		return p
	case s.Share != nil:
		return cockpit.PlanStep{Do: "share", Person: s.Share.Person, Team: s.Share.Team, Share: s.Share.Share}
	case s.Parent != nil:
		return cockpit.PlanStep{Do: "parent", Team: s.Parent.Team, Under: s.Parent.Under}
	case s.Dotted != nil:
		return cockpit.PlanStep{Do: "dotted", Person: s.Dotted.Person, To: s.Dotted.To, From: s.Dotted.From}
	}
	return cockpit.PlanStep{Do: "retire", Position: s.Retire}
}

// newcomer is a step by which somebody new comes.
func newcomer(do string, p workspace.Person) cockpit.PlanStep {
	return cockpit.PlanStep{Do: do, ID: p.ID, Name: p.Name, Title: p.Job.Title, Role: p.Job.Role, Level: p.Job.Level, Employment: p.Job.Employment,
		Location: p.Job.Location, Cost: p.Job.Cost.String(), Team: p.Job.Team, Manager: p.Job.Manager}
}

// scenarioStep is a step of a page as documents have it. What is new gets an id that
// nobody and nothing of the document has.
func scenarioStep(p cockpit.PlanStep, doc *workspace.Organisation) (workspace.Step, error) {
	switch p.Do {
	case "hire":
		return hireStep(p, doc)
	case "leave":
		return workspace.Step{Leave: p.Person}, nil
	case "move":
		return workspace.Step{Move: &workspace.Move{Person: p.Person, Team: p.Team, Manager: p.Manager, Dotted: p.Dotted}}, nil
	case "merge":
		return workspace.Step{Merge: &workspace.Merge{Teams: p.Teams, Into: p.Into}}, nil
	case "split":
		s := &workspace.Split{Team: p.Team, New: workspace.OrgTeam{ID: p.ID, Name: p.Name, Kind: p.Kind, Parent: p.Under}, People: p.People}
		if s.New.ID == "" {
			s.New.ID = workspace.FreeID(cmp.Or(cockpit.Slug(p.Name), "team"), func(id string) bool {
				return slices.ContainsFunc(doc.Teams, func(t workspace.OrgTeam) bool { return t.ID == id })
			})
		}
		for _, o := range p.Owns {
			repository, path, _ := strings.Cut(o, " ")
			s.Owns = append(s.Owns, workspace.Ownership{Team: s.New.ID, Repository: repository, Path: strings.TrimSpace(path)})
		}
		return workspace.Step{Split: s}, nil
	case "role":
		return workspace.Step{Role: &workspace.NewRole{Person: p.Person, Role: p.Role, Title: p.Title, Reports: p.Reports}}, nil
	case "open":
		o := &workspace.Position{ID: p.ID, Title: p.Title, Role: p.Role, Team: p.Team, Manager: p.Manager}
		if o.ID == "" {
			o.ID = workspace.FreeID(cmp.Or(cockpit.Slug(p.Title), cockpit.Slug(p.Role), "position"), func(id string) bool {
				return slices.ContainsFunc(doc.Positions, func(o workspace.Position) bool { return o.ID == id })
			})
		}
		return workspace.Step{Open: o}, nil
	case "fill":
		who, err := whoever(p, doc)
		return workspace.Step{Fill: &workspace.Fill{Position: p.Position, Person: who}}, err
	case "retire":
		return workspace.Step{Retire: p.Position}, nil
	case "share":
		return workspace.Step{Share: &workspace.NewShare{Person: p.Person, Team: p.Team, Share: p.Share}}, nil
	case "parent":
		return workspace.Step{Parent: &workspace.NewParent{Team: p.Team, Under: p.Under}}, nil
	case "dotted":
		return workspace.Step{Dotted: &workspace.NewDotted{Person: p.Person, To: p.To, From: p.From}}, nil
	}
	return workspace.Step{}, problem.New(problem.Usage, "choose one of those that the page lists", "there is no kind of step %q", p.Do)
}

func hireStep(p cockpit.PlanStep, doc *workspace.Organisation) (workspace.Step, error) {
	h := &workspace.Hire{Count: max(1, p.Count), Reports: p.Reports}
	var err error
	if h.Person, err = whoever(p, doc); h.Count > 1 {
		h.Person.ID = "" // which only one can have
	}
	return workspace.Step{Hire: h}, err
}

// whoever is somebody new. The id lets later steps name him or her.
func whoever(p cockpit.PlanStep, doc *workspace.Organisation) (workspace.Person, error) {
	who := workspace.Person{ID: p.ID, Name: p.Name, Job: workspace.Job{Title: p.Title, Role: p.Role, Level: p.Level, Employment: p.Employment, Location: p.Location, Team: p.Team, Manager: p.Manager}}
	if who.ID == "" {
		who.ID = workspace.FreeID(cmp.Or(cockpit.Slug(p.Name), cockpit.Slug(p.Role), "newcomer"), func(id string) bool {
			return slices.ContainsFunc(doc.People, func(o workspace.Person) bool { return o.ID == id })
		})
	}
	if p.Cost == "" {
		return who, nil
	}
	var err error
	if who.Job.Cost, err = workspace.ParseCost(p.Cost); err != nil {
		return who, &web.Wrong{Field: "cost", Err: err}
	}
	return who, nil
}
