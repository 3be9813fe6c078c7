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
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
)

// What the database says of a file that does not hold what was written to it.
var (
	damage    = regexp.MustCompile(`(?i)corrupt|not a valid DuckDB database|could not read enough bytes|checksum|replaying WAL|failed to deserialize|serialization error`)
	logDamage = regexp.MustCompile(`(?i)replaying WAL|corrupt (encrypted )?WAL`)
	rights    = regexp.MustCompile(`(?i)permission denied|read-only file system`)
	memory    = regexp.MustCompile(`(?i)out of memory|failed to (allocate|pin)`)
	offload   = regexp.MustCompile(`(?i)failed to offload|max_temp_directory_size`)
	noSpace   = regexp.MustCompile(`(?i)no space left on device|failed to offload|max_temp_directory_size|disk quota`)
)

// recoverHint is what to do about a damaged file.
const recoverHint = "run diarchy recover (with the same paths or --database): it sets the damaged part aside, keeps the rest, and says what is read again"

// Damaged reports whether an error says that the file, or its log, is damaged. What
// only stops for want of space, memory or rights is sound.
func Damaged(err error) bool {
	if err == nil || errors.Is(err, problem.Locked) {
		return false
	}
	text := err.Error()
	for _, sound := range []*regexp.Regexp{noSpace, memory, rights} {
		if sound.MatchString(text) {
			return false
		}
	}
	if strings.Contains(text, "Constraint Error") { // it quotes what users wrote
		return logDamage.MatchString(text)
	}
	return damage.MatchString(text)
}

// explain adds what to do to errors that a damaged file or a full disk ends in.
func explain(path string, err error) error {
	var known *problem.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case noSpace.MatchString(err.Error()):
		dir := filepath.Dir(path)
		if strings.Contains(err.Error(), path+".tmp") || offload.MatchString(err.Error()) {
			dir = path + ".tmp"
		}
		return problem.New(problem.Full, fullHint, "%s is full: %s", dir, firstLine(err))
	case memory.MatchString(err.Error()):
		return problem.New(nil, "allow more by DIARCHY_MEMORY_LIMIT, for instance DIARCHY_MEMORY_LIMIT=2GB", "%s needs more memory than it may take: %s", path, firstLine(err))
	case Damaged(err):
		return problem.New(problem.Damaged, recoverHint, "%s is damaged: %w", path, err)
	}
	return err
}

// firstLine leaves out the advice that the database adds, which is not for our users.
func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// refused adds what to do to errors of a file that may not be opened, though it is sound.
func refused(path string, err error) error {
	switch text := err.Error(); {
	case rights.MatchString(text):
		return problem.New(nil, "give this user the right to write it and its folder, or name another place by --database or DIARCHY_DATABASE",
			"%s may not be written: %w", path, err)
	case strings.Contains(text, "with version number"):
		return problem.New(problem.Invalid, "use the program version that wrote it, or name another file by --database or DIARCHY_DATABASE",
			"%s was written by another version of DuckDB: %w", path, err)
	}
	return fmt.Errorf("open %s: %w", path, err)
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
		r.From = state.checkpoint
		if state.written.After(r.To) {
			r.To = state.written
		}
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
	rows, err := db.QueryContext(ctx, `SELECT t.table_name, COALESCE(k.column_name, ''), COALESCE(k.data_type, '')
		FROM duckdb_tables() t LEFT JOIN (
			SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() c JOIN duckdb_constraints() p
			ON p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY' AND p.constraint_column_names[-1] = c.column_name
		) k ON k.table_name = t.table_name WHERE NOT t.temporary ORDER BY t.table_name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	type table struct{ name, key, kind string }
	var tables []table
	for rows.Next() {
		var t table
		if err := rows.Scan(&t.name, &t.key, &t.kind); err != nil {
			return err
		}
		tables = append(tables, t)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, t := range tables {
		var sum sql.NullString
		if err := db.QueryRowContext(ctx, `SELECT CAST(bit_xor(hash(t)) AS varchar) FROM "`+t.name+`" t`).Scan(&sum); err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		if err := lookUp(ctx, db, t.name, t.key, t.kind); t.key != "" && err != nil {
			return fmt.Errorf("keys of %s: %w", t.name, err)
		}
	}
	return nil
}

// lookUp inserts a neighbour of each key, which leads along that key through the index,
// and takes all that back. (Statements with ON CONFLICT do not use the index.)
func lookUp(ctx context.Context, db *sql.DB, table, key, kind string) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	neighbour := key + " || '!'"
	if kind != "VARCHAR" {
		neighbour = key + " + 1000000"
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO "%s" SELECT * REPLACE (%s AS %s) FROM "%[1]s"`, table, neighbour, key))
	return err
}
