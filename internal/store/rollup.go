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
	// @recent in the statement is earlier than all that such rows are made of, and what touched
	// lists stands for what changed since. Where it reads its own table, that is as it was.
	Since string
	// OfReleases says that Since suffices only where releases are as they were.
	OfReleases bool
}

// version changes with the statements that rollups are made by.
func version(rollups []Rollup) string {
	h := fnv.New64a()
	for _, r := range rollups {
		fmt.Fprintf(h, "%s\x00%s\x00%s\x00%t\x00", r.Table, r.Statement, r.Since, r.OfReleases)
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
	released, err := s.column(ctx, "SELECT repo_id FROM stale_release WHERE repo_id = $1", repoID)
	if err != nil {
		return err
	}
	all := partOf(repoID, time.Time{})
	part := partOf(repoID, since)
	return s.write(ctx, func(t *tx) {
		for _, m := range part.touched {
			t.exec("CREATE TEMP TABLE " + m.table + " AS " + part.Replace(m.query))
		}
		for _, r := range rollups {
			of, own := part, "repo_id = @repository AND ("+r.Since+")"
			if r.Since == "" || since.IsZero() || r.OfReleases && len(released) > 0 {
				of, own = all, "repo_id = @repository"
			}
			own = of.Replace(own)
			t.make(r, own, "SELECT * FROM (\n"+of.Replace(r.Statement)+"\n) made WHERE "+own)
		}
		for _, m := range part.touched {
			t.exec("DROP TABLE " + m.table)
		}
		t.exec("DELETE FROM stale_rollup WHERE repo_id = $1", repoID)
		t.exec("DELETE FROM stale_release WHERE repo_id = $1", repoID)
	})
}

// touched is what facts belong to that landed at @since or later, and up to two days before, so
// that it may be asked for a day: in statements, "x @touched_path" and its like. Paths are those
// of renames under both names; releases those that count such a commit.
var touched = []touching{
	{"touched_path", `
SELECT f.path AS x FROM file_change f JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
WHERE f.repo_id = @repository AND c.landed_at >= @since - INTERVAL '2 days'
UNION
SELECT f.old_path FROM file_change f JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
WHERE f.repo_id = @repository AND c.landed_at >= @since - INTERVAL '2 days' AND f.old_path <> ''`},
	{"touched_change", `
SELECT DISTINCT change_sha AS x FROM commit WHERE repo_id = @repository AND landed_at >= @since - INTERVAL '2 days'`},
	{"touched_release", `
SELECT DISTINCT r.tag AS x FROM release_commit r JOIN commit c ON c.repo_id = r.repo_id AND c.sha = r.sha
WHERE r.repo_id = @repository AND c.landed_at >= @since - INTERVAL '2 days'`},
}

type touching struct{ table, query string }

// rollupPart writes out for which repository, and since when, rollups are made again.
type rollupPart struct {
	*strings.Replacer
	touched []touching // tables that are needed for it
}

// partOf is the part that changed since an instant, or at zero, all of a repository.
func partOf(repoID string, since time.Time) rollupPart {
	p, start := rollupPart{touched: touched}, since
	if since.IsZero() {
		p.touched, start = nil, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) // as fromStart: there are databases without a year 0
	}
	words := []string{"@repository", "'" + strings.ReplaceAll(repoID, "'", "''") + "'", "@since", instant(start), "@recent", instant(recent(start))}
	for _, m := range touched {
		in := "IN (SELECT x FROM " + m.table + ")"
		if since.IsZero() {
			in = "IS NOT NULL"
		}
		words = append(words, "@"+m.table, in)
	}
	p.Replacer = strings.NewReplacer(words...)
	return p
}

// make replaces rows of a rollup by what a statement gives; one that reads the table itself is
// run while the old rows are there.
func (t *tx) make(r Rollup, own, statement string) {
	remove := "DELETE FROM " + r.Table + " WHERE " + own
	if !strings.Contains(r.Statement, "FROM "+r.Table+" ") {
		t.exec(remove)
		t.exec("INSERT INTO " + r.Table + " " + statement)
		return
	}
	t.exec("CREATE TEMP TABLE made_rollup AS " + statement)
	t.exec(remove)
	t.exec("INSERT INTO " + r.Table + " SELECT * FROM made_rollup")
	t.exec("DROP TABLE made_rollup")
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
