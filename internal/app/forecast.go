package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/forecast"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
)

// Forecast implements cli.Actions.
func (p *program) Forecast(ctx context.Context, scope cli.Scope, ask cli.ForecastAsk) (cockpit.Forecast, error) {
	none := cockpit.Forecast{}
	if _, err := plan(ask, time.Time{}); err != nil { // before anything is read
		return none, err
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return none, err
	}
	defer r.close()
	scopes, err := r.scopes(ctx)
	if err != nil {
		return none, err
	}
	if !slices.Contains(scopes, ask.Scope) {
		return none, problem.New(problem.Usage, "use one of "+strings.Join(slices.DeleteFunc(scopes, func(s string) bool { return strings.HasPrefix(s, "application:") }), ", "), "there is no scope %q", ask.Scope)
	}
	local := r.asOf.In(r.zone())
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	asked, err := plan(ask, day)
	if err != nil {
		return none, err
	}
	asked.Seed = uint64(r.settings.Seed)
	work, err := workOf(ask.Of, r.evaluator(r.asOf, ask.Scope))
	if err != nil {
		return none, err
	}
	v := cockpit.Forecast{Schema: cockpit.ForecastSchema, Scope: ask.Scope, AsOf: day.AddDate(0, 0, -1).Format(time.DateOnly), Start: asked.Start.Format(time.DateOnly),
		Pieces: []cockpit.ForecastPiece{}, Record: cockpit.ForecastRecord{Scores: []cockpit.ForecastScore{}}, Assumed: assumed(asked), Warnings: r.staleForecast(day, ask), Trials: asked.Trials, Seed: asked.Seed}
	_, v.Unit = work.Unit()
	if strings.HasPrefix(ask.Scope, "application:") {
		refuse(&v, "uncounted", work.many+" are not counted by application", "ask for a repository, a team, a group or the company", "diarchy forecast --scope repository:NAME")
	} else if err := forecastWork(ctx, work, r.asOf, asked, &v); err != nil {
		return none, err
	}
	_, v.Skipped, err = r.sourceViews(ctx)
	return v, err
}

// forecastAsk is a question as the command line asks it; scope "" is the company.
func forecastAsk(q cockpit.ForecastQuestion, scope string, trials int) cli.ForecastAsk {
	return cli.ForecastAsk{Items: q.Items, Work: q.Work, By: q.By, Start: q.Start, Growth: q.Growth, Split: q.Split, Focus: q.Focus, Of: q.Of, Scope: orCompany(scope), Trials: trials}
}

// zone is the company's.
func (s *session) zone() *time.Location {
	if s.doc == nil {
		return time.UTC
	}
	return s.doc.Company.TimeZone
}

// staleForecast warns when what is known ends long before today.
func (r *reading) staleForecast(day time.Time, ask cli.ForecastAsk) []string {
	if days := int(r.now().Sub(day).Hours() / 24); days > 14 && r.scope.AsOf == "" && ask.Start == "" {
		return []string{fmt.Sprintf("what is known ends on %s, %d days ago: the forecast starts the day after; fetch what is new, or say --start", day.AddDate(0, 0, -1).Format(time.DateOnly), days+1)}
	}
	return []string{}
}

// forecastWork fills in the answer, or why there is none.
func forecastWork(ctx context.Context, work counted, asOf time.Time, asked forecast.Plan, v *cockpit.Forecast) error {
	weeks, err := work.Finished(ctx, asOf)
	if err != nil {
		return err
	}
	days, err := work.Days(ctx, asOf)
	if err != nil {
		return err
	}
	h := forecast.NewHistory(weeks, days)
	a, err := forecast.Forecast(h, asked)
	var refusal forecast.Refusal
	if errors.As(err, &refusal) {
		why := refusal.Why
		if len(weeks) == 0 {
			why = "no " + work.one + " was finished so far"
		}
		refuse(v, refusal.Kind, why, refusal.Missing, work.supplies(refusal.Kind, len(weeks)))
		return nil
	}
	if err != nil {
		return err
	}
	return showAnswer(h, asked, a, v)
}

func refuse(v *cockpit.Forecast, kind, why, missing, supply string) {
	v.Refused = &cockpit.ForecastRefusal{Kind: kind, Why: why, Missing: missing, Supply: supply}
	v.Headline, v.Summary = "No forecast", "No forecast: "+why+"; "+missing+"."
}

// supplies is what may supply what a forecast lacks that found so many weeks.
func (c counted) supplies(kind string, weeks int) string {
	if c.metric == "throughput" {
		switch kind {
		case forecast.Short, forecast.Thin:
			return "git fetch --unshallow   # in a clone that lacks its past\ndiarchy forecast --scope company   # a scope in which more is finished"
		case forecast.Stopped:
			return "git fetch   # in each clone"
		}
		return ""
	}
	if weeks == 0 {
		if d, err := definition(c.metric); err == nil {
			return d.Supply
		}
	}
	switch kind {
	case forecast.Short, forecast.Thin:
		return "diarchy forecast --scope company --of " + c.of + "   # a scope in which more is finished"
	case forecast.Stopped:
		return "diarchy doctor   # whether the system still answers"
	}
	return ""
}

// counted is work counted by what a metric says is finished each week.
type counted struct {
	metric.Evaluator
	of, metric string
	one, many  string
}

var _ forecast.Work = counted{}

// workOf is work counted in what --of names.
func workOf(of string, e metric.Evaluator) (counted, error) {
	switch of {
	case "", "changes": // that reach the main line
		return counted{e, of, "throughput", "change", "changes"}, nil
	case "requests":
		return counted{e, of, "request_throughput", "change request", "change requests"}, nil
	case "issues":
		return counted{e, of, "issue_throughput", "issue", "issues"}, nil
	}
	return counted{}, problem.WrongInput("of", "use one of changes, requests, issues", "%q is nothing that is counted", of)
}

// Unit implements forecast.Work.
func (c counted) Unit() (one, many string) { return c.one, c.many }

// Finished implements forecast.Work.
func (c counted) Finished(ctx context.Context, asOf time.Time) ([]forecast.Week, error) {
	c.AsOf = asOf
	set, err := c.EvaluateAll(ctx, c.metric)
	if err != nil {
		return nil, err
	}
	points := set[c.metric].Points
	for len(points) > 0 && math.IsNaN(points[len(points)-1].Value) { // after the last reading
		points = points[:len(points)-1]
	}
	var out []forecast.Week
	for _, p := range points {
		if math.IsNaN(p.Value) {
			return nil, fmt.Errorf("%s of the week of %s is not known", c.metric, p.Start.Format(time.DateOnly))
		}
		out = append(out, forecast.Week{Start: p.Start, Items: p.Value})
	}
	return out, nil
}

// mostDated is how many finished items say enough about days of the week.
const mostDated = 50_000

// Days implements forecast.Work.
func (c counted) Days(ctx context.Context, asOf time.Time) (out [7]float64, err error) {
	c.AsOf = asOf
	d, err := definition(c.metric)
	if err != nil {
		return out, err
	}
	facts, _, err := c.Facts(ctx, d, asOf.AddDate(0, 0, -364), asOf, mostDated)
	if err != nil {
		return out, err
	}
	zone, err := time.LoadLocation(c.Calendar.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, f := range facts {
		out[f.At.In(zone).Weekday()]++
	}
	return out, nil
}
