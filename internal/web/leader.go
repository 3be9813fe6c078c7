package web

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// vpe is the room of who answers for how and when.
func (s *Server) vpe(r *request) (room, error) { return s.leader(r, "vpe", "VPE") }

// cto is the room of who answers for what and why.
func (s *Server) cto(r *request) (room, error) { return s.leader(r, "cto", "CTO") }

func (s *Server) leader(r *request, role, title string) (room, error) {
	l, err := s.company.Leader(r.Context(), r.place, role)
	if err != nil {
		return room{}, err
	}
	d, err := s.company.Diagnosis(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p := s.partsOf(r, r.place.lately(d.Charts, d.AsOf), d.Citations)
	m := room{title: title, headline: report.Clean(l.Headline), lede: report.Clean(l.Summary), parts: p, data: l}
	if l.Metrics, err = s.visible(r, l.Metrics); err != nil {
		return room{}, err
	}
	l.Metrics = r.place.courses(l.Metrics, l.AsOf)
	kept := l.Areas[:0:0]
	for _, a := range l.Areas {
		if a.People && !r.sees(access.People) {
			continue
		}
		if a.People {
			if err := s.looks(r, peopleOf(r.place)); err != nil {
				return room{}, err
			}
		}
		if a.Metrics, err = s.visible(r, a.Metrics); err != nil {
			return room{}, err
		}
		a.Metrics = r.place.courses(a.Metrics, l.AsOf)
		kept = append(kept, a)
	}
	l.Areas = kept
	m.data = l
	for _, a := range l.Areas {
		if len(a.Findings)+len(a.Metrics) == 0 {
			continue
		}
		m.sections = append(m.sections, r.area(p, a))
	}
	m.sections = append(m.sections, cited(p.Citations(d.Citations))...)
	return m, nil
}

// visible are metrics without those that speak of people, unless who asks may see those.
// Looks at those are noted.
func (s *Server) visible(r *request, all []cockpit.MetricLine) (out []cockpit.MetricLine, err error) {
	people, looked := r.sees(access.People), false
	for _, m := range all {
		if people || !m.People {
			out, looked = append(out, m), looked || m.People
		}
	}
	if looked {
		err = s.looks(r, peopleOf(r.place))
	}
	return out, err
}

// peopleOf is what rooms show of people, as the audit trail names it.
func peopleOf(at Place) string {
	return "joiners, leavers and newcomers of " + orElse(at.Scope, "the company")
}

// looks notes what about people is looked at: once for a page.
func (s *Server) looks(r *request, what string) error {
	if r.looked[what] {
		return nil
	}
	if r.looked == nil {
		r.looked = map[string]bool{}
	}
	r.looked[what] = true
	return s.gate.Seen(r.Context(), r.viewer, what)
}

// area shows what is present with its chart, what is not in a line, and the numbers.
func (r *request) area(p *report.Parts, a cockpit.LeaderArea) section {
	v := section{ID: a.ID, Title: a.Title}
	if a.Absent != "" {
		v.Empty = &empty{Why: "Nothing of this is known: " + report.Clean(a.Absent) + ".", Needs: "What supplies it:", Command: report.Clean(a.Supply), Takes: whenRead}
		return v
	}
	var present []cockpit.Finding
	for _, f := range a.Findings {
		if f.State == cockpit.Present {
			present = append(present, f)
			continue
		}
		v.Quiet = append(v.Quiet, item{Title: strings.TrimSuffix(report.Clean(f.Title), "."), Meta: f.State, Text: report.Clean(f.Summary), Why: r.explainAt(f.ID)})
	}
	v.Findings = findings(p, present)
	if len(a.Metrics) > 0 {
		v.Grid = r.measures(a.Title+": the numbers", a.Metrics)
	}
	return v
}

// measures lists metrics with their newest values. Each leads to its definition, course,
// warnings and facts.
func (r *request) measures(caption string, all []cockpit.MetricLine) *grid {
	g := &grid{Caption: caption, Head: []string{"Number", "Newest", "Unit", "95 % interval", "Of", "n", "A year before", "Course", "Note"}}
	for _, m := range all {
		note := strings.Join(m.Warnings, " ")
		if m.Value == nil {
			note = "Not known: " + m.Missing
		}
		n, of := "", ""
		if m.Value != nil {
			n, of = fmt.Sprint(m.N), m.Of
		}
		value, before := shown(m.Value, m.Unit), shown(m.Before, m.Unit)
		g.Rows = append(g.Rows, []cell{
			{Text: report.Clean(m.Title), Address: r.metricAt(m.Name)}, {Text: value, Number: true}, {Text: unitOf(m.Unit)}, {Text: between(m.Low, m.High, m.Unit), Number: true}, {Text: of}, {Text: n, Number: true},
			{Text: before, Number: true}, {Spark: spark(m.Course)}, {Text: report.Clean(note)},
		})
	}
	return g
}

// shown writes a value in its unit; shares in hundredths.
func shown(v *float64, unit string) string {
	if v != nil && strings.HasPrefix(unit, "share") {
		x := *v * 100
		v = &x
	}
	return report.Number(v)
}

func unitOf(unit string) string {
	if rest, ok := strings.CutPrefix(unit, "share"); ok {
		return "%" + rest
	}
	return report.Clean(unit)
}

// Size of a course that is drawn within a line, in its own units.
const (
	sparkWidth  = 100.0
	sparkHeight = 20.0
)

// spark is the path of a course within a line; "" where there are fewer than two values.
func spark(course []*float64) string {
	low, high, known := 0.0, 0.0, 0
	for _, v := range course {
		if v == nil {
			continue
		}
		if known == 0 || *v < low {
			low = *v
		}
		if known == 0 || *v > high {
			high = *v
		}
		known++
	}
	if known < 2 {
		return ""
	}
	var b strings.Builder
	pen := "M"
	for i, v := range course {
		if v == nil {
			pen = "M"
			continue
		}
		y := sparkHeight / 2
		if high > low {
			y = 1 + (sparkHeight-2)*(1-(*v-low)/(high-low))
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, sparkWidth*float64(i)/float64(max(1, len(course)-1)), y)
		pen = "L"
	}
	return b.String()
}
