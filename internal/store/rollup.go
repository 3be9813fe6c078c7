package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// Rollup is a table that follows from facts by one statement, whose first column is
// repo_id. @repository in it stands for the repository of which rows are made.
type Rollup struct {
	Table     string
	Statement string
	// Since is the condition on rows that may have changed when facts did that landed at
	// @since or later, or at any time; the others stay. Without one, all rows are made again.
	// @recent in the statement is earlier than all that such rows are made of.
	Since string
}

// version changes with the statements that rollups are made by.
func version(rollups []Rollup) string {
	h := fnv.New64a()
	for _, r := range rollups {
		fmt.Fprintf(h, "%s\x00%s\x00%s\x00", r.Table, r.Statement, r.Since)
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
			t.changed("stale_rollup", "SELECT repo_id FROM repository")
			t.exec("DELETE FROM rollup_version")
			t.exec("INSERT INTO rollup_version VALUES ($1)", v)
		})
		if err != nil {
			return nil, err
		}
	}
	return s.column(ctx, "SELECT repo_id FROM stale_rollup ORDER BY repo_id")
}

// PutRollups makes the rollups of a repository again, in one transaction: the rows that may
// have changed. Its id is written into the statements, not handed over: only then a database
// knows, when it plans, that it can leave out all other repositories in each table that is read.
func (s *Store) PutRollups(ctx context.Context, repoID string, rollups []Rollup) error {
	since, err := s.changedSince(ctx, "stale_rollup", repoID)
	if err != nil {
		return err
	}
	whole := since.IsZero()
	if whole {
		since = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) // as fromStart: there are databases without a year 0
	}
	repository := "'" + strings.ReplaceAll(repoID, "'", "''") + "'"
	part := strings.NewReplacer("@repository", repository, "@since", instant(since), "@recent", instant(recent(since)))
	return s.write(ctx, func(t *tx) {
		for _, r := range rollups {
			own := "repo_id = " + repository
			if r.Since != "" && !whole {
				own += " AND " + part.Replace(r.Since)
			}
			t.exec("DELETE FROM " + r.Table + " WHERE " + own)
			t.exec("INSERT INTO " + r.Table + " SELECT * FROM (\n" + part.Replace(r.Statement) + "\n) made WHERE " + own)
		}
		t.exec("DELETE FROM stale_rollup WHERE repo_id = $1", repoID)
	})
}

// recent is no later than the beginning of the day, week and quarter that an instant is of,
// in any time zone.
func recent(at time.Time) time.Time {
	at = at.UTC().AddDate(0, 0, -1)
	return time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -8)
}

// instant writes a time into a statement; what databases do not know below a microsecond is
// left out.
func instant(at time.Time) string {
	return "TIMESTAMPTZ '" + at.UTC().Format("2006-01-02 15:04:05.000000+00") + "'"
}
