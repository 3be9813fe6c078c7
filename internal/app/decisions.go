package app

import (
	"context"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/decision"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
)

// DecisionList implements cli.Actions.
func (p *program) DecisionList(ctx context.Context, scope cli.Scope, status string) (out cockpit.RecordList, err error) {
	err = p.decided(ctx, scope, func(f decision.Facts, hide masker, skipped []cockpit.Skipped) error {
		out = decision.List(f, status)
		out.Skipped = append(out.Skipped, skipped...)
		for i := range out.Records {
			out.Records[i].Title = hide.mask(out.Records[i].Title)
		}
		return nil
	})
	return out, err
}

// DecisionCheck implements cli.Actions.
func (p *program) DecisionCheck(ctx context.Context, scope cli.Scope) (out cockpit.RecordCheck, err error) {
	err = p.decided(ctx, scope, func(f decision.Facts, hide masker, skipped []cockpit.Skipped) error {
		out = decision.Check(f)
		out.Skipped = append(out.Skipped, skipped...)
		for i := range out.Findings {
			out.Findings[i].Title = hide.mask(out.Findings[i].Title)
		}
		return nil
	})
	return out, err
}

// DecisionShow implements cli.Actions. What a record itself says is quoted as it is.
func (p *program) DecisionShow(ctx context.Context, scope cli.Scope, id string) (out cockpit.RecordView, err error) {
	err = p.decided(ctx, scope, func(f decision.Facts, _ masker, skipped []cockpit.Skipped) error {
		found := decision.Find(f, id)
		if len(found) == 0 {
			return problem.New(problem.Usage, "see diarchy decision list; it takes a number, a path, the name of a file or a title", "there is no decision record %q", id)
		}
		if len(found) > 1 {
			var paths []string
			for _, r := range found {
				paths = append(paths, r.Repository+":"+r.Path)
			}
			return problem.New(problem.Usage, "use one of "+strings.Join(paths, ", "), "there are %d decision records %q", len(found), id)
		}
		out = decision.Show(f, found[0])
		out.Skipped = append(out.Skipped, skipped...)
		return nil
	})
	return out, err
}

// decided reads the sources, and hands what is known of their decision records to fn.
func (p *program) decided(ctx context.Context, scope cli.Scope, fn func(decision.Facts, masker, []cockpit.Skipped) error) error {
	r, err := p.read(ctx, scope)
	if err != nil {
		return err
	}
	defer r.close()
	_, skipped, err := r.sourceViews(ctx)
	if err != nil {
		return err
	}
	x := &explaining{reading: r}
	if err := x.names(ctx); err != nil {
		return err
	}
	f, err := r.decisionFacts(ctx)
	if err != nil {
		return err
	}
	return fn(f, x.hide, skipped)
}

func (r *reading) decisionFacts(ctx context.Context) (decision.Facts, error) {
	f := decision.Facts{AsOf: r.asOf, Zone: time.UTC}
	if r.doc != nil {
		f.Zone = r.doc.Company.TimeZone
	}
	names := map[string]string{}
	for _, res := range r.results {
		if res.RepoID != "" {
			names[res.RepoID] = res.Place.Name
		}
	}
	var err error
	if f.Versions, err = r.decisionVersions(ctx, names); err != nil {
		return f, err
	}
	var records []decision.Place
	seen := map[decision.Place]bool{}
	for _, v := range f.Versions {
		if at := (decision.Place{Repository: v.Repository, Path: v.Path}); !seen[at] {
			seen[at] = true
			records = append(records, at)
		}
	}
	if f.Departures, _, err = r.whereabouts(ctx, names, records); err != nil {
		return f, err
	}
	if err := r.trees(ctx, names, &f); err != nil {
		return f, err
	}
	if _, f.Exists, err = r.whereabouts(ctx, names, decision.Linked(f)); err != nil {
		return f, err
	}
	if err := r.linked(ctx, names, &f); err != nil {
		return f, err
	}
	if f.Committers, err = r.committers(ctx); err != nil || r.doc == nil {
		return f, err
	}
	chart, err := r.organisation()
	f.Staff = staffOf(chart)
	return f, err
}

// decisionVersions are all versions of the records of the scope that had landed.
func (r *reading) decisionVersions(ctx context.Context, names map[string]string) ([]decision.Version, error) {
	fields, err := r.decisionFields(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.store.Query(ctx, `SELECT repo_id, path, record_path, sha, title, status, landed_at, reading_order, authored_at, is_date_suspect, is_boundary
		FROM decision WHERE landed_at < $1 AND `+ofScope+` ORDER BY repo_id, landed_at, reading_order, path`, r.asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []decision.Version
	for rows.Next() {
		var repo string
		var v decision.Version
		if err := rows.Scan(&repo, &v.Path, &v.Record, &v.SHA, &v.Title, &v.Status, &v.LandedAt, &v.Order, &v.AuthoredAt, &v.Suspect, &v.Boundary); err != nil {
			return nil, err
		}
		v.Repository = names[repo]
		v.Fields = fields[versionKey{repo, v.Path, v.SHA}]
		out = append(out, v)
	}
	return out, rows.Err()
}

type versionKey struct{ repo, path, sha string }

func (r *reading) decisionFields(ctx context.Context) (map[versionKey][]fact.DecisionField, error) {
	rows, err := r.store.Query(ctx, "SELECT repo_id, path, sha, kind, stated FROM decision_field WHERE "+ofScope+" ORDER BY repo_id, path, sha, position")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[versionKey][]fact.DecisionField{}
	for rows.Next() {
		var k versionKey
		var f fact.DecisionField
		if err := rows.Scan(&k.repo, &k.path, &k.sha, &f.Kind, &f.Value); err != nil {
			return nil, err
		}
		out[k] = append(out[k], f)
	}
	return out, rows.Err()
}

// whereabouts says when paths went away, and which of them are there at the end of the
// day that is judged.
func (r *reading) whereabouts(ctx context.Context, names map[string]string, of []decision.Place) ([]decision.Departure, map[decision.Place]bool, error) {
	there := map[decision.Place]bool{}
	if len(of) == 0 {
		return nil, there, nil
	}
	wanted := map[decision.Place]bool{}
	var paths []string
	for _, p := range of {
		wanted[p] = true
		paths = append(paths, p.Path)
	}
	rows, err := r.store.Query(ctx, `SELECT w.repo_id, w.path, w.went, c.landed_at, c.reading_order FROM (
			SELECT repo_id, sha, path, kind = 'D' AS went FROM file_change WHERE path = ANY($2::varchar[])
			UNION ALL
			SELECT repo_id, sha, old_path AS path, true AS went FROM file_change WHERE old_path = ANY($2::varchar[]) AND old_path <> ''
		) w JOIN commit c ON c.repo_id = w.repo_id AND c.sha = w.sha
		WHERE c.landed_at < $1 AND c.repo_id IN (SELECT repo_id FROM scope_repository WHERE scope = 'company') ORDER BY c.landed_at, c.reading_order, w.went DESC`, r.asOf, paths)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var out []decision.Departure
	for rows.Next() {
		var repo string
		var went bool
		var d decision.Departure
		if err := rows.Scan(&repo, &d.Path, &went, &d.At, &d.Order); err != nil {
			return nil, nil, err
		}
		if d.Repository = names[repo]; !wanted[d.Place] {
			continue
		}
		there[d.Place] = !went
		if went {
			out = append(out, d)
		}
	}
	return out, there, rows.Err()
}

// fewestActive is how many people must have been active in the last year before anything
// is said of one who no longer is.
const fewestActive = 5

// committers knows when those last committed who wrote the history.
type committers map[string]time.Time

// LastSeen implements decision.Committers, for names of at least two words and addresses:
// a single word may be anybody.
func (c committers) LastSeen(name string) (time.Time, bool) {
	at, known := c[nameKey(name)]
	return at, known
}

// committers is nil where few are active.
func (r *reading) committers(ctx context.Context) (decision.Committers, error) {
	rows, err := r.store.Query(ctx, `SELECT i.name, i.email, i.person_id, l.last_at FROM identity i JOIN (
			SELECT a.person_id, MAX(c.landed_at) AS last_at FROM commit c JOIN identity a ON a.identity_id = c.author_id
			WHERE c.landed_at < $1 AND c.`+ofScope+` GROUP BY a.person_id
		) l ON l.person_id = i.person_id WHERE NOT i.is_bot`, r.asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seen, active := committers{}, map[int64]bool{}
	for rows.Next() {
		var name, email string
		var person int64
		var last time.Time
		if err := rows.Scan(&name, &email, &person, &last); err != nil {
			return nil, err
		}
		if last.After(r.asOf.AddDate(-1, 0, 0)) {
			active[person] = true
		}
		for _, key := range []string{name, email} {
			if key = nameKey(key); strings.ContainsAny(key, " @") && last.After(seen[key]) {
				seen[key] = last
			}
		}
	}
	if err := rows.Err(); err != nil || len(active) < fewestActive {
		return nil, err
	}
	return seen, nil
}
