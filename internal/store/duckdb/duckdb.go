// Package duckdb opens a facts database in a file, or in memory. Only what differs
// from other databases is here.
package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/duckdb/duckdb-go/v2"
)

// Options bound what the database takes of the machine.
type Options struct {
	MemoryLimit string // for instance "512MB", the default
	Threads     int    // 0: as many as there are cores
	Reserve     uint64 // bytes that must be free on the disk for a batch to begin; 0: 64 MiB
	Verify      bool   // read all that is there first, and fail if it is damaged
	KeepLog     bool   // let the log lie beside the file when it is closed, as long as it is short
}

// shortLog is how many bytes of a log are left beside the file: to write a few rows into the file,
// whole blocks of each table are written again, which takes longer than to read such a log.
const shortLog = 16 << 20

// Open opens or creates the database at path; "" keeps it in memory.
func Open(ctx context.Context, path string, opts Options) (*store.Store, error) {
	db, err := connect(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	return open(ctx, db, path, opts)
}

// OpenSealed opens a backup that holds what its seal says. What it does not lies
// untouched; an older schema is brought up to date.
func OpenSealed(ctx context.Context, path string, opts Options) (*store.Store, store.Seal, error) {
	db, err := connect(ctx, path, opts)
	if err != nil {
		return nil, store.Seal{}, err
	}
	seal, err := store.Sealed(ctx, db)
	if err != nil {
		return nil, seal, errors.Join(explain(path, err), db.Close())
	}
	st, err := open(ctx, db, path, opts)
	return st, seal, err
}

func open(ctx context.Context, db *sql.DB, path string, opts Options) (*store.Store, error) {
	st, err := store.Open(ctx, db, engine{path: path, reserve: opts.Reserve})
	return st, explain(path, err)
}

func connect(ctx context.Context, path string, opts Options) (*sql.DB, error) {
	if opts.MemoryLimit == "" {
		opts.MemoryLimit = "512MB"
	}
	if path != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
	}
	connector, err := duckdb.NewConnector(path, settings(path, opts))
	if err != nil {
		return nil, openError(path, err)
	}
	db := sql.OpenDB(connector)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(openError(path, err), db.Close())
	}
	if opts.Verify {
		if err := verify(ctx, db); err != nil {
			return nil, errors.Join(openError(path, err), db.Close())
		}
	}
	return db, nil
}

// settings are what every connection is given: fixed time zone, bounded memory, and
// no way out of the database file.
func settings(path string, opts Options) func(driver.ExecerContext) error {
	temp := ""
	if path != "" {
		temp = path + ".tmp"
	}
	first := true
	return func(conn driver.ExecerContext) error {
		statements := []string{"SET TimeZone='UTC'"}
		if first { // the rest holds for the whole database, which is then locked
			statements = []string{
				"SET memory_limit='" + quote(opts.MemoryLimit) + "'",
				"SET temp_directory='" + quote(temp) + "'",
				"SET preserve_insertion_order=false",
				"SET checkpoint_threshold='64MB'", // of the log; at the usual 16 MB, a first reading writes the same blocks again and again
				"SET autoinstall_known_extensions=false",
				"SET autoload_known_extensions=false",
				"SET TimeZone='UTC'",
			}
			if opts.Threads > 0 {
				statements = append(statements, fmt.Sprintf("SET threads=%d", opts.Threads))
			}
			if info, err := os.Stat(path + ".wal"); opts.KeepLog && (err != nil || info.Size() < shortLog) {
				statements = append(statements, "PRAGMA disable_checkpoint_on_shutdown")
			}
			statements = append(statements, "SET enable_external_access=false")
		}
		for _, s := range statements {
			if _, err := conn.ExecContext(context.Background(), s, nil); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		first = false
		return nil
	}
}

func quote(s string) string { return strings.ReplaceAll(s, "'", "''") }

var lockHolder = regexp.MustCompile(`Conflicting lock is held in (.+?) \(PID (\d+)\)`)

func openError(path string, err error) error {
	if m := lockHolder.FindStringSubmatch(err.Error()); m != nil {
		return problem.New(problem.Locked, "wait until it is done, or stop it",
			"%s is in use by process %s (%s)", path, m[2], filepath.Base(m[1]))
	}
	if err := explain(path, err); problem.Hint(err) != "" {
		return err
	}
	return refused(path, err)
}

type engine struct {
	path    string // "" in memory
	reserve uint64 // bytes
}

func (engine) Name() string { return "duckdb" }

// Bulk uses the Appender, which takes part in the connection's transaction.
func (engine) Bulk(_ context.Context, conn *sql.Conn, table string, rows [][]any) error {
	return conn.Raw(func(raw any) (err error) {
		app, err := duckdb.NewAppenderFromConn(raw.(driver.Conn), "", table)
		if err != nil {
			return err
		}
		values := make([]driver.Value, 0, 20)
		for _, row := range rows {
			values = values[:0]
			for _, v := range row {
				values = append(values, v)
			}
			if err := app.AppendRow(values...); err != nil {
				return errors.Join(err, app.Close())
			}
		}
		return app.Close()
	})
}

// Settle writes the log to the file. While a backup reads, that cannot be done, and is left
// to the next time: what is in the log is stored.
func (engine) Settle(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "CHECKPOINT")
	if err != nil && strings.Contains(err.Error(), "Cannot CHECKPOINT") {
		return nil
	}
	return err
}

// Claim has nothing to do: the file has one process, which writes one after the other.
func (engine) Claim(context.Context, *sql.Conn) error   { return nil }
func (engine) Release(context.Context, *sql.Conn) error { return nil }
func (engine) Migrations() fs.FS                        { return nil }

// Snapshot is any transaction.
func (engine) Snapshot() string { return "BEGIN" }
