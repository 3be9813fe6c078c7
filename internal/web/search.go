package web

import (
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// mostFound is how much of each kind a search shows.
const mostFound = 12

// search finds rooms, numbers, findings, kinds of decision, records and keys of the
// playbook by their words.
func (s *Server) search(r *request) (room, error) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	m := room{title: "Search", headline: "Search", data: searched{Q: q}}
	ask := section{ID: "ask", Title: "Search", Form: &form{Action: "/search", Get: true, Hidden: r.place.hidden(), Submit: "Search", Fields: []field{{Label: "For", Name: "q", Kind: "text", Value: q}}}}
	if q == "" {
		m.sections = []section{ask}
		return m, nil
	}
	found, err := s.find(r, strings.Fields(strings.ToLower(q)))
	if err != nil {
		return room{}, err
	}
	some := len(found) > 0
	m.headline = "Found for " + report.Clean(q)
	if r.may(access.Agreement) { // a question is answered there, whatever its words
		found = append(found, section{ID: "question", Title: "Asked as a question", Items: []item{{Title: "Ask who decides: " + report.Clean(q), Text: "The agreement answers in a sentence.", Label: "Ask", Address: r.place.address("/agreement/decide", "q", q)}}})
	}
	if !some {
		m.headline = "Nothing was found for " + report.Clean(q)
		ask.Notes = []string{"Rooms, numbers, findings, kinds of decision, decision records and figures of the playbook are looked through, by their words."}
	}
	m.sections, m.data = append(found, ask), searched{q, hits(found)}
	return m, nil
}

// searched is a search, for JSON.
type searched struct {
	Q     string `json:"q"`
	Found []hit  `json:"found"`
}

type hit struct {
	Kind    string `json:"kind"` // rooms, findings, numbers, rights, records, playbook; question: asked of the agreement
	Title   string `json:"title"`
	Text    string `json:"text"`
	Address string `json:"address"`
}

func hits(found []section) (out []hit) {
	for _, s := range found {
		for _, i := range s.Items {
			out = append(out, hit{s.ID, i.Title, i.Text, orElse(i.Address, i.Why)})
		}
	}
	return out
}

// find looks everywhere; each kind of thing has a section of its own.
func (s *Server) find(r *request, words []string) (out []section, err error) {
	add := func(id, title string, items []item) {
		if len(items) > 0 {
			out = append(out, section{ID: id, Title: title, Items: items[:min(len(items), mostFound)]})
		}
	}
	var items []item
	for _, room := range rooms {
		if r.allowed(room.access) && holds(words, room.label) {
			items = append(items, item{Title: room.label, Label: "Open", Address: r.place.address(room.path)})
		}
	}
	add("rooms", "Rooms", items)
	for _, part := range []struct {
		kind  access.Kind
		id    string
		title string
		find  func(*request, []string) ([]item, error)
	}{
		{access.Diagnosis, "findings", "Findings", s.findDiagnosis}, {access.Delivery, "numbers", "Numbers", s.findDelivery}, {access.Agreement, "rights", "Who decides", s.findAgreement},
		{access.Decisions, "records", "Decision records", s.findDecisions}, {access.Playbook, "playbook", "Playbook", s.findPlaybook},
	} {
		if !r.may(part.kind) {
			continue
		}
		if items, err = part.find(r, words); err != nil {
			return nil, err
		}
		add(part.id, part.title, items)
	}
	return out, nil
}

func (s *Server) findDiagnosis(r *request, words []string) (items []item, err error) {
	d, err := s.company.Diagnosis(r.Context(), r.place)
	if err != nil {
		return nil, err
	}
	for _, f := range append(append([]cockpit.Finding{}, d.Findings...), d.Structure...) {
		if holds(words, f.ID, f.Title, f.Summary) {
			items = append(items, item{Title: report.Clean(f.Title), Meta: f.State, Text: report.Clean(f.Summary), Why: r.explainAt(f.ID)})
		}
	}
	return items, nil
}

func (s *Server) findDelivery(r *request, words []string) (items []item, err error) {
	all, err := s.company.Measures(r.Context(), Place{AsOf: r.place.AsOf})
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if (!l.People || r.sees(access.People)) && holds(words, l.Name, l.Title) {
			items = append(items, item{Title: report.Clean(l.Title), Label: "Open", Address: r.metricAt(l.Name)})
		}
	}
	return items, nil
}

func (s *Server) findAgreement(r *request, words []string) (items []item, err error) {
	rights, err := s.company.WhoDecides(r.Context(), cockpit.Question{})
	if err != nil {
		return nil, err
	}
	for _, k := range rights.Kinds {
		if holds(words, k.ID, k.Title) {
			items = append(items, item{Title: report.Clean(k.Title), Text: "Decided by " + report.Clean(cockpit.WhoWords(k.Decides)) + ".", Label: "Open", Address: r.place.address("/agreement/decide", "kind", k.ID)})
		}
	}
	return items, nil
}

func (s *Server) findDecisions(r *request, words []string) (items []item, err error) {
	records, err := s.company.Records(r.Context(), r.place)
	if err != nil {
		return nil, err
	}
	for _, rec := range records.Records {
		if holds(words, rec.ID, rec.Title, rec.Path) {
			items = append(items, item{Title: report.Clean(rec.Title), Meta: rec.Status, Label: "Open", Address: r.place.address("/decisions/record", "id", rec.Address())})
		}
	}
	return items, nil
}

func (s *Server) findPlaybook(r *request, words []string) (items []item, err error) {
	p, err := s.company.Playbook(r.Context())
	if err != nil {
		return nil, err
	}
	for _, v := range p.Values {
		if holds(words, v.Key, v.Text) {
			group, _, _ := strings.Cut(v.Key, ".")
			items = append(items, item{Title: v.Key, Text: report.Clean(orElse(v.Text, v.Value)), Label: "Open", Address: r.place.address("/playbook", "group", group)})
		}
	}
	return items, nil
}

// holds tells whether all words stand somewhere in the texts.
func holds(words []string, texts ...string) bool {
	all := strings.ToLower(strings.Join(texts, " "))
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// guide is how to get around, for JSON.
type guide struct {
	Keys []key `json:"keys"`
}

type key struct {
	Key  string `json:"key"`
	Does string `json:"does"`
}

// help says what keys do; without scripts they do nothing, and every link is on the page.
func (s *Server) help(r *request) (room, error) {
	known := []key{{"?", "this page"}, {"/", "search"}, {"Ctrl K", "go anywhere by its name"}, {"Esc", "close what is open"}}
	for _, room := range rooms {
		known = append(known, key{"g " + room.key, "go to " + room.label})
	}
	keys := &grid{Caption: "Keys", Head: []string{"Key", "What it does"}}
	for _, k := range known {
		keys.Rows = append(keys.Rows, row(k.Key, k.Does))
	}
	return room{title: "Help", headline: "How to get around", lede: "Every page works without scripts and without a mouse; keys are quicker.", data: guide{known}, sections: []section{
		{ID: "keys", Title: "Keys", Grid: keys},
		{ID: "addresses", Title: "Addresses", Lead: "An address holds what is looked at: the part of the company, the day, and how far charts go back. Send it, and the other sees the same, as far as that may be seen. Without a day it shows the newest; the address at the foot of a page has the day, and goes on showing the same."},
		{ID: "exports", Title: "Exports", Lead: "At the foot of every page: the same as CSV, XLSX, JSON or Markdown. Pages print well."},
	}}, nil
}
