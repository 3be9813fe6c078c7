package decision

import (
	"regexp"
	"strings"
	"unicode"
)

// roleWords are those of which the name of a role, a team or a board is made. Who is
// called by other words may be a person, and is only counted.
var roleWords = wordSet(`cto ceo coo cio ciso cpo cfo vp vpe svp evp head heads of the and for chief lead leads tech technical technology technologist architect architects architecture
	principal staff senior engineer engineers engineering director directors manager managers management product products platform platforms infrastructure infra data security team teams board
	group guild chapter committee council forum council squad tribe developer developers development devops sre operations ops design designers frontend backend front back end mobile web
	owner owners all everyone everybody whole core maintainer maintainers leadership review reviewers working community officer president vice quality qa compliance legal finance support
	software system systems network cloud company department steering advisory innovation research delivery programme program analytics business service services reliability`)

var inBrackets = regexp.MustCompile(`\(([^()]+)\)`)

// parties tells those who are named by what they do from the others, who are counted.
func parties(stated []string) (roles []string, others int) {
	roles = []string{}
	seen := map[string]bool{}
	for _, s := range stated {
		role := s
		if m := inBrackets.FindStringSubmatch(s); m != nil && !isRole(s) {
			role = m[1]
		}
		if !isRole(role) {
			others++
			continue
		}
		if !seen[strings.ToLower(role)] {
			seen[strings.ToLower(role)] = true
			roles = append(roles, role)
		}
	}
	return roles, others
}

func isRole(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words {
		if !roleWords[w] {
			return false
		}
	}
	return len(words) > 0
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
