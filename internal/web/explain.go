package web

import (
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// explain walks a judgement down to the facts.
func (s *Server) explain(r *request) (room, error) {
	e, err := s.company.Explain(r.Context(), r.place, r.PathValue("what"))
	if err != nil {
		return room{}, err
	}
	if e.People && !r.may(access.People) { // facts are those of the whole company
		return room{}, errHidden
	}
	if e.People {
		if err := s.looks(r, "explanation of "+e.Of); err != nil {
			return room{}, err
		}
	}
	title := capital(cockpit.Words(e.Of))
	headline := title
	if len(e.Steps) > 0 {
		headline = report.Clean(e.Steps[0].Title)
	}
	return room{title: "What " + title + " rests on", headline: headline, lede: "From the judgement down to rules, numbers and commits. Names of people are taken out of what is quoted.", data: e,
		sections: []section{{ID: "chain", Title: "The chain", Steps: r.steps(e)}}}, nil
}

// step is one level of a chain.
type step struct {
	Depth   int
	Kind    string
	Title   string
	Lines   []string
	Code    string
	Address string // that walks on from here
}

func (r *request) steps(e cockpit.Explanation) (out []step) {
	for _, st := range e.Steps {
		v := step{Depth: min(st.Depth, 6), Kind: report.Clean(st.Kind), Title: report.Clean(strings.Replace(st.Title, "; --limit shows more, and diarchy facts has all,", ", and more", 1)), Lines: cleaned(st.Lines), Code: st.Code}
		if what, ok := strings.CutPrefix(st.More, "diarchy explain "); ok && !strings.ContainsAny(what, " /") {
			v.Address = r.explainAt(what)
		}
		if what, ok := strings.CutPrefix(st.More, "diarchy metric show "); ok && !strings.ContainsAny(what, " /") {
			v.Address = r.metricAt(what)
		}
		if st.More == "diarchy playbook show" {
			v.Address = r.place.address("/playbook")
		}
		out = append(out, v)
	}
	return out
}
