package report

import (
	"io"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Explanation writes an explanation for a terminal: each step under the one that
// rests on it. It returns what w returned.
func Explanation(w io.Writer, e cockpit.Explanation, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	for i, step := range e.Steps {
		if step.Depth <= 1 && i > 0 {
			s.blank()
		}
		s.step(step)
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// listed are the kinds of step of which the lines are things of one sort.
var listed = []string{"facts", "rules", "activities"}

func (s *screen) step(step cockpit.Step) {
	indent := 2 * step.Depth
	st := plainText
	if step.Depth <= 1 {
		st = bold
	}
	s.hanging(indent, step.Kind+": ", st, step.Title)
	mark := ""
	if slices.Contains(listed, step.Kind) {
		mark = "- "
	}
	for _, line := range step.Lines {
		s.hanging(indent+2, mark, plainText, line)
	}
	if step.Code != "" {
		s.code(indent+4, step.Code)
	}
	if step.More != "" {
		s.hanging(indent+2, "", faint, "more: "+step.More)
	}
}

// hanging writes text behind a label, its further lines below its first word. What
// cannot be broken (code, a path, an address) stays whole, to be copied.
func (s *screen) hanging(indent int, label string, st style, text string) {
	pad := strings.Repeat(" ", indent)
	for i, line := range strings.Split(Hang(label, text, s.width-indent), "\n") {
		if head, rest, ok := strings.Cut(line, label); i == 0 && ok && head == "" {
			line = s.paint(faint, label) + s.paint(st, rest)
		} else {
			line = s.paint(st, line)
		}
		s.out.WriteString(strings.TrimRight(pad+line, " ") + "\n")
	}
}

// Hang wraps text behind a label into lines of at most width columns, the further
// ones indented by as much as the label is wide. A word that is wider stays whole.
// Whatever a terminal would obey is taken out.
func Hang(label, text string, width int) string {
	indent := uniseg.StringWidth(label)
	lines := wrapWords(strings.Fields(clean(text)), max(width-indent, 2))
	if len(lines) == 0 {
		return strings.TrimRight(harmless(label), " ")
	}
	return harmless(label) + strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// Code sets what supplies a piece of evidence (a command, lines of YAML, or a
// sentence) to width columns such that it can still be copied, behind an indentation.
func Code(indent int, text string, width int) string {
	pad := strings.Repeat(" ", indent)
	return pad + strings.Join(foldBlock(text, width-indent), "\n"+pad)
}
