package store

import (
	"context"
	"database/sql"
	"time"
)

// Known gives the commits of a repository that are stored, and false for the ends of
// a shallow history.
func (s *Store) Known(ctx context.Context, repoID string) (map[string]bool, error) {
	known := map[string]bool{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var sha string
		var boundary bool
		err := rows.Scan(&sha, &boundary)
		known[sha] = !boundary
		return err
	}, "SELECT sha, is_boundary FROM commit WHERE repo_id = $1", repoID)
	return known, err
}

// Releases gives the stored tags of a repository and the commits that they name.
func (s *Store) Releases(ctx context.Context, repoID string) (map[string]string, error) {
	tags := map[string]string{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var tag, sha string
		err := rows.Scan(&tag, &sha)
		tags[tag] = sha
		return err
	}, "SELECT tag, sha FROM release WHERE repo_id = $1", repoID)
	return tags, err
}

// Landed is when a commit reached the main line.
func (s *Store) Landed(ctx context.Context, repoID, sha string) (at time.Time, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&at) },
		"SELECT landed_at FROM commit WHERE repo_id = $1 AND sha = $2", repoID, sha)
	return at.UTC(), err
}

// HoldingCommit names the repositories that hold a commit.
func (s *Store) HoldingCommit(ctx context.Context, sha string) (out []string, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out = append(out, id)
		return err
	}, `SELECT r.repo_id FROM repository r WHERE EXISTS (SELECT 1 FROM commit c WHERE c.repo_id = r.repo_id AND c.sha = $1)
		ORDER BY r.repo_id`, sha)
	return out, err
}

// MostChanged lists the code files of a repository with the most changed lines in the
// last year of its history.
func (s *Store) MostChanged(ctx context.Context, repoID string, limit int) (out []string, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var p string
		err := rows.Scan(&p)
		out = append(out, p)
		return err
	}, `SELECT f.path FROM file_change f JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
		WHERE f.repo_id = $1 AND f.category = 'code' AND c.landed_at >= (SELECT MAX(landed_at) FROM commit WHERE repo_id = $1) - INTERVAL '1 year'
		GROUP BY f.path ORDER BY SUM(COALESCE(f.added, 0) + COALESCE(f.deleted, 0)) DESC, f.path LIMIT $2`, repoID, int64(limit))
	return out, err
}

// each runs a reading statement and hands every row to fn.
func (s *Store) each(ctx context.Context, fn func(*sql.Rows) error, query string, args ...any) error {
	rows, err := s.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
