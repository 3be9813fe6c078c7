package web

import (
	"slices"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
)

// TestProvisioning: an identity provider with a token of a VP of Engineering reaches what
// it is for, and that is written down.
func TestProvisioning(t *testing.T) {
	s := newSite(t, "text")
	s.gate.viewers["provider"] = tokenOf(s.gate.viewers["vpe"], access.GrantFor(access.Change, access.People))
	if status, _, text := s.ask("PATCH", "/scim/v2/Users/ada", "", "provider", "{}"); status != 200 || text != "/Users/ada" {
		t.Errorf("status %d: %s", status, text)
	}
	if !slices.Contains(s.gate.seen, "vpe people.provision PATCH /Users/ada") {
		t.Errorf("nobody wrote it down: %q", s.gate.seen)
	}
}
