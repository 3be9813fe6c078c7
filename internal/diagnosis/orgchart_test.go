package diagnosis

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

func chartInput(t *testing.T, doc string) Input {
	t.Helper()
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	o, err := workspace.ParseOrganisation("organisation.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return Input{Chart: org.New(o), Playbook: pb, Document: workspace.New()}
}

const smallCompany = `people:
  - {id: ada-secret, name: Ada Secret, role: ceo, manager: none, start: 2020-01-01}
  - {id: bo, role: cto, title: Chief technologist, manager: ada-secret, start: 2020-01-01}
  - {id: cy, role: engineering_manager, team: pay, manager: bo, start: 2020-01-01}
  - {id: e1, role: engineer, team: pay, manager: cy, start: 2020-01-01}
  - {id: e2, role: engineer, team: pay, manager: cy, start: 2020-01-01}
  - {id: e3, role: engineer, title: Data engineer, team: pay, manager: cy, start: 2020-01-01, end: 2024-12-31}
  - {id: e4, role: engineer, team: core, manager: bo, start: 2020-01-01}
  - {id: x, role: engineer, team: core, start: 2020-01-01}
teams:
  - {id: all}
  - {id: pay, name: Payments, kind: stream_aligned, parent: all}
  - {id: core, kind: platform, parent: all}
positions:
  - {id: p, role: engineer, team: pay, manager: cy, opened: 2024-06-01}
`

func TestChartByHand(t *testing.T) {
	c := chartInput(t, smallCompany).orgChart(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), false)
	want := []cockpit.OrgPlace{
		{Title: "CEO", Leads: true, Over: []string{}, Reports: 1, Places: 1, Below: 6, Groups: []cockpit.OrgGroup{}},
		{Title: "Chief technologist", Leads: true, Over: []string{"Payments"}, Depth: 1, Reports: 2, Places: 1, Below: 5, Groups: []cockpit.OrgGroup{{Title: "Engineer", Count: 1}}},
		{Title: "Engineering manager", Team: "Payments", Over: []string{}, Depth: 2, Reports: 3, Below: 3, Groups: []cockpit.OrgGroup{{Title: "Engineer", Count: 2}, {Title: "Data engineer", Count: 1}}, Open: 1},
	}
	if d := cmp.Diff(want, c.Places); d != "" {
		t.Error(d)
	}
	kinds := []cockpit.OrgKind{
		{Kind: "stream_aligned", People: 4, Teams: []cockpit.OrgChartTeam{{Name: "Payments", People: 4, Open: 1}}},
		{Kind: "platform", People: 2, Teams: []cockpit.OrgChartTeam{{Name: "core", People: 2}}},
	}
	if d := cmp.Diff(kinds, c.Kinds); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]cockpit.OrgGroup{{Title: "Engineer", Count: 1}}, c.Unlined); d != "" || c.AsOf != "2024-12-31" || c.Unknown != "" {
		t.Errorf("%s %+v", d, c)
	}
	later := chartInput(t, smallCompany).orgChart(time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC), false)
	if later.Places[2].Reports != 2 {
		t.Errorf("a day later, when one has left: %+v", later.Places[2])
	}
	text, _ := json.Marshal(c)
	if strings.Contains(strings.ToLower(string(text)), "secret") {
		t.Errorf("somebody is named: %s", text)
	}
}

// TestDescriptionNamesWhoLeads: one leader, or two side by side.
func TestDescriptionNamesWhoLeads(t *testing.T) {
	for lines, want := range map[string]string{
		"{id: a, role: cto, manager: none}, {id: b, role: vpe, manager: none}, {id: c, role: engineer, manager: b}, {id: d, role: engineer, manager: b}": "The CTO and the VP of Engineering lead side by side, with 0 and 2 direct reports and 2 layers down to the last engineer.",
		"{id: a, role: cto, manager: none}, {id: b, role: vpe, manager: a}, {id: c, role: engineer, manager: b}":                                         "The CTO leads, with 1 direct report and 3 layers down to the last engineer.",
	} {
		in := chartInput(t, "people: ["+lines+"]\n")
		s := in.Chart.At(org.DayOf(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)))
		if got := DescribeOrganisation(s, s.Measure(in.bounds()), 0); !strings.HasSuffix(got, " "+want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestChartSaysWhyItIsNotThere(t *testing.T) {
	asOf := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	undated := chartInput(t, "people:\n  - {id: ada, role: cto}\n")
	for name, c := range map[string]struct {
		in   Input
		now  bool
		want string
	}{
		"no workspace":  {Input{}, true, "diarchy init"},
		"no document":   {Input{Document: workspace.New()}, true, "diarchy org import people.csv"},
		"undated":       {undated, false, "since when they work here"},
		"nobody yet":    {chartInput(t, "people:\n  - {id: ada, role: cto, start: 2026-01-01}\n"), false, "Nobody is entered"},
		"undated today": {undated, true, ""},
	} {
		got := c.in.orgChart(asOf, c.now)
		if known := c.want == ""; known != (got.Unknown == "") || !strings.Contains(got.Unknown+got.How, c.want) {
			t.Errorf("%s: %q, %q", name, got.Unknown, got.How)
		}
	}
}

// TestChartOfManyIsFolded: of 10,000 people the upper levels are listed, and nobody is
// lost in the counts.
func TestChartOfManyIsFolded(t *testing.T) {
	var b strings.Builder
	b.WriteString("people:\n  - {id: p0, role: ceo, manager: none, start: 2020-01-01}\n")
	const people, span = 10_000, 7
	for i := 1; i < people; i++ {
		fmt.Fprintf(&b, "  - {id: p%d, role: engineer, manager: p%d, start: 2020-01-01}\n", i, (i-1)/span)
	}
	c := chartInput(t, b.String()).orgChart(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), false)
	leading := (people-2)/span + 1 // of p0 to the last one's manager
	if len(c.Places) != 1+7+49+343 || len(c.Places)+c.Folded != leading {
		t.Errorf("%d places and %d folded, want 400 and %d in all", len(c.Places), c.Folded, leading)
	}
	folded := 0
	for _, p := range c.Places {
		folded += p.Folded
	}
	if folded != c.Folded || c.Places[0].Below != people-1 {
		t.Errorf("%d folded under places, %d said; %d below the top", folded, c.Folded, c.Places[0].Below)
	}
}
