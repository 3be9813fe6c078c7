package report

import (
	"strings"
	"unicode/utf8"
)

// formulaStarts are what a cell begins with that some spreadsheet works out, or takes as
// the end of another cell. The apostrophe is among them so that what is made inert can be
// told from what began with one.
const formulaStarts = "=+-@\t\r\n|%'＝＋－＠"

// Inert is a text that no spreadsheet takes for a formula: one that could be begins with
// an apostrophe, which spreadsheets do not show. Plain numbers stay numbers.
func Inert(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	if PlainNumber(s) || !strings.ContainsRune(formulaStarts, first) {
		return s
	}
	return "'" + s
}

// PlainNumber tells whether a text is a number and nothing else, such as -3 or +2.5.
func PlainNumber(s string) bool {
	digits, points := 0, 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		case (c == '-' || c == '+') && i == 0:
		default:
			return false
		}
	}
	return digits > 0 && points < 2
}
