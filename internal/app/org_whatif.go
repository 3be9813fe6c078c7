package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/workspace"
)

// WhatIf implements cli.Actions.
func (p *program) WhatIf(ctx context.Context, scope cli.Scope, file string) (cockpit.WhatIf, error) {
	none := cockpit.WhatIf{}
	scenarios, err := workspace.LoadScenarios(file)
	if err != nil {
		return none, err
	}
	r, err := p.readAny(ctx, scope)
	if err != nil {
		return none, err
	}
	defer r.close()
	if r.chart == nil {
		return none, problem.New(problem.Usage, "name its folder with --workspace, and start the document with: diarchy org import FILE.csv", "the organisation is not described, so nothing in it can change")
	}
	today := r.today()
	var applied []org.Applied
	for _, s := range scenarios {
		a, err := r.chart.Apply(s, today)
		if err != nil {
			return none, problem.New(problem.Invalid, "correct the step in "+file, "%s: %w", file, err)
		}
		applied = append(applied, a)
	}
	broken := breaking(r.chart, applied)
	from := r.settings.Origin("seed")
	if seed := scenarios[0].Seed; seed > 0 {
		r.settings.Seed, from = seed, filepath.Base(file)
	}
	in, err := r.input(ctx)
	if err != nil {
		return none, err
	}
	k, err := r.newKnowing(ctx, today)
	if err != nil {
		return none, err
	}
	variants := []diagnosis.Variant{{Name: "As it is", Chart: r.chart, Day: today}}
	for i, a := range applied {
		variants = append(variants, diagnosis.Variant{Name: scenarios[i].Name, Chart: a.Chart, Day: a.Day, Growth: scenarios[i].Growth, Hired: a.Hired, Left: a.Left})
	}
	for i := range variants {
		if err := k.fill(ctx, &variants[i]); err != nil {
			return none, err
		}
	}
	for i, found := range broken() {
		variants[i+1].Problems = orgProblems(found)
	}
	out := cockpit.WhatIf{Schema: cockpit.WhatIfSchema, AsOf: today.String(), Seed: in.Seed, SeedFrom: from, Notes: []string{}, Draws: in.Draws, Skipped: in.Skipped, Assumed: in.CostAssumptions()}
	if len(r.results) == 0 {
		out.Notes = append(out.Notes, "No source is named, so what only code and trackers show is unknown: coupling, knowledge, and most of the evidence for a verdict. Name clones under sources: in diarchy.yaml.")
	}
	out.Scenarios, err = diagnosis.WhatIf(ctx, in, variants)
	return out, err
}

// readAny reads sources as read does. Where none is named it works on an empty store: what
// facts would say is unknown then, and only what documents say is known.
func (p *program) readAny(ctx context.Context, scope cli.Scope) (*reading, error) {
	if p.host != nil {
		return p.read(ctx, scope)
	}
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	if _, err := s.places(); err == nil || s.doc == nil {
		return p.read(ctx, scope)
	}
	if _, err := s.organisation(); err != nil {
		return nil, err
	}
	if s.store, err = s.openAt(ctx, "", duckdb.Options{}); err != nil {
		return nil, err
	}
	r := &reading{session: s}
	if err := r.span(ctx); err != nil {
		s.close()
		return nil, err
	}
	return r, nil
}

// breaking looks, beside what else is done, for what does not fit together in scenarios and
// does in the chart that they change. The result waits for it.
func breaking(c *org.Chart, applied []org.Applied) func() [][]org.Finding {
	before := map[org.Day]func() []org.Finding{}
	for _, a := range applied {
		if before[a.Day] == nil {
			before[a.Day] = sync.OnceValue(func() []org.Finding { return c.Check(a.Day) })
		}
	}
	out := make([][]org.Finding, len(applied))
	var all sync.WaitGroup
	for i, a := range applied {
		all.Go(func() { out[i] = org.Brought(a.Day, a.Chart.Check(a.Day), before[a.Day]()) })
	}
	return func() [][]org.Finding {
		all.Wait()
		return out
	}
}

// knowing is what code says of the teams of each scenario: who holds it, and what changes
// across their borders.
type knowing struct {
	*reading
	files  []metric.FileHolders
	owners []workspace.Ownership // as it is
	claims []signal.Claim        // of the borders as they are
	before map[string]float64    // truck factors of teams as they are
}

func (r *reading) newKnowing(ctx context.Context, today org.Day) (*knowing, error) {
	k := &knowing{reading: r, before: map[string]float64{}}
	snap := r.chart.At(today)
	k.owners = snap.Owners()
	if len(k.owners) == 0 {
		return k, nil
	}
	var err error
	k.files, err = r.evaluator(r.asOf, "").Holders(ctx)
	return k, err
}

// fill adds what code says of a variant; the first is the organisation as it is.
func (k *knowing) fill(ctx context.Context, v *diagnosis.Variant) error {
	snap := v.Chart.At(v.Day)
	owners := snap.Owners()
	first := k.claims == nil
	v.Borders = k.claims
	if first || !sameOwners(owners, k.owners) {
		_, claims, err := k.bordersOf(ctx, snap)
		if err != nil {
			return err
		}
		v.Borders = claims
	}
	if first {
		k.claims = v.Borders
	}
	gone := map[int64]bool{}
	if len(v.Left) > 0 && len(k.results) > 0 {
		persons, joined, err := k.personsOf(ctx, v.Left)
		if err != nil {
			return err
		}
		gone = persons
		if missing := len(v.Left) - len(joined); missing > 0 {
			v.AtRisk = append(v.AtRisk, cockpit.Fact{Label: "not joined to commits", Value: fmt.Sprintf("%d of %d who leave", missing, len(v.Left)), Note: "add their e-mail addresses to the document; what they know is not counted here", Origin: "measured"})
		}
	}
	v.Knowledge = k.teams(snap, gone)
	if first {
		for _, t := range v.Knowledge {
			if t.Factor != nil {
				k.before[t.Team] = *t.Factor
			}
		}
		return nil
	}
	for i := range v.Knowledge {
		if before, ok := k.before[v.Knowledge[i].Team]; ok {
			v.Knowledge[i].Before = &before
		}
	}
	return nil
}

// sameOwners tells whether two days have the same rules of ownership.
func sameOwners(a, b []workspace.Ownership) bool {
	return slices.EqualFunc(a, b, func(x, y workspace.Ownership) bool {
		return x.Team == y.Team && x.Repository == y.Repository && x.Path == y.Path && x.With == y.With
	})
}

// teams are the truck factors of what each team owns, without those who are gone.
func (k *knowing) teams(snap *org.Snapshot, gone map[int64]bool) []cockpit.TeamKnowledge {
	owner := snap.OwnerOf()
	files := map[string][]metric.FileHolders{}
	for _, f := range k.files {
		team := owner(f.Repository, f.Path)
		files[team] = append(files[team], f)
	}
	out := []cockpit.TeamKnowledge{}
	for _, team := range slices.Sorted(maps.Keys(files)) {
		t := cockpit.TeamKnowledge{Team: team, Files: len(files[team])}
		factor, orphans, ok := metric.TruckFactor(files[team], gone)
		if len(gone) > 0 {
			_, already, _ := metric.TruckFactor(files[team], nil)
			t.Lost = orphans - already
		}
		if ok {
			v := float64(factor)
			t.Factor = &v
		}
		out = append(out, t)
	}
	return out
}

// personsOf are the persons of commits who are people of the document, by e-mail.
func (r *reading) personsOf(ctx context.Context, ids []string) (persons map[int64]bool, joined map[string]bool, err error) {
	of := map[string]string{}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, p := range r.chart.Document().People {
		for _, e := range p.Emails {
			if wanted[p.ID] {
				of[strings.ToLower(e)] = p.ID
			}
		}
	}
	rows, err := r.store.Query(ctx, `SELECT email, person_id FROM identity WHERE NOT is_bot ORDER BY identity_id`)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	persons, joined = map[int64]bool{}, map[string]bool{}
	for rows.Next() {
		var email string
		var person int64
		if err := rows.Scan(&email, &person); err != nil {
			return nil, nil, err
		}
		if id, ok := of[strings.ToLower(email)]; ok {
			persons[person], joined[id] = true, true
		}
	}
	return persons, joined, rows.Err()
}
