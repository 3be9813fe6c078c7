package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Fault is something of a repository that does not hold together.
type Fault struct {
	RepoID string
	What   string // a sentence, without its subject
	Count  int64
}

// hanging are the tables whose rows belong to a commit.
var hanging = []string{"commit_parent", "trailer", "file_change", "marker_line", "commit_uncounted", "decision_version", "decision_field"}

// checks give (repository, count) for what must never be.
var checks = []struct{ what, query string }{
	{"commits are there twice", `SELECT d.repo_id, COUNT(*) FROM (
		SELECT repo_id, sha FROM commit GROUP BY repo_id, sha HAVING COUNT(*) > 1) d GROUP BY d.repo_id`},
	{"changes of files are there twice", `SELECT d.repo_id, COUNT(*) FROM (
		SELECT repo_id, sha, path FROM file_change GROUP BY repo_id, sha, path HAVING COUNT(*) > 1) d GROUP BY d.repo_id`},
	{"commits do not have the parents that they were read with", `SELECT c.repo_id, COUNT(*) FROM commit c LEFT JOIN (
		SELECT repo_id, sha, COUNT(*) AS n FROM commit_parent GROUP BY repo_id, sha) p ON p.repo_id = c.repo_id AND p.sha = c.sha
		WHERE c.parent_count <> COALESCE(p.n, 0) GROUP BY c.repo_id`},
	{"commits lack a parent, which was read before them", `SELECT p.repo_id, COUNT(*) FROM commit_parent p
		JOIN commit c ON c.repo_id = p.repo_id AND c.sha = p.sha
		LEFT JOIN commit q ON q.repo_id = p.repo_id AND q.sha = p.parent_sha
		WHERE q.sha IS NULL AND NOT c.is_boundary GROUP BY p.repo_id`},
	{"authors or committers are unknown", `SELECT c.repo_id, COUNT(*) FROM commit c
		LEFT JOIN identity a ON a.identity_id = c.author_id LEFT JOIN identity b ON b.identity_id = c.committer_id
		WHERE a.identity_id IS NULL OR b.identity_id IS NULL GROUP BY c.repo_id`},
	{"commits are missing among those that its place was read up to", `SELECT l.repo_id, MAX(n.last - n.n)
		FROM (SELECT repo_id, MAX(location) AS place FROM location GROUP BY repo_id HAVING COUNT(*) = 1) o
		JOIN location l ON l.location = o.place
		JOIN commit h ON h.repo_id = l.repo_id AND h.sha = l.head_sha
		JOIN (SELECT repo_id, COUNT(*) AS n, MAX(reading_order) + 1 AS last FROM commit GROUP BY repo_id) n ON n.repo_id = l.repo_id
		WHERE l.cursor_state <> '' AND n.n <> n.last GROUP BY l.repo_id`},
}

// Check compares facts with each other and with the cursors that cover them. covers
// tells the commit up to which a cursor says that everything is stored; "" if it says
// of none.
func (s *Store) Check(ctx context.Context, covers func(cursor string) (sha string)) (faults []Fault, err error) {
	for _, c := range checks {
		if err := s.check(ctx, c.what, c.query, &faults); err != nil {
			return nil, err
		}
	}
	for _, table := range hanging {
		query := fmt.Sprintf(`SELECT t.repo_id, COUNT(*) FROM %s t LEFT JOIN commit c ON c.repo_id = t.repo_id AND c.sha = t.sha
			WHERE c.sha IS NULL GROUP BY t.repo_id`, table)
		if err := s.check(ctx, "rows of "+table+" belong to commits that are not there", query, &faults); err != nil {
			return nil, err
		}
	}
	locations, err := s.Locations(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range locations {
		head := covers(l.Cursor)
		if l.Cursor == "" || head == "" {
			continue
		}
		at, err := s.Landed(ctx, l.RepoID, head)
		if err != nil {
			return nil, err
		}
		if at.IsZero() {
			faults = append(faults, Fault{l.RepoID, "places were read up to a commit that is not there", 1})
		}
	}
	return faults, nil
}

func (s *Store) check(ctx context.Context, what, query string, faults *[]Fault) error {
	err := s.each(ctx, func(rows *sql.Rows) error {
		f := Fault{What: what}
		err := rows.Scan(&f.RepoID, &f.Count)
		*faults = append(*faults, f)
		return err
	}, query)
	if err != nil {
		return fmt.Errorf("check that no %s: %w", what, err)
	}
	return nil
}

// Forget takes out what was read of a repository, so that the next reading of its
// places begins anew.
func (s *Store) Forget(ctx context.Context, repoID string) error {
	return s.write(ctx, func(t *tx) {
		for _, table := range append([]string{"commit", "release", "release_commit", "document", "debt_marker", "file_shape", "stale_repository"}, hanging...) {
			t.exec("DELETE FROM "+table+" WHERE repo_id = $1", repoID)
		}
		t.exec("DELETE FROM skipped WHERE location IN (SELECT location FROM location WHERE repo_id = $1)", repoID)
		t.exec("UPDATE location SET cursor_state = '' WHERE repo_id = $1", repoID)
		t.changed("stale_rollup", one, repoID)
		t.changed("stale_delivery", one, repoID)
	})
}

// Held is what is stored of a repository.
type Held struct {
	Name    string
	Commits int64
	Newest  sql.NullTime // landing of the newest commit
	ReadAt  sql.NullTime // when one of its places was last read
}

// Held lists what is stored, by repository id.
func (s *Store) Held(ctx context.Context) (map[string]Held, error) {
	out := map[string]Held{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var id string
		var h Held
		err := rows.Scan(&id, &h.Name, &h.Commits, &h.Newest, &h.ReadAt)
		out[id] = h
		return err
	}, `SELECT r.repo_id, r.name, COALESCE(c.n, 0), c.newest, l.read_at FROM repository r
		LEFT JOIN (SELECT repo_id, COUNT(*) AS n, MAX(landed_at) AS newest FROM commit GROUP BY repo_id) c ON c.repo_id = r.repo_id
		LEFT JOIN (SELECT repo_id, MAX(read_at) AS read_at FROM location GROUP BY repo_id) l ON l.repo_id = r.repo_id`)
	return out, err
}
