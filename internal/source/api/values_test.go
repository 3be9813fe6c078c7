package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	there := time.Date(2024, 3, 31, 3, 30, 0, 123456789, time.FixedZone("", 7200))
	if got, want := Moment(there), time.Date(2024, 3, 31, 1, 30, 0, 123456000, time.UTC); got != want {
		t.Errorf("%v", got)
	}
	if !Moment(time.Time{}.In(time.FixedZone("", 3600))).IsZero() {
		t.Error("no time is one")
	}
}

func TestIsSHA(t *testing.T) {
	for s, want := range map[string]bool{"": false, "0123456789abcdef0123456789abcdef01234567": true, "0123456789abcdef0123456789abcdef0123456": false, "0123456789ABCDEF0123456789abcdef01234567": false,
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": true, "0123456789abcdef0123456789abcdef0123456 ": false} {
		if IsSHA(s) != want {
			t.Errorf("%q", s)
		}
	}
}

// TestSettled: what an answer told within a minute of a change may not be all of that second.
func TestSettled(t *testing.T) {
	at := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	for date, want := range map[string]time.Time{"": at, "yesterday": at, at.Add(59 * time.Second).Format(http.TimeFormat): at, at.Add(time.Minute).Format(http.TimeFormat): at.Add(time.Microsecond)} {
		if got := Settled(at, http.Header{"Date": {date}}); got != want {
			t.Errorf("%q: %v", date, got)
		}
	}
	if got := Settled(time.Time{}, http.Header{"Date": {at.Format(http.TimeFormat)}}); !got.IsZero() {
		t.Errorf("nothing has settled at %v", got)
	}
}

func TestWindow(t *testing.T) {
	next := ""
	var asked []Window
	for _, oldest := range []string{"9", "9", "9", "7", "7"} {
		w := WindowOf(next)
		asked = append(asked, w)
		next = w.Next(oldest)
	}
	if want := []Window{{"", 1}, {"9", 1}, {"9", 2}, {"9", 3}, {"7", 1}}; !slices.Equal(asked, want) {
		t.Errorf("%v", asked)
	}
}

// TestEach: a stream that fails costs itself alone, unless no other one can be read.
func TestEach(t *testing.T) {
	for fail, want := range map[error]int{ErrNotFound: 3, ErrForbidden: 3, ErrUnusable: 3, ErrUnauthorized: 2, ErrLimited: 2} {
		var read []string
		var streams []Stream
		for _, name := range []string{"a", "b", "c"} {
			streams = append(streams, Stream{Name: name, Read: func(_ context.Context, name string) error {
				read = append(read, name)
				if name == "b" {
					return fail
				}
				return nil
			}})
		}
		if err := Each(context.Background(), streams); !errors.Is(err, fail) || len(read) != want {
			t.Errorf("%v: %v, %v", fail, err, read)
		}
	}
}
