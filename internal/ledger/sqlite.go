package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FileName is the usual name of a ledger in a file.
const FileName = "ledger.sqlite"

// file is a ledger in one file of SQLite.
type file struct{ path string }

// Open opens the ledger at a path, and brings its tables to the newest version.
func Open(ctx context.Context, path string, opts Options) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if opts.Key == "" {
		opts.Key = path + keySuffix
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 && !opts.NewKey && !isThere(opts.Key) {
		return nil, problem.New(problem.Damaged, "put the file back, or name it in DIARCHY_LEDGER_KEY; if it is lost for good: diarchy ledger restore BACKUP --without-key",
			"the key of the ledger %s is not here: there is no %s, and a new one could neither read second factors nor vouch for the audit trail", path, opts.Key)
	}
	if err := prepare(path, opts.Create); err != nil {
		return nil, err
	}
	k, err := openKey(opts.Key)
	if err != nil {
		return nil, err
	}
	return open(ctx, path, &Ledger{keyPath: opts.Key, key: k, now: opts.Now})
}

// copied opens a copy of a ledger in a file, or a file that is to be one.
func (l *Ledger) copied(ctx context.Context, path string) (*Ledger, error) {
	return open(ctx, path, &Ledger{keyPath: l.keyPath, key: l.key, now: l.now, unbegun: true})
}

func open(ctx context.Context, path string, l *Ledger) (_ *Ledger, err error) {
	l.engine = file{path}
	if l.now == nil {
		l.now = time.Now
	}
	if l.writer, err = connect(path, "_txlock=immediate"); err != nil {
		return nil, err
	}
	l.writer.SetMaxOpenConns(1)
	if l.reader, err = connect(path, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, l.writer.Close())
	}
	l.reader.SetMaxOpenConns(8)
	l.reader.SetMaxIdleConns(8)
	if err := l.migrate(ctx); err != nil {
		return nil, errors.Join(l.engine.explain(err), l.Close())
	}
	return l, nil
}

// prepare makes the file before SQLite does, so that nobody else can ever read it.
func prepare(path string, create bool) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !create && errors.Is(err, os.ErrNotExist) {
		return none(path)
	}
	if err := folder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("make ledger: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return problem.New(nil, "DIARCHY_LEDGER names another place", "make ledger: %w", err)
	}
	return f.Close()
}

// folder makes the folder of a ledger. One that was not there is only for it, and then
// git leaves it out: accounts and a key must not be pushed with the documents.
func folder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*\n"), 0o600)
}

func connect(path, more string) (*sql.DB, error) {
	name := address(path) +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&" + more
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return db, nil
}

// address is a path as SQLite takes it.
func address(path string) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}).String()
}

func (f file) String() string { return f.path }

// begin does nothing: the transaction began with SQLite's lock.
func (file) begin(context.Context, *sql.Tx) error { return nil }

// snapshot is every transaction of SQLite.
func (file) snapshot() *sql.TxOptions { return nil }

func (file) bind(statement string, args []any) (string, []any) { return statement, args }

func (file) schema() schema {
	return schema{
		folder: "sqlite",
		there:  "SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration'",
		made:   "CREATE TABLE IF NOT EXISTS schema_migration (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied_us INTEGER NOT NULL) STRICT",
	}
}

func (file) script(ctx context.Context, tx *sql.Tx, text string) error {
	_, err := tx.ExecContext(ctx, text)
	return err
}

// explain puts SQLite's errors in the program's categories.
func (f file) explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return problem.New(problem.Full, "make space on the disk that holds "+f.path, "ledger: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return problem.New(problem.Locked, "wait until it is done, and try again", "another process is writing to %s: %w", f.path, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return problem.New(problem.Damaged, "rename it, then restore the newest backup: diarchy ledger restore FILE", "ledger %s: %w", f.path, err)
	}
	return fmt.Errorf("ledger: %w", err)
}

// takeKey is not needed: the key is there before the file is opened.
func (file) takeKey(*Ledger, bool) error { return nil }

// putKey does nothing: the key is beside the file, and goes where it goes.
func (file) putKey(*Tx) error { return nil }

// copyInto needs the connection that may write, though it writes only to the copy.
func (file) copyInto(ctx context.Context, l *Ledger, to string) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.mayWrite(); err != nil {
		return err
	}
	_, err := l.writer.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// work is the folder for temporary files: that of the ledger, which others cannot read.
func (f file) work() string { return filepath.Dir(f.path) }

// takeOver copies every page of a file into the ledger, in one transaction of SQLite.
func (file) takeOver(ctx context.Context, l *Ledger, from string) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.mayWrite(); err != nil {
		return err
	}
	conn, err := l.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	return conn.Raw(func(driver any) error {
		from, err := driver.(interface {
			NewRestore(string) (*sqlite.Backup, error)
		}).NewRestore(address(from))
		if err != nil {
			return err
		}
		_, err = from.Step(-1)
		return errors.Join(err, from.Finish())
	})
}

// scrub has SQLite write its file anew.
func (file) scrub(ctx context.Context, l *Ledger) error {
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := l.writer.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// integrity has SQLite look at every page and every reference of a file.
func (l *Ledger) integrity(ctx context.Context) error {
	return l.Read(ctx, func(t *Tx) error {
		for _, check := range []string{"PRAGMA integrity_check(3)", "PRAGMA foreign_key_check"} {
			err := t.Each(check, nil, func(scan func(...any) error) error {
				var first string
				var rest [3]any
				err := scan(&first)
				if err != nil {
					err = scan(&first, &rest[0], &rest[1], &rest[2])
				}
				if err == nil && first != "ok" {
					err = problem.New(problem.Damaged, "take an older backup", "the ledger is damaged: %.200s", first)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// isLedger refuses a file that would be made a ledger only by opening it as one.
func isLedger(ctx context.Context, path string) error {
	db, err := connect(path, "")
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // only read
	var n int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('schema_migration', 'audit', 'account')").Scan(&n); err != nil {
		return file{path}.explain(err)
	}
	if n != 3 {
		return problem.New(problem.Damaged, "name a backup of a ledger", "%s is no ledger", path)
	}
	return nil
}
