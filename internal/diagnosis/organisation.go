package diagnosis

import (
	"maps"
	"time"

	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// organisation is what the organisation document says of a day.
type organisation struct {
	engineers int
	people    int
	whole     bool     // more than engineering is described
	leaders   []string // roles that lead
	leadKnown bool     // none of them means that nobody leads
	claims    []signal.Claim
	counted   map[string]float64 // units of leadership work
}

// datedEnough is the share of people with a first day from which the document says
// something of the past.
const datedEnough = 0.9

// organisation looks at the document on the last day before asOf; nil when it says
// nothing of it.
func (in Input) organisation(asOf time.Time, now bool) *organisation {
	if in.Chart == nil || !now && in.Chart.Dated() < datedEnough {
		return nil
	}
	day := org.DayOf(asOf.Add(-time.Nanosecond))
	if in.orgDay != nil {
		day = *in.orgDay
	}
	snap := in.Chart.At(day)
	m := snap.Measure(in.bounds())
	if m.Engineers == 0 {
		return nil
	}
	o := &organisation{engineers: m.Engineers, people: m.People, whole: m.People > m.Engineers+m.Unclear, claims: snap.Claims(m), counted: map[string]float64{}}
	o.leaders = leadersOf(m)
	o.leadKnown = len(o.leaders) > 0 || !m.MayLead
	if m.Leader >= 0 && m.Lined > 0 {
		o.counted["direct_report"] = float64(m.Direct)
	}
	if len(m.Teams) > 0 {
		o.counted["team"] = float64(len(m.Teams))
	}
	if len(in.Chart.Document().Positions) > 0 {
		o.counted["open_position"] = float64(m.Open)
	}
	return o
}

// leadersOf are the roles that lead engineering as a whole. Where there is none of them, a
// head of engineering does.
func leadersOf(m org.Measures) (roles []string) {
	for _, role := range []string{"cto", "vpe", "technical_leader"} {
		if m.Roles[role] > 0 {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 && m.Roles["head_of_engineering"] > 0 {
		roles = append(roles, "head_of_engineering")
	}
	return roles
}

func (in Input) bounds() org.Bounds { return Bounds(in.Playbook) }

// Bounds are the thresholds by which structure is measured.
func Bounds(pb *playbook.Playbook) org.Bounds {
	bands := pb.Bands()
	return org.Bounds{FewestReports: bands["span"].Low, TeamLow: bands["team_size"].Low, TeamHigh: bands["team_size"].High}
}

// meetings of the board in a year, by its cadence.
var meetings = map[string]float64{"none": 0, "monthly": 12, "quarterly": 4, "half_yearly": 2, "yearly": 1}

// work is what is counted of leadership work: as the company says, or as its organisation
// document shows.
func (in Input) work(o *organisation, now bool) map[string]float64 {
	counted := map[string]float64{}
	if o != nil {
		maps.Copy(counted, o.counted)
	}
	if in.Document != nil && now {
		if k := in.Document.Company.BoardCadenceAt(in.AsOf, now); k.OK {
			counted["board_meeting"] = meetings[k.Value]
		}
		maps.Copy(counted, in.Document.Company.Workload)
	}
	return counted
}

// count puts what was counted in the place of what would follow from size. The more of
// the work is counted, the more the load lens says besides the stage lens.
func (m *model) count(work map[string]float64) {
	if len(work) == 0 || len(m.load) == 0 {
		return
	}
	m.counted = work
	counted := 0.0
	for _, a := range m.load {
		if _, ok := work[a.per]; ok {
			counted++
		}
	}
	share := counted / float64(len(m.load))
	m.cuts.estimated.Low += (1 - m.cuts.estimated.Low) * share
	m.cuts.estimated.High += (1 - m.cuts.estimated.High) * share
}
