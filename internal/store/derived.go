package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Stale names the repositories whose facts changed since what follows from them was made.
func (s *Store) Stale(ctx context.Context) (out []string, err error) {
	return s.column(ctx, "SELECT repo_id FROM stale_repository ORDER BY repo_id")
}

// MakeStale makes all that follows from facts stale, so that it is made again.
func (s *Store) MakeStale(ctx context.Context) error {
	return s.write(ctx, func(t *tx) {
		t.exec("INSERT INTO stale_repository SELECT repo_id FROM repository ON CONFLICT DO NOTHING")
		t.exec("INSERT INTO stale_rollup SELECT repo_id FROM repository ON CONFLICT DO NOTHING")
		t.exec("INSERT INTO stale_delivery SELECT repo_id FROM repository ON CONFLICT DO NOTHING")
		t.exec("INSERT INTO stale_delivery VALUES ('') ON CONFLICT DO NOTHING")
		t.exec("INSERT INTO stale_project SELECT project_id FROM project ON CONFLICT DO NOTHING")
		t.exec("UPDATE decision_version SET reader = 0")
	})
}

// column reads the texts of a statement with one column.
func (s *Store) column(ctx context.Context, query string, args ...any) (out []string, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		out = append(out, text)
		return err
	}, query, args...)
	return out, err
}

// Marked gives the commits of a repository that hold marker lines or renames, with
// these alone, and with the files of marker lines that a commit begins, in the order
// of reading.
func (s *Store) Marked(ctx context.Context, repoID string) (out []fact.Commit, err error) {
	at := func(sha, change string) *fact.Commit {
		if len(out) == 0 || out[len(out)-1].SHA != sha {
			out = append(out, fact.Commit{SHA: sha, Landing: fact.Landing{Change: change}})
		}
		return &out[len(out)-1]
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var sha, change, path, old, kind, text string
		var added bool
		if err := rows.Scan(&sha, &change, &path, &old, &kind, &text, &added); err != nil {
			return err
		}
		c := at(sha, change)
		switch {
		case old != "":
			c.Changes = append(c.Changes, fact.FileChange{Path: path, OldPath: old, Kind: fact.Renamed})
		case kind == "":
			c.Changes = append(c.Changes, fact.FileChange{Path: path, Kind: fact.Added})
		default:
			c.MarkerLines = append(c.MarkerLines, fact.MarkerLine{Path: path, Kind: kind, Text: text, Added: added})
		}
		return nil
	}, `SELECT m.sha, c.change_sha, m.path, m.old_path, m.kind, m.note, m.is_added FROM (
			SELECT repo_id, sha, position, path, '' AS old_path, kind, note, is_added FROM marker_line WHERE repo_id = $1
			UNION ALL
			SELECT repo_id, sha, -1, path, old_path, '', '', false FROM file_change WHERE repo_id = $1 AND old_path <> ''
			UNION ALL
			SELECT f.repo_id, f.sha, -1, f.path, '', '', '', false FROM file_change f
			JOIN (SELECT DISTINCT sha, path FROM marker_line WHERE repo_id = $1 AND is_added) l ON l.sha = f.sha AND l.path = f.path
			WHERE f.repo_id = $1 AND f.kind = 'A'
		) m JOIN commit c ON c.repo_id = m.repo_id AND c.sha = m.sha
		ORDER BY c.reading_order, m.sha, m.position, m.path`, repoID)
	return out, err
}

// Graph gives the commits of a repository with their parents and landings, by the time
// at which they landed.
func (s *Store) Graph(ctx context.Context, repoID string) (out []fact.Commit, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var sha string
		var parent sql.NullString
		var landed time.Time
		if err := rows.Scan(&sha, &parent, &landed); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].SHA != sha {
			out = append(out, fact.Commit{SHA: sha, Landing: fact.Landing{At: landed.UTC()}})
		}
		if c := &out[len(out)-1]; parent.Valid {
			c.Parents = append(c.Parents, parent.String)
		}
		return nil
	}, `SELECT c.sha, p.parent_sha, c.landed_at FROM commit c LEFT JOIN commit_parent p ON p.repo_id = c.repo_id AND p.sha = c.sha
		WHERE c.repo_id = $1 ORDER BY c.landed_at, c.committed_at, c.sha, p.position`, repoID)
	return out, err
}

// PutOrder replaces the order of reading of a repository's commits.
func (s *Store) PutOrder(ctx context.Context, repoID string, shas []string) error {
	rows := make([][]any, len(shas))
	for i, sha := range shas {
		rows[i] = []any{sha, int64(i)}
	}
	return s.write(ctx, func(t *tx) {
		t.exec("CREATE TEMP TABLE ordered (sha varchar, reading_order bigint)")
		t.bulk("ordered", rows)
		t.exec("UPDATE commit SET reading_order = o.reading_order FROM ordered o WHERE commit.repo_id = $1 AND commit.sha = o.sha", repoID)
		t.exec("DROP TABLE ordered")
	})
}

// PutDerived replaces what follows from a repository's facts, which are then no longer stale.
func (s *Store) PutDerived(ctx context.Context, repoID string, debts []fact.DebtMarker, shapes []fact.FileShape) error {
	var markers, files [][]any
	for _, m := range debts {
		markers = append(markers, []any{repoID, m.InSHA, int32(m.Ordinal), m.Path, m.Kind, m.Text, m.OutSHA})
	}
	for _, f := range shapes {
		files = append(files, []any{repoID, f.Path, f.Language, f.Lines, f.Complexity})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM debt_marker WHERE repo_id = $1", repoID)
		t.bulk("debt_marker", markers)
		t.exec("DELETE FROM file_shape WHERE repo_id = $1", repoID)
		t.bulk("file_shape", files)
		t.exec("INSERT INTO stale_rollup VALUES ($1) ON CONFLICT DO NOTHING", repoID)
		t.exec("DELETE FROM stale_repository WHERE repo_id = $1", repoID)
	})
}
