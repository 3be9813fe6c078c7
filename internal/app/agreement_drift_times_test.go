package app

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/workspace"
)

// TestRolesOfWhoCameBack: a decision is of the role that its decider had in the time in
// which it was made, though the addresses of both times are the same.
func TestRolesOfWhoCameBack(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := workspace.Person{ID: "7", Emails: []string{"ada@example.com"}, Start: day("2020-01-01"), End: day("2024-02-29"), Job: workspace.Job{Role: workspace.RoleCTO}}
	second := workspace.Person{ID: "7-2", Emails: []string{"ada@example.com"}, Start: day("2024-06-01"), Job: workspace.Job{Role: workspace.RoleVPE}}
	for _, people := range [][]workspace.Person{{first, second}, {second, first}} {
		r := &reading{session: &session{chart: org.New(&workspace.Organisation{People: people})}}
		roles := r.roles()
		for on, want := range map[string]string{"2023-01-01": "cto", "2024-04-01": "cto", "2024-06-01": "vpe", "2025-01-01": "vpe"} {
			if got := roles.of("ada@example.com", day(on)); got != want {
				t.Errorf("%s: %s, want %s", on, got, want)
			}
		}
	}
}
