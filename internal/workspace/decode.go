package workspace

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Parse reads and validates a document. The name stands in its errors. All
// that is wrong is reported at once, as a *Report of category problem.Invalid;
// of a file that is not valid YAML, the first place.
func Parse(name string, data []byte) (*Document, error) {
	doc := New()
	doc.Path = name
	err := decode(name, data, time.Now(), func(r *reader, root *node) { r.document(root, doc) })
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// decode hands the root of the YAML in data to read, and returns what read
// found wrong.
func decode(name string, data []byte, today time.Time, read func(*reader, *node)) error {
	if len(data) > MaxBytes {
		return problem.New(problem.Invalid, "name folders of clones instead of single repositories, or remove what is not needed",
			"%s: larger than %d KiB", name, MaxBytes>>10)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	root, bad := parseYAML(data)
	if bad != nil {
		return invalid(name, data, *bad)
	}
	r := &reader{today: today}
	if root != nil && root.kind != null {
		read(r, root)
	}
	if len(r.issues) > 0 {
		return invalid(name, data, r.issues...)
	}
	return nil
}

// reader walks nodes, fills the document and gathers what is wrong.
type reader struct {
	today   time.Time
	issues  []Issue
	foreign bool // a line was of a form that only the YAML library reads
}

// field is a key of a mapping and what reads its value.
type field struct {
	key    string
	read   func(*node)
	need   bool
	inside []string // keys of the value that are easily written beside it
}

// object reads a mapping: each field that is there, with an issue for each key
// that is unknown, twice there, or needed and not there. A key without a value
// counts as missing.
func (r *reader) object(n *node, fields ...field) {
	valid := func() string { return "valid here: " + strings.Join(keysOf(fields), ", ") }
	if n.kind != mapping {
		r.wrong(n, "a mapping", "write key: value; "+valid())
		return
	}
	seen := make([]*node, len(fields)) // where the key of each was found
	for _, e := range n.entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == e.key.text })
		if i < 0 {
			r.unknown(e.key, fields, valid())
			continue
		}
		if first := seen[i]; first != nil {
			r.fail(e.key, fmt.Sprintf("key %q is here twice", e.key.text), fmt.Sprintf("keep one; the first is on line %d", first.line))
			continue
		}
		seen[i] = e.key
		if e.value.kind != null {
			fields[i].read(e.value)
		} else if fields[i].need {
			r.fail(e.key, fmt.Sprintf("key %q has no value", e.key.text), "write one")
		}
	}
	for i, f := range fields {
		if f.need && seen[i] == nil {
			r.fail(n, fmt.Sprintf("missing key %q", f.key), valid())
		}
	}
}

// unknown reports a key that is not among the fields.
func (r *reader) unknown(key *node, fields []field, valid string) {
	advice := didYouMean(key.text, keysOf(fields)) + valid
	for _, f := range fields {
		if slices.Contains(f.inside, key.text) {
			advice = fmt.Sprintf("it belongs inside %q; %s", f.key, valid)
		}
	}
	r.fail(key, fmt.Sprintf("unknown key %q", clip(key.text)), advice)
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

// each reads a list; dst gets one element for each item, also for a wrong one.
func each[T any](r *reader, n *node, dst *[]T, read func(*node, *T)) {
	if n.kind != list {
		r.wrong(n, "a list", "write each entry on a line that begins with a dash, or all in [ ]")
		return
	}
	*dst = make([]T, len(n.items))
	for i, item := range n.items {
		before := len(r.issues)
		if item.kind == null {
			r.fail(item, "empty entry", "write a value, or remove the entry")
		} else {
			read(item, &(*dst)[i])
		}
		item.wrong = len(r.issues) > before
	}
}

// distinct refuses two items of a list with the same key. An item without a
// key, "", and one that is wrong in itself are left out.
func (r *reader) distinct(n *node, what string, key func(i int) string) {
	first := map[string]*node{}
	for i, item := range n.items {
		k := key(i)
		if k == "" || item.wrong {
			continue
		}
		if earlier, twice := first[k]; twice {
			r.fail(item, fmt.Sprintf("%s %s is here twice", what, clip(k)), fmt.Sprintf("keep one; the first is on line %d", earlier.line))
			continue
		}
		first[k] = item
	}
}

// child returns the value of a key, or the mapping itself when it is not there.
func (n *node) child(key string) *node {
	for _, e := range n.entries {
		if e.key.text == key {
			return e.value
		}
	}
	return n
}

func (r *reader) fail(n *node, what, advice string) {
	r.issues = append(r.issues, Issue{Line: n.line, Column: n.column, What: what, Advice: advice})
}

// wrong reports a value of the wrong kind.
func (r *reader) wrong(n *node, want, advice string) {
	found := n.kind.String()
	switch n.kind {
	case text:
		found = fmt.Sprintf("%q", clip(n.text))
	case number, boolean:
		found = clip(n.text)
	}
	r.fail(n, fmt.Sprintf("%s expected, found %s", want, found), advice)
}
