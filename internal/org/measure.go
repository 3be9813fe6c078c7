package org

import (
	"math"
	"slices"
)

// Measures are what the structure of a day is judged by. They count places and lines,
// never what anybody does.
type Measures struct {
	People    int // employed that day
	Engineers int // see Engineer
	Unclear   int // people of whom it is not known whether they are engineers: no role, and no leader above them
	Lined     int // engineers with a manager

	MayLead   bool   // nobody leads engineering, but somebody without a role may
	Leader    int    // member who leads engineering; -1: nobody has such a role
	Leaders   []int  // those who do so side by side, the leader first
	Direct    int    // who report to those who lead all of engineering, besides themselves
	Managers  []Span // besides the leader, and those above engineering
	Widest    Span
	Narrow    float64 // share of managers with fewer reports than fewest; NaN without managers
	Layers    int     // from the leader to the lowest engineer, both counted
	Needed    int     // that this many engineers take at seven reports each
	Directors []Director
	Roles     map[string]int // engineers by role
	CIOs      int            // who are no engineers

	Teams       []TeamView // with engineers in them
	Odd         int        // of them: outside of the given size
	Specialised int        // of them: platform and complicated subsystem
	Open        int        // positions

	VPE     int    // member; -1 without one
	VPELine string // role of whom the VPE reports to; "" when that is not known
	PastVPE []int  // directors and managers not under the VPE
}

// Span is a manager of engineers and how many report to them: everybody, or, where the
// manager is no engineer, the engineers.
type Span struct {
	Member  int
	Reports int
}

// Director is a director with what is below.
type Director struct {
	Member    int
	Engineers int
	Teams     int
}

// engineering are the roles that are counted as engineers.
var engineering = []string{"engineer", "lead", "engineering_manager", "director", "head_of_engineering", "vpe", "cto", "technical_leader", "chief_architect", "lead_architect"}

// leading are the roles that lead engineering, the first that there is first.
var leading = []string{"cto", "technical_leader", "vpe", "head_of_engineering", "director", "engineering_manager"}

// wholeLeading are those of them that lead all of it.
var wholeLeading = leading[:4]

// Executives are the roles of those who lead more than engineering.
var Executives = []string{"ceo", "coo", "cio"}

// Bounds are the thresholds that measuring needs.
type Bounds struct {
	FewestReports float64
	TeamLow       float64
	TeamHigh      float64
}

// idealSpan is how many report to one where layers are counted.
const idealSpan = 7

// Measure measures the day.
func (s *Snapshot) Measure(b Bounds) Measures {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.measured == nil || s.bounds != b {
		m := s.measure(b)
		s.measured, s.bounds = &m, b
	}
	return *s.measured
}

func (s *Snapshot) measure(b Bounds) Measures {
	m := Measures{People: len(s.Members), Leader: -1, VPE: -1, Narrow: math.NaN(), Roles: map[string]int{}, Open: len(s.Open())}
	is := make([]bool, len(s.Members))
	for i := range s.Members {
		if s.Members[i].Job.Role == "cio" {
			m.CIOs++
		}
		engineer, clear := s.engineer(i)
		switch {
		case !clear:
			m.Unclear++
		case engineer:
			is[i] = true
			m.Engineers++
			m.Roles[s.Members[i].Job.Role]++
			if s.Members[i].Manager >= 0 {
				m.Lined++
			}
		}
	}
	m.Leaders, m.Direct = s.leaders()
	if len(m.Leaders) > 0 {
		m.Leader = m.Leaders[0]
	}
	m.MayLead = s.mayLead(m, is)
	s.spans(&m, is, b)
	s.layers(&m, is)
	s.directors(&m, is)
	s.teams(&m, is, b)
	s.vpe(&m)
	return m
}

// engineer tells whether a member counts as an engineer: by role, or, without one, by
// having an engineering leader above.
func (s *Snapshot) engineer(m int) (yes, clear bool) {
	if role := s.Members[m].Job.Role; role != "" {
		return slices.Contains(engineering, role), true
	}
	for at := s.Members[m].Manager; at >= 0; at = s.Members[at].Manager {
		if slices.Contains(leading, s.Members[at].Job.Role) {
			return true, true
		}
	}
	return false, false
}

// leaders are those with a role that leads all of engineering who have nobody of such a
// role above: of each role whoever has most people below. Where there is no such role, the
// highest of the others leads. direct are the reports of all of them, also of a leader
// below another, as the work of leading is that of all.
func (s *Snapshot) leaders() (tops []int, direct int) {
	var all []int
	for i, role := range leading {
		if best := s.most(role); best >= 0 && (i < len(wholeLeading) || len(all) == 0) {
			all = append(all, best)
		}
	}
	for _, l := range all {
		if !slices.ContainsFunc(all, func(o int) bool { return s.Under(l, o) }) {
			tops = append(tops, l)
		}
		for _, r := range s.Reports(l) {
			if !slices.Contains(all, int(r)) {
				direct++
			}
		}
	}
	return tops, direct
}

// most is whoever of a role has most people below; -1 where nobody has it.
func (s *Snapshot) most(role string) int {
	best := -1
	for i := range s.Members {
		if s.Members[i].Job.Role == role && (best < 0 || s.Below(i) > s.Below(best)) {
			best = i
		}
	}
	return best
}

// mayLead tells whether engineers report to somebody without a role, or to nobody knows
// whom while people have no role: then it is not known that nobody leads.
func (s *Snapshot) mayLead(m Measures, is []bool) bool {
	if m.Unclear == 0 || slices.ContainsFunc(wholeLeading, func(role string) bool { return m.Roles[role] > 0 }) {
		return false
	}
	if m.Lined == 0 {
		return true
	}
	for i := range s.Members {
		if s.Members[i].Job.Role == "" && !is[i] && slices.ContainsFunc(s.Reports(i), func(r int32) bool { return is[r] }) {
			return true
		}
	}
	return false
}

// spans counts the reports of everybody to whom an engineer reports, whatever the
// manager's own role. The leaders' reports are a question of load, and so are those of
// whoever has engineering below only through its leaders.
func (s *Snapshot) spans(m *Measures, is []bool, b Bounds) {
	narrow := 0
	for i := range s.Members {
		reports, engineers, hands := s.Reports(i), 0, 0
		for _, r := range reports {
			if is[r] {
				engineers++
				if !slices.Contains(leading, s.Members[r].Job.Role) {
					hands++
				}
			}
		}
		if engineers == 0 {
			continue
		}
		span := Span{i, len(reports)}
		if !is[i] {
			span.Reports = engineers
		}
		if span.Reports > m.Widest.Reports {
			m.Widest = span
		}
		if slices.Contains(m.Leaders, i) || !is[i] && (hands == 0 || slices.Contains(Executives, s.Members[i].Job.Role)) {
			continue
		}
		m.Managers = append(m.Managers, span)
		if float64(len(reports)) < b.FewestReports {
			narrow++
		}
	}
	if len(m.Managers) > 0 {
		m.Narrow = float64(narrow) / float64(len(m.Managers))
	}
}

func (s *Snapshot) layers(m *Measures, is []bool) {
	if m.Leader < 0 {
		return
	}
	for i := range s.Members {
		for _, l := range m.Leaders {
			if is[i] && s.Under(i, l) {
				m.Layers = max(m.Layers, s.Members[i].Depth-s.Members[l].Depth+1)
			}
		}
	}
	reach, layer := 1, 1
	for m.Needed = 1; reach < m.Engineers; m.Needed++ {
		layer *= idealSpan
		reach += layer
	}
}

func (s *Snapshot) directors(m *Measures, is []bool) {
	at := map[int]int{} // member: index in m.Directors
	for i := range s.Members {
		if s.Members[i].Job.Role == "director" {
			at[i] = len(m.Directors)
			m.Directors = append(m.Directors, Director{Member: i})
		}
	}
	teams := make([]map[string]bool, len(m.Directors))
	for i := range s.Members {
		if !is[i] || len(at) == 0 {
			continue
		}
		for above := s.Members[i].Manager; above >= 0; above = s.Members[above].Manager {
			d, ok := at[above]
			if !ok {
				continue
			}
			m.Directors[d].Engineers++
			if teams[d] == nil {
				teams[d] = map[string]bool{}
			}
			for _, t := range s.Teams(i) {
				if team := &s.chart.doc.Teams[s.chart.team[t.Team]]; spanOf(team.Since, team.Until).holds(s.Day) { // not one that has ended
					teams[d][t.Team] = true
				}
			}
		}
	}
	for d := range m.Directors {
		m.Directors[d].Teams = len(teams[d])
	}
}

func (s *Snapshot) teams(m *Measures, is []bool, b Bounds) {
	for _, t := range s.TeamsNow() {
		if !slices.ContainsFunc(t.Members, func(i int) bool { return is[i] }) {
			continue
		}
		m.Teams = append(m.Teams, t)
		if t.People < b.TeamLow || t.People > b.TeamHigh {
			m.Odd++
		}
		if t.Team.Kind == "platform" || t.Team.Kind == "complicated_subsystem" {
			m.Specialised++
		}
	}
}

func (s *Snapshot) vpe(m *Measures) {
	for i := range s.Members {
		if s.Members[i].Job.Role == "vpe" {
			m.VPE = i
		}
	}
	if m.VPE < 0 {
		return
	}
	if boss := s.Members[m.VPE].Manager; boss >= 0 {
		m.VPELine = s.Members[boss].Job.Role
	}
	for i := range s.Members {
		role := s.Members[i].Job.Role
		if (role == "director" || role == "engineering_manager") && !s.Under(i, m.VPE) {
			m.PastVPE = append(m.PastVPE, i)
		}
	}
}
