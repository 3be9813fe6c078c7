package report

import (
	"strings"

	"github.com/rivo/uniseg"
)

// style is what a piece of terminal text looks like; the zero style is plain.
type style string

// The few styles in use, as SGR parameters.
const (
	plainText style = ""
	bold      style = "1"
	faint     style = "2"
	green     style = "32"
	yellow    style = "33"
	boldGreen style = "1;32"
	boldAmber style = "1;33"
	boldRed   style = "1;31"
)

// screen collects terminal lines, none wider than width.
type screen struct {
	out   strings.Builder
	width int
	color bool
}

// paint wraps text in a style when colours are on.
func (s *screen) paint(st style, text string) string {
	if !s.color || st == plainText || text == "" {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// shortLabel is how wide a label may be that its text follows in any case.
const shortLabel = 6

// blank ends a block.
func (s *screen) blank() { s.out.WriteByte('\n') }

// heading starts a section.
func (s *screen) heading(text string) {
	s.blank()
	s.para(0, bold, strings.ToUpper(text))
}

// para writes text wrapped behind an indentation; nothing for empty text.
func (s *screen) para(indent int, st style, text string) {
	if text = clean(text); text == "" {
		return
	}
	pad := strings.Repeat(" ", indent)
	for _, line := range wrap(text, s.width-indent) {
		s.out.WriteString(pad + s.paint(st, line) + "\n")
	}
}

// labelled writes a label in a column of its own and the text wrapped beside it.
// A column that leaves too little beside it gives a long label a line to itself;
// a short one, such as a number, pushes the text aside.
func (s *screen) labelled(indent, column int, ls style, label string, ts style, text string) {
	label, text = strings.TrimRight(harmless(label), " "), clean(text)
	wide := uniseg.StringWidth(label)
	if wide >= column && wide <= shortLabel {
		column = wide + 1
	}
	if wide >= column || s.width-indent-column < 20 {
		s.para(indent, ls, label)
		s.para(indent+min(column, 11), ts, text)
		return
	}
	pad := strings.Repeat(" ", indent)
	for i, line := range wrap(text, s.width-indent-column) {
		head := strings.Repeat(" ", column)
		if i == 0 {
			head = s.paint(ls, label) + head[wide:]
		}
		s.out.WriteString(pad + head + s.paint(ts, line) + "\n")
	}
	if text == "" {
		s.para(indent, ls, label)
	}
}

// code writes a command or lines of YAML, indented, to be copied.
func (s *screen) code(indent int, text string) {
	for _, line := range foldBlock(text, s.width-indent) {
		s.out.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+line, " ") + "\n")
	}
}
