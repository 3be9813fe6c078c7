package store

import (
	"context"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Location is a place that a repository is read from.
type Location struct {
	Location string
	RepoID   string
	Name     string
	Branch   string
	Head     string
	Cursor   string
	Status   string // ok, partial, failed
	Notes    []string
	ReadAt   time.Time
}

// Locations lists all places that were ever read.
func (s *Store) Locations(ctx context.Context) (out []Location, err error) {
	rows, err := s.Query(ctx, `SELECT location, COALESCE(repo_id, ''), name, branch, head_sha, cursor_state, status, notes, read_at
		FROM location ORDER BY location`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Location
		var notes string
		if err := rows.Scan(&l.Location, &l.RepoID, &l.Name, &l.Branch, &l.Head, &l.Cursor, &l.Status, &notes, &l.ReadAt); err != nil {
			return nil, err
		}
		if notes != "" {
			l.Notes = strings.Split(notes, "\n")
		}
		l.ReadAt = l.ReadAt.UTC()
		out = append(out, l)
	}
	return out, rows.Err()
}

// PutLocation records a place and its state; its cursor is kept when it reads the
// same repository as before.
func (s *Store) PutLocation(ctx context.Context, l Location) error {
	return s.write(ctx, func(t *tx) {
		t.exec(`INSERT INTO location VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8)
			ON CONFLICT (location) DO UPDATE SET
			cursor_state = CASE WHEN location.repo_id = excluded.repo_id THEN location.cursor_state ELSE '' END,
			repo_id = excluded.repo_id, name = excluded.name, branch = excluded.branch, head_sha = excluded.head_sha,
			status = excluded.status, notes = excluded.notes, read_at = excluded.read_at`,
			l.Location, l.RepoID, l.Name, l.Branch, l.Head, l.Status, t.written("notes", strings.Join(l.Notes, "\n")), l.ReadAt)
	})
}

// PutRepository records a repository.
func (s *Store) PutRepository(ctx context.Context, repoID, name, root string) error {
	return s.write(ctx, func(t *tx) {
		t.exec("INSERT INTO repository VALUES ($1, $2, $3) ON CONFLICT (repo_id) DO UPDATE SET name = excluded.name", repoID, name, root)
	})
}

// Skipped lists what could not be read, by place.
func (s *Store) Skipped(ctx context.Context) (map[string][]fact.Skipped, error) {
	rows, err := s.Query(ctx, `SELECT location, what, MIN(why) AS why, CAST(SUM(n) AS bigint) AS n FROM skipped GROUP BY location, what
		UNION ALL
		SELECT l.location, 'line counts', 'contents are missing or damaged, as in commit ' || substr(u.first_sha, 1, 12), u.n
		FROM location l JOIN (SELECT u.repo_id, MIN(u.sha) AS first_sha, COUNT(*) AS n FROM commit_uncounted u GROUP BY u.repo_id) u ON u.repo_id = l.repo_id
		UNION ALL
		SELECT l.location, 'dates', 'clocks before 1980 or in the future, as in commit ' || substr(d.first_sha, 1, 12) || '; the time of the commit before is used', d.n
		FROM location l JOIN (SELECT c.repo_id, MIN(c.sha) AS first_sha, COUNT(*) AS n FROM commit c WHERE c.is_date_suspect GROUP BY c.repo_id) d ON d.repo_id = l.repo_id
		ORDER BY location, what`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]fact.Skipped{}
	for rows.Next() {
		var location string
		var sk fact.Skipped
		if err := rows.Scan(&location, &sk.What, &sk.Why, &sk.Count); err != nil {
			return nil, err
		}
		out[location] = append(out[location], sk)
	}
	return out, rows.Err()
}

// ClearSkipped forgets what could not be read of a place, before it is read from the
// beginning.
func (s *Store) ClearSkipped(ctx context.Context, location string) error {
	return s.write(ctx, func(t *tx) { t.exec("DELETE FROM skipped WHERE location = $1", location) })
}

// Period is a time from since on and before until; a zero time does not bound it.
type Period struct{ Since, Until time.Time }

// What stands for no bound in a database.
var always, still = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (p Period) row() (since, until time.Time) {
	since, until = p.Since.UTC(), p.Until.UTC()
	if p.Since.IsZero() {
		since = always
	}
	if p.Until.IsZero() {
		until = still
	}
	return since, until
}

// scanned reads a period that was stored.
func scanned(since, until time.Time) (p Period) {
	if !since.Equal(always) {
		p.Since = since.UTC()
	}
	if !until.Equal(still) {
		p.Until = until.UTC()
	}
	return p
}

// Scope is a named set of repositories, each with the time for which it belongs to it; those
// of one repository do not overlap.
type Scope struct {
	Name  string // company, group:NAME, team:NAME, repository:NAME
	Repos []Belonging
}

// Belonging is a thing that belongs to a scope for a time.
type Belonging struct {
	ID string
	Period
}

// PutScopes replaces all scopes.
func (s *Store) PutScopes(ctx context.Context, scopes []Scope) error {
	var rows [][]any
	for _, sc := range scopes {
		for _, r := range sc.Repos {
			since, until := r.row()
			rows = append(rows, []any{sc.Name, r.ID, since, until})
		}
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM scope_repository")
		t.bulk("scope_repository", rows)
	})
}

// ScopedPerson is somebody whose work is credited to a scope for a time.
type ScopedPerson struct {
	Scope  string // group:NAME, team:NAME
	Person int64
	Period
}

// PutPersonScopes replaces whose work is credited to teams and groups: at one instant to one
// team at most.
func (s *Store) PutPersonScopes(ctx context.Context, all []ScopedPerson) error {
	var rows [][]any
	for _, p := range all {
		since, until := p.row()
		rows = append(rows, []any{p.Scope, p.Person, since, until})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM scope_person")
		t.bulk("scope_person", rows)
	})
}
