package report

import (
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// day writes YYYY-MM-DD as "31 October 2026", and anything else as it is.
func day(s string) string {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Format("2 January 2006")
	}
	return orUnknown(s)
}

// month writes YYYY-MM as "October 2026", and anything else as it is.
func month(s string) string {
	if t, err := time.Parse("2006-01", s); err == nil {
		return t.Format("January 2006")
	}
	return clean(s)
}

// instant writes a point in time, or unknown for the zero time.
func instant(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// whenRange says the range of dates in a few words.
func whenRange(v cockpit.Verdict) string {
	from, to := month(v.When.From), month(v.When.To)
	switch {
	case v.Call == cockpit.CallSplitNow:
		return "now"
	case from != "" && to != "" && from != to:
		return from + " to " + to
	case from != "" && to == "":
		return "not before " + from
	case from == "" && to != "":
		return "by " + to
	case from != "":
		return from
	case v.Call == cockpit.CallUnknown || v.Call == "":
		return unknown
	}
	return "not within the horizon"
}

// whenSentence is the summary of the range, or the range itself.
func whenSentence(v cockpit.Verdict) string {
	if s := stop(v.When.Summary); s != "" {
		return s
	}
	return stop(capital(whenRange(v)))
}

// yearMonth shortens YYYY-MM-DD to YYYY-MM.
func yearMonth(s string) string {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Format("2006-01")
	}
	return orUnknown(s)
}
