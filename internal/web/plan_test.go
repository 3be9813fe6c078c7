package web

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/workspace"
)

// planOrganisation is one of which steps can be made.
var planOrganisation = cockpit.Organisation{
	Teams:  []cockpit.OrgTeam{{ID: "pay", Name: "Payments"}, {ID: "shop"}},
	People: []cockpit.OrgPerson{{ID: "mo", Name: "Mo Example", Role: "lead", Team: "pay", Reports: 1}, {ID: "e1", Name: "Eli <One>", Team: "pay"}, {ID: "new-1", Team: "pay"}},
	Open:   []cockpit.OrgOpen{{ID: "p1", Title: "Staff engineer", Team: "shop"}},
}

// filledIn is what somebody fills in, the step that it is, and how it reads.
type filledIn struct {
	form string
	step cockpit.PlanStep
	says string
}

var formsOfSteps = []filledIn{
	{"do=move&person=e1&team=shop&manager=mo&dotted=mo", cockpit.PlanStep{Do: "move", Person: "e1", Team: "shop", Manager: "mo", Dotted: "mo"}, "Eli <One> moves to the team shop, reporting to Mo Example with a dotted line to Mo Example"},
	{"do=move&person=e1&manager=none", cockpit.PlanStep{Do: "move", Person: "e1", Manager: "none"}, "Eli <One> moves, reporting to nobody"},
	{"do=hire&role=engineer&team=pay&count=3", cockpit.PlanStep{Do: "hire", Role: "engineer", Team: "pay", Count: 3}, "3 hired as engineer to the team Payments"},
	{"do=hire&role=vpe&name=Ada+Example&cost=95000+EUR&reports=mo&reports=e1&title=VP", cockpit.PlanStep{Do: "hire", Role: "vpe", Name: "Ada Example", Title: "VP", Cost: "95000 EUR", Count: 1, Reports: []string{"mo", "e1"}}, "Ada Example is hired as VP, and Mo Example and Eli <One> report to the person, for 95000 EUR a year"},
	{"do=hire&role=engineer&level=L4&employment=contractor&location=Oslo", cockpit.PlanStep{Do: "hire", Role: "engineer", Level: "L4", Employment: "contractor", Location: "Oslo", Count: 1}, "1 hired as engineer, level L4, contractor, in Oslo"},
	{"do=role&person=e1&role=lead&title=Lead&reports=mo", cockpit.PlanStep{Do: "role", Person: "e1", Role: "lead", Title: "Lead", Reports: []string{"mo"}}, "Eli <One> becomes lead with the title Lead, and Mo Example report to the person"},
	{"do=leave&person=e1", cockpit.PlanStep{Do: "leave", Person: "e1"}, "Eli <One> leaves"},
	{"do=share&person=e1&team=shop&share=12,5+%25", cockpit.PlanStep{Do: "share", Person: "e1", Team: "shop", Share: 0.125}, "Eli <One> gives the team shop 12.5 % of the time"},
	{"do=share&person=e1&team=shop&share=0", cockpit.PlanStep{Do: "share", Person: "e1", Team: "shop"}, "Eli <One> gives the team shop no share of the time any more"},
	{"do=dotted&person=e1&to=mo", cockpit.PlanStep{Do: "dotted", Person: "e1", To: "mo"}, "Eli <One> gets a dotted line to Mo Example"},
	{"do=dotted&person=e1&from=mo", cockpit.PlanStep{Do: "dotted", Person: "e1", From: "mo"}, "The dotted line of Eli <One> to Mo Example ends"},
	{"do=dotted&person=e1&to=mo&from=ada", cockpit.PlanStep{Do: "dotted", Person: "e1", To: "mo", From: "ada"}, "The dotted line of Eli <One> goes to Mo Example and no more to ada"},
	{"do=merge&teams=pay&into=shop", cockpit.PlanStep{Do: "merge", Teams: []string{"pay"}, Into: "shop"}, "The teams Payments and shop become one, shop"},
	{"do=split&cut=pay&called=Risk&people=e1&people=mo&kind=stream_aligned&under=shop&owns=web+/risk/,+all", cockpit.PlanStep{Do: "split", Team: "pay", Name: "Risk", People: []string{"e1", "mo"}, Kind: "stream_aligned", Under: "shop", Owns: []string{"web /risk/", "all"}}, "Eli <One> and Mo Example leave the team Payments for a new one, Risk, stream aligned, under shop, with web /risk/ and all"},
	{"do=parent&team=pay&under=shop", cockpit.PlanStep{Do: "parent", Team: "pay", Under: "shop"}, "The team Payments goes under shop"},
	{"do=parent&team=pay&under=none", cockpit.PlanStep{Do: "parent", Team: "pay", Under: "none"}, "The team Payments stands under no other"},
	{"do=open&title=Staff&role=engineer&team=pay&manager=mo", cockpit.PlanStep{Do: "open", Title: "Staff", Role: "engineer", Team: "pay", Manager: "mo"}, "A position is opened: Staff, in the team Payments, reporting to Mo Example"},
	{"do=fill&position=p1&name=Ada&role=lead&team=pay&manager=mo&cost=1+EUR", cockpit.PlanStep{Do: "fill", Position: "p1", Name: "Ada", Role: "lead", Team: "pay", Manager: "mo", Cost: "1 EUR"}, "The position Staff engineer is filled by Ada as lead to the team Payments, reporting to Mo Example, for 1 EUR a year"},
	{"do=fill&position=p1&title=Senior&level=L5&employment=employee&location=Bern", cockpit.PlanStep{Do: "fill", Position: "p1", Title: "Senior", Level: "L5", Employment: "employee", Location: "Bern"}, "The position Staff engineer is filled as Senior, level L5, employee, in Bern"},
	{"do=retire&position=p1", cockpit.PlanStep{Do: "retire", Position: "p1"}, "The position Staff engineer is given up"},
	{"do=growth&low=-10&high=20.5&seed=7", cockpit.PlanStep{Do: "growth", Low: -0.1, High: 0.205, Seed: 7}, "Engineers grow by -10 to 20.5 % a year"},
}

// TestStepsOutOfForms: what is filled in is the step, and the step reads so.
func TestStepsOutOfForms(t *testing.T) {
	o := offered{now: planOrganisation, then: planOrganisation}
	for _, c := range formsOfSteps {
		f, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readStep(f)
		if diff := cmp.Diff(c.step, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +read)\n%s", c.form, err, diff)
		}
		if says := stepWords(c.step, o); says != c.says {
			t.Errorf("%s\nsays %s\nwant %s", c.form, says, c.says)
		}
	}
}

// TestPagesKnowEveryStep: a kind of step, a role or a kind of team that documents know and
// the page does not fails here.
func TestPagesKnowEveryStep(t *testing.T) {
	kinds := reflect.TypeFor[workspace.Step]()
	for i := range kinds.NumField() {
		do := strings.ToLower(kinds.Field(i).Name)
		if _, ok := kindOf(do); !ok && do != "line" {
			t.Errorf("no form makes the step %s", do)
		}
	}
	for _, g := range kindGroups {
		for _, k := range g.kinds {
			if !slices.ContainsFunc(formsOfSteps, func(c filledIn) bool { return c.step.Do == k.do }) {
				t.Errorf("no test fills in the form of %s", k.do)
			}
			for _, a := range k.asks {
				if slot(&cockpit.PlanStep{}, a.name) == nil {
					t.Errorf("%s: a step holds no %s", k.do, a.name)
				}
			}
		}
	}
	if !slices.Equal(roleNames, workspace.OrgRoles) {
		t.Errorf("roles of documents: %q", workspace.OrgRoles)
	}
	if want := []string{workspace.KindStreamAligned, workspace.KindPlatform, workspace.KindEnabling, workspace.KindSubsystem}; !slices.Equal(kindNames, want) {
		t.Errorf("kinds of documents: %q", want)
	}
	if want := []string{workspace.EmployedEmployee, workspace.EmployedContractor, workspace.EmployedIntern, workspace.EmployedVendor}; !slices.Equal(employmentNames, want) {
		t.Errorf("types of employment of documents: %q", want)
	}
}

// TestRefusedStepsStay: what cannot be taken is said with its field, its reason and what
// to do, and everything that was typed is still there.
func TestRefusedStepsStay(t *testing.T) {
	s := newSite(t, "red")
	for form, want := range map[string][]string{
		"do=move&team=red":                               {"Who: Nothing is chosen. Choose one.", `name="person" required aria-invalid="true" autofocus`, `<option value="red" selected>`},
		"do=move&person=red":                             {"To the team: A move to nowhere. Choose a team, a manager or a dotted line."},
		"do=hire&count=none&title=Typed":                 {`How many: &#34;none&#34; is not how many people a step hires. Write a whole number from 1 to 500.`, `name="title" value="Typed"`},
		"do=hire&count=2&name=Ada":                       {"How many: One name, or one manager, for several people."},
		"do=merge&teams=red&into=red":                    {"Which teams: One team cannot be merged with itself. Choose at least one other team.", `<fieldset class="wrong">`, `value="red" checked autofocus`},
		"do=merge&into=red":                              {"Which teams: Nothing is chosen."},
		"do=split&cut=red&called=&people=red":            {"Name of the new team: It is empty. Fill it in.", `type="hidden" name="cut" value="red"`, `value="red" checked`},
		"do=split&cut=red&called=x":                      {"Who goes to it: Nothing is chosen."},
		"do=share&person=red&team=red&share=140":         {"Per cent of the time: &#34;140&#34; cannot be read. Write a number from 0 to 100", `value="140"`},
		"do=share&person=red&team=red&share=NaN":         {"Per cent of the time: "},
		"do=dotted&person=red":                           {"Begins, to: A dotted line from nobody to nobody."},
		"do=growth&low=20&high=10":                       {"At most, %: At most is below at least. The lower number comes first."},
		"do=growth&low=20&high=30&seed=0":                {"Seed of the draws: &#34;0&#34; is no seed."},
		"do=open&title=" + strings.Repeat("x", 201):      {"Title: Title has more than 200 letters. Write it shorter."},
		"do=open&title=x%0Ay":                            {"Title: Title holds a line break"},
		"do=sing":                                        {"There is no kind of step &#34;sing&#34;. Choose one of those that the page lists."},
		"do=leave&person=red&remove=0&of=7":              {"Nothing was changed. Somebody has changed the scenario meanwhile. Look at the steps below"},
		"do=leave&person=red&remove=nothing&of=nothing-": {"Nothing was changed. "},
	} {
		for _, page := range []string{"file=plan&", "about=Typed&date=2026-01-02&"} {
			path := "/organisation/plan"
			if page != "file=plan&" {
				if path = "/organisation/plans"; strings.Contains(form, "remove") {
					continue
				}
			}
			status, _, text := s.ask(http.MethodPost, path, "vpe", "", page+form)
			for _, w := range append(want, `role="alert">Nothing was`) {
				if !strings.Contains(text, w) {
					t.Errorf("%s%s: the page does not say %s", page, form, w)
				}
			}
			if status != http.StatusBadRequest {
				t.Errorf("%s%s: status %d", page, form, status)
			}
			if strings.HasPrefix(page, "about") && (!strings.Contains(text, `name="about" value="Typed"`) || !strings.Contains(text, `value="2026-01-02"`)) {
				t.Errorf("%s: the name and the day are lost", form)
			}
		}
	}
	if len(s.company.wrote) > 0 {
		t.Errorf("wrote %q", s.company.wrote)
	}
	s.company.refuses = wrong("under", "choose another", "a circle")
	_, _, text := s.ask(http.MethodPost, "/organisation/plan", "vpe", "", "file=plan&do=parent&team=red&under=none")
	if !strings.Contains(text, "Goes under: A circle. Choose another.") || !strings.Contains(text, `value="none" selected`) {
		t.Errorf("what the company refuses is not said")
	}
	if _, _, text := s.ask(http.MethodPost, "/organisation/plans", "vpe", "", "about=&do=leave&person=red"); !strings.Contains(text, "What the scenario is about: A scenario needs a name.") {
		t.Errorf("a scenario without a name is not refused")
	}
}

// TestStepsAreTakenBack by their place, as long as nobody has changed them meanwhile.
func TestStepsAreTakenBack(t *testing.T) {
	s := newSite(t, "red")
	_, _, text := s.ask("GET", "/organisation/plan?file=plan", "vpe", "", "")
	n := strings.Count(text, "Take back")
	if n < 2 {
		t.Fatalf("%d steps can be taken back", n)
	}
	if _, _, text := s.ask("GET", "/organisation/plan?file=plan", "executive", "", ""); strings.Contains(text, "Take back") || strings.Contains(text, `id="step"`) || strings.Contains(text, `id="dragged"`) {
		t.Errorf("who may not change a scenario sees its forms")
	}
	if place, _, _ := strings.Cut(text[strings.Index(text, `class="place"`):], "</form>"); !strings.Contains(place, `type="hidden" name="file" value="plan"`) {
		t.Errorf("looking at another day leaves the scenario: %s", place)
	}
	status, h, _ := s.ask(http.MethodPost, "/organisation/plan", "vpe", "", fmt.Sprintf("file=plan&remove=1&of=%d", n))
	if status != http.StatusSeeOther || !strings.Contains(h.Get("Location"), "file=plan") || !slices.Equal(s.company.wrote, []string{"without step 1"}) {
		t.Errorf("status %d, to %s, wrote %q", status, h.Get("Location"), s.company.wrote)
	}
}

// TestAnotherKindKeepsWhatWasTyped: what applies to the kind of step that one turns to is
// there, and the rest is again when one turns back. Nothing is written meanwhile.
func TestAnotherKindKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t, "red")
	for _, page := range []struct{ path, form string }{{"/organisation/plan", "file=plan&scenario=red&"}, {"/organisation/plans", "file=plan&about=Typed&date=2026-01-02&"}} {
		const hire = "do=hire&role=lead&team=red&title=Typed+title&name=Ada&reports=red&reports=x&cost=95000+EUR&choose="
		for to, want := range map[string][]string{
			"open": {`name="title" value="Typed title"`, `<option value="lead" selected>`, `type="hidden" name="name" value="Ada"`, `type="hidden" name="cost" value="95000 EUR"`, `type="hidden" name="reports" value="x"`, `value="open" formaction="` + page.path + `#`},
			"fill": {`name="name" value="Ada"`, `type="text" name="cost" value="95000 EUR"`},
			"role": {`type="text" name="title" value="Typed title"`, `name="reports" value="red" checked`},
			// A split means another team and another name.
			"split": {`>Choose the people</button>`, `<select name="cut" required><option value="">choose</option><option value="red">`, `type="hidden" name="name" value="Ada"`},
		} {
			status, _, text := s.ask(http.MethodPost, page.path, "vpe", "", page.form+hire+to)
			for _, w := range append(want, `type="hidden" name="do" value="`+to+`"`, `type="hidden" name="file" value="plan"`) {
				if !strings.Contains(text, w) {
					t.Errorf("%s: turned to %s, the page does not hold %s", page.path, to, w)
				}
			}
			if status != http.StatusOK || strings.Contains(text, `role="alert"`) {
				t.Errorf("%s: turned to %s: status %d", page.path, to, status)
			}
			if page.path == "/organisation/plans" && !(strings.Contains(text, `name="about" value="Typed"`) && strings.Contains(text, `value="2026-01-02"`)) {
				t.Errorf("turned to %s: the name and the day are lost", to)
			}
		}
		if _, _, text := s.ask(http.MethodPost, page.path, "vpe", "", page.form+"do=split&cut=red&owns=web"); !strings.Contains(text, "Split the team red") || !strings.Contains(text, `name="owns" value="web"`) {
			t.Errorf("%s: the people of a team that is to be split cannot be chosen", page.path)
		}
		// Enter adds the step: of the buttons of a form, it presses the first.
		_, _, text := s.ask(http.MethodGet, page.path+"?file=plan&do=hire", "vpe", "", "")
		_, text, _ = strings.Cut(text, ` id="step">`)
		if first, _, _ := strings.Cut(text[max(0, strings.Index(text, "<button")):], ">"); first != `<button class="heard" tabindex="-1" aria-hidden="true"` {
			t.Errorf("%s: the first button is %s", page.path, first)
		}
	}
	if len(s.company.wrote) > 0 {
		t.Errorf("wrote %q", s.company.wrote)
	}
}

// TestGrowthIsFilledIn: a scenario grows once, so that its form changes what there is.
func TestGrowthIsFilledIn(t *testing.T) {
	s := newSite(t, "red")
	_, _, text := s.ask(http.MethodGet, "/organisation/plan?file=plan&do=growth", "vpe", "", "")
	for _, w := range []string{`name="low" value="50"`, `name="high" value="50"`, "Change the growth"} {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not hold %s", w)
		}
	}
	if _, _, text := s.ask(http.MethodPost, "/organisation/plan", "vpe", "", "file=plan&do=growth&low=10&high="); !strings.Contains(text, `name="low" value="10"`) || !strings.Contains(text, `name="high" value=""`) {
		t.Error("what was typed gives way to what was")
	}
	if _, _, text := s.ask(http.MethodGet, "/organisation/plans?do=growth", "vpe", "", ""); !strings.Contains(text, `name="low" value=""`) {
		t.Error("a new scenario grows before anybody says so")
	}
}

// TestScenariosOfAFileAreChanged: each by itself, by its name.
func TestScenariosOfAFileAreChanged(t *testing.T) {
	s := newSite(t, "red")
	s.company.plans = 2
	page := func(query, role string) string {
		status, _, text := s.ask(http.MethodGet, "/organisation/plan?file=plan"+query, role, "", "")
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", query, status)
		}
		return text
	}
	text := page("&scenario=second", "vpe")
	for _, w := range []string{`<h1>second</h1>`, `?file=plan&amp;scenario=red">red</a>`, `aria-current="true">second</a>`, `/organisation/plans?file=plan#begin">begin another`, `name="about" value="second"`, `name="date" value="2026-07-01"`, `Remove the scenario`, `<form id="dragged" method="post" action="/organisation/plan" hidden><input type="hidden" name="file" value="plan"><input type="hidden" name="scenario" value="second">`} {
		if !strings.Contains(text, w) {
			t.Errorf("the page of the second does not hold %s", w)
		}
	}
	if strings.Contains(text, "the only one of its file") || !strings.Contains(page("", "vpe"), `<h1>red</h1>`) {
		t.Error("the first is not the one that is shown, or the second is said to be alone")
	}
	if text := page("&scenario=second", "executive"); strings.Contains(text, "begin another") || strings.Contains(text, `id="name"`) || strings.Contains(text, `id="drop"`) {
		t.Error("who may not change a scenario sees its forms")
	}
	if status, _, _ := s.ask(http.MethodGet, "/organisation/plan?file=plan&scenario=third", "vpe", "", ""); status != http.StatusNotFound {
		t.Errorf("a scenario that there is not: status %d", status)
	}
	const second = "file=plan&scenario=second&"
	for _, c := range []struct {
		path, form   string
		to, or, does string
	}{
		{"/organisation/plan", second + "about=+Third+&date=2027-01-01", "scenario=Third", "", "second is Third from 2027-01-01"},
		{"/organisation/plan", second + "about=&date=2027-01-01", "", "Nothing was changed. What the scenario is about: A scenario needs a name.", ""},
		{"/organisation/plan", second + "drop=1&sure=yes", "file=plan", "", "without second"},
		{"/organisation/plan", second + "drop=1", "", "Nothing was removed. The scenario second: Nothing is chosen. Tick it if you mean it.", ""},
		{"/organisation/plan", second + "do=leave&person=red", "scenario=second", "", "a step of plan"},
		{"/organisation/plans", "file=plan&about=Fourth&do=leave&person=red", "file=plan&scenario=Fourth", "", "a step of plan"},
		{"/organisation/plans", "about=Fourth&do=leave&person=red", "file=plan&scenario=Fourth", "", "a step of a new file"},
	} {
		s.company.wrote = nil
		status, h, text := s.ask(http.MethodPost, c.path, "vpe", "", c.form)
		switch {
		case c.or != "" && (status != http.StatusBadRequest || !strings.Contains(text, c.or) || len(s.company.wrote) > 0):
			t.Errorf("%s: status %d, wrote %q; not said: %s", c.form, status, s.company.wrote, c.or)
		case c.or == "" && (status != http.StatusSeeOther || !strings.Contains(h.Get("Location"), c.to) || !slices.Equal(s.company.wrote, []string{c.does})):
			t.Errorf("%s: status %d to %s, wrote %q", c.form, status, h.Get("Location"), s.company.wrote)
		}
	}
	s.company.refuses = wrong("date", "choose another day", "e1 has left")
	if _, _, text := s.ask(http.MethodPost, "/organisation/plan", "vpe", "", second+"about=Typed&date=2030-01-01"); !strings.Contains(text, "Nothing was changed. From: E1 has left. Choose another day.") || !strings.Contains(text, `name="about" value="Typed"`) {
		t.Error("what the company refuses is not said, or what was typed is lost")
	}
	s.company.refuses, s.company.cannot = nil, "second"
	for _, query := range []string{"", "&scenario=second"} { // the others can be looked at, and it can be mended
		text := page(query, "vpe")
		for _, w := range []string{"step 2 cannot happen: e1 has left. Take that step back.", "Take back", `id="name"`, `id="drop"`, `scenario=red">red</a>`, `scenario=second">`} {
			if !strings.Contains(strings.ReplaceAll(text, "Step 2", "step 2"), w) && !(query == "" && w == `scenario=red">red</a>`) {
				t.Errorf("%s: the page does not hold %s", query, w)
			}
		}
		if strings.Contains(text, "/srv/") {
			t.Error("the page says where files of the server are")
		}
	}
	s.company.cannot = ""
	s.company.plans = 1
	if text := page("", "vpe"); !strings.Contains(text, "the only one of its file") {
		t.Error("it is not said that the file goes with its only scenario")
	}
}

// TestScenariosAreComparedWhole: what waiting costs and who holds the code of each team
// stand beside the rest, per scenario; what one has and another has not is none.
func TestScenariosAreComparedWhole(t *testing.T) {
	two, three := 2.0, 3.0
	g := compareGrid(cockpit.WhatIf{Scenarios: []cockpit.Scenario{
		{Name: "As it is", Waiting: []cockpit.Fact{{Label: "that time in pay", Value: "6 to 72 thousand $ a month"}}, Knowledge: []cockpit.TeamKnowledge{{Team: "pay", Files: 40, Factor: &three}}},
		{Name: "Two leave", Costs: []cockpit.Fact{{Label: "pay of who leaves", Value: "100 thousand EUR a year less", Note: "and more"}},
			Knowledge: []cockpit.TeamKnowledge{{Team: "pay", Files: 40, Factor: &two, Before: &three, Lost: 1}, {Files: 2}}},
	}})
	rows := map[string][]string{}
	for _, r := range g.Rows {
		rows[r[0].Text] = []string{r[1].Text, r[2].Text}
	}
	for label, want := range map[string][]string{
		"That time in pay":              {"6 to 72 thousand $ a month", "none"},
		"Pay of who leaves":             {"none", "100 thousand EUR a year less and more"},
		"Who holds the code of pay":     {"truck factor 3", "truck factor 2, before 3; 1 of 40 source files loses the last author"},
		"Who holds the code of no team": {"none", "too few source files for a truck factor (2)"},
	} {
		if !slices.Equal(rows[label], want) {
			t.Errorf("%s: %q, want %q", label, rows[label], want)
		}
	}
}

// TestBoardShowsWhatChanges: who has moved, who and what is new, and whom no step can name.
func TestBoardShowsWhatChanges(t *testing.T) {
	then := planOrganisation
	then.Teams = append(slices.Clone(then.Teams), cockpit.OrgTeam{ID: "risk", Parent: "pay"})
	then.People = []cockpit.OrgPerson{{ID: "mo", Team: "risk"}, {ID: "vpe", Team: "pay"}, {ID: "new-1", Team: "pay"}, {ID: "e1", Team: "pay"}}
	now := planOrganisation
	now.People = now.People[:2]
	b := boardOf(offered{now: now, then: then}, "/to")
	want := []boardTeam{
		{ID: "pay", Name: "Payments", People: []boardPerson{{ID: "vpe", Name: "vpe", New: true}, {Name: "new-1", New: true}, {ID: "e1", Name: "e1"}}},
		{ID: "shop", Name: "shop"},
		{ID: "risk", Name: "risk", Under: "Payments", New: true, People: []boardPerson{{ID: "mo", Name: "mo", Moved: true}}},
	}
	if diff := cmp.Diff(want, b.Teams); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
