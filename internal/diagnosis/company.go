package diagnosis

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// company is what is known of the company at a date, declared or measured.
type company struct {
	engineers Range
	measured  bool // from commits rather than declared
	active    float64
	people    Range
	revenue   Range // M$
	round     int
	leaders   []string
	leadKnown bool
	claims    []signal.Claim
}

// dollars are rough ranges of what a currency's unit was worth in US dollars over the
// last years; revenue bands are so wide that no better rate is needed.
var dollars = map[string]Range{
	"USD": {1, 1}, "EUR": {1.0, 1.2}, "GBP": {1.2, 1.4}, "CHF": {1.05, 1.25}, "CAD": {0.7, 0.8}, "AUD": {0.62, 0.75}, "NZD": {0.55, 0.7},
	"SEK": {0.09, 0.11}, "NOK": {0.09, 0.11}, "DKK": {0.13, 0.16}, "PLN": {0.22, 0.28}, "CZK": {0.04, 0.05}, "JPY": {0.0062, 0.0085},
	"INR": {0.0115, 0.0135}, "CNY": {0.135, 0.155}, "SGD": {0.72, 0.78}, "HKD": {0.127, 0.129}, "BRL": {0.16, 0.22}, "MXN": {0.048, 0.06},
	"ILS": {0.26, 0.32}, "ZAR": {0.052, 0.065}, "KRW": {0.00068, 0.00085}, "AED": {0.27, 0.273},
}

// readCompany gathers what is declared and measured for a date. now means that the
// date is the present, for which undated values hold too. perCommitter is how many
// engineers stand behind one who commits regularly, where headcount is not declared.
func readCompany(doc *workspace.Document, described *organisation, set metric.Set, asOf time.Time, now bool, perCommitter Range) company {
	c := company{round: -1}
	if doc == nil {
		doc = workspace.New()
	}
	engineers, people := doc.Company.HeadcountAt(asOf, now)
	if described != nil && !engineers.OK {
		engineers = workspace.Is(described.engineers)
	}
	if described != nil && !people.OK && described.whole {
		people = workspace.Is(described.people)
	}
	if p, ok := set["active_engineers"].Last(); ok && p.Value > 0 {
		c.active = p.Value
	}
	switch {
	case engineers.OK:
		c.engineers = Range{float64(engineers.Value), float64(engineers.Value)}
	case c.active > 0:
		c.engineers = Range{math.Max(1, c.active*perCommitter.Low), math.Max(1, c.active*perCommitter.High)}
		c.measured = true
	}
	if people.OK {
		c.people = Range{float64(people.Value), float64(people.Value)}
	}
	if r := doc.Company.RevenueAt(asOf, now); r.OK {
		c.revenue = inMillions(r.Value.ARR)
	}
	if f := doc.Company.FundingAt(asOf, now); f.OK {
		c.round = roundIndex(f.Value.Stage)
	}
	if c.leaders, c.leadKnown = doc.LeadersAt(asOf, now); !c.leadKnown && described != nil {
		c.leaders, c.leadKnown = described.leaders, described.leadKnown
	}
	c.claims = append(c.numbers(engineers.OK), c.declared(doc.Company, asOf, now)...)
	return c
}

func inMillions(m workspace.Money) Range {
	rate, ok := dollars[m.Currency]
	if !ok {
		return Range{}
	}
	thousand := thousands(m.Minor, m.Currency)
	return Range{thousand * rate.Low / 1e3, thousand * rate.High / 1e3}
}

func (c company) numbers(declared bool) []signal.Claim {
	e := undeclared("company.engineers", "the number of engineers", "company:\n  headcount:\n    - {date: 2026-01-01, engineers: 42, people: 110}")
	e.Unit = "engineers"
	if c.engineers.known() {
		e.State, e.Value, e.Low, e.High = signal.Present, (c.engineers.Low+c.engineers.High)/2, c.engineers.Low, c.engineers.High
		e.Sentence = signal.Count(e.Value, "engineers")
		if !declared {
			e.Metric, e.Method = "active_engineers", "people who commit regularly, and a range for those whom commits do not show"
			e.Sentence = fmt.Sprintf("%s committing regularly; %.0f to %s", signal.Count(c.active, "people"), e.Low, signal.Count(e.High, "engineers"))
			e.Lacks = "the headcount is not declared; it is taken from commits"
		}
	}
	r := undeclared("company.revenue", "annual recurring revenue", "company:\n  revenue:\n    - {date: 2026-01-01, arr: 4500000, currency: EUR}")
	r.Unit = "M$ a year"
	if c.revenue.known() {
		r.State, r.Value, r.Low, r.High = signal.Present, (c.revenue.Low+c.revenue.High)/2, c.revenue.Low, c.revenue.High
		r.Sentence = fmt.Sprintf("annual recurring revenue of about %.1f M$", r.Value)
	}
	f := undeclared("company.funding", "the stage of funding", "company:\n  funding:\n    - {date: 2026-01-01, stage: series_a}")
	f.Unit = "round"
	if c.round >= 0 {
		f.State, f.Value = signal.Absent, float64(c.round)
		if c.round >= roundIndex("series_b") {
			f.State, f.Strength = signal.Present, 1
		}
		f.Sentence = "the stage of funding is " + strings.ReplaceAll(rounds[c.round], "_", " ")
	}
	return []signal.Claim{e.Claim, r.Claim, f.Claim}
}

// declared are the conditions that the company states as true or not.
func (c company) declared(co workspace.Company, asOf time.Time, now bool) []signal.Claim {
	fit := undeclared("company.market_fit", "whether the product has found its market", "company:\n  product_market_fit: 2024-06-01   # or not_yet")
	if k := co.MarketFitAt(asOf, now); k.OK {
		fit = fit.is(k.Value, "the product has found its market", "the product has not found its market yet")
	}
	ent := undeclared("company.enterprise", "whether it sells to enterprises", "company:\n  enterprise_sales: {since: 2025-01-01}   # or false")
	if k := co.EnterpriseAt(asOf, now); k.OK {
		ent = ent.is(k.Value, "the company sells to enterprises", "the company does not sell to enterprises")
	}
	comp := undeclared("company.compliance", "which compliance regimes it must meet", "company:\n  compliance: [soc2]   # [] for none")
	if k := co.ComplianceAt(asOf, now); k.OK {
		var names []string
		for _, r := range k.Value {
			names = append(names, r.Name)
		}
		comp = comp.is(len(names) > 0, "compliance: "+strings.Join(names, ", "), "no compliance regime applies")
		comp.Value = float64(len(names))
	}
	board := undeclared("company.board", "how often the board meets", "company:\n  board_cadence: quarterly   # none, monthly, quarterly, half_yearly, yearly")
	if k := co.BoardCadenceAt(asOf, now); k.OK {
		often := k.Value == "monthly" || k.Value == "quarterly"
		board = board.is(often, "the board meets "+k.Value, "the board meets seldom or not at all")
	}
	return []signal.Claim{fit.Claim, ent.Claim, comp.Claim, board.Claim}
}

// statement is a claim about what a company declares.
type statement struct{ signal.Claim }

func undeclared(id, what, yaml string) statement {
	nan := math.NaN()
	return statement{signal.Claim{ID: id, State: signal.Unknown, Value: nan, Low: nan, High: nan, Method: "declared in diarchy.yaml", Lacks: what + " is not declared", How: yaml}}
}

func (s statement) is(yes bool, present, absent string) statement {
	s.State, s.Sentence, s.N, s.Value, s.Lacks = signal.Absent, absent, 1, 0, ""
	if yes {
		s.State, s.Strength, s.Sentence, s.Value = signal.Present, 1, present, 1
	}
	return s
}
