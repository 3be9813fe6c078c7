package report

import (
	"strings"
	"unicode"
)

// clean makes foreign text safe to set in a line: control characters (and with
// them terminal escapes) become spaces, marks that reverse the direction of text
// are dropped, white space collapses.
func clean(s string) string { return strings.Join(strings.Fields(harmless(s)), " ") }

// cleanBlock is clean for text whose lines and indentation matter, such as YAML.
func cleanBlock(s string) []string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\t", "  ")
	var lines []string
	for line := range strings.SplitSeq(strings.Trim(s, "\n"), "\n") {
		lines = append(lines, strings.TrimRightFunc(harmless(line), unicode.IsSpace))
	}
	return lines
}

// harmless replaces what a terminal would obey and drops what would reorder text.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case r == unicode.ReplacementChar: // also what is not UTF-8
			return '?'
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, s)
}
