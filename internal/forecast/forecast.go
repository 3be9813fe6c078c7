// Package forecast says when work will be finished, and how much of it by a date, by
// simulating futures from what a scope finished in past weeks. It keeps the record of
// what it would have said before, and corrects itself by it.
//
// It is pure: it knows counts of finished items by week and a name for the item, not
// where they come from, and nobody who did the work. Equal histories, plans and seeds
// give equal answers, whatever the number of processors.
package forecast

import (
	"context"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/stats"
)

// Work is where finished work is counted: changes today, issues or change requests
// where a source brings them.
type Work interface {
	// Unit names one item, and several.
	Unit() (one, many string)
	// Finished counts the items of each complete week known by asOf, oldest first and
	// without a gap. What is finished stays finished: a later asOf adds weeks and
	// changes none.
	Finished(ctx context.Context, asOf time.Time) ([]Week, error)
	// Days counts items by day of the week, Sunday first, in the year before asOf.
	Days(ctx context.Context, asOf time.Time) ([7]float64, error)
}

// Week is how many items were finished in the seven days from Start on.
type Week struct {
	Start time.Time
	Items float64
}

// History is what a scope has finished, week by week.
type History struct {
	Start time.Time // first day of the first week
	Weeks []float64 // items finished; the first is not zero
	Share [7]float64
}

// NewHistory leaves out the silence before the first item: then there was no work yet.
// Weeks without an item after that are part of how work goes. Days are items by
// weekday, Sunday first; where there are none all days are alike.
func NewHistory(weeks []Week, days [7]float64) History {
	for len(weeks) > 0 && weeks[0].Items == 0 {
		weeks = weeks[1:]
	}
	h := History{Share: [7]float64{1. / 7, 1. / 7, 1. / 7, 1. / 7, 1. / 7, 1. / 7, 1. / 7}}
	if len(weeks) == 0 {
		return h
	}
	h.Start = weeks[0].Start
	for _, w := range weeks {
		h.Weeks = append(h.Weeks, w.Items)
	}
	var sum float64
	for _, d := range days {
		sum += d
	}
	for i := range h.Share {
		if sum > 0 {
			h.Share[i] = days[(int(h.Start.Weekday())+i)%7] / sum
		}
	}
	return h
}

// week is the first day of week i.
func (h History) week(i int) time.Time { return h.Start.AddDate(0, 0, 7*i) }

// Until is the history as it was known when its first n weeks were over.
func (h History) Until(n int) History {
	h.Weeks = h.Weeks[:n]
	return h
}

// Range is a number that is not known better; each trial draws one, all alike likely.
type Range struct{ Low, High float64 }

// Exactly is a number that is known.
func Exactly(x float64) Range { return Range{x, x} }

func (r Range) draw(u float64) float64 { return r.Low + u*(r.High-r.Low) }

// Piece is one piece of work.
type Piece struct {
	Name  string
	Items Range // that are left
}

// Plan is what is asked.
type Plan struct {
	Pieces  []Piece   // one after the other; empty asks only how much by a date
	Start   time.Time // first day of the work
	By      time.Time // last day that counts for "how many by"; zero asks nothing
	Focus   float64   // share of what the scope finishes that goes into this work; 0 is all
	Split   Range     // how many items one that is planned becomes; zero is 1
	Weekly  Range     // items by which the scope grows each week
	PerItem Range     // items by which the scope grows with each that is finished
	Trials  int       // 0 is 100,000
	Seed    uint64
}

// Trials is how many futures are simulated where a plan does not say.
const Trials = 100_000

// MostWeeks is how far a trial goes: what is not finished then counts as never.
const MostWeeks = 520

func (p Plan) filled() (Plan, error) {
	if p.Focus == 0 {
		p.Focus = 1
	}
	if p.Split == (Range{}) {
		p.Split = Exactly(1)
	}
	if p.Trials == 0 {
		p.Trials = Trials
	}
	for _, c := range []struct {
		name      string
		r         Range
		low, high float64
	}{{"focus", Exactly(p.Focus), 1e-6, 1}, {"split", p.Split, 1, 100}, {"growth a week", p.Weekly, 0, 1e6}, {"growth with each item", p.PerItem, 0, 0.999}, {"trials", Exactly(float64(p.Trials)), 100, 1e7}} {
		if err := c.r.within(c.name, c.low, c.high); err != nil {
			return p, err
		}
	}
	for _, w := range p.Pieces {
		if err := w.Items.within("items of "+w.Name, 1, 1e6); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (r Range) within(name string, low, high float64) error {
	if !(r.Low >= low && r.High <= high && r.Low <= r.High) {
		return fmt.Errorf("%s from %v to %v, must be from %v to %v: %w", name, r.Low, r.High, low, high, stats.ErrParameter)
	}
	return nil
}

// levels are the chances for which a forecast gives dates.
var levels = [...]float64{0.50, 0.70, 0.85, 0.95}

// Levels are the chances for which a forecast gives dates.
func Levels() []float64 { return levels[:] }
