// Package postgres keeps a facts database on a PostgreSQL server, in a schema of its
// own. Only what differs from other databases is here.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// DefaultSchema holds the tables, unless the address names another one as its
// search_path.
const DefaultSchema = "diarchy"

// oldest is the first version of PostgreSQL that is tested.
const oldest = 15

// connections bound what one program takes of a server.
const connections = 8

//go:embed postgres/*.sql
var migrationFiles embed.FS

// Open opens the database that a postgres:// address names, and makes its schema.
// Settings that the address leaves out come from the usual PG... variables and
// password file.
func Open(ctx context.Context, address string) (*store.Store, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, problem.New(problem.Usage, "write it as postgres://USER@HOST:PORT/DATABASE", "the address of the facts database: %w", err)
	}
	schema := config.RuntimeParams["search_path"]
	if schema == "" {
		schema = DefaultSchema
	}
	if !plainName.MatchString(schema) {
		return nil, problem.New(problem.Usage, "use lower-case letters, digits and _", "search_path %q is not the name of one schema", schema)
	}
	config.RuntimeParams["search_path"] = schema
	config.RuntimeParams["application_name"] = "diarchy"
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(prepare))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	at := place{config, schema}
	if err := at.check(ctx, db); err != nil {
		return nil, errors.Join(at.explain(err), db.Close())
	}
	st, err := store.Open(ctx, db, engine{schema})
	return st, at.explain(err)
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// prepare gives every connection the same meaning and plans. Plans are made for the
// values at hand: one for any date and scope is much worse. Compiling (jit) takes longer
// than the statements run.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.PgConn().Exec(ctx, `SET timezone = 'UTC'; SET plan_cache_mode = force_custom_plan; SET jit = off; SET work_mem = '64MB'`).ReadAll()
	return err
}

type engine struct{ schema string }

func (engine) Name() string { return "postgres" }

// Migrations are the indexes and keys that DuckDB does without.
func (engine) Migrations() fs.FS { return migrationFiles }

// Bulk uses COPY, which takes part in the connection's transaction.
func (engine) Bulk(ctx context.Context, conn *sql.Conn, table string, rows [][]any) error {
	return conn.Raw(func(raw any) error {
		c := raw.(*stdlib.Conn).Conn()
		name := pgx.Identifier{table}
		described, err := c.Query(ctx, "SELECT * FROM "+name.Sanitize()+" LIMIT 0")
		if err != nil {
			return err
		}
		var columns []string
		for _, f := range described.FieldDescriptions() {
			columns = append(columns, f.Name)
		}
		described.Close()
		if err := described.Err(); err != nil {
			return err
		}
		_, err = c.CopyFrom(ctx, name, columns, pgx.CopyFromRows(rows))
		return err
	})
}

// Snapshot implements store.Engine.
func (engine) Snapshot() string { return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" }

// Settle gives the planner its statistics and makes deleted rows free.
func (e engine) Settle(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1", e.schema)
	if err != nil {
		return err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return err
		}
		tables = append(tables, t)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "VACUUM (ANALYZE) "+strings.Join(tables, ", "))
	return err
}
