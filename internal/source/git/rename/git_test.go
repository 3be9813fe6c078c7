package rename

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// tree is a snapshot: files by path, whose content is their own name.
type tree map[string]File[string]

func (t tree) put(path string, mode uint32, content string) {
	t[path] = File[string]{path, mode, content}
}

// change is a commit that turned one tree into another.
type change struct{ old, new tree }

// unchanged has one file, so that neither tree is empty.
func unchanged() change {
	f := File[string]{"stays", 0o100644, "stays"}
	return change{tree{f.Path: f}, tree{f.Path: f}}
}

func (c change) deletedAndCreated() (deleted, created []File[string]) {
	return missing(c.old, c.new), missing(c.new, c.old)
}

// missing are the files of a whose path is not in b.
func missing(a, b tree) (out []File[string]) {
	for _, path := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[path]; !ok {
			out = append(out, a[path])
		}
	}
	return out
}

// asGit asks git for the renames of all changes at once: "old new similarity".
func asGit(t *testing.T, changes []change) [][]string {
	t.Helper()
	s := gittest.New(t)
	s.Git("config", "core.compression", "0")
	var in bytes.Buffer
	commit := func(t tree) {
		in.WriteString("commit refs/heads/main\ncommitter a <a> 1700000000 +0000\ndata 0\ndeleteall\n")
		for _, path := range slices.Sorted(maps.Keys(t)) {
			f := t[path]
			if f.Mode == 0o160000 {
				fmt.Fprintf(&in, "M 160000 %s %s\n", f.ID, path)
				continue
			}
			fmt.Fprintf(&in, "M %o inline %s\ndata %d\n%s\n", f.Mode, path, len(f.ID), f.ID)
		}
	}
	for _, c := range changes {
		commit(c.old)
		commit(c.new)
	}
	in.WriteString("done\n")
	if _, err := s.Try(in.Bytes(), "fast-import", "--quiet", "--done"); err != nil {
		t.Fatal(err)
	}
	commits := strings.Fields(s.Git("rev-list", "--reverse", "main"))
	asked := ""
	for i := 1; i < len(commits); i += 2 {
		asked += commits[i] + "\n"
	}
	out, err := s.Try([]byte(asked), "diff-tree", "--stdin", "--always", "-r", "-M", "--raw")
	if err != nil {
		t.Fatal(err)
	}
	all := make([][]string, 0, len(changes))
	for _, line := range strings.Split(out, "\n") {
		f := strings.Split(line, "\t")
		if len(f) == 1 {
			all = append(all, nil)
			continue
		}
		if status := f[0][strings.LastIndexByte(f[0], ' ')+1:]; status[0] == 'R' {
			n, err := strconv.Atoi(status[1:])
			if err != nil {
				t.Fatal(err)
			}
			all[len(all)-1] = append(all[len(all)-1], fmt.Sprintf("%s %s %d", f[1], f[2], n))
		}
	}
	if len(all) != len(changes) {
		t.Fatalf("git showed %d of %d changes", len(all), len(changes))
	}
	return all
}

func ours(t *testing.T, c change) (out []string) {
	t.Helper()
	deleted, created := c.deletedAndCreated()
	pairs, err := Find(deleted, created, func(id string) ([]byte, error) { return []byte(id), nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		out = append(out, fmt.Sprintf("%s %s %d", p.Old.Path, p.New.Path, p.Similarity))
	}
	return out
}

// compareWithGit fails for each change of which git sees other renames.
func compareWithGit(t *testing.T, names []string, changes []change) {
	t.Helper()
	failed, renames := 0, 0
	for i, want := range asGit(t, changes) {
		renames += len(want)
		if diff := cmp.Diff(want, ours(t, changes[i])); diff != "" {
			if failed++; failed <= 3 {
				t.Errorf("%s (git -, ours +):\n%.1000s", names[i], diff)
			}
		}
	}
	if failed > 3 {
		t.Errorf("%d of %d changes differ", failed, len(changes))
	}
	if renames == 0 {
		t.Error("git saw no rename at all")
	}
	t.Logf("%d renames in %d changes", renames, len(changes))
}

// randomContent is text of few or many kinds of lines, or something else.
func randomContent(r *rand.Rand) string {
	var b strings.Builder
	kinds := []int{3, 30, 1 << 20}[r.IntN(3)]
	eol := []string{"\n", "\n", "\r\n", "\r"}[r.IntN(4)]
	for range r.IntN([]int{1, 4, 20, 80}[r.IntN(4)] + 1) {
		fmt.Fprintf(&b, "line %d%s%s", r.IntN(kinds), strings.Repeat("-", max(0, r.IntN(120)-50)), eol)
	}
	switch r.IntN(12) {
	case 0:
		b.WriteByte(0)
	case 1:
		b.WriteString("no newline here")
	}
	return b.String()
}

// edited is a content with some lines changed.
func edited(r *rand.Rand, content string) string {
	lines := strings.SplitAfter(content, "\n")
	for range r.IntN(len(lines)/2 + 2) {
		i := r.IntN(len(lines))
		switch r.IntN(4) {
		case 0:
			lines = append(lines[:i:i], lines[i+1:]...)
		case 1:
			lines[i] = fmt.Sprintf("edit %d\n", r.IntN(5))
		case 2:
			lines[i] = strings.ReplaceAll(lines[i], "\r\n", "\n")
		case 3:
			lines = append(lines[:i:i], append([]string{fmt.Sprintf("more %d\n", r.IntN(5))}, lines[i:]...)...)
		}
		if len(lines) == 0 {
			lines = []string{""}
		}
	}
	return strings.Join(lines, "")
}

// randomChange moves, edits, deletes and creates files, many of them alike.
func randomChange(r *rand.Rand) change {
	c := unchanged()
	modes := []uint32{0o100644, 0o100644, 0o100644, 0o100755, 0o120000, 0o160000}
	path := func() string {
		return fmt.Sprintf("%s%d.txt", []string{"", "a/", "b/", "a/b/c/"}[r.IntN(4)], r.IntN(30))
	}
	var contents []string
	for range 1 + r.IntN(6) {
		contents = append(contents, randomContent(r))
	}
	for range 1 + r.IntN([]int{3, 10, 40}[r.IntN(3)]) {
		content := contents[r.IntN(len(contents))]
		if r.IntN(2) == 0 {
			content = edited(r, content)
		}
		from, to := path(), path()
		mode := modes[r.IntN(len(modes))]
		next := mode
		if r.IntN(6) == 0 {
			next = modes[r.IntN(len(modes))]
		}
		put := func(t tree, path string, mode uint32, content string) {
			switch mode {
			case 0o160000:
				content = fmt.Sprintf("%040x", 1+len(content)%3)
			case 0o120000:
				content = fmt.Sprintf("target %d", len(content)%3)
			}
			t.put(path, mode, content)
		}
		put(c.old, from, mode, content)
		if r.IntN(2) == 0 {
			content = edited(r, content)
		}
		if r.IntN(4) > 0 {
			put(c.new, to, next, content)
		}
		if r.IntN(8) == 0 {
			put(c.new, path(), next, content)
		}
	}
	return c
}

// TestRandomRenamesEqualGit compares pairs and similarities of changes made at random.
func TestRandomRenamesEqualGit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var names []string
	var changes []change
	for i := range 1500 {
		names = append(names, fmt.Sprintf("change %d", i))
		changes = append(changes, randomChange(r))
	}
	compareWithGit(t, names, changes)
}

// TestManyRenamesEqualGit holds changes at the limits that git sets itself.
func TestManyRenamesEqualGit(t *testing.T) {
	t.Parallel()
	var names []string
	var changes []change
	add := func(name string, fill func(old, new tree)) {
		c := unchanged()
		fill(c.old, c.new)
		names, changes = append(names, name), append(changes, c)
	}
	text := func(i, edits int) string {
		var b strings.Builder
		for k := range 6 {
			if k < edits {
				fmt.Fprintf(&b, "edited %d\n", i)
			} else {
				fmt.Fprintf(&b, "file %d\n", i)
			}
		}
		return b.String()
	}
	for _, size := range [][2]int{{1000, 1000}, {1000, 1001}, {1001, 1000}, {5000, 200}, {5000, 201}} {
		add(fmt.Sprint(size, " edited files"), func(old, new tree) {
			for i := range size[0] {
				old.put(fmt.Sprintf("old%d", i), 0o100644, text(i, 0))
			}
			for i := range size[1] {
				new.put(fmt.Sprintf("new%d", i), 0o100644, text(i, 2))
			}
		})
	}
	add("found by name beyond the limit", func(old, new tree) {
		for i := range 1100 {
			old.put(fmt.Sprintf("old%d", i), 0o100644, text(i, 0))
			new.put(fmt.Sprintf("new%d", i), 0o100644, text(i, 2))
			old.put(fmt.Sprintf("old/named%d", i), 0o100644, text(i, 0))
			new.put(fmt.Sprintf("new/named%d", i), 0o100644, text(i, i%4))
		}
	})
	// Of equal files, git takes the first or the last, by the size of its table.
	for _, n := range []int{2, 50, 51, 52, 99, 100, 101, 102, 203, 204, 205, 206, 818, 819, 820, 3276, 3277, 3278} {
		add(fmt.Sprint(n, " equal files"), func(old, new tree) {
			for i := range n {
				old.put(fmt.Sprintf("old%04d", i), 0o100644, "same\n")
			}
			for i := range 3 {
				new.put(fmt.Sprintf("new%d", i), 0o100644, "same\n")
			}
			new.put(fmt.Sprintf("p/old%04d", n/2), 0o100644, "same\n")
			new.put(fmt.Sprintf("q/old%04d", n-1), 0o100644, "same\n")
			new.put("r/old0000", 0o100755, "same\n")
		})
	}
	compareWithGit(t, names, changes)
}

// TestOddRenamesEqualGit holds what a random change will hardly be.
func TestOddRenamesEqualGit(t *testing.T) {
	t.Parallel()
	numbered := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "line number %02d\n", i) // 15 bytes
		}
		return b.String()
	}
	long := strings.Repeat("0123456789", 1000)
	cases := map[string][2][]File[string]{
		"empty files":           {{{"a", 0o100644, ""}, {"b", 0o100644, ""}}, {{"c", 0o100644, ""}}},
		"half":                  {{{"a", 0o100644, numbered(0, 10)}}, {{"c", 0o100644, numbered(5, 15)}}},
		"less than half":        {{{"a", 0o100644, numbered(0, 11)}}, {{"c", 0o100644, numbered(6, 17)}}},
		"half by size":          {{{"a", 0o100644, numbered(0, 10)}}, {{"c", 0o100644, numbered(0, 5)}}},
		"named, three quarters": {{{"x/a", 0o100644, numbered(0, 20)}, {"b", 0o100644, numbered(0, 19)}}, {{"y/a", 0o100644, numbered(5, 25)}}},
		"named, but less":       {{{"x/a", 0o100644, numbered(0, 20)}, {"b", 0o100644, numbered(4, 24)}}, {{"y/a", 0o100644, numbered(6, 26)}}},
		"last line":             {{{"a", 0o100644, numbered(0, 3) + "end"}}, {{"c", 0o100644, numbered(0, 3) + "END"}}},
		"one line, no newline":  {{{"a", 0o100644, "not long"}}, {{"c", 0o100644, "not longer"}}},
		"one long line":         {{{"a", 0o100644, long}}, {{"c", 0o100644, long[:9000]}}},
		"shifted long line":     {{{"a", 0o100644, long}}, {{"c", 0o100644, "x" + long}}},
		"carriage returns":      {{{"a", 0o100644, numbered(0, 9)}}, {{"c", 0o100644, strings.ReplaceAll(numbered(0, 9), "\n", "\r\n")}}},
		"binary with them":      {{{"a", 0o100644, "\x00\n" + numbered(0, 9)}}, {{"c", 0o100644, "\x00\r\n" + strings.ReplaceAll(numbered(0, 9), "\n", "\r\n")}}},
		"links":                 {{{"a", 0o120000, numbered(0, 9)}, {"b", 0o120000, "x"}}, {{"c", 0o120000, numbered(0, 8)}, {"d", 0o120000, "x"}}},
		"link to file":          {{{"a", 0o120000, "same"}}, {{"c", 0o100644, "same"}}},
		"executable":            {{{"a", 0o100644, "same"}}, {{"c", 0o100755, "same"}}},
		"file to folder":        {{{"a", 0o100644, numbered(0, 9)}, {"a.c", 0o100644, numbered(0, 9)}}, {{"a/b", 0o100644, numbered(0, 9)}, {"b", 0o100644, numbered(0, 9)}}},
	}
	for at, name := range map[int]string{7999: "NUL at the end of where it counts", 8000: "NUL beyond"} {
		head := strings.Repeat("x", at) + "\x00\n"
		cases[name] = [2][]File[string]{{{"a", 0o100644, head + numbered(0, 900)}}, {{"c", 0o100644, head + strings.ReplaceAll(numbered(0, 900), "\n", "\r\n")}}}
	}
	var names []string
	var changes []change
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := unchanged()
		for i, t := range []tree{c.old, c.new} {
			for _, f := range cases[name][i] {
				t.put(f.Path, f.Mode, f.ID)
			}
		}
		names, changes = append(names, name), append(changes, c)
	}
	compareWithGit(t, names, changes)
}
