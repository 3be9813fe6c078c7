package git

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// FuzzMailmap: whatever a repository's .mailmap holds, who is asked for is answered with
// text that is clean, and nobody else is.
func FuzzMailmap(f *testing.F) {
	const plain = "Ann Example <ann@example.com> <old@example.com>\n"
	f.Add(plain)
	f.Add("<ann@example.com> <old@example.com>\nBob <bob@example.com> Ann <old@example.com>\n")
	f.Add("Ann\x00\x1b[31m <a\x01b> <old@example.com>\n# note\n<>\n < > <old@example.com>\n")
	f.Add(strings.Repeat("A", 5000) + " <\xff\xfe@x> <old@example.com>")
	f.Add("\x96<old@example.com>") // a control character in Latin-1
	s := gittest.New(f)
	s.Write("a.go", "x")
	s.Commit("one")
	asked := []fact.Identity{{Name: "Ann", Email: "old@example.com"}, {Name: "", Email: "bob@example.com"}, {Name: "x <y", Email: "z"}}
	f.Fuzz(func(t *testing.T, mailmap string) {
		blob := exec.Command("git", "-C", s.Dir, "hash-object", "-w", "--stdin")
		blob.Stdin = strings.NewReader(mailmap)
		sha, err := blob.Output()
		if err != nil {
			t.Fatal(err)
		}
		config := exec.Command("git", "config", "--file", filepath.Join(s.Dir, ".git", "config"), "mailmap.blob", strings.TrimSpace(string(sha)))
		if err := config.Run(); err != nil {
			t.Fatal(err)
		}
		to, err := sourceOf(s).Canonical(context.Background(), asked)
		if err != nil {
			t.Fatal(err)
		}
		if mailmap == plain && to[asked[0]] != (fact.Identity{Name: "Ann Example", Email: "ann@example.com"}) {
			t.Errorf("%v", to)
		}
		for from, id := range to {
			if from != asked[0] && from != asked[1] {
				t.Errorf("%q was not asked for", from)
			}
			for _, text := range []string{id.Name, id.Email} {
				if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || len(text) > 4*len(mailmap)+100 {
					t.Errorf("%q became %q", from, text)
				}
			}
		}
	})
}
