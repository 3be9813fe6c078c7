package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is a step of the schema, known by its name.
type migration struct{ name, text, sum string }

// migrations are the steps that all databases share, then those of one engine.
func migrations(engine Engine) (out []migration, err error) {
	for _, from := range []fs.FS{migrationFiles, engine.Migrations()} {
		if from == nil {
			continue
		}
		files, err := fs.Glob(from, "*/*.sql")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			text, err := fs.ReadFile(from, f)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(text)
			out = append(out, migration{strings.TrimPrefix(f, "migrations/"), string(text), hex.EncodeToString(sum[:8])})
		}
	}
	return out, nil
}

// migrate brings the schema to the newest version, one transaction a step. A database
// that another version of the program made otherwise is refused.
func (s *Store) migrate(ctx context.Context) error {
	all, err := migrations(s.engine)
	if err != nil {
		return err
	}
	missing, err := s.pending(ctx, all)
	if err != nil || len(missing) == 0 {
		return err
	}
	release, err := s.Claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if missing, err = s.pending(ctx, all); err != nil || len(missing) == 0 { // another process may have been faster
		return err
	}
	err = s.write(ctx, func(t *tx) {
		t.exec(`CREATE TABLE IF NOT EXISTS schema_migration (name varchar COLLATE "C" NOT NULL PRIMARY KEY, checksum varchar NOT NULL, applied_at timestamptz NOT NULL)`)
	})
	if err != nil {
		return fmt.Errorf("facts database: %w", err)
	}
	for _, m := range missing {
		err = s.write(ctx, func(t *tx) {
			for _, statement := range splitStatements(m.text) {
				t.exec(statement)
			}
			t.exec("INSERT INTO schema_migration VALUES ($1, $2, now())", m.name, m.sum)
		})
		if err != nil {
			return fmt.Errorf("facts database: migration %s: %w", path.Base(m.name), err)
		}
	}
	return s.Settle(ctx)
}

// ErrOtherVersion says that a database is of a schema that is not ours.
var ErrOtherVersion = errors.New("the facts database is of another version of this program")

// startOver is what can always be done about a schema that is not ours.
const startOver = "use the version of the program that wrote it, or name an empty database: facts are read again from their sources"

// pending lists the steps that the database lacks.
func (s *Store) pending(ctx context.Context, all []migration) ([]migration, error) {
	tables := map[string]bool{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		tables[name] = true
		return err
	}, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name LIKE 'schema_%'")
	if err != nil {
		return nil, fmt.Errorf("facts database: %w", err)
	}
	if tables["schema_version"] {
		return nil, problem.New(problem.Invalid, startOver, "%w: it is from before migrations were checked", ErrOtherVersion)
	}
	applied := map[string]string{}
	if tables["schema_migration"] {
		err := s.each(ctx, func(rows *sql.Rows) error {
			var name, sum string
			err := rows.Scan(&name, &sum)
			applied[name] = sum
			return err
		}, "SELECT name, checksum FROM schema_migration")
		if err != nil {
			return nil, fmt.Errorf("facts database: %w", err)
		}
	}
	var missing []migration
	for _, m := range all {
		sum, ok := applied[m.name]
		delete(applied, m.name)
		switch {
		case !ok:
			missing = append(missing, m)
		case sum != m.sum:
			return nil, problem.New(problem.Invalid, startOver, "%w: its migration %s differs", ErrOtherVersion, m.name)
		}
	}
	for name := range applied {
		return nil, problem.New(problem.Invalid, startOver, "%w: it has migration %s, which this program does not know", ErrOtherVersion, name)
	}
	return missing, nil
}

// splitStatements cuts a migration at semicolons that end a line.
func splitStatements(text string) (out []string) {
	for _, s := range strings.Split(text, ";\n") {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}
