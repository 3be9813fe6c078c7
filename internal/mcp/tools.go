package mcp

import (
	"context"
	"slices"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
)

// scoped is a question about a part of the company.
type scoped interface{ scope() string }

// Place is what most questions take.
type Place struct {
	Scope string `json:"scope,omitempty" jsonschema:"part of the company: company (default), group:NAME, team:NAME, repository:NAME"`
	AsOf  string `json:"as_of,omitempty" jsonschema:"last day of which anything is known, YYYY-MM-DD; default the newest"`
}

func (p Place) scope() string {
	if p.Scope == "" {
		return "company"
	}
	return p.Scope
}

func (p Place) at() cockpit.At { return cockpit.At{Scope: p.scope(), AsOf: p.AsOf} }

// Named asks about one thing.
type Named struct {
	Place
	Name string `json:"name" jsonschema:"its name"`
}

// Nothing takes no parameters.
type Nothing struct{}

func (Nothing) scope() string { return "company" }

// Question is about who decides; what is left out is unknown.
type Question struct {
	Nothing
	Kind       string   `json:"kind,omitempty" jsonschema:"the kind of decision when it is known, such as vendors"`
	Reach      string   `json:"reach,omitempty" jsonschema:"whom it binds: team, several_teams or company"`
	Horizon    *float64 `json:"horizon_months,omitempty" jsonschema:"for how many months"`
	Cost       *float64 `json:"cost_thousands,omitempty" jsonschema:"what it costs, once and in the first year, in thousands"`
	Reversible *bool    `json:"reversible,omitempty" jsonschema:"whether it can be taken back"`
	Security   *bool    `json:"security,omitempty" jsonschema:"whether security is touched"`
	Compliance *bool    `json:"compliance,omitempty" jsonschema:"whether a compliance framework is touched"`
}

// Work is asked about when it will be done.
type Work struct {
	Place
	Items  string   `json:"items,omitempty" jsonschema:"items that are left: 40, or 30-60"`
	Work   []string `json:"work,omitempty" jsonschema:"in the place of items: pieces that are done one after the other, each as NAME=ITEMS"`
	By     string   `json:"by,omitempty" jsonschema:"how many are finished by the end of this day, YYYY-MM-DD"`
	Start  string   `json:"start,omitempty" jsonschema:"day on which the work begins, YYYY-MM-DD"`
	Growth string   `json:"growth,omitempty" jsonschema:"items that come in meanwhile: 0.5/week, or 0.1/item"`
	Split  string   `json:"split,omitempty" jsonschema:"how many items each becomes once it is begun: 1-1.5"`
	Focus  string   `json:"focus,omitempty" jsonschema:"share of what is finished that goes into this work: 60%"`
	Of     string   `json:"of,omitempty" jsonschema:"what an item is: changes (on the main line), requests or issues"`
}

// Verdict is the diagnosis in short.
type Verdict struct {
	AsOf        string             `json:"as_of"`
	Verdict     cockpit.Verdict    `json:"verdict"`
	Lenses      []cockpit.Lens     `json:"lenses"`
	Findings    []cockpit.Finding  `json:"findings_present"`
	Unknown     []string           `json:"findings_unknown"`
	WouldChange []cockpit.Change   `json:"would_change"`
	Missing     []cockpit.Missing  `json:"missing"`
	Caveats     []string           `json:"caveats"`
	Citations   []cockpit.Citation `json:"citations"`
}

// Structure is what the organisation needs, without its people.
type Structure struct {
	AsOf    string            `json:"as_of"`
	Summary string            `json:"summary"`
	Facts   []cockpit.Fact    `json:"facts"`
	Needs   []cockpit.Finding `json:"needs"`
	Teams   []cockpit.OrgTeam `json:"teams"`
	Missing []cockpit.Missing `json:"missing"`
}

func (s *service) register() {
	tool(s, "which_leader", "Which leader is needed", "Whether the company needs a CTO, a VP of Engineering or both, which first and when: with confidence, the lenses behind it, what was found, what would change it and what is missing.", access.Diagnosis,
		func(ctx context.Context, in Place) (Verdict, error) {
			d, err := s.company.Diagnosis(ctx, in.at())
			return verdict(d), err
		})
	tool(s, "explain", "Why", "Walks from the verdict, a lens (stage, symptoms, load), a finding (N6, N7, ...) or a metric down to the facts.", access.Diagnosis,
		func(ctx context.Context, in Named) (cockpit.Explanation, error) {
			e, err := s.company.Explain(ctx, in.at(), in.Name)
			if err == nil && e.People {
				err = s.aboutPeople(ctx, "", "explanation of "+e.Of)
			}
			if err != nil {
				return cockpit.Explanation{}, err
			}
			return e, nil
		})
	tool(s, "list_metrics", "Which metrics there are", "The catalogue of metrics with units and owners.", access.Delivery,
		func(ctx context.Context, _ Nothing) ([]cockpit.MetricSummary, error) { return s.company.Metrics(ctx) })
	tool(s, "metric", "How a metric went", "One metric for a part of the company: its definition, points, limits, warnings, how it can be gamed. Never of a person.", access.Delivery,
		func(ctx context.Context, in Named) (cockpit.MetricView, error) {
			v, err := s.company.Metric(ctx, in.at(), in.Name)
			if err == nil && v.People {
				err = s.aboutPeople(ctx, in.scope(), "metric "+v.Definition.Name+" of "+v.Scope)
			}
			if err != nil {
				return cockpit.MetricView{}, err
			}
			return v, nil
		})
	tool(s, "when_done", "When will it be done", "Dates by which work is finished with chances of 50, 70, 85 and 95 %, or how much by a date, with the record of such forecasts. Refuses where the past is too thin.", access.Forecast,
		func(ctx context.Context, in Work) (cockpit.Forecast, error) {
			q := cockpit.ForecastQuestion{Items: in.Items, Work: in.Work, By: in.By, Start: in.Start, Growth: in.Growth, Split: in.Split, Focus: in.Focus, Of: in.Of}
			if q.Nothing() {
				return cockpit.Forecast{}, problem.New(problem.Usage, "say items, work or by", "nothing is asked")
			}
			return s.company.Forecast(ctx, in.at(), q)
		})
	tool(s, "who_decides", "Who decides this", "Who decides a choice, who is consulted and informed, by when, and where it goes when they disagree, with the rule that says so.", access.Agreement,
		func(ctx context.Context, in Question) (cockpit.Ruling, error) {
			return s.company.WhoDecides(ctx, cockpit.Choice{Kind: in.Kind, Reach: in.Reach, Horizon: in.Horizon, Cost: in.Cost, Reversible: in.Reversible, Security: in.Security, Compliance: in.Compliance})
		})
	tool(s, "drift", "Who decided against who was to", "Where decisions were made by others than the agreement says, with the decisions.", access.Agreement,
		func(ctx context.Context, in Place) (cockpit.Drift, error) { return s.company.Drift(ctx, in.at()) })
	tool(s, "open_decisions", "Decisions that wait", "Decision records that are proposed and not decided, or whose findings ask for something, with how long they wait.", access.Decisions,
		func(ctx context.Context, in Place) (cockpit.RecordList, error) {
			l, err := s.company.Records(ctx, in.at())
			l.Records = slices.DeleteFunc(slices.Clone(l.Records), func(r cockpit.RecordSummary) bool { return r.Status != "proposed" && len(r.Flags) == 0 })
			return l, err
		})
	tool(s, "structure", "What the structure needs", "Spans, layers, teams and what the structure of the organisation needs on a day. Names no person.", access.Organisation,
		func(ctx context.Context, in Place) (Structure, error) {
			o, err := s.company.Organisation(ctx, in.at())
			return Structure{o.AsOf, o.Summary, o.Facts, o.Needs, o.Teams, o.Missing}, err
		})
}

// verdict leaves out of a diagnosis what an assistant can ask for by itself.
func verdict(d cockpit.Diagnosis) Verdict {
	v := Verdict{AsOf: d.AsOf, Verdict: d.Verdict, Lenses: d.Lenses, WouldChange: d.WouldChange, Missing: d.Missing, Caveats: d.Caveats, Citations: d.Citations, Findings: []cockpit.Finding{}, Unknown: []string{}}
	for _, f := range d.Findings {
		switch f.State {
		case cockpit.Present:
			v.Findings = append(v.Findings, f)
		case cockpit.Unknown:
			v.Unknown = append(v.Unknown, f.ID+" "+f.Title)
		}
	}
	return v
}
