package cdevents

import (
	"cmp"
	"net/url"
	"strings"
)

// revision is the commit that something was made of.
type revision struct{ repository, sha string }

// revision of an event: what it says itself, or what is known of its artifact.
func (f *folder) revision(e Event) revision {
	r := e.revision(e.content.ArtifactID)
	if known := f.artifacts[e.content.ArtifactID]; r.sha == "" && e.content.ArtifactID != "" {
		r = revision{cmp.Or(r.repository, known.repository), known.sha}
	}
	return r
}

// revision of an event with an artifact: its custom data, or the artifact's package URL.
func (e Event) revision(artifact string) revision {
	r := ofPackage(artifact)
	if isSHA(e.custom.Commit) {
		r = revision{cmp.Or(e.custom.Repository, r.repository), e.custom.Commit}
	} else if e.custom.Repository != "" {
		r.repository = e.custom.Repository
	}
	if e.content.Repository != nil {
		r.repository = cmp.Or(r.repository, e.content.Repository.ID)
	}
	return r
}

// ofPackage reads a commit from a package URL: from its version, or from where its qualifier vcs_url
// says that its source is.
func ofPackage(purl string) (r revision) {
	rest, ok := strings.CutPrefix(purl, "pkg:")
	if !ok {
		return r
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, qualifiers, _ := strings.Cut(rest, "?")
	if q, err := url.ParseQuery(strings.ReplaceAll(qualifiers, "+", "%2B")); err == nil {
		address := strings.TrimPrefix(q.Get("vcs_url"), "git+")
		if i := strings.LastIndex(address, "@"); i > 0 && isSHA(address[i+1:]) {
			return revision{repositoryOf(address[:i]), address[i+1:]}
		}
	}
	i := strings.LastIndex(rest, "@")
	if i < 0 || !isSHA(rest[i+1:]) {
		return r
	}
	r.sha = rest[i+1:]
	kind, name, _ := strings.Cut(rest[:i], "/")
	if kind == "github" || kind == "bitbucket" || kind == "gitlab" || kind == "git" {
		r.repository = name
	}
	return r
}

// repositoryOf is the name that a forge gives a repository, by its address.
func repositoryOf(address string) string {
	name := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		name = u.Path
	} else if host, after, found := strings.Cut(address, ":"); found && !strings.Contains(host, "/") {
		name = after
	} else if host, after, found := strings.Cut(address, "/"); found && strings.Contains(host, ".") {
		name = after
	}
	return strings.TrimSuffix(strings.Trim(name, "/"), ".git")
}

// isSHA tells whether a text names a commit.
func isSHA(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
