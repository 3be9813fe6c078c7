package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// plans are the scenarios of the workspace, and the form that begins one.
func (s *Server) plans(r *request) (room, error) {
	o, err := s.company.Organisation(r.Context(), r.place)
	if errors.Is(err, problem.Missing) || errors.Is(err, problem.Usage) {
		return r.noOrganisation("What if"), nil
	}
	if err != nil {
		return room{}, err
	}
	all, err := s.company.Plans(r.Context())
	if err != nil {
		return room{}, err
	}
	file := r.Form.Get("file")
	m := room{title: "What if", headline: "What if it were otherwise", lede: "A scenario moves people, merges or splits teams, opens positions or lets the company grow, and shows what that would mean before anything is done. Each is a file of the workspace; none changes the organisation.", tabs: r.organisationTabs(), data: all}
	list := section{ID: "plans", Title: "Scenarios", Notes: when(len(all) == 0, "There is none yet. The first step below makes one.")}
	for _, p := range all {
		one := item{Title: report.Clean(strings.Join(p.Names(), ", ")), Text: report.Clean(p.Error), Label: "Open", Address: r.place.address("/organisation/plan", "file", p.File), Meta: stepsWords(p)}
		one.Title = orElse(one.Title, p.File)
		list.Items = append(list.Items, one)
	}
	m.sections = []section{list}
	if !r.mayChange(access.Organisation) {
		return m, nil
	}
	begin := section{ID: "begin", Title: "Begin one"}
	if file != "" {
		p, err := planIn(all, file)
		if err != nil {
			return room{}, err
		}
		begin.Title, begin.Lead = "Begin another", "Side by side with "+report.Clean(cockpit.ListWords(p.Names()))+"."
	}
	m.sections = append(m.sections, r.stepSection(begin, offered{now: o, then: o, file: file, begins: true}))
	return m, nil
}

// stepsWords counts the steps of the scenarios of a file.
func stepsWords(p cockpit.Plan) string {
	n := 0
	for _, s := range p.Scenarios {
		n += len(s.Steps)
	}
	return counted(n, "step")
}

// plan is a scenario: side by side with the organisation as it is and with the others of
// its file, and changed in place.
func (s *Server) plan(r *request) (room, error) {
	now, err := s.company.Organisation(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p, err := s.planOf(r, r.Form.Get("file"))
	if err != nil {
		return room{}, err
	}
	m := room{title: "What if", tabs: r.organisationTabs(), data: p}
	if p.Error != "" {
		m.headline = "This scenario cannot be read"
		m.sections = []section{{ID: "broken", Title: "Why", Lead: report.Clean(p.Error)}}
		return m, nil
	}
	i, err := scenarioAt(p, r.Form.Get("scenario"))
	if err != nil {
		return room{}, err
	}
	o := offered{now: now, then: now, file: p.File, plan: p.Scenarios[i]}
	m.headline = report.Clean(o.plan.Name)
	then, err := s.company.Planned(r.Context(), p.File, o.plan.Name)
	if errors.Is(err, problem.Usage) { // since the organisation has changed
		m.lede = "This scenario cannot happen in the organisation as it is now."
		m.sections = append([]section{r.beside(p, i, section{ID: "broken", Title: "Why", Lead: reason(err)}), r.stepsOf(o)}, r.scenarioSections(p, o)...)
		return m, nil
	}
	if err != nil {
		return room{}, err
	}
	o.then = then
	compare, rests := section{ID: "compare", Title: "Side by side"}, []section{}
	c, err := s.company.Compare(r.Context(), p.File)
	switch {
	case errors.Is(err, problem.Invalid): // another scenario of the file cannot happen
		compare.Lead = "Nothing can be compared before it is mended. " + s.whyNot(r, p)
	case err != nil:
		return room{}, err
	default:
		m.data, m.lede, compare.Grid, rests = c, sideBySide(c, i+1), compareGrid(c), []section{restsOn(c)}
	}
	m.sections = []section{r.beside(p, i, compare), r.stepsOf(o)}
	if r.mayChange(access.Organisation) {
		m.sections = append(m.sections, r.stepSection(section{ID: "add", Title: "Another step"}, o),
			section{ID: "board", Title: "Teams", Lead: "With the steps above. Drag a person to another team, or the name of a team to the one that it is to be under; the form above does the same.", Board: boardOf(o, r.place.address("/organisation/plan"))})
	}
	m.sections = append(m.sections, r.scenarioSections(p, o)...)
	m.sections = append(m.sections, rests...)
	return m, nil
}

// whyNot says which scenarios of a file cannot happen, and why.
func (s *Server) whyNot(r *request, p cockpit.Plan) string {
	var out []string
	for _, one := range p.Scenarios {
		if _, err := s.company.Planned(r.Context(), p.File, one.Name); errors.Is(err, problem.Usage) {
			out = append(out, report.Clean(one.Name)+": "+reason(err))
		}
	}
	return strings.Join(out, " ")
}

// scenarioAt finds a scenario of a file; "" is the first.
func scenarioAt(p cockpit.Plan, name string) (int, error) {
	i := slices.IndexFunc(p.Scenarios, func(s cockpit.PlanScenario) bool { return s.Name == name || name == "" })
	if i < 0 {
		return 0, problem.New(problem.Missing, "somebody has removed it or given it another name; see the page What if for those that there are", "there is no scenario %q", name)
	}
	return i, nil
}

// stepsOf are the steps of a scenario in words, each with the form that takes it back.
func (r *request) stepsOf(o offered) section {
	v := section{ID: "steps", Title: "Steps"}
	for i, st := range o.plan.Steps {
		one := item{Title: strconv.Itoa(i+1) + ". " + report.Clean(stepWords(st, o))}
		if len(o.plan.Steps) > 1 && r.mayChange(access.Organisation) {
			one.Form = r.scenarioForm(o, "Take back", option{"remove", strconv.Itoa(i)}, option{"of", strconv.Itoa(len(o.plan.Steps))})
			one.Form.Plain = true
		}
		v.Items = append(v.Items, one)
	}
	if r.refused != nil && r.Form.Has("remove") {
		v.Alert = "Nothing was changed. " + reason(r.refused)
	}
	return v
}

func (s *Server) planOf(r *request, file string) (cockpit.Plan, error) {
	all, err := s.company.Plans(r.Context())
	if err != nil {
		return cockpit.Plan{}, err
	}
	return planIn(all, file)
}

func planIn(all []cockpit.Plan, file string) (cockpit.Plan, error) {
	i := slices.IndexFunc(all, func(p cockpit.Plan) bool { return p.File == file })
	if i < 0 {
		return cockpit.Plan{}, problem.New(problem.Missing, "see the page What if for those that there are", "there is no scenario %q", file)
	}
	return all[i], nil
}
