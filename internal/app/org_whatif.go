package app

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// WhatIf implements cli.Actions.
func (p *program) WhatIf(ctx context.Context, scope cli.Scope, file string) (cockpit.WhatIf, error) {
	none := cockpit.WhatIf{}
	scenarios, err := workspace.LoadScenarios(file)
	if err != nil {
		return none, err
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return none, err
	}
	defer r.close()
	if r.chart == nil {
		return none, problem.New(problem.Usage, "name its folder with --workspace, and start the document with: diarchy org import FILE.csv", "the organisation is not described, so nothing in it can change")
	}
	in, err := r.input(ctx)
	if err != nil {
		return none, err
	}
	today := r.today()
	variants := []diagnosis.Variant{{Name: "As it is", Chart: r.chart, Day: today}}
	for _, s := range scenarios {
		a, err := r.chart.Apply(s, today)
		if err != nil {
			return none, problem.New(problem.Invalid, "correct the step in "+file, "%s: %w", file, err)
		}
		v := diagnosis.Variant{Name: s.Name, Chart: a.Chart, Day: a.Day, Growth: s.Growth, Hired: a.Hired, Left: a.Left}
		if v.AtRisk, err = r.atRisk(ctx, a.Left); err != nil {
			return none, err
		}
		variants = append(variants, v)
	}
	out := cockpit.WhatIf{Schema: cockpit.WhatIfSchema, AsOf: today.String(), Seed: in.Seed, Draws: in.Draws, Skipped: in.Skipped}
	out.Scenarios, err = diagnosis.WhatIf(ctx, in, variants)
	return out, err
}

// writers are the people who changed each file within a time.
const writers = `
SELECT r.name, f.path, w.person_id
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = 'company'
JOIN repository r ON r.repo_id = w.repo_id
JOIN file_change f ON f.repo_id = w.repo_id AND f.sha = w.sha
WHERE w.landed_at >= $1 AND w.landed_at < $2 AND f.category = 'source'
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`

// atRisk says for each team how much of its code of the last year nobody else has
// touched than those who leave.
func (r *reading) atRisk(ctx context.Context, left []string) (out []cockpit.Fact, err error) {
	if len(left) == 0 {
		return nil, nil
	}
	gone, joined, err := r.personsOf(ctx, left)
	if err != nil {
		return nil, err
	}
	if len(joined) < len(left) {
		out = append(out, cockpit.Fact{Label: "not joined to commits", Value: fmt.Sprintf("%d of %d who leave", len(left)-len(joined), len(left)), Note: "add their e-mail addresses to the document; what they know is not counted here", Origin: "measured"})
	}
	rows, err := r.store.Query(ctx, writers, r.asOf.AddDate(-borderYears, 0, 0), r.asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type tally struct{ files, lost int }
	teams := map[string]*tally{}
	owner := r.chart.At(org.DayOf(r.asOf.AddDate(0, 0, -1))).OwnerOf()
	current, lost := "", false
	finish := func(repository, path string) {
		team := owner(repository, path)
		if team == "" {
			team = "no team"
		}
		if teams[team] == nil {
			teams[team] = &tally{}
		}
		if teams[team].files++; lost {
			teams[team].lost++
		}
	}
	var repository, path string
	for rows.Next() {
		var nextRepository, nextPath string
		var person int64
		if err := rows.Scan(&nextRepository, &nextPath, &person); err != nil {
			return nil, err
		}
		if key := nextRepository + "\x00" + nextPath; key != current {
			if current != "" {
				finish(repository, path)
			}
			current, repository, path, lost = key, nextRepository, nextPath, true
		}
		lost = lost && gone[person]
	}
	if current != "" {
		finish(repository, path)
	}
	var names []string
	for name, t := range teams {
		if t.lost > 0 {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		t := teams[name]
		v := float64(t.lost) / float64(t.files)
		out = append(out, cockpit.Fact{Label: name, Value: fmt.Sprintf("%d of %d source files that changed in a year were changed by nobody who stays", t.lost, t.files), Number: &v, Unit: "share", Origin: "measured"})
	}
	return out, rows.Err()
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
