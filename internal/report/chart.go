package report

import (
	"fmt"
	"math"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// historyID is the id of the chart of the verdict's history, which no chart of a
// diagnosis is likely to take.
const historyID = "history of the verdict"

func chartKey(id string) string    { return "chart:" + id }
func chartAnchor(id string) string { return slug("chart-", id) }

func byID(all []cockpit.Chart) map[string]cockpit.Chart {
	out := map[string]cockpit.Chart{}
	for _, c := range all {
		if c.ID != "" {
			out[c.ID] = c
		}
	}
	return out
}

// otherCharts are those that no finding shows.
func (b *builder) otherCharts(all []cockpit.Chart) []chartView {
	var out []chartView
	for _, c := range all {
		if c.ID == "" || !b.shown[c.ID] {
			out = append(out, *b.chart(c, chartTable(c), nil))
		}
	}
	return out
}

// chart places a chart: a figure with its table, and what the script draws.
func (b *builder) chart(c cockpit.Chart, t tableView, tones []string) *chartView {
	b.shown[c.ID] = true
	v := &chartView{
		ID:       chartKey(c.ID),
		Anchor:   chartAnchor(c.ID),
		Title:    orUnknown(c.Title),
		Sentence: stop(c.Sentence),
		Kind:     c.Kind,
		Unit:     clean(c.Unit),
		Drawn:    b.drawn && drawable(c),
		Table:    t,
		Notes:    chartNotes(c),
	}
	if v.Drawn {
		b.drawings = append(b.drawings, newDrawing(v.ID, c, tones))
	}
	return v
}

// drawable tells whether there is at least one value to draw.
func drawable(c cockpit.Chart) bool {
	for _, s := range c.Series {
		for i, v := range s.Values {
			if i < len(c.X) && finite(v) != nil {
				return true
			}
		}
	}
	return false
}

// finite is v, or nil when it is no number.
func finite(v *float64) *float64 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	return v
}

func newDrawing(key string, c cockpit.Chart, tones []string) drawing {
	g := drawing{ID: key, Kind: clean(c.Kind), Unit: clean(c.Unit), XTitle: clean(c.XTitle), Bands: []drawingBand{}, Marks: []drawingMark{}}
	for _, x := range c.X {
		g.X = append(g.X, clean(x))
	}
	for i, s := range c.Series {
		g.Series = append(g.Series, newSeries(s, len(c.X), at(tones, i)))
	}
	for _, band := range c.Bands {
		if finite(&band.Low) != nil && finite(&band.High) != nil {
			g.Bands = append(g.Bands, drawingBand{clean(band.Label), band.Low, band.High})
		}
	}
	for _, m := range c.Marks {
		g.Marks = append(g.Marks, drawingMark{clean(m.Label), clean(m.X)})
	}
	return g
}

// newSeries gives a series exactly one value, or gap, for each X.
func newSeries(s cockpit.Series, n int, tone string) drawingSeries {
	values := make([]*float64, n)
	for i := range values {
		if i < len(s.Values) {
			values[i] = finite(s.Values[i])
		}
	}
	return drawingSeries{clean(s.Name), values, s.Dashed, tone}
}

func at(texts []string, i int) string {
	if i < len(texts) {
		return texts[i]
	}
	return ""
}

// chartTable is the chart's table twin.
func chartTable(c cockpit.Chart) tableView {
	x := clean(c.XTitle)
	if x == "" {
		x = "At"
	}
	t := tableView{Caption: orUnknown(c.Title), Head: []string{x}}
	for _, s := range c.Series {
		head := orUnknown(s.Name)
		if unit := clean(c.Unit); unit != "" {
			head += " (" + unit + ")"
		}
		t.Head = append(t.Head, head)
	}
	for i, x := range c.X {
		row := []string{orUnknown(x)}
		for _, s := range c.Series {
			row = append(row, valueAt(s, i))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func valueAt(s cockpit.Series, i int) string {
	if i >= len(s.Values) {
		return unknown
	}
	return number(s.Values[i])
}

// chartNotes says bands and marks in words.
func chartNotes(c cockpit.Chart) []noteView {
	var out []noteView
	for _, b := range c.Bands {
		text := fmt.Sprintf("%s: %s to %s", orUnknown(b.Label), number(&b.Low), number(&b.High))
		out = append(out, noteView{"sample-band", "M0 0H10V10H0Z", stop(text + " " + c.Unit)})
	}
	for _, m := range c.Marks {
		out = append(out, noteView{"sample-mark", "M5 0V10", stop(day(m.X) + ": " + orUnknown(m.Label))})
	}
	return out
}
