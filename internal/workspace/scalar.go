package workspace

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	maxText   = 1000 // characters
	maxPeople = 10_000_000
	// maxARR keeps an amount in minor units far inside an int64.
	maxARR = 1_000_000_000_000_000
	// clocksAhead is how far the east is ahead of UTC, in which days are written here.
	clocksAhead = 14 * time.Hour
)

var wholeNumber = regexp.MustCompile(`^[0-9]{1,3}(_?[0-9]{3})*$|^[0-9]+$`)

// text reads a line of text into dst.
func (r *reader) text(dst *string) func(*node) {
	return func(n *node) { *dst, _ = r.asText(n) }
}

func (r *reader) asText(n *node) (string, bool) {
	switch {
	case n.kind == number || n.kind == boolean:
		r.wrong(n, "text", fmt.Sprintf("put it in quotes: %q", clip(n.text)))
	case n.kind != text:
		r.wrong(n, "text", "write one line of text")
	case strings.TrimSpace(n.text) == "":
		r.fail(n, "empty text", "write a value, or remove the key: a missing value is an unknown")
	case strings.TrimSpace(n.text) != n.text:
		r.fail(n, "space around the text", fmt.Sprintf("write %q", strings.TrimSpace(n.text)))
	case len(n.text) > maxText && len([]rune(n.text)) > maxText:
		r.fail(n, fmt.Sprintf("text of more than %d characters", maxText), "shorten it")
	case strings.ContainsFunc(n.text, func(c rune) bool { return unicode.IsControl(c) || c == unicode.ReplacementChar }):
		r.fail(n, "control character or line break in text", "write it on one line")
	default:
		return n.text, true
	}
	return "", false
}

// choice reads one of a few words into dst.
func (r *reader) choice(dst *string, words []string) func(*node) {
	return func(n *node) {
		if s, ok := r.word(n, words); ok {
			*dst = s
		}
	}
}

func (r *reader) word(n *node, words []string) (string, bool) {
	if n.kind != text {
		r.wrong(n, "a word", "valid here: "+strings.Join(words, ", "))
		return "", false
	}
	if slices.Contains(words, n.text) {
		return n.text, true
	}
	r.fail(n, fmt.Sprintf("%q is not a value of this key", clip(n.text)), didYouMean(n.text, words)+"valid here: "+strings.Join(words, ", "))
	return "", false
}

// date reads a day into dst, as midnight UTC.
func (r *reader) date(dst *time.Time) func(*node) {
	return func(n *node) {
		if t, ok := r.asDate(n, ""); ok {
			*dst = t
		}
	}
}

// asDate reads a day; or says what else would be right.
func (r *reader) asDate(n *node, or string) (time.Time, bool) {
	right := "write year-month-day, such as 2024-03-31" + or
	if n.kind != text {
		r.wrong(n, "a date", right)
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, n.text)
	switch {
	case err != nil && isDateShaped(n.text):
		r.fail(n, fmt.Sprintf("there is no day %s", n.text), right)
	case err != nil:
		r.fail(n, fmt.Sprintf("%q is not a date", clip(n.text)), right)
	case t.Year() < 1970:
		r.fail(n, fmt.Sprintf("date %s is before 1970", n.text), right)
	case t.After(r.today.Add(clocksAhead)):
		r.fail(n, fmt.Sprintf("date %s is in the future", n.text), "declare what holds already, with the day from which it did"+or+"; plans have no place here")
	default:
		return t, true
	}
	return time.Time{}, false
}

func isDateShaped(s string) bool {
	return len(s) == len(time.DateOnly) && strings.Trim(s, "0123456789-") == "" && s[4] == '-' && s[7] == '-'
}

// count reads a number of people into dst.
func (r *reader) count(dst *Known[int]) func(*node) {
	return func(n *node) {
		if v, ok := r.whole(n, "34", maxPeople); ok {
			*dst = Is(int(v))
		}
	}
}

// whole reads a number from 0 to limit. 4_500_000 is 4500000.
func (r *reader) whole(n *node, example string, limit int64) (int64, bool) {
	advice := "write a whole number such as " + example
	long := n.kind == text && len(n.text) > 18 && wholeNumber.MatchString(n.text) // the library makes it text
	switch {
	case n.kind == text && !long && wholeNumber.MatchString(n.text):
		advice = "take the quotes away: " + n.text
		fallthrough
	case n.kind != number && !long:
		r.wrong(n, "a whole number", advice)
		return 0, false
	case strings.HasPrefix(n.text, "-"):
		r.fail(n, fmt.Sprintf("%s is negative", clip(n.text)), advice)
		return 0, false
	case !wholeNumber.MatchString(n.text):
		r.fail(n, fmt.Sprintf("%s is not a whole number", clip(n.text)), advice)
		return 0, false
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(n.text, "_", ""), 10, 64)
	if err != nil || v > limit {
		r.fail(n, fmt.Sprintf("%s is more than %d", clip(n.text), limit), advice)
		return 0, false
	}
	return v, true
}

// address reads an e-mail address.
func (r *reader) address(n *node) string {
	s, ok := r.asText(n)
	if !ok {
		return ""
	}
	local, host, found := strings.Cut(s, "@")
	if !found || local == "" || host == "" || strings.ContainsAny(s, " <>,;") || strings.Contains(host, "@") {
		r.fail(n, fmt.Sprintf("%q is not an e-mail address", clip(s)), "write the address alone, such as a@example.com")
		return ""
	}
	return s
}

// clip makes a value fit for a message: short, and without credentials.
func clip(s string) string {
	s = hide(s)
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "..."
	}
	return s
}

func didYouMean(s string, words []string) string {
	if near := nearest(s, words); near != "" {
		return fmt.Sprintf("did you mean %q? ", near)
	}
	return ""
}
