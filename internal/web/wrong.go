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
	if errors.As(err, &w) {
		return w.Field
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
	for _, one := range f.Fields {
		if one.Wrong {
			return strings.TrimSuffix(one.Label, ".") + ": " + reason(r.refused)
		}
	}
	return reason(r.refused)
}
