package web

import (
	"errors"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// Wrong is an error about a field of a form, of category problem.Usage.
type Wrong struct {
	Field string // its name; "" is the form as a whole
	Err   error
}

func (w *Wrong) Error() string { return w.Err.Error() }

func (w *Wrong) Unwrap() error { return w.Err }

// wrong says what is wrong with a field, and what to do.
func wrong(field, hint, format string, args ...any) error {
	return &Wrong{field, problem.New(problem.Usage, hint, format, args...)}
}

// unless is wrong where something does not hold.
func unless(holds bool, field, hint, format string, args ...any) error {
	if holds {
		return nil
	}
	return wrong(field, hint, format, args...)
}

// fieldOf is the name of the field that an error is about; "" of none.
func fieldOf(err error) string {
	var w *Wrong
	var in *problem.Input
	switch {
	case errors.As(err, &w):
		return w.Field
	case errors.As(err, &in):
		return in.Name
	}
	return ""
}

// reason says in sentences what failed, and what to do.
func reason(err error) string {
	text := report.Clean(err.Error()) + "."
	if hint := report.Clean(problem.Hint(err)); hint != "" {
		text += " " + capital(hint) + "."
	}
	return capital(text)
}

// aboutField is the reason of a refused form, with the label of the field.
func (r *request) aboutField(f *form) string {
	var in *problem.Input
	why := reason(r.refused)
	for _, one := range f.Fields {
		if one.Wrong && errors.As(r.refused, &in) { // the label stands for the name
			why = reason(in.Err)
		}
		if one.Wrong {
			return strings.TrimSuffix(one.Label, ".") + ": " + why
		}
	}
	return why
}

// say says above the form of a section why it was refused, if it was, and marks the field that is why.
func (r *request) say(v *section, undone string) {
	if r.refused == nil {
		return
	}
	for i, one := range v.Form.Fields {
		v.Form.Fields[i].Wrong = one.Name == fieldOf(r.refused)
	}
	v.Alert = undone + " " + r.aboutField(v.Form)
}
