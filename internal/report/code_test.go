package report

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestFoldBlockKeepsCodeCopyable(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    int
		want     []string
	}{
		{"what fits stays", "a:\n  b: 1   # or 2", 40, []string{"a:", "  b: 1   # or 2"}},
		{
			"a comment that does not fit moves above its line, in its indentation",
			"company:\n  board_cadence: quarterly   # none, monthly, quarterly", 30,
			[]string{"company:", "  # none, monthly, quarterly", "  board_cadence: quarterly"},
		},
		{
			"a long comment takes several lines",
			"  a: 1 # none, monthly, quarterly, half_yearly", 20,
			[]string{"  # none, monthly,", "  # quarterly,", "  # half_yearly", "  a: 1"},
		},
		{
			"a value is never broken, and # is no comment everywhere",
			"a: \"b # c\" # d\nb: 'it''s # c'\nc: x#y zzzzzzzzzzzzz", 10,
			[]string{"# d", "a: \"b # c\"", "b: 'it''s # c'", "c: x#y zzzzzzzzzzzzz"},
		},
		{"a text of several lines has no comments", "a: |\n  one two # three", 10, []string{"a: |", "  one two # three"}},
		{"a sentence is wrapped", "calendars are not read yet", 12, []string{"calendars", "are not read", "yet"}},
		{
			"no backslash is ever in a comment",
			"diarchy metric show debt # too few to judge", 24,
			[]string{"# too few to judge", "diarchy metric show debt"},
		},
		{
			"a command is continued between words, not within quotes or paths",
			`diarchy source add --name "a  b c d" --file ~/a/very/long/path/of/a/file.ics`, 24,
			[]string{`diarchy source add \`, `  --name "a  b c d" \`, `  --file \`, `  ~/a/very/long/path/of/a/file.ics`},
		},
	} {
		if diff := cmp.Diff(c.want, foldBlock(c.in, c.width)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestFoldedYAMLSaysTheSame(t *testing.T) {
	const block = `company:
  headcount:
    - {date: 2026-01-01, people: 110, engineers: 42}   # of all of the company, in all places
  board_cadence: quarterly # none, monthly, quarterly, half_yearly, yearly
  motto: "C # and 'more' of it"   # a text that is rather long # and goes on
  names: ['a # b', 'it''s # c', x#y]   # three names of which two have a mark`
	var want any
	if err := yaml.Unmarshal([]byte(block), &want); err != nil {
		t.Fatal(err)
	}
	for width := 10; width <= 100; width++ {
		var got any
		folded := strings.Join(foldBlock(block, width), "\n")
		if err := yaml.Unmarshal([]byte(folded), &got); err != nil {
			t.Fatalf("at %d: %v in\n%s", width, err, folded)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("at %d (-want +got):\n%s", width, diff)
		}
	}
}
