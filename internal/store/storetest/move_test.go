package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/demo"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// TestMove takes a company from each database to each, with refusals and interruptions
// on the way.
func TestMove(t *testing.T) {
	small := demo.SmallTroubled()
	small.Span, small.StableWeeks = 60, 60
	clones := company(t, small)
	for _, from := range Engines() {
		for _, to := range Engines() {
			t.Run(from.Name+" to "+to.Name, func(t *testing.T) {
				ctx := context.Background()
				a, b := from.Open(t), to.Open(t)
				read(t, a, clones, 0)
				want := tables(t, a)

				stop, cancel := context.WithCancel(ctx)
				_, err := store.Move(stop, a, b, store.MoveOptions{Progress: func(what, table string, _, _ int64) {
					if table == "trailer" {
						cancel()
					}
				}})
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("interrupted: %v", err)
				}
				empty(t, b)

				seen := map[string]bool{}
				sums, err := store.Move(ctx, a, b, store.MoveOptions{Progress: func(what, table string, done, all int64) { seen[what+table] = done == all }})
				if err != nil {
					t.Fatal(err)
				}
				if len(sums) != len(store.Tables()) || len(seen) != 2*len(sums) {
					t.Errorf("%d sums, %d reports for %d tables", len(sums), len(seen), len(store.Tables()))
				}
				for _, s := range sums {
					if int(s.Rows) != len(want[s.Table]) || !seen["moving"+s.Table] || !seen["checking"+s.Table] || (s.Rows > 0) != (s.Checksum != 0) {
						t.Errorf("%+v, want %d rows", s, len(want[s.Table]))
					}
				}
				if diff := cmp.Diff(want, tables(t, b)); diff != "" {
					t.Errorf("(-from +to)\n%.3000s", diff)
				}

				_, err = store.Move(ctx, a, b, store.MoveOptions{})
				if !errors.Is(err, problem.Usage) || !strings.Contains(problem.Hint(err), "--replace") {
					t.Errorf("into a full one: %v", err)
				}
				again, err := store.Move(ctx, a, b, store.MoveOptions{Replace: true})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(sums, again); diff != "" {
					t.Errorf("sums (-first +replaced)\n%s", diff)
				}
				read(t, b, clones, 0) // cursors came along
				if diff := cmp.Diff(want["commit"], tables(t, b)["commit"]); diff != "" {
					t.Errorf("after a sync (-from +to)\n%.3000s", diff)
				}
			})
		}
	}
}

func empty(t *testing.T, st *store.Store) {
	t.Helper()
	for table, rows := range tables(t, st) {
		if len(rows) > 0 {
			t.Errorf("%s has %d rows", table, len(rows))
		}
	}
}
