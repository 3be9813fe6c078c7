package diagnosis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// mostPlaces is how many places a chart lists; what lies further down is counted.
const mostPlaces = 400

// orgChart is the organisation on the last day before asOf, or why there is none.
func (in Input) orgChart(asOf time.Time, now bool) *cockpit.OrgChart {
	day := org.DayOf(asOf.Add(-time.Nanosecond))
	out := &cockpit.OrgChart{AsOf: day.String(), Facts: []cockpit.Fact{}, Places: []cockpit.OrgPlace{}, Unlined: []cockpit.OrgGroup{}, Kinds: []cockpit.OrgKind{}}
	switch {
	case in.Chart == nil && in.Document == nil:
		out.Unknown, out.How = "The organisation is not described: who reports to whom, in which teams.", "diarchy init\ndiarchy org import people.csv"
		return out
	case in.Chart == nil:
		out.Unknown, out.How = "The organisation is not described: who reports to whom, in which teams.", "diarchy org import people.csv"
		return out
	case !now && in.Chart.Dated() < datedEnough:
		out.Unknown, out.How = "Of most people it is not entered since when they work here, so the organisation of an earlier day is not known.", "people:\n  - {id: ada, start: 2021-05-01}"
		return out
	}
	snap := in.Chart.At(day)
	if len(snap.Members) == 0 {
		out.Unknown, out.How = fmt.Sprintf("Nobody is entered who works here on %s.", day), "people:\n  - {id: ada, start: 2021-05-01}"
		return out
	}
	m := snap.Measure(in.bounds())
	out.Problems = len(in.Chart.Check(day))
	out.Summary = DescribeOrganisation(snap, m, out.Problems)
	out.Facts = structureCounts(m)
	newCharting(snap).fill(out)
	out.Kinds, out.Borders = teamKinds(snap), in.Between
	return out
}

// structureCounts are the sizes of a structure.
func structureCounts(m org.Measures) []cockpit.Fact {
	return []cockpit.Fact{
		counts("engineers", m.Engineers, "engineers"), counts("managers", len(m.Managers), "managers"), counts("widest span", m.Widest.Reports, "direct reports"),
		counts("layers", m.Layers, "layers"), counts("teams", len(m.Teams), "teams"), counts("open positions", m.Open, "positions"),
	}
}

// DescribeOrganisation says in a few sentences what an organisation is on a day.
func DescribeOrganisation(s *org.Snapshot, m org.Measures, problems int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "On %s %s work here", s.Day, signal.Count(float64(m.People), "people"))
	if m.Engineers > 0 {
		fmt.Fprintf(&b, ", %d of them in engineering", m.Engineers)
	}
	if len(m.Teams) > 0 {
		fmt.Fprintf(&b, ", in %s", signal.Count(float64(len(m.Teams)), "teams"))
	}
	b.WriteString(".")
	if m.Leader >= 0 {
		var who, reports []string
		for _, l := range m.Leaders {
			who = append(who, "the "+roleName(s.Members[l].Job.Role))
			reports = append(reports, strconv.Itoa(len(s.Reports(l))))
		}
		if len(who) == 1 {
			reports[0] = signal.Count(float64(len(s.Reports(m.Leader))), "direct reports")
		} else {
			reports[len(reports)-1] += " direct reports"
		}
		leads := "leads"
		if len(who) > 1 {
			leads = "lead side by side"
		}
		fmt.Fprintf(&b, " %s %s, with %s", capital(cockpit.ListWords(who)), leads, cockpit.ListWords(reports))
		if m.Layers > 0 {
			fmt.Fprintf(&b, " and %s down to the last engineer", signal.Count(float64(m.Layers), "layers"))
		}
		b.WriteString(".")
	}
	switch problems {
	case 0:
	case 1:
		b.WriteString(" One thing in the document does not fit together.")
	default:
		fmt.Fprintf(&b, " %d things in the document do not fit together.", problems)
	}
	return b.String()
}

// roleName is a role in words.
func roleName(role string) string {
	switch role {
	case "cto", "ceo", "coo", "cio":
		return strings.ToUpper(role)
	case "vpe":
		return "VP of Engineering"
	}
	return cockpit.Words(role)
}

// topRoles are shown as leaders.
var topRoles = []string{"ceo", "coo", "cto", "cio", "vpe", "technical_leader", "head_of_engineering"}

// charting walks reporting lines from the top.
type charting struct {
	snap *org.Snapshot
	team map[string]string // names by id
	open map[string]int    // open positions by manager
	deep int               // depth from which places are folded
}

func newCharting(s *org.Snapshot) charting {
	c := charting{snap: s, team: map[string]string{}, open: map[string]int{}}
	for _, t := range s.TeamsNow() {
		c.team[t.Team.ID] = teamName(t.Team)
	}
	for _, p := range s.Open() {
		c.open[p.Manager]++
	}
	var at []int // places by depth
	for i := range s.Members {
		if len(s.Reports(i)) == 0 {
			continue
		}
		for len(at) <= s.Members[i].Depth {
			at = append(at, 0)
		}
		at[s.Members[i].Depth]++
	}
	for sum := 0; c.deep < len(at); c.deep++ {
		if sum += at[c.deep]; c.deep > 0 && sum > mostPlaces {
			break
		}
	}
	return c
}

func teamName(t *workspace.OrgTeam) string {
	if t.Name != "" {
		return t.Name
	}
	return t.ID
}

// fill adds the places from the top down, and counts who has no line at all.
func (c charting) fill(out *cockpit.OrgChart) {
	var tops, alone []int32
	for _, t := range c.snap.Tops() {
		if len(c.snap.Reports(t)) > 0 {
			tops = append(tops, int32(t))
		} else {
			alone = append(alone, int32(t))
		}
	}
	c.order(tops)
	if len(tops) > mostPlaces {
		out.Folded += len(tops) - mostPlaces
		tops = tops[:mostPlaces]
	}
	for _, t := range tops {
		out.Folded += c.below(t, &out.Places)
	}
	out.Unlined = c.groups(alone)
}

// below adds a place and what is under it; it returns how many places it left out.
func (c charting) below(m int32, out *[]cockpit.OrgPlace) (folded int) {
	var leading, rest []int32
	for _, r := range c.snap.Reports(int(m)) {
		if len(c.snap.Reports(int(r))) > 0 {
			leading = append(leading, r)
		} else {
			rest = append(rest, r)
		}
	}
	member := c.snap.Members[m]
	p := cockpit.OrgPlace{Title: c.title(m), Leads: slices.Contains(topRoles, member.Job.Role), Team: c.team[member.Job.Team], Depth: member.Depth,
		Over:    c.over(m, leading),
		Reports: len(leading) + len(rest), Places: len(leading), Below: c.snap.Below(int(m)), Groups: c.groups(rest), Open: c.open[member.Person.ID]}
	at := len(*out)
	*out = append(*out, p)
	if member.Depth+1 >= c.deep {
		folded = c.under(leading)
		(*out)[at].Folded = folded
		return folded
	}
	c.order(leading)
	for _, r := range leading {
		folded += c.below(r, out)
	}
	return folded
}

// over are the teams that lie below a place which is in none itself.
func (c charting) over(m int32, leading []int32) []string {
	out := []string{}
	if c.team[c.snap.Members[m].Job.Team] != "" {
		return out
	}
	for _, r := range leading {
		if team := c.team[c.snap.Members[r].Job.Team]; team != "" {
			out = append(out, team)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// under counts members and all places below them.
func (c charting) under(members []int32) int {
	n := 0
	for _, m := range members {
		if reports := c.snap.Reports(int(m)); len(reports) > 0 {
			n += 1 + c.under(reports)
		}
	}
	return n
}

// order puts leaders first and then goes by title and team: by nothing that could be
// read as a rank of people.
func (c charting) order(members []int32) {
	slices.SortStableFunc(members, func(a, b int32) int {
		x, y := c.snap.Members[a].Job, c.snap.Members[b].Job
		return cmp.Or(cmp.Compare(rank(x.Role), rank(y.Role)), cmp.Compare(c.title(a), c.title(b)), cmp.Compare(c.team[x.Team], c.team[y.Team]))
	})
}

func rank(role string) int {
	if i := slices.Index(topRoles, role); i >= 0 {
		return i
	}
	return len(topRoles)
}

// title is that of the job, or the role in words.
func (c charting) title(m int32) string {
	j := c.snap.Members[m].Job
	switch {
	case j.Title != "":
		return j.Title
	case j.Role != "":
		name := roleName(j.Role)
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return "No title"
}

// groups counts members by title, the most frequent first.
func (c charting) groups(members []int32) []cockpit.OrgGroup {
	count := map[string]int{}
	for _, m := range members {
		count[c.title(m)]++
	}
	out := make([]cockpit.OrgGroup, 0, len(count))
	for title, n := range count {
		out = append(out, cockpit.OrgGroup{Title: title, Count: n})
	}
	slices.SortFunc(out, func(a, b cockpit.OrgGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Title, b.Title))
	})
	return out
}

// kinds of teams in the order in which they are listed; others follow.
var kindOrder = []string{workspace.KindStreamAligned, workspace.KindPlatform, workspace.KindEnabling, workspace.KindSubsystem, ""}

// teamKinds are the teams by kind. A team in which nobody is, and which only holds other
// teams, is none of them.
func teamKinds(s *org.Snapshot) []cockpit.OrgKind {
	teams := s.TeamsNow()
	holds := map[string]bool{}
	for _, t := range teams {
		holds[t.Team.Parent] = true
	}
	at := map[string]int{}
	out := []cockpit.OrgKind{}
	for _, t := range teams {
		if t.People == 0 && t.Positions == 0 && holds[t.Team.ID] {
			continue
		}
		i, ok := at[t.Team.Kind]
		if !ok {
			i = len(out)
			at[t.Team.Kind] = i
			out = append(out, cockpit.OrgKind{Kind: t.Team.Kind})
		}
		out[i].People += t.People
		out[i].Teams = append(out[i].Teams, cockpit.OrgChartTeam{Name: teamName(t.Team), People: math.Round(t.People*100) / 100, Open: t.Positions})
	}
	for i := range out {
		out[i].People = math.Round(out[i].People*100) / 100
		slices.SortFunc(out[i].Teams, func(a, b cockpit.OrgChartTeam) int { return cmp.Compare(a.Name, b.Name) })
	}
	slices.SortFunc(out, func(a, b cockpit.OrgKind) int {
		return cmp.Compare(slices.Index(kindOrder, a.Kind), slices.Index(kindOrder, b.Kind))
	})
	return out
}
