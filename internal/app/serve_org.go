package app

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Organisation implements web.Company.
func (s *served) Organisation(ctx context.Context, at web.Place) (cockpit.Organisation, error) {
	return answered(ctx, s, "organisation", company(at), func(ctx context.Context, _ cli.Scope) (cockpit.Organisation, error) {
		asked := s.host.scope
		d, err := s.Diagnosis(ctx, at)
		if err != nil {
			return cockpit.Organisation{}, err
		}
		asked.AsOf = d.AsOf
		o, err := s.p.Organisation(ctx, asked)
		if err == nil && len(d.Structure) > 0 { // which knows the borders of teams too
			o.Needs, o.FromCode = d.Structure, []string{}
		}
		return o, err
	})
}

// Matching implements web.Company.
func (s *served) Matching(ctx context.Context, at web.Place) (cockpit.Match, error) {
	return current(ctx, s, "match", company(at), func(ctx context.Context, scope cli.Scope) (cockpit.Match, error) {
		m, err := s.p.Match(ctx, scope)
		return m, notFound(err)
	})
}

// Join implements web.Company.
func (s *served) Join(_ context.Context, email, person string) error {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return err
	}
	path := sess.doc.OrganisationPath()
	return workspace.Alone(path, func() error { return join(path, email, person) })
}

// join adds an address to a person of the organisation document.
func join(path, email, person string) error {
	doc, err := workspace.LoadOrganisation(path)
	if err != nil {
		return err
	}
	for _, p := range doc.People {
		if slices.ContainsFunc(p.Emails, func(e string) bool { return strings.EqualFold(e, email) }) {
			return problem.New(problem.Usage, "look at the person whom it belongs to first", "%s belongs to %s already", email, p.ID)
		}
	}
	i := slices.IndexFunc(doc.People, func(p workspace.Person) bool { return p.ID == person })
	if i < 0 {
		return problem.New(problem.Usage, "choose one of the people of the organisation", "%q is nobody of the organisation document", person)
	}
	doc.People[i].Emails = append(doc.People[i].Emails, email)
	var b bytes.Buffer
	if err := doc.Encode(&b); err != nil {
		return err
	}
	if _, err := workspace.ParseOrganisation(path, b.Bytes()); err != nil {
		return err
	}
	return workspace.Replace(path, b.Bytes())
}

// scenariosDir is where scenarios lie in a workspace.
const scenariosDir = "scenarios"

// planName is what the file of a scenario may be called.
var planName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$`)

// scenarios opens the folder of scenarios; paths cannot leave it.
func (s *served) scenarios(make bool) (*os.Root, string, error) {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return nil, "", err
	}
	dir := sess.doc.Dir()
	if dir == "" {
		return nil, "", problem.New(problem.Usage, "make a workspace: diarchy init", "there is no workspace to keep scenarios in")
	}
	dir = filepath.Join(dir, scenariosDir)
	if make {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, "", err
		}
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, dir, nil
	}
	return root, dir, err
}

// Plans implements web.Company.
func (s *served) Plans(context.Context) ([]cockpit.Plan, error) {
	root, _, err := s.scenarios(false)
	if err != nil || root == nil {
		return nil, err
	}
	defer root.Close()
	files, err := fs.Glob(root.FS(), "*.yaml")
	if err != nil {
		return nil, err
	}
	var out []cockpit.Plan
	for _, f := range files {
		name := strings.TrimSuffix(f, ".yaml")
		if planName.MatchString(name) {
			out = append(out, readPlan(root, name))
		}
	}
	return out, nil
}

// readPlan reads the scenarios of a file; of those a page changes the first.
func readPlan(root *os.Root, name string) cockpit.Plan {
	p := cockpit.Plan{File: name, Names: []string{}, Steps: []cockpit.PlanStep{}}
	data, err := root.ReadFile(name + ".yaml")
	var all []workspace.Scenario
	if err == nil {
		all, err = workspace.ParseScenarios(name+".yaml", data)
	}
	if err != nil {
		p.Error = err.Error()
		return p
	}
	for _, s := range all {
		p.Names = append(p.Names, s.Name)
	}
	if !all[0].Date.IsZero() {
		p.Date = all[0].Date.Format(time.DateOnly)
	}
	for _, step := range all[0].Steps {
		p.Steps = append(p.Steps, planStep(step))
	}
	return p
}

func planStep(s workspace.Step) cockpit.PlanStep {
	switch {
	case s.Move != nil:
		return cockpit.PlanStep{Do: "move", Person: s.Move.Person, Team: s.Move.Team, Manager: s.Move.Manager}
	case s.Hire != nil:
		return cockpit.PlanStep{Do: "hire", Person: s.Hire.ID, Team: s.Hire.Job.Team, Manager: s.Hire.Job.Manager, Role: s.Hire.Job.Role, Count: s.Hire.Count}
	case s.Role != nil:
		return cockpit.PlanStep{Do: "role", Person: s.Role.Person, Role: s.Role.Role}
	case s.Leave != "":
		return cockpit.PlanStep{Do: "leave", Person: s.Leave}
	}
	return cockpit.PlanStep{Do: "other"}
}

// Compare implements web.Company.
func (s *served) Compare(ctx context.Context, file string) (cockpit.WhatIf, error) {
	if !planName.MatchString(file) {
		return cockpit.WhatIf{}, problem.New(problem.Missing, "", "there is no scenario %q", file)
	}
	_, dir, err := s.scenarios(false)
	if err != nil {
		return cockpit.WhatIf{}, err
	}
	path := filepath.Join(dir, file+".yaml")
	if !exists(path) {
		return cockpit.WhatIf{}, problem.New(problem.Missing, "make it on the page What if", "there is no scenario %q", file)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return cockpit.WhatIf{}, err
	}
	return answered(ctx, s, "whatif "+file+"\x00"+string(data), web.Place{}, func(ctx context.Context, scope cli.Scope) (cockpit.WhatIf, error) {
		return s.p.WhatIf(ctx, scope, path)
	})
}

// SavePlan implements web.Company.
func (s *served) SavePlan(_ context.Context, p cockpit.Plan) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	if !planName.MatchString(p.File) {
		return problem.New(problem.Usage, "use letters from a to z, digits and hyphens", "%q cannot be the name of a file", p.File)
	}
	scenario := workspace.Scenario{Name: p.Names[0], Seed: s.seed()}
	if p.Date != "" {
		day, err := time.Parse(time.DateOnly, p.Date)
		if err != nil {
			return problem.New(problem.Usage, "write it as YYYY-MM-DD", "%q is no date", p.Date)
		}
		scenario.Date = day
	}
	for _, step := range p.Steps {
		one, err := scenarioStep(step)
		if err != nil {
			return err
		}
		scenario.Steps = append(scenario.Steps, one)
	}
	root, dir, err := s.scenarios(true)
	if err != nil {
		return err
	}
	defer root.Close()
	all := []workspace.Scenario{scenario}
	if data, err := root.ReadFile(p.File + ".yaml"); err == nil { // further scenarios of the file stay
		before, err := workspace.ParseScenarios(p.File+".yaml", data)
		if err != nil {
			return err
		}
		all[0].Seed = before[0].Seed
		all = append(all, before[1:]...)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.possible(scenario); err != nil {
		return err
	}
	text, err := workspace.ScenariosYAML(all)
	if err != nil {
		return err
	}
	return workspace.Replace(filepath.Join(dir, p.File+".yaml"), text)
}

// seed is that of new scenarios: it is kept with them, so that they read the same later.
func (s *served) seed() int64 {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return 0 // the error is told by what asks next
	}
	return sess.settings.Seed
}

// possible refuses a scenario with a step that cannot happen.
func (s *served) possible(scenario workspace.Scenario) error {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return err
	}
	chart, err := sess.organisation()
	if err != nil {
		return err
	}
	if chart == nil {
		return problem.New(problem.Usage, "describe it first: diarchy org import FILE.csv", "the organisation is not described, so nothing in it can change")
	}
	if _, err := chart.Apply(scenario, sess.today()); err != nil {
		return problem.New(problem.Usage, "correct the step", "%w", err)
	}
	return nil
}

func scenarioStep(p cockpit.PlanStep) (workspace.Step, error) {
	switch p.Do {
	case "move":
		return workspace.Step{Move: &workspace.Move{Person: p.Person, Team: p.Team, Manager: p.Manager}}, nil
	case "hire":
		h := &workspace.Hire{Count: max(1, p.Count)}
		h.Job.Role, h.Job.Team, h.Job.Manager = p.Role, p.Team, p.Manager
		return workspace.Step{Hire: h}, nil
	case "role":
		return workspace.Step{Role: &workspace.NewRole{Person: p.Person, Role: p.Role}}, nil
	case "leave":
		return workspace.Step{Leave: p.Person}, nil
	}
	return workspace.Step{}, problem.New(problem.Usage, "edit the file by hand: docs/howto/think-through-a-change.md", "%q is no step that a page can make", p.Do)
}
