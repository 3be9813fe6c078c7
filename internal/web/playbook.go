package web

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// playbook is every threshold and rule with its source, default and override.
func (s *Server) playbook(r *request) (room, error) {
	p, err := s.company.Playbook(r.Context())
	if err != nil {
		return room{}, err
	}
	own, failed := 0, 0
	for _, v := range p.Values {
		if v.Origin == "company" {
			own++
		}
	}
	tests := section{ID: "tests", Title: "Tests of the rules"}
	for _, t := range p.Tests {
		if t.Failure != "" {
			failed++
			tests.Items = append(tests.Items, item{Title: report.Clean(t.Rule + ": " + t.Name), Meta: "fails", Text: report.Clean(t.Failure)})
		}
	}
	tests.Lead = fmt.Sprintf("%d tests were run on this page; %d fail.", len(p.Tests), failed)
	m := room{title: "Playbook", headline: "Every figure and rule that judgements rest on", data: p,
		lede: fmt.Sprintf("%d of %d are the company's own. Any can be: a playbook.yaml beside diarchy.yaml that names its key overrides it, and pages mark it.", own, len(p.Values))}
	group := r.URL.Query().Get("group")
	m.tabs = r.playbookTabs(p, group)
	if group == "" && own > 0 {
		m.sections = append(m.sections, section{ID: "own", Title: "The company's own", Grid: playbookGrid("Overrides", p.Values, func(v cockpit.PlaybookLine) bool { return v.Origin == "company" })})
	}
	if group == "" {
		group = "thresholds"
	}
	m.sections = append(m.sections, section{ID: "values", Title: capital(group), Grid: playbookGrid(capital(group), p.Values, func(v cockpit.PlaybookLine) bool { return strings.HasPrefix(v.Key, group+".") })}, tests)
	return m, nil
}

// playbookTabs are the parts of the playbook, in the order in which they come.
func (r *request) playbookTabs(p cockpit.Playbook, chosen string) (out []roomLink) {
	seen := map[string]bool{}
	for _, v := range p.Values {
		group, _, _ := strings.Cut(v.Key, ".")
		if !seen[group] {
			seen[group] = true
			out = append(out, roomLink{Label: capital(cockpit.Words(group)), Address: r.place.address("/playbook", "group", group), Here: group == chosen || chosen == "" && group == "thresholds"})
		}
	}
	return out
}

func playbookGrid(caption string, all []cockpit.PlaybookLine, keep func(cockpit.PlaybookLine) bool) *grid {
	g := &grid{Caption: caption, Head: []string{"Key", "Value", "Default", "From", "Rests on", "Why"}}
	for _, v := range all {
		if !keep(v) {
			continue
		}
		standard := "the same"
		if v.Default != v.Value {
			standard = orElse(v.Default, "none")
		}
		g.Rows = append(g.Rows, row(v.Key, orElse(v.Text, v.Value), standard, v.Origin, strings.Join(v.Cites, ", "), v.Why))
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}
