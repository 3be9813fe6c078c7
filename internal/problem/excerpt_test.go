package problem

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 80) + "X" + strings.Repeat("b", 80)
	for _, c := range []struct {
		name, line string
		column     int
		want       string
	}{
		{"the mark stands below its character", "size: 12", 7, "\n    3 | size: 12\n      |       ^"},
		{"also after a tab and wide letters", "\tö: x", 4, "\n    3 | \tö: x\n      | \t  ^"},
		{"control characters do not reach the terminal", "a\x1b[2Jb", 1, "\n    3 | a\ufffd[2Jb\n      | ^"},
		{"a long line is cut on both sides", long, 81, "\n    3 | ..." + strings.Repeat("a", 50) + "X" + strings.Repeat("b", 49) + "...\n      | " + strings.Repeat(" ", 53) + "^"},
		{"nothing of a blank line", "  ", 1, ""},
		{"nothing beyond the end", "ab", 4, ""},
		{"nothing before the beginning", "ab", 0, ""},
	} {
		if got := Excerpt(c.line, 3, c.column); got != c.want {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, c.want)
		}
	}
}
