package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// plain are the packages, and the tests of internal/app, that `make check` runs without
// the race detector.
func plain(t *testing.T) (packages, tests []string) {
	t.Helper()
	text, err := os.ReadFile(root + "/Makefile")
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.ReplaceAll(string(text), "\\\n", " ")
	list := func(name string) []string {
		m := regexp.MustCompile(`(?m)^` + name + `\s*:=(.*)$`).FindStringSubmatch(joined)
		if m == nil {
			t.Fatalf("the Makefile has no %s", name)
		}
		return strings.Fields(m[1])
	}
	return list("PLAIN"), list("PLAIN_APP")
}

// seen are packages that start goroutines, and what runs these with the race detector.
var seen = map[string]string{"demo": "the tests of internal/app make the company with it"}

// TestPlainPackagesStartNoGoroutine: where there is one goroutine there is no race. The
// tests themselves may run side by side.
func TestPlainPackagesStartNoGoroutine(t *testing.T) {
	packages, _ := plain(t)
	for _, p := range packages {
		files, err := filepath.Glob(filepath.Join(root, "internal", p, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no files, %v", p, err)
		}
		for _, file := range files {
			if at := goroutine(t, file); at != "" && seen[p] == "" && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s starts a goroutine: take %s out of PLAIN in the Makefile", at, p)
			}
		}
	}
}

// goroutine is where a file starts one.
func goroutine(t *testing.T, file string) (at string) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			at = set.Position(n.Pos()).String()
		case *ast.SelectorExpr:
			if n.Sel.Name == "Go" { // of sync.WaitGroup and errgroup.Group
				at = set.Position(n.Pos()).String()
			}
		}
		return true
	})
	return at
}

// TestPlainTestsAreOfApp: the names are skipped in all packages, so no other may have one.
func TestPlainTestsAreOfApp(t *testing.T) {
	_, tests := plain(t)
	found := map[string][]string{}
	for _, pattern := range []string{"*", "*/*", "*/*/*"} {
		files, err := filepath.Glob(filepath.Join(root, "internal", pattern, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
				found[m[1]] = append(found[m[1]], filepath.Base(filepath.Dir(file)))
			}
		}
	}
	for _, name := range tests {
		if where := found[name]; len(where) != 1 || where[0] != "app" {
			t.Errorf("%s is a test of %q; PLAIN_APP in the Makefile names those of internal/app alone", name, where)
		}
	}
}
