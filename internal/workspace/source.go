package workspace

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

var (
	scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	// user@host:path or host:path; a single letter is a Windows drive.
	scpLike = regexp.MustCompile(`^([^/\\@:\s]+@)?[^/\\@:\s]{2,}:[^:]`)
)

func hasScheme(s string) bool { return scheme.MatchString(s) }

// Remote tells whether the source is an address and not a path.
func (s Source) Remote() bool { return hasScheme(s.Git) || scpLike.MatchString(s.Git) }

// Label returns the declared name, else the last part of the path or address
// without ".git". It is "" for a path that ends in "." or "..": only the folder
// itself can tell its name.
func (s Source) Label() string {
	if s.Name != "" {
		return s.Name
	}
	last := strings.TrimRight(strings.ReplaceAll(s.Git, `\`, "/"), "/")
	last = strings.TrimSuffix(path.Base(last[strings.LastIndex(last, ":")+1:]), ".git")
	if last == "." || last == ".." || last == "/" {
		return ""
	}
	return last
}

// checkGit tells what is wrong with a git location, and what would be right.
// Git runs commands for some forms (ext::, a leading dash), and a credential
// does not belong in a file that is versioned: both are refused.
func checkGit(s string) (what, advice string) {
	const right = `write a path relative to this file, https://host/path or git@host:path`
	switch {
	case s == "":
		return "git is empty", right
	case strings.HasPrefix(s, "-"), strings.Contains(s, "::"):
		return "git location is not a path or an address", right
	case strings.HasPrefix(s, "~"):
		return "~ is not expanded here", "write a path relative to this file, or a full path"
	case hide(s) != s:
		return "the address holds a credential", "remove it from this file, and leave it to git's credential helper"
	case hasScheme(s):
		return checkAddress(s)
	case scpLike.MatchString(s):
		if _, host, _ := strings.Cut(s, "@"); strings.HasPrefix(host, "-") {
			return "git location is not a path or an address", right
		}
	}
	return "", ""
}

func checkAddress(s string) (what, advice string) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || strings.HasPrefix(u.Hostname(), "-") || strings.HasPrefix(u.User.Username(), "-") {
		return "not a valid address", "write https://host/path or ssh://git@host/path"
	}
	if u.Scheme != "https" && u.Scheme != "ssh" {
		return "an address must be https:// or ssh://", "write https://host/path or ssh://git@host/path"
	}
	return "", ""
}
