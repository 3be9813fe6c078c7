package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
)

// tree makes files ("a/b") and folders ("a/b/") below a new folder.
func tree(t *testing.T, paths ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, p := range paths {
		full := filepath.Join(root, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(p, "/") {
			if err := os.MkdirAll(full, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFind(t *testing.T) {
	cases := map[string]struct {
		paths []string
		from  string
		want  string // "" when it must not be found
	}{
		"here":                      {[]string{"diarchy.yaml"}, ".", "diarchy.yaml"},
		"above":                     {[]string{"diarchy.yaml", "a/b/"}, "a/b", "diarchy.yaml"},
		"the nearest":               {[]string{"diarchy.yaml", "a/diarchy.yaml", "a/b/"}, "a/b", "a/diarchy.yaml"},
		"beside .git":               {[]string{"diarchy.yaml", ".git/", "a/"}, "a", "diarchy.yaml"},
		"not above .git":            {[]string{"diarchy.yaml", "a/.git/", "a/b/"}, "a/b", ""},
		"not above a .git file":     {[]string{"diarchy.yaml", "a/.git", "a/b/"}, "a/b", ""},
		"a folder is no document":   {[]string{"diarchy.yaml", "a/diarchy.yaml/x"}, "a", "diarchy.yaml"},
		"from a folder that is not": {[]string{"diarchy.yaml"}, "a/b", "diarchy.yaml"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			root := tree(t, append(c.paths, "stop/")...)
			got, ok := Find(filepath.Join(root, filepath.FromSlash(c.from)))
			if c.want == "" && ok {
				t.Fatalf("found %s", got)
			}
			if want := filepath.Join(root, filepath.FromSlash(c.want)); c.want != "" && got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	root := tree(t, "diarchy.yaml", "empty/", "odd/diarchy.yaml/")
	doc, err := Load(root) // a folder
	if err != nil {
		t.Fatal(err)
	}
	if doc.Dir() != root || doc.PlaybookPath() != filepath.Join(root, "playbook.yaml") {
		t.Errorf("dir %q, playbook %q", doc.Dir(), doc.PlaybookPath())
	}
	if _, err := Load(filepath.Join(root, "empty")); !errors.Is(err, problem.Missing) || !strings.HasSuffix(problem.Hint(err), "diarchy init "+filepath.Join(root, "empty")) {
		t.Errorf("want problem.Missing with a hint, got %v (%s)", err, problem.Hint(err))
	}
	if _, err := Load(filepath.Join(root, "odd")); !errors.Is(err, problem.Invalid) {
		t.Errorf("want problem.Invalid, got %v", err)
	}
}

func TestPaths(t *testing.T) {
	doc := &Document{Path: filepath.FromSlash("/company/diarchy.yaml")}
	for git, want := range map[string]string{
		"../payments":             "/payments",
		"clones":                  "/company/clones",
		"/srv/git/a":              "/srv/git/a",
		"https://example.com/a":   "https://example.com/a",
		"ssh://git@example.com/a": "ssh://git@example.com/a",
		"git@example.com:team/a":  "git@example.com:team/a",
		"git.example.com:team/a":  "git.example.com:team/a",
		"./odd:name":              "/company/odd:name",
	} {
		if !(Source{Git: git}).Remote() {
			want = filepath.FromSlash(want)
		}
		if got := doc.Locate(Source{Git: git}); got != want {
			t.Errorf("%s: got %s, want %s", git, got, want)
		}
		if what, _ := checkGit(git); what != "" {
			t.Errorf("%s is refused: %s", git, what)
		}
	}
	for database, want := range map[string]string{"": "", "facts": "/company/facts", "/f": "/f", "postgres://db/x": "postgres://db/x"} {
		doc.Database = database
		if !hasScheme(want) {
			want = filepath.FromSlash(want)
		}
		if got := doc.DatabasePath(); got != want {
			t.Errorf("%s: got %s, want %s", database, got, want)
		}
	}
	var none *Document
	if none.Dir() != "" || none.PlaybookPath() != "" || none.DatabasePath() != "" {
		t.Error("no document has no paths")
	}
}

func TestLabel(t *testing.T) {
	for git, want := range map[string]string{
		"../payments": "payments", "../payments/": "payments", "git@example.com:a.git": "a", "https://example.com/t/b.git/": "b",
		".": "", "../..": "", `..\win`: "win", "/": "",
	} {
		if got := (Source{Git: git}).Label(); got != want {
			t.Errorf("%s: got %q, want %q", git, got, want)
		}
	}
	if got := (Source{Git: "../a", Name: "b"}).Label(); got != "b" {
		t.Errorf("got %q", got)
	}
}
