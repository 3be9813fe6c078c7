package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestWidth(t *testing.T) {
	for _, c := range []struct {
		name string
		io   Streams
		want int
	}{
		{"a file", Streams{Width: 120, Env: []string{"COLUMNS=120"}}, 80},
		{"a terminal", Streams{Terminal: true, Width: 66}, 66},
		{"a terminal of unknown width", Streams{Terminal: true}, 80},
		{"COLUMNS says more of it", Streams{Terminal: true, Width: 66, Env: []string{"COLUMNS=72"}}, 72},
		{"COLUMNS that is no number", Streams{Terminal: true, Width: 66, Env: []string{"COLUMNS=wide"}}, 66},
		{"a wide terminal", Streams{Terminal: true, Width: 240}, 100},
		{"a narrow one", Streams{Terminal: true, Width: 20}, 40},
	} {
		if got := (&root{io: c.io}).width(); got != c.want {
			t.Errorf("%s: %d columns, want %d", c.name, got, c.want)
		}
	}
}

// TestSamplesKeepTheirLines: help is wrapped, but not the files that it shows.
func TestSamplesKeepTheirLines(t *testing.T) {
	sample := "  scenarios:\n    - name: Growth\n      growth: {low: 0.2}"
	c := &cobra.Command{Long: strings.Repeat("word ", 30) + "\n\n" + sample}
	(&root{}).wrapLong(c)
	if !strings.HasSuffix(c.Long, "\n\n"+sample) || strings.Count(c.Long, "\n") < 5 {
		t.Error(c.Long)
	}
}
