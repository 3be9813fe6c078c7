package report

import (
	"bytes"
	"html/template"
	"io"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// bordersPage is the borders of teams laid out for the template: plain text, but for Style.
type bordersPage struct {
	Title, CSP string
	Style      template.HTML

	AsOf, Schema string
	Lede         string
	Skipped      []string
	Borders      *bordersView
}

// BordersHTML writes where teams change each other's code as one self-contained page with
// the picture. It returns what w returned.
func BordersHTML(w io.Writer, b cockpit.Borders) error {
	s := builtAssets()
	p := bordersPage{Title: "Team borders", CSP: policy(s, false), Style: element("style", s.style), AsOf: day(b.AsOf), Schema: orUnknown(b.Schema), Lede: bordersLede(b),
		Borders: viewBorders(&cockpit.OrgBorders{Summary: b.Summary, How: b.How, Pairs: b.Pairs, Areas: b.Areas})}
	for _, skip := range b.Skipped {
		p.Skipped = append(p.Skipped, "Not read: "+joinClean([]string{skip.Source, skip.What, skip.Why}, ", ")+".")
	}
	var buf bytes.Buffer
	if err := templates.ExecuteTemplate(&buf, "between.tmpl", p); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// bordersLede counts what was looked at.
func bordersLede(b cockpit.Borders) string {
	if b.Changes == 0 {
		return "No change was held against the borders of teams."
	}
	text := thousands(b.Across) + " of " + count(b.Changes, "change", "changes") + " of a year touched code of several teams"
	if b.Unowned > 0 {
		text += "; " + thousands(b.Unowned) + " more touched only what no team owns"
	}
	return text + "."
}
