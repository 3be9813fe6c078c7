package report

import (
	"strings"

	"github.com/rivo/uniseg"
)

// wrap breaks text at white space into lines of at most width columns; a word
// that is wider is cut between characters.
func wrap(text string, width int) []string {
	width = max(width, 2) // room for one wide character
	var pieces []string
	for _, word := range strings.Fields(text) {
		pieces = append(pieces, cut(word, width)...)
	}
	return wrapWords(pieces, width)
}

// wrapWords sets words into lines of at most width columns; a word that is wider
// stays whole in a line of its own.
func wrapWords(words []string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range words {
		w := uniseg.StringWidth(word)
		switch {
		case line == "":
			line, used = word, w
		case used+1+w <= width:
			line, used = line+" "+word, used+1+w
		default:
			lines = append(lines, line)
			line, used = word, w
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// cut splits a word into pieces of at most width columns.
func cut(word string, width int) []string {
	if uniseg.StringWidth(word) <= width {
		return []string{word}
	}
	var pieces []string
	piece := ""
	for g := uniseg.NewGraphemes(word); g.Next(); {
		if piece != "" && uniseg.StringWidth(piece+g.Str()) > width {
			pieces = append(pieces, piece)
			piece = ""
		}
		piece += g.Str()
	}
	return append(pieces, piece)
}
