package report

import (
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func (b *builder) lenses(all []cockpit.Lens) []lensView {
	var out []lensView
	for _, l := range all {
		out = append(out, lensView{
			Name:       lensLabel(l.Name),
			Tone:       tone(l.Reading),
			Reading:    callLabel(l.Reading),
			Confidence: capital(lensConfidence(l)),
			Summary:    stop(l.Summary),
			Facts:      b.facts(l.Facts),
		})
	}
	return out
}

func (b *builder) facts(all []cockpit.Fact) []factView {
	var out []factView
	for _, f := range all {
		out = append(out, factView{
			Label:  orUnknown(f.Label),
			Value:  orUnknown(f.Value),
			Href:   b.links.metric(clean(f.Metric)),
			Note:   joinClean([]string{f.Origin, f.Note}, "; "),
			Cite:   clean(f.Citation),
			CiteID: b.cited[f.Citation],
		})
	}
	return out
}

func (b *builder) cites(ids []string) []citeView {
	var out []citeView
	for _, id := range ids {
		out = append(out, citeView{ID: orUnknown(id), Anchor: b.cited[id]})
	}
	return out
}

func (b *builder) findings(all []cockpit.Finding) []findingView {
	var out []findingView
	for _, f := range all {
		v := findingView{
			Anchor:   slug("finding-", f.ID),
			ID:       findingID(f),
			Title:    orUnknown(f.Title),
			State:    plain(f.State),
			Weight:   weight(f),
			Summary:  stop(f.Summary),
			Facts:    b.facts(f.Evidence),
			Cites:    b.cites(f.Cites),
			Warnings: sentences(f.Warnings),
			Explain:  clean(f.Explain),
			Href:     b.links.explain(clean(f.ID)),
		}
		v.Chart, v.SeeChart = b.findingChart(f.Chart)
		out = append(out, v)
	}
	return out
}

func (b *builder) structure(all []cockpit.Finding) *structureView {
	if len(all) == 0 {
		return nil
	}
	present, absent, rest := byState(all)
	v := &structureView{Fine: titles(absent), Unknown: titles(rest)}
	for i, f := range b.findings(present) {
		v.Needs = append(v.Needs, needView{f, stop(present[i].Advice)})
	}
	return v
}

// titles are findings in one run of text.
func titles(all []cockpit.Finding) string {
	var out []string
	for _, f := range all {
		out = append(out, strings.TrimSuffix(orUnknown(f.Title), "."))
	}
	return stop(strings.Join(out, "; "))
}

// findingChart gives a chart to the first finding that names it, and a link to
// it to the others.
func (b *builder) findingChart(id string) (chart *chartView, see string) {
	c, ok := b.charts[id]
	switch {
	case !ok:
		return nil, ""
	case b.shown[id]:
		return nil, chartAnchor(id)
	}
	return b.chart(c, chartTable(c), nil), ""
}

func viewChanges(all []cockpit.Change) []changeView {
	var out []changeView
	for _, c := range all {
		out = append(out, changeView{capital(orUnknown(c.Input)), orUnknown(c.From), orUnknown(c.To), callLabel(c.Call), tone(c.Call)})
	}
	return out
}

func viewMissingList(all []cockpit.Missing, call string) missingList {
	matter, rest := decisive(all)
	return missingList{viewMissing(matter), viewMissing(rest), tailLead(len(matter)), nothingMissing(call)}
}

func viewMissing(all []cockpit.Missing) []missingView {
	var out []missingView
	for _, m := range all {
		out = append(out, missingView{orUnknown(m.What), stop(m.Effect), capital(moves(m)), strings.Join(foldBlock(m.How, commandWidth), "\n")})
	}
	return out
}

// commandWidth is where long commands and comments go on in another line.
const commandWidth = 66
