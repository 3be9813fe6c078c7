package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
)

type named struct {
	Place
	Name string `path:"name" maxLength:"200"`
}

type identified struct {
	Place
	ID string `path:"id" maxLength:"500" doc:"Number, file name or path of the record."`
}

type listed struct {
	Place
	Page
}

type metricsIn struct {
	Everything
	Page
}

// explained says what is walked down; the grant is that of the diagnosis.
type explained struct {
	Place
	Of string `path:"of" maxLength:"200" doc:"verdict, a lens, a finding or a metric."`
}

// choice has what is not known left out; so numbers below zero, and words, stand for it.
type choice struct {
	Everything
	Kind       string  `query:"kind" maxLength:"60" doc:"The kind of decision, when it is known, such as vendors."`
	Reach      string  `query:"reach" enum:"team,several_teams,company," doc:"Whom it binds."`
	Horizon    float64 `query:"horizon_months" default:"-1" doc:"For how long."`
	Cost       float64 `query:"cost_thousands" default:"-1" doc:"What it costs, once and in the first year, in the agreement's currency."`
	Reversible string  `query:"reversible" enum:"yes,no," doc:"Whether it can be taken back."`
	Security   string  `query:"security" enum:"yes,no," doc:"Whether security is touched."`
	Compliance string  `query:"compliance" enum:"yes,no," doc:"Whether a compliance framework is touched."`
}

func (c choice) choice() cockpit.Choice {
	return cockpit.Choice{Kind: c.Kind, Reach: c.Reach, Horizon: known(c.Horizon), Cost: known(c.Cost), Reversible: yes(c.Reversible), Security: yes(c.Security), Compliance: yes(c.Compliance)}
}

func known(v float64) *float64 {
	if v < 0 {
		return nil
	}
	return &v
}

func yes(s string) *bool {
	if s == "" {
		return nil
	}
	is := s == "yes"
	return &is
}

type forecastIn struct {
	Place
	Items  string   `query:"items" maxLength:"20" doc:"Items that are left: 40, or 30-60."`
	Work   []string `query:"work,explode" maxItems:"20" doc:"A piece of work as NAME=ITEMS, in the place of items; repeated: one after the other."`
	By     string   `query:"by" format:"date" doc:"How many are finished by the end of this day."`
	Start  string   `query:"start" format:"date" doc:"The day on which the work begins; the day after the newest fact where it is left out."`
	Growth string   `query:"growth" maxLength:"30" doc:"Items that come in meanwhile: 0.5/week, or 0.1/item; a range is fine."`
	Split  string   `query:"split" maxLength:"20" doc:"How many items each becomes once it is begun: 1-1.5."`
	Focus  string   `query:"focus" maxLength:"10" doc:"Share of what is finished that goes into this work: 0.6 or 60%."`
	Of     string   `query:"of" enum:"changes,requests,issues" default:"changes" doc:"What an item is: a change that reaches the main line, a change request that is merged, or an issue that is done."`
}

// SourcesBody is where facts come from.
type SourcesBody struct {
	Paused  *time.Time        `json:"paused,omitempty" doc:"Since when sources are read only when somebody asks; left out while they are read in the background."`
	Sources []cockpit.Source  `json:"sources" nullable:"false"`
	Skipped []cockpit.Skipped `json:"skipped" nullable:"false"`
	Runs    []cockpit.Run     `json:"runs" nullable:"false" doc:"The newest readings of all sources, newest first, those before the server started too."`
}

// register is the map of the interface.
func (s *service) register() {
	get(s, "diagnosis", "/diagnosis", access.Diagnosis, "Which leader is needed, with evidence, doubts and what would change it",
		func(ctx context.Context, in *Place) (cockpit.Diagnosis, error) {
			return s.company.Diagnosis(ctx, in.at())
		})
	get(s, "explanation", "/explanations/{of}", access.Diagnosis, "From a judgement down to the facts that it rests on",
		func(ctx context.Context, in *explained) (cockpit.Explanation, error) {
			e, err := s.company.Explain(ctx, in.at(), in.Of)
			if err == nil && e.People {
				err = s.aboutPeople(ctx, "", "explanation of "+e.Of) // its facts are those of the whole company
			}
			if err != nil {
				return cockpit.Explanation{}, err
			}
			return e, nil
		})
	get(s, "metrics", "/metrics", access.Delivery, "The catalogue of metrics, by name",
		func(ctx context.Context, in *metricsIn) (List[cockpit.MetricSummary], error) {
			all, err := s.company.Metrics(ctx)
			if err != nil {
				return List[cockpit.MetricSummary]{}, err
			}
			all = slices.SortedFunc(slices.Values(all), func(a, b cockpit.MetricSummary) int { return strings.Compare(a.Name, b.Name) })
			return cut(all, in.Page, func(m cockpit.MetricSummary) string { return m.Name })
		})
	get(s, "metric", "/metrics/{name}", access.Delivery, "One metric for a part of the company: meaning, course, doubts",
		func(ctx context.Context, in *named) (cockpit.MetricView, error) {
			v, err := s.company.Metric(ctx, in.at(), in.Name)
			if err == nil && v.People {
				err = s.aboutPeople(ctx, in.Scope, "metric "+v.Definition.Name+" of "+v.Scope)
			}
			if err != nil {
				return cockpit.MetricView{}, err
			}
			if all, err := s.gate.May(ctx, viewerOf(ctx), access.Delivery, ""); !all { // the names of others' parts
				v.Scopes = []string{v.Scope}
				return v, err
			}
			return v, nil
		})
	get(s, "forecast", "/forecast", access.Forecast, "When work will be finished, with the record of such forecasts",
		func(ctx context.Context, in *forecastIn) (cockpit.Forecast, error) {
			q := cockpit.ForecastQuestion{Items: in.Items, Work: in.Work, By: in.By, Start: in.Start, Growth: in.Growth, Split: in.Split, Focus: in.Focus, Of: in.Of}
			if q.Nothing() {
				return cockpit.Forecast{}, problem.New(problem.Usage, "ask for items=40, or by=2027-01-31", "nothing is asked")
			}
			return s.company.Forecast(ctx, in.at(), q)
		})
	get(s, "organisation", "/organisation", access.Organisation, "Who works where and for whom on a day, and what the structure needs",
		func(ctx context.Context, in *Place) (cockpit.Organisation, error) {
			return s.company.Organisation(ctx, in.at())
		})
	get(s, "agreement", "/agreement", access.Agreement, "The agreement between the two leaders",
		func(ctx context.Context, _ *Everything) (cockpit.Agreement, error) { return s.company.Agreement(ctx) })
	get(s, "drift", "/agreement/drift", access.Agreement, "Who decided, against who was to decide",
		func(ctx context.Context, in *Place) (cockpit.Drift, error) { return s.company.Drift(ctx, in.at()) })
	get(s, "who-decides", "/agreement/decides", access.Agreement, "Who decides this, who is consulted, by when",
		func(ctx context.Context, in *choice) (cockpit.Ruling, error) {
			return s.company.WhoDecides(ctx, in.choice())
		})
	get(s, "decisions", "/decisions", access.Decisions, "Decision records, by repository and path",
		func(ctx context.Context, in *listed) (List[cockpit.RecordSummary], error) {
			all, err := s.company.Records(ctx, in.at())
			if err != nil {
				return List[cockpit.RecordSummary]{}, err
			}
			key := func(r cockpit.RecordSummary) string { return r.Repository + "\x00" + r.Path }
			records := slices.SortedFunc(slices.Values(all.Records), func(a, b cockpit.RecordSummary) int { return strings.Compare(key(a), key(b)) })
			return cut(records, in.Page, key)
		})
	get(s, "decision", "/decisions/{id}", access.Decisions, "One decision record with its history",
		func(ctx context.Context, in *identified) (cockpit.RecordView, error) {
			return s.company.Record(ctx, in.at(), in.ID)
		})
	get(s, "sources", "/sources", access.Data, "Where facts come from, how fresh they are, and what could not be read",
		func(ctx context.Context, _ *Everything) (SourcesBody, error) {
			body, err := s.company.Sources(ctx)
			body.Sources, body.Skipped, body.Runs = orEmpty(body.Sources), orEmpty(body.Skipped), orEmpty(body.Runs)
			return body, err
		})
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
