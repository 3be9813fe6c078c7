package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
)

// What the database says of a file that does not hold what was written to it.
var (
	damage    = regexp.MustCompile(`(?i)corrupt|not a valid DuckDB database|could not read enough bytes|checksum|replaying WAL|failed to deserialize|serialization error`)
	logDamage = regexp.MustCompile(`(?i)replaying WAL|corrupt (encrypted )?WAL`)
	noSpace   = regexp.MustCompile(`(?i)no space left on device|failed to offload|max_temp_directory_size|disk quota`)
)

// recoverHint is what to do about a damaged file.
const recoverHint = "run diarchy recover (with the same paths or --database): it sets the damaged part aside, keeps the rest, and says what is read again"

// Damaged reports whether an error says that the file, or its log, is damaged.
func Damaged(err error) bool {
	return err != nil && damage.MatchString(err.Error()) && !errors.Is(err, problem.Locked)
}

// explain adds what to do to errors that a damaged file or a full disk ends in.
func explain(path string, err error) error {
	var known *problem.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case noSpace.MatchString(err.Error()):
		return problem.New(problem.Full, fullHint, "%s is full: %w", filepath.Dir(path), err)
	case Damaged(err):
		return problem.New(problem.Damaged, recoverHint, "%s is damaged: %w", path, err)
	}
	return err
}

// Explain implements store.Explainer.
func (e engine) Explain(err error) error { return explain(e.path, err) }

// Recovery is what Recover did. Nothing is ever deleted.
type Recovery struct {
	Aside    []string  // files under their new names; none: nothing was damaged
	Why      string    // what the database said of them
	Whole    bool      // the file itself was damaged, not its log alone: all facts are gone
	From, To time.Time // what was stored between these is missing; From is zero when all is
}

// Recover opens the database at path, and looks at every value and key in it. A log
// that cannot be read, or else the whole file, is renamed to a name with the date, and
// what is left is opened. A file that is in use, not permitted, or of another version
// is an error: it is not damaged.
func Recover(ctx context.Context, path string, opts Options, now time.Time) (*store.Store, Recovery, error) {
	var r Recovery
	opts.Verify = true
	for {
		state := look(path)
		st, err := Open(ctx, path, opts)
		if err == nil || !Damaged(err) {
			return st, r, err
		}
		log := logDamage.MatchString(err.Error()) && len(state.logs) > 0
		if r.Why == "" {
			r.Why = err.Error()
		}
		files := state.logs
		r.From, r.To = state.checkpoint, state.written
		if !log {
			files, r.Whole, r.From = append(files, path), true, time.Time{}
		}
		names, err := setAside(files, now)
		r.Aside = append(r.Aside, names...)
		if err != nil {
			return nil, r, err
		}
		if len(names) == 0 {
			return nil, r, fmt.Errorf("recover %s: there is nothing left to set aside: %s", path, r.Why)
		}
	}
}

// files are what a database consists of.
type files struct {
	logs       []string
	checkpoint time.Time // when the file itself was last written
	written    time.Time // when any of them was
}

// look lists the logs beside the file: while a checkpoint runs there is more than one.
func look(path string) (f files) {
	if info, err := os.Stat(path); err == nil {
		f.checkpoint, f.written = info.ModTime(), info.ModTime()
	}
	for _, suffix := range []string{".wal", ".wal.checkpoint", ".wal.recovery"} {
		if info, err := os.Stat(path + suffix); err == nil {
			f.logs = append(f.logs, path+suffix)
			if info.ModTime().After(f.written) {
				f.written = info.ModTime()
			}
		}
	}
	return f
}

// setAside renames files to names that are not taken.
func setAside(files []string, now time.Time) (names []string, err error) {
	for _, file := range files {
		name := file + ".damaged-" + now.Format("20060102-150405")
		for n := 2; ; n++ {
			if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
				break
			}
			name = fmt.Sprintf("%s.damaged-%s-%d", file, now.Format("20060102-150405"), n)
		}
		if err := os.Rename(file, name); err != nil {
			return names, fmt.Errorf("set the damaged file aside: %w", err)
		}
		names = append(names, name)
	}
	return names, nil
}

// verify reads every value, and looks up every key: blocks carry checksums, which are
// compared only when a block is read.
func verify(ctx context.Context, db *sql.DB) error {
	var tables, keyed []string
	rows, err := db.QueryContext(ctx, `SELECT t.table_name, EXISTS (SELECT 1 FROM duckdb_constraints() c
		WHERE c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY') FROM duckdb_tables() t WHERE NOT t.temporary ORDER BY t.table_name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var key bool
		if err := rows.Scan(&name, &key); err != nil {
			return err
		}
		tables = append(tables, name)
		if key {
			keyed = append(keyed, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, t := range tables {
		var sum sql.NullString
		if err := db.QueryRowContext(ctx, `SELECT CAST(bit_xor(hash(t)) AS varchar) FROM "`+t+`" t`).Scan(&sum); err != nil {
			return fmt.Errorf("read %s: %w", t, err)
		}
	}
	for _, t := range keyed {
		if err := lookUp(ctx, db, t); err != nil {
			return fmt.Errorf("keys of %s: %w", t, err)
		}
	}
	return nil
}

// lookUp inserts all rows of a table again and takes that back: each must meet its own
// key, else the index lacks it.
func lookUp(ctx context.Context, db *sql.DB, table string) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	res, err := tx.ExecContext(ctx, `INSERT INTO "`+table+`" SELECT * FROM "`+table+`" ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return errors.Join(err, fmt.Errorf("corrupt index: %d rows are not in it", n))
	}
	return nil
}
