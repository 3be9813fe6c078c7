package metric

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// Reader is what evaluation needs of a store.
type Reader interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Point is a value for one bucket.
type Point struct {
	Start time.Time // beginning of the bucket; for a grain of 4 weeks and for snapshots its exclusive end
	Value float64   // in the metric's unit; NaN when unknown
	N     int       // facts that it rests on
}

// Event is one occurrence of an event metric; nobody's name is attached.
type Event struct {
	At    time.Time
	Value float64 // NaN when unknown
	N     int     // facts that it rests on
	Of    string  // what it is one of, where it is compared with those before it: a project; else ""
	Usual float64 // what Value is a multiple of, where it is compared; else 0
}

// Item is a row of a snapshot, such as a file among hotspots.
type Item struct {
	Name  string
	Value float64
	Note  string
}

// Series is a metric's course for a scope, up to a date.
type Series struct {
	Metric   Definition
	Scope    string
	AsOf     time.Time
	Zone     *time.Location // of the company's calendar; nil is UTC
	Points   []Point
	Events   []Event // for event metrics
	Items    []Item  // for snapshots that list something
	Warnings []string
	Missing  string // why there is nothing, when there is nothing

	Strays []Stray // what was told that it would count, and does not

	Unread string // a system that is asked still, and was last read before the newest points; with the day
	Hidden bool   // the newest point speaks of too few people
}

// Stray is what a system told and no number counts.
type Stray struct {
	Of    []string // the tables in which it would be
	What  string   // how much of what, and why it fits nothing
	Costs string   // what is not known for want of it
	Do    string   // the line of a document that lets it count
}

// Known reports whether any value is known.
func (s Series) Known() bool {
	for _, p := range s.Points {
		if !math.IsNaN(p.Value) {
			return true
		}
	}
	return false
}

// Remedy is what makes the newest points known: what supplies facts where there are none, a
// reading of a system that was not read since, and else, as a comment, time.
func (s Series) Remedy() string {
	switch d := s.Metric; {
	case s.Hidden:
		return fmt.Sprintf("# nothing: of fewer than %d people it is not shown", FewestPeople)
	case s.Unread != "":
		return "diarchy sync   # " + s.Unread
	case len(s.Strays) > 0:
		return joined(s.Strays, "\n", func(x Stray) string { return x.Do })
	case d.Classifies || !s.any():
		return d.Supply
	case len(d.tellings()) > 0:
		return "# time: there are facts, and too few yet"
	}
	return "# time, or more of the company's repositories with their whole history:\n# there are facts, and too few yet"
}

// any reports whether it rests on a fact at all.
func (s Series) any() bool {
	return len(s.Events)+len(s.Items) > 0 || slices.ContainsFunc(s.Points, func(p Point) bool { return p.N > 0 })
}

// Last is the newest known point.
func (s Series) Last() (Point, bool) {
	for i := len(s.Points) - 1; i >= 0; i-- {
		if !math.IsNaN(s.Points[i].Value) {
			return s.Points[i], true
		}
	}
	return Point{Value: math.NaN()}, false
}

// Outdated tells whether a point was over more than two steps of its metric before the
// series' end, so that newer ones are missing, and when it was over.
func (s Series) Outdated(p Point) (over time.Time, outdated bool) {
	grain, d := s.Metric.Grain, s.Metric
	if grain == "event" {
		grain = "quarter" // of which medians are
	}
	over = next(grain, p.Start)
	due := next(grain, next(grain, over))
	if over.IsZero() || d.Reduce == "median survival" { // Start is the end
		over, due = p.Start, p.Start.AddDate(0, 0, 2*28)
	}
	return over, due.AddDate(0, 0, d.Settles).Before(s.AsOf)
}

// Day names a point by a date: the first day of its bucket, or, where Start is an end,
// the last day that it covers by the company's clock.
func (s Series) Day(p Point) string {
	if s.Metric.Grain != "4 weeks" && s.Metric.Grain != "snapshot" && s.Metric.Reduce != "median survival" {
		return p.Start.Format(time.DateOnly)
	}
	return s.LastDay(p.Start)
}

// LastDay is the last day before an exclusive end, by the company's clock.
func (s Series) LastDay(end time.Time) string {
	return end.Add(-time.Nanosecond).In(s.zone()).Format(time.DateOnly)
}

func (s Series) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// Since is the part from a date on.
func (s Series) Since(from time.Time) []Point {
	i := sort.Search(len(s.Points), func(i int) bool { return !s.Points[i].Start.Before(from) })
	return s.Points[i:]
}

// Evaluator reads series. AsOf is exclusive: only what happened before it is known.
type Evaluator struct {
	Reader   Reader
	Calendar Calendar
	Scope    string // "" is the company
	AsOf     time.Time
	From     time.Time // points that begin before it are left out; zero leaves out none
	Rolled   bool      // reads rollups, which must have been made for the same calendar, in the place of facts
	Left     []string  // systems that are asked no longer: where another tells the same, they hold nothing back

	// Strays gives what fell out of the numbers of a scope; nil where nobody knows.
	Strays func(ctx context.Context, scope string) ([]Stray, error)
}

// Evaluate reads one metric.
func (e Evaluator) Evaluate(ctx context.Context, d Definition) (Series, error) {
	s := Series{Metric: d, Scope: e.scope(), AsOf: e.AsOf, Zone: e.zone()}
	statement, err := e.statement(d.sql)
	if err != nil {
		return s, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	rows, err := e.Reader.Query(ctx, statement, e.scope(), e.AsOf)
	if err != nil {
		return s, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	defer rows.Close()
	switch d.Reduce {
	case "truck factor":
		err = reduceTruckFactor(rows, &s)
	case "hotspots":
		err = reduceHotspots(rows, &s)
	case "median by quarter":
		err = reduceMedians(rows, &s)
	case "against the usual":
		err = reduceUsual(rows, &s)
	case "median survival":
		err = reduceSurvival(rows, &s)
	case "walk forward":
		err = e.reduceSaid(rows, &s)
	default:
		err = e.scan(rows, &s)
	}
	if err != nil {
		return s, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	if len(s.Points) > 0 && len(d.tellings()) > 0 {
		last, err := e.oldestReading(ctx, d)
		if err != nil {
			return s, fmt.Errorf("metric %s: %w", d.Name, err)
		}
		e.unread(&s, last)
		if d.Fill == "zero" {
			silent(&s)
		}
	}
	s.Points = s.Since(e.first(d))
	if e.Calendar.Working.Limited() && d.countsWorkingTime() {
		s.Warnings = append(s.Warnings, e.Calendar.Working.String())
	}
	if s.Known() || s.Missing != "" {
		return s, nil
	}
	if s.Strays, err = e.strays(ctx, d); err != nil {
		return s, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	switch {
	case len(s.Strays) > 0:
		s.Missing = joined(s.Strays, "; ", func(x Stray) string { return x.What })
	case s.any():
		s.Missing = "too few facts (" + d.Nulls + ")"
	default:
		s.Missing = "no facts (" + d.Nulls + ")"
	}
	return s, nil
}

// strays are those that a metric would count.
func (e Evaluator) strays(ctx context.Context, d Definition) (out []Stray, err error) {
	if e.Strays == nil || d.Classifies || len(d.tellings()) == 0 {
		return nil, nil
	}
	all, err := e.Strays(ctx, e.scope())
	for _, x := range all {
		if slices.ContainsFunc(x.Of, func(table string) bool { return slices.Contains(d.Needs, table) }) {
			out = append(out, x)
		}
	}
	return out, err
}

func joined(strays []Stray, by string, say func(Stray) string) string {
	var out []string
	for _, x := range strays {
		out = append(out, say(x))
	}
	return strings.Join(out, by)
}

func (e Evaluator) scope() string {
	if e.Scope == "" {
		return "company"
	}
	return e.Scope
}

// scan reads (bucket, value, n) and fills empty buckets.
func (e Evaluator) scan(rows *sql.Rows, s *Series) error {
	for rows.Next() {
		var at time.Time
		var value sql.NullFloat64
		var n int
		if err := rows.Scan(&at, &value, &n); err != nil {
			return err
		}
		p := Point{Start: at.UTC(), Value: math.NaN(), N: n}
		if value.Valid {
			p.Value = value.Float64
		}
		s.Points = append(s.Points, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	s.Points = e.fill(s.Metric, s.Points)
	return nil
}

// fill makes the buckets contiguous and drops the last ones while they are not over,
// or not settled.
func (e Evaluator) fill(d Definition, points []Point) []Point {
	if len(points) == 0 || next(d.Grain, points[0].Start).IsZero() {
		return points
	}
	var out []Point
	i := 0
	local := e.local(e.AsOf).AddDate(0, 0, -d.Settles)
	last := Point{Value: math.NaN()}
	for at := points[0].Start; !next(d.Grain, at).After(local); at = next(d.Grain, at) {
		p := Point{Start: at, Value: math.NaN()}
		switch d.Fill {
		case "zero":
			p.Value = 0
		case "last":
			p.Value, p.N = last.Value, last.N
		}
		if i < len(points) && points[i].Start.Equal(at) {
			p = points[i]
			i++
		}
		last = p
		out = append(out, p)
	}
	return out
}

// first is how early a point may begin: a bucket of the calendar by the company's clock.
func (e Evaluator) first(d Definition) time.Time {
	if next(d.Grain, e.From).IsZero() {
		return e.From
	}
	return e.local(e.From)
}

// local is an instant as the company's clock shows it, written as UTC, to compare with
// buckets.
func (e Evaluator) local(at time.Time) time.Time {
	if at.IsZero() {
		return at.UTC()
	}
	l := at.In(e.zone())
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

// zone is UTC where the calendar names none that is known.
func (e Evaluator) zone() *time.Location {
	loc, err := time.LoadLocation(e.Calendar.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// next is the beginning of the following bucket; zero for grains without one.
func next(grain string, at time.Time) time.Time {
	switch grain {
	case "week":
		return at.AddDate(0, 0, 7)
	case "month":
		return at.AddDate(0, 1, 0)
	case "quarter":
		return at.AddDate(0, 3, 0)
	}
	return time.Time{}
}

// Fact is one fact behind a number.
type Fact struct {
	At         time.Time
	Repository string
	Commit     string
	Text       string
}

// Facts lists what a metric's value between two dates rests on, at most limit of it.
func (e Evaluator) Facts(ctx context.Context, d Definition, from, to time.Time, limit int) (facts []Fact, more bool, err error) {
	statement, err := e.statement(d.facts)
	if err != nil {
		return nil, false, err
	}
	rows, err := e.Reader.Query(ctx, fmt.Sprintf("%s\nLIMIT %d", statement, min(limit, math.MaxInt-1)+1), e.scope(), e.AsOf, from, to)
	if err != nil {
		return nil, false, fmt.Errorf("facts of %s: %w", d.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if len(facts) == limit {
			return facts, true, nil
		}
		var f Fact
		if err := rows.Scan(&f.At, &f.Repository, &f.Commit, &f.Text); err != nil {
			return nil, false, err
		}
		f.At = f.At.UTC()
		facts = append(facts, f)
	}
	return facts, false, rows.Err()
}
