package diagnosis

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/workspace"
)

// leaderRoles are paid as leaders.
var leaderRoles = []string{"cto", "vpe", "technical_leader", "head_of_engineering", "director", "chief_architect"}

// noEngineers are roles for which the playbook has no pay.
var noEngineers = []string{"product_manager", "designer", "other"}

// changeCosts are what hiring and leaving change. Who has a cost in the document, or in
// the step, counts with it; others with the assumption of their role.
func (in Input) changeCosts(v Variant) []cockpit.Fact {
	out := []cockpit.Fact{}
	c := in.Playbook.Verdict.Costs
	come, gone := in.payOf(v, onlyIn(v.Hired, v.Left)), in.payOf(v, onlyIn(v.Left, v.Hired))
	if come.people > 0 {
		out = append(out, come.fact("pay of who comes", "", c.EngineerPay.Why))
		if f := come.searchFact(c.SearchShare.Why); f.Value != "" {
			out = append(out, f)
		}
		out = append(out, cockpit.Fact{Label: "until full effect", Value: fmt.Sprintf("%.0f to %.0f months", c.HireMonths.Low+c.RampMonths.Low, c.HireMonths.High+c.RampMonths.High), Origin: "assumed", Note: c.HireMonths.Why})
	}
	if gone.people > 0 {
		out = append(out, gone.fact("pay of who leaves", " less", c.EngineerPay.Why))
	}
	return out
}

// onlyIn are those of some who are not among others: who comes and goes in one scenario
// changes nothing.
func onlyIn(some, others []string) []string {
	return slices.DeleteFunc(slices.Clone(some), func(id string) bool { return slices.Contains(others, id) })
}

// pay is what people cost a year: as declared by currency, and as assumed.
type pay struct {
	people   int
	declared map[string]int64 // minor units by currency
	said     int              // people whose cost is declared
	assumed  Range            // thousand $
	leaders  int              // of those assumed: paid as leaders
	hands    int              // of those assumed: engineers
	others   int              // of those assumed: no engineers, and reckoned as such
	search   map[string]Range // thousands by currency, once
}

// apart is said of amounts in several currencies: there is no rate at which they could be
// added up.
const apart = "amounts in different currencies are not added up"

// dollar is the currency of what is assumed.
const dollar = "USD"

func (in Input) payOf(v Variant, ids []string) pay {
	c := in.Playbook.Verdict.Costs
	p := pay{declared: map[string]int64{}, search: map[string]Range{}}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	doc := v.Chart.Document()
	for i := range doc.People {
		if !wanted[doc.People[i].ID] {
			continue
		}
		p.people++
		job := org.JobAt(&doc.People[i], v.Day)
		one, code := rangeOf(c.EngineerPay), dollar
		switch {
		case job.Cost.Currency != "":
			p.said++
			code = job.Cost.Currency
			p.declared[code] += job.Cost.Minor
			one = Range{thousands(job.Cost.Minor, code), thousands(job.Cost.Minor, code)}
		case slices.Contains(leaderRoles, job.Role), slices.Contains(org.Executives, job.Role):
			one = Range{one.Low * c.LeaderPay.Low, one.High * c.LeaderPay.High}
			p.leaders++
			p.assumed = plus(p.assumed, one)
		default:
			if slices.Contains(noEngineers, job.Role) {
				p.others++
			} else {
				p.hands++
			}
			p.assumed = plus(p.assumed, one)
		}
		p.search[code] = plus(p.search[code], Range{one.Low * c.SearchShare.Low, one.High * c.SearchShare.High})
	}
	return p
}

func plus(a, b Range) Range { return Range{a.Low + b.Low, a.High + b.High} }

// fact says what of the pay is declared, and what is assumed of whom.
func (p pay) fact(label, less, why string) cockpit.Fact {
	f := cockpit.Fact{Label: label, Origin: "declared"}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(p.declared)) {
		parts = append(parts, thousandsOf(p.declared[code], code)+" a year"+less)
	}
	if p.said > 0 {
		parts[len(parts)-1] += " as declared"
		if p.said < p.people {
			parts[len(parts)-1] += fmt.Sprintf(" for %d of %d", p.said, p.people)
		}
	}
	if whom := p.whom(); whom != "" {
		f.Origin, f.Note = "assumed", why
		parts = append(parts, span(p.assumed, "thousand $ a year"+less)+" assumed for "+whom)
	}
	f.Value = strings.Join(parts, ", and ")
	if len(parts) > 1 && (len(p.declared) > 1 || p.declared[dollar] == 0) {
		f.Note = strings.TrimPrefix(f.Note+"; "+apart, "; ")
	}
	return f
}

// searchFact is what finding people costs, by the currency of their pay.
func (p pay) searchFact(why string) cockpit.Fact {
	f := cockpit.Fact{Label: "search", Origin: "assumed", Note: why}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(p.search)) {
		unit := "thousand " + code
		if code == dollar {
			unit = "thousand $"
		}
		if s := p.search[code]; s.High > 0 {
			parts = append(parts, span(s, unit)+" once")
		}
	}
	if f.Value = strings.Join(parts, ", and "); len(parts) > 1 {
		f.Note += "; " + apart
	}
	return f
}

// whom says of whom pay is assumed; "" when it is of nobody.
func (p pay) whom() string {
	var parts []string
	for _, part := range []struct {
		n          int
		one, words string
	}{{p.leaders, "a leader", "leaders"}, {p.hands, "an engineer", "engineers"}, {p.others, "one other as if an engineer", "others as if engineers"}} {
		switch {
		case part.n == 1:
			parts = append(parts, part.one)
		case part.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.words))
		}
	}
	return strings.Join(parts, " and ")
}

// thousandsOf is an amount of money in words.
func thousandsOf(minor int64, code string) string {
	return fmt.Sprintf("%.0f thousand %s", thousands(minor, code), code)
}

// thousands is an amount of money in thousands.
func thousands(minor int64, code string) float64 {
	units, ok := workspace.MinorUnits(code)
	if !ok { // no document holds such a currency
		return 0
	}
	return float64(minor) / float64(units) / 1000
}

// span is a range in words; one number where its ends look alike.
func span(r Range, unit string) string {
	if math.Round(r.Low) == math.Round(r.High) {
		return fmt.Sprintf("%.0f %s", r.Low, unit)
	}
	return fmt.Sprintf("%.0f to %.0f %s", r.Low, r.High, unit)
}
