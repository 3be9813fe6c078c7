package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// unknown is what stands in the place of everything that is not known.
const unknown = "unknown"

// calls in the order in which surfaces list them.
var calls = []string{cockpit.CallOneLeader, cockpit.CallPrepare, cockpit.CallSplitNow, cockpit.CallUnknown}

// callLabel says a call in words; calls from a newer program keep their own.
func callLabel(call string) string { return capital(plain(cockpit.CallWords(call))) }

// roleLabel names a role in running text.
func roleLabel(role string) string {
	switch role {
	case "cto":
		return "CTO"
	case "vpe":
		return "VP of Engineering"
	case "both":
		return "CTO and VP of Engineering"
	case "first_leader":
		return "first technical leader"
	case "none":
		return "no role is missing"
	}
	return plain(role)
}

// speaksLabel says what a finding argues for; "" if for nothing.
func speaksLabel(speaks string) string {
	switch speaks {
	case "", "none":
		return ""
	case "split":
		return "speaks for splitting the role"
	case "cto":
		return "speaks for a CTO"
	case "vpe":
		return "speaks for a VP of Engineering"
	}
	return "speaks for " + plain(speaks)
}

// lensLabel names a lens.
func lensLabel(name string) string { return capital(plain(name)) }

// costLabel names a cost.
func costLabel(of string) string {
	if of == "" {
		return "Other costs"
	}
	return "Cost of " + plain(of)
}

// plain makes an identifier of ours, or of a newer program, readable.
func plain(id string) string {
	s := clean(cockpit.Words(id))
	if s == "" {
		return unknown
	}
	return s
}

// uncapital lowers the first letter.
func uncapital(s string) string {
	for i, r := range s {
		return strings.ToLower(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// capital raises the first letter.
func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// stop ends a sentence with a full stop, unless it has an end already.
func stop(s string) string {
	s = clean(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:") {
		return s
	}
	return s + "."
}

// orUnknown keeps a text, or says that there is none.
func orUnknown(s string) string {
	if s = clean(s); s == "" {
		return unknown
	}
	return s
}

// company names the company.
func company(d cockpit.Diagnosis) string {
	if s := clean(d.Company); s != "" {
		return s
	}
	return "Company unknown"
}

// count writes a count with its noun: "1 commit", "1,204 commits".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands groups digits by three.
func thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// number writes a value with at most three significant digits after a small
// integer part; nil, NaN and infinities are unknown.
func number(v *float64) string {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return unknown
	}
	a := math.Abs(*v)
	switch {
	case *v == math.Trunc(*v) && a < 1e12:
		return thousands(int(*v))
	case a >= 100:
		return thousands(int(math.Round(*v)))
	case a >= 10:
		return trimZeros(strconv.FormatFloat(*v, 'f', 1, 64))
	case a >= 1:
		return trimZeros(strconv.FormatFloat(*v, 'f', 2, 64))
	}
	return strconv.FormatFloat(*v, 'g', 2, 64)
}

// whole writes a number of people, of which an estimate may be a fraction.
func whole(v *float64) string {
	if v == nil || math.IsNaN(*v) || *v < 0.5 {
		return number(v)
	}
	rounded := math.Round(*v)
	return number(&rounded)
}

// firstSentence cuts text after its first sentence.
func firstSentence(s string) string {
	if end := sentenceEnd.FindStringSubmatchIndex(s); end != nil {
		return s[:end[3]]
	}
	return s
}

// sentenceEnd is the end of a sentence before a capital. After a word of one or
// two letters, a full stop may be that of an abbreviation.
var sentenceEnd = regexp.MustCompile("((?:\\pL{3}|[\\d%)\"'`])[.!?]) +[\\p{Lu}`]")

func trimZeros(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }
