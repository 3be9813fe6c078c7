package pg

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Code is that of an error that the server gave; "" of any other.
func Code(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// FromServer tells errors of the server, and of reaching it, from all others.
func FromServer(err error) bool {
	var connecting *pgconn.ConnectError
	return Code(err) != "" || errors.As(err, &connecting)
}

// Explain says what an error of the server means, and what to do. None is of a category:
// a server that serves others must not say that what they ask for is not there.
func (p Place) Explain(err error) error {
	if err == nil || problem.Hint(err) != "" || strings.HasPrefix(err.Error(), p.String()) {
		return err
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		user := pgx.Identifier{p.config.User}.Sanitize()
		switch refused.Code {
		case "28P01":
			return problem.New(nil, fmt.Sprintf("check the user and the password in %s, or in PGPASSWORD or ~/.pgpass", p.Variable),
				"%s: user %s is refused: wrong password, or no such user", p, p.config.User)
		case "28000":
			return problem.New(nil, "check the user's name; let the server accept it from here (pg_hba.conf), or add ?sslmode=require", "%s: %s", p, refused.Message)
		case "3D000":
			return problem.New(nil, fmt.Sprintf("make it: createdb %s", p.config.Database), "%s: there is no such database", p)
		case "42501", "3F000":
			return problem.New(nil, fmt.Sprintf("let the database's owner run CREATE SCHEMA %s AUTHORIZATION %s, or, if it is there, GRANT USAGE, CREATE ON SCHEMA %[1]s TO %[2]s", p.Schema, user),
				"%s: user %s may not make tables in schema %s: %s", p, p.config.User, p.Schema, refused.Message)
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
		return problem.New(nil, "start the server, or correct host and port in the address", "%s: nothing answers there: connection refused", p)
	case errors.As(err, &connecting):
		return problem.New(nil, "check host, port and sslmode in the address, and that the network lets it through", "%s: %w", p, connecting.Unwrap())
	}
	return fmt.Errorf("%s: %w", p, err)
}
