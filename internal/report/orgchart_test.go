package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// sampleChart is a small company.
func sampleChart() *cockpit.OrgChart {
	n := func(v float64) *float64 { return &v }
	return &cockpit.OrgChart{
		AsOf: "2026-10-31", Summary: "On 2026-10-31 58 people work here, 42 of them in engineering, in 4 teams. The technical leader leads, with 9 direct reports and 3 layers down to the last engineer.",
		Facts: []cockpit.Fact{
			{Label: "engineers", Value: "42 engineers", Number: n(42), Unit: "engineers", Origin: "declared"},
			{Label: "widest span", Value: "18 direct reports", Number: n(18), Unit: "direct reports", Origin: "declared"},
		},
		Places: []cockpit.OrgPlace{
			{Title: "CEO", Leads: true, Reports: 3, Places: 2, Below: 54, Groups: []cockpit.OrgGroup{{Title: "Office manager", Count: 1}}},
			{Title: "Technical leader", Leads: true, Depth: 1, Reports: 9, Places: 2, Below: 41, Groups: []cockpit.OrgGroup{{Title: "Software engineer", Count: 6}, {Title: "Data engineer", Count: 1}}, Open: 2},
			{Title: "Engineering manager", Team: "Routing & Söhne", Depth: 2, Reports: 18, Below: 18, Groups: []cockpit.OrgGroup{{Title: "Software engineer", Count: 18}}},
			{Title: "Engineering manager", Team: "Tracking", Depth: 2, Reports: 14, Below: 14, Groups: []cockpit.OrgGroup{{Title: "Software engineer", Count: 14}}, Open: 1},
			{Title: "Head of product", Depth: 1, Reports: 10, Below: 10, Groups: []cockpit.OrgGroup{{Title: "Designer", Count: 4}, {Title: "Product manager", Count: 3}, {Title: "Analyst", Count: 1}, {Title: "Researcher", Count: 1}, {Title: "Writer", Count: 1}}},
		},
		Unlined:  []cockpit.OrgGroup{{Title: "Software engineer", Count: 3}},
		Kinds:    []cockpit.OrgKind{{Kind: "stream_aligned", People: 32.5, Teams: []cockpit.OrgChartTeam{{Name: "Routing & Söhne", People: 18, Open: 0}, {Name: "Tracking", People: 14.5, Open: 1}}}, {Kind: "", People: 7, Teams: []cockpit.OrgChartTeam{{Name: "ops", People: 7}}}},
		Problems: 3, Borders: sampleBorders(),
	}
}

func sampleBorders() *cockpit.OrgBorders {
	return &cockpit.OrgBorders{
		Summary: "In the last year 212 of 900 changes (24 %) touched what several teams own (21 to 26 % with 95 % certainty if this year is typical).",
		Pairs:   []cockpit.BorderPair{{A: "Routing & Söhne", B: "Tracking", Changes: 140}, {A: "Tracking", B: "billing-and-invoicing-platform", Changes: 61}, {A: "Routing & Söhne", B: "ops", Changes: 35}, {A: "billing-and-invoicing-platform", B: "ops", Changes: 2}},
		Areas:   []cockpit.BorderArea{{Area: "fleet/internal/eta", Team: "Tracking", With: "Routing & Söhne", Changes: 60, Shared: 44}},
	}
}

// bigChart is a company of about 300 people in four levels, of which one leader has none
// between and one team is a crowd.
func bigChart() *cockpit.OrgChart {
	c := &cockpit.OrgChart{AsOf: "2026-10-31", Summary: "On 2026-10-31 301 people work here, 248 of them in engineering, in 36 teams. The CTO leads, with 6 direct reports and 5 layers down to the last engineer."}
	add := func(p cockpit.OrgPlace) { c.Places = append(c.Places, p) }
	add(cockpit.OrgPlace{Title: "CEO", Leads: true, Reports: 5, Places: 5, Below: 300})
	add(cockpit.OrgPlace{Title: "CTO", Leads: true, Depth: 1, Reports: 6, Places: 2, Below: 36, Groups: []cockpit.OrgGroup{{Title: "Staff engineer", Count: 4}}, Open: 1})
	add(cockpit.OrgPlace{Title: "Chief architect", Team: "architecture", Depth: 2, Reports: 3, Below: 3, Groups: []cockpit.OrgGroup{{Title: "Architect", Count: 3}}})
	add(cockpit.OrgPlace{Title: "Head of research", Team: "research", Depth: 2, Reports: 27, Below: 27, Groups: []cockpit.OrgGroup{{Title: "Research engineer", Count: 27}}})
	add(cockpit.OrgPlace{Title: "VP of Engineering", Leads: true, Depth: 1, Reports: 5, Places: 5, Below: 215})
	kinds := []cockpit.OrgKind{{Kind: "stream_aligned"}, {Kind: "platform"}}
	for d := range 5 {
		add(cockpit.OrgPlace{Title: "Director of Engineering", Team: map[bool]string{true: fmt.Sprintf("Area %d", d+1)}[d > 0], Depth: 2, Reports: 6, Places: 6, Below: 42, Over: []string{"customer-facing-team-1", "tools", "x"}})
		for m := range 6 {
			team := cockpit.OrgChartTeam{Name: fmt.Sprintf("customer-facing-team-%d-%d", d+1, m+1), People: 7}
			add(cockpit.OrgPlace{Title: "Engineering manager", Team: team.Name, Depth: 3, Reports: 6, Below: 6, Groups: []cockpit.OrgGroup{{Title: "Senior software engineer", Count: 2}, {Title: "Software engineer", Count: 4}}, Open: m % 3})
			k := &kinds[min(d/4, 1)]
			k.Teams, k.People = append(k.Teams, team), k.People+7
		}
	}
	for _, t := range []string{"Chief product officer", "Chief financial officer", "Head of people"} {
		add(cockpit.OrgPlace{Title: t, Depth: 1, Reports: 15, Below: 15, Groups: []cockpit.OrgGroup{{Title: "Specialist", Count: 15}}})
	}
	c.Kinds = kinds
	c.Borders = &cockpit.OrgBorders{Summary: "In the last year 900 of 4,000 changes touched what several teams own."}
	for i := range 60 {
		c.Borders.Pairs = append(c.Borders.Pairs, cockpit.BorderPair{A: fmt.Sprintf("customer-facing-team-%d", i%14), B: fmt.Sprintf("customer-facing-team-%d", (i*5+3)%14), Changes: 1200 / (i + 1)})
	}
	return c
}

func big() cockpit.Diagnosis {
	d := sample()
	d.Organisation = bigChart()
	return d
}

func TestHTMLChartIsNestedAsPeopleReport(t *testing.T) {
	root := pageOf(t, sample(), without)
	if got := len(find(root, "#organisation .place")); got != 5 {
		t.Fatalf("%d places, want 5", got)
	}
	below := texts(root, "#organisation .tree .tree .tree .place b")
	if want := []string{"Engineering manager", "Engineering manager"}; fmt.Sprint(below) != fmt.Sprint(want) {
		t.Errorf("on the third level: %q, want %q", below, want)
	}
	leader := find(root, "#organisation details")[1]
	if got := text(find(leader, "summary")[0]); got != "Technical leader 9 direct reports: 2 who lead people, 6 × Software engineer, 1 × Data engineer, 2 open positions; 41 below in all" {
		t.Errorf("the leader: %q", got)
	}
	for class, want := range map[string]int{"dot-place": 2, "dot-person": 7, "dot-open": 2} {
		if got := len(find(find(leader, "summary")[0], "."+class)); got != want {
			t.Errorf("%d squares %s, want %d", got, class, want)
		}
	}
	if got := len(find(root, "#organisation details[open]")); got != 2 {
		t.Errorf("%d of a small company's levels are open, want both", got)
	}
	if got := texts(root, "#organisation .chips li"); fmt.Sprint(got) != "[Routing & Söhne 18 Tracking 14.5, 1 open ops 7]" {
		t.Errorf("teams: %q", got)
	}
}

func TestHTMLChartFoldsALargeOrganisation(t *testing.T) {
	root := pageOf(t, big(), without)
	open := texts(root, "#organisation details[open] summary b")
	if all := len(find(root, "#organisation details.fold")); all != 8 || open[0] != "CEO" {
		t.Errorf("%d folds, open %q", all, open)
	}
	if got := len(find(root, "#organisation details.fold[open]")); got != 3 {
		t.Errorf("%d levels are open, want those below the three leaders", got)
	}
	if got := len(find(root, "#organisation .dot-person")); got == 0 || got > 300 {
		t.Errorf("%d people are drawn", got)
	}
}

func TestChartSaysWhyThereIsNone(t *testing.T) {
	d := sample()
	d.Organisation = &cockpit.OrgChart{Unknown: "The organisation is not described", How: "diarchy init\ndiarchy org import people.csv"}
	root := pageOf(t, d, without)
	if got := texts(root, "#organisation .body p"); len(got) == 0 || got[0] != "The organisation is not described." {
		t.Errorf("the page: %q", got)
	}
	if got := find(root, "#organisation pre code")[0].FirstChild.Data; got != "diarchy init\ndiarchy org import people.csv" {
		t.Errorf("what supplies it: %q", got)
	}
	var term, md strings.Builder
	if err := Terminal(&term, d, TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&md, d); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"terminal": term.String(), "Markdown": md.String()} {
		if !strings.Contains(out, "The organisation is not described.") || !strings.Contains(out, "diarchy org import people.csv") {
			t.Errorf("%s does not say so", name)
		}
	}
}

func TestTerminalTreeIsShort(t *testing.T) {
	var out strings.Builder
	if err := Terminal(&out, big(), TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	_, tree, _ := strings.Cut(out.String(), "THE ORGANISATION TODAY\n")
	tree, _, _ = strings.Cut(tree, "\n\n")
	if lines := strings.Count(tree, "\n"); lines > 14 {
		t.Errorf("%d lines:\n%s", lines, tree)
	}
	if !strings.Contains(tree, "And 38 more places from which people are led: diarchy org tree.") {
		t.Errorf("it does not say what is left out:\n%s", tree)
	}
}

// TestBordersByHand: the chain begins with the strongest pair, goes on with the strongest
// tie to an end, and lines reach as far as the boxes lie apart.
func TestBordersByHand(t *testing.T) {
	v := viewBorders(sampleBorders())
	var names []string
	for _, b := range v.Boxes {
		names = append(names, b.Name)
	}
	if got := strings.Join(names, "|"); got != "ops|Routing & Söhne|Tracking|billing-…platform" {
		t.Errorf("from top to bottom %s", got)
	}
	strongest := v.Lines[len(v.Lines)-1]
	if strongest.Number != "140" || strongest.Width != "10.0" || v.Lines[0].Number != "2" || v.Lines[0].Width != "1.6" {
		t.Errorf("lines %+v", v.Lines)
	}
	if want := "M151 59C195 59 195 99 151 99"; strongest.Path != want {
		t.Errorf("the line between neighbours is %s, want %s", strongest.Path, want)
	}
	if len(v.Pairs.Rows) != 4 || v.Pairs.Rows[1][1] != "billing-and-invoicing-platform" || v.Left != "" {
		t.Errorf("the table says the same in full: %+v, %q", v.Pairs.Rows, v.Left)
	}
}

func TestBordersOfManyTeamsAreBounded(t *testing.T) {
	v := viewBorders(bigChart().Borders)
	if len(v.Boxes) > bordersTeams || len(v.Lines) > bordersPairs || len(v.Pairs.Rows) != 60 || !strings.Contains(v.Left, "of 60 pairs") {
		t.Errorf("%d boxes, %d lines, %d rows, %q", len(v.Boxes), len(v.Lines), len(v.Pairs.Rows), v.Left)
	}
	seen := map[string]bool{}
	for _, b := range v.Boxes {
		if seen[b.Name] {
			t.Errorf("%s twice", b.Name)
		}
		seen[b.Name] = true
	}
	if v.Width > 420 {
		t.Errorf("%d px wide", v.Width)
	}
}
