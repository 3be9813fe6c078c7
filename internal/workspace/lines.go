package workspace

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/problem"
)

// A long document is written with each entry on a line of its own,
//
//	people:
//	  - {id: ada, start: 2021-03-01, team: payments}
//
// and such lines are read here, on all cores, some fifty times as fast as the YAML
// library reads them. Whatever is not of this form is left to the library, which decides
// what it means; FuzzLines compares the two. What is wrong in a document of a size that
// the library takes is left to it as well.

// section is a key of the document with the lines of its entries.
type section struct {
	key   *node
	items []line
	value *line // in the place of entries: a mapping on the line of the key
}

type line struct {
	text   []byte // from the brace on
	number int
	column int
}

// splitLines finds sections and entries. It is false where a line is of another form.
func splitLines(data []byte) (sections []section, ok bool) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	indent := -1
	for number := 1; len(data) > 0; number++ {
		var whole []byte
		var ended bool
		if whole, data, ended = bytes.Cut(data, []byte("\n")); ended {
			whole = bytes.TrimSuffix(whole, []byte("\r"))
		}
		whole = bytes.TrimRight(whole, " ")
		if !ordinary(whole) {
			return nil, false
		}
		body := bytes.TrimLeft(whole, " ")
		column := len(whole) - len(body) + 1
		switch {
		case len(body) == 0 || body[0] == '#':
			continue
		case column == 1 && body[0] != '-':
			key, rest, found := bytes.Cut(body, []byte(":"))
			spaced := len(rest) == 0 || rest[0] == ' '
			rest = bytes.TrimLeft(rest, " ")
			if !found || !spaced || !plainKey(string(key)) || len(rest) > 0 && rest[0] != '#' && rest[0] != '{' {
				return nil, false
			}
			s := section{key: &node{kind: text, line: number, column: 1, text: string(key), size: 1}}
			if indent = -1; len(rest) > 0 && rest[0] == '{' {
				indent = 0 // no entries may follow
				s.value = &line{rest, number, len(whole) - len(rest) + 1}
			}
			sections = append(sections, s)
		case len(sections) > 0 && bytes.HasPrefix(body, []byte("- {")) && (indent < 0 || column == indent):
			indent = column
			last := &sections[len(sections)-1]
			last.items = append(last.items, line{body[2:], number, column + 2})
		default:
			return nil, false
		}
	}
	return sections, true
}

// ordinary is a line of UTF-8 without control characters and the rarer line breaks.
func ordinary(s []byte) bool {
	ascii := true
	for _, c := range s {
		if c < ' ' || c == 0x7f {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.Valid(s) && !bytes.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' })
}

func plainKey(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i := range len(s) {
		if (s[i] < 'a' || s[i] > 'z') && s[i] != '_' {
			return false
		}
	}
	return s != "null" && s != "true" && s != "false" && s != "yes" && s != "no"
}

// fromLines reads sections into o. done is false where an entry is of a form that is
// left to the YAML library.
func (o *Organisation) fromLines(name string, data []byte, sections []section, mode twiceMode) (done bool, err error) {
	r := &reader{}
	root := &node{kind: mapping, line: 1, column: 1}
	for i := range sections {
		s := &sections[i]
		value := &node{kind: list, line: s.key.line, column: s.key.column}
		switch {
		case s.value != nil:
			var ok bool
			if value, ok = new(flow).parse(*s.value); !ok {
				return false, nil
			}
		case len(s.items) == 0:
			value.kind = null
		default:
			value.line, value.column = s.items[0].number, s.items[0].column-2
			value.lines = s.items
		}
		root.entries = append(root.entries, entry{s.key, value})
	}
	r.object(root, r.organisation(o, mode)...)
	switch {
	case r.foreign, len(r.issues) > 0 && len(data) <= MaxBytes: // the library says it as it does elsewhere
		return false, nil
	case len(r.issues) > 0:
		return true, invalid(name, data, r.issues...)
	}
	return true, nil
}

// entries reads the entries of a section, as nodes or as lines.
func entries[T any](r *reader, n *node, dst *[]T, read func(*reader, *node, *T)) {
	if n.lines != nil {
		eachLine(r, n, dst, read)
		return
	}
	each(r, n, dst, func(n *node, v *T) { read(r, n, v) })
}

func eachLine[T any](r *reader, n *node, dst *[]T, read func(*reader, *node, *T)) {
	*dst = make([]T, len(n.lines))
	n.items = make([]*node, len(n.lines))
	parts := min(runtime.GOMAXPROCS(0), max(1, len(n.lines)/1000))
	readers := make([]reader, parts)
	var wait sync.WaitGroup
	for part := range parts {
		wait.Go(func() {
			sub := &readers[part]
			sub.today = r.today
			var f flow
			for i := part * len(n.lines) / parts; i < (part+1)*len(n.lines)/parts; i++ {
				root, ok := f.parse(n.lines[i])
				if !ok {
					sub.foreign = true
					return
				}
				before := len(sub.issues)
				read(sub, root, &(*dst)[i])
				n.items[i] = &node{kind: mapping, line: root.line, column: root.column, wrong: len(sub.issues) > before}
			}
		})
	}
	wait.Wait()
	for i := range readers {
		r.issues = append(r.issues, readers[i].issues...)
		r.foreign = r.foreign || readers[i].foreign
	}
}

// flow parses one line of flow mappings, lists and scalars. Its nodes are good until the
// next line.
type flow struct {
	text   []byte
	at     int
	line   int
	column int // of text[0]
	wide   int // bytes of text[:at] that are no characters of their own
	depth  int
	blocks [][]node // nodes to give out
	used   int      // of all of them
}

const flowBlock = 64

func (f *flow) parse(l line) (*node, bool) {
	*f = flow{text: l.text, line: l.number, column: l.column, blocks: f.blocks}
	n, ok := f.value()
	return n, ok && f.at == len(f.text)
}

// node gives one out of blocks: nodes that were given out stay where they are.
func (f *flow) node(k kind) *node {
	if f.used == len(f.blocks)*flowBlock {
		f.blocks = append(f.blocks, make([]node, flowBlock))
	}
	n := &f.blocks[f.used/flowBlock][f.used%flowBlock]
	f.used++
	*n = node{kind: k, line: f.line, column: f.column + f.at - f.wide, size: 1, items: n.items[:0], entries: n.entries[:0]}
	return n
}

func (f *flow) value() (*node, bool) {
	if f.at >= len(f.text) {
		return nil, false
	}
	switch f.text[f.at] {
	case '{', '[':
		if f.depth++; f.depth > 4 {
			return nil, false
		}
		n, ok := f.collection(f.text[f.at] == '{')
		f.depth--
		return n, ok
	case '"':
		return f.quoted()
	}
	return f.plain()
}

func (f *flow) collection(isMap bool) (*node, bool) {
	n, end := f.node(list), byte(']')
	if isMap {
		n.kind, end = mapping, '}'
	}
	f.at++
	for {
		f.blanks()
		if f.at < len(f.text) && f.text[f.at] == end && len(n.items)+len(n.entries) == 0 {
			f.at++
			return n, true
		}
		if !f.element(n) {
			return nil, false
		}
		f.blanks()
		if f.at >= len(f.text) {
			return nil, false
		}
		f.at++
		switch f.text[f.at-1] {
		case end:
			return n, true
		case ',':
		default:
			return nil, false
		}
	}
}

func (f *flow) element(n *node) bool {
	if n.kind == list {
		item, ok := f.value()
		n.items = append(n.items, item)
		return ok
	}
	key := f.node(text)
	start := f.at
	for f.at < len(f.text) && ('a' <= f.text[f.at] && f.text[f.at] <= 'z' || f.text[f.at] == '_') {
		f.at++
	}
	if key.text = string(f.text[start:f.at]); !plainKey(key.text) || !bytes.HasPrefix(f.text[f.at:], []byte(": ")) {
		return false
	}
	f.at++
	f.blanks()
	value, ok := f.value()
	n.entries = append(n.entries, entry{key, value})
	return ok
}

func (f *flow) blanks() {
	for f.at < len(f.text) && f.text[f.at] == ' ' {
		f.at++
	}
}

// quoted reads "text" whose only escapes are \" and \\.
func (f *flow) quoted() (*node, bool) {
	n := f.node(text)
	f.at++
	start := f.at
	for f.at < len(f.text) && f.text[f.at] != '"' {
		if f.text[f.at] == '\\' {
			if f.at++; f.at >= len(f.text) || f.text[f.at] != '"' && f.text[f.at] != '\\' {
				return nil, false
			}
		}
		f.at++
	}
	if f.at >= len(f.text) {
		return nil, false
	}
	raw := f.text[start:f.at]
	f.at++
	n.text = string(raw)
	if bytes.IndexByte(raw, '\\') >= 0 {
		n.text = unescape.Replace(n.text)
	}
	f.wide += len(raw) - utf8.RuneCount(raw)
	return n, true
}

var unescape = strings.NewReplacer(`\"`, `"`, `\\`, `\`)

// plain reads a scalar without quotes: a date, a number, or words of letters.
func (f *flow) plain() (*node, bool) {
	size, kind, ok := plainScalar(f.text[f.at:])
	if !ok {
		return nil, false
	}
	n := f.node(kind)
	n.text = string(f.text[f.at : f.at+size])
	f.wide += size - utf8.RuneCountInString(n.text)
	f.at += size
	return n, true
}

// plainScalar says how long the scalar is with which s begins, and what it is.
func plainScalar[S string | []byte](s S) (size int, k kind, ok bool) {
	for size < len(s) && inPlain(s[size]) {
		size++
	}
	for size > 0 && s[size-1] == ' ' {
		size--
	}
	if size == 0 {
		return 0, null, false
	}
	switch first := s[0]; {
	case first >= '0' && first <= '9':
		switch word := string(s[:size]); {
		case isDateShaped(word):
			return size, text, true
		case decimal(word):
			return size, number, true
		}
		return 0, null, false
	case first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z' || first >= utf8.RuneSelf:
		return size, text, size > 5 || !special(string(s[:size]))
	}
	return 0, null, false
}

// inPlain are the bytes of which plain scalars are made here: what has no meaning to YAML.
func inPlain(c byte) bool {
	return alphanumeric(c) || c >= utf8.RuneSelf || strings.IndexByte(" -_.@/+()'&", c) >= 0
}

// decimal is a number that no YAML reads otherwise: 12 or 0.5.
func decimal(s string) bool {
	whole, part, fraction := strings.Cut(s, ".")
	return digits(whole) && len(whole) <= 15 && (whole == "0" || whole[0] != '0') && (!fraction || digits(part) && len(part) <= 15)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// special are words that YAML takes for something else than text.
func special(s string) bool {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf":
		return true
	}
	return false
}

func tooLongForYAML(name string, data []byte) error {
	number, where := 1, ""
	for rest := data; len(rest) > 0; number++ {
		var l []byte
		l, rest, _ = bytes.Cut(rest, []byte("\n"))
		if b := bytes.TrimSpace(l); len(b) > 0 && b[0] != '#' && !bytes.HasPrefix(b, []byte("- {")) && !bytes.HasSuffix(b, []byte(":")) {
			where = fmt.Sprintf(" (line %d does not)", number)
			break
		}
	}
	return problem.New(problem.Invalid, "diarchy org export writes it so",
		"%s is larger than %d KiB; such a document needs each entry on a line of its own, as in - {id: ada, team: payments}, with quotes around unusual text%s", name, MaxBytes>>10, where)
}
