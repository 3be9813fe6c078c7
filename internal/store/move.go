package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Sum says what a table holds. Checksum is that of all rows in any order, and the same
// on every database.
type Sum struct {
	Table    string
	Rows     int64
	Checksum uint64
}

// MoveOptions say how Move goes about it.
type MoveOptions struct {
	Replace  bool                                      // remove what the target holds
	Beside   bool                                      // others may write to the source: what it holds at the beginning is copied
	Progress func(what, table string, done, all int64) // rows of a table; may be nil
}

// moveRows is how many rows are on the way at a time.
const moveRows = 5000

// Move copies all facts into another store in one transaction, reads them back there,
// and compares: the target holds everything or what it held before. Nobody else may
// write to the target meanwhile, nor to the source without Beside. It returns what each
// table holds.
func Move(ctx context.Context, from, to *Store, opts MoveOptions) ([]Sum, error) {
	if !opts.Beside {
		release, err := from.Claim(ctx)
		if err != nil {
			return nil, fmt.Errorf("the source: %w", err)
		}
		defer release()
	}
	source, end, err := from.snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("the source: %w", from.explain(err))
	}
	defer end()
	sums := make([]Sum, 0, len(Tables()))
	err = to.write(ctx, func(t *tx) {
		for _, table := range Tables() {
			t.empty(table, opts.Replace)
		}
		for _, table := range Tables() {
			sums = append(sums, t.copyFrom(source, table, opts.Progress))
		}
		for _, sum := range sums {
			t.verify(sum, opts.Progress)
		}
	})
	if err != nil {
		if ctx.Err() != nil { // a connection that was given up on says so in its own words
			err = ctx.Err()
		}
		return nil, fmt.Errorf("nothing was moved: %w", err)
	}
	return sums, to.Settle(ctx)
}

// empty removes the rows of a table, or fails when there are any.
func (t *tx) empty(table string, replace bool) {
	if t.err != nil {
		return
	}
	if replace {
		t.exec("DELETE FROM " + table)
		return
	}
	var holds bool
	if t.err = t.conn.QueryRowContext(t.ctx, "SELECT EXISTS (SELECT 1 FROM "+table+")").Scan(&holds); t.err == nil && holds {
		t.err = problem.New(problem.Usage, "name an empty database, or give --replace to remove what this one holds", "the target holds facts already (%s)", table)
	}
}

// copyFrom appends a table's rows and sums them up on the way.
func (t *tx) copyFrom(from reader, table string, progress func(string, string, int64, int64)) Sum {
	s := summing{sum: Sum{Table: table}, what: "moving", progress: progress}
	if t.err != nil {
		return s.sum
	}
	var chunk [][]any
	flush := func() {
		t.bulk(table, chunk)
		chunk = chunk[:0]
	}
	t.fail(s.read(t.ctx, from, func(row []any) error {
		if chunk = append(chunk, row); len(chunk) == moveRows {
			flush()
		}
		return t.err
	}))
	flush()
	return s.sum
}

// verify reads a table back, within the transaction, and compares.
func (t *tx) verify(want Sum, progress func(string, string, int64, int64)) {
	if t.err != nil {
		return
	}
	s := summing{sum: Sum{Table: want.Table}, what: "checking", progress: progress}
	t.fail(s.read(t.ctx, t.conn, func([]any) error { return nil }))
	if t.err == nil && s.sum != want {
		t.err = fmt.Errorf("%s: %d rows with checksum %016x were read, %d with %016x are in the target", want.Table, want.Rows, want.Checksum, s.sum.Rows, s.sum.Checksum)
	}
}

func (t *tx) fail(err error) {
	if t.err == nil && err != nil {
		t.err = err
	}
}

// reader is a database or one connection to it.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// summing adds up a table while it is read.
type summing struct {
	sum      Sum
	what     string
	progress func(what, table string, done, all int64)
}

// read hands each row to fn, which may keep it.
func (s *summing) read(ctx context.Context, db reader, fn func(row []any) error) (err error) {
	var all int64
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+s.sum.Table).Scan(&all); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+s.sum.Table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		row, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			pointers[i] = &row[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		hash, err := hashRow(row)
		if err != nil {
			return fmt.Errorf("%s: %w", s.sum.Table, err)
		}
		s.sum.Rows++
		s.sum.Checksum += hash
		if s.progress != nil && s.sum.Rows%moveRows == 0 {
			s.progress(s.what, s.sum.Table, s.sum.Rows, all)
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	if s.progress != nil {
		s.progress(s.what, s.sum.Table, s.sum.Rows, all)
	}
	return rows.Err()
}

// hashRow is the beginning of the SHA-256 of a row's values, each with its kind and
// length. Rows' hashes are added, so that neither their order nor a missing one is lost.
func hashRow(row []any) (uint64, error) {
	var b []byte
	number := func(kind byte, n uint64) { b = binary.BigEndian.AppendUint64(append(b, kind), n) }
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 0)
		case string:
			number('s', uint64(len(v)))
			b = append(b, v...)
		case bool:
			n := uint64(0)
			if v {
				n = 1
			}
			number('b', n)
		case int32:
			number('i', uint64(int64(v)))
		case int64:
			number('i', uint64(v))
		case float64:
			number('f', math.Float64bits(v))
		case time.Time:
			number('t', uint64(v.UnixMicro()))
		default:
			return 0, fmt.Errorf("a value of type %T", v)
		}
	}
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:8]), nil
}
