package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// place is where the facts are, for messages. It shows no password.
type place struct {
	config *pgx.ConnConfig
	schema string
}

func (p place) String() string {
	return fmt.Sprintf("database %s at %s", p.config.Database, net.JoinHostPort(p.config.Host, strconv.Itoa(int(p.config.Port))))
}

// check connects, looks whether the server will do, and makes the schema.
func (p place) check(ctx context.Context, db *sql.DB) error {
	var version int
	var shown, encoding string
	var exists bool
	err := db.QueryRowContext(ctx, `SELECT CAST(current_setting('server_version_num') AS integer), current_setting('server_version'), current_setting('server_encoding'),
		EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, p.schema).Scan(&version, &shown, &encoding, &exists)
	if err != nil {
		return err
	}
	if err := suits(version, shown, encoding); err != nil || exists {
		return err
	}
	_, err = db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{p.schema}.Sanitize())
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23505" { // another process made it at the same moment
		return nil
	}
	return err
}

// suits refuses servers that statements would mean something else on.
func suits(version int, shown, encoding string) error {
	if version < oldest*10000 {
		return problem.New(nil, fmt.Sprintf("use PostgreSQL %d or later", oldest), "the server is PostgreSQL %s, which is too old", shown)
	}
	if encoding != "UTF8" {
		return problem.New(nil, "make one for it: CREATE DATABASE diarchy ENCODING 'UTF8' TEMPLATE template0", "the database's encoding is %s; facts need UTF8", encoding)
	}
	return nil
}

// explain says what an error of the server means, and what to do.
func (p place) explain(err error) error {
	if err == nil || problem.Hint(err) != "" {
		return err
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		user := pgx.Identifier{p.config.User}.Sanitize()
		switch refused.Code {
		case "28P01":
			return problem.New(nil, "check the user and the password in DIARCHY_DATABASE, or in PGPASSWORD or ~/.pgpass",
				"%s: user %s is refused: wrong password, or no such user", p, p.config.User)
		case "28000":
			return problem.New(nil, "check the user's name; let the server accept it from here (pg_hba.conf), or add ?sslmode=require", "%s: %s", p, refused.Message)
		case "3D000":
			return problem.New(problem.Missing, fmt.Sprintf("make it: createdb %s", p.config.Database), "%s: there is no such database", p)
		case "42501", "3F000":
			return problem.New(nil, fmt.Sprintf("let the database's owner run CREATE SCHEMA %s AUTHORIZATION %s, or, if it is there, GRANT USAGE, CREATE ON SCHEMA %[1]s TO %[2]s", p.schema, user),
				"%s: user %s may not make tables in schema %s: %s", p, p.config.User, p.schema, refused.Message)
		case "25006":
			return problem.New(nil, "name the primary server", "%s: the server only reads", p)
		case "53300":
			return problem.New(nil, "try again later, or raise max_connections", "%s: %s", p, refused.Message)
		case "57P03":
			return problem.New(nil, "try again in a moment", "%s: %s", p, refused.Message)
		}
		return fmt.Errorf("%s: %w", p, err)
	}
	var connecting *pgconn.ConnectError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return problem.New(problem.Missing, "start the server, or correct host and port in the address", "%s: nothing answers there: connection refused", p)
	case errors.As(err, &connecting):
		return problem.New(nil, "check host, port and sslmode in the address, and that the network lets it through", "%s: %w", p, connecting.Unwrap())
	}
	return fmt.Errorf("%s: %w", p, err)
}
