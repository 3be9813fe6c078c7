package workspace

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/problem"
)

var update = flag.Bool("update", false, "rewrite the golden error messages")

// zones compares time zones by name: they have no exported parts.
var zones = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParseFull(t *testing.T) {
	got, err := Load(filepath.Join("testdata", "valid", "full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := &Document{
		Path: got.Path,
		Company: Company{
			Name: "Example", TimeZone: berlin, WeekStart: time.Monday, FiscalYearStart: time.April,
			Funding: []Funding{{day("2023-04-01"), StageSeriesA, 7}, {Stage: StageSeriesB, Line: 8}},
			Revenue: []Revenue{
				{day("2024-01-01"), Money{450_000_000, "EUR"}, 10},
				{day("2025-01-01"), Money{600_000_000, "JPY"}, 11},
			},
			MarketFit:    Is(MarketFit{Date: day("2023-06-01"), Line: 12}),
			Enterprise:   Is(Enterprise{Active: true, Since: day("2024-02-01"), Line: 13}),
			Compliance:   Is([]Compliance{{"soc2", time.Time{}, 14}, {"iso27001", day("2024-05-01"), 14}}),
			BoardCadence: Is("quarterly"),
			Headcount: []Headcount{
				{day("2024-01-01"), Is(34), Is(90), 17},
				{day("2024-07-01"), Is(40), Known[int]{}, 18},
			},
		},
		Leadership: []Leadership{
			{RoleCTO, day("2021-05-01"), day("2024-01-31"), 20},
			{Role: RoleVPE, Since: day("2024-02-01"), Line: 21},
		},
		Sources: []Source{{"../payments", "payments", "main", 23}, {Git: "https://example.com/team/checkout.git", Line: 26}},
		Teams:   []Team{{"checkout", "product", []string{"payments"}, nil, nil, 28}},
		Identities: Identities{
			Merge: []IdentityRule{{[]string{"a@example.com", "b@example.com"}, "married name", 31}},
			Split: []IdentityRule{{[]string{"x@example.com", "y@example.com"}, "two people with one name", 33}},
			Bots:  []string{"ci@example.com"},
		},
		Database: ".diarchy/facts.duckdb",
	}
	if diff := cmp.Diff(want, got, zones); diff != "" {
		t.Error(diff)
	}
}

func TestParseValid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "valid", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := Load(file); err != nil {
			t.Error(err)
		}
	}
	for _, data := range []string{"", "\n", "# only a comment\n", "---\n", "~", "{}", "\ufeffdatabase: a\r\n"} {
		if _, err := Parse(FileName, []byte(data)); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestParseDefaults(t *testing.T) {
	got, err := Parse("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(New(), got, zones); diff != "" {
		t.Error(diff)
	}
}

func TestParseSharesAnchors(t *testing.T) {
	doc, err := Load(filepath.Join("testdata", "valid", "anchors.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one", "two"}, doc.Teams[1].Repositories); diff != "" {
		t.Error(diff)
	}
}

// Each testdata/invalid/NAME.yaml is refused with the message in NAME.err.
func TestParseInvalid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "invalid", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(FileName, data)
			if !errors.Is(err, problem.Invalid) {
				t.Fatalf("want problem.Invalid, got %v", err)
			}
			got := err.Error() + "\nhint: " + problem.Hint(err) + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".err"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("the message shows a credential")
			}
		})
	}
}

func TestParseReport(t *testing.T) {
	_, err := Parse(FileName, []byte("company:\n  nmae: A\nteams:\n  - {}\n"))
	var report *Report
	if !errors.As(err, &report) {
		t.Fatalf("want a *Report, got %v", err)
	}
	var places [][2]int
	for _, issue := range report.Issues {
		places = append(places, [2]int{issue.Line, issue.Column})
	}
	if diff := cmp.Diff([][2]int{{2, 3}, {4, 5}}, places); diff != "" {
		t.Error(diff)
	}
}

// tooLong is a time in which nothing that grows out of bounds is done. It leaves room
// for the race detector beside other tests; without them all takes about a second.
const tooLong = 20 * time.Second

// What would be slow or large is refused, and quickly.
func TestParseHostile(t *testing.T) {
	const n = MaxBytes / 2
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	keys := &strings.Builder{}
	for i := 0; keys.Len() < n; i++ {
		keys.WriteString("k" + strings.Repeat("x", i%50) + ": 1\n")
	}
	cases := map[string]string{
		"too large":       strings.Repeat("#", MaxBytes+1),
		"brackets":        fill("["),
		"braces":          fill("{a: "),
		"dashes":          fill("- "),
		"question marks":  fill("? "),
		"tags":            fill("!a "),
		"anchors":         fill("&a "),
		"aliases":         "a: &a x\nb: [" + fill("*a,") + "]",
		"keys on a line":  fill("a: "),
		"keys in a brace": "{" + fill("a: "),
		"many keys":       keys.String(),
		"many entries":    "teams:\n" + fill("- {name: a}\n"),
		"documents":       fill("---\n"),
		"long word":       fill("x"),
		"long text":       "a: " + fill("x\n "),
		"escapes":         "a: \"" + fill("\\n") + "\"",
		"block text":      "a: |\n" + fill("  x\n"),
		"mixed nesting":   fill("- ? "),
		"stairs": func() string {
			var b strings.Builder
			for i := range 900 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(),
		"expanding repositories": func() string {
			return "teams:\n- {name: a, repositories: &r [" + strings.Repeat("x, ", 5000) + "y]}\n" +
				strings.Repeat("- {name: b, repositories: *r}\n", 5000)
		}(),
	}
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse(FileName, []byte(data))
			if took := time.Since(start); took > tooLong {
				t.Errorf("took %s", took)
			} else if took > time.Second/2 {
				t.Logf("took %s", took)
			}
			if name == "documents" {
				return // empty documents are harmless
			}
			if !errors.Is(err, problem.Invalid) {
				t.Fatalf("want problem.Invalid, got %v", err)
			}
			if n := len(err.Error()); n > 20_000 {
				t.Errorf("message of %d bytes", n)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(Template(TemplateValues{Name: "A", Sources: []string{"a"}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		doc, err := Parse(FileName, data)
		if took := time.Since(start); took > tooLong {
			t.Errorf("took %s", took)
		}
		if (doc == nil) != (err != nil) {
			t.Errorf("document %v with error %v", doc, err)
		}
		if err != nil && (err.Error() == "" || !errors.Is(err, problem.Invalid)) {
			t.Errorf("not an invalid document: %v", err)
		}
	})
}
