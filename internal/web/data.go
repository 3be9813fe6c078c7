package web

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// data is where facts come from, how fresh they are, and what is missing.
func (s *Server) data(r *request) (room, error) {
	d, err := s.company.Data(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	p := s.partsOf(r, nil, nil)
	m := room{title: "Data", headline: "What is read, and what is not known", lede: report.Clean(d.Summary), parts: p, data: d}
	sources := &grid{Caption: "Sources", Head: []string{"Source", "Status", "Commits", "From", "To", "Branch", "Head", "Read", "Notes"}}
	for _, src := range d.Sources {
		read := "not known"
		if !src.ReadAt.IsZero() {
			read = src.ReadAt.UTC().Format("2006-01-02 15:04 UTC")
		}
		sources.Rows = append(sources.Rows, row(src.Name, src.Status, fmt.Sprint(src.Commits), src.First, src.Last, src.Branch, src.Head[:min(12, len(src.Head))], read, strings.Join(src.Notes, "; ")))
	}
	if len(d.Sources) == 0 {
		sources = nil
	}
	var again *form
	if r.mayChange(access.Data) {
		again = &form{Action: r.place.address("/data/refresh"), Submit: "Read them now", Note: "Pages show what is stored meanwhile."}
	}
	background := section{ID: "background", Title: "In the background", Lead: "Sources are read in the background from time to time."}
	pause := &form{Action: r.place.address("/data/pause"), Submit: "Pause", Note: "Until somebody resumes it, also when the server starts again."}
	if d.Paused != "" {
		background.Lead = "Paused since " + report.Clean(d.Paused) + ": sources are read only when somebody asks."
		pause = &form{Action: r.place.address("/data/resume"), Submit: "Resume"}
	}
	if again != nil {
		background.Form = pause
	}
	missing := p.Missing(d.Missing, d.Call)
	m.sections = []section{
		{ID: "sources", Title: "Sources", Empty: noSource(d), Grid: sources, Form: again},
		background,
		{ID: "missing", Title: "What is missing, and what it would change", Missing: &missing},
	}
	if !r.may(access.People) {
		d.Match = nil
		m.data = d
	}
	if d.Match != nil {
		if err := s.gate.Seen(r.Context(), r.viewer, "identities without a person"); err != nil {
			return room{}, err
		}
		unmatched, err := s.unmatched(r, *d.Match)
		if err != nil {
			return room{}, err
		}
		m.sections = append(m.sections, unmatched)
	}
	if len(d.Skipped) > 0 {
		g := &grid{Caption: "What could not be read", Head: []string{"Source", "What", "Why", "How often"}}
		for _, k := range d.Skipped {
			g.Rows = append(g.Rows, row(k.Source, k.What, k.Why, fmt.Sprint(k.Count)))
		}
		m.sections = append(m.sections, section{ID: "skipped", Title: "Left out", Grid: g})
	}
	runs := &grid{Caption: "The newest readings, newest first", Head: []string{"Began", "Seconds", "New commits", "Failed", "Error"}}
	for _, run := range d.Runs {
		runs.Rows = append(runs.Rows, row(run.Began, fmt.Sprintf("%.1f", run.Seconds), fmt.Sprint(run.New), strings.Join(run.Failed, "; "), run.Error))
	}
	if len(runs.Rows) > 0 {
		m.sections = append(m.sections, section{ID: "runs", Title: "Readings", Grid: runs})
	}
	return m, nil
}

// noSource says how the first facts come; nil where there is a source.
func noSource(d cockpit.DataRoom) *empty {
	if len(d.Sources) > 0 {
		return nil
	}
	return &empty{Why: "No source was read yet.", Needs: "Name clones, or where they can be cloned from, in diarchy.yaml:", Command: "sources:\n  - {git: PATH}", Takes: "Seconds for a small repository, some minutes for a large one the first time; then only what is new is read."}
}

// mostUnmatched is how many addresses a page offers to join.
const mostUnmatched = 20

// unmatched are addresses of commits that belong to nobody of the organisation, each
// with the form that joins it.
func (s *Server) unmatched(r *request, m cockpit.Match) (section, error) {
	v := section{ID: "identities", Title: "Whose commits", Lead: report.Clean(m.Summary), Notes: when(len(m.Unjoined) == 0, "Everybody who wrote in the last year is somebody of the organisation.")}
	if len(m.Unjoined) == 0 {
		return v, nil
	}
	o, err := s.company.Organisation(r.Context(), r.place)
	if err != nil {
		return v, err
	}
	for _, u := range m.Unjoined[:min(len(m.Unjoined), mostUnmatched)] {
		people := []choice{{Label: "choose"}}
		for _, p := range o.People {
			people = append(people, choice{Value: p.ID, Label: report.Clean(orElse(p.Name, p.ID)), Chosen: p.ID == u.Person})
		}
		one := item{Title: report.Clean(u.Email), Text: report.Clean(u.Reason)}
		if r.mayChange(access.People) {
			one.Form = &form{Action: r.place.address("/data/join"), Hidden: []option{{"email", u.Email}}, Submit: "Join", Fields: []field{{Label: "Belongs to", Name: "person", Kind: "select", Options: people, About: u.Email}}}
		}
		v.Items = append(v.Items, one)
	}
	if rest := len(m.Unjoined) - len(v.Items); rest > 0 {
		v.Notes = append(v.Notes, fmt.Sprintf("And %d more: diarchy org match.", rest))
	}
	return v, nil
}

// refresh asks for the sources to be read.
func (s *Server) refresh(r *request) error {
	if err := s.company.Refresh(r.Context()); err != nil {
		return err
	}
	r.done("/data", "asked")
	return nil
}

// pause keeps sources from being read in the background.
func (s *Server) pause(r *request) error {
	if err := s.gate.Pause(r.Context(), r.viewer); err != nil {
		return err
	}
	r.done("/data", "paused")
	return nil
}

// resume ends a pause.
func (s *Server) resume(r *request) error {
	if err := s.gate.Resume(r.Context(), r.viewer); err != nil {
		return err
	}
	r.done("/data", "resumed")
	return nil
}

// join corrects an identity: an address belongs to a person of the organisation.
func (s *Server) join(r *request) error {
	email, person := r.PostFormValue("email"), r.PostFormValue("person")
	if email == "" || person == "" {
		return problem.New(problem.Usage, "choose whose address it is", "an address, or whose it is, is not given")
	}
	if err := s.company.Join(r.Context(), email, person); err != nil {
		return err
	}
	r.done("/data", "joined")
	return nil
}
