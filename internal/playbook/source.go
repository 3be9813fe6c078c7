package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits on what is parsed. The YAML library takes time that grows with the square
// of nesting and of the number of keys, and recurses without a bound.
const (
	maxBytes  = 256 << 10
	maxTokens = 20_000
	maxDepth  = 20  // of [ and {
	maxColumn = 200 // at which a block may begin
)

// source is a playbook file.
type source struct {
	name   string
	data   []byte
	lines  []string
	origin Origin
}

// place is where in a source a value stands; both count from 1, in characters.
type place struct {
	src          *source
	line, column int
}

func newSource(name string, data []byte, origin Origin) *source {
	s := &source{name: name, data: data, origin: origin}
	if len(data) <= maxBytes {
		s.data = bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
		s.lines = strings.Split(string(s.data), "\n")
	}
	return s
}

// parse returns the root of the document; nil when it is empty.
func (s *source) parse() (root ast.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some hostile input
			root, err = nil, s.at(nil).wrong("look for unbalanced quotes and brackets", "not valid YAML")
		}
	}()
	if err := s.checkText(); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(string(s.data))
	if err := s.checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, s.syntax(err)
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			root = doc.Body
		}
	}
	if _, empty := root.(*ast.CommentGroupNode); empty {
		return nil, nil
	}
	return root, nil
}

func (s *source) checkText() error {
	if len(s.data) > maxBytes {
		return s.at(nil).wrong("a playbook holds what differs from the built-in one, not all of it", "larger than %d KiB", maxBytes>>10)
	}
	for i, line := range s.lines {
		if !utf8.ValidString(line) {
			return place{s, i + 1, 1}.wrong("save the file as UTF-8", "not UTF-8")
		}
		for column, r := range []rune(line) {
			if unicode.IsControl(r) && r != '\t' {
				return place{s, i + 1, column + 1}.wrong("remove it", "control character %U", r)
			}
		}
	}
	return nil
}

// checkTokens refuses what would be slow or dangerous to parse, and the parts of
// YAML that a playbook has no use for.
func (s *source) checkTokens(tokens token.Tokens) error {
	depth, begun, ended := 0, false, false
	for i, tk := range tokens {
		if i >= maxTokens {
			return s.token(tk).wrong("a playbook holds what differs from the built-in one, not all of it", "more than %d YAML tokens", maxTokens)
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
			return s.token(tk).wrong("remove the --- line and what follows it", "a second document in one file")
		}
		switch tk.Type {
		case token.TagType, token.DirectiveType, token.MappingKeyType, token.MergeKeyType, token.AnchorType, token.AliasType:
			return s.token(tk).wrong("write plain keys and values; quote text that begins with a sign", "%q is not used in a playbook", tk.Value)
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		deep := depth <= 0 && (tk.Type == token.SequenceEntryType || tk.Type == token.MappingValueType) && tk.Position.Column > maxColumn
		if depth > maxDepth || deep {
			return s.token(tk).wrong("look for a missing ] or }", "nested too deep")
		}
	}
	return nil
}

func (s *source) syntax(err error) error {
	const advice = "the file is not valid YAML: check indentation, quotes and brackets on this line and those around it"
	var y yaml.Error
	if errors.As(err, &y) {
		return s.token(y.GetToken()).wrong(advice, "%s", y.GetMessage())
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return s.at(nil).wrong(advice, "%s", first)
}

func (s *source) at(n ast.Node) place {
	if n == nil {
		return place{s, 1, 1}
	}
	return s.token(n.GetToken())
}

func (s *source) token(tk *token.Token) place {
	if tk == nil || tk.Position == nil {
		return place{s, 1, 1}
	}
	return place{s, max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
}

// wrong is an error at a place: what is wrong, the line with a mark, and advice.
func (p place) wrong(advice, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if p.src == nil {
		return problem.New(problem.Invalid, advice, "playbook: %s", what)
	}
	hint := fmt.Sprintf("correct line %d of %s and run the command again", p.line, p.src.name)
	text := fmt.Sprintf("%s:%d:%d: %s%s", p.src.name, p.line, p.column, what, p.excerpt())
	if advice != "" {
		text += "\n" + advice
	}
	return problem.New(problem.Invalid, hint, "%s", text)
}

func (p place) excerpt() string {
	if p.line > len(p.src.lines) {
		return ""
	}
	return problem.Excerpt(p.src.lines[p.line-1], p.line, p.column)
}
