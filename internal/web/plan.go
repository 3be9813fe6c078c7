package web

import (
	"errors"
	"fmt"
	"net/http"
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
	m := room{title: "What if", headline: "What if it were otherwise", lede: "A scenario moves people, merges or splits teams, opens positions or lets the company grow, and shows what that would mean before anything is done. Each is a file of the workspace; none changes the organisation.", tabs: r.organisationTabs(), data: all}
	list := section{ID: "plans", Title: "Scenarios", Notes: when(len(all) == 0, "There is none yet. The first step below makes one.")}
	for _, p := range all {
		one := item{Title: report.Clean(strings.Join(p.Names, ", ")), Text: report.Clean(p.Error), Label: "Open", Address: r.place.address("/organisation/plan", "file", p.File), Meta: fmt.Sprintf("%d steps", len(p.Steps))}
		one.Title = orElse(one.Title, p.File)
		list.Items = append(list.Items, one)
	}
	m.sections = []section{list}
	if r.mayChange(access.Organisation) {
		m.sections = append(m.sections, r.stepSection(section{ID: "begin", Title: "Begin one"}, offered{now: o, then: o}))
	}
	return m, nil
}

// plan is a scenario: side by side with the organisation as it is, and changed in place.
func (s *Server) plan(r *request) (room, error) {
	now, err := s.company.Organisation(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p, err := s.planOf(r, r.Form.Get("file"))
	if err != nil {
		return room{}, err
	}
	m := room{title: "What if", headline: report.Clean(strings.Join(p.Names, ", ")), tabs: r.organisationTabs(), data: p}
	if p.Error != "" {
		m.headline = "This scenario cannot be read"
		m.sections = []section{{ID: "broken", Title: "Why", Lead: report.Clean(p.Error)}}
		return m, nil
	}
	then, err := s.company.Planned(r.Context(), p.File)
	if errors.Is(err, problem.Usage) { // since the organisation has changed
		m.lede = "This scenario cannot happen in the organisation as it is now."
		m.sections = []section{{ID: "broken", Title: "Why", Lead: reason(err)}, r.stepsOf(p, offered{now: now, then: now, plan: p})}
		return m, nil
	}
	if err != nil {
		return room{}, err
	}
	c, err := s.company.Compare(r.Context(), p.File)
	if err != nil {
		return room{}, err
	}
	o := offered{now: now, then: then, plan: p}
	m.data = c
	m.lede = sideBySide(c)
	m.sections = []section{{ID: "compare", Title: "Side by side", Grid: compareGrid(c)}, r.stepsOf(p, o)}
	if r.mayChange(access.Organisation) {
		m.sections = append(m.sections, r.stepSection(section{ID: "add", Title: "Another step"}, o),
			section{ID: "board", Title: "Teams", Lead: "With the steps above. Drag a person to another team, or the name of a team to the one that it is to be under; the form above does the same.", Board: boardOf(o, r.place.address("/organisation/plan"), p.File)})
	}
	m.sections = append(m.sections, restsOn(c))
	return m, nil
}

// stepsOf are the steps of a scenario in words, each with the form that takes it back.
func (r *request) stepsOf(p cockpit.Plan, o offered) section {
	v := section{ID: "steps", Title: "Steps"}
	for i, st := range p.Steps {
		one := item{Title: strconv.Itoa(i+1) + ". " + report.Clean(stepWords(st, o))}
		if len(p.Steps) > 1 && r.mayChange(access.Organisation) {
			one.Form = &form{Action: r.place.address("/organisation/plan"), Hidden: []option{{"file", p.File}, {"remove", strconv.Itoa(i)}, {"of", strconv.Itoa(len(p.Steps))}}, Submit: "Take back", Plain: true}
		}
		v.Items = append(v.Items, one)
	}
	if len(p.Names) > 1 {
		v.Notes = []string{"These are the steps of the first scenario of the file. Those of the others are changed in the file."}
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
	i := slices.IndexFunc(all, func(p cockpit.Plan) bool { return p.File == file })
	if i < 0 {
		return cockpit.Plan{}, problem.New(problem.Missing, "see the page What if for those that there are", "there is no scenario %q", file)
	}
	return all[i], nil
}

// changePlan adds a step to a scenario, or takes one back; the first step makes it. What
// is refused is shown again as it was typed.
func (s *Server) changePlan(r *request) error {
	file, err := s.planned(r)
	if err == nil {
		r.seeOther(r.place.address("/organisation/plan", "file", file, "done", "planned"))
		return nil
	}
	if !errors.Is(err, problem.Usage) {
		return err
	}
	r.refused = err
	again := s.plan
	if file == "" {
		again = s.plans
	}
	m, err := again(r)
	if err != nil {
		return err
	}
	return s.show(r, http.StatusBadRequest, m)
}

// planned does what a form of a scenario asks for, and says which file it is about; "" is
// one that was not made.
func (s *Server) planned(r *request) (file string, err error) {
	file = r.PostFormValue("file")
	if file == "" {
		name, err := oneLine("about", "what the scenario is about", r.PostFormValue("about"))
		if err == nil && name == "" {
			err = wrong("about", "write it in a few words, such as: a platform team", "a scenario needs a name")
		}
		if err != nil {
			return "", err
		}
		step, err := readStep(r.PostForm)
		if err != nil {
			return "", err
		}
		return s.company.BeginPlan(r.Context(), name, r.PostFormValue("date"), step)
	}
	p, err := s.planOf(r, file)
	if err != nil {
		return file, err
	}
	if p.Error != "" {
		return file, problem.New(problem.Invalid, "mend the file by hand", "%s", p.Error)
	}
	if !r.PostForm.Has("remove") {
		step, err := readStep(r.PostForm)
		if err != nil {
			return file, err
		}
		return file, s.company.AddStep(r.Context(), file, step)
	}
	i, err := strconv.Atoi(r.PostFormValue("remove"))
	if err != nil || r.PostFormValue("of") != strconv.Itoa(len(p.Steps)) {
		return file, problem.New(problem.Usage, "look at the steps below, and take back the one that you mean", "somebody has changed the scenario meanwhile")
	}
	return file, s.company.TakeBack(r.Context(), file, i)
}
