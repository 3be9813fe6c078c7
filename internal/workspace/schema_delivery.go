package workspace

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

func (r *reader) applications(n *node, dst *[]Application) {
	each(r, n, dst, func(n *node, a *Application) {
		a.Line = n.line
		r.object(n,
			field{key: "name", read: r.text(&a.Name), need: true},
			field{key: "repository", read: r.text(&a.Repository), need: true},
			field{key: "paths", read: func(n *node) { r.paths(n, &a.Paths) }},
			field{key: "services", read: func(n *node) { r.named(n, "service", &a.Services) }},
			field{key: "environments", read: func(n *node) { r.named(n, "environment", &a.Environments) }})
	})
	r.distinct(n, "application", func(i int) string { return strings.ToLower((*dst)[i].Name) })
	r.wholeRepositories(n, *dst)
}

// teamApplications refuses applications of teams that are not declared.
func (r *reader) teamApplications(n *node, d *Document) {
	var known []string
	for _, a := range d.Applications {
		known = append(known, a.Name)
	}
	hint := "declare it under applications:"
	if len(known) > 0 {
		hint += ", or use one of " + strings.Join(known, ", ")
	}
	for i, t := range d.Teams {
		for k, name := range t.Applications {
			if !slices.Contains(known, name) {
				r.fail(n.items[i].child("applications").items[k], fmt.Sprintf("team %s names what is no application: %s", clip(t.Name), clip(name)), hint)
			}
		}
	}
}

// wholeRepositories refuses a second application of a repository of which the first is all:
// nobody could tell what belongs to which.
func (r *reader) wholeRepositories(n *node, all []Application) {
	for i, a := range all {
		for _, b := range all[:i] {
			if a.Repository == b.Repository && a.Repository != "" && (len(a.Paths) == 0 || len(b.Paths) == 0) && !n.items[i].wrong {
				r.fail(n.items[i], fmt.Sprintf("repository %s holds two applications, and one of them has no paths", clip(a.Repository)), fmt.Sprintf("give each its paths; the other is on line %d", b.Line))
				break
			}
		}
	}
}

// paths are folders or files of a repository.
func (r *reader) paths(n *node, dst *[]string) {
	each(r, n, dst, func(n *node, s *string) {
		text, ok := r.asText(n)
		clean := strings.TrimSuffix(text, "/")
		if ok && (clean == "" || path.IsAbs(clean) || path.Clean(clean) != clean || strings.HasPrefix(clean, "..") || strings.ContainsAny(clean, "*?[\\")) {
			r.fail(n, fmt.Sprintf("%q is not a path of the repository", clip(text)), "write a folder or a file as git shows it, such as services/checkout, without wildcards")
		}
		*s = clean
	})
	r.distinct(n, "path", func(i int) string { return (*dst)[i] })
}

func (r *reader) incidents(n *node, dst *[]IncidentCause) {
	each(r, n, dst, func(n *node, c *IncidentCause) {
		c.Line = n.line
		r.object(n,
			field{key: "id", read: r.text(&c.Incident), need: true},
			field{key: "deployment", read: r.text(&c.Deployment), need: true},
			field{key: "reason", read: r.text(&c.Reason), need: true})
		if c.Deployment == "none" {
			c.Deployment = ""
		}
	})
	r.distinct(n, "incident", func(i int) string { return (*dst)[i].Incident })
}
