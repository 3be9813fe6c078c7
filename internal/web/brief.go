package web

// brief is the home of the two leaders: the verdict and how it moved, what needs a
// decision, what changed.
func (s *Server) brief(r *request) (room, error) {
	d, err := s.company.Diagnosis(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p := s.partsOf(r, d.Charts)
	verdict := p.Verdict(d.Verdict)
	m := room{title: "Brief", verdict: &verdict, parts: p, data: d}
	m.sections = append(m.sections, section{ID: "lenses", Title: "Three lenses", Lenses: p.Lenses(d.Lenses), Notes: notesOf(d.Verdict.Disagree)})
	history := p.History(d.History)
	moved := section{ID: "history", Title: "How it moved", Lead: history.Summary}
	if history.Chart != nil {
		moved.Charts = append(moved.Charts, *history.Chart)
	}
	missing := p.Missing(d.Missing, d.Verdict.Call)
	m.sections = append(m.sections, moved,
		section{ID: "changes", Title: "What would change it", Changes: p.Changes(d.WouldChange)},
		section{ID: "missing", Title: "What we could not see", Missing: &missing})
	return m, nil
}

func notesOf(texts ...string) (out []string) {
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
