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
// A label wider than the column, or a column that leaves too little beside it,
// gives the label a line to itself.
func (s *screen) labelled(indent, column int, ls style, label string, ts style, text string) {
	label, text = clean(label), clean(text)
	wide := uniseg.StringWidth(label)
	if wide >= column || s.width-indent-column < 20 {
		s.para(indent, ls, label)
		s.para(indent+min(column, 11), ts, text)
		return
	}
	lines := wrap(text, s.width-indent-column)
	first := ""
	if len(lines) > 0 {
		first = strings.Repeat(" ", column-wide) + s.paint(ts, lines[0])
	}
	s.out.WriteString(strings.Repeat(" ", indent) + s.paint(ls, label) + first + "\n")
	if len(lines) > 1 {
		for _, line := range lines[1:] {
			s.out.WriteString(strings.Repeat(" ", indent+column) + s.paint(ts, line) + "\n")
		}
	}
}

// code writes a command or a few lines of YAML, indented. A command that is too
// long is continued with backslashes, so that it can still be copied.
func (s *screen) code(indent int, text string) {
	pad := strings.Repeat(" ", indent)
	for _, line := range cleanBlock(text) {
		for _, part := range foldCode(line, s.width-indent) {
			s.out.WriteString(pad + part + "\n")
		}
	}
}

// foldCode breaks one line of code to a width.
func foldCode(line string, width int) []string {
	if uniseg.StringWidth(line) <= width {
		return []string{line}
	}
	if !strings.HasPrefix(line, "diarchy ") {
		return wrap(line, width)
	}
	parts := wrap(line, width-4)
	for i := range parts {
		if i > 0 {
			parts[i] = "  " + parts[i]
		}
		if i < len(parts)-1 {
			parts[i] += " \\"
		}
	}
	return parts
}
