package signal

import "testing"

func TestCount(t *testing.T) {
	for want, have := range map[string]string{
		"1 person": Count(1, "people"), "2 people": Count(2, "people"), "0 markers": Count(0, "markers"),
		"1 decision record": Count(1, "decision records"), "1 release a month": Count(1.2, "releases a month"),
		"12 hours a week": Count(12, "hours a week"), "1 collection of architectural documents": Count(1, "collections of architectural documents"),
	} {
		if have != want {
			t.Errorf("%q, want %q", have, want)
		}
	}
}
