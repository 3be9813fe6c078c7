// Package postgres keeps a facts database on a PostgreSQL server, in a schema of its
// own. Only what differs from other databases is here.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"strings"

	"github.com/diarchy/diarchy/internal/pg"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// DefaultSchema holds the tables, unless the address names another one as its
// search_path.
const DefaultSchema = "diarchy"

// connections bound what one program takes of a server.
const connections = 8

//go:embed postgres/*.sql
var migrationFiles embed.FS

// Open opens the database that a postgres:// address names, and makes its schema.
// Settings that the address leaves out come from the usual PG... variables and
// password file.
func Open(ctx context.Context, address string) (*store.Store, error) {
	at, err := pg.At(address, pg.Options{What: "the facts database", Variable: "DIARCHY_DATABASE", Schema: DefaultSchema, Session: sessions})
	if err != nil {
		return nil, err
	}
	db := at.Connect(connections)
	exists, err := at.Suits(ctx, db)
	if err == nil && !exists {
		err = at.Make(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(at.Explain(err), db.Close())
	}
	st, err := store.Open(ctx, db, engine{at})
	return st, at.Explain(err)
}

// sessions have the same meaning and plans. Plans are made for the values at hand: one
// for any date and scope is much worse. Compiling (jit) takes longer than the statements
// run.
const sessions = `SET timezone = 'UTC'; SET plan_cache_mode = force_custom_plan; SET jit = off; SET work_mem = '64MB'`

type engine struct{ at pg.Place }

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
	rows, err := conn.QueryContext(ctx, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1", e.at.Schema)
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
