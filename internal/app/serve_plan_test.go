package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// TestScenariosStayInTheirFolder: the name of a scenario is no path (T12).
func TestScenariosStayInTheirFolder(t *testing.T) {
	s := &served{writes: &writing{}}
	for _, name := range []string{"", ".", "..", "../diarchy", "a/b", `a\b`, "/etc/passwd", "a.yaml", "a\x00", "-a"} {
		if _, err := s.Compare(t.Context(), name); !errors.Is(err, problem.Missing) {
			t.Errorf("%q is compared: %v", name, err)
		}
		if _, err := s.Planned(t.Context(), name, "S"); !errors.Is(err, problem.Missing) {
			t.Errorf("%q is looked at: %v", name, err)
		}
		if err := s.AddStep(t.Context(), name, "S", cockpit.PlanStep{Do: "leave", Person: "e1"}); !errors.Is(err, problem.Missing) {
			t.Errorf("%q gets a step: %v", name, err)
		}
		if err := s.TakeBack(t.Context(), name, "S", 0); !errors.Is(err, problem.Missing) {
			t.Errorf("%q loses a step: %v", name, err)
		}
		if err := s.ChangePlan(t.Context(), name, "S", "T", ""); !errors.Is(err, problem.Missing) {
			t.Errorf("%q gets a name: %v", name, err)
		}
		if err := s.RemovePlan(t.Context(), name, "S"); !errors.Is(err, problem.Missing) {
			t.Errorf("%q is removed: %v", name, err)
		}
		if name == "" { // begins a file
			continue
		}
		if _, err := s.BeginPlan(t.Context(), name, "T", "", cockpit.PlanStep{Do: "leave", Person: "e1"}); !errors.Is(err, problem.Missing) {
			t.Errorf("%q gets a scenario: %v", name, err)
		}
	}
}

// stepsOfPages are a step of every kind, with everything that a page can say.
var stepsOfPages = []cockpit.PlanStep{
	{Do: "hire", ID: "vp", Name: "Ada Example", Title: "VP", Role: "vpe", Level: "L8", Employment: "employee", Location: "Oslo", Cost: "95000 EUR", Team: "pay", Manager: "none", Count: 1, Reports: []string{"mo"}},
	{Do: "hire", Role: "engineer", Count: 3},
	{Do: "leave", Person: "e1"},
	{Do: "move", Person: "e1", Team: "shop", Manager: "ada", Dotted: "mo"},
	{Do: "merge", Teams: []string{"pay", "shop"}, Into: "shop"},
	{Do: "split", Team: "pay", ID: "risk", Name: "Risk", Kind: "platform", Under: "shop", People: []string{"e1", "e2"}, Owns: []string{"web /risk/", "all"}},
	{Do: "role", Person: "mo", Role: "director", Title: "Director", Reports: []string{"e1"}},
	{Do: "open", ID: "p2", Title: "Engineer", Role: "engineer", Team: "pay", Manager: "mo"},
	{Do: "fill", Position: "p1", ID: "n1", Name: "No", Title: "T", Role: "lead", Level: "L", Employment: "contractor", Location: "X", Cost: "1 EUR", Team: "shop", Manager: "mo"},
	{Do: "retire", Position: "p1"},
	{Do: "share", Person: "e1", Team: "shop", Share: 0.4},
	{Do: "parent", Team: "shop", Under: "none"},
	{Do: "dotted", Person: "e1", To: "ada", From: "mo"},
}

// TestStepsOfPagesComeBack: what a page says is what the file holds and the page then shows.
func TestStepsOfPagesComeBack(t *testing.T) {
	var all workspace.Scenario
	for _, p := range stepsOfPages {
		s, err := scenarioStep(p, &workspace.Organisation{})
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		all.Steps = append(all.Steps, s)
	}
	all.Name = "S"
	text, err := workspace.ScenariosYAML([]workspace.Scenario{all})
	if err != nil {
		t.Fatal(err)
	}
	read, err := workspace.ParseScenarios("s.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range read[0].Steps {
		if diff := cmp.Diff(stepsOfPages[i], planStep(s)); diff != "" {
			t.Errorf("(-said +shown)\n%s", diff)
		}
	}
	kinds := reflect.TypeFor[workspace.Step]()
	for i := range kinds.NumField() {
		name := kinds.Field(i).Name
		if name != "Line" && !slices.ContainsFunc(stepsOfPages, func(p cockpit.PlanStep) bool { return p.Do == strings.ToLower(name) }) {
			t.Errorf("no page says %s", name)
		}
	}
}

// planning is a workspace with an organisation, and the rooms over it.
func planning(t *testing.T) (s *served, dir string) {
	t.Helper()
	dir = t.TempDir()
	const people = `people:
  - {id: ada, role: cto, manager: none}
  - {id: mo, role: engineering_manager, manager: ada, team: pay}
  - {id: e1, role: engineer, manager: mo, team: pay}
  - {id: e2, role: engineer, manager: mo, team: shop}
teams:
  - {id: pay, name: Payments}
  - {id: shop}
  - {id: platform, until: 2020-12-31}
positions:
  - {id: p1, role: engineer, team: pay, opened: 2024-01-01}
`
	for name, text := range map[string]string{"diarchy.yaml": "company: {name: Example}\n", "organisation.yaml": people} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := newProgram([]string{"HOME=" + dir}, os.Stderr)
	return &served{p: p, host: &host{program: p, scope: cli.Scope{Workspace: dir}}, writes: &writing{}}, dir
}

// mustPlan is the only scenario of a file.
func (s *served) mustPlan(t *testing.T, file string) cockpit.PlanScenario {
	t.Helper()
	all := s.mustPlans(t, file)
	if len(all) != 1 {
		t.Fatalf("%d scenarios", len(all))
	}
	return all[0]
}

func (s *served) mustPlans(t *testing.T, file string) []cockpit.PlanScenario {
	t.Helper()
	all, err := s.Plans(t.Context())
	i := slices.IndexFunc(all, func(p cockpit.Plan) bool { return p.File == file })
	if err != nil || i < 0 || all[i].Error != "" {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[i].Scenarios
}

// TestAPlanIsMade: a scenario begins with a step, gets others that build on it, grows, and
// loses steps again.
func TestAPlanIsMade(t *testing.T) {
	s, _ := planning(t)
	file, err := s.BeginPlan(t.Context(), "", "A platform!", "", cockpit.PlanStep{Do: "split", Team: "pay", Name: "Platform", People: []string{"e1"}})
	if err != nil || file != "a-platform" {
		t.Fatalf("%q, %v", file, err)
	}
	for _, step := range []cockpit.PlanStep{
		{Do: "hire", Role: "lead", Team: "platform-2", Count: 1}, // there was a team platform
		{Do: "move", Person: "e1", Manager: "lead"},
		{Do: "open", Title: "None", Team: "platform-2"},
		{Do: "fill", Position: "none-2", Name: "Ада"},
		{Do: "growth", Low: 0.2, High: 0.5, Seed: 7},
	} {
		if err := s.AddStep(t.Context(), file, "A platform!", step); err != nil {
			t.Fatalf("%+v: %v", step, err)
		}
	}
	o, err := s.Planned(t.Context(), file, "A platform!")
	if err != nil || len(o.People) != 6 || len(o.Teams) != 3 || len(o.Open) != 1 || o.Open[0].ID != "p1" {
		t.Fatalf("%+v, %v", o, err)
	}
	p := s.mustPlan(t, file)
	last := p.Steps[len(p.Steps)-1]
	if len(p.Steps) != 6 || last.Do != "growth" || last.Seed != 7 || p.Steps[0].ID != "platform-2" || p.Steps[4].ID != "newcomer" {
		t.Fatalf("%+v", p.Steps)
	}
	for _, i := range []int{0, 1, 6, -1} { // others build on the first two
		if err := s.TakeBack(t.Context(), file, "A platform!", i); !errors.Is(err, problem.Usage) {
			t.Errorf("step %d is taken back: %v", i+1, err)
		}
	}
	for _, i := range []int{5, 4, 3, 2, 1} {
		if err := s.TakeBack(t.Context(), file, "A platform!", i); err != nil {
			t.Errorf("step %d: %v", i+1, err)
		}
	}
	if err := s.TakeBack(t.Context(), file, "A platform!", 0); !errors.Is(err, problem.Usage) {
		t.Errorf("the only step is taken back: %v", err)
	}
	if p := s.mustPlan(t, file); len(p.Steps) != 1 || p.Steps[0].Do != "split" {
		t.Errorf("what is left: %+v", p.Steps)
	}
}

// TestWhatAPlanRefuses: nothing is written, and the error is about a field.
func TestWhatAPlanRefuses(t *testing.T) {
	s, dir := planning(t)
	leave := cockpit.PlanStep{Do: "leave", Person: "e2"}
	if _, err := s.BeginPlan(t.Context(), "", "Plan", "", leave); err != nil {
		t.Fatal(err)
	}
	if file, err := s.BeginPlan(t.Context(), "", "Команда", "2030-01-01", leave); err != nil || file != "scenario" {
		t.Errorf("%q, %v", file, err)
	}
	path := filepath.Join(dir, "scenarios", "plan.yaml")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin := func(name, date string, step cockpit.PlanStep) error {
		_, err := s.BeginPlan(t.Context(), "", name, date, step)
		return err
	}
	add := func(step cockpit.PlanStep) error { return s.AddStep(t.Context(), "plan", "Plan", step) }
	for _, c := range []struct {
		field string
		err   error
	}{
		{"about", begin("plan", "", leave)},
		{"date", begin("other", "soon", leave)},
		{"person", begin("other", "", cockpit.PlanStep{Do: "leave", Person: "nobody-such"})},
		{"person", add(leave)}, // who has left
		{"under", add(cockpit.PlanStep{Do: "parent", Team: "pay", Under: "pay"})},
		{"cost", add(cockpit.PlanStep{Do: "hire", Cost: "much"})},
	} {
		var w *web.Wrong
		if !errors.As(c.err, &w) || w.Field != c.field || !errors.Is(c.err, problem.Usage) || problem.Hint(c.err) == "" {
			t.Errorf("%v is about %+v, want %s", c.err, w, c.field)
		}
	}
	if err := add(cockpit.PlanStep{Do: "else"}); !errors.Is(err, problem.Usage) {
		t.Errorf("a kind that there is not: %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) || exists(filepath.Join(dir, "scenarios", "other.yaml")) {
		t.Errorf("written all the same: %s, %v", after, err)
	}
}

// TestPlansOfAChangedOrganisation: a scenario that can happen no more says why, takes no
// step, and loses those that cannot happen.
func TestPlansOfAChangedOrganisation(t *testing.T) {
	s, dir := planning(t)
	const text = `scenarios:
  - name: First
    steps:
      - leave: gone
      - role: {person: mo, is: director, title: "Director: all"}
      - merge: {teams: [old, shop], into: shop}
  - name: Second
    growth: {low: 0.1, high: 0.2}
`
	if err := os.MkdirAll(filepath.Join(dir, "scenarios"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "scenarios", "plan.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Planned(t.Context(), "plan", "First"); !errors.Is(err, problem.Usage) || !strings.Contains(err.Error(), "step 1 cannot happen") {
		t.Errorf("%v", err)
	}
	if err := s.AddStep(t.Context(), "plan", "First", cockpit.PlanStep{Do: "leave", Person: "e1"}); !errors.Is(err, problem.Usage) {
		t.Errorf("it takes a step: %v", err)
	}
	for _, i := range []int{0, 1} { // then the merge is the second
		if err := s.TakeBack(t.Context(), "plan", "First", i); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Planned(t.Context(), "plan", "First"); err != nil {
		t.Error(err)
	}
	written, err := workspace.LoadScenarios(path)
	if err != nil || len(written) != 2 || written[0].Steps[0].Role.Title != "Director: all" || !written[1].Growth.OK {
		t.Errorf("%+v, %v", written, err)
	}
	// One that cannot happen takes a day on which it could.
	if err := os.WriteFile(path, []byte("scenarios:\n  - {name: First, date: 2020-01-01, steps: [{retire: p1}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangePlan(t.Context(), "plan", "First", "First", "2023-01-01"); err != nil {
		t.Errorf("another day that does not help: %v", err)
	}
	if err := s.ChangePlan(t.Context(), "plan", "First", "First", "2030-01-01"); err != nil {
		t.Error(err)
	}
	if _, err := s.Planned(t.Context(), "plan", "First"); err != nil {
		t.Error(err)
	}
}

// TestScenariosOfAFile: a file takes a second one, each changes by itself, and the file goes
// with the last.
func TestScenariosOfAFile(t *testing.T) {
	s, dir := planning(t)
	leave := func(who string) cockpit.PlanStep { return cockpit.PlanStep{Do: "leave", Person: who} }
	if _, err := s.BeginPlan(t.Context(), "", "One", "", cockpit.PlanStep{Do: "growth", Low: 0.1, High: 0.2, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	if file, err := s.BeginPlan(t.Context(), "one", "Two", "2030-01-01", leave("e1")); err != nil || file != "one" {
		t.Fatalf("%q, %v", file, err)
	}
	if err := s.AddStep(t.Context(), "one", "Two", leave("e2")); err != nil {
		t.Fatal(err)
	}
	if err := s.AddStep(t.Context(), "one", "Two", cockpit.PlanStep{Do: "growth", Low: 0.2, High: 0.4}); err != nil {
		t.Fatal(err)
	}
	if err := s.TakeBack(t.Context(), "one", "Two", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangePlan(t.Context(), "one", "Two", "Zwei: später", ""); err != nil {
		t.Fatal(err)
	}
	want := []cockpit.PlanScenario{
		{Name: "One", Steps: []cockpit.PlanStep{{Do: "growth", Low: 0.1, High: 0.2, Seed: 7}}},
		{Name: "Zwei: später", Steps: []cockpit.PlanStep{leave("e2"), {Do: "growth", Low: 0.2, High: 0.4, Seed: 7}}},
	}
	if diff := cmp.Diff(want, s.mustPlans(t, "one")); diff != "" {
		t.Errorf("(-want +kept)\n%s", diff)
	}
	if _, err := s.BeginPlan(t.Context(), "", "Early", "", cockpit.PlanStep{Do: "retire", Position: "p1"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field string
		err   error
	}{
		{"about", s.ChangePlan(t.Context(), "one", "One", "Zwei: später", "")},
		{"date", s.ChangePlan(t.Context(), "one", "One", "One", "soon")},
		{"date", s.ChangePlan(t.Context(), "early", "Early", "Early", "2023-12-31")}, // when the position was not open yet
		{"about", func() error { _, err := s.BeginPlan(t.Context(), "one", "One", "", leave("e1")); return err }()},
		{"person", func() error { _, err := s.BeginPlan(t.Context(), "one", "Three", "", leave("nobody-such")); return err }()},
	} {
		var w *web.Wrong
		if !errors.As(c.err, &w) || w.Field != c.field || !errors.Is(c.err, problem.Usage) || problem.Hint(c.err) == "" {
			t.Errorf("%v is about %+v, want %s", c.err, w, c.field)
		}
	}
	if err := s.RemovePlan(t.Context(), "one", "Two"); !errors.Is(err, problem.Missing) {
		t.Errorf("what has another name is removed: %v", err)
	}
	if diff := cmp.Diff(want, s.mustPlans(t, "one")); diff != "" {
		t.Errorf("what was refused is written (-want +kept)\n%s", diff)
	}
	if err := s.RemovePlan(t.Context(), "one", "One"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[1:], s.mustPlans(t, "one")); diff != "" {
		t.Errorf("(-want +kept)\n%s", diff)
	}
	if err := s.RemovePlan(t.Context(), "one", "Zwei: später"); err != nil || exists(filepath.Join(dir, "scenarios", "one.yaml")) {
		t.Errorf("the file stays: %v", err)
	}
}
