package api

import (
	"fmt"
	"strings"
	"time"
)

// Moment is a time of an answer as facts have it: UTC, to the microsecond.
func Moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// IsSHA tells whether a text names a commit: 40 or 64 hexadecimal digits.
func IsSHA(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// Require refuses an answer that lacks what cannot be done without.
func Require(ok bool, what string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%w: it says no %s", ErrUnusable, what)
}
