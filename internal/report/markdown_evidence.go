package report

import (
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// findings lists evidence for a change, against it, and not known.
func (m *markdown) findings(all []cockpit.Finding) {
	present, absent, rest := byState(all)
	m.heading(2, "Evidence")
	m.heading(3, "For a change")
	m.findingList(present, "No indicator is known to be present.")
	m.heading(3, "Against a change")
	m.findingList(absent, "No indicator is known to be absent.")
	if len(rest) > 0 {
		m.heading(3, "Not known")
		m.list(unknownItems(rest))
	}
}

// structure says what the structure of the organisation needs.
func (m *markdown) structure(all []cockpit.Finding) {
	if len(all) == 0 {
		return
	}
	present, absent, rest := byState(all)
	m.heading(2, "What the structure needs")
	if len(present) == 0 {
		m.para("Nothing that the rules look at.")
	}
	for _, f := range present {
		m.finding(f)
		m.para(escape(stop(f.Advice)))
	}
	if len(absent) > 0 {
		m.para("**Not so.** " + escape(titles(absent)))
	}
	if len(rest) > 0 {
		m.para("**Not known.** " + escape(titles(rest)))
	}
}

func (m *markdown) findingList(all []cockpit.Finding, none string) {
	if len(all) == 0 {
		m.para(none)
	}
	for _, f := range all {
		m.finding(f)
	}
}

func (m *markdown) finding(f cockpit.Finding) {
	m.heading(4, findingName(f))
	text := "**" + escape(capital(plain(f.State))) + "**"
	if w := weight(f); w != "" {
		text += ", " + escape(w)
	}
	m.para(text + ". " + escape(stop(f.Summary)))
	m.facts(f.Evidence)
	for _, warning := range f.Warnings {
		m.para("> **Note.** " + escape(stop(warning)))
	}
	m.para(trail(f))
}

// trail says what a finding rests on and how to walk it down.
func trail(f cockpit.Finding) string {
	var parts []string
	if len(f.Cites) > 0 {
		parts = append(parts, "Rests on "+escape(joinClean(f.Cites, ", "))+".")
	}
	if clean(f.Explain) != "" {
		parts = append(parts, "Walk it down: "+inlineCode(f.Explain))
	}
	return strings.Join(parts, " ")
}

func unknownItems(rest []cockpit.Finding) []string {
	var out []string
	for _, f := range rest {
		item := "**" + escape(findingName(f)) + "**"
		if s := stop(f.Summary); s != "" {
			item += ": " + escape(s)
		}
		if clean(f.Explain) != "" {
			item += " " + inlineCode(f.Explain)
		}
		out = append(out, item)
	}
	return out
}

// otherCharts says in words what the page's charts show. Their tables are long
// and stay with the page and the JSON.
func (m *markdown) otherCharts(d cockpit.Diagnosis) {
	var items []string
	for _, c := range d.Charts {
		item := "**" + escape(orUnknown(c.Title)) + "**"
		if s := stop(c.Sentence); s != "" {
			item += ": " + escape(s)
		}
		items = append(items, item)
	}
	if len(items) > 0 {
		m.heading(3, "What the charts show")
		m.list(items)
	}
}
