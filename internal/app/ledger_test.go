package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/workspace"
)

// TestShared: leaders share what an agreement makes a matter of both, once both have
// signed it as it is.
func TestShared(t *testing.T) {
	const text = "version: 1\nroles:\n  cto: {title: CTO}\n  vpe: {title: VPE}\noverlaps:\n  budget: {title: Budgets, process: Both see both}\n  people: {title: People, process: Both see them}\n  audit: {title: Audit, process: None}\n"
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	sign := func(text string, roles ...string) string {
		for _, r := range roles {
			out, err := workspace.Sign("agreement.yaml", []byte(text), workspace.Signature{Role: r, Name: r, Date: day})
			if err != nil {
				t.Fatal(err)
			}
			text = string(out)
		}
		return text
	}
	both := sign(text, "cto", "vpe")
	for name, c := range map[string]struct{ text, want string }{
		"signed by both":           {both, "[budget people]"},
		"not signed":               {text, "[]"},
		"signed by one":            {sign(text, "cto"), "[]"},
		"changed since":            {strings.Replace(both, "title: Budgets", "title: All budgets", 1), "[]"},
		"one thing less, and then": {sign(strings.Replace(text, "  people: {title: People, process: Both see them}\n", "", 1), "cto", "vpe"), "[budget]"},
	} {
		a, err := workspace.ParseAgreement("agreement.yaml", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if got := shared(a); fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestStandingOfWhoComesBack: sessions of the time before do not hold for the one after.
func TestStandingOfWhoComesBack(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"diarchy.yaml": "company: {name: Example}\n", "organisation.yaml": `people:
  - {id: mo, manager: none}
  - {id: ada, logins: [ada], manager: mo, end: 2020-01-31}
  - {id: ada-2, logins: [ada], manager: mo, start: 2020-06-01}
  - {id: bob, logins: [bob], manager: mo, end: 2020-01-31}
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := newProgram([]string{"HOME=" + dir}, os.Stderr).documents(cli.Scope{Workspace: dir})
	if err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string]string{"ada": "reports to mo as ada-2", "ada-2": "reports to mo", "bob": "", "mo": "reports to "} {
		got, present, err := s.standing(t.Context(), person)
		if got != want || present != (want != "") || err != nil {
			t.Errorf("%s: %q, %v, %v; want %q", person, got, present, err, want)
		}
	}
}
