package app

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
)

// tables are the facts that can be streamed, with the order of their rows.
var tables = [][2]string{
	{"commit", "repo_id, reading_order"}, {"file_change", "repo_id, sha, path"}, {"commit_parent", "repo_id, sha, position"},
	{"trailer", "repo_id, sha, trailer_key, identity_id"}, {"release", "repo_id, released_at, tag"}, {"release_commit", "repo_id, tag, sha"},
	{"debt_marker", "repo_id, in_sha, ordinal"}, {"decision_version", "repo_id, path, sha"}, {"document", "repo_id, path"},
	{"file_shape", "repo_id, path"}, {"repository", "repo_id"}, {"location", "location"}, {"skipped", "location, what"}, {"identity", "identity_id"},
}

// FactTables implements cli.Actions.
func (p *program) FactTables() []string {
	var names []string
	for _, t := range tables {
		names = append(names, t[0])
	}
	return names
}

// StreamFacts implements cli.Actions.
func (p *program) StreamFacts(ctx context.Context, scope cli.Scope, table, form string, w io.Writer) error {
	i := slices.IndexFunc(tables, func(t [2]string) bool { return t[0] == table })
	if i < 0 {
		return problem.New(problem.Usage, "use one of "+strings.Join(p.FactTables(), ", "), "there is no table %q", table)
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return err
	}
	defer r.close()
	rows, err := r.store.Query(ctx, "SELECT * FROM "+tables[i][0]+" ORDER BY "+tables[i][1])
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	write, flush := csvWriter(w, columns)
	if form == "json" {
		write, flush = jsonWriter(w, columns)
	}
	values, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i, v := range values {
			if t, ok := v.(time.Time); ok {
				values[i] = t.UTC().Format(time.RFC3339Nano)
			}
		}
		if err := write(values); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return rows.Err()
}

// csvWriter neutralises text that a spreadsheet would take for a formula, by an
// apostrophe before it.
func csvWriter(w io.Writer, columns []string) (write func([]any) error, flush func() error) {
	c := csv.NewWriter(w)
	err := c.Write(columns)
	record := make([]string, len(columns))
	write = func(values []any) error {
		for i, v := range values {
			switch v := v.(type) {
			case nil:
				record[i] = ""
			case string:
				if record[i] = v; v != "" && strings.ContainsRune("=+-@\t\r'", rune(v[0])) {
					record[i] = "'" + v
				}
			default:
				record[i] = fmt.Sprint(v)
			}
		}
		return c.Write(record)
	}
	return write, func() error {
		c.Flush()
		if err != nil {
			return err
		}
		return c.Error()
	}
}

func jsonWriter(w io.Writer, columns []string) (write func([]any) error, flush func() error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(values []any) error {
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			row[c] = values[i]
		}
		return enc.Encode(row)
	}, func() error { return nil }
}
