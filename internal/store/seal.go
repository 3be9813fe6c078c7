package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Seal is what a backup says of itself: what it holds, when it was made, and by which
// program.
type Seal struct {
	By   string
	At   time.Time
	Sums []Sum
}

// Seal makes a backup of a store: it writes down what its tables hold.
func (s *Store) Seal(ctx context.Context, seal Seal) error {
	err := s.write(ctx, func(t *tx) {
		t.exec("CREATE TABLE backup (table_name varchar NOT NULL PRIMARY KEY, row_count bigint NOT NULL, checksum varchar NOT NULL, made_by varchar NOT NULL, made_at timestamptz NOT NULL)")
		for _, sum := range seal.Sums {
			t.exec("INSERT INTO backup VALUES ($1, $2, $3, $4, $5)", sum.Table, sum.Rows, sum.hex(), seal.By, seal.At)
		}
	})
	if err != nil {
		return err
	}
	return s.Settle(ctx)
}

func (s Sum) hex() string { return strconv.FormatUint(s.Checksum, 16) }

// Sealed reads the seal of a database, all of whose tables must hold what it says. It
// changes nothing, and may be called before the schema is brought up to date. The error
// of what was never sealed is problem.Invalid, of what has changed since
// problem.Damaged.
func Sealed(ctx context.Context, db *sql.DB) (seal Seal, err error) {
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name IN ('backup', 'schema_migration')").Scan(&tables); err != nil {
		return seal, err
	}
	if tables < 2 {
		return seal, problem.New(problem.Invalid, "name a file that diarchy backup wrote; diarchy move --from FILE takes the facts of a database that is in use", "it is no backup")
	}
	rows, err := db.QueryContext(ctx, "SELECT table_name, row_count, checksum, made_by, made_at FROM backup ORDER BY table_name")
	if err != nil {
		return seal, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var sum Sum
		var checksum string
		if err := rows.Scan(&sum.Table, &sum.Rows, &checksum, &seal.By, &seal.At); err != nil {
			return seal, err
		}
		if sum.Checksum, err = strconv.ParseUint(checksum, 16, 64); err != nil {
			return seal, problem.New(problem.Damaged, "", "its checksums cannot be read: %w", err)
		}
		seal.Sums = append(seal.Sums, sum)
	}
	if err := rows.Err(); err != nil {
		return seal, err
	}
	for _, want := range seal.Sums {
		got := summing{sum: Sum{Table: want.Table}}
		if err := got.read(ctx, db, func([]any) error { return nil }); err != nil {
			return seal, err
		}
		if got.sum != want {
			return seal, problem.New(problem.Damaged, "", "it does not hold what was backed up: table %s has %d rows with checksum %s, it had %d with %s",
				want.Table, got.sum.Rows, got.sum.hex(), want.Rows, want.hex())
		}
	}
	if len(seal.Sums) == 0 {
		return seal, problem.New(problem.Damaged, "", "it does not say what it holds")
	}
	return seal, nil
}

// snapshot is a connection that sees the facts as they are now, whatever is written
// meanwhile, until end is called.
func (s *Store) snapshot(ctx context.Context) (conn *sql.Conn, end func(), err error) {
	if conn, err = s.db.Conn(ctx); err != nil {
		return nil, nil, err
	}
	if _, err := conn.ExecContext(ctx, s.engine.Snapshot()); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", s.engine.Snapshot(), err), conn.Close())
	}
	return conn, func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		_ = conn.Close()
	}, nil
}
