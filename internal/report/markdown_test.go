package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func markdownOf(t *testing.T, d cockpit.Diagnosis) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Markdown(&buf, d); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestMarkdownGolden(t *testing.T) {
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty()} {
		golden(t, "markdown-"+name+".md", markdownOf(t, d))
	}
}

func TestMarkdownEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"a|b", `a\|b`},
		{"=1+1", `\=1+1`},
		{"- item", `\- item`},
		{"12. item", `12\. item`},
		{"# title", `\# title`},
		{"-29 a year", "-29 a year"},
		{"1.9 to 1", "1.9 to 1"},
		{"#12", "#12"},
		{"<b>&", "&lt;b&gt;&amp;"},
		{"*x* _y_ `z`", "\\*x\\* \\_y\\_ \\`z\\`"},
		{"[a](b)", `\[a\](b)`},
		{"two\nlines", "two lines"},
		{"@someone", "@\u2060someone"},
		{"\x1b[31m", `\[31m`},
	} {
		if got := escape(c.in); got != c.want {
			t.Errorf("escape(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMarkdownNamesWhatHardlyMatters(t *testing.T) {
	out := markdownOf(t, crowded())
	_, out, _ = strings.Cut(out, "## What we could not see")
	if want := "\n10. **資金調達 9 (slow work 9)** (moves up to 37 of 100 ways): It would tell.\n\n    ```\n    company:\n"; !strings.Contains(out, want) {
		t.Errorf("no code under the tenth item, indented as the item is:\n%s", out)
	}
	if want := "\nAlso unknown, and unlikely to change the call: 資金調達 15 (slow work 15); 資金調達 16"; !strings.Contains(out, want) {
		t.Errorf("%q is not in\n%s", want, out)
	}
}

func TestMarkdownCodeCannotBeLeft(t *testing.T) {
	if got, want := inlineCode("a `b` ``c``"), "``` a `b` ``c`` ```"; got != want {
		t.Errorf("inlineCode: got %q, want %q", got, want)
	}
	if got := fence("x\n````\ny"); !strings.HasPrefix(got, "`````\n") || !strings.HasSuffix(got, "\n`````") {
		t.Errorf("fence: %q", got)
	}
}

// Rows of a table must have as many cells as its head, whatever is in them.
func TestMarkdownTablesKeepTheirShape(t *testing.T) {
	for name, d := range all() {
		cells := 0
		for line := range strings.SplitSeq(markdownOf(t, d), "\n") {
			if !strings.HasPrefix(line, "|") {
				cells = 0
				continue
			}
			n := len(unescapedBar.FindAllString(line, -1))
			if cells == 0 {
				cells = n
			}
			if n != cells {
				t.Errorf("%s: %d bars in a table of %d: %s", name, n, cells, line)
			}
		}
	}
}

var unescapedBar = regexp.MustCompile(`(?:^|[^\\])\|`)

func TestMarkdownHasNoLiveMarkup(t *testing.T) {
	out := outsideCode(markdownOf(t, hostile()))
	if bad := containsAny(out, "<script", "<img", "](javascript", "https://", "\x1b", "\u202e"); bad != "" {
		t.Errorf("%q is live in the Markdown", bad)
	}
}

// outsideCode drops code spans and fences, and what a backslash escapes.
func outsideCode(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		switch s[i] {
		case '\\':
			i += 2
		case '`':
			i = afterCode(s, i)
		default:
			out.WriteByte(s[i])
			i++
		}
	}
	return out.String()
}

// afterCode is where the code that starts at i ends: after the next run of
// equally many backticks.
func afterCode(s string, i int) int {
	n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
	for j := i + n; j < len(s); {
		run := len(s[j:]) - len(strings.TrimLeft(s[j:], "`"))
		if run == n {
			return j + n
		}
		j += max(run, 1)
	}
	return i + n
}
