package ingest

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// TestDebts follows markers through small histories. Each commit has a name; a debt
// reads "text in file: from-to".
func TestDebts(t *testing.T) {
	t.Parallel()
	type steps func(save func(name string, files ...string), s *gittest.Repo)
	cases := map[string]struct {
		steps steps
		want  []string
	}{
		"in and out": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\n")
			save("b", "x.go", "\n")
		}, []string{"TODO one in x.go: a-b"}},
		"moved within a file": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\nx\ny\nz\nz\nz\n")
			save("b", "x.go", "x\ny\nz\nz\nz\n// TODO one\n")
		}, []string{"TODO one in x.go: a-"}},
		"moved to another file": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\n", "y.go", "y\n")
			save("b", "x.go", "x\n", "y.go", "y\n// TODO one\n")
			save("c", "y.go", "y\n")
		}, []string{"TODO one in y.go: a-c"}},
		"file renamed": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "// TODO one\n"+strings.Repeat("line\n", 20))
			s.Git("mv", "x.go", "y.go")
			save("b")
			s.Git("mv", "y.go", "z.go")
			save("c", "z.go", strings.Repeat("line\n", 20))
		}, []string{"TODO one in z.go: a-c"}},
		"files change places": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "// TODO one\n"+strings.Repeat("x\n", 20), "y.go", "// TODO two\n"+strings.Repeat("y\n", 20))
			s.Git("mv", "x.go", "t.go")
			s.Git("mv", "y.go", "x.go")
			s.Git("mv", "t.go", "z.go")
			save("b")
			s.Git("mv", "x.go", "y.go")
			s.Git("mv", "z.go", "x.go")
			save("c")
		}, []string{"TODO one in x.go: a-", "TODO two in y.go: a-"}},
		"file deleted": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "// TODO one\n", "y.go", "// TODO one\n")
			s.Git("rm", "-q", "y.go")
			save("b")
		}, []string{"TODO one in x.go: a-", "TODO one in y.go: a-b"}},
		"within one merge": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "x\n")
			s.Git("checkout", "-q", "-b", "topic")
			save("b", "x.go", "x\n// TODO one\n// TODO two\n")
			save("c", "x.go", "x\n// TODO two\n")
			s.Git("checkout", "-q", "main")
			save("d", "y.go", "y\n")
			s.Git("merge", "-q", "--no-ff", "-m", "e", "topic")
			save("f", "x.go", "x\n")
		}, []string{"TODO two in x.go: b-f"}}, // one never stood on the main line
		"same text twice": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\nx\n// TODO one\n")
			save("b", "x.go", "// TODO one\nx\n")
			save("c", "x.go", "x\n")
		}, []string{"TODO one in x.go: a-b", "TODO one in x.go: a-c"}},
		"copied": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\n")
			save("b", "y.go", "// TODO one\n")
			save("c", "x.go", "\n")
		}, []string{"TODO one in x.go: a-c", "TODO one in y.go: b-"}},
		"reverted": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "// TODO one\n")
			save("b", "x.go", "\n")
			s.Git("revert", "--no-commit", "HEAD")
			save("c")
		}, []string{"TODO one in x.go: a-b", "TODO one in x.go: c-"}},
		"reworded": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\n")
			save("b", "x.go", "// TODO one and a half\n")
		}, []string{"TODO one and a half in x.go: b-", "TODO one in x.go: a-b"}},
		"indented": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.go", "// TODO one\n")
			save("b", "x.go", "\t\t//   TODO  one\n")
		}, []string{"TODO one in x.go: a-"}},
		"a phrase": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.py", "x = 1  # ugly hack, sorry\n")
		}, []string{"ugly hack, sorry in x.py: a-"}},
		"not in text, data or strings": {func(save func(string, ...string), _ *gittest.Repo) {
			save("a", "x.md", "// TODO one\n", "x.json", "// TODO one\n", "x.go", "var s = \"// TODO one\"\n", "vendor/x.go", "// TODO one\n")
		}, nil},
		"gone on both sides": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "// TODO one\n")
			s.Git("checkout", "-q", "-b", "side")
			save("b", "x.go", "\n")
			s.Git("checkout", "-q", "main")
			save("c", "x.go", "\n")
			s.Merge("side")
		}, []string{"TODO one in x.go: a-c"}},
		"come by two ways": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "// TODO one\n", "y.go", "y\n")
			s.Git("checkout", "-q", "--orphan", "copy")
			save("b", "x.go", "// TODO one\n// TODO two\n", "y.go", "y\n")
			s.Git("checkout", "-q", "main")
			save("c", "z.go", "z\n")
			s.Git("merge", "-q", "--no-ff", "--allow-unrelated-histories", "-X", "theirs", "-m", "m", "copy")
			save("d", "x.go", "// TODO two\n")
		}, []string{"TODO one in x.go: a-d", "TODO two in x.go: b-"}},
		"brought by a merge": {func(save func(string, ...string), s *gittest.Repo) {
			save("a", "x.go", "x\n")
			s.Git("checkout", "-q", "-b", "side")
			save("b", "y.go", "y\n")
			s.Git("checkout", "-q", "main")
			save("c", "z.go", "z\n")
			s.Git("merge", "-q", "--no-ff", "--no-commit", "side")
			save("m", "x.go", "x\n// TODO evil\n")
			save("d", "x.go", "x\n")
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t)
			names := map[string]string{"": ""}
			c.steps(func(name string, files ...string) {
				for i := 0; i < len(files); i += 2 {
					s.Write(files[i], files[i+1])
				}
				names[s.Commit(name)] = name
			}, s)
			st := openStore(t, "")
			readAll(t, st, s.Dir)
			var got []string
			for _, row := range selected(t, st, "SELECT note, path, in_sha, out_sha FROM debt_marker") {
				f := strings.Split(row, " | ")
				got = append(got, fmt.Sprintf("%s in %s: %s-%s", f[0], f[1], names[f[2]], names[f[3]]))
			}
			sort.Strings(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
