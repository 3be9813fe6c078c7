package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
)

// chartedCompany has a chart, or a reason why no day can be judged.
type chartedCompany struct {
	*fakeCompany
	err error
}

func (c chartedCompany) Diagnosis(context.Context, Place) (cockpit.Diagnosis, error) {
	return cockpit.Diagnosis{Organisation: &cockpit.OrgChart{AsOf: "2026-06-26", Summary: "Said above.", Places: []cockpit.OrgPlace{
		{Title: "CTO", Leads: true, Reports: 2, Places: 1, Below: 3},
		{Title: "Engineering manager", Team: "red", Depth: 1, Reports: 1, Groups: []cockpit.OrgGroup{{Title: "Engineer", Count: 1}}},
	}}}, c.err
}

func (c chartedCompany) Organisation(context.Context, Place) (cockpit.Organisation, error) {
	return cockpit.Organisation{AsOf: "2026-06-26", Teams: []cockpit.OrgTeam{{ID: "red"}, {ID: "blue", Name: "The Blue Ones"}, {ID: "both"}}}, nil
}

// TestTeamsLeadToTheirNumbers where there are any; of the others it says what they need.
func TestTeamsLeadToTheirNumbers(t *testing.T) {
	s := newSite(t, "red")
	s.company.others = []string{"group:both"}
	s.server.company = chartedCompany{s.company, nil}
	_, _, text := s.ask("GET", "/organisation", "vpe", "", "")
	for _, must := range []string{`<a href="/vpe?scope=team%3Ared">red</a>`, `<a href="/vpe?scope=group%3Aboth">both</a>`, "<th scope=\"row\">The Blue Ones</th>", "Without numbers of their own: The Blue Ones. A team has them once"} {
		if !strings.Contains(text, must) {
			t.Errorf("the page has no %s", must)
		}
	}
	if _, _, text = s.ask("GET", "/organisation", "manager", "", ""); !strings.Contains(text, `<a href="/numbers?scope=team%3Ared">red</a>`) || strings.Contains(text, "Blue") {
		t.Error("a manager is not led to the numbers of the own team alone")
	}
}

// TestOrganisationHasTheChart in words and in every form, with the list of people as its
// twin; who sees a part alone sees no chart of the whole.
func TestOrganisationHasTheChart(t *testing.T) {
	s := newSite(t, "red")
	s.server.company = chartedCompany{s.company, nil}
	_, _, text := s.ask("GET", "/organisation?as_of=2026-06-26", "vpe", "", "")
	for _, must := range []string{"Chart on 26 June 2026", `<b>CTO</b>`, `<svg class="dots"`, `<a href="/organisation/people?as_of=2026-06-26">the same as a list of people</a>`} {
		if !strings.Contains(text, must) {
			t.Errorf("the page has no %s", must)
		}
	}
	if strings.Contains(text, "Said above.") {
		t.Error("the page says twice what the organisation is")
	}
	if _, _, text = s.ask("GET", "/organisation?format=csv", "vpe", "", ""); !strings.Contains(text, "\"  Engineering manager\",1 direct report: 1 × Engineer,red\n") {
		t.Errorf("as CSV the chart is not in\n%s", text)
	}
	if _, _, text = s.ask("GET", "/organisation", "manager", "", ""); strings.Contains(text, "Chart on") {
		t.Error("a manager sees the chart of the whole company")
	}
	for _, tt := range []struct {
		err  error
		want int
	}{{problem.New(problem.Missing, "", "no facts of that day"), http.StatusOK}, {errors.New("broken"), http.StatusInternalServerError}} {
		s.server.company = chartedCompany{s.company, tt.err}
		if status, _, text := s.ask("GET", "/organisation", "vpe", "", ""); status != tt.want || strings.Contains(text, "Chart on") {
			t.Errorf("of a day that cannot be judged (%v): status %d", tt.err, status)
		}
	}
}
