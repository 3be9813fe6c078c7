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
	issueRef = `(?:https?://[^\s/]+/(?:[\w.-]+/)*(?:issues/\d{1,9}|browse/(?-i:[A-Z][A-Z0-9_]+-\d{1,9}))|(?:[\w.-]+(?:/[\w.-]+)+)?#\d{1,9}|gh-\d{1,9}|(?-i:[A-Z][A-Z0-9_]+-\d{1,9}))\b`
	oneRef   = `(?:issues?\s+)?` + issueRef
)

var (
	closingWords = regexp.MustCompile(`(?i)\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)\b:?\s+(` + oneRef + `(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)` + oneRef + `)*)`)
	closedIssue  = regexp.MustCompile(`(?i)` + issueRef)
	otherIssue   = regexp.MustCompile(`(?:^|[^\w/&#.:-])([\w.-]+(?:/[\w.-]+)+#\d{1,9})\b`)
	notSaid      = regexp.MustCompile("(?s)<!--.*?-->|```.*?```|`[^`\n]*`") // comments of templates, and code
)

// Closes lists the issues that a change request says to close, in its title or its description,
// and then those of other repositories that its title names: as REPOSITORY#NUMBER in small
// letters, or as the key of a tracker. Nothing else of a description is kept.
func Closes(repository, title, description string) (out []string) {
	add := func(issue string) {
		if !slices.Contains(out, issue) {
			out = append(out, issue)
		}
	}
	for _, text := range []string{title, notSaid.ReplaceAllString(description, " ")} {
		for _, said := range closingWords.FindAllStringSubmatch(text, -1) {
			for _, ref := range closedIssue.FindAllString(said[1], -1) {
				add(issueOf(repository, ref))
			}
		}
	}
	for _, m := range otherIssue.FindAllStringSubmatch(title, -1) {
		add(strings.ToLower(m[1]))
	}
	return out
}

// issueOf writes a reference of a repository in one way.
func issueOf(repository, ref string) string {
	if i := strings.LastIndex(ref, "/browse/"); i >= 0 {
		return ref[i+len("/browse/"):]
	}
	lower := strings.ToLower(ref)
	if _, path, ok := strings.Cut(lower, "://"); ok {
		_, path, _ = strings.Cut(path, "/")
		i := strings.LastIndex(path, "issues/")
		return strings.TrimSuffix(strings.TrimSuffix(path[:i], "/"), "/-") + "#" + path[i+len("issues/"):]
	}
	if number, ok := strings.CutPrefix(lower, "gh-"); ok {
		return strings.ToLower(repository) + "#" + number
	}
	if before, number, ok := strings.Cut(lower, "#"); ok {
		if before == "" {
			before = strings.ToLower(repository)
		}
		return before + "#" + number
	}
	return ref
}
