package git

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

func TestAdmits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, line, kind, text string }{
		{"a.go", "// TODO: later", "todo", "TODO: later"},
		{"a.go", "x := 1 // FIXME(ann) wrong", "fixme", "FIXME(ann) wrong"},
		{"a.go", "/* HACK */", "hack", "HACK"},
		{"a.go", " * XXX here", "xxx", "XXX here"},
		{"a.go", "// this is a hack, sorry", "admitted", "this is a hack, sorry"},
		{"a.go", "// This Is A Temporary Workaround", "admitted", "This Is A Temporary Workaround"},
		{"a.go", "// needs refactoring", "admitted", "needs refactoring"},
		{"a.go", "// todo in small letters", "", ""},
		{"a.go", "// TODOS and XXXL and aTODO", "", ""},
		{"a.go", "var TODO = 1", "", ""},
		{"a.go", `s := "// TODO not a comment"`, "", ""},
		{"a.go", "s := `// TODO not a comment`", "", ""},
		{"a.go", `s := "https://example.com" // TODO a comment`, "todo", "TODO a comment"},
		{"a.go", `s := "a \" // TODO no"`, "", ""},
		{"a.go", `r := '"' // TODO yes`, "todo", "TODO yes"},
		{"a.js", "let s = '// TODO no'", "", ""},
		{"a.js", "f('x', '/* HACK */')", "", ""},
		{"a.rs", "fn f<'a>(x: &'a str) {} // TODO don't", "todo", "TODO don't"},
		{"a.py", "# TODO: x", "todo", "TODO: x"},
		{"a.py", "x = '#TODO'", "", ""},
		{"a.py", `print("# FIXME no")`, "", ""},
		{"a.py", "it = it  # don't: HACK", "hack", "don't: HACK"},
		{"a.py", `"""TODO in a docstring`, "todo", "TODO in a docstring"},
		{"a.sql", "SELECT 1 -- TODO x", "todo", "TODO x"},
		{"a.sql", "SELECT '-- TODO x'", "", ""},
		{"a.clj", "(def x 'y) ; TODO x", "todo", "TODO x"},
		{"a.html", "<!-- TODO x -->", "todo", "TODO x"},
		{"a.md", "<!-- TODO x -->", "", ""},
		{"a.json", `{"// TODO": 1}`, "", ""},
		{"a.yaml", "# TODO x", "", ""},
		{"vendor/a.go", "// TODO x", "", ""},
		{"a.min.js", "// TODO x", "", ""},
		{"a_test.go", "// TODO x", "todo", "TODO x"},
		{"a.go", "// TODO " + strings.Repeat("x", 300), "todo", "TODO " + strings.Repeat("x", 195)},
		{"a.go", "// TODO " + strings.Repeat("x", 3000), "", ""},
	} {
		kind, text := "", ""
		if style := commentStyle(c.path, fact.CategoryOf(c.path)); style != nil {
			kind, text, _ = style.admits([]byte(c.line))
		}
		if kind != c.kind || text != c.text {
			t.Errorf("%s: %.80s: %q %q, want %q %q", c.path, c.line, kind, text, c.kind, c.text)
		}
	}
}

func TestMarkerLines(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Write("readme.md", "// TODO no\n")
	s.Save("a.go", "package a\n\n// TODO one\n// FIXME two\n")
	s.Save("a.go", "package a\n\n// FIXME two\n// TODO one")
	k := readAll(t, sourceOf(s))
	want := []fact.MarkerLine{{Path: "a.go", Kind: "todo", Text: "TODO one", Added: true}, {Path: "a.go", Kind: "fixme", Text: "FIXME two", Added: true}}
	if diff := cmp.Diff(want, k.commits[0].MarkerLines); diff != "" {
		t.Error(diff)
	}
	if n := len(k.commits[1].MarkerLines); n != 2 {
		t.Errorf("%d lines of the one that moved", n)
	}
}
