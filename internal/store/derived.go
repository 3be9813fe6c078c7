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
		t.changed("stale_rollup", "SELECT repo_id FROM repository")
		t.changed("stale_delivery", "SELECT repo_id FROM repository")
		t.changed("stale_delivery", "SELECT '' AS repo_id")
		t.exec("INSERT INTO stale_project SELECT project_id FROM project ON CONFLICT DO NOTHING")
		t.exec("UPDATE decision_version SET reader = 0")
	})
}

// fromStart is the instant from which facts changed when any of them may have.
const fromStart = "TIMESTAMPTZ '1900-01-01 00:00:00+00'"

// fromNever is the instant from which nothing of a history changed, but what systems tell of it:
// no rollup of which a part can be made again rests on that.
const fromNever = "TIMESTAMPTZ '2999-12-31 00:00:00+00'"

// changed notes that any facts of the repositories that a statement names may have changed
// since what a table of stale repositories is about was made: stale_rollup or stale_delivery.
func (t *tx) changed(stale, repositories string, args ...any) {
	t.changedFrom(stale, "SELECT s.repo_id, "+fromStart+" AS from_at FROM ("+repositories+") s", args...)
}

// changedFrom notes that facts of repositories changed which landed at from_at or later, and
// no others. The statement names each repository once.
func (t *tx) changedFrom(stale, repositories string, args ...any) {
	t.exec("INSERT INTO "+stale+" SELECT n.repo_id, n.from_at FROM ("+repositories+`) n
		ON CONFLICT (repo_id) DO UPDATE SET from_at = LEAST(`+stale+`.from_at, excluded.from_at)`, args...)
}

// changedSince is the instant from which facts of a repository changed; zero when any may have.
func (s *Store) changedSince(ctx context.Context, stale, repoID string) (since time.Time, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&since) },
		"SELECT from_at FROM "+stale+" WHERE repo_id = $1 AND from_at > "+fromStart, repoID)
	return since.UTC(), err
}

// one names a repository to changed.
const one = "SELECT CAST($1 AS varchar) AS repo_id"

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
		t.changed("stale_rollup", one, repoID)
		t.exec("DROP TABLE ordered")
	})
}

// debtsChanged is since when debts of a repository are others than before: since they came in,
// where they were not there or are not any more, and since they went out, where they do so
// otherwise. Where all are as they were, shapes of files may not be, which belong to the newest commit.
const debtsChanged = `
WITH other AS (
  (SELECT in_sha, ordinal, in_sha AS sha FROM debt_marker WHERE repo_id = $1 EXCEPT SELECT in_sha, ordinal, in_sha FROM debt_before)
  UNION ALL
  (SELECT in_sha, ordinal, in_sha FROM debt_before EXCEPT SELECT in_sha, ordinal, in_sha FROM debt_marker WHERE repo_id = $1)
  UNION ALL
  (SELECT in_sha, ordinal, out_sha FROM debt_marker WHERE repo_id = $1 EXCEPT SELECT in_sha, ordinal, out_sha FROM debt_before)
  UNION ALL
  (SELECT in_sha, ordinal, out_sha FROM debt_before EXCEPT SELECT in_sha, ordinal, out_sha FROM debt_marker WHERE repo_id = $1)
)
SELECT CAST($1 AS varchar) AS repo_id, COALESCE(MIN(c.landed_at), (SELECT MAX(landed_at) FROM commit WHERE repo_id = $1), ` + fromStart + `) AS from_at
FROM other o
JOIN commit c ON c.repo_id = $1 AND c.sha = o.sha`

// Shapes gives the files of a repository that were measured.
func (s *Store) Shapes(ctx context.Context, repoID string) (out []fact.FileShape, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var f fact.FileShape
		err := rows.Scan(&f.Path, &f.Language, &f.Lines, &f.Complexity, &f.Blob)
		out = append(out, f)
		return err
	}, "SELECT path, language, line_count, complexity, blob FROM file_shape WHERE repo_id = $1 ORDER BY path", repoID)
	return out, err
}

// PutDerived replaces what follows from a repository's facts, which are then no longer stale.
func (s *Store) PutDerived(ctx context.Context, repoID string, debts []fact.DebtMarker, shapes []fact.FileShape) error {
	var markers, files [][]any
	for _, m := range debts {
		markers = append(markers, []any{repoID, m.InSHA, int32(m.Ordinal), m.Path, m.Kind, m.Text, m.OutSHA})
	}
	for _, f := range shapes {
		files = append(files, []any{repoID, f.Path, f.Language, f.Lines, f.Complexity, f.Blob})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("CREATE TEMP TABLE debt_before AS SELECT * FROM debt_marker LIMIT 0")
		t.exec("INSERT INTO debt_before SELECT * FROM debt_marker WHERE repo_id = $1", repoID)
		t.exec("DELETE FROM debt_marker WHERE repo_id = $1", repoID)
		t.bulk("debt_marker", markers)
		t.exec("DELETE FROM file_shape WHERE repo_id = $1", repoID)
		t.bulk("file_shape", files)
		t.changedFrom("stale_rollup", debtsChanged, repoID)
		t.exec("DROP TABLE debt_before")
		t.exec("DELETE FROM stale_repository WHERE repo_id = $1", repoID)
	})
}
