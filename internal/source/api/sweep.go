package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/source"
)

// Sweep is the cursor of a listing that is ordered by the time of the last change, newest
// first. A pass goes from the newest item down to what the last whole pass had; one that
// was interrupted goes on where it stopped, and what changed meanwhile is for the next.
type Sweep struct {
	Done time.Time `json:"done,omitzero"` // everything that changed up to here is stored
	Top  time.Time `json:"top,omitzero"`  // of the pass that goes on: its newest item
	Next string    `json:"next,omitempty"`
	Read int       `json:"read,omitempty"` // items of the pass that goes on
	Open time.Time `json:"open,omitzero"`  // of listings by creation: a pass goes down to here too
	Left time.Time `json:"left,omitzero"`  // of the pass that goes on: what Open will be

	Asked string `json:"asked,omitempty"` // the words that its facts were made with; others have it begin anew
}

// Listed is one page of such a listing. One that is ordered by creation tells as Oldest the
// creation of its oldest item, or some time after it, as items change a while after they were
// made; and as Open the same of its oldest item that has not ended.
type Listed struct {
	Newest, Oldest time.Time // changes of its items; zero for an empty page
	Open           time.Time
	Items          int
	Total          int    // of the whole listing, as far as it is known
	Rest           int    // the same of this page and those after it
	News           bool   // both count only what changed since the time that was asked for
	Next           string // what the next page is asked by; "" on the last
}

// Spans takes an item's time of change into the page's newest and oldest.
func (l *Listed) Spans(t time.Time) {
	if t.After(l.Newest) {
		l.Newest = t
	}
	if l.Oldest.IsZero() || t.Before(l.Oldest) {
		l.Oldest = t
	}
}

// Run goes through the listing. page asks for one page ("" is the first), takes of it what
// changed at or after since, and hands it to emit together with the cursor that emit is
// given; emit is called once a page.
func (s Sweep) Run(ctx context.Context, stream string, req source.Pull, page func(ctx context.Context, next string, since time.Time, emit func(Listed, source.Page) error) error) error {
	seen := map[string]bool{}
	run := run{before: s.Read, news: !s.Done.IsZero()}
	for {
		var stop bool
		called := false
		err := page(ctx, s.Next, s.Done, func(l Listed, p source.Page) error {
			called = true
			if s.Top.IsZero() {
				s.Top = l.Newest
			}
			total := run.total(l)
			s.Read += l.Items
			run.read += l.Items
			if !l.Open.IsZero() && (s.Left.IsZero() || l.Open.Before(s.Left)) {
				s.Left = l.Open
			}
			if stop = l.Next == "" || l.Items > 0 && s.reached(l.Oldest); stop {
				s.Next = ""
			} else if seen[l.Next] {
				return fmt.Errorf("%w: its pages lead in a circle", ErrUnusable)
			} else {
				seen[l.Next], s.Next = true, l.Next
			}
			if req.Progress != nil {
				if stop {
					total = run.read
				}
				req.Progress(stream, run.read, total)
			}
			if stop {
				if s.Top.After(s.Done) {
					s.Done = s.Top
				}
				s.Top, s.Read = time.Time{}, 0
				s.Open, s.Left = s.Left, time.Time{}
			}
			p.Stream, p.Cursor = stream, s.Cursor()
			return req.Emit(ctx, p)
		})
		if err != nil {
			return err
		}
		if !called {
			return fmt.Errorf("%w: a page was not handed on", ErrUnusable)
		}
		if stop {
			return nil
		}
	}
}

// run is what one reading does of a pass.
type run struct {
	before int  // items of the pass that earlier readings read
	read   int  // items that this one read
	news   bool // it reads what changed since a whole pass, and stops there
}

// total is about how many items the reading reads in all, seen at the beginning of a page; 0 if
// that is not known: how much of a listing is news is known only where it lists nothing else.
func (r run) total(l Listed) int {
	switch {
	case r.news && !l.News:
		return 0
	case l.Rest > 0:
		return r.read + l.Rest
	case l.Total > r.before:
		return max(l.Total-r.before, r.read+l.Items)
	}
	return 0
}

// reached tells whether what is older than an item needs no reading.
func (s Sweep) reached(oldest time.Time) bool {
	return oldest.Before(s.Done) && (s.Open.IsZero() || oldest.Before(s.Open))
}

// Cursor is the text of the sweep.
func (s Sweep) Cursor() source.Cursor {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // it has only times and texts
	}
	return source.Cursor(text)
}

// SweepOf reads a cursor; one that cannot be read begins anew.
func SweepOf(c source.Cursor) (s Sweep) {
	if json.Unmarshal([]byte(c), &s) != nil {
		return Sweep{}
	}
	return s
}

// Asking has what was read with other words read anew.
func Asking(req source.Pull, words string) source.Pull {
	stored := req.Cursor
	req.Cursor = func(stream string) source.Cursor {
		if c := stored(stream); SweepOf(c).Asked == words {
			return c
		}
		return Sweep{Asked: words}.Cursor()
	}
	return req
}

// Requests has change requests read anew that were read before it was kept which issues they say
// to close, or while other rules judged the files that they change.
func Requests(req source.Pull) source.Pull { return Asking(req, "closes, paths "+req.PathRules) }
