package report

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func TestExplanation(t *testing.T) {
	var b strings.Builder
	err := Explanation(&b, cockpit.Explanation{Steps: []cockpit.Step{
		{Kind: "finding", Title: "Releases become rarer", Lines: []string{"first\x1b[2J"}, More: "diarchy explain x"},
		{Depth: 1, Kind: "facts", Title: "two", Lines: []string{"2026-01-01 " + strings.Repeat("word ", 12), "internal/" + strings.Repeat("long", 20)}, Code: "company:\n  headcount: 4"},
	}}, TerminalOptions{Width: 50})
	want := `finding: Releases become rarer
  first [2J
  more: diarchy explain x

  facts: two
    - 2026-01-01 word word word word word word
      word word word word word word
    - internal/` + strings.Repeat("long", 20) + `
      company:
        headcount: 4
`
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), want)
	}
}
