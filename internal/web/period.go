package web

import (
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// fewestDrawn is how many points make a course: a period that holds fewer shows so many.
const fewestDrawn = 2

// firstDrawn is the place of the first of ascending days that lies in a period which begins
// on a day; "" is no beginning.
func firstDrawn(days []string, from string) int {
	first, _ := slices.BinarySearch(days, from)
	return max(0, min(first, len(days)-fewestDrawn))
}

// drawnFrom says that a period hides something; "" where it does not.
func drawnFrom(days []string, from string) string {
	first := firstDrawn(days, from)
	if first == 0 {
		return ""
	}
	return "Shown from " + report.Day(days[first]) + " on."
}

// lately are charts without what lies before the period that is asked for.
func (p Place) lately(all []cockpit.Chart, asOf string) []cockpit.Chart {
	from := p.from(asOf)
	out := make([]cockpit.Chart, 0, len(all))
	for _, c := range all {
		first, note := firstDrawn(c.X, from), drawnFrom(c.X, from)
		if note != "" {
			c.Sentence += " " + note
		}
		c.X = c.X[first:]
		series := make([]cockpit.Series, 0, len(c.Series))
		for _, s := range c.Series {
			s.Values = s.Values[min(first, len(s.Values)):]
			series = append(series, s)
		}
		c.Series = series
		c.Marks = slices.DeleteFunc(slices.Clone(c.Marks), func(m cockpit.Mark) bool { return !slices.Contains(c.X, m.X) })
		out = append(out, c)
	}
	return out
}

// replayed is a history without what lies before the period that is asked for, and what
// says so.
func (p Place) replayed(h cockpit.History, asOf string) (cockpit.History, string) {
	var days []string
	for _, pt := range h.Points {
		days = append(days, pt.AsOf)
	}
	from := p.from(asOf)
	h.Points = h.Points[firstDrawn(days, from):]
	return h, drawnFrom(days, from)
}

// courses are metrics whose courses begin with the period that is asked for.
func (p Place) courses(all []cockpit.MetricLine, asOf string) []cockpit.MetricLine {
	from := p.from(asOf)
	out := slices.Clone(all)
	for i, m := range out {
		first := firstDrawn(m.Days, from)
		out[i].Days, out[i].Course = m.Days[first:], m.Course[min(first, len(m.Course)):]
	}
	return out
}

// sprints are those that had not ended when the period that is asked for began, and what
// says so.
func (p Place) sprints(all []cockpit.Sprint, asOf string) (kept []cockpit.Sprint, note string) {
	from := p.from(asOf)
	for _, s := range all {
		if s.Open || s.End >= from {
			kept = append(kept, s)
		}
	}
	if len(kept) < len(all) {
		note = "Those that ended before " + report.Day(from) + " are left out."
	}
	return kept, note
}
