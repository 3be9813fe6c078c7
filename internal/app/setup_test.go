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

// Teams of diarchy.yaml that the organisation does not know are named, with what to do: nobody
// belongs to them.
func TestTeamsOfTheOrganisation(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nteams:\n  - {name: Web, repositories: [shop]}\n  - {name: core, repositories: [shop]}\n")
	if r := h.run("doctor", "--workspace", dir); r.code != 0 || strings.Contains(r.out, "teams:") {
		t.Errorf("without an organisation, status %d:\n%s", r.code, r.out)
	}
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ann, role: engineer, manager: none}\nteams:\n  - {id: web}\n  - {id: core}\n")
	r := h.run("doctor", "--workspace", dir)
	said := strings.Join(strings.Fields(r.out), " ")
	for _, w := range []string{"warning teams: Team Web (line 6) of diarchy.yaml is not in organisation.yaml: only the work of people without a team is credited there. Its teams: web, core.", "do: let name be the id that the team has there"} {
		if r.code != 0 || !strings.Contains(said, w) {
			t.Errorf("status %d; doctor does not say %q:\n%s", r.code, w, r.out)
		}
	}
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ann, role: engineer, manager: none}\nteams:\n  - {id: Web}\n  - {id: core}\n")
	if r := h.run("doctor", "--workspace", dir); strings.Contains(r.out, "teams:") {
		t.Errorf("where all are known:\n%s", r.out)
	}
}

func TestOneOfAThingIsNamedAsOne(t *testing.T) {
	h := newHome(t)
	repo := smallRepo(t)
	one := t.TempDir()
	git(t, one, "init", "-q", "-b", "main")
	git(t, one, "commit", "-q", "--allow-empty", "-m", "First")
	if r := h.run("sync", one); !strings.Contains(r.out, " 1 commit, 1 new") {
		t.Errorf("sync says\n%s", r.out)
	}
	if r := h.run("doctor", filepath.Join(one, "nowhere")); r.code != 1 || !strings.Contains(r.err, "diarchy: 1 check failed") {
		t.Errorf("status %d; doctor says\n%s", r.code, r.err)
	}
	folder := t.TempDir()
	git(t, ".", "clone", "-q", repo, filepath.Join(folder, "good"))
	bad := filepath.Join(folder, "bad")
	git(t, ".", "clone", "-q", repo, bad)
	write(t, filepath.Join(bad, ".git", "HEAD"), "nothing\n")
	r := h.run("diagnose", folder)
	said := strings.Join(strings.Fields(r.out+r.err), " ")
	for _, w := range []string{"skipped bad: the whole source, because", "bad: the whole source: " + bad + ": not a git repository"} {
		if r.code != 4 || !strings.Contains(said, w) {
			t.Errorf("status %d; it does not say %q:\n%s%s", r.code, w, r.out, r.err)
		}
	}
	for _, w := range []string{"1 x", "unknown: commits", "  : "} {
		if strings.Contains(r.out+r.err, w) {
			t.Errorf("it says %q:\n%s%s", w, r.out, r.err)
		}
	}
}

// Where a document is wrong, doctor shows the line as it stands, with the mark below it.
func TestDoctorShowsTheLine(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: X\n  fundig: []\n")
	r := newHome(t).run("doctor", "--workspace", dir)
	if r.code != 1 || !strings.Contains(r.out, " 3 |   fundig: []\n") || !strings.Contains(r.out, "   |   ^\n") {
		t.Errorf("status %d; doctor says\n%s", r.code, r.out)
	}
}

// Clones that are named are judged by themselves; a workspace beside them is not passed
// over in silence.
func TestWorkspaceThatIsNotReadIsNamed(t *testing.T) {
	h := newHome(t)
	repo, dir := smallRepo(t), t.TempDir()
	named := func(d []string) bool {
		return slices.ContainsFunc(d, func(c string) bool { return strings.Contains(c, dir+" was not read") })
	}
	t.Chdir(dir)
	if d := h.diagnosis("diagnose", repo); named(d.Caveats) {
		t.Errorf("without a workspace it says %q", d.Caveats)
	}
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\n")
	if d := h.diagnosis("diagnose", repo); !named(d.Caveats) || d.Company == "Example" {
		t.Errorf("company %q; caveats %q", d.Company, d.Caveats)
	}
	if d := h.diagnosis("diagnose", "--workspace", dir, repo); named(d.Caveats) || d.Company != "Example" {
		t.Errorf("company %q; caveats %q", d.Company, d.Caveats)
	}
}
