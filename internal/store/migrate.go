package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate brings the schema to the newest version, one transaction a step.
func (s *Store) migrate(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL PRIMARY KEY)"); err != nil {
		return fmt.Errorf("facts database: %w", err)
	}
	var have int
	if err := s.db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM schema_version").Scan(&have); err != nil {
		return fmt.Errorf("facts database: %w", err)
	}
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return err
	}
	if have > len(files) {
		return problem.New(problem.Invalid, "use the program version that wrote it, or remove the file: facts are fetched again",
			"the facts database has schema %d; this program knows up to %d", have, len(files))
	}
	for version := have + 1; version <= len(files); version++ {
		text, err := migrationFiles.ReadFile(files[version-1])
		if err != nil {
			return err
		}
		err = s.write(ctx, func(t *tx) {
			for _, statement := range splitStatements(string(text)) {
				t.exec(statement)
			}
			t.exec("INSERT INTO schema_version VALUES ($1)", version)
		})
		if err != nil {
			return fmt.Errorf("migration %s: %w", files[version-1], err)
		}
	}
	if have < len(files) {
		return s.Settle(ctx)
	}
	return nil
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
