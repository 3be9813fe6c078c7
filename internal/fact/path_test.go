package fact

import "testing"

func TestCategoryOf(t *testing.T) {
	for path, want := range map[string]Category{
		"main.go": Code, "src/App.TSX": Code, "a/b.rs": Code,
		"main_test.go": Test, "spec/models/user_spec.rb": Test, "t/t0001-init.sh": Test, "test_views.py": Test, "testdata/x.go": Test,
		"README.md": Docs, "docs/a.adoc": Docs,
		"config/app.yml": Config, "Makefile": Config, "Dockerfile": Config,
		"vendor/x/y.go": Generated, "web/package-lock.json": Generated, "go.sum": Generated, "app.min.js": Generated, "Gemfile.lock": Generated,
		"logo.png": Other, "contest/prize": Other, "": Other,
	} {
		if got := CategoryOf(path); got != want {
			t.Errorf("%q is %s, want %s", path, got, want)
		}
	}
}

func TestDocumentKindOf(t *testing.T) {
	for path, want := range map[string]DocumentKind{
		"docs/adr/0001-use-go.md": DecisionRecord, "decisions/2024/x.txt": DecisionRecord, "docs/ADR-12 queue.md": DecisionRecord,
		"runbooks/db.md": Runbook, "docs/troubleshooting/a/b.rst": Runbook,
		"api/openapi.yaml": APISpec, "v1.swagger.json": APISpec, "schema.graphql": APISpec, "a/b.raml": APISpec,
		"CODEOWNERS": Owners, ".github/CODEOWNERS": Owners, "docs/CODEOWNERS": Owners,
		"CONTRIBUTING": Contributing, "docs/Contributing.md": Contributing,
		".github/pull_request_template.md": ReviewStandard, "docs/code-review.md": ReviewStandard,
		"docs/release-checklist.md": Checklist, "RELEASING.md": Checklist, "deploy.md": Checklist,
		"tech-radar/2024.md": Framework, "docs/integration-patterns/queue.md": Pattern,
		"README.md": "", "docs/adr/README.md": "", "docs/adr/template.md": "", "vendor/x/CONTRIBUTING.md": "",
		"src/decisions/tree.go": "", "adr/logo.png": "", "src/CODEOWNERS": "", "main.go": "", "": "",
	} {
		if got, ok := DocumentKindOf(path); got != want || ok != (want != "") {
			t.Errorf("%q is %q (%v), want %q", path, got, ok, want)
		}
	}
}
