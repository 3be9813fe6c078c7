package web

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// stepKind is a kind of step that a page can make.
type stepKind struct {
	do    string // as documents name it
	label string // what happens
	asks  []asked
	check func(cockpit.PlanStep) error // what no field can know alone; may be nil
}

// asked is a field of the form of a step. Its name is the one of slot, and of documents
// but where one word means two things there. What is typed stays when another kind of step
// is chosen that asks for the same name.
type asked struct {
	name  string
	label string
	hint  string
	from  func(offered) []option // what can be chosen; nil is typed
	none  string                 // what choosing nothing means; "" where something must be chosen
	must  bool                   // it has to be typed
	many  bool                   // several can be chosen
}

// kindGroup are kinds of step about one thing.
type kindGroup struct {
	label string
	kinds []stepKind
}

// kindGroups are all kinds of step, as a page lists them.
var kindGroups = []kindGroup{
	{"People", []stepKind{
		{"move", "somebody moves", []asked{who, {name: "team", label: "To the team", from: teams, none: "as it is"}, reportsTo, {name: "dotted", label: "With a dotted line to", from: people, none: "nobody besides"}}, func(st cockpit.PlanStep) error {
			return unless(st.Team+st.Manager+st.Dotted != "", "team", "choose a team, a manager or a dotted line", "a move to nowhere")
		}},
		{"hire", "people are hired", []asked{
			{name: "role", label: "As", from: roles, none: "not said"},
			{name: "team", label: "To the team", from: teams, none: "none"},
			{name: "manager", label: "Reports to", from: managers, none: "not said"},
			{name: "count", label: "How many"},
			newName, newTitle, newLevel, newEmployment, newLocation, newCost, under,
		}, func(st cockpit.PlanStep) error {
			return unless(st.Count == 1 || st.Name == "" && len(st.Reports) == 0, "count", "hire somebody with a name, or to whom others report, in a step of his or her own", "one name, or one manager, for several people")
		}},
		{"role", "somebody takes a role", []asked{who, {name: "role", label: "Becomes", from: roles}, {name: "title", label: "With the title"}, under}, nil},
		{"leave", "somebody leaves", []asked{who}, nil},
		{"share", "somebody gives a team part of the time", []asked{who, {name: "team", label: "To the team", from: teams}, {name: "share", label: "Per cent of the time", hint: "besides the own team; 0 is none any more", must: true}}, nil},
		{"dotted", "a dotted line begins or ends", []asked{who, {name: "to", label: "Begins, to", from: people, none: "nobody"}, {name: "from", label: "Ends, to", from: people, none: "nobody"}}, func(st cockpit.PlanStep) error {
			return unless(st.To+st.From != "", "to", "choose to whom it begins, to whom it ends, or both", "a dotted line from nobody to nobody")
		}},
	}},
	{"Teams", []stepKind{
		{"merge", "teams are merged", []asked{{name: "teams", label: "Which teams", from: teams, many: true}, {name: "into", label: "Become the team", from: teams, hint: "it takes over people, positions and code"}}, func(st cockpit.PlanStep) error {
			return unless(slices.ContainsFunc(st.Teams, func(t string) bool { return t != st.Into }), "teams", "choose at least one other team", "one team cannot be merged with itself")
		}},
		{doSplit, "a team is split", []asked{
			{name: "cut", label: "Which team", from: teams},
			{name: "called", label: "Name of the new team", must: true},
			{name: "people", label: "Who goes to it", from: ofTheTeam, many: true},
			{name: "kind", label: "Kind", from: teamKinds, none: "not said"},
			{name: "under", label: "Is under", from: teams, none: "none"},
			{name: "owns", label: "Code that goes with them", hint: "repository, or repository and path, such as: shop /risk/. Several by commas."},
		}, nil},
		{"parent", "a team goes under another", []asked{{name: "team", label: "Which team", from: teams}, {name: "under", label: "Goes under", from: func(o offered) []option { return append(teams(o), option{nobody, "none"}) }}}, nil},
	}},
	{"Positions", []stepKind{
		{"open", "a position is opened", []asked{{name: "title", label: "Title", must: true, hint: "such as: Staff engineer"}, {name: "role", label: "Role", from: roles, none: "not said"}, {name: "team", label: "In the team", from: teams, none: "none"}, {name: "manager", label: "Reports to", from: managers, none: "not said"}}, nil},
		{"fill", "a position is filled", []asked{position, newName, {name: "role", label: "Role", from: roles, none: "as the position says"}, {name: "team", label: "Team", from: teams, none: "as the position says"}, {name: "manager", label: "Reports to", from: managers, none: "as the position says"}, {name: "title", label: "Title", hint: "else that of the position"}, newLevel, newEmployment, newLocation, newCost}, nil},
		{"retire", "a position is given up", []asked{position}, nil},
	}},
	{"The company", []stepKind{
		{doGrowth, "the company grows", []asked{
			{name: "low", label: "Engineers a year, at least, %", hint: "20 is twenty per cent more", must: true},
			{name: "high", label: "At most, %", hint: "drawn evenly between the two", must: true},
			{name: "seed", label: "Seed of the draws", hint: "a whole number; the same seed draws the same. Empty: as it is"},
		}, func(st cockpit.PlanStep) error {
			return unless(st.High >= st.Low, "high", "the lower number comes first", "at most is below at least")
		}},
	}},
}

// Kinds of step that are unlike others: the form of a split depends on the team, which is
// chosen first, and a scenario grows once.
const (
	doSplit  = "split"
	doGrowth = "growth"
)

// nobody is what documents write for no manager, and for no team above.
const nobody = "none"

// Fields that several kinds of step ask for.
var (
	who       = asked{name: "person", label: "Who", from: people}
	position  = asked{name: "position", label: "Which position", from: positions}
	reportsTo = asked{name: "manager", label: "Reports to", from: managers, none: "as it is"}
	newName   = asked{name: "name", label: "Name", hint: "may be left out"}
	newTitle  = asked{name: "title", label: "Title", hint: "may be left out"}
	newLevel  = asked{name: "level", label: "Level", hint: "such as L4; may be left out"}
	newCost   = asked{name: "cost", label: "Pay a year", hint: "such as 95000 EUR; else that of the role is assumed"}
	under     = asked{name: "reports", label: "Who reports to the person from then on", from: people, many: true, none: "nobody more"}

	newEmployment = asked{name: "employment", label: "Employed as", from: employments, none: "not said"}
	newLocation   = asked{name: "location", label: "Location", hint: "may be left out"}
)

// kindOf finds a kind of step; "" is the first.
func kindOf(do string) (stepKind, bool) {
	for _, g := range kindGroups {
		for _, k := range g.kinds {
			if k.do == do || do == "" {
				return k, true
			}
		}
	}
	return stepKind{}, false
}

// slot is where a step holds the value of a field.
func slot(st *cockpit.PlanStep, name string) any {
	return map[string]any{
		"person": &st.Person, "team": &st.Team, "manager": &st.Manager, "dotted": &st.Dotted, "role": &st.Role, "title": &st.Title, "reports": &st.Reports,
		"count": &st.Count, "name": &st.Name, "cut": &st.Team, "called": &st.Name, "level": &st.Level, "employment": &st.Employment, "location": &st.Location, "cost": &st.Cost, "position": &st.Position, "teams": &st.Teams, "into": &st.Into, "people": &st.People, "kind": &st.Kind,
		"owns": &st.Owns, "under": &st.Under, "share": &st.Share, "to": &st.To, "from": &st.From, "low": &st.Low, "high": &st.High, "seed": &st.Seed,
	}[name]
}

// readStep reads what the form of a step says.
func readStep(f url.Values) (cockpit.PlanStep, error) {
	k, ok := kindOf(f.Get("do"))
	if !ok {
		return cockpit.PlanStep{}, wrong("do", "choose one of those that the page lists", "there is no kind of step %q", f.Get("do"))
	}
	st := cockpit.PlanStep{Do: k.do}
	for _, a := range k.asks {
		if err := a.read(&st, f); err != nil {
			return st, err
		}
	}
	if k.check == nil {
		return st, nil
	}
	return st, k.check(st)
}

// read reads a field.
func (a asked) read(st *cockpit.PlanStep, f url.Values) error {
	text, err := oneLine(a.name, a.label, f.Get(a.name))
	if err != nil {
		return err
	}
	if text == "" && a.needed() {
		if a.from != nil {
			return wrong(a.name, "choose one", "nothing is chosen")
		}
		return wrong(a.name, "fill it in", "it is empty")
	}
	switch v := slot(st, a.name).(type) {
	case *string:
		*v = text
	case *[]string:
		*v = pieces(text)
		if a.many {
			*v = f[a.name]
		}
	case *int:
		*v, err = strconv.Atoi(orElse(text, "1"))
		return unless(err == nil && *v >= 1 && *v <= 500, a.name, "write a whole number from 1 to 500", "%q is not how many people a step hires", text)
	case *int64:
		*v, err = strconv.ParseInt(orElse(text, "0"), 10, 64)
		return unless(err == nil && (text == "" || *v >= 1), a.name, "write a whole number from 1, or leave it empty", "%q is no seed", text)
	case *float64:
		low, high := 0.0, 100.0
		if a.name != "share" {
			low, high = -90, 500
		}
		var percent float64
		percent, err = strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.Replace(text, ",", ".", 1), "%")), 64)
		*v = percent / 100
		return unless(err == nil && percent >= low && percent <= high, a.name, "write a number from "+percentWords(low/100)+" to "+percentWords(high/100)+", such as 20", "%q cannot be read", text)
	}
	return nil
}

// needed tells whether a field has to say something.
func (a asked) needed() bool { return a.must || a.from != nil && a.none == "" }

// oneLine is a text of a form, without what no document takes.
func oneLine(name, label, text string) (string, error) {
	text = strings.TrimSpace(text)
	if len([]rune(text)) > 200 {
		return "", wrong(name, "write it shorter", "%s has more than 200 letters", label)
	}
	if strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) || c == unicode.ReplacementChar }) {
		return "", wrong(name, "write it on one line, in letters that can be read", "%s holds a line break or a control character", label)
	}
	return text, nil
}

// percentWords writes a share as the number of per cent.
func percentWords(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e4)/1e2, 'f', -1, 64)
}

// offered is what steps can name: the organisation as it is, and as the steps so far leave it.
type offered struct {
	now, then cockpit.Organisation
	file      string // of the scenario; "" is one that there is not yet
	plan      cockpit.PlanScenario
	begins    bool   // the step is the first of a scenario
	split     string // the team that is to be split
}

func people(o offered) (out []option) {
	for _, p := range o.then.People {
		if !o.nameless(p.ID) {
			out = append(out, o.personOption(p))
		}
	}
	return out
}

func managers(o offered) []option {
	out := []option{}
	for _, p := range o.then.People {
		if (p.Reports > 0 || p.Role != "engineer" && p.Role != "") && !o.nameless(p.ID) {
			out = append(out, o.personOption(p))
		}
	}
	return append(out, option{nobody, "nobody"})
}

func ofTheTeam(o offered) (out []option) {
	for _, p := range o.then.People {
		if p.Team == o.split && !o.nameless(p.ID) {
			out = append(out, option{p.ID, orElse(p.Name, p.ID)})
		}
	}
	return out
}

func (o offered) personOption(p cockpit.OrgPerson) option {
	label := orElse(p.Name, p.ID)
	if p.Team != "" {
		label += ", " + o.team(p.Team)
	}
	return option{p.ID, label}
}

// nameless tells whether an id is one of those of several who are hired in one step: it
// is another's as soon as an earlier step is taken back, so no step should name it.
func (o offered) nameless(id string) bool {
	number, ok := strings.CutPrefix(id, "new-")
	if _, err := strconv.Atoi(number); !ok || err != nil {
		return false
	}
	return !slices.ContainsFunc(o.now.People, func(p cockpit.OrgPerson) bool { return p.ID == id }) &&
		!slices.ContainsFunc(o.plan.Steps, func(st cockpit.PlanStep) bool { return st.ID == id })
}

func teams(o offered) (out []option) {
	for _, t := range o.then.Teams {
		out = append(out, option{t.ID, orElse(t.Name, t.ID)})
	}
	return out
}

func positions(o offered) (out []option) {
	for _, p := range o.then.Open {
		label := orElse(p.Title, orElse(cockpit.Words(p.Role), p.ID))
		if p.Team != "" {
			label += ", " + o.team(p.Team)
		}
		out = append(out, option{p.ID, label})
	}
	return out
}

func roles(offered) []option { return wordOptions(roleNames) }

func teamKinds(offered) []option { return wordOptions(kindNames) }

func employments(offered) []option { return wordOptions(employmentNames) }

// roleNames, kindNames and employmentNames are the roles, the kinds of team and the types
// of employment that documents know.
var (
	roleNames = []string{"engineer", "lead", "engineering_manager", "director", "head_of_engineering", "vpe", "cto", "technical_leader", "chief_architect", "lead_architect", "ceo", "coo", "cio", "product_manager", "designer", "other"}
	kindNames = []string{"stream_aligned", "platform", "enabling", "complicated_subsystem"}

	employmentNames = []string{"employee", "contractor", "intern", "vendor"}
)

func wordOptions(names []string) (out []option) {
	for _, name := range names {
		out = append(out, option{name, cockpit.Words(name)})
	}
	return out
}

// stepSection adds to a section the form of a step, which works without scripts and
// without a mouse, and the kinds of step that there are.
func (r *request) stepSection(v section, o offered) section {
	k, ok := kindOf(r.Form.Get("do"))
	if !ok {
		k, _ = kindOf("")
	}
	path, submit := "/organisation/plan", "Add the step"
	if o.begins {
		path, submit = "/organisation/plans", "Begin with this step"
	}
	f := &form{Action: r.place.address(path), ID: "step", Submit: submit, Turn: r.place.address(path) + "#" + v.ID, Turns: turns(k), Hidden: []option{{"do", k.do}, {"file", o.file}}}
	v.Form = f
	if !o.begins {
		f.Hidden = append(f.Hidden, option{"scenario", o.plan.Name})
	}
	asks := k.asks
	if k.do == doSplit {
		o.split = r.Form.Get("cut")
		if !slices.ContainsFunc(o.then.Teams, func(t cockpit.OrgTeam) bool { return t.ID == o.split }) {
			f.Action, f.Submit, asks = f.Turn, "Choose the people", asks[:1]
		} else {
			f.Submit, asks = "Split the team "+report.Clean(o.team(o.split)), asks[1:]
			f.Hidden = append(f.Hidden, option{"cut", o.split})
		}
	}
	if o.begins {
		f.Fields = r.nameFields(o)
	}
	for _, a := range asks {
		f.Fields = append(f.Fields, r.field(a, o))
	}
	if k.do == doGrowth {
		r.asItGrows(f, o)
	}
	if len(o.then.Open) == 0 && slices.ContainsFunc(asks, func(a asked) bool { return a.name == position.name }) {
		v.Notes, f.Fields, f.Submit = []string{"No position is open then. Open one first."}, nil, ""
	}
	r.keep(f)
	if r.refused != nil && (o.begins || !r.Form.Has(asksRemove) && !r.Form.Has(asksName) && !r.Form.Has(asksDrop)) {
		v.Alert = "Nothing was saved. " + r.aboutField(f)
	}
	return v
}

// turns are the kinds of step, of which one is being filled in.
func turns(here stepKind) (out []choiceGroup) {
	for _, g := range kindGroups {
		one := choiceGroup{Label: g.label}
		for _, k := range g.kinds {
			one.Choices = append(one.Choices, choice{k.do, k.label, k.do == here.do})
		}
		out = append(out, one)
	}
	return out
}

// asItGrows fills the form of growth in with that of the scenario, which has one.
func (r *request) asItGrows(f *form, o offered) {
	i := slices.IndexFunc(o.plan.Steps, func(st cockpit.PlanStep) bool { return st.Do == doGrowth })
	if i < 0 {
		return
	}
	g := o.plan.Steps[i]
	f.Submit = "Change the growth"
	was := map[string]string{"low": percentWords(g.Low), "high": percentWords(g.High)}
	if g.Seed > 0 {
		was["seed"] = strconv.FormatInt(g.Seed, 10)
	}
	for i, one := range f.Fields {
		if !r.Form.Has(one.Name) {
			f.Fields[i].Value = was[one.Name]
		}
	}
}

// keep hides in a form what was typed for other kinds of step, so that it is there again
// when one turns back to them.
func (r *request) keep(f *form) {
	for _, g := range kindGroups {
		for _, k := range g.kinds {
			for _, a := range k.asks {
				there := slices.ContainsFunc(f.Fields, func(one field) bool { return one.Name == a.name }) || slices.ContainsFunc(f.Hidden, func(one option) bool { return one.Value == a.name })
				for _, text := range r.Form[a.name] {
					if !there && text != "" {
						f.Hidden = append(f.Hidden, option{a.name, text})
					}
				}
			}
		}
	}
}

// field lays out a field of a step with what was typed.
func (r *request) field(a asked, o offered) field {
	f := field{Label: a.label, Name: a.name, Kind: "text", Hint: a.hint, Required: a.needed() && !a.many, Many: a.many, Value: r.Form.Get(a.name), Wrong: fieldOf(r.refused) == a.name}
	if a.name == "count" {
		f.Kind, f.Value = "number", orElse(f.Value, "1")
	}
	if a.from == nil {
		return f
	}
	f.Kind = "select"
	if !a.many {
		f.Options = append(f.Options, choice{Label: orElse(a.none, "choose")})
	}
	for _, c := range a.from(o) {
		f.Options = append(f.Options, choice{c.Value, report.Clean(c.Label), slices.Contains(r.Form[a.name], c.Value)})
	}
	return f
}
