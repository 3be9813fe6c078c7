package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
)

// Diagnose implements cli.Actions.
func (p *program) Diagnose(ctx context.Context, scope cli.Scope) (cockpit.Diagnosis, error) {
	r, err := p.read(ctx, scope)
	if err != nil {
		return cockpit.Diagnosis{}, err
	}
	defer r.close()
	return r.diagnose(ctx)
}

func (r *reading) diagnose(ctx context.Context) (cockpit.Diagnosis, error) {
	d, err := r.verdict(ctx)
	if err != nil {
		return d, err
	}
	d.Caveats, d.Missing = slices.Clip(d.Caveats), slices.Clip(d.Missing) // a server keeps what it was made from
	if d.Company == "this organisation" && len(d.Sources) == 1 {
		d.Company = d.Sources[0].Name
	}
	var names []string
	for _, source := range d.Sources {
		names = append(names, source.Name)
	}
	d.Caveats = append(d.Caveats, r.strangers(names)...)
	misfits, err := r.misfits(ctx)
	if err != nil {
		return d, err
	}
	astray, err := r.astray(ctx)
	if err != nil {
		return d, err
	}
	d.Missing = slices.Concat(d.Missing, misfits, astray)
	if r.unread != "" {
		d.Caveats = append(d.Caveats, fmt.Sprintf("The diarchy.yaml in %s was not read, since clones are named. Add `--workspace %s` to read it too.", r.unread, r.unread))
	}
	if stale := r.now().UTC().Sub(r.newest); !r.newest.IsZero() && r.scope.AsOf == "" && stale > staleAfter {
		d.Caveats = append(d.Caveats, fmt.Sprintf("The newest commit is from %s, %.0f days ago, so that day is judged rather than today. If the clone is old, fetch and run again.", r.newest.Format(time.DateOnly), stale.Hours()/24))
	}
	return d, nil
}

// verdict makes the diagnosis; a server takes the one that it explains.
func (r *reading) verdict(ctx context.Context) (cockpit.Diagnosis, error) {
	if r.program.judged != nil {
		d, _, err := r.program.judged(r, ctx)
		return d, err
	}
	in, err := r.input(ctx)
	if err != nil {
		return cockpit.Diagnosis{}, err
	}
	if in.Agreement, err = r.agreementHealth(ctx); err != nil {
		return cockpit.Diagnosis{}, err
	}
	return diagnosis.Run(ctx, in)
}

// input is what the diagnosis rests on.
func (r *reading) input(ctx context.Context) (diagnosis.Input, error) {
	sources, skipped, err := r.sourceViews(ctx)
	var borders []signal.Claim
	var between *cockpit.OrgBorders
	if r.chart != nil {
		found, claims, err := r.borders(ctx)
		if err != nil {
			return diagnosis.Input{}, err
		}
		picture := bordersBetween(found, claims[0])
		borders, between = claims, &picture
	}
	return diagnosis.Input{
		Borders: borders, Between: between, Document: r.doc, Chart: r.chart, Playbook: r.playbook, AsOf: r.asOf, Present: r.present, Began: r.began,
		Seed: uint64(r.settings.Seed), Draws: r.settings.Draws, Program: Version(), Sources: sources, Skipped: skipped,
		Evaluate: func(ctx context.Context, asOf time.Time, names ...string) (metric.Set, error) {
			if len(r.sources) == 0 && r.program.host == nil { // nothing was counted: nothing is zero
				return metric.Set{}, nil
			}
			return r.evaluator(asOf, "").EvaluateAll(ctx, names...)
		},
		Over: r.evaluator(r.asOf, "").Over, Deployed: r.evaluator(r.asOf, "").Deployed,
	}, err
}

// Sync implements cli.Actions.
func (p *program) Sync(ctx context.Context, scope cli.Scope) (cli.SyncResult, error) {
	if err := p.syncServed(ctx, scope); err != nil {
		return cli.SyncResult{}, err
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return cli.SyncResult{}, err
	}
	defer r.close()
	if r.locked != nil {
		return cli.SyncResult{}, r.locked
	}
	res := cli.SyncResult{Schema: "diarchy/sync/v1"}
	res.Sources, res.Skipped, err = r.sourceViews(ctx)
	for _, one := range r.results {
		res.New = append(res.New, one.New)
	}
	return res, err
}

// syncServed lets the server that has the database read the sources, if there is one.
func (p *program) syncServed(ctx context.Context, scope cli.Scope) error {
	s, err := p.settled(scope)
	if err != nil {
		return err
	}
	places, err := s.places()
	if err != nil {
		return err
	}
	conn, ok, err := askServer(ctx, s.database(places), askSync)
	if err != nil || !ok {
		return err
	}
	if scope.Rebuild || len(scope.Forget) > 0 {
		return errors.Join(problem.New(problem.Locked, "stop the server, then run it again", "a server has the facts database, and facts are made again or taken out only without one"), conn.Close())
	}
	return conn.Close()
}
