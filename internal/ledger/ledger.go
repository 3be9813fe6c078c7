// Package ledger keeps what can neither be read again nor stands in a document:
// accounts, sessions, the audit trail, and the last readings. It is one SQLite file, or a schema on a
// PostgreSQL server, and is never lost: every acknowledged write is on the disk. One set of
// statements serves both; what differs is behind engine.
//
// It gives transactions and the audit trail; what the rows of accounts mean is the work
// of package account.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Ledger is an open ledger. It may be used by many goroutines; writes follow each other.
type Ledger struct {
	engine  engine
	keyPath string
	key     key
	now     func() time.Time
	writing sync.Mutex
	writer  *sql.DB // one connection
	reader  *sql.DB
	before  func() error // each statement that writes, and each commit: has one fail in tests

	newKey  bool // of a ledger on a server a new key may be made
	unbegun bool // an empty file is to be a copy: no line says that it was made
}

// Options are what a ledger is opened with.
type Options struct {
	Now    func() time.Time // nil: time.Now
	Create bool             // when there is none
	Key    string           // its file; "": beside the file of the ledger
	NewKey bool             // the key of the ledger is lost: take another one
}

// ErrNone says that there is no ledger yet.
var ErrNone = errors.New("there is no ledger")

func none(where string) error {
	return problem.New(problem.Missing, "it is made when the server starts: diarchy serve; DIARCHY_LEDGER names another place", "%w at %s", ErrNone, where)
}

// engine is what differs between databases.
type engine interface {
	// String says where the ledger is, without a password.
	String() string
	// begin lets one transaction write after the other, over all processes.
	begin(ctx context.Context, tx *sql.Tx) error
	// snapshot makes a transaction one that reads and sees one state.
	snapshot() *sql.TxOptions
	// bind turns a statement with ? into the database's own.
	bind(statement string, args []any) (string, []any)
	// schema says where migrations are, and are written down.
	schema() schema
	// script runs the statements of a migration.
	script(ctx context.Context, tx *sql.Tx, text string) error
	// takeKey reads the key of a ledger that has none yet; fresh: it is being made.
	takeKey(l *Ledger, fresh bool) error
	// putKey keeps by what the key is known.
	putKey(t *Tx) error
	// explain puts the database's errors in the program's categories; others stay.
	explain(err error) error
	// copyInto writes a copy into an empty file, for SQLite to open.
	copyInto(ctx context.Context, l *Ledger, to string) error
	// takeOver puts what such a file holds in the place of what there is, in one step.
	takeOver(ctx context.Context, l *Ledger, from string) error
	// work is a folder for temporary files; "": that of the system.
	work() string
	// scrub leaves nothing of what was deleted in the database's files.
	scrub(ctx context.Context, l *Ledger) error
}

// Where is the ledger's file, or its place on a server.
func (l *Ledger) Where() string { return l.engine.String() }

// KeyPath is the file of the key.
func (l *Ledger) KeyPath() string { return l.keyPath }

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
	tx, err := l.reader.BeginTx(ctx, l.engine.snapshot())
	if err != nil {
		return l.engine.explain(err)
	}
	defer tx.Rollback() //nolint:errcheck // only read
	return l.engine.explain(do(&Tx{tx, l.now(), ctx, l}))
}

// Write calls a function in a transaction. When Write returns nil, all is on the disk;
// else nothing is, but where a server was lost at the very end, which nobody can tell then.
func (l *Ledger) Write(ctx context.Context, do func(*Tx) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	tx, err := l.writer.BeginTx(ctx, nil)
	if err != nil {
		return l.engine.explain(err)
	}
	err = l.engine.begin(ctx, tx)
	if err == nil {
		err = do(&Tx{tx, l.now(), ctx, l})
	}
	if err != nil {
		return l.engine.explain(errors.Join(err, rollback(tx)))
	}
	if err := l.mayWrite(); err != nil {
		return errors.Join(err, rollback(tx))
	}
	return l.engine.explain(tx.Commit())
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
	statement, args = t.l.engine.bind(statement, args)
	res, err := t.ExecContext(t.ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Get reads the one row of a query; false says that there is none.
func (t *Tx) Get(query string, args []any, into ...any) (bool, error) {
	query, args = t.l.engine.bind(query, args)
	err := t.QueryRowContext(t.ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each calls a function for each row of a query.
func (t *Tx) Each(query string, args []any, row func(scan func(...any) error) error) error {
	query, args = t.l.engine.bind(query, args)
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
