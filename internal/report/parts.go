package report

import (
	"html/template"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// What templates of other pages set, beside the parts of this package: the pages of a
// server are made of the same pieces as the report, and look the same.
type (
	VerdictPart   = verdictView
	LensPart      = lensView
	FindingPart   = findingView
	StructurePart = structureView
	FactPart      = factView
	ChartPart     = chartView
	TablePart     = tableView
	ChangePart    = changeView
	MissingPart   = missingList
	HistoryPart   = historyView
	CostPart      = costView
	CitationPart  = citationView
	AgreementPart = agreementPage
	OrgChartPart  = orgChartView
	PlacesPart    = placesView
	Drawing       = drawing
)

// Links say where a page leads from a number and from a finding; nil leads nowhere.
type Links struct {
	Metric  func(name string) string // address of a metric
	Explain func(id string) string   // address of what a finding rests on
}

func (l Links) metric(name string) string {
	if l.Metric == nil || name == "" {
		return ""
	}
	return l.Metric(name)
}

func (l Links) explain(id string) string {
	if l.Explain == nil || id == "" {
		return ""
	}
	return l.Explain(id)
}

// Parts lays pieces of cockpit values out for the templates of PartTemplates.
type Parts struct{ b *builder }

// NewParts begins a page that may show these charts and cites these facts. drawn says
// whether a script draws charts there; without it their tables stand in for them.
func NewParts(charts []cockpit.Chart, cited []cockpit.Citation, drawn bool, links Links) *Parts {
	return &Parts{&builder{drawn: drawn, cited: anchors(cited), charts: byID(charts), shown: map[string]bool{}, links: links}}
}

// Citations are facts in full, where citations lead to.
func (p *Parts) Citations(all []cockpit.Citation) []CitationPart { return viewCitations(all) }

// Verdict is the top of a page.
func (p *Parts) Verdict(v cockpit.Verdict) VerdictPart { return viewVerdict(v) }

// Lenses are the three ways of looking.
func (p *Parts) Lenses(all []cockpit.Lens) []LensPart { return p.b.lenses(all) }

// Findings are laid out with their charts; a chart is shown once on a page.
func (p *Parts) Findings(all []cockpit.Finding) []FindingPart { return p.b.findings(all) }

// Structure is what the structure of the organisation needs; nil when it is not described.
func (p *Parts) Structure(all []cockpit.Finding) *StructurePart { return p.b.structure(all) }

// Facts are labelled numbers and phrases.
func (p *Parts) Facts(all []cockpit.Fact) []FactPart { return p.b.facts(all) }

// Changes are what would flip the call.
func (p *Parts) Changes(all []cockpit.Change) []ChangePart { return viewChanges(all) }

// Missing is what was not there.
func (p *Parts) Missing(all []cockpit.Missing, call string) MissingPart {
	return viewMissingList(all, call)
}

// History is how the call moved.
func (p *Parts) History(h cockpit.History) HistoryPart { return p.b.history(h) }

// OrgChart is who leads people and how many, beside what a page says of the structure by
// itself; named is the address of the list that names them. nil when nothing is known of it.
func (p *Parts) OrgChart(o *cockpit.OrgChart, named string) *OrgChartPart {
	v := viewOrgChart(o)
	if v != nil {
		v.Summary, v.Facts, v.Named = "", nil, named
	}
	return v
}

// Costs are those of waiting and of splitting.
func (p *Parts) Costs(all []cockpit.Cost) []CostPart { return p.b.costs(all) }

// Chart places one chart.
func (p *Parts) Chart(c cockpit.Chart) ChartPart { return *p.b.chart(c, chartTable(c), nil) }

// Rest are the charts that no finding on the page has shown.
func (p *Parts) Rest(all []cockpit.Chart) []ChartPart { return p.b.otherCharts(all) }

// Drawings are what the charts' script draws of what was placed so far.
func (p *Parts) Drawings() []Drawing { return p.b.drawings }

// AgreementOf lays an agreement out.
func AgreementOf(a cockpit.Agreement) AgreementPart { return viewAgreement(a, assets{}) }

// PartTemplates are the templates of the pieces, for a page to add its own to.
func PartTemplates() (*template.Template, error) {
	return template.ParseFS(templateFiles, "templates/*.tmpl")
}

// Stylesheet is the style of the pieces. A page whose root has the class light or dark
// is so, whatever its reader's system prefers.
func Stylesheet() string {
	style := verbatim(stylesheet)
	const begin = "@media screen and (prefers-color-scheme: dark) {\n  :root:not(.light) {\n"
	_, dark, _ := strings.Cut(style, begin)
	dark, _, _ = strings.Cut(dark, "  }\n")
	return style + "\n@media screen {\n  :root.light { color-scheme: light; }\n  :root.dark { color-scheme: dark;\n" + dark + "  }\n}\n"
}

// ChartScript draws charts from the JSON of the element with the id "drawings"; "" when
// it is not built.
func ChartScript() string { return builtAssets().script }

// Clean makes foreign text fit for a line: no control characters, nothing that reorders it.
func Clean(s string) string { return clean(s) }

// CleanBlock is Clean for text whose lines matter, such as commands.
func CleanBlock(s string) string { return strings.Join(cleanBlock(s), "\n") }

// Number writes a value with few digits; what is no number is unknown.
func Number(v *float64) string { return number(v) }

// Day writes YYYY-MM-DD as "31 October 2026", and anything else as it is.
func Day(s string) string { return day(s) }

// EscapeMarkdown sets foreign text in one line of Markdown such that it means itself.
func EscapeMarkdown(s string) string { return escape(s) }
