package app

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/google/go-cmp/cmp"
)

// A team holds the applications of which it owns all paths, since it does; the last rule for each decides.
func TestPathsThatCoverApplications(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	rules := []workspace.Ownership{
		{Team: "red", Repository: "mono", Path: "/services/"},
		{Team: "blue", Repository: "mono", Path: "services/pay/**", Since: day("2024-03-01")},
		{Team: "blue", Repository: "mono", Path: "lib"},
		{Team: "red", Repository: "mono", Path: "services/pay", With: "blue"},
		{Team: "red", Repository: "other", Path: "lib"},
	}
	applications := []ingest.Application{
		{Name: "shop", Repository: "mono", Paths: []string{"services/shop"}},
		{Name: "shared", Repository: "mono", Paths: []string{"services/shop", "lib"}},
		{Name: "pay", Repository: "mono", Paths: []string{"services/pay", "lib/money"}},
		{Name: "serviced", Repository: "mono", Paths: []string{"services2"}},
		{Name: "all", Repository: "mono"},
	}
	for team, want := range map[string][]ingest.Claim{
		"red":  {{Application: "shop"}},
		"blue": {{Application: "pay", Period: store.Period{Since: day("2024-03-01")}}},
		"none": nil,
	} {
		if diff := cmp.Diff(want, pathClaims(rules, team, applications, time.UTC)); diff != "" {
			t.Errorf("%s: %s", team, diff)
		}
	}
}
