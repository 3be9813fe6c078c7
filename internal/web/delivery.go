package web

import (
	"fmt"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// delivery is how work reaches those whom it is for.
func (s *Server) delivery(r *request) (room, error) {
	d, err := s.company.Delivery(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p := s.partsOf(r, nil, nil)
	for i := range d.Areas {
		if d.Areas[i].Metrics, err = s.visible(r, d.Areas[i].Metrics); err != nil {
			return room{}, err
		}
		d.Areas[i].Metrics = r.place.courses(d.Areas[i].Metrics, d.AsOf)
	}
	m := room{title: "Delivery", headline: report.Clean(d.Headline), lede: report.Clean(d.Summary), parts: p, data: d}
	if len(d.Changes) > 0 {
		v := section{ID: "changes", Title: "What changed"}
		for _, c := range d.Changes {
			v.Items = append(v.Items, item{Title: report.Clean(c.Title), Text: report.Clean(c.What) + " So what: " + report.Clean(c.SoWhat), Action: "Ask next: " + report.Clean(c.Ask), Why: r.metricAt(c.Metric)})
		}
		m.sections = append(m.sections, v)
	}
	for _, a := range d.Areas {
		if len(a.Metrics) > 0 {
			m.sections = append(m.sections, r.area(p, a))
		}
	}
	if len(d.Sprints) > 0 {
		sprints, note := r.place.sprints(d.Sprints, d.AsOf)
		m.sections = append(m.sections, section{ID: "sprints", Title: "Sprints: planned against delivered", Grid: sprintGrid(sprints), Notes: when(note != "", note),
			Lead: "In issues. Said is what was in a sprint when it began and not done yet; said and added together are done, removed and carried over."})
	}
	return m, nil
}

// sprintGrid lists sprints, the newest first.
func sprintGrid(all []cockpit.Sprint) *grid {
	if len(all) == 0 {
		return nil
	}
	g := &grid{Caption: "Sprints, newest first", Head: []string{"Sprint", "Start", "End", "Said", "Added", "Removed", "Done", "Of what was said", "Carried over"}}
	for _, s := range slices.Backward(all) {
		end := s.End
		if s.Open {
			end = "goes on"
		}
		row := []cell{{Text: report.Clean(s.Project + " " + s.Name)}, {Text: s.Start}, {Text: end}}
		for _, n := range []int{s.Said, s.Added, s.Removed, s.Done, s.SaidDone, s.Carried} {
			row = append(row, cell{Text: fmt.Sprint(n), Number: true})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}
