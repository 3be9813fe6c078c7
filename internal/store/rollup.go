package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// Rollup is a table that follows from facts by one statement, whose first column is
// repo_id. @repository in it stands for the repository of which rows are made.
type Rollup struct {
	Table     string
	Statement string
}

// version changes with the statements that rollups are made by.
func version(rollups []Rollup) string {
	h := fnv.New64a()
	for _, r := range rollups {
		fmt.Fprintf(h, "%s\x00%s\x00", r.Table, r.Statement)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// StaleRollups names the repositories whose rollups do not follow from their facts and
// people any more: all, when they were made by other statements than these.
func (s *Store) StaleRollups(ctx context.Context, rollups []Rollup) ([]string, error) {
	made, err := s.column(ctx, "SELECT version FROM rollup_version")
	if err != nil {
		return nil, err
	}
	if v := version(rollups); !slices.Equal(made, []string{v}) {
		err := s.write(ctx, func(t *tx) {
			t.exec("INSERT INTO stale_rollup SELECT repo_id FROM repository ON CONFLICT DO NOTHING")
			t.exec("DELETE FROM rollup_version")
			t.exec("INSERT INTO rollup_version VALUES ($1)", v)
		})
		if err != nil {
			return nil, err
		}
	}
	return s.column(ctx, "SELECT repo_id FROM stale_rollup ORDER BY repo_id")
}

// PutRollups makes the rollups of a repository again, in one transaction. Its id is
// written into the statements, not handed over: only then a database knows, when it
// plans, that it can leave out all other repositories in each table that is read.
func (s *Store) PutRollups(ctx context.Context, repoID string, rollups []Rollup) error {
	literal := "'" + strings.ReplaceAll(repoID, "'", "''") + "'"
	return s.write(ctx, func(t *tx) {
		for _, r := range rollups {
			t.exec("DELETE FROM "+r.Table+" WHERE repo_id = $1", repoID)
			t.exec("INSERT INTO " + r.Table + " SELECT * FROM (\n" + strings.ReplaceAll(r.Statement, "@repository", literal) + "\n) made WHERE made.repo_id = " + literal)
		}
		t.exec("DELETE FROM stale_rollup WHERE repo_id = $1", repoID)
	})
}
