// Package store keeps facts. One set of statements serves every database; what
// differs between databases (opening, bulk loading) lives in a folder of its own
// behind Engine. It knows neither sources nor metrics.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
)

// Engine is what differs between databases.
type Engine interface {
	// Name is "duckdb" or "postgres".
	Name() string
	// Bulk appends rows, with values for all columns of the table in their order, in
	// the transaction that is open on conn.
	Bulk(ctx context.Context, conn *sql.Conn, table string, rows [][]any) error
	// Settle tidies the files after large changes, outside of a transaction.
	Settle(ctx context.Context, conn *sql.Conn) error
	// Claim makes conn's session the only writer until Release, also against other
	// processes; the error of a second one is problem.Locked and says who writes.
	Claim(ctx context.Context, conn *sql.Conn) error
	Release(ctx context.Context, conn *sql.Conn) error
	// Snapshot is the statement that begins a transaction which sees nothing of what
	// others write after it.
	Snapshot() string
	// Migrations are those of this database alone, in a folder of its name, or nil.
	// They come after those that all databases share.
	Migrations() fs.FS
}

// Store is an open facts database: many readers, one writer.
type Store struct {
	db     *sql.DB
	engine Engine

	hidings atomic.Int64 // how often names were taken out

	writer  sync.Mutex // held while writing; guards what follows
	claimed *sql.Conn  // between Claim and its release
	conceal Concealer  // of whom nothing may be stored; nil: everything may
}

// Open brings the schema up to date and returns the store, which then owns db.
func Open(ctx context.Context, db *sql.DB, engine Engine) (*Store, error) {
	s := &Store{db: db, engine: engine}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close releases the database.
func (s *Store) Close() error { return s.db.Close() }

// Query runs a reading statement.
func (s *Store) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	return rows, s.explain(err)
}

// tx is a transaction that remembers its first error: on DuckDB, a commit after a
// failed statement reports success although everything was rolled back.
type tx struct {
	ctx    context.Context
	conn   *sql.Conn
	engine Engine
	err    error

	conceal Concealer // nil: nobody is erased
}

func (t *tx) exec(query string, args ...any) {
	if t.err != nil {
		return
	}
	if _, err := t.conn.ExecContext(t.ctx, query, args...); err != nil {
		t.err = fmt.Errorf("%w (in %.60q)", err, query)
	}
}

func (t *tx) bulk(table string, rows [][]any) {
	if t.err != nil || len(rows) == 0 {
		return
	}
	if err := t.engine.Bulk(t.ctx, t.conn, table, rows); err != nil {
		t.err = fmt.Errorf("%s: %w", table, err)
	}
}

// Claim makes this store the only one that writes until release is called, for work
// that is more than one write. If another process writes, the error is problem.Locked.
// All writes then go through the connection that holds the claim: when it is lost,
// they fail rather than meet those of the next writer.
func (s *Store) Claim(ctx context.Context) (release func(), err error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.claimed != nil {
		return nil, errors.New("facts database: claimed twice")
	}
	if s.claimed, err = s.claim(ctx); err != nil {
		return nil, err
	}
	return func() {
		s.writer.Lock()
		defer s.writer.Unlock()
		s.release(ctx, s.claimed)
		s.claimed = nil
	}, nil
}

func (s *Store) claim(ctx context.Context) (*sql.Conn, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.engine.Claim(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// release gives the connection back, or closes it if it may still hold the claim.
func (s *Store) release(ctx context.Context, conn *sql.Conn) {
	if s.engine.Release(context.WithoutCancel(ctx), conn) != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = conn.Close()
}

// write runs fn in one transaction: all of it holds, or none.
func (s *Store) write(ctx context.Context, fn func(*tx)) (err error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	conn := s.claimed
	if conn == nil {
		if conn, err = s.claim(ctx); err != nil {
			return err
		}
		defer s.release(ctx, conn)
	}
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	t := &tx{ctx: ctx, conn: conn, engine: s.engine, conceal: s.conceal}
	fn(t)
	if t.err == nil {
		t.exec("COMMIT")
	}
	if t.err != nil {
		// A cancelled context must not keep the rollback from running.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	}
	return s.explain(t.err)
}

// Settle tidies the files after large changes.
func (s *Store) Settle(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.explain(s.engine.Settle(ctx, conn)), conn.Close())
}

// Roomy is an engine that knows how much space is left.
type Roomy interface {
	// Room is an error of kind problem.Full when a batch should not begin.
	Room() error
}

func (s *Store) room() error {
	if e, ok := s.engine.(Roomy); ok {
		return e.Room()
	}
	return nil
}

// Explainer is an engine that knows what to do about its errors.
type Explainer interface {
	// Explain gives err a category and a hint, or returns it as it is.
	Explain(err error) error
}

func (s *Store) explain(err error) error {
	if e, ok := s.engine.(Explainer); ok {
		return e.Explain(err)
	}
	return err
}
