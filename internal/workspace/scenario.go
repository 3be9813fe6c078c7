package workspace

import (
	"fmt"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Scenario is a change of the organisation that is thought through and not made.
type Scenario struct {
	Name   string
	Date   time.Time // from which it holds; zero: today
	Growth Known[GrowthRange]
	Seed   int64 // of the file: all its simulations draw with it; 0: none is said
	Steps  []Step
	Line   int
}

// GrowthRange is how fast the number of engineers grows: 0.2 is twenty per cent a year.
type GrowthRange struct{ Low, High float64 }

// Step is one thing that happens in a scenario: exactly one of its parts is set.
type Step struct {
	Hire   *Hire
	Leave  string
	Move   *Move
	Merge  *Merge
	Split  *Split
	Role   *NewRole
	Open   *Position
	Fill   *Fill
	Retire string // a position that is given up
	Share  *NewShare
	Parent *NewParent
	Dotted *NewDotted
	Line   int
}

// Hire is somebody new, or several alike.
type Hire struct {
	Person
	Count   int      // 1 unless several are hired
	Reports []string // who reports to the new person from then on
}

// Move gives a person another team, another manager, or both.
type Move struct {
	Person  string
	Team    string
	Manager string
	Dotted  string // to whom a dotted line leads besides
}

// Merge makes one team of several.
type Merge struct {
	Teams []string
	Into  string
}

// Split takes people out of a team into a new one.
type Split struct {
	Team   string
	New    OrgTeam
	People []string
	Owns   []Ownership // what goes with them; Team is the new one
}

// NewRole gives a person another role, with a title if it comes with one.
type NewRole struct {
	Person  string
	Role    string
	Title   string
	Reports []string // who reports to the person from then on
}

// NewShare gives a person another share of the time in a team besides that of the job.
type NewShare struct {
	Person string
	Team   string
	Share  float64 // 0: none any more
}

// NewParent puts a team under another one.
type NewParent struct {
	Team  string
	Under string // Nobody: under none
}

// NewDotted begins a dotted line, ends one, or moves one from somebody to somebody.
type NewDotted struct {
	Person   string
	To, From string
}

// Fill closes an open position with somebody new.
type Fill struct {
	Position string
	Person   Person
}

// ParseScenarios reads and validates a file of scenarios.
func ParseScenarios(name string, data []byte) ([]Scenario, error) {
	var out []Scenario
	var seed int64
	err := decode(name, data, time.Now(), func(r *reader, root *node) {
		r.object(root, field{key: "seed", read: func(n *node) {
			v, ok := r.whole(n, "42", maxSeed)
			if seed = v; ok && v == 0 {
				r.fail(n, "seed 0 stands for none", "write a whole number above 0, or leave it out")
			}
		}}, field{key: "scenarios", need: true, read: func(n *node) {
			each(r, n, &out, r.scenario)
			r.distinct(n, "scenario", func(i int) string { return out[i].Name })
		}})
	})
	if err == nil && len(out) == 0 {
		err = problem.New(problem.Invalid, "write one: scenarios: [{name: Growth, growth: {low: 0.2, high: 0.5}}]; docs/howto/think-through-a-change.md says more", "%s: there is no scenario here", name)
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Seed = seed
	}
	return out, nil
}

// LoadScenarios reads a file of scenarios.
func LoadScenarios(path string) ([]Scenario, error) {
	data, err := readUpTo(path, MaxBytes, "see docs/howto/think-through-a-change.md for what stands in one")
	if err != nil {
		return nil, err
	}
	return ParseScenarios(path, data)
}

func (r *reader) scenario(n *node, s *Scenario) {
	s.Line = n.line
	r.object(n,
		field{key: "name", read: r.text(&s.Name), need: true},
		field{key: "date", read: r.day(&s.Date)},
		field{key: "growth", read: func(n *node) { r.growth(n, &s.Growth) }},
		field{key: "steps", read: func(n *node) { each(r, n, &s.Steps, r.step) }})
	if len(s.Steps) == 0 && !s.Growth.OK {
		r.fail(n, "a scenario in which nothing happens", "add steps, or growth: {low: 0.2, high: 0.4}")
	}
}

func (r *reader) growth(n *node, dst *Known[GrowthRange]) {
	var g GrowthRange
	r.object(n, field{key: "low", read: r.rate(&g.Low), need: true}, field{key: "high", read: r.rate(&g.High), need: true})
	if g.High < g.Low {
		r.fail(n, "high is below low", "the lower number comes first")
	}
	*dst = Is(g)
}

// rate reads a growth a year, which may be negative.
func (r *reader) rate(dst *float64) func(*node) {
	return func(n *node) {
		v, err := strconv.ParseFloat(n.text, 64)
		if n.kind != number || err != nil || !(v >= -0.9 && v <= 5) {
			r.wrong(n, "a growth a year from -0.9 to 5", "write 0.3 for thirty per cent a year")
			return
		}
		*dst = v
	}
}

// stepExamples are what a step may look like, by its key.
var stepExamples = map[string]string{
	"hire":   "{role: engineer, team: payments, manager: mo}",
	"leave":  "e7",
	"move":   "{person: e1, team: search}",
	"merge":  "{teams: [search, discovery], into: search}",
	"split":  "{team: payments, into: {id: risk}, people: [e2, e3]}",
	"role":   "{person: mo, is: director}",
	"open":   "{id: p2, role: engineer, team: risk}",
	"fill":   "{position: p1, id: n1}",
	"retire": "p3",
	"share":  "{person: e1, team: search, share: 0.4}",
	"parent": "{team: risk, under: payments}",
	"dotted": "{person: e1, to: mo}",
}

func (r *reader) step(n *node, s *Step) {
	s.Line = n.line
	r.object(n,
		field{key: "hire", read: func(n *node) { s.Hire = &Hire{Count: 1}; r.hire(n, s.Hire) }},
		field{key: "leave", read: r.id(&s.Leave)},
		field{key: "move", read: func(n *node) { s.Move = &Move{}; r.move(n, s.Move) }},
		field{key: "merge", read: func(n *node) { s.Merge = &Merge{}; r.merge(n, s.Merge) }},
		field{key: "split", read: func(n *node) { s.Split = &Split{}; r.split(n, s.Split) }},
		field{key: "role", read: func(n *node) { s.Role = &NewRole{}; r.newRole(n, s.Role) }},
		field{key: "open", read: func(n *node) { s.Open = &Position{}; r.openPosition(n, s.Open) }},
		field{key: "fill", read: func(n *node) { s.Fill = &Fill{}; r.fill(n, s.Fill) }},
		field{key: "retire", read: r.id(&s.Retire)},
		field{key: "share", read: func(n *node) { s.Share = &NewShare{}; r.newShare(n, s.Share) }},
		field{key: "parent", read: func(n *node) { s.Parent = &NewParent{}; r.newParent(n, s.Parent) }},
		field{key: "dotted", read: func(n *node) { s.Dotted = &NewDotted{}; r.newDotted(n, s.Dotted) }})
	for _, e := range n.entries {
		if such, ok := stepExamples[e.key.text]; ok && e.value.kind == null {
			r.fail(e.key, fmt.Sprintf("key %q has no value", e.key.text), "write one, such as "+e.key.text+": "+such)
		}
	}
	if n.kind == mapping && len(n.entries) != 1 {
		r.fail(n, fmt.Sprintf("a step does one thing, this one %d", len(n.entries)), "put each on a line of its own that begins with a dash")
	}
}

func (r *reader) ids(dst *[]string) func(*node) {
	return func(n *node) { each(r, n, dst, func(n *node, s *string) { r.id(s)(n) }) }
}

// newcomer are the values of somebody new.
func (r *reader) newcomer(p *Person) []field {
	return r.job(&p.Job, []field{{key: "id", read: r.id(&p.ID)}, {key: "name", read: r.text(&p.Name)}})
}

func (r *reader) hire(n *node, h *Hire) {
	h.Line = n.line
	r.object(n, append(r.newcomer(&h.Person),
		field{key: "count", read: func(n *node) {
			if v, ok := r.whole(n, "3", 10_000); ok {
				h.Count = int(v)
			}
		}},
		field{key: "reports", read: r.ids(&h.Reports)})...)
	if h.Count > 1 && (h.ID != "" || len(h.Reports) > 0) {
		r.fail(n, "an id or reports for several people", "hire a manager in a step of his or her own")
	}
}

func (r *reader) move(n *node, m *Move) {
	r.object(n,
		field{key: "person", read: r.id(&m.Person), need: true},
		field{key: "team", read: r.id(&m.Team)},
		field{key: "manager", read: r.id(&m.Manager)},
		field{key: "dotted", read: r.id(&m.Dotted)})
	if m.Team == "" && m.Manager == "" && m.Dotted == "" {
		r.fail(n, "a move to nowhere", "add team, manager or dotted")
	}
}

func (r *reader) merge(n *node, m *Merge) {
	r.object(n, field{key: "teams", read: r.ids(&m.Teams), need: true}, field{key: "into", read: r.id(&m.Into), need: true})
	if n.kind == mapping && len(m.Teams) < 2 && !(len(m.Teams) == 1 && m.Teams[0] != m.Into) {
		r.fail(n, "one team cannot be merged with itself", "name at least two teams")
	}
}

func (r *reader) split(n *node, s *Split) {
	r.object(n,
		field{key: "team", read: r.id(&s.Team), need: true},
		field{key: "into", need: true, read: func(n *node) { r.orgTeam(n, &s.New) }},
		field{key: "people", read: r.ids(&s.People), need: true},
		field{key: "owns", read: func(n *node) {
			each(r, n, &s.Owns, func(n *node, o *Ownership) {
				r.object(n, field{key: "repository", read: r.text(&o.Repository), need: true}, field{key: "path", read: r.text(&o.Path)})
			})
		}})
	for i := range s.Owns {
		s.Owns[i].Team = s.New.ID
	}
}

func (r *reader) newRole(n *node, c *NewRole) {
	r.object(n,
		field{key: "person", read: r.id(&c.Person), need: true},
		field{key: "is", read: r.choice(&c.Role, OrgRoles), need: true},
		field{key: "title", read: r.text(&c.Title)},
		field{key: "reports", read: r.ids(&c.Reports)})
}

func (r *reader) openPosition(n *node, p *Position) {
	p.Line = n.line
	r.object(n,
		field{key: "id", read: r.id(&p.ID), need: true},
		field{key: "title", read: r.text(&p.Title)},
		field{key: "role", read: r.choice(&p.Role, OrgRoles)},
		field{key: "team", read: r.id(&p.Team)},
		field{key: "manager", read: r.id(&p.Manager)})
}

func (r *reader) fill(n *node, f *Fill) {
	f.Person.Line = n.line
	r.object(n, append(r.newcomer(&f.Person), field{key: "position", read: r.id(&f.Position), need: true})...)
}

func (r *reader) newShare(n *node, s *NewShare) {
	r.object(n,
		field{key: "person", read: r.id(&s.Person), need: true},
		field{key: "team", read: r.id(&s.Team), need: true},
		field{key: "share", need: true, read: func(n *node) {
			v, err := strconv.ParseFloat(n.text, 64)
			if n.kind != number || err != nil || !(v >= 0 && v <= 1) {
				r.wrong(n, "a share from 0 to 1", "write 0.25 for a quarter of the time, 0 for none any more")
				return
			}
			s.Share = v
		}})
}

func (r *reader) newParent(n *node, p *NewParent) {
	r.object(n,
		field{key: "team", read: r.id(&p.Team), need: true},
		field{key: "under", read: r.id(&p.Under), need: true})
}

func (r *reader) newDotted(n *node, d *NewDotted) {
	r.object(n,
		field{key: "person", read: r.id(&d.Person), need: true},
		field{key: "to", read: r.id(&d.To)},
		field{key: "from", read: r.id(&d.From)})
	if n.kind == mapping && d.To == "" && d.From == "" {
		r.fail(n, "a dotted line from nobody to nobody", "add to: for one that begins, from: for one that ends, or both")
	}
}
