package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// copyCompany writes what the first company holds again, with rollups, under other repositories,
// people and teams. To make rollups of 100 million facts from these takes an hour, and says
// nothing about asking them.
func (s scaling) copyCompany(ctx context.Context) error {
	began := time.Now()
	db, err := sql.Open("duckdb", s.database)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer db.Close()
	for _, setting := range []string{"SET TimeZone='UTC'", "SET preserve_insertion_order=false", "SET memory_limit='" + s.memory + "'"} {
		if _, err := db.ExecContext(ctx, setting); err != nil {
			return err
		}
	}
	for _, table := range slices.Concat(tables, rolled) {
		columns, err := columnsOf(ctx, db, table)
		if err != nil {
			return err
		}
		first := "temp_" + table
		statements := []string{"CREATE TEMP TABLE " + first + " AS SELECT * FROM " + table}
		for n := 1; n < s.copies; n++ {
			var values []string
			for _, c := range columns {
				values = append(values, copied(c, n))
			}
			statements = append(statements, "INSERT INTO "+table+" SELECT "+strings.Join(values, ", ")+" FROM "+first)
		}
		for _, statement := range append(statements, "DROP TABLE "+first, "CHECKPOINT") {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	fmt.Printf("copied in %.0f s\n", time.Since(began).Seconds())
	return nil
}

func columnsOf(ctx context.Context, db *sql.DB, table string) (out []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'main' ORDER BY ordinal_position", table)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		out = append(out, c)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// copied is what a column of the n-th copy holds.
func copied(column string, n int) string {
	switch column {
	case "repo_id", "root_sha", "name", "email":
		return fmt.Sprintf("%s || '~%d'", column, n)
	case "identity_id", "person_id", "author_id", "committer_id":
		return fmt.Sprintf("%s + %d", column, n)
	case "people":
		return fmt.Sprintf("CASE WHEN people = '' THEN '' ELSE array_to_string(list_transform(string_split(people, ','), lambda x: CAST(x AS bigint) + %d), ',') END", n)
	case "scope":
		return fmt.Sprintf("CASE WHEN scope = 'company' THEN scope ELSE scope || '~%d' END", n)
	}
	return column
}
