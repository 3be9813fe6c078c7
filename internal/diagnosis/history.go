package diagnosis

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/signal"
	"golang.org/x/sync/errgroup"
)

// The past is replayed by quarter, this far back.
const (
	replays     = 12
	replayEvery = 3 // months
)

// replay begins to replay the past with what was known then; wait gives its points.
func (in Input) replay(ctx context.Context) (wait func() ([]cockpit.Past, error)) {
	var dates []time.Time
	for back := replays; back >= 1 && !in.NoPast; back-- {
		if asOf := monthsBefore(in.AsOf, back*replayEvery); asOf.After(in.Began.AddDate(0, 6, 0)) {
			dates = append(dates, asOf)
		}
	}
	points, done := make([]cockpit.Past, len(dates)), make(chan error, 1)
	go func() {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, asOf := range dates {
			g.Go(func() error {
				past, err := in.see(ctx, asOf, false, fewDraws, signal.Metrics...)
				if err == nil {
					points[i] = in.past(past)
				}
				return err
			})
		}
		done <- g.Wait()
	}()
	return func() ([]cockpit.Past, error) { return points, <-done }
}

// history is the past and the present.
func (in Input) history(past []cockpit.Past, s sight, today cockpit.Verdict) cockpit.History {
	now := in.past(s)
	now.Call, now.Confidence, now.Shares = today.Call, today.Confidence, today.Shares
	h := cockpit.History{Points: append(past, now)}
	for i := 1; i < len(h.Points); i++ {
		if h.Points[i].Call != h.Points[i-1].Call {
			h.Flips++
		}
	}
	h.Summary = sentence(h, s.model.cuts.flickers)
	return h
}

// monthsBefore goes back by whole months without spilling over the end of a month.
func monthsBefore(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()-time.Month(months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

func (in Input) past(s sight) cockpit.Past {
	p := cockpit.Past{AsOf: lastDay(s.asOf), Shares: map[string]float64{}}
	for _, c := range calls {
		p.Shares[c] = s.tally.shares[c]
	}
	p.Call, p.Confidence = s.tally.call()
	if in.enough(s) != "" {
		p.Call, p.Confidence, p.Shares = cockpit.CallUnknown, 0, noCall()
	}
	if s.model.engineers.known() {
		p.Engineers = number((s.co.engineers.Low + s.co.engineers.High) / 2)
	}
	return p
}

// sentence says how the call moved.
func sentence(h cockpit.History, flickers int) string {
	if len(h.Points) < 2 {
		return "There is too little history to replay the past."
	}
	name := func(call string) string { return uncapital(callWords[call]) }
	first, last := h.Points[0], h.Points[len(h.Points)-1]
	if h.Flips == 0 {
		return fmt.Sprintf("The call has been the same since %s: %s.", first.AsOf, name(last.Call))
	}
	since := last.AsOf
	for i := len(h.Points) - 1; i >= 0 && h.Points[i].Call == last.Call; i-- {
		since = h.Points[i].AsOf
	}
	text := fmt.Sprintf("Replayed every quarter with what was known then, the call changed %d times; it has been the present one since %s.", h.Flips, since)
	if h.Flips == 1 {
		text = fmt.Sprintf("Replayed every quarter with what was known then, the call changed once, from %s; it has been the present one since %s.", name(first.Call), since)
	}
	if h.Flips > flickers {
		text += " A verdict that flickers is not one: wait for the next quarter before acting on it."
	}
	return text
}
