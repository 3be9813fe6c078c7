package report

import (
	"maps"
	"math"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// history is the section on how the verdict moved.
func (b *builder) history(h cockpit.History) historyView {
	v := historyView{Summary: stop(h.Summary)}
	if len(h.Points) == 0 {
		return v
	}
	v.Flips = flips(h)
	chart, tones := historyChart(h)
	v.Chart = b.chart(chart, historyTable(h), tones)
	return v
}

// flips says how often the call changed.
func flips(h cockpit.History) string {
	dates := count(len(h.Points), "replayed date", "replayed dates")
	if h.Flips == 0 {
		return "The call never changed over " + dates + "."
	}
	return "The call changed " + count(h.Flips, "time", "times") + " over " + dates + "."
}

// historyChart draws the shares of the calls at each replayed date. It is a
// chart like any other, with an id that only we use.
func historyChart(h cockpit.History) (cockpit.Chart, []string) {
	c := cockpit.Chart{
		ID:       historyID,
		Title:    "What was answered at each date",
		Sentence: "Of 100 ways to read what was known at each date, how many made which call.",
		Kind:     "stacked",
		Unit:     "of 100 ways",
		XTitle:   "As of",
	}
	for _, p := range h.Points {
		c.X = append(c.X, p.AsOf)
	}
	var tones []string
	for _, call := range historyCalls(h) {
		c.Series = append(c.Series, shareSeries(h, call))
		tones = append(tones, tone(call))
	}
	return c, tones
}

// historyCalls lists the calls that any replayed date made in some draw.
func historyCalls(h cockpit.History) []string {
	seen := map[string]bool{}
	for _, p := range h.Points {
		for call, part := range p.Shares {
			seen[call] = seen[call] || part > 0
		}
	}
	var out []string
	for _, call := range calls {
		if seen[call] {
			out = append(out, call)
		}
		delete(seen, call)
	}
	for _, call := range slices.Sorted(maps.Keys(seen)) {
		if seen[call] {
			out = append(out, call)
		}
	}
	return out
}

func shareSeries(h cockpit.History, call string) cockpit.Series {
	s := cockpit.Series{Name: callLabel(call)}
	for _, p := range h.Points {
		if len(p.Shares) == 0 {
			s.Values = append(s.Values, nil)
			continue
		}
		v := math.Round(p.Shares[call]*1000) / 10
		s.Values = append(s.Values, &v)
	}
	return s
}

// historyTable says more than the drawing: the call and the number of engineers.
func historyTable(h cockpit.History) tableView {
	t := tableView{Caption: "The verdict at each replayed date", Head: []string{"As of", "Call", "Agreeing ways", "Engineers"}}
	for _, p := range h.Points {
		t.Rows = append(t.Rows, []string{orUnknown(p.AsOf), callLabel(p.Call), ofHundred(p.Confidence), number(p.Engineers)})
	}
	return t
}
