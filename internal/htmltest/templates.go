package htmltest

import (
	"fmt"
	"html/template"
	"reflect"
	"text/template/parse"
)

// Check follows every field that a template names through the type it is executed with,
// on all branches and into the templates that it calls, and says what is not there.
func Check(set *template.Template, name string, typ reflect.Type) []string {
	c := &checker{set: set, seen: map[string]bool{}}
	t := set.Lookup(name)
	if t == nil || t.Tree == nil {
		return []string{"no template " + name}
	}
	c.follow(t, typ)
	return c.problems
}

// checker follows every field of a template through the types, on all branches.
type checker struct {
	set      *template.Template
	name     string
	vars     map[string]reflect.Type
	seen     map[string]bool // templates that were followed, with their types
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

// call follows a template into another one.
func (c *checker) call(n *parse.TemplateNode, dot reflect.Type) {
	typ := c.pipe(n.Pipe, dot)
	for typ != nil && typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	called := c.set.Lookup(n.Name)
	switch {
	case called == nil || called.Tree == nil:
		c.fail("no template %s", n.Name)
	case typ == nil:
		c.fail("%s is given what is not known", n.Name)
	default:
		c.follow(called, typ)
	}
}

func (c *checker) follow(t *template.Template, typ reflect.Type) {
	if key := t.Name() + " " + typ.String(); c.seen[key] {
		return
	} else {
		c.seen[key] = true
	}
	inner := &checker{set: c.set, name: t.Name(), vars: map[string]reflect.Type{"$": typ}, seen: c.seen}
	inner.node(t.Tree.Root, typ)
	c.problems = append(c.problems, inner.problems...)
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
