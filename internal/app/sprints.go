package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
)

// Sprints implements cli.Actions.
func (p *program) Sprints(ctx context.Context, scope cli.Scope, of string) (cockpit.Sprints, error) {
	r, err := p.read(ctx, scope)
	if err != nil {
		return cockpit.Sprints{}, err
	}
	defer r.close()
	scopes, err := r.scopes(ctx)
	if err != nil {
		return cockpit.Sprints{}, err
	}
	if !slices.Contains(scopes, of) {
		return cockpit.Sprints{}, problem.New(problem.Usage, "use one of "+strings.Join(scopes, ", "), "there is no scope %q", of)
	}
	v, err := r.sprints(ctx, of)
	if err != nil {
		return v, err
	}
	_, v.Skipped, err = r.sourceViews(ctx)
	return v, err
}

// sprints are those of a scope; days are by the company's clock.
func (r *reading) sprints(ctx context.Context, of string) (cockpit.Sprints, error) {
	day := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.In(r.zone()).Format(time.DateOnly)
	}
	v := cockpit.Sprints{Schema: cockpit.SprintsSchema, AsOf: day(r.asOf.Add(-time.Nanosecond)), Scope: of, Sprints: []cockpit.Sprint{}, Skipped: []cockpit.Skipped{}}
	all, err := r.evaluator(r.asOf, of).Sprints(ctx)
	if err != nil {
		return v, err
	}
	for _, s := range all {
		end := day(s.End)
		if s.End.IsZero() {
			end = day(s.Ends)
		}
		v.Sprints = append(v.Sprints, cockpit.Sprint{Project: s.Project, Name: s.Name, Start: day(s.Start), End: end, Open: s.End.IsZero(),
			Said: s.Said, Added: s.Added, Removed: s.Removed, Done: s.Done, SaidDone: s.SaidDone, Carried: s.Carried})
	}
	if len(all) == 0 {
		d, err := definition("sprint_said_done")
		v.Missing, v.Supply = "no sprint is known that has begun", d.Supply
		return v, err
	}
	return v, nil
}
