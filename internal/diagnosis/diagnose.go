package diagnosis

import (
	"context"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Input is what a diagnosis rests on.
type Input struct {
	Document  *workspace.Document      // nil: nothing is declared
	Chart     *org.Chart               // nil: the organisation is not described
	Between   *cockpit.OrgBorders      // the same as a picture
	Borders   []signal.Claim           // what code says of teams, at the present
	Agreement *cockpit.AgreementHealth // how the agreement stands; nil: not looked at
	Playbook  *playbook.Playbook
	Evaluate  func(ctx context.Context, asOf time.Time, metrics ...string) (metric.Set, error)
	Over      func(ctx context.Context, d metric.Definition, from, until time.Time) (metric.Span, error) // of all facts of whole months together
	Deployed  func(ctx context.Context, from time.Time) (applications int, err error)
	AsOf      time.Time // exclusive
	Present   bool      // AsOf is the present: undated declarations hold
	Began     time.Time // the first fact
	Seed      uint64
	Draws     int
	NoPast    bool // the replay of the past is left out
	Program   string
	Sources   []cockpit.Source
	Skipped   []cockpit.Skipped

	orgDay *org.Day // of the chart, where it is not the day that is judged
}

// sight is everything that is known and judged at one date.
type sight struct {
	asOf       time.Time
	set        metric.Set
	co         company
	org        *organisation // nil: not known
	claims     map[string]signal.Claim
	judgements []playbook.Judgement
	model      model
	tally      tally
}

// volunteers says how strongly this looks like an open-source project, whose
// contributors are mostly no employees; 0 if it does not, or if the company says how
// many engineers it has or who leads them.
func (s sight) volunteers() float64 {
	c := s.claims["people.volunteers"]
	if c.State != signal.Present || !s.co.measured || s.co.leadKnown {
		return 0
	}
	return c.Strength
}

// see looks at one date.
func (in Input) see(ctx context.Context, asOf time.Time, now bool, draws int, metrics ...string) (sight, error) {
	s := sight{asOf: asOf}
	var err error
	if s.set, err = in.Evaluate(ctx, asOf, metrics...); err != nil {
		return s, err
	}
	s.claims = signal.Read(signal.Input{Series: s.set, AsOf: asOf, Bands: in.Playbook.Bands(), Seed: in.Seed})
	perCommitter := rangeOf(in.Playbook.Verdict.EngineersPerCommitter)
	s.org = in.organisation(asOf, now)
	s.co = readCompany(in.Document, s.org, s.set, asOf, now, perCommitter)
	strength := s.volunteers()
	if strength > 0 {
		employed := rangeOf(in.Playbook.Verdict.EmployedShare).towardsOne(strength)
		s.co = readCompany(in.Document, s.org, s.set, asOf, now, Range{perCommitter.Low * employed.Low, perCommitter.High * employed.High})
	}
	for _, c := range s.co.claims {
		s.claims[c.ID] = c
	}
	if s.org != nil {
		for _, c := range append(s.org.claims, in.Borders...) {
			s.claims[c.ID] = c
		}
	}
	s.model = build(in.Playbook, s.co, s.claims)
	s.model.count(in.work(s.org, now))
	s.claims["load.overload"] = in.overload(s.model, draws)
	s.judgements = in.Playbook.Judge(s.claims)
	s.model = s.model.weighed(s.judgements)
	if strength > 0 {
		s.model.discount(rangeOf(in.Playbook.Verdict.VolunteerWeight).towardsOne(strength))
	}
	s.tally = s.model.run(in.Seed, draws, 0)
	return s, nil
}

// overload is the claim that leadership work exceeds one person, from hours alone.
func (in Input) overload(m model, draws int) signal.Claim {
	c := undeclared("load.overload", "the size of the organisation", "give the path of a repository with history, or declare company.headcount").Claim
	c.Unit, c.Method = "chance", "hours of leadership work against one person's, drawn from the ranges of the playbook"
	if !m.engineers.known() {
		return c
	}
	t := m.run(in.Seed, draws, 0)
	c.Value, c.N, c.Lacks, c.How = t.share(func(o outcome) bool { return o.ratio > 1 }), draws, "", ""
	c.Sentence = fmt.Sprintf("in %d of 100 draws the work of leading engineering exceeds one person's week", ofHundred(c.Value))
	c.State = signal.Absent
	if c.Value >= in.Playbook.Bands()["overload_chance"].Low {
		c.State, c.Strength = signal.Present, c.Value
	}
	return c
}

// enough says why the evidence does not carry a call; "" if it does.
func (in Input) enough(s sight) string {
	known := 0
	for _, i := range s.model.indicators {
		if i.judged() && i.lens == playbook.LensSymptoms {
			known++
		}
	}
	_, confidence := s.tally.call()
	weeks := len(s.set["throughput"].Points)
	switch {
	case !s.model.engineers.known():
		return "the number of engineers is neither declared nor to be seen in commits"
	case weeks < s.model.cuts.fewestWeeks:
		return fmt.Sprintf("there are %d of the %d weeks of history that a call needs", weeks, s.model.cuts.fewestWeeks)
	case known < s.model.cuts.fewest:
		return fmt.Sprintf("a call needs %s symptoms that say something, and there %s %s", counted(s.model.cuts.fewest), are(known), counted(known))
	case confidence < s.model.cuts.floor:
		return fmt.Sprintf("no call is made by %d of 100 draws", ofHundred(s.model.cuts.floor))
	}
	return ""
}

// Run makes the whole diagnosis.
func Run(ctx context.Context, in Input) (cockpit.Diagnosis, error) {
	ctx, cancel := context.WithCancel(ctx)
	past := in.replay(ctx) // beside all that follows
	s, err := in.see(ctx, in.AsOf, in.Present, in.Draws)
	if err != nil {
		cancel()
		_, _ = past()
		return cockpit.Diagnosis{}, err
	}
	defer cancel()
	d := cockpit.Diagnosis{
		Schema: cockpit.DiagnosisSchema, AsOf: lastDay(in.AsOf), Program: in.Program, Company: "this organisation",
		Sources: in.Sources, Skipped: in.Skipped,
	}
	if in.Document != nil && in.Document.Company.Name != "" {
		d.Company = in.Document.Company.Name
	}
	d.Verdict = in.verdict(s)
	d.Lenses = in.lenses(s)
	d.Verdict.Disagree = disagreement(d.Lenses)
	d.Findings = in.findings(s)
	if d.Delivery, err = in.delivery(ctx, s); err != nil {
		cancel()
		_, _ = past()
		return cockpit.Diagnosis{}, err
	}
	d.Organisation = in.orgChart(in.AsOf, in.Present)
	d.Agreement = in.Agreement
	if s.org != nil {
		d.Structure = Structure(s.judgements)
	}
	if s.model.engineers.known() {
		d.WouldChange = in.wouldChange(s, d.Verdict.Call)
		d.Costs = in.costs(s)
	}
	d.Missing = in.missing(s, d.Verdict.Call)
	d.Charts = charts(s)
	d.Caveats = in.caveats(s)
	d.Assumptions = in.assumptions()
	d.Method = in.method()
	d.Definitions = definitions(s.set)
	points, err := past()
	if err != nil {
		return d, err
	}
	if !in.NoPast {
		d.History = in.history(points, s, d.Verdict)
	}
	d.Citations = in.citations(d)
	return d, nil
}

// lastDay is the last day before an exclusive instant.
func lastDay(asOf time.Time) string { return asOf.Add(-time.Nanosecond).Format(time.DateOnly) }
