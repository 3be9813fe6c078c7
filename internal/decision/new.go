package decision

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Draft is what is known of a record that is to be written.
type Draft struct {
	Title      string
	Day        time.Time
	Deciders   []string // roles or names
	Consulted  []string
	ReviewBy   string // YYYY-MM-DD; "" for none
	Supersedes string // name of a file in the same folder; "" for none
}

// CleanTitle is a title in one line, without what a terminal or a page would obey.
func CleanTitle(title string) string {
	title = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(title, " "))
	return strings.Join(strings.Fields(title), " ")
}

// longestSlug is how many characters of a title a file's name holds.
const longestSlug = 80

// Slug is a title as a part of a file's name: letters and digits, in lower case, with
// hyphens between words. It is "" for a title without letters and digits.
func Slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\''
	})
	slug := ""
	for _, w := range words {
		if w = strings.ReplaceAll(w, "'", ""); w == "" {
			continue
		}
		if len([]rune(slug))+1+len([]rune(w)) > longestSlug && slug != "" {
			break
		}
		if slug != "" {
			slug += "-"
		}
		slug += string([]rune(w)[:min(len([]rune(w)), longestSlug)])
	}
	return slug
}

var (
	numberedName = regexp.MustCompile(`(?i)^((?:adr|madr|decision)?[-_]?)(\d{1,6})([-_ ])(.*)\.(?:md|markdown|adoc|rst|txt)$`)
	datedName    = regexp.MustCompile(`^\d{8}-(.*)\.md$`)
)

// Name is the name of the file of a new record among those of its folder: the next
// number, written as theirs are, or a date where most of them have dates.
func Name(names []string, slug string, day time.Time) (name string, number int) {
	prefix, width, between, dated, counted := "", 4, "-", 0, 0
	for _, n := range names {
		if datedName.MatchString(n) {
			dated++
		}
		m := numberedName.FindStringSubmatch(n)
		if m == nil {
			continue
		}
		counted++
		if i, err := strconv.Atoi(m[2]); err == nil && i >= number {
			number, prefix, between = i, m[1], m[3]
			width = len(m[2])
		}
	}
	if dated > counted {
		return day.Format("20060102") + "-" + slug + ".md", 0
	}
	number++
	return fmt.Sprintf("%s%0*d%s%s.md", prefix, width, number, between, slug), number
}

// SameTitle is the file of a folder that has the same title in its name; "" for none.
func SameTitle(names []string, slug string) string {
	for _, n := range names {
		rest := ""
		if m := numberedName.FindStringSubmatch(n); m != nil {
			rest = m[4]
		} else if m := datedName.FindStringSubmatch(n); m != nil {
			rest = m[1]
		}
		if strings.EqualFold(rest, slug) {
			return n
		}
	}
	return ""
}

// Called lists the files of a folder that words can mean: a file's name, with or without
// what it ends in, or a number.
func Called(names []string, words string) (found []string) {
	for _, n := range names {
		r := Record{Path: n}
		if r.ID, r.Number = identify(n); named(r, words) || mentioned(words) && numbered(r, words) {
			found = append(found, n)
		}
	}
	return found
}

// Text is a record in the layout of MADR 4, proposed on the day of the draft.
func Text(d Draft) string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			value = " " + value
		}
		fmt.Fprintf(&b, "%s:%s\n", key, value)
	}
	b.WriteString("---\n")
	line("status", Proposed)
	line("date", d.Day.Format(time.DateOnly))
	line("decision-makers", scalar(d.Deciders))
	line("consulted", scalar(d.Consulted))
	line("informed", "")
	if d.ReviewBy != "" {
		line("review-by", d.ReviewBy)
	}
	if d.Supersedes != "" {
		line("supersedes", scalar([]string{d.Supersedes}))
	}
	b.WriteString("---\n\n# " + d.Title + "\n" + sections)
	if d.Supersedes != "" {
		id, _ := identify(d.Supersedes)
		fmt.Fprintf(&b, "\nSupersedes [%s](%s).\n", id, strings.ReplaceAll(d.Supersedes, " ", "%20"))
	}
	return b.String()
}

var plainScalar = regexp.MustCompile(`^[\pL\pN][\pL\pN .,_@()/-]*$`)

// scalar writes a list as one value of YAML.
func scalar(values []string) string {
	s := strings.Join(values, ", ")
	if s == "" || plainScalar.MatchString(s) && strings.TrimSpace(s) == s {
		return s
	}
	return strconv.Quote(s)
}

// sections are the headings of MADR 4, each with the question that it answers.
const sections = `
## Context and Problem Statement

<!-- What is the situation, and what is to be decided? Two or three sentences. -->

## Decision Drivers

<!-- What counts: forces, limits, qualities, dates. -->

*

## Considered Options

<!-- Each in a few words; "leave it as it is" is one. -->

*

## Decision Outcome

<!-- Chosen option, and why it and not the others. Then set the status above to accepted. -->

### Consequences

<!-- What becomes easier, and what becomes harder or is given up. -->

* Good, because
* Bad, because

### Confirmation

<!-- How will somebody see that it is done as decided: a test, a review, a figure? -->

## Pros and Cons of the Options

<!-- For each option, where the reasons above do not say it. -->

## More Information

<!-- Links, who else agreed, and when to look at it again: "Revisit by YYYY-MM-DD". -->
`
