package metric

import (
	"database/sql"
	"fmt"
	"math"
	"sort"
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
	least := leastEvents
	if s.Metric.People {
		least = FewestPeople
	}
	byQuarter := map[time.Time][]float64{}
	for _, e := range s.Events {
		byQuarter[quarterOf(e.At)] = append(byQuarter[quarterOf(e.At)], e.Value)
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
	return nil
}

func scanEvents(rows *sql.Rows, s *Series) error {
	for rows.Next() {
		var e Event
		var n int
		if err := rows.Scan(&e.At, &e.Value, &n); err != nil {
			return err
		}
		e.At, e.Observed = e.At.UTC(), n > 0
		s.Events = append(s.Events, e)
	}
	return rows.Err()
}

func quarterOf(t time.Time) time.Time {
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// leastSurvivals is how many lifetimes a survival curve needs here.
const leastSurvivals = 20

// reduceSurvival makes one point of lifetimes: their Kaplan-Meier median.
func reduceSurvival(rows *sql.Rows, s *Series) error {
	if err := scanEvents(rows, s); err != nil {
		return err
	}
	times, observed := make([]float64, len(s.Events)), make([]bool, len(s.Events))
	for i := range s.Events {
		e := &s.Events[i]
		e.Value = math.Max(e.Value, 0) // the committer's clock ran back
		times[i], observed[i] = e.Value, e.Observed
	}
	if len(s.Events) < leastSurvivals {
		s.Missing = fmt.Sprintf("%d markers; the median needs %d", len(s.Events), leastSurvivals)
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

// authorship of a file by one person.
type authorship struct {
	person     int64
	created    bool
	deliveries int
}

// reduceTruckFactor computes the truck factor after Avelino, Passos, Hora and Valente,
// "A Novel Approach for Estimating Truck Factors" (ICPC 2016): a person is an author of
// a file when their degree of authorship, divided by the file's highest, is above 0.75
// and it is at least 3.293 itself; authors are taken away, the one with most files
// first, until more than half of the files have none.
func reduceTruckFactor(rows *sql.Rows, s *Series) error {
	files := map[string][]authorship{}
	for rows.Next() {
		var file string
		var a authorship
		var created int
		if err := rows.Scan(&file, &a.person, &created, &a.deliveries); err != nil {
			return err
		}
		a.created = created > 0
		files[file] = append(files[file], a)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(files) < leastFiles {
		s.Missing = fmt.Sprintf("%d source files; the method needs %d", len(files), leastFiles)
		return nil
	}
	s.Points = []Point{{Start: s.AsOf, Value: float64(TruckFactor(files)), N: len(files)}}
	return nil
}

// TruckFactor is the fewest people without whom more than half of the files would
// have no author.
func TruckFactor(files map[string][]authorship) int {
	owned := map[int64]map[string]bool{}
	authors := map[string]int{}
	for file, people := range files {
		for _, p := range authorsOf(people) {
			if owned[p] == nil {
				owned[p] = map[string]bool{}
			}
			owned[p][file] = true
			authors[file]++
		}
	}
	orphans := 0
	for _, people := range files {
		if len(authorsOf(people)) == 0 {
			orphans++
		}
	}
	factor := 0
	for 2*orphans <= len(files) && len(owned) > 0 {
		top := mostFiles(owned)
		for file := range owned[top] {
			if authors[file]--; authors[file] == 0 {
				orphans++
			}
		}
		delete(owned, top)
		factor++
	}
	return factor
}

// authorsOf applies the degree of authorship (Fritz and others, 2010):
// 3.293 + 1.098 FA + 0.164 DL - 0.321 ln(1 + AC), where FA says that the person
// created the file, DL counts their deliveries and AC those of others.
func authorsOf(people []authorship) []int64 {
	total := 0
	for _, p := range people {
		total += p.deliveries
	}
	degree := make([]float64, len(people))
	highest := 0.0
	for i, p := range people {
		first := 0.0
		if p.created {
			first = 1
		}
		degree[i] = 3.293 + 1.098*first + 0.164*float64(p.deliveries) - 0.321*math.Log(1+float64(total-p.deliveries))
		highest = math.Max(highest, degree[i])
	}
	var authors []int64
	for i, p := range people {
		if degree[i] >= 3.293 && degree[i]/highest > 0.75 {
			authors = append(authors, p.person)
		}
	}
	return authors
}

// mostFiles is the person with most files; ties go to the smaller id, so that the
// result does not depend on the order of a map.
func mostFiles(owned map[int64]map[string]bool) int64 {
	var top int64
	most := -1
	for p, files := range owned {
		if len(files) > most || len(files) == most && p < top {
			top, most = p, len(files)
		}
	}
	return top
}

// mostHotspots is how many files count as hotspots.
const mostHotspots = 10

// reduceHotspots ranks files by changed lines times branches.
func reduceHotspots(rows *sql.Rows, s *Series) error {
	type file struct {
		name                         string
		changed, complexity, changes int64
	}
	var files []file
	var total, known int64 // changed lines, and those of measured files
	measured := 0
	for rows.Next() {
		var f file
		if err := rows.Scan(&f.name, &f.changed, &f.complexity, &f.changes); err != nil {
			return err
		}
		total += f.changed
		if f.complexity >= 0 {
			measured++
			known += f.changed
		}
		files = append(files, f)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if measured < leastFiles || total == 0 {
		s.Missing = fmt.Sprintf("%d of the %d files that changed within a year could be measured at the head; the method needs %d", measured, len(files), leastFiles)
		return nil
	}
	if 10*known < 9*total {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d of %d files, with %.0f %% of the year's changed lines, could be measured at the head; what the others are is not known", measured, len(files), 100*float64(known)/float64(total)))
	}
	sort.SliceStable(files, func(a, b int) bool {
		return files[a].changed*max(files[a].complexity, 0) > files[b].changed*max(files[b].complexity, 0)
	})
	var hot int64
	for _, f := range files[:mostHotspots] {
		if f.complexity <= 0 {
			break
		}
		hot += f.changed
		s.Items = append(s.Items, Item{Name: f.name, Value: float64(f.changed * f.complexity),
			Note: fmt.Sprintf("%d changed lines in %d changes, %d branches", f.changed, f.changes, f.complexity)})
	}
	s.Points = []Point{{Start: s.AsOf, Value: float64(hot) / float64(total), N: measured}}
	return nil
}
