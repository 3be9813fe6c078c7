package ingest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// Teams that share a repository hold its applications by themselves; what none of them holds is whose
// the repository is, as is one before it was somebody's.
func TestTeamsHoldApplications(t *testing.T) {
	ctx := context.Background()
	at := func(month time.Month) time.Time { return time.Date(2024, month, 1, 0, 0, 0, 0, time.UTC) }
	whole := []Holding{{Repository: "mono"}}
	teams := []Team{
		{Name: "platform", Group: "all", Repositories: whole},
		{Name: "red", Group: "all", Applications: []Claim{{Application: "a"}}},
		{Name: "blue", Group: "other", Repositories: whole, Applications: []Claim{{"b", store.Period{Since: at(3), Until: at(6)}}, {Application: "none"}}},
	}
	by := Delivering{}
	for _, name := range []string{"a", "b", "c"} {
		by.Applications = append(by.Applications, Application{Name: name, Repository: "mono", Paths: []string{name}})
	}
	st := openStore(t, "")
	held := belongings{}
	held.repository("mono", "mono", teams)
	for _, err := range []error{st.PutRepository(ctx, "mono", "mono", "r"), st.PutScopes(ctx, held.scopes()), PutDeliveryScopes(ctx, st, by, teams)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := map[string][]string{}
	rows, err := st.Query(ctx, "SELECT scope, application, since, until FROM scope_application ORDER BY scope, application, since")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var scope, application string
		var since, until time.Time
		if err := rows.Scan(&scope, &application, &since, &until); err != nil {
			t.Fatal(err)
		}
		if since.Year() == 2024 || until.Year() == 2024 {
			application += fmt.Sprintf(" %s..%s", since.UTC().Format("2006-01"), until.UTC().Format("2006-01"))
		}
		if got[scope] = append(got[scope], application); scope == "company" && application == "" {
			got[scope] = slices.Delete(got[scope], 0, 1) // incidents of which nobody knows what they belong to
		}
	}
	want := map[string][]string{
		"company": {"a", "b", "c"}, "repository:mono": {"a", "b", "c"}, "application:a": {"a"}, "application:b": {"b"}, "application:c": {"c"},
		"team:platform": {"b 1900-01..2024-03", "b 2024-06..9999-01", "c"}, "team:red": {"a"}, "group:all": {"a", "b 1900-01..2024-03", "b 2024-06..9999-01", "c"},
		"team:blue": {"b 1900-01..2024-03", "b 2024-03..2024-06", "b 2024-06..9999-01", "c"}, "group:other": {"b 1900-01..2024-03", "b 2024-03..2024-06", "b 2024-06..9999-01", "c"},
	}
	if diff := cmp.Diff(want, got); diff != "" || rows.Err() != nil {
		t.Errorf("%v\n%s", rows.Err(), diff)
	}
}

// What is left of a period outside of others.
func TestWithout(t *testing.T) {
	p := func(since, until int) (out store.Period) {
		if since > 0 {
			out.Since = time.Date(2000+since, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		if until > 0 {
			out.Until = time.Date(2000+until, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return out
	}
	for _, c := range []struct {
		of           store.Period
		others, want []store.Period
	}{
		{p(0, 0), nil, []store.Period{p(0, 0)}},
		{p(0, 0), []store.Period{p(0, 0)}, nil},
		{p(0, 0), []store.Period{p(2, 4), p(6, 0)}, []store.Period{p(0, 2), p(4, 6)}},
		{p(3, 7), []store.Period{p(0, 4), p(5, 6)}, []store.Period{p(4, 5), p(6, 7)}},
		{p(3, 7), []store.Period{p(1, 3), p(7, 8)}, []store.Period{p(3, 7)}},
		{p(3, 7), []store.Period{p(2, 8)}, nil},
		{p(3, 0), []store.Period{p(5, 9)}, []store.Period{p(3, 5), p(9, 0)}},
	} {
		if diff := cmp.Diff(c.want, without(c.of, c.others)); diff != "" {
			t.Errorf("%v without %v: %s", c.of, c.others, diff)
		}
	}
}
