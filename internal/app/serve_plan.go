package app

import (
	"cmp"
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
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

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

// readPlan reads the scenarios of a file.
func readPlan(root *os.Root, name string) cockpit.Plan {
	p := cockpit.Plan{File: name, Scenarios: []cockpit.PlanScenario{}}
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
		p.Scenarios = append(p.Scenarios, planScenario(s))
	}
	return p
}

// planScenario is a scenario of a document as pages show it.
func planScenario(s workspace.Scenario) cockpit.PlanScenario {
	p := cockpit.PlanScenario{Name: s.Name, Steps: []cockpit.PlanStep{}}
	if !s.Date.IsZero() {
		p.Date = s.Date.Format(time.DateOnly)
	}
	for _, step := range s.Steps {
		p.Steps = append(p.Steps, planStep(step))
	}
	if g := s.Growth; g.OK {
		p.Steps = append(p.Steps, cockpit.PlanStep{Do: doGrowth, Low: g.Value.Low, High: g.Value.High, Seed: s.Seed})
	}
	return p
}

// Compare implements web.Company.
func (s *served) Compare(ctx context.Context, file string) (cockpit.WhatIf, error) {
	data, path, err := s.scenarioFile(file)
	if err != nil {
		return cockpit.WhatIf{}, err
	}
	return answered(ctx, s, "whatif "+file+"\x00"+string(data), web.Place{}, func(ctx context.Context, scope cli.Scope) (cockpit.WhatIf, error) {
		return s.p.WhatIf(ctx, scope, path)
	})
}

// scenarioFile reads a file of scenarios.
func (s *served) scenarioFile(file string) (data []byte, path string, err error) {
	missing := problem.New(problem.Missing, "see the page What if for those that there are", "there is no scenario %q", file)
	if !planName.MatchString(file) {
		return nil, "", missing
	}
	root, dir, err := s.scenarios(false)
	if err != nil {
		return nil, "", err
	}
	if root == nil {
		return nil, "", missing
	}
	defer root.Close()
	if data, err = root.ReadFile(file + ".yaml"); errors.Is(err, fs.ErrNotExist) {
		err = missing
	}
	return data, filepath.Join(dir, file+".yaml"), err
}

// scenariosOf reads the scenarios of a file.
func (s *served) scenariosOf(file string) (all []workspace.Scenario, path string, err error) {
	data, path, err := s.scenarioFile(file)
	if err == nil {
		all, err = workspace.ParseScenarios(file+".yaml", data)
	}
	return all, path, err
}

// scenarioNamed finds a scenario of a file.
func scenarioNamed(all []workspace.Scenario, name string) (int, error) {
	i := slices.IndexFunc(all, func(s workspace.Scenario) bool { return s.Name == name })
	if i < 0 {
		return 0, problem.New(problem.Missing, "look at the file again: somebody may have changed it", "its file has no scenario %q", name)
	}
	return i, nil
}

// Planned implements web.Company.
func (s *served) Planned(_ context.Context, file, scenario string) (cockpit.Organisation, error) {
	all, _, err := s.scenariosOf(file)
	if err != nil {
		return cockpit.Organisation{}, err
	}
	i, err := scenarioNamed(all, scenario)
	if err != nil {
		return cockpit.Organisation{}, err
	}
	sess, a, err := s.happen(all[i])
	if err != nil {
		return cockpit.Organisation{}, impossible(err)
	}
	return sess.organisationView(a.Chart, a.Day), nil
}

// happen makes a scenario happen on paper. A step that cannot is *org.Impossible.
func (s *served) happen(scenario workspace.Scenario) (*session, org.Applied, error) {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return nil, org.Applied{}, err
	}
	chart, err := sess.organisation()
	if err != nil {
		return nil, org.Applied{}, err
	}
	if chart == nil {
		return nil, org.Applied{}, problem.New(problem.Usage, "describe it first: diarchy org import FILE.csv", "the organisation is not described, so nothing in it can change")
	}
	a, err := chart.Apply(scenario, sess.today())
	return sess, a, err
}

// impossible says in the words of a page what cannot happen.
func impossible(err error) error {
	var no *org.Impossible
	if !errors.As(err, &no) {
		return err
	}
	return problem.New(problem.Usage, "take that step back, or correct organisation.yaml", "step %d cannot happen: %w", no.Step, no.Err)
}

// AddStep implements web.Company.
func (s *served) AddStep(_ context.Context, file, scenario string, step cockpit.PlanStep) error {
	return s.changeScenario(file, scenario, func(all []workspace.Scenario, i int) error { return s.add(all, i, step) })
}

// TakeBack implements web.Company.
func (s *served) TakeBack(_ context.Context, file, scenario string, step int) error {
	return s.changeScenario(file, scenario, func(all []workspace.Scenario, i int) error {
		_, _, before := s.happen(all[i])
		if err := takeOut(&all[i], step); err != nil {
			return err
		}
		_, _, err := s.happen(all[i])
		if err != nil && before == nil { // of one that cannot happen anyway, steps go one by one
			return problem.New(problem.Usage, "take that one back first", "it is needed: without it, what is then %w", impossible(err))
		}
		return nil
	})
}

// takeOut takes a step out of a scenario; growth stands behind the last of them.
func takeOut(scenario *workspace.Scenario, step int) error {
	n := len(scenario.Steps)
	switch {
	case step < 0 || step > n || step == n && !scenario.Growth.OK:
		return problem.New(problem.Usage, "look at the scenario again", "there is no step %d to take back", step+1)
	case n == 0 || n == 1 && step == 0 && !scenario.Growth.OK:
		return problem.New(problem.Usage, "add another one first, or remove the scenario", "the only step cannot be taken back")
	case step == n:
		scenario.Growth = workspace.Known[workspace.GrowthRange]{}
	default:
		scenario.Steps = slices.Delete(scenario.Steps, step, step+1)
	}
	return nil
}

// add adds a step to a scenario of a file, and refuses one that cannot happen.
func (s *served) add(all []workspace.Scenario, i int, step cockpit.PlanStep) error {
	scenario := &all[i]
	_, before, err := s.happen(*scenario)
	if err != nil {
		return impossible(err)
	}
	if step.Do == doGrowth {
		scenario.Growth = workspace.Is(workspace.GrowthRange{Low: step.Low, High: step.High})
		for j := range all { // all of a file draw with one seed
			all[j].Seed = cmp.Or(step.Seed, all[j].Seed)
		}
		return nil
	}
	one, err := scenarioStep(step, before.Chart.Document())
	if err != nil {
		return err
	}
	scenario.Steps = append(scenario.Steps, one)
	_, _, err = s.happen(*scenario)
	var no *org.Impossible
	if errors.As(err, &no) {
		return &web.Wrong{Field: no.Field, Err: problem.New(problem.Usage, "choose another, or add first what is missing", "this cannot happen: %w", no.Err)}
	}
	return err
}
