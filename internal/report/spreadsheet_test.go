package report

import (
	"strings"
	"testing"
)

func TestInertCellsComeBack(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-2.5", "@SUM(A1)", "'quoted", "\tx", "|calc", "%", "＝1", "plain", "", "-", "+-1", "1+1", "-1+1"} {
		out := Inert(text)
		back := out
		if strings.HasPrefix(out, "'") {
			back = out[1:]
		}
		if back != text {
			t.Errorf("%q comes back as %q", text, back)
		}
		if out != text && PlainNumber(text) {
			t.Errorf("the number %q is made inert", text)
		}
	}
}

// Every way to begin a formula is stopped, and nothing else is touched.
func TestInert(t *testing.T) {
	for _, text := range []string{"=1+1", "+x", "-x", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%x", "'x", "＝1", "＋1", "－1", "＠x"} {
		if got := Inert(text); got != "'"+text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
	for _, text := range []string{"", "plain", "-3", "+2.5", "1+1", "a=b", "é", "「x"} {
		if got := Inert(text); got != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}
