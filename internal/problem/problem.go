// Package problem holds the few categories of error that the whole program
// knows. A category decides the exit code (and, on a server, the HTTP status);
// a hint tells the user what to do next.
//
// It does not hold messages: those are written where the failure is understood.
package problem

import (
	"errors"
	"fmt"
)

// Categories. Wrap one with %w, or use New and Wrap.
var (
	Usage   = errors.New("wrong usage")         // exit 2
	Invalid = errors.New("invalid document")    // exit 2
	Missing = errors.New("not found")           // exit 1
	Locked  = errors.New("in use")              // exit 1
	Full    = errors.New("no space left")       // exit 1
	Damaged = errors.New("damaged")             // exit 1
	Partial = errors.New("partly unreadable")   // exit 4
	Matched = errors.New("--fail-on condition") // exit 3
)

// Error is an error with a category and a hint for the person who reads it.
type Error struct {
	Kind error  // one of the categories, or nil
	Hint string // what to do; may be empty
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap lets errors.Is see both the category and the cause.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

// New returns an error of the given category with a hint.
func New(kind error, hint, format string, args ...any) error {
	return &Error{Kind: kind, Hint: hint, Err: fmt.Errorf(format, args...)}
}

// Hint returns the outermost hint in err's chain, or "".
func Hint(err error) string {
	var e *Error
	for errors.As(err, &e) {
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}

// ExitCode maps an error to the program's exit status; see docs/architecture.md.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, Usage), errors.Is(err, Invalid):
		return 2
	case errors.Is(err, Matched):
		return 3
	case errors.Is(err, Partial):
		return 4
	}
	return 1
}
