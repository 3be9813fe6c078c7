package github

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// selection is a field, or a fragment of a type, of a query.
type selection struct {
	alias, name string
	on          string // the type of an inline fragment
	args        map[string]any
	fields      []selection
}

// object is a value of the fake's schema. A value that is a function takes arguments.
type object = map[string]any

// resolver makes the value of a field that takes arguments.
type resolver = func(args map[string]any) (any, *fault)

// variable is a value that is given beside the query.
type variable string

// query is a parser of the part of GraphQL that the connector speaks.
type query struct{ tokens []string }

var token = regexp.MustCompile(`\.\.\.|[A-Za-z_][A-Za-z0-9_]*|-?[0-9]+|"[^"]*"|[{}()\[\]:!$]`)

func parse(text string) []selection {
	q := &query{tokens: token.FindAllString(text, -1)}
	for q.tokens[0] != "{" {
		if q.next() == "(" {
			for q.next() != ")" {
			}
		}
	}
	return q.set()
}

func (q *query) next() string {
	t := q.tokens[0]
	q.tokens = q.tokens[1:]
	return t
}

func (q *query) take(t string) bool {
	if q.tokens[0] == t {
		q.next()
		return true
	}
	return false
}

func (q *query) set() (all []selection) {
	q.next()
	for !q.take("}") {
		var s selection
		if q.take("...") {
			q.next() // on
			s.on = q.next()
		} else {
			s.name = q.next()
			s.alias = s.name
			if q.take(":") {
				s.name = q.next()
			}
			if q.take("(") {
				s.args = q.object(")")
			}
		}
		if q.tokens[0] == "{" {
			s.fields = q.set()
		}
		all = append(all, s)
	}
	return all
}

func (q *query) object(end string) map[string]any {
	out := map[string]any{}
	for !q.take(end) {
		name := q.next()
		q.next() // :
		out[name] = q.value()
	}
	return out
}

func (q *query) value() any {
	switch t := q.next(); t {
	case "$":
		return variable(q.next())
	case "{":
		return q.object("}")
	case "[":
		list := []any{}
		for !q.take("]") {
			list = append(list, q.value())
		}
		return list
	default:
		if n, err := strconv.Atoi(t); err == nil {
			return float64(n)
		}
		return strings.Trim(t, `"`)
	}
}

// answer gives of a value what is selected, as a server does.
func answer(v any, fields []selection, variables map[string]any) (any, *fault) {
	switch x := v.(type) {
	case []any:
		out := make([]any, 0, len(x))
		for _, e := range x {
			a, err := answer(e, fields, variables)
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
		return out, nil
	case object:
		if len(fields) == 0 {
			return nil, &fault{Message: "Field must have selections"}
		}
		out := object{}
		for _, s := range fields {
			if s.on != "" {
				if x["__typename"] == s.on {
					part, err := answer(x, s.fields, variables)
					if err != nil {
						return nil, err
					}
					for k, v := range part.(object) {
						out[k] = v
					}
				}
				continue
			}
			value, ok := x[s.name]
			if !ok {
				f := &fault{Message: fmt.Sprintf("Field '%s' doesn't exist on type '%v'", s.name, x["__typename"])}
				f.Extensions.Code = "undefinedField"
				return nil, f
			}
			if resolve, ok := value.(resolver); ok {
				var err *fault
				if value, err = resolve(bind(s.args, variables)); err != nil {
					return nil, err
				}
			}
			a, err := answer(value, s.fields, variables)
			if err != nil {
				return nil, err
			}
			out[s.alias] = a
		}
		return out, nil
	}
	return v, nil
}

func bind(args, variables map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range args {
		if name, ok := v.(variable); ok {
			v = variables[string(name)]
		}
		out[k] = v
	}
	return out
}

// keyed is an item of a connection, with what the connection is ordered by.
type keyed struct {
	at   time.Time
	id   int64
	node object
}

func (k keyed) cursor() string {
	text, _ := json.Marshal([]any{k.at.UnixMicro(), fmt.Sprint(k.id)})
	return base64.StdEncoding.EncodeToString(text)
}

// connection is a list in pages. Its cursors name an item's place in the order, as GitHub's do,
// so that pages do not shift. The order is that of orderBy, or ascending.
func connection(items []keyed) resolver {
	return func(args map[string]any) (any, *fault) {
		first, _ := args["first"].(float64)
		if first < 1 || first > 100 {
			return nil, &fault{Type: "EXCESSIVE_PAGINATION", Message: "`first` must be between 1 and 100"}
		}
		items := slices.Clone(items)
		descending := false
		if order, ok := args["orderBy"].(map[string]any); ok {
			descending = order["direction"] == "DESC"
			if order["field"] == "CREATED_AT" {
				for i := range items {
					if at, err := time.Parse(time.RFC3339, fmt.Sprint(items[i].node["createdAt"])); err == nil {
						items[i].at = at
					}
				}
			}
		}
		less := func(a, b keyed) int {
			c := a.at.Compare(b.at)
			if c == 0 {
				c = int(a.id - b.id)
			}
			if descending {
				c = -c
			}
			return c
		}
		slices.SortFunc(items, less)
		total := len(items)
		if after, ok := args["after"].(string); ok {
			text, err := base64.StdEncoding.DecodeString(after)
			var c []any
			if err != nil || json.Unmarshal(text, &c) != nil || len(c) != 2 {
				return nil, &fault{Type: "INVALID_CURSOR_ARGUMENTS", Message: fmt.Sprintf("`%.20s` does not appear to be a valid cursor.", after)}
			}
			micro, _ := c[0].(float64)
			id, _ := strconv.ParseInt(fmt.Sprint(c[1]), 10, 64)
			at := keyed{at: time.UnixMicro(int64(micro)), id: id}
			items = slices.DeleteFunc(items, func(k keyed) bool { return less(k, at) <= 0 })
		}
		more := len(items) > int(first)
		items = items[:min(len(items), int(first))]
		nodes, end := []any{}, any(nil)
		for _, k := range items {
			nodes, end = append(nodes, k.node), k.cursor()
		}
		return object{"totalCount": total, "pageInfo": object{"hasNextPage": more, "endCursor": end}, "nodes": nodes}, nil
	}
}
