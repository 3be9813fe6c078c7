package problem

import (
	"fmt"
	"strings"
	"unicode"
)

// widest is how many characters of a line an excerpt shows.
const widest = 100

// Excerpt shows a line of a document with a mark below one of its characters; number
// and column count from 1. A blank line, or a column beyond its end, gives "".
func Excerpt(line string, number, column int) string {
	chars, caret := []rune(Visible(line)), column-1
	if caret < 0 || caret > len(chars) || strings.TrimSpace(line) == "" {
		return ""
	}
	before, after := string(chars[:caret]), string(chars[caret:])
	if caret > widest/2 {
		before = "..." + string(chars[caret-widest/2:caret])
	}
	if len(chars)-caret > widest/2 {
		after = string(chars[caret:caret+widest/2]) + "..."
	}
	margin := fmt.Sprintf("%5d | ", number)
	return "\n" + margin + before + after + "\n" + strings.Repeat(" ", len(margin)-2) + "| " + strings.Map(blank, before) + "^"
}

// Visible replaces what could move the cursor of a terminal, and what is no UTF-8.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// blank keeps tabs, so that the mark stands below its character.
func blank(r rune) rune {
	if r == '\t' {
		return r
	}
	return ' '
}
