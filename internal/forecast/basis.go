package forecast

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/stats"
)

// What a forecast needs. The numbers are choices, not findings; docs/forecasting.md
// says what they cost.
const (
	MinWeeks  = 10 // complete weeks since the first item, or since the level last changed
	MinActive = 5  // of them with an item
	MinItems  = 10 // in them together
	Silence   = 8  // weeks without any item after which work has stopped
	window    = 52 // weeks that are drawn from, at most
	searched  = 104
	steep     = 3.0 // change of level over a window from which a trend is too steep
)

// Kinds of refusal.
const (
	Short    = "short"    // too few complete weeks
	Stopped  = "stopped"  // nothing was finished lately
	Changed  = "changed"  // the level changed too lately
	Thin     = "thin"     // too few items, or weeks with any
	Drifting = "drifting" // the level moves all the time
)

// Refusal says why there is no forecast, and what is missing for one.
type Refusal struct{ Kind, Why, Missing string }

func (r Refusal) Error() string { return r.Why + "; " + r.Missing }

// Basis is the part of a history that a forecast draws from.
type Basis struct {
	From    time.Time // first day of the first week
	Weeks   []float64
	Changed time.Time // week in which the level last changed; zero: it did not
	Before  float64   // items a week before that
	After   float64
}

// Basis chooses the newest weeks whose level is the present one, at most a year of
// them, or refuses.
func (h History) Basis() (Basis, error) {
	n := len(h.Weeks)
	if n < MinWeeks {
		return Basis{}, Refusal{Short, fmt.Sprintf("there are %d complete weeks since the first finished item", n), fmt.Sprintf("%d are needed, %d more", MinWeeks, MinWeeks-n)}
	}
	if total(h.Weeks[max(0, n-Silence):]) == 0 {
		return Basis{}, Refusal{Stopped, fmt.Sprintf("nothing was finished in the last %d weeks", Silence), "work must have begun again, or the clones are old: fetch what is new"}
	}
	b, from, err := h.sinceChange()
	if err != nil {
		return Basis{}, err
	}
	from = max(from, n-window)
	b.From, b.Weeks = h.week(from), h.Weeks[from:]
	if err := b.thin(); err != nil {
		return Basis{}, err
	}
	return b, b.steep()
}

// sinceChange finds where the present level began, in two years at most.
func (h History) sinceChange() (b Basis, from int, err error) {
	n := len(h.Weeks)
	first := max(0, n-searched)
	changes, err := stats.ChangePoints(h.Weeks[first:], stats.ChangeOptions{Counts: true})
	var few stats.TooFew
	if errors.As(err, &few) {
		return b, 0, nil
	}
	if err != nil || len(changes) == 0 {
		return b, 0, err
	}
	last := changes[len(changes)-1]
	from = first + last.Index
	b.Changed, b.Before, b.After = h.week(from), last.Before, last.After
	if n-from < MinWeeks {
		return b, 0, Refusal{Changed, fmt.Sprintf("the level changed from about %.3g to %.3g a week in the week of %s, %d weeks ago", last.Before, last.After, b.Changed.Format(time.DateOnly), n-from),
			fmt.Sprintf("%d weeks at one level are needed, %d more", MinWeeks, MinWeeks-(n-from))}
	}
	return b, from, nil
}

func (b Basis) thin() error {
	active := 0
	for _, x := range b.Weeks {
		if x > 0 {
			active++
		}
	}
	if sum := total(b.Weeks); sum < MinItems || active < MinActive {
		return Refusal{Thin, fmt.Sprintf("%.0f items were finished in %d of the last %d weeks", sum, active, len(b.Weeks)), fmt.Sprintf("%d items in %d weeks are needed", MinItems, MinActive)}
	}
	return nil
}

// steep refuses a level that a steady trend takes to less than a third, or to more than
// three times, of what it was: weeks that differ so much are no sample of those to come.
func (b Basis) steep() error {
	x := make([]float64, len(b.Weeks))
	for i := range x {
		x[i] = float64(i)
	}
	t, err := stats.TheilSen(x, b.Weeks, 0.95)
	if errors.Is(err, stats.ErrUndefined) {
		return nil
	}
	if err != nil {
		return err
	}
	half := t.Slope * float64(len(x)-1) / 2
	middle := total(b.Weeks) / float64(len(x))
	begin, end := max(middle-half, 0.1), max(middle+half, 0.1)
	if t.PAdjusted > 0.01 || math.Abs(math.Log(end/begin)) < math.Log(steep) {
		return nil
	}
	return Refusal{Drifting, fmt.Sprintf("throughput moved steadily from about %.3g to %.3g a week since the week of %s", begin, end, b.From.Format(time.DateOnly)),
		"a level that holds is needed; ask again when it has settled"}
}

func total(xs []float64) (sum float64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}
