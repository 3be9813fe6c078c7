package app

import (
	"context"
	"io"
	"log/slog"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/api"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/mcp"
	"github.com/diarchy/diarchy/internal/problem"
)

// answers are the questions of programs and assistants, answered by the commands that
// people use.
type answers struct {
	p     *program
	scope cli.Scope
}

var (
	_ api.Company = answers{}
	_ mcp.Company = answers{}
)

// of is what a command works on to answer for a day.
func (a answers) of(at cockpit.At) cli.Scope {
	s := a.scope
	s.AsOf, s.Progress = at.AsOf, nil
	return s
}

// whole refuses other scopes where an answer is of the whole company.
func whole(at cockpit.At, what string) error {
	if at.Scope == "" || at.Scope == "company" {
		return nil
	}
	return problem.New(problem.Usage, "ask for scope=company", "%s is of the whole company, not of %s", what, at.Scope)
}

func (a answers) Diagnosis(ctx context.Context, at cockpit.At) (cockpit.Diagnosis, error) {
	if err := whole(at, "the diagnosis"); err != nil {
		return cockpit.Diagnosis{}, err
	}
	return a.p.Diagnose(ctx, a.of(at))
}

func (a answers) Metrics(context.Context) ([]cockpit.MetricSummary, error) { return a.p.Metrics() }

func (a answers) Metric(ctx context.Context, at cockpit.At, name string) (cockpit.MetricView, error) {
	if at.Scope == "" {
		at.Scope = "company"
	}
	if _, err := definition(name); err != nil {
		return cockpit.MetricView{}, absent(err)
	}
	return a.p.Metric(ctx, a.of(at), name, at.Scope)
}

func (a answers) Explain(ctx context.Context, at cockpit.At, what string) (cockpit.Explanation, error) {
	if err := whole(at, "an explanation"); err != nil {
		return cockpit.Explanation{}, err
	}
	return a.p.Explain(ctx, a.of(at), what, 20)
}

func (a answers) Organisation(ctx context.Context, at cockpit.At) (cockpit.Organisation, error) {
	if err := whole(at, "the organisation"); err != nil {
		return cockpit.Organisation{}, err
	}
	return a.p.Organisation(ctx, a.of(at))
}

func (a answers) Agreement(context.Context) (cockpit.Agreement, error) {
	return a.p.Agreement(a.of(cockpit.At{}))
}

func (a answers) Drift(ctx context.Context, at cockpit.At) (cockpit.Drift, error) {
	if err := whole(at, "drift"); err != nil {
		return cockpit.Drift{}, err
	}
	return a.p.AgreementDrift(ctx, a.of(at))
}

func (a answers) WhoDecides(_ context.Context, q cockpit.Choice) (cockpit.Ruling, error) {
	return a.p.Decide(a.of(cockpit.At{}), cli.Choice(q))
}

func (a answers) Records(ctx context.Context, at cockpit.At) (cockpit.RecordList, error) {
	if err := whole(at, "the list of decisions"); err != nil {
		return cockpit.RecordList{}, err
	}
	return a.p.DecisionList(ctx, a.of(at), "")
}

func (a answers) Record(ctx context.Context, at cockpit.At, id string) (cockpit.RecordView, error) {
	v, err := a.p.DecisionShow(ctx, a.of(at), id)
	return v, absent(err)
}

// absent is an error about something that is not there, where a command calls it wrong
// usage.
func absent(err error) error {
	if err == nil {
		return nil
	}
	return problem.New(problem.Missing, problem.Hint(err), "%s", err.Error())
}

func (a answers) Forecast(ctx context.Context, at cockpit.At, q cockpit.ForecastQuestion) (cockpit.Forecast, error) {
	return a.p.Forecast(ctx, a.of(at), forecastAsk(q, at.Scope, 100_000))
}

func (a answers) Sources(ctx context.Context) (body api.SourcesBody, err error) {
	r, err := a.p.read(ctx, a.of(cockpit.At{}))
	if err != nil {
		return body, err
	}
	defer r.close()
	if a.p.host != nil {
		body.Runs = a.p.host.lastRuns()
		if since := a.p.host.pausedSince(); !since.IsZero() {
			body.Paused = &since
		}
	}
	body.Sources, body.Skipped, err = r.sourceViews(ctx)
	return body, err
}

// MCP implements cli.Actions. Who starts the program reads the company's own files: there
// is nobody to keep anything from.
func (p *program) MCP(ctx context.Context, scope cli.Scope, in io.Reader, out io.Writer) error {
	if _, err := p.documents(scope); err != nil { // before an assistant asks, so that people see it
		return err
	}
	return mcp.Run(ctx, answers{p, scope}, owner{}, Version(), slog.New(slog.NewTextHandler(p.stderr, nil)), in, out)
}

// owner is who has the files.
type owner struct{}

func (owner) May(context.Context, access.Kind, string) (bool, error) { return true, nil }
func (owner) Seen(context.Context, string) error                     { return nil }
