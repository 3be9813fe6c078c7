package web

import (
	"errors"
	"fmt"
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
	m := room{title: "What if", headline: "What if it were otherwise", lede: "A scenario moves, hires or promotes people and shows what that would mean before anybody is moved. Each is a file of the workspace; none changes the organisation.", tabs: r.organisationTabs(), data: all}
	list := section{ID: "plans", Title: "Scenarios", Notes: when(len(all) == 0, "There is none yet. The first step below makes one.")}
	for _, p := range all {
		one := item{Title: report.Clean(strings.Join(p.Names, ", ")), Text: report.Clean(p.Error), Label: "Open", Address: r.place.address("/organisation/plan", "file", p.File), Meta: fmt.Sprintf("%d steps", len(p.Steps))}
		one.Title = orElse(one.Title, p.File)
		list.Items = append(list.Items, one)
	}
	m.sections = []section{list}
	if r.mayChange(access.Organisation) {
		m.sections = append(m.sections, section{ID: "begin", Title: "Begin one", Form: stepForm(o, cockpit.Plan{})})
	}
	return m, nil
}

// plan is a scenario: side by side with the organisation as it is, and changed in place.
func (s *Server) plan(r *request) (room, error) {
	o, err := s.company.Organisation(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p, err := s.planOf(r, r.URL.Query().Get("file"))
	if err != nil {
		return room{}, err
	}
	m := room{title: "What if", headline: report.Clean(strings.Join(p.Names, ", ")), tabs: r.organisationTabs(), data: p}
	if p.Error != "" {
		m.headline = "This scenario cannot be read"
		m.sections = []section{{ID: "broken", Title: "Why", Lead: report.Clean(p.Error)}}
		return m, nil
	}
	c, err := s.company.Compare(r.Context(), p.File)
	if err != nil {
		return room{}, err
	}
	m.data = c
	m.lede = sideBySide(c)
	steps := section{ID: "steps", Title: "Steps"}
	for i, st := range p.Steps {
		one := item{Title: fmt.Sprintf("%d. %s", i+1, report.Clean(stepWords(st, o)))}
		if len(p.Steps) > 1 && r.mayChange(access.Organisation) {
			one.Form = &form{Action: "/organisation/plan", Hidden: []option{{"file", p.File}, {"remove", strconv.Itoa(i)}}, Submit: "Take back", Plain: true}
		}
		steps.Items = append(steps.Items, one)
	}
	m.sections = []section{{ID: "compare", Title: "Side by side", Grid: compareGrid(c)}, steps}
	if !r.mayChange(access.Organisation) {
		return m, nil
	}
	m.sections = append(m.sections, section{ID: "add", Title: "Another step", Form: stepForm(o, p)},
		section{ID: "board", Title: "Teams", Lead: "With the steps above. Drag a person to another team, or use the form.", Board: boardOf(o, p)})
	return m, nil
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

// changePlan adds a step to a scenario, or takes one back; the first step makes it.
func (s *Server) changePlan(r *request) error {
	p := cockpit.Plan{File: r.PostFormValue("file")}
	if p.File == "" {
		name := strings.TrimSpace(r.PostFormValue("name"))
		if name == "" {
			return problem.New(problem.Usage, "write what the scenario is about", "a scenario needs a name")
		}
		p.File, p.Names = slug(name), []string{name}
		all, err := s.company.Plans(r.Context())
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o cockpit.Plan) bool { return o.File == p.File }) {
			return problem.New(problem.Usage, "open it, or choose another name", "there is a scenario %q already", p.File)
		}
		p.Date = r.PostFormValue("date")
	} else {
		var err error
		if p, err = s.planOf(r, p.File); err != nil {
			return err
		}
		if p.Error != "" {
			return problem.New(problem.Invalid, "mend the file by hand", "%s", p.Error)
		}
	}
	if i, err := strconv.Atoi(r.PostFormValue("remove")); err == nil {
		if i < 0 || i >= len(p.Steps) || len(p.Steps) < 2 {
			return problem.New(problem.Usage, "a scenario keeps one step at least; remove its file to be rid of it", "there is no step %d to take back", i+1)
		}
		p.Steps = slices.Delete(p.Steps, i, i+1)
	} else {
		count, _ := strconv.Atoi(r.PostFormValue("count")) // what is no number is one
		p.Steps = append(p.Steps, cockpit.PlanStep{Do: r.PostFormValue("do"), Person: r.PostFormValue("person"), Team: r.PostFormValue("team"), Manager: r.PostFormValue("manager"), Role: r.PostFormValue("role"), Count: min(max(count, 1), 500)})
	}
	if err := s.company.SavePlan(r.Context(), p); err != nil {
		return err
	}
	r.seeOther(r.place.address("/organisation/plan", "file", p.File, "done", "planned"))
	return nil
}

// slug makes the name of a file out of words.
func slug(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 50 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// stepForm is a step as a form: it works without scripts and without a mouse.
func stepForm(o cockpit.Organisation, p cockpit.Plan) *form {
	people, teams, managers := []choice{{Label: "nobody of today"}}, []choice{{Label: "as it is"}}, []choice{{Label: "as it is"}}
	for _, one := range o.People {
		label := report.Clean(orElse(one.Name, one.ID))
		if one.Team != "" {
			label += ", " + report.Clean(one.Team)
		}
		people = append(people, choice{Value: one.ID, Label: label})
		if one.Reports > 0 || one.Role != "engineer" && one.Role != "" {
			managers = append(managers, choice{Value: one.ID, Label: label})
		}
	}
	for _, t := range o.Teams {
		teams = append(teams, choice{Value: t.ID, Label: report.Clean(orElse(t.Name, t.ID))})
	}
	var roles []option
	roles = append(roles, option{"", "as it is"})
	for _, role := range []string{"engineer", "lead", "engineering_manager", "director", "vpe", "cto", "chief_architect", "lead_architect", "head_of_engineering"} {
		roles = append(roles, option{role, cockpit.Words(role)})
	}
	f := &form{Action: "/organisation/plan", ID: "step", Submit: "Add the step", Fields: []field{
		{Label: "What happens", Name: "do", Kind: "select", Options: choices([]option{{"move", "somebody moves"}, {"hire", "people are hired"}, {"role", "somebody takes a role"}, {"leave", "somebody leaves"}}, "move")},
		{Label: "Who", Name: "person", Kind: "select", Options: people},
		{Label: "To the team", Name: "team", Kind: "select", Options: teams},
		{Label: "Reports to", Name: "manager", Kind: "select", Options: managers},
		{Label: "Role", Name: "role", Kind: "select", Options: choices(roles, "")},
		{Label: "How many are hired", Name: "count", Kind: "number", Value: "1"},
	}}
	if p.File == "" {
		f.Fields = append([]field{{Label: "What the scenario is about", Name: "name", Kind: "text", Required: true, Hint: "such as: a platform team"}, {Label: "From", Name: "date", Kind: "date", Hint: "today without a date"}}, f.Fields...)
	} else {
		f.Hidden = []option{{"file", p.File}}
	}
	return f
}

// stepWords says a step.
func stepWords(st cockpit.PlanStep, o cockpit.Organisation) string {
	name := func(id string) string {
		for _, p := range o.People {
			if p.ID == id {
				return orElse(p.Name, id)
			}
		}
		return id
	}
	to := ""
	if st.Team != "" {
		to += " to the team " + st.Team
	}
	if st.Manager != "" {
		to += ", reporting to " + name(st.Manager)
	}
	switch st.Do {
	case "move":
		return name(st.Person) + " moves" + to
	case "hire":
		return fmt.Sprintf("%d hired as %s%s", st.Count, orElse(cockpit.Words(st.Role), "somebody"), to)
	case "leave":
		return name(st.Person) + " leaves"
	case "role":
		return name(st.Person) + " becomes " + cockpit.Words(st.Role)
	}
	return "a step that only the file can show"
}

// sideBySide says what the scenario would change of the answer.
func sideBySide(c cockpit.WhatIf) string {
	if len(c.Scenarios) < 2 {
		return ""
	}
	was, then := c.Scenarios[0], c.Scenarios[1]
	text := fmt.Sprintf("The answer stays the same: %s.", then.Headline)
	if was.Headline != then.Headline {
		text = fmt.Sprintf("The answer turns from %q into %q.", was.Headline, then.Headline)
	}
	if len(then.Ends) > 0 {
		text += " What the structure no longer needs: " + strings.Join(then.Ends, "; ") + "."
	}
	if len(then.Begins) > 0 {
		text += " What it then needs: " + strings.Join(then.Begins, "; ") + "."
	}
	return report.Clean(text)
}

// compareGrid has a column for each scenario and a row for each thing that is compared.
func compareGrid(c cockpit.WhatIf) *grid {
	g := &grid{Caption: "Scenarios side by side", Head: []string{""}}
	line := func(label string, of func(cockpit.Scenario) string) {
		cells := []cell{{Text: label}}
		some := false
		for _, s := range c.Scenarios {
			text := report.Clean(of(s))
			some = some || text != ""
			cells = append(cells, cell{Text: orElse(text, "none")})
		}
		if some {
			g.Rows = append(g.Rows, cells)
		}
	}
	for _, s := range c.Scenarios {
		g.Head = append(g.Head, report.Clean(s.Name))
	}
	line("Answer", func(s cockpit.Scenario) string { return s.Headline })
	line("Ways that agree", func(s cockpit.Scenario) string { return ofHundred(s.Call, s.Confidence) })
	line("In a year", func(s cockpit.Scenario) string {
		if s.CallInAYear == "" {
			return "not known"
		}
		return orElse(s.HeadlineInAYear, cockpit.CallWords(s.CallInAYear)) + ", " + ofHundred(s.CallInAYear, s.ConfidenceInAYear)
	})
	for _, part := range []func(cockpit.Scenario) []cockpit.Fact{func(s cockpit.Scenario) []cockpit.Fact { return s.Facts }, func(s cockpit.Scenario) []cockpit.Fact { return s.Loads }, func(s cockpit.Scenario) []cockpit.Fact { return s.Costs }, func(s cockpit.Scenario) []cockpit.Fact { return s.AtRisk }} {
		for _, label := range labelsOf(c, part) {
			line(capital(report.Clean(label)), func(s cockpit.Scenario) string { return valueOf(part(s), label) })
		}
	}
	for _, label := range labelsOf(c, func(s cockpit.Scenario) []cockpit.Fact { return s.Next }) {
		line(capital(report.Clean(label)), func(s cockpit.Scenario) string { return worth(s.Next, label) })
	}
	line("What no longer fits together", func(s cockpit.Scenario) string {
		var texts []string
		for _, p := range s.Problems {
			texts = append(texts, p.Text)
		}
		return strings.Join(texts, " ")
	})
	line("What the structure needs", func(s cockpit.Scenario) string { return strings.Join(s.Needs, "; ") })
	return g
}

func labelsOf(c cockpit.WhatIf, part func(cockpit.Scenario) []cockpit.Fact) (out []string) {
	for _, s := range c.Scenarios {
		for _, f := range part(s) {
			if !slices.Contains(out, f.Label) {
				out = append(out, f.Label)
			}
		}
	}
	return out
}

func valueOf(facts []cockpit.Fact, label string) string {
	for _, f := range facts {
		if f.Label == label {
			return strings.TrimSpace(f.Value + " " + f.Note)
		}
	}
	return ""
}

// worth is the value of a fact without its note.
func worth(facts []cockpit.Fact, label string) string {
	for _, f := range facts {
		if f.Label == label {
			return f.Value
		}
	}
	return ""
}

func ofHundred(call string, share float64) string {
	n, ok := cockpit.OfHundred(share)
	if !ok || call == cockpit.CallUnknown || call == "" {
		return "not known"
	}
	return fmt.Sprintf("%d of 100", n)
}

// board is who is in which team, with the steps of a scenario.
type board struct {
	File  string
	Teams []boardTeam
}

type boardTeam struct {
	ID, Name string
	People   []boardPerson
}

type boardPerson struct {
	ID, Name, About string
	Moved           bool
}

func boardOf(o cockpit.Organisation, p cockpit.Plan) *board {
	to, gone := map[string]string{}, map[string]bool{}
	for _, st := range p.Steps {
		switch {
		case st.Do == "move" && st.Team != "":
			to[st.Person] = st.Team
		case st.Do == "leave":
			gone[st.Person] = true
		}
	}
	b := &board{File: p.File}
	for _, t := range o.Teams {
		b.Teams = append(b.Teams, boardTeam{ID: t.ID, Name: report.Clean(orElse(t.Name, t.ID))})
	}
	for _, one := range o.People {
		team, moved := one.Team, false
		if t, ok := to[one.ID]; ok {
			team, moved = t, t != one.Team
		}
		i := slices.IndexFunc(b.Teams, func(t boardTeam) bool { return t.ID == team })
		if i < 0 || gone[one.ID] {
			continue
		}
		b.Teams[i].People = append(b.Teams[i].People, boardPerson{one.ID, report.Clean(orElse(one.Name, one.ID)), report.Clean(orElse(one.Title, cockpit.Words(one.Role))), moved})
	}
	return b
}
