package forecast

import (
	"errors"
	"slices"
	"time"
)

// Said is a date that a forecast of the past gave, and what became of it.
type Said struct {
	Due  time.Time // the last day that it leaves
	Held bool      // the items were finished by then
}

// SaidBefore walks through the past as [NewRecord] does, over one horizon, and gives the
// dates of a chance that are past, of weeks that begin at since or later. It goes in steps
// of the horizon, whose weeks do not depend on where the history begins or ends, so that
// no two forecasts see the same weeks come true.
//
// Dates are those of the simulation alone: the correction of a record widens them until
// they hold, and would hide how far this past is a guide to what follows it. Weeks at
// whose end a forecast is refused give no date.
func SaidBefore(h History, since time.Time, horizon int, chance float64) ([]Said, error) {
	level := slices.Index(levels[:], chance)
	normal := normals()
	var out []Said
	for n := MinWeeks; n < len(h.Weeks); n++ {
		begin := h.week(n)
		if begin.Before(since) || begin.Unix()/(7*24*3600)%int64(horizon) != 0 {
			continue
		}
		entries, err := look(h, n, normal, []int{horizon})
		var refusal Refusal
		if errors.As(err, &refusal) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if e := entries[0]; e.dates[level] < 7*(len(h.Weeks)-n) {
			out = append(out, Said{begin.AddDate(0, 0, e.dates[level]), e.actual <= e.dates[level]})
		}
	}
	return out, nil
}
