package demo

import "strings"

// style is how changes reach the main line of a repository.
type style int

const (
	mergeCommits style = iota // change requests are merged with a merge commit
	rebased                   // one commit, pushed by its author
	squashed                  // one commit, written by the forge
)

// repoKind is what sets a repository apart from the others.
type repoKind struct {
	name, team, group string
	tracker           tracker
	style             style
	lang              *language
	frontMatter       bool // decision records start with front matter
	conventional      bool // subjects read "feat(area): ..."
	areas             []string
	nouns             []string
	bumped            []string // dependencies
	manifest          string
}

func repoKinds() []repoKind {
	return []repoKind{
		{
			name: "payments", team: "checkout", group: "product", tracker: tracker{"PAY", 18}, style: mergeCommits, lang: goLanguage(), frontMatter: true,
			areas:    strings.Fields("capture refund dispute gateway webhook settlement"),
			nouns:    strings.Fields("charge refund dispute payout merchant card mandate receipt fee batch token session provider attempt invoice limit reason schedule currency balance"),
			bumped:   strings.Fields("github.com/jackc/pgx/v5 golang.org/x/crypto google.golang.org/grpc github.com/prometheus/client_golang golang.org/x/net go.opentelemetry.io/otel"),
			manifest: "go.mod",
		},
		{
			name: "storefront", team: "storefront", group: "product", tracker: tracker{"SHOP", 15}, style: mergeCommits, lang: tsLanguage(), conventional: true,
			areas:    strings.Fields("cart catalog search account checkout delivery"),
			nouns:    strings.Fields("cart coupon price address product variant basket wishlist review banner filter carousel shipment pickup slot voucher badge profile locale menu"),
			bumped:   strings.Fields("typescript vite react-router eslint vitest @types/node zod prettier"),
			manifest: "package.json",
		},
		{
			name: "ledger", team: "ledger", group: "platform", tracker: tracker{"LED", 12}, style: rebased, lang: goLanguage(),
			areas:    strings.Fields("posting account journal balance period audit"),
			nouns:    strings.Fields("posting entry account journal balance period snapshot batch reversal statement currency rounding tenant chart hold transfer fee lock cursor checksum"),
			bumped:   strings.Fields("github.com/jackc/pgx/v5 golang.org/x/sync github.com/google/uuid google.golang.org/protobuf golang.org/x/text"),
			manifest: "go.mod",
		},
		{
			name: "insights", team: "data", group: "platform", style: squashed, lang: pythonLanguage(), frontMatter: true,
			areas:    strings.Fields("cohorts revenue funnel exports forecast quality"),
			nouns:    strings.Fields("cohort funnel segment export report dataset window metric forecast anomaly schema column partition job refresh alert threshold sample baseline dashboard"),
			bumped:   strings.Fields("pandas pyarrow sqlalchemy pydantic requests pytest ruff duckdb"),
			manifest: "requirements.txt",
		},
	}
}

// path is where a source file, or the test of one, lies.
func (k *repoKind) path(area, base string, test bool) string {
	switch {
	case k.lang.ext == "go" && test:
		return "internal/" + area + "/" + base + "_test.go"
	case k.lang.ext == "go":
		return "internal/" + area + "/" + base + ".go"
	case k.lang.ext == "ts" && test:
		return "src/" + area + "/" + base + ".test.ts"
	case k.lang.ext == "ts":
		return "src/" + area + "/" + base + ".ts"
	case test:
		return "tests/" + area + "/test_" + base + ".py"
	}
	return "insights/" + area + "/" + base + ".py"
}
