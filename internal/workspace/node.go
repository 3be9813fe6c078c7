package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits on what is parsed. The YAML library takes time that grows with the
// square of nesting and of the number of keys, and recurses without a bound.
const (
	maxTokens  = 100_000
	maxDepth   = 20      // of [ and {
	maxColumn  = 200     // at which a block may begin
	maxAnchors = 100     // & in a file
	maxValues  = 100_000 // after aliases are expanded
)

type kind int

const (
	null kind = iota
	text
	number
	boolean
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "true or false", "a list", "a mapping"}[k]
}

// node is a YAML value with its place. Aliases share the node of their anchor.
type node struct {
	kind    kind
	line    int
	column  int
	text    string // scalars: as written, without quotes
	items   []*node
	lines   []line // of a list: its entries, when they are not parsed yet
	entries []entry
	size    int  // values in it, with aliases expanded
	wrong   bool // as an item of a list: something in it was refused
}

type entry struct{ key, value *node }

// parseYAML turns data into nodes, or reports the first thing that is not
// acceptable YAML. The root is nil for an empty document.
func parseYAML(data []byte) (root *node, bad *Issue) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some hostile input
			root, bad = nil, &Issue{Line: 1, Column: 1, What: "not valid YAML", Advice: "the YAML reader gave up on this file; look for unbalanced quotes, brackets and anchors"}
		}
	}()
	if bad := checkText(data); bad != nil {
		return nil, bad
	}
	tokens := lexer.Tokenize(string(data))
	if bad := checkTokens(tokens); bad != nil {
		return nil, bad
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxIssue(err)
	}
	c := converter{anchors: map[string]*node{}}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			root = c.convert(doc.Body)
		}
	}
	if c.bad != nil {
		return nil, c.bad
	}
	if root != nil && root.size > maxValues {
		return nil, &Issue{Line: root.line, Column: root.column, What: fmt.Sprintf("aliases expand to more than %d values", maxValues), Advice: "write the values out instead of using * aliases"}
	}
	return root, nil
}

// checkText refuses what is not UTF-8 text.
func checkText(data []byte) *Issue {
	for i, line := range bytes.Split(data, []byte("\n")) {
		column := 1
		for rest := line; len(rest) > 0; column++ {
			r, n := utf8.DecodeRune(rest)
			switch {
			case r == utf8.RuneError && n == 1:
				return &Issue{Line: i + 1, Column: column, What: fmt.Sprintf("byte 0x%02x is not UTF-8", rest[0]), Advice: "save the file as UTF-8"}
			case unicode.IsControl(r) && r != '\t':
				return &Issue{Line: i + 1, Column: column, What: fmt.Sprintf("control character %U", r), Advice: "remove it"}
			}
			rest = rest[n:]
		}
	}
	return nil
}

// checkTokens refuses what would be slow or dangerous to parse, and the parts
// of YAML that a document has no use for.
func checkTokens(tokens token.Tokens) *Issue {
	depth, anchors, begun, ended := 0, 0, false, false
	for i, tk := range tokens {
		if i >= maxTokens {
			return issueAt(tk, fmt.Sprintf("more than %d YAML tokens", maxTokens), "name folders of clones instead of single repositories")
		}
		switch tk.Type {
		case token.CommentType:
			continue
		case token.DocumentHeaderType, token.DocumentEndType:
			ended = begun || ended // after another line like it, the parser would drop what is there
			begun = true
			continue
		}
		if begun = true; ended {
			return issueAt(tk, "a second document in one file", "keep one document: remove the --- line and what follows it")
		}
		switch tk.Type {
		case token.TagType, token.DirectiveType, token.MappingKeyType, token.MergeKeyType:
			return issueAt(tk, fmt.Sprintf("%q is not used in this file", tk.Value), "write plain keys and values, without tags (!), directives (%), complex keys (?) and merge keys (<<)")
		case token.AnchorType:
			if anchors++; anchors > maxAnchors {
				return issueAt(tk, fmt.Sprintf("more than %d anchors", maxAnchors), "write the values out")
			}
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > maxDepth || depth <= 0 && tk.Position.Column > maxColumn && opensBlock(tk) {
			return issueAt(tk, "nested too deep", "no value here is deeper than five levels; look for a missing ] or }")
		}
	}
	return nil
}

func opensBlock(tk *token.Token) bool {
	return tk.Type == token.SequenceEntryType || tk.Type == token.MappingValueType || tk.Type == token.AnchorType
}

func syntaxIssue(err error) *Issue {
	const advice = "the file is not valid YAML: check indentation, quotes and brackets on this line and those around it"
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		return issueAt(y.GetToken(), y.GetMessage(), advice)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return &Issue{Line: 1, Column: 1, What: first, Advice: advice}
}

func issueAt(tk *token.Token, what, advice string) *Issue {
	line, column := place(tk)
	return &Issue{Line: line, Column: column, What: what, Advice: advice}
}

func place(tk *token.Token) (line, column int) {
	if tk == nil || tk.Position == nil {
		return 1, 1
	}
	return max(tk.Position.Line, 1), max(tk.Position.Column, 1)
}

type converter struct {
	anchors map[string]*node
	bad     *Issue // the first thing that cannot be converted
}

func (c *converter) convert(n ast.Node) *node {
	if n == nil {
		return &node{line: 1, column: 1, size: 1}
	}
	out := &node{size: 1}
	out.line, out.column = place(n.GetToken())
	switch n := n.(type) {
	case *ast.NullNode:
		out.text = n.Token.Value // it may be a key
	case *ast.StringNode:
		out.kind, out.text = text, n.Value
	case *ast.LiteralNode:
		out.kind, out.text = text, strings.TrimRight(n.Value.Value, "\n")
	case *ast.BoolNode:
		out.kind, out.text = boolean, n.Token.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = number, n.GetToken().Value
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			out.add(c.convert(v))
		}
	case *ast.MappingNode:
		out.kind = mapping
		c.entries(out, n.Values...)
	case *ast.MappingValueNode:
		out.kind = mapping
		c.entries(out, n)
	case *ast.AnchorNode:
		out = c.convert(n.Value)
		c.anchors[name(n.Name)] = out
	case *ast.AliasNode:
		if shared, ok := c.anchors[name(n.Value)]; ok {
			return shared
		}
		c.refuse(n, fmt.Sprintf("alias %q has no anchor before it", name(n.Value)), "write the value out")
	default:
		c.refuse(n, fmt.Sprintf("YAML %s is not used in this file", n.Type()), "write plain keys and values")
	}
	return out
}

func (c *converter) entries(out *node, values ...*ast.MappingValueNode) {
	for i, v := range values {
		key := c.convert(v.Key)
		if key.kind == list || key.kind == mapping {
			c.refuse(v.Key, "a key must be a single word", "write plain keys")
		}
		if i == 0 { // the library places a block mapping at its first colon
			out.line, out.column = key.line, key.column
		}
		value := c.convert(v.Value)
		out.entries = append(out.entries, entry{key, value})
		out.grow(value.size)
	}
}

func (c *converter) refuse(n ast.Node, what, advice string) {
	if c.bad == nil {
		c.bad = issueAt(n.GetToken(), what, advice)
	}
}

func (n *node) add(item *node) {
	n.items = append(n.items, item)
	n.grow(item.size)
}

func (n *node) grow(by int) {
	if n.size > math.MaxInt-by {
		n.size = math.MaxInt
		return
	}
	n.size += by
}

func name(n ast.Node) string {
	if n == nil || n.GetToken() == nil {
		return ""
	}
	return n.GetToken().Value
}
