package git

import (
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
)

// A revert says so in git's own words or in those of a convention; a subject that only
// begins with the word does not, and what reverts a revert puts the change back.
func TestReverts(t *testing.T) {
	for message, want := range map[string]string{
		"Revert \"Add x\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.": "0123456789abcdef0123456789abcdef01234567",
		"Take x out again\n\nThis reverts commit 0123456.":                                  "0123456",
		"Revert \"Add x\"":             "yes",
		"revert: feat: x":              "yes",
		"revert(api): x":               "yes",
		"Reverts \"Add x\" (#12)":      "yes",
		"Revert commit 0123456789":     "yes",
		"Revert files to 6ecd117":      "",
		"Revert the script to be slow": "",
		"Reverting is slow":            "",
		"Add x":                        "",
		"Reapply \"Add x\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.":           "back",
		"Revert \"Revert \"Add x\"\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.": "back",
	} {
		var c fact.Commit
		readMessage(&c, message)
		if c.IsRevert != (want != "" && want != "back") {
			t.Errorf("%q is a revert: %v", message, c.IsRevert)
		}
		if len(want) > 4 && c.Reverts != want {
			t.Errorf("%q reverts %q, want %q", message, c.Reverts, want)
		}
	}
}
