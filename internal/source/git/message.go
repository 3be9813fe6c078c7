package git

import (
	"regexp"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// trailerKeys are the trailers that say who else took part.
var trailerKeys = map[string]bool{
	"reviewed-by": true, "co-authored-by": true, "acked-by": true, "approved-by": true,
	"signed-off-by": true, "tested-by": true, "reported-by": true,
}

var (
	revertSubject = regexp.MustCompile(`^([Rr]evert\b[:(]|[Rr]evert(s|ed)? "|[Rr]evert(s|ed)? commit [0-9a-f]{7})`)
	relanding     = regexp.MustCompile(`^(Reapply\b|[Rr]evert "[Rr]evert\b)`)
	revertsCommit = regexp.MustCompile(`\b[Rr]everts commit ([0-9a-f]{7,64})`)
	person        = regexp.MustCompile(`^([^<>]*)<([^<>\s]+)>`)
)

// readMessage takes subject, trailers and reverts from a commit message.
func readMessage(c *fact.Commit, message string) {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	c.Subject = limit(strings.TrimSpace(lines[0]), 500)
	if strings.Contains(message, "everts commit ") { // few do, and the expression is slow
		if m := revertsCommit.FindStringSubmatch(message); m != nil {
			c.Reverts, c.IsRevert = m[1], true
		}
	}
	c.IsRevert = c.IsRevert || revertSubject.MatchString(c.Subject)
	if relanding.MatchString(c.Subject) { // it takes a revert back: the change is there again
		c.IsRevert = false
	}
	for _, l := range lastParagraph(lines) {
		key, value, ok := strings.Cut(l, ":")
		key = strings.ToLower(strings.TrimSpace(key))
		if !ok || !trailerKeys[key] {
			continue
		}
		if m := person.FindStringSubmatch(strings.TrimSpace(value)); m != nil {
			id := fact.Identity{Name: strings.TrimSpace(m[1]), Email: m[2]}
			c.Trailers = append(c.Trailers, fact.Trailer{Key: key, Identity: id})
		}
	}
}

// lastParagraph is where trailers stand. The subject is none.
func lastParagraph(lines []string) []string {
	start := len(lines)
	for start > 1 && strings.TrimSpace(lines[start-1]) != "" {
		start--
	}
	return lines[start:]
}

func limit(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
