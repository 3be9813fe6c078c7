package report

import (
	"math"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func TestConfidenceInWords(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  string
	}{
		{0.83, "83 of 100"}, {0.829, "83 of 100"}, {1, "100 of 100"}, {0.999, "99 of 100"},
		{0, "unknown"}, {math.NaN(), "unknown"}, {-0.1, "unknown"}, {83, "unknown"},
	} {
		if got := ofHundred(c.share); got != c.want {
			t.Errorf("ofHundred(%v) = %q, want %q", c.share, got, c.want)
		}
	}
	got := confidenceSentence(cockpit.Verdict{Confidence: 0.83})
	if want := "In 83 of 100 ways to read the same evidence, the answer is the same."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNumbersInWords(t *testing.T) {
	for _, c := range []struct {
		value *float64
		want  string
	}{
		{nil, "unknown"}, {ptr(math.NaN()), "unknown"}, {ptr(math.Inf(1)), "unknown"},
		{ptr(0), "0"}, {ptr(42), "42"}, {ptr(18204), "18,204"}, {ptr(-1234567), "-1,234,567"},
		{ptr(2.345), "2.35"}, {ptr(12.34), "12.3"}, {ptr(123.4), "123"}, {ptr(0.01234), "0.012"}, {ptr(2.0001), "2"},
	} {
		if got := number(c.value); got != c.want {
			t.Errorf("number = %q, want %q", got, c.want)
		}
	}
}

func TestWhenInWords(t *testing.T) {
	for _, c := range []struct {
		call string
		when cockpit.When
		want string
	}{
		{cockpit.CallPrepare, cockpit.When{From: "2027-03", To: "2027-11"}, "March 2027 to November 2027"},
		{cockpit.CallPrepare, cockpit.When{From: "2027-03", To: "2027-03"}, "March 2027"},
		{cockpit.CallPrepare, cockpit.When{From: "2027-03"}, "not before March 2027"},
		{cockpit.CallOneLeader, cockpit.When{}, "not within the horizon"},
		{cockpit.CallSplitNow, cockpit.When{}, "now"},
		{cockpit.CallUnknown, cockpit.When{}, "unknown"},
		{"", cockpit.When{}, "unknown"},
	} {
		if got := whenRange(cockpit.Verdict{Call: c.call, When: c.when}); got != c.want {
			t.Errorf("%s %+v: got %q, want %q", c.call, c.when, got, c.want)
		}
	}
}

func TestFirstSentence(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"One is read. If there are more, read them.", "One is read."},
		{"See e.g. Berlin. Then go on.", "See e.g. Berlin."},
		{"Version 1.2 of it, 93 days ago.", "Version 1.2 of it, 93 days ago."},
		{"Nothing is declared (no diarchy.yaml): unknown. `diarchy init` writes one.", "Nothing is declared (no diarchy.yaml): unknown."},
		{"", ""},
	} {
		if got := firstSentence(c.in); got != c.want {
			t.Errorf("firstSentence(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
