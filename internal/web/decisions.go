package web

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// decisions are decision records: what waits, what does not hold together, all of them.
func (s *Server) decisions(r *request) (room, error) {
	l, err := s.company.Records(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	c, err := s.company.RecordCheck(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	m := room{title: "Decisions", headline: decisionsHeadline(l), data: l}
	if l.Total == 0 {
		m.sections = []section{{ID: "records", Title: "Records", Empty: &empty{Why: "No decision record was found in any repository.", Needs: "Records are files such as docs/decisions/0001-use-postgresql.md. Write the first one with:", Command: `diarchy decision new "TITLE"`, Takes: "It is here as soon as the sources are read again."}}}
		return m, nil
	}
	m.lede = fmt.Sprintf("%s as of %s.", counted(l.Total, "record"), report.Day(l.AsOf))
	waiting, all := recordGrid("Proposed and not decided"), recordGrid("All records, as they are listed")
	for _, rec := range l.Records {
		line := r.record(rec)
		all.Rows = append(all.Rows, line)
		if rec.Status == "proposed" {
			waiting.Rows = append(waiting.Rows, line)
		}
	}
	if len(waiting.Rows) > 0 {
		m.sections = append(m.sections, section{ID: "waiting", Title: "What waits", Grid: waiting})
	}
	if len(c.Findings) > 0 {
		check := section{ID: "check", Title: "Does not hold together"}
		for _, f := range c.Findings {
			check.Items = append(check.Items, item{Title: report.Clean(orElse(f.Title, f.Repository)), Meta: report.Clean(f.Path), Text: capital(report.Clean(f.Says)), Action: report.Clean(f.Do)})
		}
		m.sections = append(m.sections, check)
	}
	m.sections = append(m.sections, section{ID: "records", Title: "Records", Grid: all})
	return m, nil
}

func decisionsHeadline(l cockpit.RecordList) string {
	open := 0
	for _, rec := range l.Records {
		if rec.Status == "proposed" {
			open++
		}
	}
	switch open {
	case 0:
		return "No decision waits"
	case 1:
		return "One decision waits"
	}
	return fmt.Sprintf("%d decisions wait", open)
}

func recordGrid(caption string) *grid {
	return &grid{Caption: caption, Head: []string{"Record", "Repository", "Status", "Since", "Days to decide", "Decided by", "Noted"}}
}

func (r *request) record(rec cockpit.RecordSummary) []cell {
	by := rec.Roles
	if rec.Others > 0 {
		by = append(by[:len(by):len(by)], fmt.Sprintf("%d others", rec.Others))
	}
	line := row(rec.ID+" "+rec.Title, rec.Repository, orElse(rec.Status, "none"), rec.Since, report.Number(rec.Days), strings.Join(by, ", "), cockpit.Words(strings.Join(rec.Flags, ", ")))
	line[0].Address = r.place.address("/decisions/record", "id", rec.Address())
	return line
}

// decision is one record with its history.
func (s *Server) decision(r *request) (room, error) {
	v, err := s.company.Record(r.Context(), r.place, r.URL.Query().Get("id"))
	if err != nil {
		return room{}, err
	}
	rec := v.Record
	m := room{title: "Decision", headline: report.Clean(rec.Title), lede: report.Clean(fmt.Sprintf("%s since %s, in %s of %s.", capital(orElse(rec.Status, "no status")), orElse(rec.Since, "an unknown day"), rec.Path, rec.Repository)), data: v}
	history := &grid{Caption: "Its states, oldest first", Head: []string{"Day", "Status", "Commit", "Path", "Versions"}}
	for _, h := range v.History {
		history.Rows = append(history.Rows, row(h.Day, orElse(h.Status, "none"), h.Commit[:min(12, len(h.Commit))], h.Path, fmt.Sprint(h.Versions)))
	}
	m.sections = append(m.sections, section{ID: "history", Title: "History", Grid: history},
		section{ID: "says", Title: "What it says", Pairs: pairs("Date", v.Date, "Review by", v.ReviewBy, "Deciders", strings.Join(v.Deciders, ", "), "Consulted", strings.Join(v.Consulted, ", "), "Informed", strings.Join(v.Informed, ", "), "Tags", strings.Join(v.Tags, ", "), "In force", v.InForce)})
	links := section{ID: "links", Title: "What it refers to"}
	for _, part := range []struct {
		label string
		refs  []cockpit.RecordRef
	}{{"supersedes", v.Supersedes}, {"superseded by", v.SupersededBy}, {"refers to", v.Links}} {
		for _, ref := range part.refs {
			links.Items = append(links.Items, item{Title: report.Clean(orElse(ref.Title, ref.Stated)), Meta: report.Clean(part.label + " " + ref.Status), Text: report.Clean(ref.Path)})
		}
	}
	if len(links.Items) > 0 {
		m.sections = append(m.sections, links)
	}
	if len(v.Findings) > 0 {
		f := section{ID: "check", Title: "Does not hold together"}
		for _, one := range v.Findings {
			f.Items = append(f.Items, item{Title: capital(report.Clean(one.Says)), Action: report.Clean(one.Do)})
		}
		m.sections = append(m.sections, f)
	}
	return m, nil
}
