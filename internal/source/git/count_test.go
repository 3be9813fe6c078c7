package git

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// lines makes n numbered lines.
func lines(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s line %d\n", prefix, i)
	}
	return b.String()
}

// sameCounts compares every count with those of git log.
func sameCounts(t *testing.T, s *gittest.Repo) *sink {
	t.Helper()
	k := readAll(t, sourceOf(s))
	if diff := cmp.Diff(numstat(s), k.rows()); diff != "" {
		t.Errorf("rows of git log (-) and ours (+):\n%s", diff)
	}
	if want := len(strings.Fields(s.Git("rev-list", "HEAD"))); len(k.commits) != want {
		t.Errorf("%d commits, want %d", len(k.commits), want)
	}
	for _, c := range k.commits {
		if len(c.Parents) > 1 && len(c.Changes) > 0 {
			t.Errorf("merge %s has %d changes", c.SHA, len(c.Changes))
		}
		if c.CountsOmitted {
			t.Errorf("commit %s: counts omitted", c.SHA)
		}
	}
	return k
}

// TestCountsEqualGit holds one case for each thing that a file can do.
func TestCountsEqualGit(t *testing.T) {
	t.Parallel()
	cases := map[string]func(s *gittest.Repo){
		"renames": func(s *gittest.Repo) {
			s.Save("a.go", lines("a", 40))
			s.Git("mv", "a.go", "b.go")
			s.Commit("pure")
			s.Git("mv", "b.go", "deep.go")
			s.Write("deep.go", lines("a", 39)+"another\n")
			s.Commit("with an edit")
			s.Git("mv", "deep.go", "far.go")
			s.Write("far.go", lines("z", 40))
			s.Commit("rewritten: no rename")
			s.Write("one", lines("one", 10))
			s.Write("two", lines("two", 10))
			s.Commit("two files")
			s.Git("mv", "one", "three")
			s.Git("mv", "two", "one")
			s.Git("mv", "three", "two")
			s.Commit("swapped")
		},
		"copies": func(s *gittest.Repo) {
			s.Save("a.go", lines("a", 40))
			s.Save("copy.go", lines("a", 40))
			s.Write("copy2.go", lines("a", 38))
			s.Git("mv", "a.go", "moved.go")
			s.Commit("copied and renamed at once")
		},
		"binary": func(s *gittest.Repo) {
			s.Save("logo.png", "\x89PNG\x00\x01\x02")
			s.Save("logo.png", "\x89PNG\x00\x01\x02\x03\nx\n")
			s.Git("mv", "logo.png", "mark.png")
			s.Commit("renamed")
			s.Save("mark.png", "text now\n")
			s.Git("rm", "-q", "mark.png")
			s.Commit("gone")
		},
		"modes": func(s *gittest.Repo) {
			s.Save("run.sh", lines("sh", 3))
			s.Chmod("run.sh", 0o755)
			s.Commit("executable")
			s.Write("run.sh", lines("sh", 4))
			s.Chmod("run.sh", 0o644)
			s.Commit("both")
		},
		"links": func(s *gittest.Repo) {
			s.Save("target", lines("t", 3))
			s.Link("target", "link")
			s.Commit("link")
			s.Remove("link")
			s.Write("link", lines("file", 5))
			s.Write("z", "z\n")
			s.Commit("link to file")
			s.Remove("link")
			s.Link("z", "link")
			s.Write("target", lines("t", 2))
			s.Commit("file to link")
			s.Remove("link")
			s.Write("link", "a\x00b")
			s.Commit("link to binary")
		},
		"gitlinks": func(s *gittest.Repo) {
			one := s.Save("a", "a\n")
			two := s.Save("a", "b\n")
			s.Git("update-index", "--add", "--cacheinfo", "160000,"+one+",sub")
			s.Clock += 60
			s.Git("commit", "-q", "-m", "submodule")
			s.Git("update-index", "--cacheinfo", "160000,"+two+",sub")
			s.Git("commit", "-q", "-m", "moved")
			s.Git("update-index", "--force-remove", "sub")
			s.Write("sub", lines("file", 3))
			s.Commit("file")
			s.Git("update-index", "--force-remove", "sub")
			s.Git("update-index", "--add", "--cacheinfo", "160000,"+two+",sub")
			s.Git("commit", "-q", "-m", "and back")
		},
		"empty files and last lines": func(s *gittest.Repo) {
			s.Save("empty", "")
			s.Save("empty", "x")
			s.Save("empty", "x\n")
			s.Save("empty", "x\ny")
			s.Save("empty", "x\nz")
			s.Save("empty", "")
			s.Save("last", "a\nb\nc")
			s.Save("last", "a\nb\nc\n\n")
			s.Save("last", "\n")
		},
		"carriage returns": func(s *gittest.Repo) {
			s.Save("dos", "a\r\nb\r\nc\r\n")
			s.Save("dos", "a\nb\r\nc\n")
			s.Save("dos", "a\rb\rc\r")
			s.Save("dos", "\f\v\x1b[31m\n\r\n")
		},
		"lines that look like patches": func(s *gittest.Repo) {
			s.Save("p", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\nend-of-chunk\n\x01\n")
			s.Save("p", "diff --git a/x b/y\n-- a/x\n++ b/x\n@@ -1,9 +1,9 @@\n\\ No newline at end of file\nend-of-chunk\nBinary files a and b differ\n\x01x\n\x02\n")
			s.Save("p", "")
			s.Save("end-of-chunk", "end-of-chunk\n")
			s.Save("diff --git a b", "x\n")
		},
		"octopus": func(s *gittest.Repo) {
			s.Save("base", "base\n")
			for _, b := range []string{"one", "two", "three"} {
				s.Git("checkout", "-q", "-b", b, "main")
				s.Save(b, lines(b, 3))
			}
			s.Git("checkout", "-q", "main")
			s.Save("main", "main\n")
			s.Merge("one", "two", "three")
		},
		"several roots": func(s *gittest.Repo) {
			s.Save("a", lines("a", 5))
			s.Git("checkout", "-q", "--orphan", "other")
			s.Git("rm", "-rfq", ".")
			s.Save("b", lines("b", 7))
			s.Git("checkout", "-q", "main")
			s.Clock += 60
			s.Git("merge", "-q", "--allow-unrelated-histories", "-m", "merge", "other")
		},
		"evil merge": func(s *gittest.Repo) {
			s.Save("a", lines("a", 5))
			s.Git("checkout", "-q", "-b", "side")
			s.Save("b", lines("b", 7))
			s.Git("checkout", "-q", "main")
			s.Save("c", "c\n")
			s.Git("merge", "-q", "--no-ff", "--no-commit", "side")
			s.Write("nobody", "wrote this\n")
			s.Commit("evil")
			s.Save("nobody", "wrote this\nagain\n")
		},
		"long lines": func(s *gittest.Repo) {
			long := strings.Repeat("x", 1<<20+17)
			s.Save("long.js", long+"\n")
			s.Save("long.js", long+"\n"+long+"y")
			s.Save("long.js", "// TODO "+long+"\nshort\n"+long+"y")
			s.Save("edge.js", strings.Repeat("e", 1<<18)+"\n"+strings.Repeat("f", 1<<18-1)+"\n"+strings.Repeat("g", 1<<18-2)+"\n")
			s.Save("edge.js", strings.Repeat("e", 1<<18)+"1\n"+strings.Repeat("f", 1<<18-1)+"1\n"+strings.Repeat("g", 1<<18-2)+"1")
		},
		"attributes": func(s *gittest.Repo) {
			s.Write(".gitattributes", "*.svg -diff\n*.lock binary\n*.forced diff\n*.x diff=x\n*.crlf text eol=crlf\n")
			for _, n := range []string{"a.svg", "a.lock", "a.x", "a.crlf"} {
				s.Write(n, lines(n, 4))
			}
			s.Write("a.forced", "nul\x00\nx\n")
			s.Commit("add")
			for _, n := range []string{"a.svg", "a.lock", "a.x", "a.crlf"} {
				s.Write(n, lines(n, 6))
			}
			s.Write("a.forced", "nul\x00\nx\ny\x00\n")
			s.Commit("change")
		},
		"paths": func(s *gittest.Repo) {
			for i, p := range []string{"new\nline", "tab\there", `quo"te`, `back\slash`, " lead", "trail ", "ünï/çödé.go", "-dash", ":colon", "a/b -> c", "{x => y}", "*glob[1]", "caf\xe9.go", "\x01ctl"} {
				s.Write(p, lines("p", i+3))
			}
			s.Commit("add")
			s.Git("mv", "new\nline", "newer\nline\n")
			s.Git("mv", "caf\xe9.go", "caf\xe8.go")
			s.Git("mv", `quo"te`, "quo\tte")
			s.Commit("renamed")
			s.Write("tab\there", "binary\x00")
			s.Commit("binary")
			s.Git("rm", "-rq", ".")
			s.Commit("gone")
		},
		"no changes": func(s *gittest.Repo) {
			s.Commit("empty root")
			s.Commit("empty again")
			s.Save("a", "a\n")
			s.Commit("")
		},
		"messages": func(s *gittest.Repo) {
			s.Name, s.Email = "J\xf6rg \"Q\" O'Example", "jörg@example.com"
			s.Write("a", "a\n")
			s.Commit("subject\n\nbody\n:100644 100644 abc def M\tx\ndiff --git a b\nend-of-chunk\n\x02\x01")
			s.Git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--allow-empty", "-m", "caf\xe9")
			s.Save("b", "b\n")
		},
	}
	for name, grow := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			grow(s)
			k := sameCounts(t, s)
			if name == "messages" && k.commits[0].Author.Name != "Jörg \"Q\" O'Example" {
				t.Errorf("author %q", k.commits[0].Author.Name)
			}
		})
	}
}

// TestUncountedIsNotZero: a binary file has no count, a mode change counts zero.
func TestUncountedIsNotZero(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Write("run.sh", "x\n")
	s.Save("logo.png", "\x89\x00")
	s.Chmod("run.sh", 0o755)
	s.Commit("mode")
	k := sameCounts(t, s)
	want := []fact.FileChange{{Path: "logo.png", Kind: fact.Added, Added: fact.Uncounted, Deleted: fact.Uncounted, Binary: true, Category: fact.Other},
		{Path: "run.sh", Kind: fact.Added, Added: 1, Category: fact.Code}}
	if diff := cmp.Diff(want, k.commits[0].Changes); diff != "" {
		t.Error(diff)
	}
	want = []fact.FileChange{{Path: "run.sh", Kind: fact.Modified, Category: fact.Code}}
	if diff := cmp.Diff(want, k.commits[1].Changes); diff != "" {
		t.Error(diff)
	}
}

// TestCountsOfGrownRepositories compares repositories that grow at random.
func TestCountsOfGrownRepositories(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			s.Grow(rand.New(rand.NewPCG(seed, 7)), 300)
			sameCounts(t, s)
		})
	}
}
