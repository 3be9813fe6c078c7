package fact

import (
	"regexp"
	"slices"
	"strings"
)

// Words that forges document for saying that a change request closes an issue: those of GitHub and
// of GitLab, which has "implement" besides and takes several issues after one word. An issue is
// #12 of the same repository, group/name#12 of another, its address, or a tracker's key.
const (
	trackerKey  = `(?-i:[A-Z][A-Z0-9_]+-\d{1,9})`
	closingWord = `\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)\b:?\s+`
)

// forms are how issues are referred to. owner is what stands before the number of another
// repository's issue.
type forms struct{ closing, closed, other *regexp.Regexp }

func formsOf(owner string) forms {
	ref := `(?:https?://[^\s/]+/(?:[\w.-]+/)*(?:issues/\d{1,9}|browse/` + trackerKey + `)|(?:` + owner + `)?#\d{1,9}|gh-\d{1,9}|` + trackerKey + `)\b`
	one := `(?:issues?\s+)?` + ref
	return forms{
		closing: regexp.MustCompile(`(?i)` + closingWord + `(` + one + `(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)` + one + `)*)`),
		closed:  regexp.MustCompile(`(?i)` + ref),
		other:   regexp.MustCompile(`(?:^|[^\w/&#.:-])(` + owner + `#\d{1,9})\b`),
	}
}

var (
	anywhere  = formsOf(`[\w.-]+(?:/[\w.-]+)+`)
	nearby    = formsOf(`[\w.-]+(?:/[\w.-]+)*`) // project#12, too
	alone     = regexp.MustCompile(`^(?i:` + nearby.closed.String() + `)$`)
	browsed   = regexp.MustCompile(`(?i)^https?://.*/browse/(` + trackerKey + `)$`)
	addressed = regexp.MustCompile(`(?i)^https?://[^\s/]+/(.*?)(?:/-)?/?issues/(\d{1,9})$`)
	notSaid   = regexp.MustCompile("(?s)<!--.*?-->|```.*?```|`[^`\n]*`") // comments of templates, and code
)

// Closes lists the issues that a change request says to close, in its title or its description,
// and then those of other repositories that its title names: as REPOSITORY#NUMBER in small
// letters, or as the key of a tracker. Nothing else of a description is kept.
func Closes(repository, title, description string) []string {
	return anywhere.closes(repository, title, description)
}

// ClosesNearby is Closes where project#12 is an issue of another project of the same group, as
// on GitLab.
func ClosesNearby(repository, title, description string) []string {
	return nearby.closes(repository, title, description)
}

// ClosedIssue writes a reference to one issue as Closes does, also project#12 for one of the same
// group; it is false for what is none.
func ClosedIssue(repository, ref string) (string, bool) {
	if !alone.MatchString(ref) {
		return "", false
	}
	return issueOf(repository, ref), true
}

func (f forms) closes(repository, title, description string) (out []string) {
	add := func(issue string) {
		if !slices.Contains(out, issue) {
			out = append(out, issue)
		}
	}
	for _, text := range []string{title, notSaid.ReplaceAllString(description, " ")} {
		for _, said := range f.closing.FindAllStringSubmatch(text, -1) {
			for _, ref := range f.closed.FindAllString(said[1], -1) {
				add(issueOf(repository, ref))
			}
		}
	}
	for _, m := range f.other.FindAllStringSubmatch(title, -1) {
		add(issueOf(repository, m[1]))
	}
	return out
}

// issueOf writes a reference of a repository in one way.
func issueOf(repository, ref string) string {
	if m := browsed.FindStringSubmatch(ref); m != nil {
		return m[1]
	}
	if m := addressed.FindStringSubmatch(ref); m != nil {
		return strings.ToLower(m[1]) + "#" + m[2]
	}
	lower := strings.ToLower(ref)
	if number, ok := strings.CutPrefix(lower, "gh-"); ok {
		return strings.ToLower(repository) + "#" + number
	}
	if before, number, ok := strings.Cut(lower, "#"); ok {
		own := strings.ToLower(repository)
		switch i := strings.LastIndex(own, "/"); {
		case before == "":
			before = own
		case !strings.Contains(before, "/"):
			before = own[:i+1] + before
		}
		return before + "#" + number
	}
	return ref
}
