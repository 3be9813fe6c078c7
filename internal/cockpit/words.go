package cockpit

import (
	"math"
	"strings"
)

// OfHundred rounds a share of 0 to 1 to whole hundredths without ever rounding
// "nearly" up to "always": only a share of 1 is 100. ok is false for what is not a
// share. Every surface rounds confidence by it, so that none says more than another.
func OfHundred(share float64) (n int, ok bool) {
	if math.IsNaN(share) || share < 0 || share > 1+1e-9 {
		return 0, false
	}
	n = int(math.Round(share * 100))
	if n >= 100 && share < 1-1e-9 {
		n = 99
	}
	return min(n, 100), true
}

// CallWords says a call in words; a call from a newer program keeps its own name.
func CallWords(call string) string {
	switch call {
	case CallOneLeader:
		return "One leader is enough"
	case CallPrepare:
		return "Prepare to split the role"
	case CallSplitNow:
		return "Split the role now"
	case CallUnknown:
		return "Not enough evidence"
	}
	return Words(call)
}

// StrengthWord turns a strength of 0 to 1 into a word; "" when there is none.
func StrengthWord(strength float64) string {
	switch {
	case !(strength > 0):
		return ""
	case strength < 1.0/3:
		return "weak"
	case strength < 2.0/3:
		return "moderate"
	}
	return "strong"
}

// Words makes an identifier readable: "merge_bottleneck" is "merge bottleneck".
func Words(id string) string { return strings.ReplaceAll(id, "_", " ") }

// WhoWords names several in a sentence: "the CTO, finance and legal counsel".
func WhoWords(all []Who) string {
	var called []string
	for _, w := range all {
		called = append(called, w.Called)
	}
	return ListWords(called)
}

// ListWords lists texts in a sentence: "a, b and c".
func ListWords(all []string) string {
	switch n := len(all); n {
	case 0:
		return ""
	case 1:
		return all[0]
	default:
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
}

// Slug makes the name of a file, or an id, out of words: "A VP!" is a-vp. Words without a
// letter from a to z or a digit give "".
func Slug(words string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(words) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 50 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// EveryWords says a rhythm: "every two weeks".
func EveryWords(every string) string {
	if every == "two_weeks" || every == "half_year" {
		return "every " + Words(every)
	}
	if every == "" {
		return "at no fixed time"
	}
	return "every " + every
}
