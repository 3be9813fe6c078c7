package ingest

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
)

// TestOldDecisionRecordsAreReadAgain: what an older reader stored is brought to what
// today's reads, and nothing else of the repository is read for it.
func TestOldDecisionRecordsAreReadAgain(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("docs/adr/0001-x.md", "# X\n\n* Status: proposed\n* Deciders: CTO\n")
	s.Save("docs/adr/0001-x.md", "# X\n\n* Status: accepted\n* Deciders: CTO, security team\n* Date: 2024-01-01\n")
	s.Save("docs/adr/0002-y.md", "# Y\n")
	st := openStore(t, "")
	readAll(t, st, s.Dir)
	age(t, st)
	if n := len(selected(t, st, "SELECT * FROM decision_field")); n != 0 {
		t.Fatalf("%d fields left", n)
	}
	results := readAll(t, st, s.Dir)
	if results[0].New != 0 || results[0].Status != "ok" {
		t.Errorf("%d new commits, %s", results[0].New, results[0].Status)
	}
	if n := len(selected(t, st, "SELECT * FROM decision_field")); n != 4 {
		t.Errorf("%d fields, want 4", n)
	}
	likeFresh(t, st, s.Dir)
}

// TestLostDecisionRecordsAreSaid: what can no longer be read keeps what was known of it.
func TestLostDecisionRecordsAreSaid(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("docs/adr/0001-x.md", "# X\n\n* Status: accepted\n* Deciders: CTO\n")
	st := openStore(t, "")
	readAll(t, st, s.Dir)
	age(t, st)
	exec(t, st, "UPDATE decision_version SET path = 'docs/adr/0009-never.md'")
	results := readAll(t, st, s.Dir)
	if len(results[0].Skipped) != 1 || results[0].Skipped[0].Count != 1 || results[0].Status != "partial" {
		t.Errorf("%s: %+v", results[0].Status, results[0].Skipped)
	}
	if n := len(selected(t, st, "SELECT * FROM decision_version WHERE title = 'old'")); n != 1 {
		t.Errorf("%d versions are left", n)
	}
}

// age makes stored records those of an older reader.
func age(t *testing.T, st *store.Store) {
	t.Helper()
	exec(t, st, "DELETE FROM decision_field")
	exec(t, st, "UPDATE decision_version SET reader = 0, title = 'old'")
}

func exec(t *testing.T, st *store.Store, statement string) {
	t.Helper()
	selected(t, st, statement)
}
