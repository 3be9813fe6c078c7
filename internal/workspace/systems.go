package workspace

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// System is a forge, a tracker, a pipeline or an incident system that is asked for facts of
// delivery, or a set of files that hold them.
type System struct {
	System    string            // one of SystemNames
	Name      string            // tells two of one kind apart; "" when not declared
	Address   string            // "" for the vendor's own
	Projects  []string          // repositories, projects or services; empty: all that the token sees
	User      string            // where the system wants one beside the token
	TokenEnv  string            // variable of the environment that holds the token
	TokenFile string            // file that holds it, as written
	HookEnv   string            // variable that holds the secret of the webhook by which it says that something changed
	HookFile  string            // file that holds that, as written
	Files     map[string]string // of csv, cdevents and webhook: kind to path, as written
	Clones    map[string]string // a repository as the system names it: the name of its clone
	Deploys   map[string]string // of pipelines: the name of a job or stage that deploys: its environment
	Points    string            // of jira: the name of the field with estimates; "" for Jira's own names
	Doing     []string          // of forges: labels of issues, and columns of boards, that say that work goes on
	Alerts    string            // of opsgenie: a search; alerts that it finds are read in the place of incidents
	Line      int
}

// SystemNames are the kinds of systems that can be read.
var SystemNames = []string{"github", "gitlab", "gitea", "forgejo", "jira", "jenkins", "pagerduty", "opsgenie", "cdevents", "webhook", "csv"}

// fileKinds are what csv files can hold.
var fileKinds = []string{"change_requests", "change_request_events", "change_request_commits", "issues", "transitions", "sprints", "sprint_issues", "builds", "deployments", "incidents"}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// systems reads what is asked for facts. Tokens are never written here, only where they are.
func (r *reader) systems(n *node, dst *[]System) {
	each(r, n, dst, func(n *node, s *System) {
		s.Line = n.line
		r.object(n,
			field{key: "system", read: r.choice(&s.System, SystemNames), need: true},
			field{key: "name", read: r.text(&s.Name)},
			field{key: "address", read: func(n *node) { s.Address = r.httpAddress(n) }},
			field{key: "projects", read: func(n *node) { r.named(n, "project", &s.Projects) }},
			field{key: "user", read: r.text(&s.User)},
			field{key: "token_env", read: func(n *node) { s.TokenEnv = r.variable(n) }},
			field{key: "token_file", read: r.text(&s.TokenFile)},
			field{key: "hook_env", read: func(n *node) { s.HookEnv = r.variable(n) }},
			field{key: "hook_file", read: r.text(&s.HookFile)},
			field{key: "files", read: func(n *node) { r.words(n, &s.Files) }},
			field{key: "clones", read: func(n *node) { r.words(n, &s.Clones) }},
			field{key: "points", read: r.text(&s.Points)},
			field{key: "doing", read: func(n *node) { r.named(n, "label", &s.Doing) }},
			field{key: "alerts", read: r.text(&s.Alerts)},
			field{key: "deploys", read: func(n *node) { r.words(n, &s.Deploys) }})
		if s.TokenEnv != "" && s.TokenFile != "" {
			r.fail(n, "both token_env and token_file", "keep one")
		}
		r.hookOf(n, s)
		r.filesOf(n, s)
		if len(s.Doing) > 0 && !slices.Contains([]string{"github", "gitlab", "gitea", "forgejo"}, s.System) {
			r.fail(n.child("doing"), s.System+" says itself which states mean work", "remove doing")
		}
		if slices.Contains([]string{"gitea", "forgejo", "jira", "jenkins"}, s.System) && s.Address == "" && n.child("address") == n {
			r.fail(n, s.System+" without an address", "write address: https://host; each company has its own")
		}
	})
	r.distinct(n, "system", func(i int) string {
		s := (*dst)[i]
		if readsFiles(s.System) {
			return s.System + " " + s.Name
		}
		return s.System + " " + s.Address + " " + strings.Join(s.Projects, " ")
	})
}

// Knocking are the systems that can say that something changed in them.
var Knocking = []string{"github", "gitlab", "gitea", "forgejo", "jira"}

// hookOf checks the secret of a webhook.
func (r *reader) hookOf(n *node, s *System) {
	switch {
	case s.HookEnv == "" && s.HookFile == "":
	case s.HookEnv != "" && s.HookFile != "":
		r.fail(n, "both hook_env and hook_file", "keep one")
	case !slices.Contains(Knocking, s.System):
		r.fail(n, s.System+" does not say here when something changes", "remove hook_env and hook_file; cdevents and webhook take their secret by token_env or token_file")
	}
}

// readsFiles tells systems that are read from files from those that are asked.
func readsFiles(system string) bool {
	return system == "csv" || system == "cdevents" || system == "webhook"
}

// filesOf checks that files are named where they are read, and there alone.
func (r *reader) filesOf(n *node, s *System) {
	reads := readsFiles(s.System)
	switch {
	case s.System == "":
	case s.System == "webhook" && (len(s.Files) != 1 || s.Files["items"] == ""):
		r.fail(n, "a webhook without the file that keeps what comes", "write files: {items: events/items.jsonl}")
	case s.System == "webhook" && s.TokenEnv == "" && s.TokenFile == "":
		r.fail(n, "a webhook without a secret", "write token_env: VARIABLE or token_file: PATH")
	case reads && len(s.Files) == 0:
		r.fail(n, s.System+" without files", "write files: {deployments: exports/deployments.csv}")
	case !reads && len(s.Files) > 0:
		r.fail(n.child("files"), s.System+" is read by its API, not from files", "remove files, or write system: csv")
	}
	if s.System != "csv" {
		return
	}
	for kind := range s.Files {
		if !slices.Contains(fileKinds, kind) {
			r.fail(n.child("files"), fmt.Sprintf("unknown kind of file %q", clip(kind)), didYouMean(kind, fileKinds)+"valid here: "+strings.Join(fileKinds, ", "))
		}
	}
}

// words reads a mapping of texts.
func (r *reader) words(n *node, dst *map[string]string) {
	if n.kind != mapping {
		r.wrong(n, "a mapping", "write key: value")
		return
	}
	*dst = map[string]string{}
	for _, e := range n.entries {
		if _, ok := (*dst)[e.key.text]; ok {
			r.fail(e.key, fmt.Sprintf("key %q is here twice", clip(e.key.text)), "keep one")
		}
		if v, ok := r.asText(e.value); ok {
			(*dst)[e.key.text] = v
		}
	}
}

// httpAddress reads the address of a system.
func (r *reader) httpAddress(n *node) string {
	s, ok := r.asText(n)
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case hide(s) != s || err == nil && u.User != nil:
		r.fail(n, "the address holds a credential", "remove it from this file; write token_env: VARIABLE or token_file: PATH")
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "":
		r.fail(n, "not the address of a system", "write https://host or https://host/path")
	default:
		return strings.TrimRight(s, "/")
	}
	return ""
}

func (r *reader) variable(n *node) string {
	s, ok := r.asText(n)
	if ok && !variableName.MatchString(s) {
		r.fail(n, "not the name of a variable", "write the name of the variable that holds the token, such as GITHUB_TOKEN; the token itself does not belong here")
		return ""
	}
	return s
}

// Files of a system by kind, as paths.
func (d *Document) FilesOf(s System) map[string]string {
	out := map[string]string{}
	for kind, path := range s.Files {
		out[kind] = d.beside(path)
	}
	return out
}

// TokenFileOf is the path of the file that holds the token; "" when none is named.
func (d *Document) TokenFileOf(s System) string {
	if s.TokenFile == "" {
		return ""
	}
	return d.beside(s.TokenFile)
}

// HookFileOf is the path of the file that holds the secret of the webhook; "" when none is named.
func (d *Document) HookFileOf(s System) string {
	if s.HookFile == "" {
		return ""
	}
	return d.beside(s.HookFile)
}

// beside resolves a path against the folder of the document.
func (d *Document) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(d.Path), path)
}
