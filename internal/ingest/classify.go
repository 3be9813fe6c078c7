package ingest

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/diarchy/diarchy/internal/store"
)

// Rule says what work is of a category, by any of what it lists. Rules hold in their
// order: the first that fits decides.
type Rule struct {
	Category string
	Labels   []string // as a whole, whatever the case
	Types    []string // of issues
	Words    []string // in titles: whole words, or several in a row
	Paths    []string // of changes: folders, or patterns as in path.Match, of every path that a change touches
	Unless   []string // words in titles that say what a change of those paths is instead, as a title does that is a version alone
	Projects []string // of trackers
}

// item is a piece of work as rules see it.
type item struct {
	title, kind, project string
	labels, paths        []string
}

// classify is the category of the first rule that fits; "" if none does.
func classify(rules []Rule, i item) string {
	words := wordsOf(i.title)
	for _, r := range rules {
		if r.fits(i, words) {
			return r.Category
		}
	}
	return ""
}

func (r Rule) fits(i item, words string) bool {
	in := func(list []string, s string) bool {
		return s != "" && slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
	}
	if in(r.Types, i.kind) || in(r.Projects, i.project) || slices.ContainsFunc(i.labels, func(l string) bool { return in(r.Labels, l) }) {
		return true
	}
	if slices.ContainsFunc(r.Words, func(w string) bool { return strings.Contains(words, wordsOf(w)) }) {
		return true
	}
	return r.onPaths(i.paths) && !r.unlessTitled(i.title, words)
}

// onPaths reports whether there are paths, and every one of them lies where the rule says.
func (r Rule) onPaths(paths []string) bool {
	return len(paths) > 0 && len(r.Paths) > 0 && !slices.ContainsFunc(paths, func(p string) bool { return !r.onPath(p) })
}

// versionAlone is a title that says nothing but a version: v1.2.3, Bump version to 1.2.3.
var versionAlone = regexp.MustCompile(`(?i)^\W*(?:(?:bump|set|update|raise|to|the|version)\W+)*v?\d+(?:\.\d+)+(?:[-+.]\w+)*\W*$`)

// unlessTitled reports whether a title keeps the rule's paths from deciding.
func (r Rule) unlessTitled(title, words string) bool {
	return len(r.Unless) > 0 && (versionAlone.MatchString(title) || slices.ContainsFunc(r.Unless, func(w string) bool { return strings.Contains(words, wordsOf(w)) }))
}

// onPath reports whether a path lies where the rule says.
func (r Rule) onPath(p string) bool {
	return slices.ContainsFunc(r.Paths, func(own string) bool {
		whole, err := path.Match(own, p)
		base, err2 := path.Match(own, path.Base(p))
		return err == nil && whole || err2 == nil && base || strings.HasPrefix(p, strings.TrimSuffix(own, "/")+"/")
	})
}

// wordsOf writes a text as words in small letters, each between spaces.
func wordsOf(s string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ") + " "
}

// standards are no projects, though what they number looks like keys: UTF-8, SHA-256.
var standards = []string{"UTF", "UCS", "SHA", "MD", "AES", "RSA", "TLS", "HTTP", "ISO", "IEEE", "RFC", "CVE", "CWE", "PEP", "JSR"}

// keyIn is the first of what looks like a key of an issue: PAY-12, as in pay-12-new-button.
func keyIn(text string) string {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) {
		parts := strings.Split(w, "-")
		for k := 1; k < len(parts); k++ {
			project, number := parts[k-1], parts[k]
			if number != "" && strings.Trim(number, "0123456789") == "" && strings.Trim(project, "0123456789_") != "" && !slices.Contains(standards, strings.ToUpper(project)) {
				return strings.ToUpper(project) + "-" + number
			}
		}
	}
	return ""
}

// Mentions of issues of the same forge: #12, and acme/web#12 of another repository. A closing word
// says more than a number alone, and both more than the name of a branch: 12-new-button,
// fix/12-new-button.
var (
	closingNumber = regexp.MustCompile(`(?i)\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing))\b:?\s+(?:issue\s+)?(` + otherOwner + `#|#|gh-)(\d{1,9})\b`)
	plainNumber   = regexp.MustCompile(`(?i)(?:^|[^\w/&#.:-])(` + otherOwner + `#|#|gh-)(\d{1,9})\b`)
	branchNumber  = regexp.MustCompile(`(?i)^(?:(?:issues?|fix|bugfix|hotfix|feature|feat|gh)[-/_]#?)?(\d{1,9})(?:[-_]|$)`)
)

const otherOwner = `[\w.-]+(?:/[\w.-]+)+`

// mentions are the issues that a change tells of, those first that say most: "#12", or
// "acme/web#12" of another repository. told is its title, its branch and the first lines of its
// commits.
func mentions(told []string) (out []string) {
	texts := append([]string{told[0]}, told[2:]...)
	for _, pattern := range []*regexp.Regexp{closingNumber, plainNumber} {
		for _, text := range texts {
			for _, m := range pattern.FindAllStringSubmatch(text, -1) {
				owner, _, _ := strings.Cut(strings.TrimSuffix(strings.ToLower(m[1]), "gh-"), "#")
				out = append(out, owner+"#"+m[2])
			}
		}
	}
	if m := branchNumber.FindStringSubmatch(told[1]); m != nil {
		out = append(out, "#"+m[1])
	}
	return out
}

// elsewhere are those of mentions that are of a repository that they name.
func elsewhere(mentions []string) []string {
	return slices.DeleteFunc(slices.Clone(mentions), func(m string) bool { return strings.HasPrefix(m, "#") })
}

// tiedTo is the category of the issue of its forge that a change is about: that it closes, as the
// forge says, or as it says itself, or that it mentions.
func tiedTo(c change, mentions []string, tied store.Tied) string {
	if category := cmp.Or(tied.ClosedBy[c.key], tied.Closes[c.key]); category != "" {
		return category
	}
	forges := tied.Forges
	forge, _, ofForge := strings.Cut(c.key, "#")
	if ofForge {
		forges = []string{forge}
	}
	for _, m := range mentions {
		if number, own := strings.CutPrefix(m, "#"); own {
			if category := tied.Numbered[forge+"#"+number]; ofForge && category != "" { // without a change request it may be the number of one
				return category
			}
			continue
		}
		for _, f := range forges {
			if category := tied.Elsewhere[f+" "+m]; category != "" {
				return category
			}
		}
	}
	return ""
}

// issueClasses are what rules make of issues; one without a category of its own is of
// that of the issue that it is a part of.
func (d Delivering) issueClasses(issues []store.StoredIssue) (out []store.IssueClass) {
	type id struct{ source, issue string }
	of := map[id]string{}
	classes := make([]store.IssueClass, len(issues))
	for k, i := range issues {
		seen := item{title: i.Title, kind: i.Kind, project: i.Project, labels: i.Labels}
		classes[k] = store.IssueClass{ProjectID: i.ProjectID, ID: i.ID, Category: classify(d.Categories, seen), Subject: classify(d.Subjects, seen)}
		of[id{i.Source, i.ID}] = classes[k].Category
	}
	for k, i := range issues {
		if classes[k].Category == "" && i.Parent != "" {
			classes[k].Category = of[id{i.Source, i.Parent}]
		}
		if !i.Beside {
			out = append(out, classes[k])
		}
	}
	return out
}
