package cli

import (
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

// Columns of text: where nothing is known of a terminal, and at least and at most.
// Beyond the most, lines are too long for the eye.
const (
	usualWidth  = 80
	leastWidth  = 40
	widestLines = 100
)

// width is how many columns results are set to: those of the terminal, or what
// COLUMNS says of it; 80 where results go elsewhere.
func (r *root) width() int {
	if !r.io.Terminal {
		return usualWidth
	}
	width := r.io.Width
	for _, e := range r.io.Env {
		if v, ok := strings.CutPrefix(e, "COLUMNS="); ok {
			if n, err := strconv.Atoi(v); err == nil && n > 0 {
				width = n
			}
		}
	}
	if width <= 0 {
		return usualWidth
	}
	return min(max(width, leastWidth), widestLines)
}

// terminal is what results can be shown with.
func (r *root) terminal() report.TerminalOptions {
	return report.TerminalOptions{Width: r.width(), Color: r.colored()}
}

// hang wraps text behind a label.
func (r *root) hang(label, text string) string { return report.Hang(label, text, r.width()) }

// wrapHelp sets the help of a command and of all below it to the width of results.
func (r *root) wrapHelp(cmd *cobra.Command) {
	cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped "+strconv.Itoa(r.width())))
	r.wrapLong(cmd)
}

func (r *root) wrapLong(cmd *cobra.Command) {
	paragraphs := strings.Split(cmd.Long, "\n\n")
	for i, p := range paragraphs {
		if !strings.HasPrefix(p, "  ") { // what is set in is a sample, whose lines mean something
			paragraphs[i] = r.hang("", p)
		}
	}
	cmd.Long = strings.Join(paragraphs, "\n\n")
	for _, c := range cmd.Commands() {
		r.wrapLong(c)
	}
}
