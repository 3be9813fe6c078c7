package fact

import (
	"path"
	"regexp"
	"strings"
)

// Category is what a file is for, judged by its path alone.
type Category string

// Categories of files. Only Code and Test count as source code.
const (
	Code      Category = "code"
	Test      Category = "test"
	Docs      Category = "docs"
	Config    Category = "config"
	Generated Category = "generated" // lock files, minified and vendored code: nobody wrote it here
	Other     Category = "other"
)

var (
	generatedPath = regexp.MustCompile(`(?i)(^|/)(vendor|node_modules|third_party|third-party|bower_components|dist|\.yarn)/|` +
		`(\.min\.(js|css)|\.pb\.go|_pb2\.py|\.lock|-lock\.(json|yaml)|\.snap|\.map|go\.sum)$|(^|/)(package-lock\.json|yarn\.lock|gemfile\.lock)$`)
	testPath = regexp.MustCompile(`(?i)(^|/)(tests?|specs?|__tests__|testdata|fixtures|features)/|` +
		`(_test|_spec|\.test|\.spec)\.[a-z]+$|(^|/)test_[^/]+$|(^|/)t/[^/]+\.(sh|t)$`)
)

// codeExtensions are languages in which people write programs.
var codeExtensions = set("go ts tsx js jsx mjs cjs py rb java kt kts scala c h cc cpp cxx hpp hh cs fs vb php swift m mm rs " +
	"ex exs erl hrl hs ml mli clj cljs dart lua pl pm t r jl sh bash zsh ps1 sql vue svelte css scss sass less html erb haml slim " +
	"jinja tmpl elm nim zig v asm s groovy gradle tf proto graphql el lisp scm tcl awk f90 pas ada cob cbl coffee ejs hbs")

var configExtensions = set("json yaml yml toml ini cfg conf xml properties env plist")

var docExtensions = set("md markdown rst adoc txt textile org tex pod")

// CategoryOf judges a path. It never looks at content.
func CategoryOf(p string) Category {
	if generatedPath.MatchString(p) {
		return Generated
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(p), "."))
	switch {
	case docExtensions[ext]:
		return Docs
	case configExtensions[ext]:
		return Config
	case codeExtensions[ext]:
		if testPath.MatchString(p) {
			return Test
		}
		return Code
	}
	switch strings.ToLower(path.Base(p)) {
	case "makefile", "dockerfile", "rakefile", "gemfile", "jenkinsfile", "procfile", "justfile":
		return Config
	}
	return Other
}

// DocumentKind is a kind of document that a leader answers for.
type DocumentKind string

// The kinds of documents of playbook facts D1 (reviewed monthly by the VPE) and D2
// (reviewed quarterly by the CTO), and two that say who owns and who may contribute.
const (
	DecisionRecord DocumentKind = "decision_record"   // D2
	Framework      DocumentKind = "evaluation"        // D2
	Pattern        DocumentKind = "pattern"           // D2
	Runbook        DocumentKind = "runbook"           // D1
	APISpec        DocumentKind = "api_specification" // D1
	ReviewStandard DocumentKind = "review_standard"   // D1
	Checklist      DocumentKind = "checklist"         // D1
	Owners         DocumentKind = "codeowners"
	Contributing   DocumentKind = "contributing"
)

var documentPaths = []struct {
	kind DocumentKind
	re   *regexp.Regexp
}{
	{Owners, regexp.MustCompile(`(?i)^(\.github/|\.gitlab/|docs/)?CODEOWNERS$`)},
	{Contributing, regexp.MustCompile(`(?i)(^|/)CONTRIBUTING(\.(md|rst|txt|adoc))?$`)},
	{DecisionRecord, regexp.MustCompile(`(?i)(^|/)(adrs?|decisions|decision-records|architecture-decisions|decision-log)/([^/]+/)?[^/]*\.(md|markdown|rst|adoc|txt)$`)},
	{DecisionRecord, regexp.MustCompile(`(?i)(^|/)adr[-_]?\d+[^/]*\.(md|markdown|rst|adoc)$`)},
	{Runbook, regexp.MustCompile(`(?i)(^|/)(runbooks?|playbooks?|troubleshooting|operations|incident-response)(/.*)?[^/]*\.(md|markdown|rst|adoc)$`)},
	{APISpec, regexp.MustCompile(`(?i)(^|/)((openapi|swagger|asyncapi)[^/]*\.(ya?ml|json)|[^/]*\.(openapi|swagger)\.(ya?ml|json)|[^/]+\.raml|schema\.graphql)$`)},
	{ReviewStandard, regexp.MustCompile(`(?i)(^|/)[^/]*(code[-_]?review|review[-_](standards?|guide(lines)?|checklist)|pull_request_template|merge_request_templates)[^/]*(/[^/]*)?\.(md|markdown|rst|adoc)$`)},
	{Checklist, regexp.MustCompile(`(?i)(^|/)([^/]*checklists?(/.*)?[^/]*|(deploy(ment|ing)?|releas(e|ing))([-_](process|guide|steps))?)\.(md|markdown|rst|adoc)$`)},
	{Framework, regexp.MustCompile(`(?i)(^|/)(evaluations?|tech(nology)?-radar)(/.*)?[^/]*\.(md|markdown|rst|adoc)$`)},
	{Pattern, regexp.MustCompile(`(?i)(^|/)((integration|architecture|design)[-_]patterns?)(/.*)?[^/]*\.(md|markdown|rst|adoc)$`)},
}

var notADocument = regexp.MustCompile(`(?i)(^|/)(node_modules|vendor|third_party|testdata|fixtures)/|(^|/)(readme|index|template|0000-template|adr-template)[^/]*$`)

// documentExtensions are those of documentPaths: most paths are none, and go quickly.
var documentExtensions = map[string]bool{"": true, ".md": true, ".markdown": true, ".rst": true, ".adoc": true, ".txt": true,
	".yaml": true, ".yml": true, ".json": true, ".raml": true, ".graphql": true}

// DocumentKindOf says which kind of leadership document a path holds, if any.
func DocumentKindOf(p string) (DocumentKind, bool) {
	if !documentExtensions[strings.ToLower(path.Ext(p))] || notADocument.MatchString(p) {
		return "", false
	}
	for _, d := range documentPaths {
		if d.re.MatchString(p) {
			return d.kind, true
		}
	}
	return "", false
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
