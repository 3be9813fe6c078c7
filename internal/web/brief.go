package web

import (
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// brief is the home of the two leaders: the verdict and how it moved, what needs a
// decision, what changed.
func (s *Server) brief(r *request) (room, error) {
	b, err := s.company.Brief(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	d, err := s.company.Diagnosis(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p := s.partsOf(r, nil, d.Citations)
	verdict := p.Verdict(b.Verdict)
	replayed, note := r.place.replayed(d.History, d.AsOf)
	history := p.History(replayed)
	moved := section{ID: "history", Title: "How it moved", Lead: b.Moved, Notes: when(note != "", note)}
	if history.Chart != nil {
		moved.Charts = []report.ChartPart{*history.Chart}
	}
	missing := p.Missing(d.Missing, d.Verdict.Call)
	return room{title: "Brief", verdict: &verdict, verdictChain: r.explainAt("verdict"), parts: p, data: b, sections: []section{
		{ID: "decide", Title: "To decide now", Items: r.tasks(b.Decide), Notes: when(len(b.Decide) == 0, "Nothing that is known needs a decision of the two this week.")},
		{ID: "changed", Title: "What changed", Lead: since(b.Since), Items: r.news(b.Changed), Notes: when(len(b.Changed) == 0, "Nothing that judgements rest on.")},
		moved,
		{ID: "lenses", Title: "Three lenses", Lenses: p.Lenses(d.Lenses), Notes: when(b.Verdict.Disagree != "", b.Verdict.Disagree)},
		{ID: "changes", Title: "What would change it", Changes: p.Changes(d.WouldChange), Notes: when(len(d.WouldChange) == 0, "No single change of one input is known to turn the answer into another one.")},
		{ID: "missing", Title: "What we could not see", Missing: &missing},
		{ID: "costs", Title: "What it costs", Costs: p.Costs(d.Costs)},
	}}, nil
}

func since(day string) string {
	if day == "" {
		return ""
	}
	return "Since " + report.Day(day) + ":"
}

// comparedWith says which day what changed is seen against.
func comparedWith(day string) string {
	if day == "" {
		return ""
	}
	return " What changed is told against " + report.Day(day) + "."
}

// when is a text that is said only if it holds.
func when(holds bool, text string) []string {
	if !holds {
		return nil
	}
	return []string{report.Clean(text)}
}

// roomNames are rooms as links to them are called.
var roomNames = map[string]string{"agreement": "Agreement", "organisation": "Organisation", "data": "Data", "cto": "CTO", "vpe": "VPE", "decisions": "Decisions"}

func (r *request) roomAddress(room string) string {
	if roomNames[room] == "" {
		return ""
	}
	return r.place.address("/" + room)
}

func (r *request) tasks(all []cockpit.Task) (out []item) {
	for _, t := range all {
		one := r.advised(item{Title: report.Clean(t.Title), Text: report.Clean(t.Reason), Label: "Room " + roomNames[t.Room], Address: r.roomAddress(t.Room)}, t.Action)
		switch t.Kind {
		case "verdict":
			one.Why = r.explainAt("verdict")
		case "symptom", "structure":
			one.Why = r.explainAt(t.ID)
		case "drift":
			one.Why = r.place.address("/agreement/drift")
		}
		out = append(out, one)
	}
	return out
}

func (r *request) news(all []cockpit.News) (out []item) {
	for _, n := range all {
		one := item{Title: report.Clean(n.Title), Text: report.Clean(n.Text), Label: "Room " + roomNames[n.Room], Address: r.roomAddress(n.Room)}
		switch n.Kind {
		case "decision":
			one.Address, one.Label = r.place.address("/decisions/record", "id", n.ID), "The record"
		case "finding":
			one.Why = r.explainAt(n.ID)
		}
		out = append(out, one)
	}
	return out
}
