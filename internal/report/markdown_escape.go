package report

import (
	"regexp"
	"strings"
)

var (
	inlineMarks = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;",
		"&", "&amp;", "|", `\|`, "~", `\~`, "$", `\$`, "!", `\!`, "@", "@\u2060", "://", ":\u2060//",
	)
	blockMark  = regexp.MustCompile(`^(?:#{1,6}(?:\s|$)|[-+](?:\s|$)|=|--)`)
	numberMark = regexp.MustCompile(`^(\d+)([.)])(\s|$)`)
)

// escape sets foreign text in one line of Markdown such that it means itself: no
// markup, no HTML, no links, no mentions, no cell ends. A word joiner, which has
// no width, keeps readers from making links and mentions of their own.
func escape(s string) string {
	s = inlineMarks.Replace(clean(s))
	if blockMark.MatchString(s) {
		return `\` + s
	}
	return numberMark.ReplaceAllString(s, `$1\$2$3`)
}

func escapeAll(texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, escape(t))
	}
	return out
}

// fence writes a block of code in a fence longer than any in it; "" for none.
func fence(code string) string {
	if strings.TrimSpace(code) == "" {
		return ""
	}
	mark := strings.Repeat("`", max(3, longestRun(code, '`')+1))
	return mark + "\n" + strings.Join(cleanBlock(code), "\n") + "\n" + mark
}

// inlineCode writes a command within a line.
func inlineCode(code string) string {
	code = clean(code)
	mark := strings.Repeat("`", longestRun(code, '`')+1)
	if strings.HasPrefix(code, "`") || strings.HasSuffix(code, "`") {
		code = " " + code + " "
	}
	return mark + code + mark
}

func longestRun(s string, of rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// indent puts a block under a list item.
func indent(block, pad string) string {
	if block == "" {
		return ""
	}
	return "\n\n" + pad + strings.ReplaceAll(block, "\n", "\n"+pad)
}
