package app_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTeamsNameRepositoriesThatAreThere(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nteams:\n  - {name: web, repositories: [shop, nowhere]}\n  - {name: core, repositories: [shop]}\n")
	r := h.run("doctor", "--workspace", dir)
	said := strings.Join(strings.Fields(r.out), " ")
	for _, w := range []string{"ok shop: reads main", "warning teams: Team web names what is no repository here: nowhere. What is here: shop.", "do: correct the name, or add the repository to sources"} {
		if r.code != 0 || !strings.Contains(said, w) {
			t.Errorf("status %d; doctor does not say %q:\n%s", r.code, w, r.out)
		}
	}
	if strings.Contains(said, "Team core") {
		t.Errorf("doctor warns of a team that is right:\n%s", r.out)
	}
	d := h.diagnosis("diagnose", "--workspace", dir)
	if !slices.Contains(d.Caveats, "Team web names what is no repository here: nowhere. What is here: shop.") || len(d.Sources) != 1 || d.Sources[0].Name != "shop" {
		t.Errorf("sources %v; caveats %q", d.Sources, d.Caveats)
	}
}
