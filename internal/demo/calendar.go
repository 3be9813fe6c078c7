package demo

import (
	"math"
	"math/rand/v2"
	"time"
	_ "time/tzdata" // time zones must be known on machines without zoneinfo too
)

// calendar counts the weeks of a history from 0, each from a Monday 00:00 UTC.
type calendar struct {
	first time.Time
	weeks int
}

func newCalendar(end time.Time, weeks int) calendar {
	y, m, d := end.Date()
	sunday := time.Date(y, m, d-int(end.Weekday()), 0, 0, 0, 0, time.UTC)
	return calendar{sunday.AddDate(0, 0, 1-7*weeks), weeks}
}

func (c calendar) week(w int) time.Time { return c.first.AddDate(0, 0, 7*w) }

// end is the last day, a Sunday.
func (c calendar) end() time.Time { return c.week(c.weeks).AddDate(0, 0, -1) }

// back is the index of the n-th week before the end, the last week being 1. For
// n 0, a symptom that is not planted, it lies after the end.
func (c calendar) back(n int) int { return c.weeks - n }

func (c calendar) index(t time.Time) int { return int(math.Floor(t.Sub(c.first).Hours() / (24 * 7))) }

// month is the first day of the month that lies n months before the end.
func (c calendar) month(n int) time.Time {
	y, m, _ := c.end().Date()
	return time.Date(y, m-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
}

// holiday is the share of its usual work that a week gets: people are away
// around the turn of the year.
func holiday(monday time.Time) float64 {
	for d := range 7 {
		switch _, m, day := monday.AddDate(0, 0, d).Date(); {
		case m == time.December && day == 25:
			return 0.5
		case m == time.January && day == 1:
			return 0.7
		}
	}
	return 1
}

// workday moves a day of the weekend to the Monday after it.
func workday(day time.Time) time.Time {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// workdayBefore moves a day of the weekend to the Friday before it.
func workdayBefore(day time.Time) time.Time {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// landingDay draws a day of the week of a Monday; hardly ever a Saturday.
func landingDay(r *rand.Rand, monday time.Time) time.Time {
	return monday.AddDate(0, 0, pick(r, []float64{0.18, 0.215, 0.215, 0.21, 0.17, 0.01}))
}

// clock draws a moment of a working day in somebody's zone, between the given
// hours: more around eleven and half past three than at lunch.
func clock(r *rand.Rand, day time.Time, zone *time.Location, from, to float64) time.Time {
	h := from - 1
	for h < from || h > to {
		h = 10.9 + r.NormFloat64()*1.1
		if r.Float64() < 0.55 {
			h = 15.4 + r.NormFloat64()*1.4
		}
	}
	return moment(day, zone, h, r.IntN(60))
}

// moment is an hour, with its fraction, of a day in a zone.
func moment(day time.Time, zone *time.Location, hour float64, sec int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, int(hour*60), sec, 0, zone)
}

// pick draws an index with the given weights.
func pick(r *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// poisson draws a count with the given mean (Knuth's method; means stay small).
func poisson(r *rand.Rand, mean float64) int {
	n, limit := 0, math.Exp(-mean)
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}

// flow turns a rate into counts that are steadier than Poisson's.
type flow struct{ left float64 }

// take is how many things come with the next expected share of one.
func (f *flow) take(r *rand.Rand, mean float64) int {
	n := 0
	for f.left -= mean; f.left < 0; n++ {
		f.left += (r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64()) / 4
	}
	return n
}

// one draws an element.
func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }
