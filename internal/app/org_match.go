package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
)

// wrote are the identities of the people who wrote within a time, those of one person
// one after the other.
const wrote = `
SELECT i.person_id, i.name, i.email
FROM identity i
WHERE NOT i.is_bot AND i.person_id IN (
  SELECT w.person_id FROM work w
  JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = 'company'
  WHERE w.landed_at >= $1 AND w.landed_at < $2)
ORDER BY i.person_id, i.email, i.name`

var errNobodyToMatch = problem.New(problem.Usage, "name its folder with --workspace, and start the document with: diarchy org import FILE.csv", "the organisation is not described, so there is nobody to match")

// Match implements cli.Actions.
func (p *program) Match(ctx context.Context, scope cli.Scope) (cockpit.Match, error) {
	none := cockpit.Match{}
	r, err := p.read(ctx, scope)
	if err != nil {
		return none, err
	}
	defer r.close()
	if r.chart == nil {
		return none, errNobodyToMatch
	}
	authors, err := r.authors(ctx)
	if err != nil {
		return none, err
	}
	joined, rest := r.chart.Match(authors)
	day := org.DayOf(r.asOf.AddDate(0, 0, -1))
	out := cockpit.Match{Schema: cockpit.MatchSchema, AsOf: day.String(), Authors: len(authors), Joined: len(authors) - len(rest), Unjoined: []cockpit.Unjoined{}}
	for _, m := range r.chart.At(day).Members {
		if slices.Contains([]string{"engineer", "lead"}, m.Job.Role) && !joined[m.Person.ID] {
			out.Silent++
		}
	}
	for _, u := range rest {
		out.Unjoined = append(out.Unjoined, cockpit.Unjoined{Email: u.Emails[0], Person: u.Person, Reason: u.Reason, Fix: u.Fix})
	}
	slices.SortFunc(out.Unjoined, func(a, b cockpit.Unjoined) int {
		return slices.Compare([]string{b.Person, a.Email}, []string{a.Person, b.Email})
	})
	out.Summary = fmt.Sprintf("Of %s who wrote in the last year, the document knows %d. Of the document's engineers %d wrote nothing that could be joined.", signal.Count(float64(out.Authors), "people"), out.Joined, out.Silent)
	_, out.Skipped, err = r.sourceViews(ctx)
	return out, err
}

func (r *reading) authors(ctx context.Context) ([]org.Author, error) {
	rows, err := r.store.Query(ctx, wrote, r.asOf.AddDate(-borderYears, 0, 0), r.asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []org.Author
	last := int64(-1)
	for rows.Next() {
		var person int64
		var name, email string
		if err := rows.Scan(&person, &name, &email); err != nil {
			return nil, err
		}
		if person != last {
			out, last = append(out, org.Author{}), person
		}
		a := &out[len(out)-1]
		a.Names, a.Emails = append(a.Names, name), append(a.Emails, email)
	}
	return out, rows.Err()
}
