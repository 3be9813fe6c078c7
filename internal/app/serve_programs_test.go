package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
)

// TestTokensReachTheirPart: a manager's token reaches the teams that are the manager's, by id or
// name; teams of others and such as do not exist are refused alike (T24).
func TestTokensReachTheirPart(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	organisation := `people:
  - {id: cat, role: cto, manager: none}
  - {id: bo, role: engineering_manager, manager: cat, team: red}
  - {id: ann, role: engineer, manager: bo, team: red}
  - {id: dee, role: engineer, manager: cat, team: blue}
  - {id: eve, role: engineer, manager: bo, team: one}
  - {id: flo, role: engineer, manager: cat, team: two}
teams:
  - {id: red, name: Red Team}
  - {id: blue, name: Blue Team}
  - {id: one, name: Twins}
  - {id: two, name: Twins}
`
	if err := os.WriteFile(filepath.Join(dir, "organisation.yaml"), []byte(organisation), 0o600); err != nil {
		t.Fatal(err)
	}
	h.sync(t.Context())
	g := bearer{newGate(newServed(h.program, h), nil)}
	for who, v := range map[string]access.Viewer{
		"manager": {Account: "1", Person: "bo", Roles: []access.Role{access.Manager}},
		"cto":     {Account: "2", Person: "cat", Roles: []access.Role{access.CTO}},
	} {
		v.Token, v.Grants = true, access.Grants()
		for scope, own := range map[string]bool{"team:red": true, "team:Red Team": true, "team:blue": false, "team:Blue Team": false, "team:none": false, "team:Twins": false, "group:red": false, "person:ann": false, "company": false, "": false} {
			for _, kind := range []access.Kind{access.Delivery, access.Forecast} {
				may, err := g.May(t.Context(), v, kind, scope)
				if err != nil || may != (own || who == "cto") {
					t.Errorf("%s, %s of %q: %t, %v", who, kind, scope, may, err)
				}
			}
		}
		v.Grants = nil
		if may, err := g.May(t.Context(), v, access.Delivery, "team:red"); may || err != nil {
			t.Errorf("%s without a grant: %t, %v", who, may, err)
		}
	}
}
