// Package ledger keeps what can neither be read again nor stands in a document:
// accounts, sessions, and the audit trail. It is one SQLite file
// that is never lost: every acknowledged write is on the disk.
//
// It gives transactions and the audit trail; what the rows of accounts mean is the work
// of package account.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FileName is the usual name of a ledger.
const FileName = "ledger.sqlite"

// Ledger is an open ledger. It may be used by many goroutines; writes follow each other.
type Ledger struct {
	path    string
	key     key
	now     func() time.Time
	writing sync.Mutex
	writer  *sql.DB // one connection
	reader  *sql.DB
	before  func() error // each statement that writes, and each commit: has one fail in tests
}

// Options are what a ledger is opened with.
type Options struct {
	Now    func() time.Time // nil: time.Now
	Create bool             // when there is none
}

// Open opens the ledger at a path, and brings its tables to the newest version.
func Open(ctx context.Context, path string, opts Options) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if err := prepare(path, opts.Create); err != nil {
		return nil, err
	}
	k, err := openKey(path + keySuffix)
	if err != nil {
		return nil, err
	}
	return open(ctx, path, k, opts.Now)
}

func open(ctx context.Context, path string, k key, now func() time.Time) (l *Ledger, err error) {
	if now == nil {
		now = time.Now
	}
	l = &Ledger{path: path, now: now, key: k}
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
		return nil, errors.Join(about(path, err), l.Close())
	}
	return l, nil
}

// prepare makes the file before SQLite does, so that nobody else can ever read it.
func prepare(path string, create bool) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !create && errors.Is(err, os.ErrNotExist) {
		return problem.New(problem.Missing, "it is made when the server starts: diarchy serve; DIARCHY_LEDGER names another place", "there is no ledger at %s", path)
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

// Path is the ledger's file.
func (l *Ledger) Path() string { return l.path }

// KeyPath is the file of the key.
func (l *Ledger) KeyPath() string { return l.path + keySuffix }

// Now is the instant by the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now() }

// Close closes the ledger.
func (l *Ledger) Close() error { return errors.Join(l.reader.Close(), l.writer.Close()) }

// Tx is a transaction. Its instant is the same for all that it writes.
type Tx struct {
	*sql.Tx
	Now time.Time
	ctx context.Context
	l   *Ledger
}

// Read calls a function in a transaction that only reads, and sees one state.
func (l *Ledger) Read(ctx context.Context, do func(*Tx) error) error {
	tx, err := l.reader.BeginTx(ctx, nil)
	if err != nil {
		return about(l.path, err)
	}
	defer tx.Rollback() //nolint:errcheck // only read
	return about(l.path, do(&Tx{tx, l.now(), ctx, l}))
}

// Write calls a function in a transaction. When Write returns nil, all is on the disk;
// else nothing is.
func (l *Ledger) Write(ctx context.Context, do func(*Tx) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	tx, err := l.writer.BeginTx(ctx, nil)
	if err != nil {
		return about(l.path, err)
	}
	if err := do(&Tx{tx, l.now(), ctx, l}); err != nil {
		return about(l.path, errors.Join(err, rollback(tx)))
	}
	if err := l.mayWrite(); err != nil {
		return errors.Join(err, rollback(tx))
	}
	return about(l.path, tx.Commit())
}

func (l *Ledger) mayWrite() error {
	if l.before == nil {
		return nil
	}
	return l.before()
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// Exec runs a statement and says how many rows it changed.
func (t *Tx) Exec(statement string, args ...any) (int64, error) {
	if err := t.l.mayWrite(); err != nil {
		return 0, err
	}
	res, err := t.ExecContext(t.ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Get reads the one row of a query; false says that there is none.
func (t *Tx) Get(query string, args []any, into ...any) (bool, error) {
	err := t.QueryRowContext(t.ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each calls a function for each row of a query.
func (t *Tx) Each(query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := t.QueryContext(t.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Micros is an instant as the ledger keeps it.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// FromMicros is an instant that the ledger kept.
func FromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// about puts SQLite's errors in the program's categories.
func about(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return problem.New(problem.Full, "make space on the disk that holds "+path, "ledger: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return problem.New(problem.Locked, "wait until it is done, and try again", "another process is writing to %s: %w", path, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return problem.New(problem.Damaged, "rename it, then restore the newest backup: diarchy ledger restore FILE", "ledger %s: %w", path, err)
	}
	return fmt.Errorf("ledger: %w", err)
}
