package decision

import (
	"strings"
	"testing"
	"time"
)

func TestName(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		names  []string
		want   string
		number int
	}{
		{nil, "0001-use-x.md", 1},
		{[]string{"README.md", "template.md"}, "0001-use-x.md", 1},
		{[]string{"0001-a.md", "0009-b.md", "0004-c.md"}, "0010-use-x.md", 10},
		{[]string{"0000-TEMPLATE.md", "0024-a.md"}, "0025-use-x.md", 25},
		{[]string{"001-a.md", "999-b.md"}, "1000-use-x.md", 1000},
		{[]string{"ADR-007-a.md", "notes.md"}, "ADR-008-use-x.md", 8},
		{[]string{"adr_3_a.adoc"}, "adr_4_use-x.md", 4},
		{[]string{"20240101-a.md", "20240201-b.md", "0001-c.md"}, "20261125-use-x.md", 0},
	} {
		if name, number := Name(c.names, "use-x", day); name != c.want || number != c.number {
			t.Errorf("%v: %s, %d; want %s, %d", c.names, name, number, c.want, c.number)
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Use PostgreSQL for orders": "use-postgresql-for-orders", "  C++ / C#: which?  ": "c-c-which", "Don't": "dont", "Größe messen": "größe-messen", "数据库": "数据库",
		"../../etc/passwd": "etc-passwd", "!!": "", strings.Repeat("long ", 40): strings.TrimSuffix(strings.Repeat("long-", 16), "-"), strings.Repeat("x", 200): strings.Repeat("x", 80),
	} {
		if got := Slug(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
	if got := CleanTitle("a\n# b\x1b[2J\u202e c"); got != "a # b [2J c" {
		t.Errorf("%q", got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	text := Text(Draft{Title: "Use X", Day: day, Deciders: []string{"CTO", "head: of # all"}, Consulted: []string{"VP of Engineering"}, ReviewBy: "2027-01-31", Supersedes: "0001 a.md"})
	for _, want := range []string{"---\nstatus: proposed\ndate: 2026-11-25\ndecision-makers: \"CTO, head: of # all\"\nconsulted: VP of Engineering\ninformed:\nreview-by: 2027-01-31\nsupersedes: 0001 a.md\n---\n\n# Use X\n\n## Context",
		"\n## Considered Options\n", "\n## Decision Outcome\n", "Supersedes [0001](0001%20a.md).\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if plain := Text(Draft{Title: "Use X", Day: day}); !strings.Contains(plain, "decision-makers:\nconsulted:\n") || strings.Contains(plain, "upersedes") || strings.Contains(plain, "review-by") {
		t.Errorf("%s", plain)
	}
}
