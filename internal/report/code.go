package report

import (
	"regexp"
	"strings"

	"github.com/rivo/uniseg"
)

// foldBlock sets what supplies a piece of evidence (a command, lines of YAML, or
// a sentence) to a width such that it can still be copied: a sentence is
// wrapped; a comment that does not fit moves above its line; a long command is
// continued with backslashes. A word or a line of YAML that is wider than that
// stays whole, and so is wider than width.
func foldBlock(text string, width int) []string {
	lines := cleanBlock(text)
	var out []string
	switch {
	case !isCommand(lines[0]) && !looksLikeYAML.MatchString(lines[0]):
		for _, line := range lines {
			out = append(out, wrap(line, width)...)
		}
	case holdsText(lines):
		out = lines
	default:
		for _, line := range lines {
			out = append(out, foldCode(line, width)...)
		}
	}
	return out
}

var (
	looksLikeYAML = regexp.MustCompile(`^\s*(?:- )?(?:#|[a-z][\w.-]*:(?:\s|$))`)
	blockScalar   = regexp.MustCompile(`[:-] [|>][-+0-9]*$`)
)

func isCommand(line string) bool { return strings.HasPrefix(line, "diarchy ") }

// holdsText reports whether YAML holds a text of several lines, in which "#"
// begins no comment.
func holdsText(lines []string) bool {
	for _, line := range lines {
		if blockScalar.MatchString(line) {
			return true
		}
	}
	return false
}

// foldCode breaks one line of code to a width.
func foldCode(line string, width int) []string {
	if uniseg.StringWidth(line) <= width {
		return []string{line}
	}
	code, comment := splitComment(line)
	rest := strings.TrimLeft(code, " ")
	pad := code[:len(code)-len(rest)]
	var out []string
	for _, part := range wrapWords(strings.Fields(comment), width-len(pad)-2) {
		out = append(out, pad+"# "+part)
	}
	switch {
	case rest == "":
		return out
	case isCommand(code):
		return append(out, foldCommand(code, width)...)
	}
	return append(out, code)
}

// splitComment parts a line of YAML or of a shell from the comment at its end.
func splitComment(line string) (code, comment string) {
	var quote, before byte = 0, ' '
	for i := range len(line) {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote && (quote == '\'' || before != '\\') {
				quote = 0
			}
		case c == '#' && before == ' ':
			return strings.TrimRight(line[:i], " "), strings.TrimSpace(line[i+1:])
		case (c == '"' || c == '\'') && (before == c || strings.IndexByte(" [{,=", before) >= 0):
			quote = c
		}
		before = c
	}
	return line, ""
}

// foldCommand continues a command on further lines, broken only between words.
func foldCommand(line string, width int) []string {
	if uniseg.StringWidth(line) <= width {
		return []string{line}
	}
	parts := wrapWords(shellWord.FindAllString(line, -1), width-4)
	for i := range parts {
		if i > 0 {
			parts[i] = "  " + parts[i]
		}
		if i < len(parts)-1 {
			parts[i] += ` \`
		}
	}
	return parts
}

// shellWord is a word of a command, with what it quotes.
var shellWord = regexp.MustCompile(`(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*'|["'])+`)
