// Package pg connects to PostgreSQL servers: a database, a schema of ours in it, and what
// the server's errors mean. What is kept there is the work of those who connect.
package pg

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"net"
	"regexp"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// oldest is the first version of PostgreSQL that is tested.
const oldest = 15

// Options say what is kept in a database.
type Options struct {
	What     string // is kept there, for messages: "the facts database"
	Variable string // of the environment, which may give the address: DIARCHY_DATABASE
	Schema   string // holds the tables, unless the address names another one as its search_path
	Session  string // statements that give every connection the same meaning
}

// Place is a schema of a database on a server. It shows no password.
type Place struct {
	Options
	config *pgx.ConnConfig
}

func (p Place) String() string {
	return fmt.Sprintf("database %s at %s", p.config.Database, net.JoinHostPort(p.config.Host, strconv.Itoa(int(p.config.Port))))
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// At reads a postgres:// address. Settings that it leaves out come from the usual PG...
// variables and password file.
func At(address string, opts Options) (Place, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return Place{}, problem.New(problem.Usage, "write it as postgres://USER@HOST:PORT/DATABASE", "the address of %s: %w", opts.What, err)
	}
	if schema := config.RuntimeParams["search_path"]; schema != "" {
		opts.Schema = schema
	}
	if !plainName.MatchString(opts.Schema) {
		return Place{}, problem.New(problem.Usage, "use lower-case letters, digits and _", "search_path %q is not the name of one schema", opts.Schema)
	}
	config.RuntimeParams["search_path"] = opts.Schema
	config.RuntimeParams["application_name"] = "diarchy"
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	return Place{opts, config}, nil
}

// Connect gives connections, at most so many at once. It does not connect yet.
func (p Place) Connect(most int) *sql.DB {
	db := stdlib.OpenDB(*p.config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.PgConn().Exec(ctx, p.Session).ReadAll()
		return err
	}))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db
}

// Suits connects, and looks whether the server will do and whether the schema is there.
func (p Place) Suits(ctx context.Context, db *sql.DB) (exists bool, err error) {
	var version int
	var shown, encoding string
	err = db.QueryRowContext(ctx, `SELECT CAST(current_setting('server_version_num') AS integer), current_setting('server_version'), current_setting('server_encoding'),
		EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, p.Schema).Scan(&version, &shown, &encoding, &exists)
	if err != nil {
		return false, err
	}
	return exists, p.suits(version, shown, encoding)
}

// Make makes the schema if it is not there.
func (p Place) Make(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{p.Schema}.Sanitize())
	if Code(err) == "23505" { // another process made it at the same moment
		return nil
	}
	return err
}

// suits refuses servers that statements would mean something else on.
func (p Place) suits(version int, shown, encoding string) error {
	if version < oldest*10000 {
		return problem.New(nil, fmt.Sprintf("use PostgreSQL %d or later", oldest), "the server is PostgreSQL %s, which is too old", shown)
	}
	if encoding != "UTF8" {
		return problem.New(nil, "make one for it: CREATE DATABASE diarchy ENCODING 'UTF8' TEMPLATE template0", "the database's encoding is %s; %s needs UTF8", encoding, p.What)
	}
	return nil
}

// LockKey is that of an advisory lock, for a purpose in the schema.
func (p Place) LockKey(purpose string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("diarchy " + purpose + " of " + p.Schema))
	return int64(h.Sum64())
}

// Executor is a database, a connection or a transaction.
type Executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Script runs several statements, without arguments.
func Script(ctx context.Context, on Executor, text string) error {
	_, err := on.ExecContext(ctx, text, pgx.QueryExecModeSimpleProtocol)
	return err
}
