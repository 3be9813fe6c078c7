// Package storetest opens the same empty store on every database that there is, for
// tests of what must mean the same on all of them. Its own tests are the suite that a
// database has to pass.
package storetest

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// Engine is a database to test on.
type Engine struct {
	Name string
	// Open gives an empty store, which the end of the test takes back. Where the
	// database's programs are missing the test is skipped.
	Open func(t testing.TB) *store.Store
}

// Engines are all databases. A test program that uses them has pgtest.Main in its
// TestMain.
func Engines() []Engine {
	return []Engine{{"duckdb", openDuckDB}, {"postgres", openPostgres}}
}

func openDuckDB(t testing.TB) *store.Store {
	t.Helper()
	st, err := duckdb.Open(context.Background(), "", duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// emptied are stores that a test has given back: making a schema takes longer than
// emptying one.
var emptied struct {
	sync.Mutex
	stores []*store.Store
	made   int
}

func openPostgres(t testing.TB) *store.Store {
	t.Helper()
	pgtest.Start(t)
	emptied.Lock()
	var st *store.Store
	if n := len(emptied.stores); n > 0 {
		st, emptied.stores = emptied.stores[n-1], emptied.stores[:n-1]
	}
	emptied.made++
	schema := fmt.Sprintf("store%d", emptied.made)
	emptied.Unlock()
	if st == nil {
		var err error
		if st, err = postgres.Open(context.Background(), pgtest.Address("postgres")+"&search_path="+url.QueryEscape(schema)); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, table := range store.Tables() {
			Rows(t, st, "DELETE FROM "+table)
		}
		Rows(t, st, "DROP TABLE IF EXISTS backup") // a seal is no table of the schema
		emptied.Lock()
		emptied.stores = append(emptied.stores, st)
		emptied.Unlock()
	})
	return st
}

// Rows gives what a statement returns, each value as text: instants in UTC, numbers
// that are no integers to nine digits.
func Rows(t testing.TB, st *store.Store, query string, args ...any) (out [][]string) {
	t.Helper()
	if err := scan(context.Background(), st, func(row []string) { out = append(out, row) }, query, args...); err != nil {
		t.Fatalf("%.200s: %v", query, err)
	}
	return out
}

func scan(ctx context.Context, st *store.Store, each func(row []string), query string, args ...any) error {
	rows, err := st.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = text(v)
		}
		each(row)
	}
	return rows.Err()
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case time.Time:
		return strings.TrimSuffix(v.UTC().Format(time.RFC3339Nano), "T00:00:00Z")
	case float64:
		return fmt.Sprintf("%.9g", v)
	}
	return fmt.Sprint(v)
}
