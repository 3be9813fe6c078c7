package api

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/google/go-cmp/cmp"
)

// TestProgress: what a reading says to have read, and to read in all, are of that reading: not of the
// one that was interrupted before it, and not of the whole listing where it reads what is new.
func TestProgress(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	stopped := errors.New("stopped")
	for _, c := range []struct {
		what   string
		stored Sweep
		page   Listed // of each of the pages of ten that follow
		pages  int
		want   []string
	}{
		{"a first reading of thirty", Sweep{}, Listed{Total: 30}, 3, []string{"10 of 30", "20 of 30", "30 of 30"}},
		{"the same, where ten were read before", Sweep{Next: "1", Top: day(9), Read: 10}, Listed{Total: 30}, 2, []string{"10 of 20", "20 of 20"}},
		{"news of a listing of a thousand", Sweep{Done: day(1)}, Listed{Total: 1000}, 2, []string{"10 of 0", "20 of 20"}},
		{"the same, where its rest is told", Sweep{Done: day(1)}, Listed{Rest: 1000}, 2, []string{"10 of 0", "20 of 20"}},
		{"news of a listing of news alone", Sweep{Done: day(1)}, Listed{Total: 20, News: true}, 2, []string{"10 of 20", "20 of 20"}},
		{"nobody knows how much", Sweep{}, Listed{}, 2, []string{"10 of 0", "20 of 20"}},
		{"more than was told", Sweep{}, Listed{Total: 15}, 2, []string{"10 of 15", "20 of 20"}},
	} {
		var got []string
		page := 0
		err := c.stored.Run(context.Background(), "x", source.Pull{
			Emit:     func(context.Context, source.Page) error { return nil },
			Progress: func(_ string, done, total int) { got = append(got, fmt.Sprintf("%d of %d", done, total)) },
		}, func(_ context.Context, _ string, _ time.Time, emit func(Listed, source.Page) error) error {
			l := c.page
			l.Items, l.Newest, l.Oldest = 10, day(9), day(8)
			if page++; page < c.pages {
				l.Next = fmt.Sprint("page ", page)
			}
			if page > c.pages {
				return stopped
			}
			return emit(l, source.Page{})
		})
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", c.what, err, diff)
		}
	}
}
