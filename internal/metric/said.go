package metric

import (
	"database/sql"
	"time"

	"github.com/diarchy/diarchy/internal/forecast"
)

// What is forecast again of the past: how many weeks ahead, with which chance.
const (
	saidAhead  = 4
	saidChance = 0.85
)

// saidMonths is how far back the dates lie that are looked at.
const saidMonths = 24

// reduceSaid reads (week, changes, n) and makes the share of the dates of each calendar
// quarter that held. A date more than half a year away counts in none.
func (e Evaluator) reduceSaid(rows *sql.Rows, s *Series) error {
	weekly := Series{Metric: Definition{Grain: "week", Fill: "zero"}}
	if err := e.scan(rows, &weekly); err != nil {
		return err
	}
	var weeks []forecast.Week
	for _, p := range weekly.Points {
		weeks = append(weeks, forecast.Week{Start: p.Start, Items: p.Value})
	}
	first := quarterOf(e.local(e.AsOf)).AddDate(0, -saidMonths, 0)
	said, err := forecast.SaidBefore(forecast.NewHistory(weeks, [7]float64{}), first.AddDate(0, -6, 0), saidAhead, saidChance)
	if err != nil {
		return err
	}
	byQuarter := map[time.Time]Point{}
	for _, x := range said {
		q := quarterOf(x.Due)
		p := byQuarter[q]
		p.Start = q
		if p.N++; x.Held {
			p.Value++ // a number, until all are counted
		}
		byQuarter[q] = p
	}
	var points []Point
	for q := first; !q.After(e.AsOf); q = q.AddDate(0, 3, 0) {
		if p := byQuarter[q]; p.N > 0 {
			p.Value /= float64(p.N)
			points = append(points, p)
		}
	}
	s.Points = e.fill(s.Metric, points)
	return nil
}
