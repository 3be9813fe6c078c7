package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// metric is everything about a number: meaning, course, n, window, freshness, warnings,
// and the facts that it rests on.
func (s *Server) metric(r *request) (room, error) {
	v, err := s.company.Metric(r.Context(), r.place, r.PathValue("name"))
	if err != nil {
		return room{}, err
	}
	if v.People {
		if !r.sees(access.People) {
			return room{}, errHidden
		}
		if err := s.looks(r, "metric "+v.Definition.Name+" of "+v.Scope); err != nil {
			return room{}, err
		}
	}
	own, err := s.scopes(r)
	if err != nil {
		return room{}, err
	}
	v.Scopes = slices.DeleteFunc(slices.Clone(v.Scopes), func(scope string) bool {
		return !slices.Contains(own, scope) && (scope != "company" || !r.may(access.Delivery))
	})
	d := v.Definition
	p := s.partsOf(r, nil, nil)
	m := room{title: report.Clean(d.Title), headline: report.Clean(d.Title), lede: report.Clean(d.Question), parts: p, data: v}
	course := section{ID: "course", Title: "Course", Lead: strings.TrimSpace(newest(v) + " " + strings.Join(limits(v), " "))}
	if v.Lately != nil {
		course.Lead = capital(report.Lately(*v.Lately)) + ". " + course.Lead
	}
	if v.Missing != "" && v.Lately == nil {
		course.Empty = &empty{Why: "There is no value: " + report.Clean(v.Missing) + ".", Needs: "What supplies it:", Command: report.Clean(v.Supply), Takes: whenRead}
	}
	if c := r.chartOf(v); len(c.X) > 1 {
		course.Charts = []report.ChartPart{p.Chart(c)}
	}
	if len(v.Points) > 0 {
		course.Grid = pointsGrid(v)
	}
	if len(v.Items) > 0 {
		course.Facts = p.Facts(v.Items)
	}
	meaning := section{ID: "meaning", Title: "What it means", Pairs: pairs(
		"Question", d.Question, "How it is counted", d.Caveats, "Unit", d.Unit, "Bucket", v.Grain, "Part of the company", v.Scope, "Not known", v.Nulls, "How it could be gamed", d.Gaming, "Rests on", strings.Join(d.Cites, ", "))}
	doubts := section{ID: "doubts", Title: "Warnings", Notes: cleaned(v.Warnings)}
	if len(v.Warnings) == 0 {
		doubts.Notes = []string{"None."}
	}
	m.sections = []section{course, doubts, meaning}
	if v.People && !r.may(access.People) || !r.may(access.Diagnosis) && r.place.Scope != "" { // facts are those of the whole company
		return m, nil
	}
	e, err := s.company.Explain(r.Context(), r.place, r.PathValue("name"))
	if err != nil {
		return room{}, err
	}
	m.sections = append(m.sections, section{ID: "facts", Title: "Down to the facts", Lead: "Of the whole company; names of people are taken out of what is quoted.", Steps: r.steps(e)})
	return m, nil
}

// newest says the newest value with what it rests on.
func newest(v cockpit.MetricView) string {
	for i := len(v.Points) - 1; i >= 0; i-- {
		pt := v.Points[i]
		if pt.Value == nil {
			continue
		}
		open := ""
		if text := between(pt.Low, pt.High, v.Definition.Unit); text != "" {
			open = ", " + v.Interval + " " + text
		}
		return fmt.Sprintf("%s %s, of %s, from %d facts (n)%s. Judged with what was known by the end of %s.", capital(shown(pt.Value, v.Definition.Unit)), unitOf(v.Definition.Unit), report.Day(pt.Start), pt.N, open, report.Day(v.AsOf))
	}
	return ""
}

// counted is how many there are of a thing.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// limits say between which values the course varies by itself.
func limits(v cockpit.MetricView) []string {
	if v.Limits == nil {
		return when(len(v.Points) > 0, "There are no limits of routine variation: too few points, or what the warnings say.")
	}
	l, shift := v.Limits, ""
	if l.Since != "" {
		shift = fmt.Sprintf(" Before %s the level was another.", report.Day(l.Since))
	}
	text := fmt.Sprintf("Of the newest %d points, routine variation lies between %s and %s around %s; %d are outside.%s", l.N, shown(&l.Lower, v.Definition.Unit), shown(&l.Upper, v.Definition.Unit), shown(&l.Center, v.Definition.Unit), len(l.Outside), shift)
	return []string{text}
}

// chartOf draws a metric's course, as far back as is asked.
func (r *request) chartOf(v cockpit.MetricView) cockpit.Chart {
	scale, unit := 1.0, v.Definition.Unit
	if strings.HasPrefix(unit, "share") {
		scale, unit = 100, "%"
	}
	c := cockpit.Chart{ID: "course", Title: v.Definition.Title, Kind: "line", Unit: unit, Series: []cockpit.Series{{Name: v.Definition.Title}}}
	for _, p := range v.Points {
		value := p.Value
		if value != nil {
			x := *value * scale
			value = &x
		}
		c.X = append(c.X, p.Start)
		c.Series[0].Values = append(c.Series[0].Values, value)
	}
	if v.Limits != nil {
		c.Bands = []cockpit.Band{{Label: "routine variation", Low: v.Limits.Lower * scale, High: v.Limits.Upper * scale}}
	}
	return r.place.lately([]cockpit.Chart{c}, v.AsOf)[0]
}

// from is the first day of the period; "" without one.
func (p Place) from(asOf string) string {
	t, err := time.Parse(time.DateOnly, asOf)
	months := map[string]int{"quarter": 3, "year": 12, "two_years": 24}[p.Period]
	if err != nil || months == 0 {
		return ""
	}
	return t.AddDate(0, -months, 0).Format(time.DateOnly)
}

func pointsGrid(v cockpit.MetricView) *grid {
	g := &grid{Caption: "Every bucket, newest first", Head: []string{"Bucket", unitOf(v.Definition.Unit), "n"}}
	if v.Interval != "" {
		g.Head = append(g.Head, v.Interval)
	}
	for i := len(v.Points) - 1; i >= 0; i-- {
		p := v.Points[i]
		row := []cell{{Text: p.Start}, {Text: shown(p.Value, v.Definition.Unit), Number: true}, {Text: fmt.Sprint(p.N), Number: true}}
		if v.Interval != "" {
			row = append(row, cell{Text: between(p.Low, p.High, v.Definition.Unit), Number: true})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// between is an interval in the unit of its metric; "" where there is none.
func between(low, high *float64, unit string) string {
	if low == nil || high == nil {
		return ""
	}
	return shown(low, unit) + " to " + shown(high, unit)
}

// pairs makes labelled texts of names and values; what has no value is left out.
func pairs(texts ...string) (out []pair) {
	for i := 0; i+1 < len(texts); i += 2 {
		if text := report.Clean(texts[i+1]); text != "" {
			out = append(out, pair{texts[i], text})
		}
	}
	return out
}

func cleaned(texts []string) (out []string) {
	for _, t := range texts {
		out = append(out, report.Clean(t))
	}
	return out
}

// measuresRoom lists all numbers.
func (s *Server) measuresRoom(r *request) (room, error) {
	all, err := s.company.Measures(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	if all, err = s.visible(r, all); err != nil {
		return room{}, err
	}
	st, err := s.company.Standing(r.Context())
	if err != nil {
		return room{}, err
	}
	all = r.place.courses(all, orElse(r.place.AsOf, st.AsOf))
	return room{title: "Numbers", headline: "Every number, with its newest value", lede: "None is of a person. Each opens its definition, course, warnings and facts.", data: all,
		sections: []section{{ID: "numbers", Title: "Numbers", Grid: r.measures("All numbers", all)}}}, nil
}
