package app

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/signal"
)

// How many buckets of a metric are shown: of a claim's window, and where none is
// asked for.
const (
	mostBuckets = 26
	fewBuckets  = 6
)

// metric walks a metric down to facts, at most so many. part is what a claim takes
// from it; nil for the metric by itself.
func (x *explaining) metric(ctx context.Context, depth int, d metric.Definition, part *signal.Part, limit int) error {
	if x.shown[d.Name] {
		return nil
	}
	x.shown[d.Name] = true
	set, err := x.evaluator(x.asOf, "").EvaluateAll(ctx, d.Name)
	if err != nil {
		return err
	}
	s, from, to := set[d.Name], x.asOf.AddDate(-1, 0, 0), x.asOf
	step := x.add(depth, "metric", d.Title+" ("+d.Name+")")
	points, note := s.Points, ""
	if part != nil {
		step.Lines = appendText(step.Lines, part.Says)
		if !part.From.IsZero() {
			points, from = within(points, part.From, part.To), part.From
		}
		if end := end(points, d.Grain, part.To); !end.IsZero() && end.Before(to) {
			to = end
		}
		points, note = tail(points, mostBuckets)
	} else {
		points, note = tail(points, fewBuckets)
	}
	if len(points) > 0 {
		step.Lines = append(step.Lines, note+course(points, s))
	}
	for _, i := range s.Items {
		step.Lines = append(step.Lines, shortFile(i.Name)+": "+i.Note)
	}
	step.Lines = append(appendText(step.Lines, diagnosis.Define(d).Caveats), s.Warnings...)
	if s.Missing != "" {
		step.Lines, step.Code = append(step.Lines, "nothing to show: "+s.Missing, "what supplies it:"), s.Remedy()
	}
	if part != nil {
		step.More = "diarchy metric show " + d.Name
	}
	return x.facts(ctx, depth+1, d, from, to, limit)
}

// facts lists the newest facts that a metric rests on between two dates.
func (x *explaining) facts(ctx context.Context, depth int, d metric.Definition, from, to time.Time, limit int) error {
	lines, more, err := x.factLines(ctx, d, from, to, limit)
	if err != nil {
		return err
	}
	title := fmt.Sprintf("%d, from %s to %s", len(lines), from.Format(time.DateOnly), to.Add(-time.Nanosecond).Format(time.DateOnly))
	if more {
		title = fmt.Sprintf("the newest %d to %s; --limit shows more, and diarchy facts has all, of %s", len(lines), to.Add(-time.Nanosecond).Format(time.DateOnly), strings.Join(d.Needs, " and "))
	}
	x.add(depth, "facts", title, lines...)
	return nil
}

// factLines are the newest facts as they are shown: when, where, which commit, what.
func (x *explaining) factLines(ctx context.Context, d metric.Definition, from, to time.Time, limit int) (lines []string, more bool, err error) {
	facts, more, err := x.evaluator(x.asOf, "").ShownFacts(ctx, d, from, to, limit)
	for _, f := range facts {
		var words []string
		if f.Commit == "" && d.People { // a day would name a person as well as a commit does
			words = append(words, f.At.Format("2006-01"))
		} else {
			words = append(words, f.At.Format(time.DateOnly), x.repos[f.Repository], f.Commit[:min(len(f.Commit), 12)])
		}
		lines = append(lines, strings.Join(strings.Fields(strings.Join(append(words, x.hide.mask(f.Text)), " ")), " "))
	}
	return lines, more, err
}

// within are the points of a window.
func within(points []metric.Point, from, to time.Time) (out []metric.Point) {
	for _, p := range points {
		if !p.Start.Before(from) && (to.IsZero() || p.Start.Before(to)) {
			out = append(out, p)
		}
	}
	return out
}

// end is when the last of a run of buckets ends, so that no newer facts are shown than
// those that the buckets count; otherwise is that of a metric without buckets.
func end(points []metric.Point, grain string, otherwise time.Time) time.Time {
	months := map[string]int{"month": 1, "quarter": 3}[grain]
	if len(points) == 0 || months == 0 {
		return otherwise
	}
	return points[len(points)-1].Start.AddDate(0, months, 0)
}

// tail are the newest points, and a note on how many there are.
func tail(points []metric.Point, most int) ([]metric.Point, string) {
	if len(points) <= most {
		return points, ""
	}
	return points[len(points)-most:], fmt.Sprintf("the newest %d of %d: ", most, len(points))
}

// course is a run of buckets with their values, and the facts that each rests on
// where that is another number.
func course(points []metric.Point, s metric.Series) string {
	var parts []string
	for _, p := range points {
		text := s.Day(p) + " unknown"
		if !math.IsNaN(p.Value) {
			text = s.Day(p) + " " + digits(p.Value)
		}
		if p.Value != float64(p.N) {
			text += fmt.Sprintf(" (n %d)", p.N)
		}
		parts = append(parts, text)
	}
	return "in " + s.Metric.Unit + ": " + strings.Join(parts, ", ")
}

// digits writes a value with four significant digits, and whole numbers in full.
func digits(v float64) string {
	if v == math.Trunc(v) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

func appendText(lines []string, text string) []string {
	if text == "" {
		return lines
	}
	return append(lines, text)
}
