package access

import (
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/org"
)

// Policy holds what decisions rest on. It does not change; make a new one when a
// document did.
type Policy struct {
	chart  *org.Chart
	shared []Kind
}

// New makes a policy of the organisation, nil when there is no document, and of what
// the two leaders agreed to share: People and Budget, each of which is else its owner's.
func New(chart *org.Chart, shared []Kind) *Policy {
	return &Policy{chart: chart, shared: slices.Clone(shared)}
}

// Resource is a thing to see or to change. At most one of Person, Team and Leader is
// given; with none of them it is of the whole company.
type Resource struct {
	Kind   Kind
	Person string  // whose it is, in the organisation document
	Team   string  // whose it is, in the organisation document
	Leader Role    // whose budget it is: CTO or VPE
	Day    org.Day // on which the fact happened; 0 is today
}

// Decide tells whether a viewer may do something. Rights are those of now, which is in
// the company's time zone; who was whose is that of the resource's day.
func (p *Policy) Decide(v Viewer, a Action, r Resource, now time.Time) bool {
	s := p.Scope(v, a, r.Kind, now)
	day := r.Day
	if day == 0 {
		day = s.today
	}
	switch {
	case r.Person != "" && r.Team == "" && r.Leader == "":
		return s.Holds(r.Person, day)
	case r.Person == "" && r.Team != "" && r.Leader == "":
		return s.HoldsTeam(r.Team)
	case r.Person == "" && r.Team == "" && r.Leader != "":
		return s.HoldsLeader(r.Leader)
	case r.Person == "" && r.Team == "" && r.Leader == "":
		return s.Company()
	}
	return false
}

// Scope is the part of the company of which a viewer may see or change one kind of
// thing. Whatever reads data of the company asks for one, so that none can forget to:
// no other package can make one that holds anything.
type Scope struct {
	policy *Policy
	kind   Kind
	reach  reach
	self   string // the viewer's own person, by today's entry, if that may be seen
	head   string // whose part of the organisation it is; "" unless reach is part
	leader Role   // whose budget it is
	today  org.Day
}

// Scope gives a viewer's scope. Without any right it is empty, as the zero Scope is.
func (p *Policy) Scope(v Viewer, a Action, k Kind, now time.Time) Scope {
	today := org.DayOf(now)
	empty := Scope{today: today}
	if p.chart != nil && v.Person != "" {
		v.Person = p.chart.Now(v.Person, today)
	}
	if v.Account == "" || v.Token && !slices.Contains(v.Grants, GrantFor(a, k)) || v.Person != "" && !p.present(v.Person, today) {
		return empty
	}
	s := Scope{policy: p, kind: k, today: today}
	for _, r := range v.Roles {
		got := p.right(r, a, k)
		switch {
		case got == part && v.Person == "":
			continue
		case got == part:
			s.head = v.Person
		case got == own:
			s.leader = both(s.leader, r)
		}
		s.reach = max(s.reach, got)
	}
	if k == People && a == See {
		s.self = v.Person
	}
	return s
}

// both is the leader whose budget is seen: of one who is both, every one.
func both(a, b Role) Role {
	if a == "" || a == b {
		return b
	}
	return anyLeader
}

const anyLeader Role = "*"

func (p *Policy) present(person string, d org.Day) bool {
	return p.chart != nil && p.chart.Employed(person, d)
}

// Team is the id of the team that has this id, or else alone has this name; "" where there is none.
func (p *Policy) Team(called string) (id string) {
	if p == nil || p.chart == nil {
		return ""
	}
	teams := p.chart.Document().Teams
	if slices.ContainsFunc(teams, teamIs(called)) {
		return called
	}
	for _, t := range teams {
		switch {
		case t.Name != called:
		case id != "":
			return ""
		default:
			id = t.ID
		}
	}
	return id
}

// Empty tells that there is nothing in the scope.
func (s Scope) Empty() bool { return s.reach == nothing && s.self == "" }

// Company tells whether the scope holds what is of the whole company.
func (s Scope) Company() bool { return s.reach == company }

// Holds tells whether a person's things of a day are in the scope. A manager sees what
// happened while somebody was below, as long as the person is: both of today (or of
// the last day of one who has left) and of that day.
//
// Only what is of people by its nature is in any scope by person: of one person there is
// no delivery, no forecast and no diagnosis to be seen by anybody.
func (s Scope) Holds(person string, day org.Day) bool {
	if s.policy == nil || s.policy.chart == nil || s.kind != People && s.kind != Organisation {
		return false
	}
	last, known := s.policy.chart.Last(person)
	switch {
	case !known:
		return false
	case s.reach == company || s.self != "" && s.self == s.policy.chart.Now(person, s.today):
		return true
	case s.reach != part:
		return false
	}
	above := s.policy.chart.Above
	return (person == s.head || slices.Contains(above(person, min(last, s.today)), s.head)) &&
		(person == s.head || slices.Contains(above(person, day), s.head))
}

// HoldsTeam tells whether a team's things are in the scope. A manager's are teams all
// of whose members are below today or are the manager; what they did before somebody
// came stays the team's.
func (s Scope) HoldsTeam(team string) bool {
	if s.policy == nil || s.policy.chart == nil || s.kind == Budget {
		return false
	}
	if s.reach == company {
		return slices.ContainsFunc(s.policy.chart.Document().Teams, teamIs(team))
	}
	return s.reach == part && slices.Contains(s.teams(), team)
}

// HoldsLeader tells whether a leader's budget is in the scope.
func (s Scope) HoldsLeader(r Role) bool {
	if s.kind != Budget || r != CTO && r != VPE {
		return false
	}
	return s.reach == company || s.reach == own && (s.leader == r || s.leader == anyLeader)
}

// People lists those whose things of a day are in the scope and who were employed then.
func (s Scope) People(day org.Day) []string {
	if s.policy == nil || s.policy.chart == nil {
		return nil
	}
	var out []string
	for _, p := range s.policy.chart.Document().People {
		if s.policy.chart.Employed(p.ID, day) && s.Holds(p.ID, day) {
			out = append(out, p.ID)
		}
	}
	return out
}

// Teams lists the teams of today whose things are in the scope.
func (s Scope) Teams() []string {
	switch {
	case s.policy == nil || s.policy.chart == nil || s.kind == Budget:
		return nil
	case s.reach == part:
		return s.teams()
	case s.reach != company:
		return nil
	}
	var out []string
	for _, t := range s.policy.chart.At(s.today).TeamsNow() {
		out = append(out, t.Team.ID)
	}
	return out
}

// teams are those of today that are wholly the head's.
func (s Scope) teams() (out []string) {
	now := s.policy.chart.At(s.today)
	head, ok := now.Find(s.head)
	if !ok {
		return nil
	}
	for _, t := range now.TeamsNow() {
		foreign := func(m int) bool { return m != head && !now.Under(m, head) }
		if len(t.Members) > 0 && !slices.ContainsFunc(t.Members, foreign) && len(t.Members) > count(t.Members, head) {
			out = append(out, t.Team.ID)
		}
	}
	return out
}

func count(members []int, m int) int {
	if slices.Contains(members, m) {
		return 1
	}
	return 0
}
