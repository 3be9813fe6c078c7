package web

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// Fields by which the forms of a scenario's page are told apart; a form without one of
// them is that of a step.
const (
	asksRemove = "remove" // a step is taken back
	asksName   = "about"  // name and day are changed
	asksDrop   = "drop"   // the scenario is removed
	asksKind   = "choose" // another kind of step is to be filled in
)

// scenarioForm is a form about a scenario.
func (r *request) scenarioForm(o offered, submit string, hidden ...option) *form {
	return &form{Action: r.place.address("/organisation/plan"), Submit: submit, Hidden: append([]option{{"file", o.file}, {"scenario", o.plan.Name}}, hidden...)}
}

// beside adds to a section the links to the other scenarios of a file, and to the form of
// another one.
func (r *request) beside(p cockpit.Plan, at int, v section) section {
	links := linkGroup{Label: "In the file"}
	for i, s := range p.Scenarios {
		links.Links = append(links.Links, roomLink{Label: report.Clean(s.Name), Address: r.place.address("/organisation/plan", "file", p.File, "scenario", s.Name), Here: i == at})
	}
	if r.mayChange(access.Organisation) {
		links.Links = append(links.Links, roomLink{Label: "begin another", Address: r.place.address("/organisation/plans", "file", p.File) + "#begin"})
	}
	v.Choose = []linkGroup{links}
	return v
}

// scenarioSections are the forms of name and day of a scenario, and of its removal.
func (r *request) scenarioSections(p cockpit.Plan, o offered) []section {
	if !r.mayChange(access.Organisation) {
		return nil
	}
	name := section{ID: "name", Title: "Name and day", Form: r.scenarioForm(o, "Change name and day")}
	name.Form.Fields = r.nameFields(o)
	drop := section{ID: "drop", Title: "Remove the scenario", Form: r.scenarioForm(o, "Remove the scenario", option{asksDrop, "1"})}
	sure := field{Label: "The scenario " + report.Clean(o.plan.Name), Name: "sure", Many: true, Options: []choice{{Value: "yes", Label: "is to be removed, with its steps"}}, Wrong: fieldOf(r.refused) == "sure"}
	if len(p.Scenarios) == 1 {
		sure.Hint = "It is the only one of its file, which goes with it."
	}
	drop.Form.Fields = []field{sure}
	if r.refused != nil && r.Form.Has(asksName) {
		name.Alert = "Nothing was changed. " + r.aboutField(name.Form)
	}
	if r.refused != nil && r.Form.Has(asksDrop) {
		drop.Alert = "Nothing was removed. " + r.aboutField(drop.Form)
	}
	return []section{name, drop}
}

// nameFields ask for name and day of a scenario.
func (r *request) nameFields(o offered) []field {
	name := r.field(asked{name: asksName, label: "What the scenario is about", must: true, hint: "such as: a platform team"}, o)
	day := r.field(asked{name: "date", label: "From", hint: "today without a date"}, o)
	day.Kind = "date"
	if !o.begins && !r.Form.Has(asksName) {
		name.Value, day.Value = o.plan.Name, o.plan.Date
	}
	return []field{name, day}
}

// beginPlan makes a scenario with its first step. What is refused is shown again as it
// was typed.
func (s *Server) beginPlan(r *request) error {
	if r.turned() {
		return s.again(r, s.plans, nil)
	}
	file, name, err := s.begun(r)
	if errors.Is(err, problem.Usage) {
		return s.again(r, s.plans, err)
	}
	if err != nil {
		return err
	}
	r.seeOther(r.place.address("/organisation/plan", "file", file, "scenario", name, "done", "planned"))
	return nil
}

func (s *Server) begun(r *request) (file, name string, err error) {
	if name, err = scenarioName(r); err != nil {
		return "", "", err
	}
	if file = r.PostFormValue("file"); file != "" {
		if _, err := s.whole(r, file); err != nil {
			return file, name, err
		}
	}
	step, err := readStep(r.PostForm)
	if err != nil {
		return file, name, err
	}
	file, err = s.company.BeginPlan(r.Context(), file, name, r.PostFormValue("date"), step)
	return file, name, err
}

func scenarioName(r *request) (string, error) {
	name, err := oneLine(asksName, "what the scenario is about", r.PostFormValue(asksName))
	if err == nil && name == "" {
		err = wrong(asksName, "write it in a few words, such as: a platform team", "a scenario needs a name")
	}
	return name, err
}

// whole is a file of scenarios that can be read.
func (s *Server) whole(r *request, file string) (cockpit.Plan, error) {
	p, err := s.planOf(r, file)
	if err == nil && p.Error != "" {
		err = problem.New(problem.Invalid, "mend the file by hand", "%s", p.Error)
	}
	return p, err
}

// changePlan changes a scenario. What is refused is shown again as it was typed.
func (s *Server) changePlan(r *request) error {
	if r.turned() {
		return s.again(r, s.plan, nil)
	}
	address, err := s.changed(r)
	if errors.Is(err, problem.Usage) {
		return s.again(r, s.plan, err)
	}
	if err != nil {
		return err
	}
	r.seeOther(address)
	return nil
}

// changed does what a form of a scenario asks for, and says which page shows it.
func (s *Server) changed(r *request) (address string, err error) {
	file := r.PostFormValue("file")
	p, err := s.whole(r, file)
	if err != nil {
		return "", err
	}
	i, err := scenarioAt(p, r.PostFormValue("scenario"))
	if err != nil {
		return "", err
	}
	name, steps := p.Scenarios[i].Name, len(p.Scenarios[i].Steps)
	saved := func(name string) string {
		return r.place.address("/organisation/plan", "file", file, "scenario", name, "done", "planned")
	}
	switch {
	case r.PostForm.Has(asksRemove):
		step, err := strconv.Atoi(r.PostFormValue(asksRemove))
		if err != nil || r.PostFormValue("of") != strconv.Itoa(steps) {
			return "", problem.New(problem.Usage, "look at the steps below, and take back the one that you mean", "somebody has changed the scenario meanwhile")
		}
		return saved(name), s.company.TakeBack(r.Context(), file, name, step)
	case r.PostForm.Has(asksName):
		to, err := scenarioName(r)
		if err != nil {
			return "", err
		}
		return saved(to), s.company.ChangePlan(r.Context(), file, name, to, r.PostFormValue("date"))
	case r.PostForm.Has(asksDrop):
		if r.PostFormValue("sure") == "" {
			return "", wrong("sure", "tick it if you mean it", "nothing is chosen")
		}
		to := r.place.address("/organisation/plans", "done", "dropped")
		if len(p.Scenarios) > 1 {
			to = r.place.address("/organisation/plan", "file", file, "done", "dropped")
		}
		return to, s.company.RemovePlan(r.Context(), file, name)
	}
	step, err := readStep(r.PostForm)
	if err != nil {
		return "", err
	}
	return saved(name), s.company.AddStep(r.Context(), file, name, step)
}

// turned tells whether the form of a step is to be filled in further: that of another
// kind, or that of a split whose team is chosen.
func (r *request) turned() bool {
	if to := r.PostFormValue(asksKind); to != "" {
		r.Form.Set("do", to)
		r.Form.Del("cut")
		return true
	}
	return r.Form.Get("do") == doSplit && !r.PostForm.Has("called") && !r.PostForm.Has(asksRemove)
}

// pageAbove is the page that a form at an address belongs to.
func (s *Server) pageAbove(address string) string {
	for at := address; at != "/"; at = path.Dir(at) {
		if _, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: at}}); strings.HasPrefix(pattern, http.MethodGet+" ") {
			return at
		}
	}
	return "/"
}

// again shows a page with what was typed: to be filled in further, or because it was
// refused.
func (s *Server) again(r *request, page func(*request) (room, error), refused error) error {
	r.refused, r.URL.Path = refused, s.pageAbove(r.URL.Path)
	m, err := page(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		status = statusOf(refused)
	}
	return s.show(r, status, m)
}
