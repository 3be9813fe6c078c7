package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Bounds of what is shown of a chart.
const (
	openPlaces   = 12 // up to so many places nothing is folded on the page; else what is below leaders is open
	mostGroups   = 4  // titles that are counted one by one
	mostDots     = 60 // people of a place that are drawn
	dotsPerLine  = 15
	dotSize      = 8 // px
	dotStep      = 11
	chipsInSight = 12 // teams of a kind that are listed openly
)

// orgChartView is the organisation on the page.
type orgChartView struct {
	AsOf    string
	Unknown string
	How     string
	Summary string
	Facts   []factView
	Places  placesView
	Rest    []string // sentences on what is not in the chart
	Kinds   []kindView
	Borders *bordersView // nil: not looked at
	Named   string       // address of the list that names people; "" on a page without one
}

// placesView is a list of places below one.
type placesView struct {
	Class string
	Label string
	List  []placeView
}

type placeView struct {
	Title string
	Leads bool
	Team  string
	Says  string // how many report, and who they are
	Dots  *dotsView
	Open  bool
	Below placesView
}

// dotsView is a picture of those who report to a place: one square for each.
type dotsView struct {
	Width, Height int
	Size          int
	Dots          []dotView
}

type dotView struct {
	Class string
	X, Y  int
}

type kindView struct {
	Title string
	Teams []string
	Fold  string // says what is folded; "" when nothing is
}

// viewOrgChart lays the chart out; nil when the diagnosis says nothing of it.
func viewOrgChart(o *cockpit.OrgChart) *orgChartView {
	if o == nil {
		return nil
	}
	v := &orgChartView{AsOf: day(o.AsOf), Unknown: stop(o.Unknown), How: strings.Join(cleanBlock(o.How), "\n"), Summary: stop(o.Summary), Rest: chartRest(o), Borders: viewBorders(o.Borders)}
	for _, f := range o.Facts {
		v.Facts = append(v.Facts, factView{Label: capital(orUnknown(f.Label)), Value: orUnknown(f.Value)})
	}
	rest := o.Places
	v.Places = nest(&rest, 0, len(o.Places) <= openPlaces)
	v.Places.Label = "Reporting lines"
	for _, k := range o.Kinds {
		v.Kinds = append(v.Kinds, viewKind(k))
	}
	return v
}

// nest turns places, each after the one above, into lists within lists. It takes those of
// a depth and below from the front.
func nest(all *[]cockpit.OrgPlace, depth int, open bool) placesView {
	v := placesView{Class: "tree leaves"}
	for len(*all) > 0 && (*all)[0].Depth >= depth {
		p := (*all)[0]
		*all = (*all)[1:]
		one := placeView{Title: orUnknown(p.Title), Leads: p.Leads, Team: placeTeam(p), Says: placeSays(p), Dots: viewDots(p), Open: open || p.Leads}
		if one.Below = nest(all, p.Depth+1, open); len(one.Below.List) > 0 {
			v.Class = "tree"
			one.Below.Label = "Below " + joinClean([]string{p.Title, placeTeam(p)}, ", ")
		}
		v.List = append(v.List, one)
	}
	return v
}

// mostTeams is how many teams of a place are named.
const mostTeams = 2

// placeTeam is the team of a place, or the teams below it.
func placeTeam(p cockpit.OrgPlace) string {
	if clean(p.Team) != "" || p.Leads || len(p.Over) == 0 {
		return clean(p.Team)
	}
	text := "over " + joinClean(p.Over[:min(mostTeams, len(p.Over))], ", ")
	if more := len(p.Over) - mostTeams; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// placeSays counts who reports to a place.
func placeSays(p cockpit.OrgPlace) string {
	text := count(p.Reports, "direct report", "direct reports")
	if who := placeWho(p); who != "" {
		text += ": " + who
	}
	if p.Below > p.Reports {
		text += "; " + thousands(p.Below) + " below in all"
	}
	if p.Folded > 0 {
		text += "; " + count(p.Folded, "place further down is", "places further down are") + " not listed"
	}
	return text
}

func placeWho(p cockpit.OrgPlace) string {
	var parts []string
	if p.Places > 0 {
		parts = append(parts, fmt.Sprintf("%s who %s people", thousands(p.Places), map[bool]string{true: "leads", false: "lead"}[p.Places == 1]))
	}
	return strings.Join(append(parts, groupWords(p.Groups, p.Open)...), ", ")
}

// groupWords says groups: "6 × Software engineer".
func groupWords(groups []cockpit.OrgGroup, open int) (parts []string) {
	others := 0
	for i, g := range groups {
		if i < mostGroups {
			parts = append(parts, thousands(g.Count)+" × "+orUnknown(g.Title))
		} else {
			others += g.Count
		}
	}
	if others > 0 {
		parts = append(parts, count(others, "other", "others"))
	}
	if open > 0 {
		parts = append(parts, count(open, "open position", "open positions"))
	}
	return parts
}

// viewDots draws those who lead people first, then the others, then open positions.
func viewDots(p cockpit.OrgPlace) *dotsView {
	total := p.Reports + p.Open
	if total <= 0 || total > mostDots {
		return nil
	}
	v := &dotsView{Size: dotSize, Width: min(total, dotsPerLine)*dotStep - (dotStep - dotSize) + 2, Height: (total+dotsPerLine-1)/dotsPerLine*dotStep - (dotStep - dotSize) + 2}
	for i := range total {
		class := "dot-person"
		switch {
		case i < p.Places:
			class = "dot-place"
		case i >= p.Reports:
			class = "dot-open"
		}
		v.Dots = append(v.Dots, dotView{class, 1 + i%dotsPerLine*dotStep, 1 + i/dotsPerLine*dotStep})
	}
	return v
}

// chartRest says what is not in the chart, and where to look.
func chartRest(o *cockpit.OrgChart) []string {
	var out []string
	if o.Folded > 0 {
		out = append(out, count(o.Folded, "place", "places")+" further down left out: the chart holds the upper levels of a large organisation.")
	}
	if n := peopleIn(o.Unlined); n > 0 {
		out = append(out, "Reporting to nobody who works here: "+strings.Join(groupWords(o.Unlined, 0), ", ")+".")
	}
	return out
}

func peopleIn(groups []cockpit.OrgGroup) (n int) {
	for _, g := range groups {
		n += g.Count
	}
	return n
}

func viewKind(k cockpit.OrgKind) kindView {
	v := kindView{Title: kindWords(k)}
	for _, t := range k.Teams {
		v.Teams = append(v.Teams, teamWords(t))
	}
	if len(v.Teams) > chipsInSight {
		v.Fold = "The " + count(len(v.Teams), "team", "teams")
	}
	return v
}

// kindWords says a kind of teams with its size: "Platform: 2 teams, 11 people".
func kindWords(k cockpit.OrgKind) string {
	name := "Kind not entered"
	if clean(k.Kind) != "" {
		name = capital(strings.ReplaceAll(plain(k.Kind), "stream aligned", "stream-aligned"))
	}
	return fmt.Sprintf("%s: %s, %s", name, count(len(k.Teams), "team", "teams"), personsIn(k.People))
}

func teamWords(t cockpit.OrgChartTeam) string {
	text := orUnknown(t.Name) + " " + trimZero(t.People)
	if t.Open > 0 {
		text += fmt.Sprintf(", %d open", t.Open)
	}
	return text
}

// Levels and lines of the tree that fit beside an answer on a terminal.
const (
	treeLevels = 3
	treeLines  = 5
)

// orgChart is a short tree for a terminal.
func (s *screen) orgChart(o *cockpit.OrgChart) {
	if o == nil {
		return
	}
	s.heading("The organisation today")
	if o.Unknown != "" {
		s.para(0, plainText, stop(o.Unknown))
		s.code(4, o.How)
		return
	}
	s.para(0, plainText, stop(o.Summary))
	lines, left := 0, o.Folded
	for _, p := range o.Places {
		if p.Depth >= treeLevels || lines >= treeLines {
			left++
			continue
		}
		lines++
		text := count(p.Reports, "direct report", "direct reports")
		if p.Below > p.Reports {
			text += ", " + thousands(p.Below) + " below in all"
		}
		s.hanging(2*p.Depth, "- ", plainText, joinClean([]string{p.Title, placeTeam(p)}, ", ")+": "+text)
	}
	var rest []string
	if o.Borders != nil && len(o.Borders.Pairs) > 0 {
		rest = append(rest, stop(o.Borders.Summary)+" diarchy org borders.")
	}
	if left > 0 {
		rest = append(rest, "And "+count(left, "more place", "more places")+" from which people are led: diarchy org tree.")
	}
	rest = append(rest, chartRest(&cockpit.OrgChart{Unlined: o.Unlined})...)
	for _, k := range o.Kinds {
		rest = append(rest, kindWords(k)+".")
	}
	s.para(0, faint, strings.Join(rest, " "))
}

// orgChart writes the chart as a list within lists.
func (m *markdown) orgChart(o *cockpit.OrgChart) {
	if o == nil {
		return
	}
	m.heading(2, "The organisation today")
	if o.Unknown != "" {
		m.para(escape(stop(o.Unknown)))
		m.para(fence(o.How))
		return
	}
	m.para(escape(stop(o.Summary)))
	var lines []string
	for _, p := range o.Places {
		title := "**" + escape(orUnknown(p.Title)) + "**"
		if team := placeTeam(p); team != "" {
			title += ", " + escape(team)
		}
		lines = append(lines, strings.Repeat("  ", p.Depth)+"- "+title+": "+escape(placeSays(p)))
	}
	if len(lines) > 0 {
		m.out.WriteString("\n" + strings.Join(lines, "\n") + "\n")
	}
	for _, text := range chartRest(o) {
		m.para(escape(text))
	}
	m.para("Nobody is named here; " + inlineCode("diarchy org tree") + " does.")
	if len(o.Kinds) > 0 {
		t := tableView{Head: []string{"Kind of team", "Teams (people)"}}
		for _, k := range o.Kinds {
			t.Rows = append(t.Rows, []string{kindWords(k), strings.Join(viewKind(k).Teams, "; ")})
		}
		m.table(t)
	}
	m.borders(o.Borders)
}

// borders writes where teams change each other's code.
func (m *markdown) borders(b *cockpit.OrgBorders) {
	if b == nil {
		return
	}
	v := viewBorders(b)
	m.heading(3, "Team borders")
	m.para(escape(v.Summary))
	m.para(fence(b.How))
	for _, t := range []tableView{v.Pairs, v.Areas} {
		if len(t.Rows) > 0 {
			m.para("**" + escape(t.Caption) + "**")
			m.table(t)
		}
	}
}
