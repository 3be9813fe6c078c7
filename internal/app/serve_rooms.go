package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/web"
)

// company is a place without its scope: what is judged is always the whole company.
func company(at web.Place) web.Place { return web.Place{AsOf: at.AsOf} }

// Diagnosis implements web.Company.
func (s *served) Diagnosis(ctx context.Context, at web.Place) (cockpit.Diagnosis, error) {
	return answered(ctx, s, "diagnosis", company(at), s.p.Diagnose)
}

// Brief implements web.Company.
func (s *served) Brief(ctx context.Context, at web.Place) (cockpit.Brief, error) {
	return current(ctx, s, "brief", company(at), func(ctx context.Context, _ cli.Scope) (cockpit.Brief, error) {
		in, err := s.briefInput(ctx, at)
		if err != nil {
			return cockpit.Brief{}, err
		}
		return cockpit.NewBrief(in), nil
	})
}

// briefInput is what is known of a day and of the week before.
func (s *served) briefInput(ctx context.Context, at web.Place) (in cockpit.BriefInput, err error) {
	now, before, err := s.week(ctx, at)
	if err != nil {
		return in, err
	}
	in = cockpit.BriefInput{Now: &now, Before: &before}
	if in.Agreement, err = s.agreement(ctx); err != nil {
		return in, err
	}
	drift, err := s.Drift(ctx, at)
	if err != nil {
		return in, err
	}
	records, err := s.Records(ctx, at)
	in.Drift, in.Records = &drift, records.Records
	return in, err
}

// week is the diagnosis of a day, and that of a week before.
func (s *served) week(ctx context.Context, at web.Place) (now, before cockpit.Diagnosis, err error) {
	if now, err = s.Diagnosis(ctx, at); err != nil {
		return now, before, err
	}
	before, err = s.Diagnosis(ctx, web.Place{AsOf: cockpit.WeekBefore(now.AsOf)})
	return now, before, err
}

// Records implements web.Company.
func (s *served) Records(ctx context.Context, at web.Place) (cockpit.RecordList, error) {
	return answered(ctx, s, "records", company(at), func(ctx context.Context, scope cli.Scope) (cockpit.RecordList, error) {
		return s.p.DecisionList(ctx, scope, "")
	})
}

// RecordCheck implements web.Company.
func (s *served) RecordCheck(ctx context.Context, at web.Place) (cockpit.RecordCheck, error) {
	return answered(ctx, s, "record check", company(at), s.p.DecisionCheck)
}

// Record implements web.Company.
func (s *served) Record(ctx context.Context, at web.Place, id string) (cockpit.RecordView, error) {
	return answered(ctx, s, "record "+id, company(at), func(ctx context.Context, scope cli.Scope) (cockpit.RecordView, error) {
		v, err := s.p.DecisionShow(ctx, scope, id)
		return v, notFound(err)
	})
}

// notFound turns what is wrong usage of a command into what is missing on a site.
func notFound(err error) error {
	if errors.Is(err, problem.Usage) {
		return problem.New(problem.Missing, problem.Hint(err), "%s", err.Error())
	}
	return err
}

// Explain implements web.Company.
func (s *served) Explain(ctx context.Context, at web.Place, what string) (cockpit.Explanation, error) {
	return answered(ctx, s, "explain "+what, company(at), func(ctx context.Context, scope cli.Scope) (cockpit.Explanation, error) {
		e, err := s.p.Explain(ctx, scope, what, factsShown)
		return e, notFound(err)
	})
}

// factsShown is how many facts a page lists under a metric.
const factsShown = 20

// Metric implements web.Company.
func (s *served) Metric(ctx context.Context, at web.Place, name string) (cockpit.MetricView, error) {
	s.asks(ctx, fmt.Sprint("metric ", name, at), func(ctx context.Context, s *served) { _, _ = s.Metric(ctx, at, name) })
	return answered(ctx, s, "metric "+name, at, func(ctx context.Context, scope cli.Scope) (cockpit.MetricView, error) {
		if d, err := definition(name); err == nil && s.isAnswered("part", at) {
			return s.metricOf(ctx, at, d)
		}
		v, err := s.p.Metric(ctx, scope, name, orCompany(at.Scope))
		return v, notFound(err)
	})
}

// metricOf is a metric of a part whose metrics are worked out already.
func (s *served) metricOf(ctx context.Context, at web.Place, d metric.Definition) (cockpit.MetricView, error) {
	one, err := s.part(ctx, at)
	if err != nil {
		return cockpit.MetricView{}, err
	}
	v := viewOf(d, one.set[d.Name], one.asOf, one.scopes)
	v.Lately = one.lately[d.Name]
	v.Skipped, err = answered(ctx, s, "skipped", company(at), func(ctx context.Context, scope cli.Scope) ([]cockpit.Skipped, error) {
		r, err := s.p.read(ctx, scope)
		if err != nil {
			return nil, err
		}
		_, skipped, err := r.sourceViews(ctx)
		return skipped, err
	})
	return v, err
}

// part is every metric of a part of the company.
type part struct {
	set    metric.Set
	asOf   time.Time
	scopes []string // that there are
	lately map[string]*cockpit.DeliveryNumber
}

func (s *served) part(ctx context.Context, at web.Place) (part, error) {
	return answered(ctx, s, "part", at, func(ctx context.Context, scope cli.Scope) (part, error) {
		r, err := s.p.read(ctx, scope)
		if err != nil {
			return part{}, err
		}
		scopes, err := r.scopes(ctx)
		if err != nil {
			return part{}, err
		}
		if !slices.Contains(scopes, orCompany(at.Scope)) {
			return part{}, problem.New(problem.Missing, "choose another part; a team has numbers when organisation.yaml says under ownership which whole repository is its own", "there is no part %q of the company", at.Scope)
		}
		set, err := r.evaluator(r.asOf, orCompany(at.Scope)).EvaluateAll(ctx)
		if err != nil {
			return part{}, err
		}
		lately := map[string]*cockpit.DeliveryNumber{}
		for name := range set {
			if lately[name], err = r.lately(ctx, orCompany(at.Scope), set, name); err != nil {
				return part{}, err
			}
		}
		return part{set, r.asOf, scopes, lately}, nil
	})
}

func orCompany(scope string) string {
	if scope == "" {
		return "company"
	}
	return scope
}

// Measures implements web.Company.
func (s *served) Measures(ctx context.Context, at web.Place) ([]cockpit.MetricLine, error) {
	s.asks(ctx, fmt.Sprint("measures", at), func(ctx context.Context, s *served) { _, _ = s.Measures(ctx, at) })
	return answered(ctx, s, "measures", at, func(ctx context.Context, _ cli.Scope) ([]cockpit.MetricLine, error) {
		one, err := s.part(ctx, at)
		if err != nil {
			return nil, err
		}
		var out []cockpit.MetricLine
		for _, series := range one.set {
			out = append(out, metricLine(series, one.asOf))
		}
		slices.SortFunc(out, func(a, b cockpit.MetricLine) int { return slices.Compare([]string{a.Name}, []string{b.Name}) })
		return out, nil
	})
}

// courseOf is how many buckets a list shows of a metric's course.
const courseOf = 52

// metricLine is the newest known value of a series.
func metricLine(s metric.Series, asOf time.Time) cockpit.MetricLine {
	d := s.Metric
	l := cockpit.MetricLine{Name: d.Name, Title: d.Title, Owner: d.Owner, Unit: d.Unit, Better: d.Better, People: d.People, Course: []*float64{}, Days: []string{}, Warnings: s.Warnings, Missing: s.Missing, Supply: s.Remedy()}
	for _, p := range s.Points[max(0, len(s.Points)-courseOf):] {
		l.Course, l.Days = append(l.Course, numberOf(p.Value)), append(l.Days, s.Day(p))
	}
	last, ok := s.Last()
	if !ok {
		if l.Missing == "" {
			l.Missing = "no value is known"
		}
		return l
	}
	l.Value, l.N, l.Of = numberOf(last.Value), last.N, s.Day(last)
	if over, outdated := s.Outdated(last); outdated {
		l.Warnings = append(slices.Clone(l.Warnings), "It is "+ageWords(over, asOf)+" old; nothing newer is known.")
	}
	if low, high, ok := signal.Interval(d, last.Value, last.N); ok {
		l.Low, l.High = &low, &high
	}
	for _, p := range s.Points {
		if !p.Start.After(last.Start.AddDate(-1, 0, 0)) {
			l.Before = numberOf(p.Value)
		}
	}
	return l
}

// ageWords is how long ago something was that is two weeks old at least: in whole months, or
// in weeks below three of them.
func ageWords(then, now time.Time) string {
	months := 0
	for !then.AddDate(0, months+1, 0).After(now) {
		months++
	}
	if months < 3 {
		return fmt.Sprintf("%d weeks", int(now.Sub(then).Hours()/24/7))
	}
	return fmt.Sprintf("%d months", months)
}

// numberOf is nil for what is not known.
func numberOf(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// Leader implements web.Company.
func (s *served) Leader(ctx context.Context, at web.Place, role string) (cockpit.Leader, error) {
	d, err := s.Diagnosis(ctx, at)
	if err != nil {
		return cockpit.Leader{}, err
	}
	lines, err := s.Measures(ctx, at)
	if err != nil {
		return cockpit.Leader{}, err
	}
	return cockpit.NewLeader(role, at.Scope, d, lines), nil
}

// Delivery implements web.Company.
func (s *served) Delivery(ctx context.Context, at web.Place) (cockpit.DeliveryRoom, error) {
	s.asks(ctx, fmt.Sprint("delivery", at), func(ctx context.Context, s *served) { _, _ = s.Delivery(ctx, at) })
	d, err := s.Diagnosis(ctx, at)
	if err != nil {
		return cockpit.DeliveryRoom{}, err
	}
	lines, err := s.Measures(ctx, at)
	if err != nil {
		return cockpit.DeliveryRoom{}, err
	}
	sprints, err := answered(ctx, s, "sprints", at, func(ctx context.Context, scope cli.Scope) (cockpit.Sprints, error) {
		return s.p.Sprints(ctx, scope, orCompany(at.Scope))
	})
	return cockpit.NewDeliveryRoom(d.AsOf, at.Scope, lines, d.Delivery, sprints.Sprints), err
}

// Forecast implements web.Company.
func (s *served) Forecast(ctx context.Context, at web.Place, q cockpit.ForecastQuestion) (cockpit.Forecast, error) {
	s.asks(ctx, fmt.Sprint("forecast", q, at), func(ctx context.Context, s *served) { _, _ = s.Forecast(ctx, at, q) })
	return answered(ctx, s, fmt.Sprintf("forecast %+v", q), at, func(ctx context.Context, scope cli.Scope) (cockpit.Forecast, error) {
		return s.p.Forecast(ctx, scope, forecastAsk(q, at.Scope, forecastTrials))
	})
}

// forecastTrials is how many futures a page plays.
const forecastTrials = 20_000
