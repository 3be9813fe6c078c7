package report

import (
	"bytes"
	"html/template"
	"reflect"
	"testing"

	"github.com/diarchy/diarchy/internal/htmltest"
)

// templateTypes says what each template is executed with. A template that is
// not listed fails the test.
var templateTypes = map[string]reflect.Type{
	"page.tmpl":         reflect.TypeFor[page](),
	"verdict.tmpl":      reflect.TypeFor[verdictView](),
	"contents.tmpl":     reflect.TypeFor[page](),
	"lenses.tmpl":       reflect.TypeFor[page](),
	"evidence.tmpl":     reflect.TypeFor[page](),
	"finding.tmpl":      reflect.TypeFor[findingView](),
	"facts.tmpl":        reflect.TypeFor[[]factView](),
	"cites.tmpl":        reflect.TypeFor[[]citeView](),
	"structure.tmpl":    reflect.TypeFor[page](),
	"delivery.tmpl":     reflect.TypeFor[page](),
	"chart.tmpl":        reflect.TypeFor[chartView](),
	"table.tmpl":        reflect.TypeFor[tableView](),
	"changes.tmpl":      reflect.TypeFor[[]changeView](),
	"missing.tmpl":      reflect.TypeFor[missingList](),
	"history.tmpl":      reflect.TypeFor[historyView](),
	"costs.tmpl":        reflect.TypeFor[[]costView](),
	"sources.tmpl":      reflect.TypeFor[page](),
	"method.tmpl":       reflect.TypeFor[page](),
	"definitions.tmpl":  reflect.TypeFor[[]definitionView](),
	"agreement.tmpl":    reflect.TypeFor[agreementPage](),
	"forecast.tmpl":     reflect.TypeFor[forecastPage](),
	"agreed.tmpl":       reflect.TypeFor[tableView](),
	"health.tmpl":       reflect.TypeFor[page](),
	"organisation.tmpl": reflect.TypeFor[page](),
	"orgchart.tmpl":     reflect.TypeFor[orgChartView](),
	"between.tmpl":      reflect.TypeFor[bordersPage](),
	"borders.tmpl":      reflect.TypeFor[bordersView](),
	"places.tmpl":       reflect.TypeFor[placesView](),
	"place.tmpl":        reflect.TypeFor[placeView](),
}

func TestTemplatesFitTheirTypes(t *testing.T) {
	for _, tmpl := range templates.Templates() {
		if tmpl.Tree == nil {
			continue
		}
		typ, ok := templateTypes[tmpl.Name()]
		if !ok {
			t.Errorf("%s: no type is named for it", tmpl.Name())
			continue
		}
		for _, problem := range htmltest.Check(templates, tmpl.Name(), typ) {
			t.Error(problem)
		}
	}
}

func TestTemplatesExecute(t *testing.T) {
	for name, typ := range templateTypes {
		fresh, err := template.ParseFS(templateFiles, "templates/*.tmpl")
		if err != nil {
			t.Fatal(err)
		}
		if err := fresh.ExecuteTemplate(&bytes.Buffer{}, name, reflect.Zero(typ).Interface()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCheckerFindsMistakes(t *testing.T) {
	for _, source := range []string{
		`{{.Compny}}`, `{{range .Lenses}}{{.Nam}}{{end}}`, `{{with .Verdict}}{{.Calls}}{{end}}`,
		`{{range .Company}}{{end}}`, `{{template "facts.tmpl" .Verdict}}`, `{{range $i, $l := .Lenses}}{{$l.X}}{{end}}`, `{{if .Nope}}{{end}}`,
	} {
		set := template.Must(template.Must(template.ParseFS(templateFiles, "templates/*.tmpl")).New("x").Parse(source))
		if len(htmltest.Check(set, "x", reflect.TypeFor[page]())) == 0 {
			t.Errorf("%s passes", source)
		}
	}
}
