package app

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
)

// borderYears is how much history the borders of teams are held against.
const borderYears = 1

// touched are the files of each change of the company within a time.
const touched = `
SELECT r.name, w.repo_id || w.change_sha, f.path
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = 'company'
JOIN repository r ON r.repo_id = w.repo_id
JOIN file_change f ON f.repo_id = w.repo_id AND f.sha = w.sha
WHERE w.landed_at >= $1 AND w.landed_at < $2
ORDER BY 1, 2, 3`

// borders holds the ownership of teams against a year of changes; the claims are those
// that structure rules look at.
func (r *reading) borders(ctx context.Context) (org.Borders, []signal.Claim, error) {
	return r.bordersOf(ctx, r.chart.At(org.DayOf(r.asOf.AddDate(0, 0, -1))))
}

// bordersOf does so with the teams of an organisation.
func (r *reading) bordersOf(ctx context.Context, snap *org.Snapshot) (org.Borders, []signal.Claim, error) {
	owned := len(snap.Owners()) > 0
	var b org.Borders
	if owned {
		rows, err := r.store.Query(ctx, touched, r.asOf.AddDate(-borderYears, 0, 0), r.asOf)
		if err != nil {
			return b, nil, err
		}
		defer rows.Close()
		b = snap.Borders(func(yield func(org.Touch) bool) {
			for rows.Next() {
				var t org.Touch
				if err = rows.Scan(&t.Repository, &t.Change, &t.Path); err != nil || !yield(t) {
					return
				}
			}
		})
		if err := errors.Join(err, rows.Err()); err != nil {
			return b, nil, err
		}
	}
	n := 0
	for _, res := range r.results {
		if res.Err == nil {
			n++
		}
	}
	repositories := signal.Claim{ID: "org.repositories", State: signal.Present, Strength: 1, Value: float64(n), Low: math.NaN(), High: math.NaN(), N: n, Unit: "repositories",
		Method: "sources that were read", Sentence: signal.Count(float64(n), "repositories") + " here"}
	if n == 0 {
		repositories = signal.Claim{ID: "org.repositories", State: signal.Unknown, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Unit: repositories.Unit, Method: repositories.Method,
			Lacks: "no source was read", How: "sources:\n  - {git: PATH}"}
	}
	return b, []signal.Claim{b.Claim(owned), repositories}, nil
}

// Borders implements cli.Actions.
func (p *program) Borders(ctx context.Context, scope cli.Scope) (cockpit.Borders, error) {
	none := cockpit.Borders{}
	r, err := p.read(ctx, scope)
	if err != nil {
		return none, err
	}
	defer r.close()
	if r.chart == nil {
		return none, problem.New(problem.Usage, "name its folder with --workspace, and start the document with: diarchy org import FILE.csv", "the organisation is not described, so there are no teams to look at")
	}
	b, claims, err := r.borders(ctx)
	if err != nil {
		return none, err
	}
	out := cockpit.Borders{Schema: cockpit.BordersSchema, AsOf: r.asOf.AddDate(0, 0, -1).Format("2006-01-02"), Changes: b.Changes, Across: b.Across, Unowned: b.Unowned}
	between := bordersBetween(b, claims[0])
	out.Summary, out.How, out.Pairs, out.Areas = between.Summary, between.How, between.Pairs, between.Areas
	_, out.Skipped, err = r.sourceViews(ctx)
	return out, err
}

// bordersBetween says in words and numbers where teams change each other's code.
func bordersBetween(b org.Borders, c signal.Claim) cockpit.OrgBorders {
	out := cockpit.OrgBorders{Pairs: []cockpit.BorderPair{}, Areas: []cockpit.BorderArea{}}
	switch c.State {
	case signal.Unknown:
		out.Summary, out.How = "How much teams change each other's code is not known: "+c.Lacks+".", c.How
	default:
		out.Summary = fmt.Sprintf("In the last year %s (%.0f to %.0f %% with 95 %% certainty if this year is typical).", c.Sentence, 100*c.Low, 100*c.High)
	}
	for _, pair := range b.Pairs {
		out.Pairs = append(out.Pairs, cockpit.BorderPair{A: pair.A, B: pair.B, Changes: pair.Changes})
	}
	for _, a := range b.Areas {
		out.Areas = append(out.Areas, cockpit.BorderArea{Area: a.Name, Team: a.Team, With: a.With, Changes: a.Changes, Shared: a.Shared})
	}
	return out
}
