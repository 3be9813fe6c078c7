package store

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Rollup is a table that follows from facts by one statement, whose first column is
// repo_id. "x @repositories" in it holds for the repositories of which rows are made.
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
// people any more: all, when they were made by other statements than these. They come in parts
// that are made together.
func (s *Store) StaleRollups(ctx context.Context, rollups []Rollup) ([][]string, error) {
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
	return s.staleParts(ctx)
}

// What is made together: a statement costs about as much for a few small repositories as for one, and
// what it holds in memory grows with their commits.
const (
	partCommits = 100_000
	partSpan    = 31 * 24 * time.Hour
)

// staleParts puts stale repositories together that changed since about the same time, since they
// are made again from the earliest on, and apart those of which all, or all releases, may have
// changed.
func (s *Store) staleParts(ctx context.Context) (parts [][]string, err error) {
	var commits int64
	var began time.Time
	var wasReleased bool
	err = s.each(ctx, func(rows *sql.Rows) error {
		var id string
		var n int64
		var since time.Time
		var released bool
		if err := rows.Scan(&id, &since, &released, &n); err != nil {
			return err
		}
		if len(parts) == 0 || commits+n > partCommits || since.Sub(began) > partSpan || released != wasReleased {
			parts, commits, began, wasReleased = append(parts, nil), 0, since, released
		}
		last := &parts[len(parts)-1]
		*last = append(*last, id)
		commits += n
		return nil
	}, `SELECT s.repo_id, s.from_at, r.repo_id IS NOT NULL AS is_released, COUNT(c.sha) AS commits
		FROM stale_rollup s
		LEFT JOIN stale_release r ON r.repo_id = s.repo_id
		LEFT JOIN commit c ON c.repo_id = s.repo_id
		GROUP BY 1, 2, 3 ORDER BY 3, 2, 1`)
	return parts, err
}

// PutRollups makes the rollups of repositories again, in one transaction: the rows that may have
// changed since the earliest time at which facts of any of them did. Their ids are written into
// the statements, not handed over: only then a database knows, when it plans, that it can leave
// out all others in each table that is read.
func (s *Store) PutRollups(ctx context.Context, repos []string, rollups []Rollup) error {
	since, released, err := s.changedOf(ctx, repos)
	if err != nil {
		return err
	}
	all := partOf(repos, time.Time{})
	part := partOf(repos, since)
	return s.write(ctx, func(t *tx) {
		for _, m := range part.touched {
			query := part.of(t, m.query)
			t.exec("CREATE TEMP TABLE " + m.table + " AS " + query)
		}
		for _, r := range rollups {
			made, own := part, "repo_id @repositories AND ("+r.Since+")"
			if r.Since == "" || since.IsZero() || r.OfReleases && released {
				made, own = all, "repo_id @repositories"
			}
			own = made.of(t, own)
			t.make(r, own, "SELECT * FROM (\n"+made.of(t, r.Statement)+"\n) made WHERE "+own)
		}
		for _, m := range part.touched {
			t.exec("DROP TABLE " + m.table)
		}
		for _, table := range part.lately {
			t.exec("DROP TABLE " + table)
		}
		t.exec("DELETE FROM stale_rollup WHERE repo_id = ANY($1::varchar[])", repos)
		t.exec("DELETE FROM stale_release WHERE repo_id = ANY($1::varchar[])", repos)
	})
}

// changedOf is the earliest instant from which facts of any of these repositories changed, zero
// when any may have, and whether releases did.
func (s *Store) changedOf(ctx context.Context, repos []string) (since time.Time, released bool, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&since, &released) },
		`SELECT MIN(s.from_at), COUNT(r.repo_id) > 0 FROM stale_rollup s LEFT JOIN stale_release r ON r.repo_id = s.repo_id
		WHERE s.repo_id = ANY($1::varchar[]) HAVING MIN(s.from_at) > `+fromStart, repos)
	return since.UTC(), released, err
}

// touched is what landed at @since or later, and up to two days before, so that it may be asked
// for a day, and what that belongs to: in statements, "(repo_id, x) @touched_path" and its like.
// Paths are those of renames under both names; releases those that count such a commit.
var touched = []touching{
	{"touched_commit", "SELECT repo_id, sha AS x FROM commit WHERE repo_id @repositories AND landed_at >= @since - INTERVAL '2 days'"},
	{"touched_change", "SELECT DISTINCT repo_id, change_sha AS x FROM @lately(commit) c"},
	{"touched_person", "SELECT DISTINCT repo_id, person_id AS x FROM @lately(work) w"},
	{"touched_release", "SELECT DISTINCT r.repo_id, r.tag AS x FROM @lately(release_commit) r"},
	{"touched_path", `SELECT f.repo_id, f.path AS x FROM @lately(file_change) f
		UNION SELECT f.repo_id, f.old_path FROM @lately(file_change) f WHERE f.old_path <> ''`},
}

// lately is where a statement reads of a table what touched commits have, or has a touched path in
// a column. That is found once, by a join that begins with these, since a database does not see by
// itself how few there are, and kept until all statements were run.
var lately = regexp.MustCompile(`@lately\((\w+)(?:\.(\w+))?\)`)

type touching struct{ table, query string }

// rollupPart writes out for which repositories, and since when, rollups are made again.
type rollupPart struct {
	words   *strings.Replacer
	touched []touching // tables that are needed for it; none for all of each repository
	lately  []string   // tables that were made for @lately
}

// of writes a statement out, and makes what it reads by @lately, unless it is there.
func (p *rollupPart) of(t *tx, statement string) string {
	return p.words.Replace(lately.ReplaceAllStringFunc(statement, func(call string) string {
		m := lately.FindStringSubmatch(call)
		if p.touched == nil {
			return m[1]
		}
		by, name := "touched_commit t JOIN "+m[1]+" y ON y.repo_id = t.repo_id AND y.sha = t.x", "lately_"+m[1]
		if m[2] != "" {
			by, name = "touched_path t JOIN "+m[1]+" y ON y.repo_id = t.repo_id AND y."+m[2]+" = t.x", name+"_"+m[2]
		}
		if !slices.Contains(p.lately, name) {
			p.lately = append(p.lately, name)
			t.exec(p.words.Replace("CREATE TEMP TABLE " + name + " AS SELECT y.* FROM " + by + " WHERE y.repo_id @repositories"))
		}
		return name
	}))
}

// partOf is the part that changed since an instant, or at zero, all of each repository.
func partOf(repos []string, since time.Time) *rollupPart {
	p, start := &rollupPart{touched: touched}, since
	if since.IsZero() {
		p.touched, start = nil, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) // as fromStart: there are databases without a year 0
	}
	words := []string{"@repositories", among(repos), "@since_quarter", instant(quarter(start)), "@since", instant(start), "@recent", instant(recent(start))}
	for _, m := range touched {
		in := "IN (SELECT repo_id, x FROM " + m.table + ")"
		if since.IsZero() {
			in = "IS NOT NULL"
		}
		words = append(words, "@"+m.table, in)
	}
	p.words = strings.NewReplacer(words...)
	return p
}

// among is the condition of being one of these texts. Of one alone a database follows what that
// says of the tables that are joined.
func among(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	if len(quoted) == 1 {
		return "= " + quoted[0]
	}
	return "IN (" + strings.Join(quoted, ", ") + ")"
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
	return quarter(at.UTC().AddDate(0, 0, -1)).AddDate(0, 0, -8)
}

// quarter is the beginning of the quarter, of UTC, that an instant is in.
func quarter(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// instant writes a time into a statement; what databases do not know below a microsecond is
// left out.
func instant(at time.Time) string {
	return "TIMESTAMPTZ '" + at.UTC().Format("2006-01-02 15:04:05.000000+00") + "'"
}
