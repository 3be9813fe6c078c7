package scim

import (
	"strings"

	"github.com/elimity-com/scim"
	"github.com/scim2/filter-parser/v2"
)

// target is what an operation is about: an attribute, perhaps of an entry with a value,
// perhaps a part of it. Names are in small letters.
type target struct {
	attribute, part string
	chosen          string // the value of the entry; "" for all, or for one chosen otherwise
}

// operation is one change to one attribute.
type operation struct {
	op string // add, replace or remove
	target
	value any
}

// operations are those of a change, with each attribute of one without a path for itself.
func operations(all []scim.PatchOperation) (out []operation, err error) {
	for _, o := range all {
		if o.Path != nil {
			out = append(out, operation{o.Op, targetOf(*o.Path), o.Value})
			continue
		}
		values, ok := o.Value.(map[string]any)
		if !ok {
			return nil, invalid("a change without a path needs attributes")
		}
		more, err := attributes(o.Op, values)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// attributes are the operations that set attributes. Those of an extension stand in an
// entry of their own.
func attributes(op string, values map[string]any) (out []operation, err error) {
	for name, v := range values {
		if inside, ok := v.(map[string]any); ok && strings.HasPrefix(strings.ToLower(name), "urn:") && strings.HasSuffix(strings.ToLower(name), ":user") {
			more, err := attributes(op, inside)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			continue
		}
		path, err := filter.ParsePath([]byte(name))
		if err != nil {
			return nil, invalid("an attribute has a name that is none")
		}
		out = append(out, operation{op, targetOf(path), v})
	}
	return out, nil
}

func targetOf(p filter.Path) target {
	t := target{attribute: strings.ToLower(p.AttributePath.AttributeName), part: strings.ToLower(p.AttributePath.SubAttributeName())}
	if p.SubAttribute != nil {
		t.part = strings.ToLower(*p.SubAttribute)
	}
	if e, ok := p.ValueExpression.(*filter.AttributeExpression); ok && e.Operator == filter.EQ && strings.EqualFold(e.AttributePath.AttributeName, "value") {
		t.chosen, _ = e.CompareValue.(string)
	}
	return t
}

// text is a value as text; of a removal "".
func (o operation) text() string {
	if o.op == scim.PatchOperationRemove {
		return ""
	}
	if s, ok := o.value.(string); ok {
		return strings.TrimSpace(s)
	}
	return ""
}

// values are the entries' values of an attribute that may have many, or a single one.
func (o operation) values() (out []string) {
	switch v := o.value.(type) {
	case []any:
		for _, one := range v {
			out = append(out, operation{op: o.op, value: one}.values()...)
		}
	case map[string]any:
		for k, one := range v {
			if s, ok := one.(string); ok && strings.EqualFold(k, "value") {
				out = append(out, strings.TrimSpace(s))
			}
		}
	case string:
		out = append(out, strings.TrimSpace(v))
	}
	return out
}
