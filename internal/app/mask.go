package app

import (
	"regexp"
	"slices"
	"strings"
)

// masker takes the names of people out of texts that people wrote: subjects of
// commits and comments in code. It knows the names and addresses of those who wrote
// the history, and the places at which handles stand.
type masker struct{ known *strings.Replacer }

// somebody stands for a name that is not shown.
const somebody = "somebody"

var (
	address    = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`)
	handle     = regexp.MustCompile(`(^|[\s(,;:])@[A-Za-z0-9][\w-]*`)
	ownedDebt  = regexp.MustCompile(`(?i)\b(TODO|FIXME|HACK|XXX|NOTE)\s?\([^)]*\)`)
	pulledFrom = regexp.MustCompile(`(?i)\b((?:pull|merge) request .*?from )[^\s/]+/`)
)

// newMasker knows names and addresses. Names of one word are words like others, and
// stay.
func newMasker(known []string) masker {
	known = slices.DeleteFunc(known, func(s string) bool { return !strings.ContainsAny(strings.TrimSpace(s), " @") })
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) }) // the longest of several that begin alike
	var pairs []string
	for _, k := range known {
		pairs = append(pairs, k, somebody)
	}
	return masker{strings.NewReplacer(pairs...)}
}

func (m masker) mask(text string) string {
	text = m.known.Replace(text)
	text = address.ReplaceAllString(text, somebody)
	text = ownedDebt.ReplaceAllString(text, "$1")
	text = pulledFrom.ReplaceAllString(text, "${1}"+somebody+"/")
	return handle.ReplaceAllString(text, "${1}"+somebody)
}
