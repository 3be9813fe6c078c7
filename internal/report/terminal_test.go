package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"github.com/diarchy/diarchy/internal/cockpit"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares with a file in testdata, or rewrites it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; refresh with -update):\n%s", name, diff)
	}
}

func terminal(t *testing.T, d cockpit.Diagnosis, opts TerminalOptions) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Terminal(&buf, d, opts); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestTerminalGolden(t *testing.T) {
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty(), "alien": alien()} {
		golden(t, "terminal-"+name+".txt", terminal(t, d, TerminalOptions{Width: 80}))
	}
	golden(t, "terminal-full-color.txt", terminal(t, sample(), TerminalOptions{Width: 80, Color: true}))
}

func TestTerminalAnswersInTheFirstLine(t *testing.T) {
	first, _, _ := strings.Cut(terminal(t, sample(), TerminalOptions{Width: 80}), "\n")
	want := "Prepare to split the role · missing: VP of Engineering · 71 of 100 ways agree"
	if first != want {
		t.Errorf("first line\n got %q\nwant %q", first, want)
	}
	for _, call := range calls {
		for _, role := range []string{"cto", "vpe", "both", "first_leader", "none", "unknown"} {
			line := firstLine(cockpit.Verdict{Call: call, MissingRole: role, Confidence: 0.99}, 80)
			if w := uniseg.StringWidth(line); w > 80 {
				t.Errorf("%d columns: %s", w, line)
			}
		}
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestTerminalIsNeverWiderThanAsked(t *testing.T) {
	for name, d := range all() {
		for width := 40; width <= 120; width++ {
			for _, color := range []bool{false, true} {
				out := terminal(t, d, TerminalOptions{Width: width, Color: color})
				for line := range strings.SplitSeq(out, "\n") {
					if w := uniseg.StringWidth(sgr.ReplaceAllString(line, "")); w > width {
						t.Fatalf("%s at %d: %d columns: %q", name, width, w, line)
					}
				}
			}
		}
	}
}

func TestTerminalColoursOnlyAdd(t *testing.T) {
	for name, d := range all() {
		without := terminal(t, d, TerminalOptions{Width: 80})
		with := terminal(t, d, TerminalOptions{Width: 80, Color: true})
		if diff := cmp.Diff(without, sgr.ReplaceAllString(with, "")); diff != "" {
			t.Errorf("%s: colours change the text:\n%s", name, diff)
		}
		if strings.Contains(without, "\x1b") {
			t.Errorf("%s: an escape in text without colours", name)
		}
	}
}

func TestTerminalObeysNoForeignText(t *testing.T) {
	out := terminal(t, hostile(), TerminalOptions{Width: 80})
	if bad := containsAny(out, "\x1b", "\r", "\u202e", "\x00"); bad != "" {
		t.Errorf("%q reaches the terminal", bad)
	}
}

func TestTerminalTrailingSpace(t *testing.T) {
	for i, line := range strings.Split(terminal(t, sample(), TerminalOptions{Width: 80}), "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("line %d ends in space: %q", i+1, line)
		}
	}
}

func TestTerminalKeepsLongCommandsCopyable(t *testing.T) {
	out := terminal(t, sample(), TerminalOptions{Width: 80})
	if !strings.Contains(out, " \\\n") {
		t.Error("a command that is too long is not continued with a backslash")
	}
}

func TestTerminalEmptySaysUnknown(t *testing.T) {
	out := terminal(t, empty(), TerminalOptions{Width: 80})
	for _, want := range []string{"Not enough evidence · missing role: unknown · confidence unknown", "No source was read.", "diarchy explain verdict"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if regexp.MustCompile(`\b0\b`).MatchString(out) {
		t.Errorf("a zero stands for what is not known:\n%s", out)
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{" two\n\tlines ", "two lines"},
		{"\x1b]0;title\x07x", "]0;title x"},
		{"a\u202eb\u2066c", "abc"},
		{"bad \xff byte", "bad ? byte"},
		{"\u009b31m", "31m"},
	} {
		if got := clean(c.in); got != c.want {
			t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
