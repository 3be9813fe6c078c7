package app

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
)

// Metrics implements cli.Actions.
func (p *program) Metrics() ([]cockpit.MetricSummary, error) {
	defs, err := metric.Catalogue()
	if err != nil {
		return nil, err
	}
	var out []cockpit.MetricSummary
	for _, d := range defs {
		out = append(out, cockpit.MetricSummary{Name: d.Name, Title: d.Title, Owner: d.Owner, Unit: d.Unit, Grain: d.Grain, Cites: d.Cites})
	}
	return out, nil
}

// definition finds a metric by its name, or by its title, however they are written.
func definition(name string) (metric.Definition, error) {
	defs, err := metric.Catalogue()
	if err != nil {
		return metric.Definition{}, err
	}
	for _, d := range defs {
		if normal(name) == normal(d.Name) || normal(name) == normal(d.Title) {
			return d, nil
		}
	}
	return metric.Definition{}, problem.New(problem.Usage, "see diarchy metric list", "there is no metric %q", name)
}

// Metric implements cli.Actions.
func (p *program) Metric(ctx context.Context, scope cli.Scope, name, of string) (cockpit.MetricView, error) {
	d, err := definition(name)
	if err != nil {
		return cockpit.MetricView{}, err
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return cockpit.MetricView{}, err
	}
	defer r.close()
	scopes, err := r.scopes(ctx)
	if err != nil {
		return cockpit.MetricView{}, err
	}
	if !slices.Contains(scopes, of) {
		return cockpit.MetricView{}, problem.New(problem.Usage, "use one of "+strings.Join(scopes, ", "), "there is no scope %q", of)
	}
	set, err := r.evaluator(r.asOf, of).EvaluateAll(ctx, d.Name, diagnosis.CoveredBy(d.Name))
	if err != nil {
		return cockpit.MetricView{}, err
	}
	v := viewOf(d, set[d.Name], r.asOf, scopes)
	if v.Lately, err = r.lately(ctx, of, set, d.Name); err != nil {
		return cockpit.MetricView{}, err
	}
	_, v.Skipped, err = r.sourceViews(ctx)
	return v, err
}

// lately is one of DORA's five over its newest facts.
func (r *reading) lately(ctx context.Context, of string, set metric.Set, name string) (*cockpit.DeliveryNumber, error) {
	e := r.evaluator(r.asOf, of)
	return diagnosis.Input{AsOf: r.asOf, Playbook: r.playbook, Over: e.Over, Deployed: e.Deployed}.Lately(ctx, set, set[name])
}

// viewOf is a series of one of the scopes that there are.
func viewOf(d metric.Definition, s metric.Series, asOf time.Time, scopes []string) cockpit.MetricView {
	v := view(d, s, asOf, slices.DeleteFunc(slices.Clone(scopes), func(of string) bool { return !d.CountedBy(of) }))
	if !d.CountedBy(s.Scope) {
		v.Missing, v.Supply = "it is not counted by application", "diarchy metric show "+d.Name+" --of repository:NAME"
	}
	return v
}

func view(d metric.Definition, s metric.Series, asOf time.Time, scopes []string) cockpit.MetricView {
	v := cockpit.MetricView{Schema: "diarchy/metric/v1", Definition: diagnosis.Define(d), Grain: d.Grain, Nulls: d.Nulls, Supply: s.Remedy(), People: d.People, Scope: s.Scope,
		AsOf: asOf.Add(-time.Nanosecond).In(s.Zone).Format(time.DateOnly), Points: []cockpit.MetricPoint{}, Items: []cockpit.Fact{}, Warnings: s.Warnings, Missing: s.Missing, Scopes: scopes}
	for _, p := range s.Points {
		point := cockpit.MetricPoint{Start: s.Day(p), N: p.N}
		if !math.IsNaN(p.Value) {
			value := p.Value
			point.Value = &value
		}
		if low, high, ok := signal.Interval(d, p.Value, p.N); ok {
			point.Low, point.High, v.Interval = &low, &high, signal.IntervalName
		}
		v.Points = append(v.Points, point)
	}
	chart, ok, why := signal.Limits(s)
	if why != "" {
		v.Warnings = append(slices.Clip(v.Warnings), why)
	}
	if ok {
		v.Limits = &cockpit.Limits{Center: chart.Center, Lower: chart.Lower, Upper: chart.Upper, N: chart.N, Outside: []string{}}
		if !chart.Since.IsZero() {
			v.Limits.Since = s.Day(metric.Point{Start: chart.Since})
		}
		for _, p := range chart.Outside {
			v.Limits.Outside = append(v.Limits.Outside, s.Day(p))
		}
	}
	for _, i := range s.Items {
		v.Items = append(v.Items, cockpit.Fact{Label: shortFile(i.Name), Note: i.Note})
	}
	return v
}

// shortFile cuts a repository's long id before a path.
func shortFile(name string) string {
	if id, path, ok := strings.Cut(name, ":"); ok && len(id) >= 40 {
		return path
	}
	return name
}

func (r *reading) scopes(ctx context.Context) ([]string, error) {
	rows, err := r.store.Query(ctx, "SELECT scope FROM scope_repository UNION SELECT scope FROM scope_application UNION SELECT scope FROM scope_project UNION SELECT scope FROM scope_person ORDER BY scope")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
