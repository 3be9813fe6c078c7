package playbook

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Value is one figure, rule or text of the playbook as it is shown.
type Value struct {
	Key     string // as it is written in a company's playbook, joined by dots
	Title   string
	Value   string // "struck" for what the company took out
	Default string // "" for what the company added
	Origin  Origin
	Cites   []string
	Why     string
}

// Struck is the value of what the company took out.
const Struck = "struck"

// Values lists everything that a company can override, with its default, where it
// comes from and why.
func (p *Playbook) Values() []Value {
	l := lister{playbook: p, defaults: map[string]string{}}
	for _, v := range p.defaults {
		l.defaults[v.Key] = v.Value
	}
	l.fields(reflect.ValueOf(p).Elem(), Value{})
	l.struck()
	return l.values
}

type lister struct {
	playbook *Playbook
	defaults map[string]string // nil-safe: empty for the built-in playbook
	values   []Value
}

// notes are keys that explain other values, and tests: they are not listed.
var notes = []string{"guide", "area", "title", "question", "cites", "why", "tests", "unit", "chart"}

// fields lists what a struct holds. parent carries the key, and the reason that
// holds for every value in it.
func (l *lister) fields(v reflect.Value, parent Value) {
	parent = withReason(v, parent)
	if r, ok := asRange(v); ok && r != "" {
		l.add(parent, r)
	}
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("yaml")
		if key == "" || slices.Contains(notes, key) || isBound(v, key) {
			continue
		}
		child := parent
		child.Key = join(parent.Key, key)
		l.value(v.Field(i), child)
	}
}

func (l *lister) value(v reflect.Value, as Value) {
	switch {
	case v.Kind() == reflect.Struct:
		l.fields(v, as)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			entry := as
			entry.Key = join(as.Key, v.Index(i).FieldByName("ID").String())
			l.fields(v.Index(i), entry)
		}
	case v.Kind() == reflect.Slice:
		if items, ok := v.Interface().([]string); ok && len(items) > 0 {
			l.add(as, strings.Join(items, "; "))
		}
	case v.Kind() == reflect.String && v.String() != "":
		l.add(as, v.String())
	case v.Kind() == reflect.Float64 && strings.HasSuffix(as.Key, ".order"):
		l.add(as, number(v.Float()))
	}
}

func (l *lister) add(v Value, text string) {
	v.Value, v.Default, v.Origin = text, text, FromDefault
	if l.company(v.Key) {
		v.Origin, v.Default = FromCompany, l.defaults[v.Key]
	}
	l.values = append(l.values, v)
}

// company tells whether the company's file set the value of a key, or a part of it.
func (l *lister) company(key string) bool {
	set := func(key string) bool {
		at, ok := l.playbook.places[key]
		return ok && at.src.origin == FromCompany
	}
	return set(key) && !isEntry(l.playbook.places, key) || set(key+".low") || set(key+".high") || set(key+".unit")
}

// isEntry tells whether a key names something that has keys of its own.
func isEntry(places map[string]place, key string) bool {
	for k := range places {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// struck adds what the company took out, beside what it was.
func (l *lister) struck() {
	for _, path := range l.playbook.struck {
		i := slices.IndexFunc(l.playbook.defaults, func(v Value) bool { return v.Key == path || strings.HasPrefix(v.Key, path+".") })
		if i < 0 { // a test
			continue
		}
		v := l.playbook.defaults[i]
		v.Key, v.Value, v.Default, v.Origin = path, Struck, cmp.Or(v.Title, v.Value), FromCompany
		l.values = append(l.values, v)
	}
}

func withReason(v reflect.Value, as Value) Value {
	if f := v.FieldByName("Title"); f.IsValid() && f.String() != "" {
		as.Title = f.String()
	}
	if f := v.FieldByName("Cites"); f.IsValid() && f.Len() > 0 {
		as.Cites = f.Interface().([]string)
	}
	if f := v.FieldByName("Why"); f.IsValid() && f.String() != "" {
		as.Why = f.String()
	}
	return as
}

// asRange is the text of a struct that is a range or holds one; "" when it is zero.
func asRange(v reflect.Value) (string, bool) {
	r, ok := v.Interface().(Range)
	if f := v.FieldByName("Range"); !ok && f.IsValid() {
		r, ok = f.Interface().(Range)
	}
	if !ok || r.Low == 0 && r.High == 0 {
		return "", ok
	}
	return r.String(), true
}

func isBound(v reflect.Value, key string) bool {
	_, ok := v.Interface().(Range)
	return ok && (key == "low" || key == "high")
}

// String is the range with its unit.
func (r Range) String() string {
	text := number(r.Low)
	if r.High != r.Low {
		text += " to " + number(r.High)
	}
	if r.Unit != "" {
		text += " " + r.Unit
	}
	return text
}

func number(x float64) string {
	return strconv.FormatFloat(x, 'g', 12, 64)
}
