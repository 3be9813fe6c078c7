package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// deliveryView is how work reaches users: what changed before any number.
type deliveryView struct {
	Summary  string
	Changes  []deliveryChangeView
	Numbers  tableView
	Unknown  []deliveryGapView
	Calendar string
}

type deliveryChangeView struct {
	Tone, Word, What, SoWhat, Ask, How string
	Cites                              []citeView
	Explain, Href                      string
}

type deliveryGapView struct{ Title, Why, How string }

func (b *builder) delivery(d *cockpit.Delivery) *deliveryView {
	if d == nil {
		return nil
	}
	v := &deliveryView{Summary: stop(d.Summary), Numbers: deliveryTable(d.Numbers), Calendar: stop(d.Calendar)}
	for _, c := range d.Changes {
		v.Changes = append(v.Changes, deliveryChangeView{Tone: deliveryTone(c.Tone), Word: deliveryWord(c.Tone), What: stop(c.What), SoWhat: stop(capital(c.SoWhat)), Ask: clean(c.Ask), How: stop(c.How),
			Cites: b.cites(c.Cites), Explain: clean(c.Explain), Href: b.links.explain(clean(c.Metric))})
	}
	for _, g := range d.Unknown {
		v.Unknown = append(v.Unknown, deliveryGapView{clean(g.Title), stop(g.Why), clean(g.How)})
	}
	return v
}

// deliveryTone is the class that colours a change.
func deliveryTone(tone string) string {
	switch tone {
	case "worse":
		return "present"
	case "better":
		return "absent"
	}
	return "unknown"
}

func deliveryWord(tone string) string {
	switch tone {
	case "worse":
		return "worse"
	case "better":
		return "better"
	}
	return "changed"
}

// Lately is a number with all that is to be known beside it, in one line.
func Lately(n cockpit.DeliveryNumber) string {
	return strings.Join(nonEmpty(strings.TrimSpace(clean(n.Value)+" "+clean(n.Window)), clean(n.Interval), fmt.Sprintf("n %d", n.N), clean(n.Level), clean(n.Coverage)), "; ")
}

func deliveryTable(all []cockpit.DeliveryNumber) tableView {
	t := tableView{Caption: "Numbers of delivery", Head: []string{"Number", "Value", "Interval", "When", "Rests on", "Level and coverage"}}
	for _, n := range all {
		t.Rows = append(t.Rows, []string{clean(n.Title), clean(n.Value), either(clean(n.Interval), "none"), clean(n.Window), fmt.Sprint(n.N), either(strings.Join(nonEmpty(clean(n.Level), clean(n.Coverage)), "; "), "no level")})
	}
	return t
}

func nonEmpty(all ...string) (out []string) {
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func either(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// mostGaps is how many unknown numbers a terminal shows with what supplies them.
const mostGaps = 2

// delivery is how work reaches users, for a terminal.
func (s *screen) delivery(d *cockpit.Delivery) {
	if d == nil {
		return
	}
	s.heading("How work reaches users")
	s.para(0, plainText, stop(d.Summary))
	for _, c := range d.Changes {
		style := faint
		switch c.Tone {
		case "worse":
			style = yellow
		case "better":
			style = green
		}
		s.labelled(0, marks, style, map[string]string{"worse": "!", "better": "+"}[c.Tone], bold, stop(c.What))
		s.para(marks, plainText, "So what: "+stop(c.SoWhat))
		s.para(marks, plainText, "Ask next: "+clean(c.Ask))
	}
	if len(d.Numbers) > 0 {
		s.blank()
	}
	for _, n := range d.Numbers {
		s.labelled(0, 34, faint, n.Title, plainText, Lately(n))
	}
	for i, g := range d.Unknown {
		if i == 0 {
			s.blank()
		}
		if i == mostGaps {
			s.para(0, faint, fmt.Sprintf("%d more are not known; the page has all of them (--html FILE).", len(d.Unknown)-mostGaps))
			break
		}
		s.labelled(0, marks, faint, "?", plainText, stop(g.Title+": "+g.Why))
		s.code(marks, g.How)
	}
}

// delivery is the same in Markdown.
func (m *markdown) delivery(d *cockpit.Delivery) {
	if d == nil {
		return
	}
	m.heading(2, "How work reaches users")
	m.para(escape(stop(d.Summary)))
	for _, c := range d.Changes {
		m.heading(3, escape(capital(deliveryWord(c.Tone)))+": "+escape(stop(c.What)))
		m.para("**So what.** " + escape(stop(capital(c.SoWhat))))
		m.para("**What to ask next.** " + escape(clean(c.Ask)))
		m.para(escape(stop(c.How)))
	}
	if len(d.Numbers) > 0 {
		m.table(deliveryTable(d.Numbers))
		m.para(escape(stop(d.Calendar)))
	}
	if len(d.Unknown) == 0 {
		return
	}
	m.heading(3, "Not known")
	var items []string
	for _, g := range d.Unknown {
		items = append(items, "**"+escape(clean(g.Title))+"**: "+escape(stop(g.Why))+" "+inlineCode(clean(g.How)))
	}
	m.list(items)
}
