package playbook

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// merge reads a source into the playbook. What the source names replaces what was
// there, key by key; lists of things with an id or a name are merged by it, and
// `strike: true` takes one out. Other lists are replaced whole.
func (p *Playbook) merge(src *source) error {
	root, err := src.parse()
	if err != nil || root == nil {
		return err
	}
	d := decoder{src: src, places: p.places, struckPaths: &p.struck}
	return d.value(root, reflect.ValueOf(p).Elem(), "")
}

// decoder fills Go values from YAML, and remembers where each value stands.
type decoder struct {
	src         *source
	places      map[string]place // by path, such as thresholds.critical_band.low
	struckPaths *[]string
}

func (d decoder) value(n ast.Node, v reflect.Value, path string) error {
	if path != "" {
		d.places[path] = d.src.at(n)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.object(n, v, path)
	case reflect.Slice:
		return d.list(n, v, path)
	case reflect.Map:
		return d.mapping(n, v, path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(n, v.Elem(), path)
	case reflect.Float64:
		return d.number(n, v, path)
	default:
		return d.text(n, v, path)
	}
}

func (d decoder) object(n ast.Node, v reflect.Value, path string) error {
	pairs, err := d.pairs(n, path)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		field := fieldNamed(v, pair.key)
		if !field.IsValid() {
			return d.unknownKey(pair, fieldNames(v), path)
		}
		if err := d.value(pair.value, field, join(path, pair.key)); err != nil {
			return err
		}
	}
	if origin := v.FieldByName("Origin"); origin.IsValid() {
		origin.Set(reflect.ValueOf(d.src.origin))
	}
	return nil
}

func (d decoder) list(n ast.Node, v reflect.Value, path string) error {
	if v.Type().Elem().Kind() == reflect.Struct && v.Type().Elem().Field(0).Name == "ID" {
		return d.byID(n, v, path)
	}
	items := []ast.Node{n} // a single value stands for a list of one
	if seq, ok := n.(*ast.SequenceNode); ok {
		items = seq.Values
	}
	if v.Type().Elem().Kind() == reflect.Struct {
		return d.byName(items, v, path)
	}
	fresh := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if err := d.value(item, fresh.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	v.Set(fresh)
	return nil
}

// byID merges a mapping of ids into a list.
func (d decoder) byID(n ast.Node, v reflect.Value, path string) error {
	pairs, err := d.pairs(n, path)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		if err := d.entry(pair.value, v, "ID", pair.key, d.src.at(pair.node), join(path, pair.key)); err != nil {
			return err
		}
	}
	return nil
}

// byName merges a list of things that each have a name.
func (d decoder) byName(items []ast.Node, v reflect.Value, path string) error {
	for _, item := range items {
		pairs, err := d.pairs(item, path)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(pairs, func(p pair) bool { return p.key == "name" })
		if i < 0 {
			return d.src.at(item).wrong("give each one a name: it stands in the results", "%s: one without a name", path)
		}
		var name string
		if err := d.text(pairs[i].value, reflect.ValueOf(&name).Elem(), path); err != nil {
			return err
		}
		if err := d.entry(item, v, "Name", name, d.src.at(pairs[i].node), fmt.Sprintf("%s[%s]", path, name)); err != nil {
			return err
		}
	}
	return nil
}

// entry merges, adds or strikes one element of a list.
func (d decoder) entry(n ast.Node, list reflect.Value, key, id string, at place, path string) error {
	i := 0
	for i < list.Len() && list.Index(i).FieldByName(key).String() != id {
		i++
	}
	strike, err := d.struck(n, path)
	switch {
	case err != nil:
		return err
	case strike && !strikable(path):
		return at.wrong("change it instead", "%s cannot be struck: stage rules, indicators, tests, load activities and what the agreement lists can", path)
	case strike && i == list.Len():
		return at.wrong(suggest(id, idsOf(list, key)), "%s: there is nothing of this name to strike", path)
	case strike:
		list.Set(reflect.AppendSlice(list.Slice3(0, i, i), list.Slice(i+1, list.Len())))
		*d.struckPaths = append(*d.struckPaths, path)
		d.places[path] = at
		return nil
	case i == list.Len():
		list.Set(reflect.Append(list, reflect.New(list.Type().Elem()).Elem()))
		list.Index(i).FieldByName(key).SetString(id)
	case key == "Name": // a test is replaced whole
		list.Index(i).SetZero()
		list.Index(i).FieldByName(key).SetString(id)
	}
	if err := d.value(n, list.Index(i), path); err != nil {
		return err
	}
	d.places[path] = at
	return nil
}

func strikable(path string) bool {
	return strings.HasPrefix(path, "stage.rules.") || strings.HasPrefix(path, "indicators.") || strings.HasPrefix(path, "load.activities.") || isAgreed(path)
}

// isAgreed tells whether a path is an entry of the agreement that a company may do
// without: figures, roles and parties can only be changed.
func isAgreed(path string) bool {
	for _, list := range []string{"decisions.", "deciding.rules.", "deciding.additions.", "deciding.tests[", "overlaps.", "meetings.", "reviews.", "trade_offs.", "escalation."} {
		if strings.HasPrefix(path, "agreement."+list) {
			return true
		}
	}
	return false
}

// struck tells whether an entry says strike: true, and nothing else but its name.
func (d decoder) struck(n ast.Node, path string) (bool, error) {
	pairs, err := d.pairs(n, path)
	if err != nil {
		return false, err
	}
	for _, pair := range pairs {
		if pair.key != "strike" {
			continue
		}
		if b, ok := pair.value.(*ast.BoolNode); !ok || !b.Value {
			return false, d.src.at(pair.value).wrong("write strike: true, or leave the line out", "%s.strike is not true", path)
		}
		for _, other := range pairs {
			if other.key != "strike" && other.key != "name" {
				return false, d.src.at(other.node).wrong("strike it, or change it", "%s is struck and changed at once", path)
			}
		}
		return true, nil
	}
	return false, nil
}

func (d decoder) mapping(n ast.Node, v reflect.Value, path string) error {
	pairs, err := d.pairs(n, path)
	if err != nil {
		return err
	}
	fresh := reflect.MakeMap(v.Type())
	for _, pair := range pairs {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(pair.value, item, join(path, pair.key)); err != nil {
			return err
		}
		fresh.SetMapIndex(reflect.ValueOf(pair.key), item)
	}
	v.Set(fresh)
	return nil
}

func (d decoder) number(n ast.Node, v reflect.Value, path string) error {
	switch n := n.(type) {
	case *ast.IntegerNode:
		switch i := n.Value.(type) {
		case int64:
			v.SetFloat(float64(i))
			return nil
		case uint64:
			v.SetFloat(float64(i))
			return nil
		}
	case *ast.FloatNode:
		v.SetFloat(n.Value)
		return nil
	}
	return d.src.at(n).wrong("write a plain number, such as 0.25", "%s must be a number", path)
}

func (d decoder) text(n ast.Node, v reflect.Value, path string) error {
	switch n := n.(type) {
	case *ast.StringNode:
		v.SetString(n.Value)
	case *ast.LiteralNode:
		v.SetString(strings.TrimSpace(n.Value.Value))
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		v.SetString(n.GetToken().Value)
	default:
		return d.src.at(n).wrong("write a word or a sentence", "%s must be text", path)
	}
	return nil
}

// pair is a key of a mapping and its value.
type pair struct {
	key         string
	node, value ast.Node
}

func (d decoder) pairs(n ast.Node, path string) ([]pair, error) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = append(values, n)
	case *ast.NullNode: // a key whose lines are all commented out
	default:
		if path == "" {
			path = "a playbook"
		}
		return nil, d.src.at(n).wrong("write key: value, indented below it", "%s must be a mapping", path)
	}
	out := make([]pair, len(values))
	for i, v := range values {
		out[i] = pair{key: v.Key.GetToken().Value, node: v.Key, value: v.Value}
	}
	return out, nil
}

func (d decoder) unknownKey(p pair, names []string, path string) error {
	if path == "" {
		path = "the playbook"
	}
	return d.src.at(p.node).wrong(suggest(p.key, names), "%s has no key %q", path, p.key)
}

// fieldNamed is the field with a YAML key, also of an embedded struct.
func fieldNamed(v reflect.Value, key string) reflect.Value {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			if inner := fieldNamed(v.Field(i), key); inner.IsValid() {
				return inner
			}
		}
		if f.Tag.Get("yaml") == key && key != "" {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

func fieldNames(v reflect.Value) (names []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			names = append(names, fieldNames(v.Field(i))...)
		} else if key := f.Tag.Get("yaml"); key != "" {
			names = append(names, key)
		}
	}
	return names
}

func idsOf(list reflect.Value, key string) (ids []string) {
	for i := range list.Len() {
		ids = append(ids, list.Index(i).FieldByName(key).String())
	}
	return ids
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// suggest is advice on a word that is none of those allowed.
func suggest(word string, allowed []string) string {
	const most = 24
	if near := nearest(word, allowed); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(allowed) > most {
		return fmt.Sprintf("valid here: %s, and %d more", strings.Join(allowed[:most], ", "), len(allowed)-most)
	}
	return "valid here: " + strings.Join(allowed, ", ")
}

// nearest returns the word closest to s, or one that begins with it, or "" when
// none is close.
func nearest(s string, words []string) string {
	best, closest := "", max(len(s)/3, 1)+1
	for _, w := range words {
		if d := distance(strings.ToLower(s), strings.ToLower(w)); d < closest {
			best, closest = w, d
		}
	}
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, s) }); best == "" && len(s) > 2 && i >= 0 {
		return words[i]
	}
	return best
}

// distance counts the insertions, deletions and replacements between two words.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
