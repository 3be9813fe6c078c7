package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is left is what is not done yet by the pace since the first word of it, also where two things
// take turns; where nobody knows how much there is, no time is said.
func TestProgress(t *testing.T) {
	var w bytes.Buffer
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	p := &progress{w: &w, now: func() time.Time { return now }}
	for _, step := range []struct {
		name        string
		done, total int
	}{{"a", 100, 1000}, {"b", 50, 0}, {"a", 200, 1000}, {"b", 150, 0}, {"a", 400, 1000}, {"a", 1000, 1000}} {
		p.showItems(step.name, step.done, step.total)
		now = now.Add(2 * time.Second)
	}
	p.close()
	want := []string{
		"a: 100 of 1000 items",
		"b: 50 items",
		"a: 200 of 1000 items, 25/s, 32s left", // 100 in 4 seconds; 800 to do
		"b: 150 items, 25/s",
		"a: 400 of 1000 items, 38/s, 16s left", // 300 in 8 seconds; 600 to do
		"a: 1000 of 1000 items, 90/s",          // 900 in 10 seconds
	}
	got := strings.FieldsFunc(strings.ReplaceAll(w.String(), "\x1b[K", ""), func(r rune) bool { return r == '\r' || r == '\n' })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
