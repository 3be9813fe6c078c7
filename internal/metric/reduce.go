package metric

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/stats"
)

// leastEvents is how many events a quarter's median needs.
const leastEvents = 3

// reduceMedians reads (at, value, n) events and makes the median of each calendar
// quarter of them.
func reduceMedians(rows *sql.Rows, s *Series) error {
	if err := scanEvents(rows, s); err != nil || len(s.Events) == 0 {
		return err
	}
	s.byQuarter()
	return nil
}

// byQuarter makes points of events: the medians of whole quarters that have enough of them.
func (s *Series) byQuarter() {
	least := leastEvents
	if s.Metric.People {
		least = FewestPeople
	}
	byQuarter := map[time.Time][]float64{}
	for _, e := range s.Events {
		if !math.IsNaN(e.Value) {
			byQuarter[quarterOf(e.At)] = append(byQuarter[quarterOf(e.At)], e.Value)
		}
	}
	for q := quarterOf(s.Events[0].At); !q.AddDate(0, 3, 0).After(s.AsOf); q = q.AddDate(0, 3, 0) {
		p := Point{Start: q, Value: math.NaN(), N: len(byQuarter[q])}
		if p.N >= least {
			p.Value, _ = stats.Median(byQuarter[q])
		}
		s.Points = append(s.Points, p)
	}
	if !s.Known() {
		s.Missing = fmt.Sprintf("%d events in all, and no quarter with %d: %s", len(s.Events), least, s.Metric.Nulls)
	}
}

const (
	usualOf    = 6 // events before one whose median is its usual
	leastUsual = 3 // a usual below which a multiple says nothing
)

// reduceUsual reads (time, amount, n, of): what happened, as a multiple of the median of
// the six before it of the same.
func reduceUsual(rows *sql.Rows, s *Series) error {
	before := map[string][]float64{}
	for rows.Next() {
		e := Event{Value: math.NaN()}
		var amount float64
		if err := rows.Scan(&e.At, &amount, &e.N, &e.Of); err != nil {
			return err
		}
		e.At = e.At.UTC()
		past := before[e.Of]
		if len(past) >= usualOf {
			if e.Usual, _ = stats.Median(past[len(past)-usualOf:]); e.Usual >= leastUsual {
				e.Value = amount / e.Usual
			}
		}
		before[e.Of] = append(past, amount)
		s.Events = append(s.Events, e)
	}
	if err := rows.Err(); err != nil || len(s.Events) == 0 {
		return err
	}
	s.byQuarter()
	return nil
}

func scanEvents(rows *sql.Rows, s *Series) error {
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.At, &e.Value, &e.N); err != nil {
			return err
		}
		e.At = e.At.UTC()
		s.Events = append(s.Events, e)
	}
	return rows.Err()
}

func quarterOf(t time.Time) time.Time {
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// leastSurvivals is how many lifetimes a survival curve needs here.
const leastSurvivals = 20

// reduceSurvival reads (days, n, lives), how many lifetimes of so many whole days ended
// (n is 1) or go on, and makes one point of them: their Kaplan-Meier median.
func reduceSurvival(rows *sql.Rows, s *Series) error {
	var times []float64
	var observed []bool
	for rows.Next() {
		var days float64
		var n, lives int
		if err := rows.Scan(&days, &n, &lives); err != nil {
			return err
		}
		days = math.Max(days, 0) // the committer's clock ran back
		for range lives {
			times, observed = append(times, days), append(observed, n > 0)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(times) < leastSurvivals {
		s.Missing = fmt.Sprintf("%d markers; the median needs %d", len(times), leastSurvivals)
		return nil
	}
	km, err := stats.KaplanMeier(times, observed)
	if err != nil {
		return err
	}
	median, err := km.Median(0.95)
	if err != nil || math.IsNaN(median.Value) || math.IsInf(median.Value, 0) {
		s.Missing = "more than half of the markers still stand"
		return nil
	}
	s.Points = []Point{{Start: s.AsOf, Value: median.Value, N: len(times)}}
	return nil
}

// leastFiles is how many files a truck factor and hotspots need.
const leastFiles = 20

// holding says of how many files exactly these people are the authors.
type holding struct {
	people []int64
	files  int
}

// reduceTruckFactor computes the truck factor after Avelino, Passos, Hora and Valente,
// "A Novel Approach for Estimating Truck Factors" (ICPC 2016): a person is an author of
// a file when their degree of authorship, divided by the file's highest, is above 0.75
// and it is at least 3.293 itself; authors are taken away, the one with most files
// first, until more than half of the files have none. Rows are (people, files), where
// people are the authors of a file, by number and parted by commas.
func reduceTruckFactor(rows *sql.Rows, s *Series) error {
	var holdings []holding
	files := 0
	for rows.Next() {
		var people string
		var h holding
		if err := rows.Scan(&people, &h.files); err != nil {
			return err
		}
		var err error
		if h.people, err = peopleOf(people); err != nil {
			return err
		}
		holdings = append(holdings, h)
		files += h.files
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if files < leastFiles {
		s.Missing = fmt.Sprintf("%d source files; the method needs %d", files, leastFiles)
		return nil
	}
	s.Points = []Point{{Start: s.AsOf, Value: float64(truckFactor(holdings)), N: files}}
	return nil
}

// truckFactor is the fewest people without whom more than half of the files would
// have no author.
func truckFactor(holdings []holding) int {
	authors := make([]int, len(holdings)) // who are still there
	holds := map[int64][]int{}            // by person
	owned := map[int64]int{}
	files, orphans, factor := 0, 0, 0
	for i, h := range holdings {
		files += h.files
		if authors[i] = len(h.people); authors[i] == 0 {
			orphans += h.files
		}
		for _, p := range h.people {
			holds[p] = append(holds[p], i)
			owned[p] += h.files
		}
	}
	for _, top := range byFiles(owned) {
		if 2*orphans > files {
			break
		}
		for _, i := range holds[top] {
			if authors[i]--; authors[i] == 0 {
				orphans += holdings[i].files
			}
		}
		factor++
	}
	return factor
}

// byFiles is people, those with most files first; ties go to the smaller id, so that the
// result does not depend on the order of a map.
func byFiles(owned map[int64]int) []int64 {
	return slices.SortedFunc(maps.Keys(owned), func(a, b int64) int {
		return cmp.Or(cmp.Compare(owned[b], owned[a]), cmp.Compare(a, b))
	})
}

// reduceHotspots reads one row with (changed lines, those of measured files, files,
// measured files), and those of the ten files with the highest product of (changed lines,
// branches), with (changes).
func reduceHotspots(rows *sql.Rows, s *Series) error {
	var total, known, files, measured, hot int64
	for rows.Next() {
		var name string
		var changed, second, third, fourth, product int64
		if err := rows.Scan(&name, &changed, &second, &third, &fourth, &product); err != nil {
			return err
		}
		if name == "" {
			total, known, files, measured = changed, second, third, fourth
			continue
		}
		hot += changed
		s.Items = append(s.Items, Item{Name: name, Value: float64(product), Note: fmt.Sprintf("%d changed lines in %d changes, %d branches", changed, third, second)})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if measured < leastFiles || total == 0 {
		s.Items = nil
		s.Missing = fmt.Sprintf("%d of the %d files that changed within a year could be measured at the head; the method needs %d", measured, files, leastFiles)
		return nil
	}
	if 10*known < 9*total {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d of %d files, with %.0f %% of the year's changed lines, could be measured at the head; what the others are is not known", measured, files, 100*float64(known)/float64(total)))
	}
	s.Points = []Point{{Start: s.AsOf, Value: float64(hot) / float64(total), N: int(measured)}}
	return nil
}
