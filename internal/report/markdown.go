package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Markdown writes the diagnosis as GitHub-flavoured Markdown, in the order of
// the page. Every text from outside is escaped. It returns what w returned.
func Markdown(w io.Writer, d cockpit.Diagnosis) error {
	m := &markdown{}
	m.verdict(d)
	m.lenses(d)
	m.delivery(d.Delivery)
	m.findings(d.Findings)
	m.orgChart(d.Organisation)
	m.structure(d.Structure)
	m.health(d.Agreement)
	m.otherCharts(d)
	m.changes(d.WouldChange)
	m.missing(d.Missing, d.Verdict.Call)
	m.history(d.History)
	m.costs(d.Costs)
	m.sources(d)
	m.assumptions(d.Assumptions)
	m.method(d)
	_, err := io.WriteString(w, strings.TrimLeft(m.out.String(), "\n"))
	return err
}

// markdown collects blocks, with one empty line between them.
type markdown struct{ out strings.Builder }

func (m *markdown) heading(level int, text string) {
	m.out.WriteString("\n" + strings.Repeat("#", level) + " " + escape(text) + "\n")
}

// para writes a paragraph of Markdown; parts from outside are escaped already.
func (m *markdown) para(text string) {
	if strings.TrimSpace(text) != "" {
		m.out.WriteString("\n" + text + "\n")
	}
}

// list writes items of Markdown with the given marker.
func (m *markdown) list(items []string) {
	if len(items) > 0 {
		m.out.WriteString("\n- " + strings.Join(items, "\n- ") + "\n")
	}
}

// table writes a table of foreign texts.
func (m *markdown) table(t tableView) {
	m.tableHead(t.Head...)
	for _, row := range t.Rows {
		m.row(escapeAll(row)...)
	}
}

func (m *markdown) tableHead(cells ...string) {
	m.out.WriteString("\n")
	m.row(escapeAll(cells)...)
	m.out.WriteString("|" + strings.Repeat(" --- |", len(cells)) + "\n")
}

// row writes cells of Markdown.
func (m *markdown) row(cells ...string) {
	m.out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// facts writes a table of facts.
func (m *markdown) facts(facts []cockpit.Fact) {
	if len(facts) == 0 {
		return
	}
	t := tableView{Head: []string{"What", "Value", "Origin", "Note", "Rests on"}}
	for _, f := range facts {
		t.Rows = append(t.Rows, []string{orUnknown(f.Label), orUnknown(f.Value), clean(f.Origin), clean(f.Note), clean(f.Citation)})
	}
	m.table(t)
}

// verdict is the top of the document.
func (m *markdown) verdict(d cockpit.Diagnosis) {
	v := viewVerdict(d.Verdict)
	m.heading(1, v.Headline)
	m.para(fmt.Sprintf("**%s** · **%s** · %s", escape(v.Call), escape(capital(missingRole(d.Verdict))), escape(v.Confidence)))
	m.para(fmt.Sprintf("%s, as of %s. Made by %s.", escape(company(d)), escape(day(d.AsOf)), escape(orUnknown(d.Program))))
	m.para(escape(v.Summary))
	m.para("**When:** " + escape(whenSentence(d.Verdict)))
	if v.RoleReason != "" {
		m.para("**Why this role:** " + escape(v.RoleReason))
	}
	if len(v.Meanwhile) > 0 {
		m.para("**In the meantime:**")
		m.list(escapeAll(v.Meanwhile))
	}
	m.shares(v.Shares)
}

func (m *markdown) shares(shares []shareView) {
	if len(shares) == 0 {
		return
	}
	t := tableView{Head: []string{"Answer", "Of 100 ways"}}
	for _, s := range shares {
		t.Rows = append(t.Rows, []string{s.Label, s.Of100})
	}
	m.table(t)
}

func (m *markdown) lenses(d cockpit.Diagnosis) {
	if len(d.Lenses) == 0 {
		return
	}
	m.heading(2, "Three lenses")
	t := tableView{Head: []string{"Lens", "Reads", "Ways that agree", "Because"}}
	for _, l := range d.Lenses {
		t.Rows = append(t.Rows, []string{lensLabel(l.Name), callLabel(l.Reading), ofHundred(l.Confidence), stop(l.Summary)})
	}
	m.table(t)
	if text := stop(d.Verdict.Disagree); text != "" {
		m.para("**Where they disagree:** " + escape(text))
	}
	for _, l := range d.Lenses {
		if len(l.Facts) > 0 {
			m.heading(3, lensLabel(l.Name))
			m.facts(l.Facts)
		}
	}
}

// changes lists the smallest single changes that flip the call.
func (m *markdown) changes(all []cockpit.Change) {
	m.heading(2, "What would change it")
	if len(all) == 0 {
		m.para("No single change of one input is known to turn the answer into another one.")
		return
	}
	t := tableView{Head: []string{"Input", "From", "To", "Gives"}}
	for _, c := range viewChanges(all) {
		t.Rows = append(t.Rows, []string{c.Input, c.From, c.To, c.Call})
	}
	m.table(t)
}

// missing lists what was not there and matters, each with what supplies it, and
// names the rest.
func (m *markdown) missing(all []cockpit.Missing, call string) {
	m.heading(2, "What we could not see")
	if len(all) == 0 {
		m.para(nothingMissing(call))
	}
	matter, rest := decisive(all)
	for i, x := range matter {
		number := fmt.Sprintf("%d. ", i+1)
		text := number + "**" + escape(orUnknown(x.What)) + "** (" + moves(x) + ")"
		if e := stop(x.Effect); e != "" {
			text += ": " + escape(e)
		}
		m.para(text + indent(fence(x.How), strings.Repeat(" ", len(number))))
	}
	if len(rest) > 0 {
		m.para(escape(tailLead(len(matter))) + " " + escape(stop(strings.Join(missingNames(rest), "; "))) +
			" What supplies each is in the JSON: " + inlineCode("diarchy diagnose --json"))
	}
}
