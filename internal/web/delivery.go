package web

import (
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
		d.Areas[i].Metrics = r.visible(d.Areas[i].Metrics)
	}
	m := room{title: "Delivery", headline: report.Clean(d.Headline), lede: report.Clean(d.Summary), parts: p, data: d}
	if len(d.Changes) > 0 {
		v := section{ID: "changes", Title: "What changed"}
		for _, c := range d.Changes {
			v.Items = append(v.Items, item{Title: report.Clean(c.Title), Text: report.Clean(c.What) + " So what: " + report.Clean(c.SoWhat), Action: "Ask next: " + report.Clean(c.Ask), Why: r.place.address("/metrics/" + c.Metric)})
		}
		m.sections = append(m.sections, v)
	}
	for _, a := range d.Areas {
		if len(a.Metrics) > 0 {
			m.sections = append(m.sections, r.area(p, a))
		}
	}
	return m, nil
}
