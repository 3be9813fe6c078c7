package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	module = "github.com/diarchy/diarchy/"
	root   = "../.."
	table  = root + "/docs/architecture.md"
)

// rule is what a package may import besides the standard library.
type rule struct {
	ours    []string // packages of this module, without "internal/"
	outside []string // modules of others, or the beginnings of their paths
}

// everything lets a package import all of this module.
const everything = "everything"

func TestImports(t *testing.T) {
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	rules := readTable(string(text))
	if len(rules) == 0 {
		t.Fatalf("%s has no import table", table)
	}
	found, err := readImports(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range breaches(rules, found) {
		t.Error(breach)
	}
}

// The test above is only worth something if it can fail.
func TestBreaches(t *testing.T) {
	rules := readTable(`
| package | may import of ours | may import of others |
| --- | --- | --- |
| cmd/diarchy | app | |
| app | everything | |
| fact | | |
| stats | | gonum.org/v1/gonum |
| store | fact | |
| gone | | |

| another | table |
| --- | --- |
| web | fact |
`)
	tests := []struct {
		name    string
		imports map[string][]string
		want    []string
	}{
		{"all as the table says", map[string][]string{
			"cmd/diarchy": {module + "internal/app", "os"},
			"app":         {module + "internal/store", module + "internal/fact"},
			"fact":        {"time"},
			"stats":       {"gonum.org/v1/gonum/stat", "math"},
			"store":       {module + "internal/fact", "database/sql"},
			"gone":        {},
		}, nil},
		{"a leaf that looks up", map[string][]string{"fact": {module + "internal/store"}},
			[]string{"fact imports store, which the table does not allow"}},
		{"a module that the table does not name", map[string][]string{"fact": {"gonum.org/v1/gonum/stat"}},
			[]string{"fact imports gonum.org/v1/gonum/stat, which the table does not allow"}},
		{"a module whose name only begins alike", map[string][]string{"stats": {"gonum.org/v1/gonumx"}},
			[]string{"stats imports gonum.org/v1/gonumx, which the table does not allow"}},
		{"a package that the table does not name", map[string][]string{"web": {}},
			[]string{"web is not in the table"}},
		{"a room that looks up to the one that wires it", map[string][]string{"store": {module + "internal/app"}},
			[]string{"store imports app, which the table does not allow"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name := range rules {
				if _, ok := tt.imports[name]; !ok {
					tt.imports[name] = nil
				}
			}
			if diff := cmp.Diff(tt.want, breaches(rules, tt.imports)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a row without a package", func(t *testing.T) {
		got := breaches(map[string]rule{"gone": {}}, nil)
		if diff := cmp.Diff([]string{"gone is in the table, but there is no such package"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// breaches compares imports with the table, in both directions.
func breaches(rules map[string]rule, found map[string][]string) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(found)) {
		r, ok := rules[name]
		if !ok {
			out = append(out, name+" is not in the table")
			continue
		}
		for _, imported := range found[name] {
			if !r.allows(imported) {
				out = append(out, name+" imports "+short(imported)+", which the table does not allow")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if _, ok := found[name]; !ok {
			out = append(out, name+" is in the table, but there is no such package")
		}
	}
	return out
}

func (r rule) allows(imported string) bool {
	if strings.HasPrefix(imported, module) {
		return slices.Contains(r.ours, everything) || slices.Contains(r.ours, short(imported))
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") { // the standard library
		return true
	}
	return slices.ContainsFunc(r.outside, func(allowed string) bool {
		return imported == allowed || strings.HasPrefix(imported, allowed+"/")
	})
}

// short is a package's name in the table.
func short(imported string) string {
	return strings.TrimPrefix(strings.TrimPrefix(imported, module), "internal/")
}

// readTable reads the rows under "| package | may import of ours | may import of others |".
func readTable(text string) map[string]rule {
	rules := map[string]rule{}
	_, text, _ = strings.Cut(text, "| package | may import of ours | may import of others |\n")
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 {
			break
		}
		if name := strings.TrimSpace(cells[0]); strings.Trim(name, "-") != "" {
			rules[name] = rule{words(cells[1]), words(cells[2])}
		}
	}
	return rules
}

func words(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ',' })
}

// readImports lists the imports of every package below cmd and internal, tests aside.
// It parses rather than asks the go command, so that a cached result of this test
// follows every change of a file.
func readImports(root string) (map[string][]string, error) {
	found := map[string][]string{}
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if d.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
				return nil
			}
			rel, err := filepath.Rel(root, filepath.Dir(file))
			if err != nil {
				return err
			}
			imports, err := importsOf(file)
			name := short(filepath.ToSlash(rel))
			found[name] = append(found[name], imports...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for name := range found {
		slices.Sort(found[name])
		found[name] = slices.Compact(found[name])
	}
	return found, nil
}

func importsOf(file string) (out []string, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
