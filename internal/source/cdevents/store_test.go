package cdevents

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// The store's own merging gives the same rows for orders out of all 720; TestAllOrders tries all with
// the same rule.
func TestOrdersInTheStore(t *testing.T) {
	ctx := context.Background()
	st, err := duckdb.Open(ctx, "", duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	want := []string{"deployment of shop /ci service.deployed-shop-2 production " + sha1, "incident 12:05:00 12:30:00 slow", "link commit " + sha1, "link mended_by " + sha2}
	n := 0
	permutations(len(failure), func(order []int) {
		if n++; n%40 != 1 {
			return
		}
		if err := st.ForgetSource(ctx, "events"); err != nil {
			t.Fatal(err)
		}
		set := NewSet()
		for _, k := range order {
			e := mustParse(t, failure[k])
			set.Add(e)
			d, _ := set.About(e)
			if err := st.WritePage(ctx, store.Page{Source: "events", Stream: "webhook", ReadAt: start, Delivery: d, Repositories: map[string]string{"": "of shop"}}); err != nil {
				t.Fatal(err)
			}
		}
		if got := stored(t, st); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%v: %s", order, strings.Join(got, "\n"))
		}
	})
}

// stored are the rows that the events made.
func stored(t *testing.T, st *store.Store) (out []string) {
	t.Helper()
	rows, err := st.Query(context.Background(), `SELECT 'deployment ' || repo_id || ' ' || deployment_id || ' ' || environment || ' ' || sha, CAST(NULL AS timestamptz), CAST(NULL AS timestamptz), '' FROM deployment
		UNION ALL SELECT 'incident', opened_at, resolved_at, title FROM incident
		UNION ALL SELECT 'link ' || kind || ' ' || target, CAST(NULL AS timestamptz), CAST(NULL AS timestamptz), '' FROM incident_link ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var what, title string
		var from, to *time.Time
		if err := rows.Scan(&what, &from, &to, &title); err != nil {
			t.Fatal(err)
		}
		if from != nil && to != nil {
			what += fmt.Sprintf(" %s %s %s", from.UTC().Format(time.TimeOnly), to.UTC().Format(time.TimeOnly), title)
		}
		out = append(out, what)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
