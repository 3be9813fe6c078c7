package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func (m *markdown) history(h cockpit.History) {
	m.heading(2, "How the verdict moved")
	m.para(escape(stop(h.Summary)))
	if len(h.Points) == 0 {
		m.para("No earlier date could be replayed.")
		return
	}
	m.para(flips(h))
	m.table(historyTable(h))
}

func (m *markdown) costs(all []cockpit.Cost) {
	if len(all) == 0 {
		return
	}
	m.heading(2, "What it costs")
	for _, c := range all {
		m.heading(3, costLabel(c.Of))
		m.para(escape(stop(c.Summary)))
		m.facts(c.Lines)
		if len(c.Rests) > 0 {
			m.para("Rests on:")
			m.list(escapeAll(sentences(c.Rests)))
		}
	}
}

func (m *markdown) sources(d cockpit.Diagnosis) {
	m.heading(2, "What was read")
	if len(d.Sources) == 0 {
		m.para("No source was read.")
	} else {
		m.sourcesTable(d.Sources)
	}
	m.heading(3, "Skipped")
	var skipped []string
	for _, k := range d.Skipped {
		skipped = append(skipped, escape(skippedText(k)))
	}
	m.list(skipped)
	if len(skipped) == 0 {
		m.para("Nothing was skipped.")
	}
	if len(d.Caveats) > 0 {
		m.heading(3, "Caveats")
		m.list(escapeAll(sentences(d.Caveats)))
	}
}

// sourcesTable sets locations as code, so that they can be copied as they are.
func (m *markdown) sourcesTable(all []cockpit.Source) {
	m.tableHead("Source", "Status", "Commits", "Dates", "Location", "Branch", "Head", "Read at", "Notes")
	for _, s := range viewSources(all) {
		cells := escapeAll([]string{s.Name, s.Status, s.Commits, s.Period, "", s.Branch, s.Head, s.ReadAt, joinClean(s.Notes, "; ")})
		cells[4] = strings.ReplaceAll(inlineCode(s.Location), "|", `\|`)
		m.row(cells...)
	}
}

func (m *markdown) assumptions(all []cockpit.Assumption) {
	if len(all) > 0 {
		m.heading(2, "Assumptions")
		m.table(assumptionsTable(all))
	}
}

// method is how the call was reached, with definitions and citations.
func (m *markdown) method(d cockpit.Diagnosis) {
	v := viewMethod(d.Method)
	m.heading(2, "Method")
	m.list(escapeAll(v.Sentences))
	m.para(fmt.Sprintf("Draws: %s. Seed: %s. Schema: %s.", v.Draws, v.Seed, escape(orUnknown(d.Schema))))
	if len(d.Definitions) > 0 {
		m.heading(3, "Definitions")
		m.list(definitionItems(d.Definitions))
	}
	if len(d.Citations) > 0 {
		m.heading(3, "Citations")
		m.list(citationItems(d.Citations))
	}
}

func definitionItems(all []cockpit.Definition) []string {
	var out []string
	for _, d := range all {
		item := fmt.Sprintf("**%s** (%s): %s", escape(orUnknown(d.Title)), escape(orUnknown(d.Unit)), escape(stop(d.Meaning)))
		if s := stop(d.Caveats); s != "" {
			item += " Beware: " + escape(s)
		}
		if s := stop(d.Gaming); s != "" {
			item += " How it could be gamed: " + escape(s)
		}
		out = append(out, item)
	}
	return out
}

func citationItems(all []cockpit.Citation) []string {
	var out []string
	for _, c := range all {
		out = append(out, "**"+escape(orUnknown(c.ID))+"** "+escape(stop(c.Text)))
	}
	return out
}
