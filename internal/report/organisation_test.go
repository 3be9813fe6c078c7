package report

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TestOrganisationNamesPeople: names stand where there are names, one person is a person,
// and what only code decides is not called unknown.
func TestOrganisationNamesPeople(t *testing.T) {
	o := cockpit.Organisation{Summary: "Three people work here.", FromCode: []string{"Teams change each other's code"},
		Needs: []cockpit.Finding{{ID: "directors_due", Title: "Directors are due", State: cockpit.Absent},
			{ID: "wide_span", Title: "One span is wide", Summary: "It is 18.", State: cockpit.Present, Cites: []string{"O2", "O5"}}, {ID: "x", Title: "Y", Summary: "None", State: cockpit.Present}},
		Teams:  []cockpit.OrgTeam{{ID: "pay", Name: "Payments", People: 1}, {ID: "shop", People: 1.5}},
		People: []cockpit.OrgPerson{{ID: "a1", Name: "Ada", Role: "cto", Reports: 1, Below: 1}, {ID: "b2", Role: "engineer", Team: "pay", Manager: "a1", Depth: 1, Dotted: []string{"a1"}}}}
	var show, tree strings.Builder
	if err := Organisation(&show, o, TerminalOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if err := OrganisationTree(&tree, o, 0, TerminalOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, want string }{
		{show.String(), "It is 18. [O2, O5]"}, {show.String(), "None."}, {show.String(), "1 person"}, {show.String(), "1.5 people"}, {show.String(), "1 more is judged from code: Teams change each other's code"},
		{tree.String(), "b2  engineer · Payments · dotted to Ada"},
	} {
		if !strings.Contains(strings.Join(strings.Fields(c.in), " "), strings.Join(strings.Fields(c.want), " ")) {
			t.Errorf("no %q in\n%s", c.want, c.in)
		}
	}
	if strings.Contains(show.String(), "1 people") || strings.Contains(show.String(), "[]") {
		t.Error(show.String())
	}
	if got := kindWords(cockpit.OrgKind{Kind: "platform", Teams: []cockpit.OrgChartTeam{{Name: "pay"}}, People: 1}); got != "Platform: 1 team, 1 person" {
		t.Error(got)
	}
}
