package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// BeginPlan implements web.Company.
func (s *served) BeginPlan(_ context.Context, file, name, date string, first cockpit.PlanStep) (string, error) {
	day, err := planDay(date)
	if err != nil {
		return "", err
	}
	if file == "" {
		return s.beginFile(workspace.Scenario{Name: name, Date: day, Seed: s.seed()}, first)
	}
	return file, s.changeFile(file, func(all []workspace.Scenario) ([]workspace.Scenario, error) {
		if err := freeName(all, -1, name); err != nil {
			return nil, err
		}
		all = append(all, workspace.Scenario{Name: name, Date: day, Seed: all[0].Seed})
		return all, s.add(all, len(all)-1, first)
	})
}

// beginFile makes a file with a scenario.
func (s *served) beginFile(scenario workspace.Scenario, first cockpit.PlanStep) (string, error) {
	s.writes.Lock()
	defer s.writes.Unlock()
	root, dir, err := s.scenarios(true)
	if err != nil {
		return "", err
	}
	defer root.Close()
	taken := func(file string) bool { _, err := root.Lstat(file + ".yaml"); return !errors.Is(err, fs.ErrNotExist) }
	file := cockpit.Slug(scenario.Name)
	if file == "" { // in letters that the name of a file cannot have
		file = workspace.FreeID("scenario", taken)
	}
	if taken(file) {
		return "", &web.Wrong{Field: "about", Err: problem.New(problem.Usage, "open that one, or choose another name", "there is a scenario %q already", file)}
	}
	all := []workspace.Scenario{scenario}
	if err := s.add(all, 0, first); err != nil {
		return "", err
	}
	return file, replaceScenarios(filepath.Join(dir, file+".yaml"), all)
}

// ChangePlan implements web.Company.
func (s *served) ChangePlan(_ context.Context, file, scenario, name, date string) error {
	day, err := planDay(date)
	if err != nil {
		return err
	}
	return s.changeScenario(file, scenario, func(all []workspace.Scenario, i int) error {
		if err := freeName(all, i, name); err != nil {
			return err
		}
		_, _, before := s.happen(all[i])
		all[i].Name, all[i].Date = name, day
		_, _, err := s.happen(all[i])
		if err != nil && before == nil { // of one that cannot happen anyway, the day may be why
			return &web.Wrong{Field: "date", Err: problem.New(problem.Usage, "choose another day, or take that step back first", "from that day on %w", impossible(err))}
		}
		return nil
	})
}

// RemovePlan implements web.Company.
func (s *served) RemovePlan(_ context.Context, file, scenario string) error {
	return s.changeFile(file, func(all []workspace.Scenario) ([]workspace.Scenario, error) {
		i, err := scenarioNamed(all, scenario)
		if err != nil {
			return nil, err
		}
		return slices.Delete(all, i, i+1), nil
	})
}

// changeScenario changes a scenario of a file.
func (s *served) changeScenario(file, name string, change func(all []workspace.Scenario, i int) error) error {
	return s.changeFile(file, func(all []workspace.Scenario) ([]workspace.Scenario, error) {
		i, err := scenarioNamed(all, name)
		if err != nil {
			return nil, err
		}
		return all, change(all, i)
	})
}

// changeFile changes a file of scenarios, of which nobody else changes any meanwhile. One
// that holds none any more is removed.
func (s *served) changeFile(file string, change func([]workspace.Scenario) ([]workspace.Scenario, error)) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	all, path, err := s.scenariosOf(file)
	if err != nil {
		return err
	}
	if all, err = change(all); err != nil {
		return err
	}
	if len(all) == 0 {
		return os.Remove(path)
	}
	return replaceScenarios(path, all)
}

func replaceScenarios(path string, all []workspace.Scenario) error {
	text, err := workspace.ScenariosYAML(all)
	if err != nil {
		return err
	}
	return workspace.Replace(path, text)
}

// freeName refuses a name that another scenario of a file has than the one at i.
func freeName(all []workspace.Scenario, i int, name string) error {
	if at, err := scenarioNamed(all, name); err != nil || at == i {
		return nil
	}
	return &web.Wrong{Field: "about", Err: problem.New(problem.Usage, "choose another name", "the file has a scenario %q already", name)}
}

// planDay reads the day from which a scenario holds; none is today.
func planDay(date string) (time.Time, error) {
	if date == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return day, &web.Wrong{Field: "date", Err: problem.New(problem.Usage, "write it as YYYY-MM-DD, or leave it out for today", "%q is no date", date)}
	}
	return day, nil
}

// seed is that of new files of scenarios: it is kept with them, so that they read the same later.
func (s *served) seed() int64 {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return 0 // the error is told by what asks next
	}
	return sess.settings.Seed
}
