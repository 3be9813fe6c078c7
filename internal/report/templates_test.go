package report

import (
	"bytes"
	"fmt"
	"html/template"
	"reflect"
	"testing"
	"text/template/parse"
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
		c := &checker{name: tmpl.Name(), root: typ, vars: map[string]reflect.Type{"$": typ}}
		c.node(tmpl.Tree.Root, typ)
		for _, problem := range c.problems {
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
		tree := template.Must(template.New("x").Parse(source)).Tree
		typ := reflect.TypeFor[page]()
		c := &checker{name: "x", root: typ, vars: map[string]reflect.Type{"$": typ}}
		c.node(tree.Root, typ)
		if len(c.problems) == 0 {
			t.Errorf("%s passes", source)
		}
	}
}

// checker follows every field of a template through the types, on all branches.
type checker struct {
	name     string
	root     reflect.Type
	vars     map[string]reflect.Type
	problems []string
}

func (c *checker) fail(format string, args ...any) {
	c.problems = append(c.problems, c.name+": "+fmt.Sprintf(format, args...))
}

func (c *checker) node(n parse.Node, dot reflect.Type) {
	switch n := n.(type) {
	case *parse.ListNode:
		c.list(n, dot)
	case *parse.ActionNode:
		c.pipe(n.Pipe, dot)
	case *parse.IfNode:
		c.pipe(n.Pipe, dot)
		c.list(n.List, dot)
		c.list(n.ElseList, dot)
	case *parse.WithNode:
		c.list(n.List, c.pipe(n.Pipe, dot))
		c.list(n.ElseList, dot)
	case *parse.RangeNode:
		c.ranged(n, dot)
	case *parse.TemplateNode:
		c.call(n, dot)
	}
}

func (c *checker) list(l *parse.ListNode, dot reflect.Type) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		c.node(n, dot)
	}
}

func (c *checker) ranged(n *parse.RangeNode, dot reflect.Type) {
	typ := c.pipe(n.Pipe, dot)
	if typ == nil {
		return
	}
	if typ.Kind() != reflect.Slice {
		c.fail("range over %s", typ)
		return
	}
	if decl := n.Pipe.Decl; len(decl) > 0 {
		c.vars[decl[len(decl)-1].Ident[0]] = typ.Elem()
		if len(decl) == 2 {
			c.vars[decl[0].Ident[0]] = reflect.TypeFor[int]()
		}
	}
	c.list(n.List, typ.Elem())
	c.list(n.ElseList, dot)
}

func (c *checker) call(n *parse.TemplateNode, dot reflect.Type) {
	want, ok := templateTypes[n.Name]
	if !ok {
		c.fail("no template %s", n.Name)
		return
	}
	if got := c.pipe(n.Pipe, dot); got != nil && got != want && got != reflect.PointerTo(want) {
		c.fail("%s is given %s, wants %s", n.Name, got, want)
	}
}

// pipe is the type of a pipeline; nil when it is not of ours to know.
func (c *checker) pipe(p *parse.PipeNode, dot reflect.Type) reflect.Type {
	var typ reflect.Type
	for _, cmd := range p.Cmds {
		for i, arg := range cmd.Args {
			t := c.arg(arg, dot)
			if i == 0 {
				typ = t
			}
		}
	}
	return typ
}

func (c *checker) arg(n parse.Node, dot reflect.Type) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(dot, n.Ident)
	case *parse.VariableNode:
		return c.fields(c.vars[n.Ident[0]], n.Ident[1:])
	case *parse.PipeNode:
		return c.pipe(n, dot)
	}
	return nil
}

func (c *checker) fields(typ reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if typ != nil && typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ == nil || typ.Kind() != reflect.Struct {
			c.fail(".%s of %v", name, typ)
			return nil
		}
		f, ok := typ.FieldByName(name)
		if !ok {
			c.fail("%s has no field %s", typ, name)
			return nil
		}
		typ = f.Type
	}
	return typ
}
