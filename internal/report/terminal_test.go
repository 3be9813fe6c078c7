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
					line = sgr.ReplaceAllString(line, "")
					if w := uniseg.StringWidth(line); w > width && !unbreakable(d, line) {
						t.Fatalf("%s at %d: %d columns: %q", name, width, w, line)
					}
					if strings.TrimRight(line, " ") != line {
						t.Fatalf("%s at %d ends in a blank: %q", name, width, line)
					}
				}
			}
		}
	}
}

// unbreakable reports whether a line is one of YAML without its comment, as it
// is in what supplies a missing thing.
func unbreakable(d cockpit.Diagnosis, line string) bool {
	var supplies []string
	for _, m := range d.Missing {
		supplies = append(supplies, m.How)
	}
	if d.Delivery != nil {
		for _, g := range d.Delivery.Unknown {
			supplies = append(supplies, g.How)
		}
	}
	for _, how := range supplies {
		for code := range strings.SplitSeq(how, "\n") {
			if looksLikeYAML.MatchString(code) && strings.HasPrefix(strings.TrimSpace(code), strings.TrimSpace(line)) && !strings.Contains(line, "#") {
				return true
			}
		}
	}
	return false
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

func TestTerminalIsShort(t *testing.T) {
	for name, most := range map[string]int{"full": 143, "crowded": 177} {
		if n := strings.Count(terminal(t, all()[name], TerminalOptions{Width: 80}), "\n"); n > most {
			t.Errorf("%s: %d lines, want at most %d", name, n, most)
		}
	}
}

// section is what stands under a heading.
func section(t *testing.T, out, heading string) string {
	t.Helper()
	_, after, ok := strings.Cut(out, "\n"+heading)
	if !ok {
		t.Fatalf("no heading %q in\n%s", heading, out)
	}
	text, _, _ := strings.Cut(after, "\n\n")
	return text
}

func TestTerminalListsWhatMattersOfTheMissing(t *testing.T) {
	for _, c := range []struct {
		name   string
		shifts []float64
		listed int
		last   string
	}{
		{"few", []float64{0.3, 0.01}, 2, ""},
		{"a tail", []float64{0.3, 0.0099, 0}, 1, "2 more, not known to move 1 of 100 ways: --json lists all."},
		{"too many", []float64{1, .9, .8, .7, .6, .5, .4, .3, .2, .1, 0}, 8, "3 more, each moves no more than the last: --json lists all."},
		{"nothing moves", []float64{0, 0.001}, 0, "2 things are unknown, none of which is known to move 1 of 100 ways: see --json."},
	} {
		d := sample()
		d.Missing = nil
		for _, x := range c.shifts {
			d.Missing = append(d.Missing, cockpit.Missing{What: "thing", Shift: x, How: "diarchy explain thing"})
		}
		got := section(t, terminal(t, d, TerminalOptions{Width: 80}), "WHAT IS MISSING")
		if n := len(regexp.MustCompile(`(?m)^ *\d+  thing$`).FindAllString(got, -1)); n != c.listed {
			t.Errorf("%s: %d are listed in a line each, want %d:\n%s", c.name, n, c.listed, got)
		}
		if c.last != "" && !strings.HasSuffix(got, "\n"+c.last) {
			t.Errorf("%s: does not end in %q:\n%s", c.name, c.last, got)
		}
	}
}

func TestLabelsOfAnyWidthKeepTheirText(t *testing.T) {
	for label, want := range map[string]string{"9.": "9. text\n", "10.": "10. text\n", "100.": "100. text\n"} {
		s := &screen{width: 80}
		s.labelled(0, 3, plainText, label, plainText, "text")
		if got := s.out.String(); got != want {
			t.Errorf("%s: got %q, want %q", label, got, want)
		}
	}
}

// An id with underscores is something to type; everywhere else it is words.
func TestIdsAreTypedOnlyInCommands(t *testing.T) {
	commands := regexp.MustCompile(`(?s)diarchy explain [\w, \n]*`)
	out := commands.ReplaceAllString(terminal(t, crowded(), TerminalOptions{Width: 80}), "")
	if strings.Contains(out, "slow_work") || !strings.Contains(out, "slow work 3") {
		t.Errorf("ids are not words:\n%s", out)
	}
	if out := outsideCode(markdownOf(t, crowded())); strings.Contains(out, "slow_work") || strings.Contains(out, `slow\_work`) || strings.Contains(out, "slowwork") {
		t.Error("ids are not words in Markdown")
	}
	ids := texts(pageOf(t, crowded(), without), ".id")
	if len(ids) != 25 || containsAny(strings.Join(ids, " "), "_") != "" {
		t.Errorf("ids are not words in HTML: %q", ids)
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"what fits in it", "what fits in it"},
		{"one clause ends; another one goes on", "one clause ends; …"},
		{"a; longer clause without an end", "a; longer clause …"},
	} {
		if got := shorten(c.in, 20); got != c.want {
			t.Errorf("shorten(%q) = %q, want %q", c.in, got, c.want)
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
