package linediff

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// outcome is what is compared with git: counts as numstat has them, and the changed
// lines themselves in no order.
type outcome struct {
	added, deleted string
	plus, minus    []string
}

func ours(d *Differ, p pair, withLines bool) (o outcome) {
	if IsBinary(p.old) || IsBinary(p.new) {
		return outcome{added: "-", deleted: "-"}
	}
	edits := d.Diff(p.old, p.new)
	added, deleted := Count(edits)
	o.added, o.deleted = fmt.Sprint(added), fmt.Sprint(deleted)
	for _, e := range edits {
		if withLines {
			o.plus = append(o.plus, splitLines(p.new[e.New.Start:e.New.End])...)
			o.minus = append(o.minus, splitLines(p.old[e.Old.Start:e.Old.End])...)
		}
	}
	slices.Sort(o.plus)
	slices.Sort(o.minus)
	return o
}

func splitLines(text []byte) []string {
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")[:countLines(text)]
}

// asGit asks git for all pairs at once. Pairs that do not differ are left out.
func asGit(t *testing.T, pairs map[string]pair, withLines bool) map[string]outcome {
	t.Helper()
	s := gittest.New(t)
	s.Git("config", "core.compression", "0")
	names := slices.Sorted(maps.Keys(pairs))
	var in bytes.Buffer
	for side := range 2 {
		fmt.Fprintf(&in, "commit refs/heads/main\nmark :%d\ncommitter a <a> 1700000000 +0000\ndata 0\n", side+1)
		for i, name := range names {
			content := pairs[name].old
			if side == 1 {
				content = pairs[name].new
			}
			fmt.Fprintf(&in, "M 644 inline %d\ndata %d\n%s\n", i, len(content), content)
		}
	}
	in.WriteString("done\n")
	if _, err := s.Try(in.Bytes(), "fast-import", "--quiet", "--done"); err != nil {
		t.Fatal(err)
	}
	commit := []byte(s.Git("rev-parse", "main") + "\n")
	run := func(args ...string) []string {
		out, err := s.Try(commit, append([]string{"diff-tree", "--stdin", "-r", "--no-renames", "--no-commit-id"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(out, "\n")
	}
	got := map[string]outcome{}
	nameOf := func(id string) string {
		var i int
		if _, err := fmt.Sscan(id, &i); err != nil {
			t.Fatalf("path %q: %v", id, err)
		}
		return names[i]
	}
	for _, row := range run("--numstat") {
		f := strings.Split(row, "\t")
		got[nameOf(f[2])] = outcome{added: f[0], deleted: f[1]}
	}
	if !withLines {
		return got
	}
	name := ""
	for _, line := range run("-p", "-U1", "--output-indicator-new=\x01", "--output-indicator-old=\x02") {
		o := got[name]
		switch {
		case strings.HasPrefix(line, "diff --git a/"):
			_, id, _ := strings.Cut(line, " b/")
			name = nameOf(id)
			continue
		case strings.HasPrefix(line, "\x01"):
			o.plus = append(o.plus, line[1:])
		case strings.HasPrefix(line, "\x02"):
			o.minus = append(o.minus, line[1:])
		}
		got[name] = o
	}
	for name, o := range got {
		slices.Sort(o.plus)
		slices.Sort(o.minus)
		got[name] = o
	}
	return got
}

// compareWithGit fails for each pair that git counts otherwise.
func compareWithGit(t *testing.T, pairs map[string]pair, withLines bool) {
	t.Helper()
	var d Differ
	want := asGit(t, pairs, withLines)
	if len(want) == 0 {
		t.Fatal("git saw no difference at all")
	}
	failed := 0
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		w, differs := want[name]
		if !differs {
			w = outcome{added: "0", deleted: "0"}
		}
		g := ours(&d, pairs[name], withLines)
		if w.added == g.added && w.deleted == g.deleted && slices.Equal(w.plus, g.plus) && slices.Equal(w.minus, g.minus) {
			continue
		}
		if failed++; failed <= 3 {
			t.Errorf("%s (git -, ours +):\n%.1000s", name, cmp.Diff(w, g, cmp.AllowUnexported(outcome{})))
		}
	}
	if failed > 3 {
		t.Errorf("%d of %d pairs differ", failed, len(pairs))
	}
}

// TestRandomPairsEqualGit compares counts and lines of pairs that were made at random.
func TestRandomPairsEqualGit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pairs := map[string]pair{}
	for i := range 4000 {
		pairs[fmt.Sprintf("pair %d", i)] = randomPair(r)
	}
	compareWithGit(t, pairs, true)
}

// TestLargePairsEqualGit compares counts where git takes shortcuts, which depend on
// each of its constants.
func TestLargePairsEqualGit(t *testing.T) {
	t.Parallel()
	compareWithGit(t, largePairs(), false)
}

// TestOddPairsEqualGit holds what a random pair will hardly be.
func TestOddPairsEqualGit(t *testing.T) {
	t.Parallel()
	nul := func(at int) string { return strings.Repeat("x", at) + "\x00" }
	cases := map[string][2]string{
		"made":                       {"", "a\nb\n"},
		"emptied":                    {"a\nb\n", ""},
		"one line without end":       {"", "a"},
		"last line ends now":         {"a", "a\n"},
		"last line ends no more":     {"a\nb\n", "a\nb"},
		"a newline":                  {"", "\n"},
		"more newlines":              {"\n\n", "\n\n\n"},
		"old is the end of new":      {"b\nc\n", "ab\nc\n"},
		"new is the end of old":      {"b\nb\nc\n", "b\nc\n"},
		"old is the start of new":    {"a\nb", "a\nbc\nd"},
		"equal end inside of a line": {"x end\nz\n", "y end\nz\n"},
		"doubled":                    {"a\n", "a\na\n"},
		"end alike, no newline":      {"p\nq\nr", "x\nq\nr"},
		"carriage returns":           {"a\r\nb\r\nc\r\n", "a\nb\r\nc\n"},
		"carriage returns only":      {"a\rb\rc\r", "a\rb\rd\r"},
		"NUL before 8,000":           {nul(7999), nul(7998)},
		"NUL at 8,000":               {nul(8000), nul(8001)},
		"NUL far off":                {"a\n" + nul(9000) + "\n", "b\n" + nul(9000) + "\n"},
		"NUL in old alone":           {"\x00", "a\n"},
		"invalid UTF-8":              {"\xff\xfe\n", "\xff\xfe\n\xff\n"},
		"a long line":                {strings.Repeat("a", 1<<20), strings.Repeat("a", 1<<20) + "b"},
		"long lines":                 {strings.Repeat("a", 600) + "\n" + strings.Repeat("b", 600), strings.Repeat("a", 600) + "c\n" + strings.Repeat("b", 600)},
	}
	pairs := map[string]pair{}
	for name, c := range cases {
		pairs[name] = pair{[]byte(c[0]), []byte(c[1])}
	}
	compareWithGit(t, pairs, true)
}
