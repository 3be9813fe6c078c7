package app_test

import (
	"strings"
	"testing"
)

// What is hidden as a number is not listed as facts either.
func TestFactsOfFewPeopleAreNotListed(t *testing.T) {
	h := newHome(t)
	repo := smallRepo(t)
	for i, date := range []string{"2024-03-11", "2024-03-18", "2024-03-25", "2024-04-02", "2024-09-02"} {
		gitAt(t, repo, date+"T10:00:00Z", "commit", "-q", "--allow-empty", "-m", strings.Repeat("x", i+1))
	}
	r := h.run("explain", "joiners", repo, "--as-of", "2024-09-03")
	if r.code != 0 || strings.Contains(r.out, "somebody's first commit") || !strings.Contains(r.out, "facts: 0, from") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
}
