package api

import (
	"fmt"
	"net/http"
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

// Settled moves the newest change of a page one step on when nothing more can have changed in its
// second: the answer was given a minute later, by the system's own clock. What changed then need
// not be read again.
func Settled(newest time.Time, h http.Header) time.Time {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || newest.IsZero() || date.Before(newest.Add(time.Minute)) {
		return newest
	}
	return newest.Add(time.Microsecond)
}
