package web

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// forecast says when work will be finished, and how often that came true. The question
// stands in the address, so an answer can be sent.
func (s *Server) forecast(r *request) (room, error) {
	f := r.URL.Query()
	q := cockpit.ForecastQuestion{Items: strings.TrimSpace(f.Get("items")), Work: pieces(f.Get("work")), By: f.Get("by"), Start: f.Get("start"), Growth: strings.TrimSpace(f.Get("growth")), Split: strings.TrimSpace(f.Get("split")), Focus: strings.TrimSpace(f.Get("focus")), Of: f.Get("of")}
	m := room{title: "Forecast", headline: "When will it be done?", lede: "Say how many items are left, or by when; the answer plays many futures out of past weeks, and shows how often such dates held.", data: q}
	ask := section{ID: "ask", Title: "Ask", Form: &form{Action: "/forecast", Get: true, Hidden: r.place.hidden(), Submit: "Forecast", Fields: []field{
		{Label: "Items that are left", Name: "items", Kind: "text", Value: q.Items, Hint: "a number, or a range such as 30-60"},
		{Label: "Or pieces, one after the other", Name: "work", Kind: "text", Value: strings.Join(q.Work, ", "), Hint: "checkout=40, search=20-30"},
		{Label: "An item is", Name: "of", Kind: "select", Options: choices([]option{{"changes", "a change on the main line"}, {"requests", "a change request"}, {"issues", "an issue"}}, orElse(q.Of, "changes"))},
		{Label: "How many by", Name: "by", Kind: "date", Value: q.By},
		{Label: "Begins on", Name: "start", Kind: "date", Value: q.Start},
		{Label: "Added meanwhile", Name: "growth", Kind: "text", Value: q.Growth, Hint: "0.5/week, or 0.1/item"},
		{Label: "Each becomes", Name: "split", Kind: "text", Value: q.Split, Hint: "1-1.5"},
		{Label: "Share of the work", Name: "focus", Kind: "text", Value: q.Focus, Hint: "60%"},
	}}}
	if q.Nothing() {
		m.sections = []section{ask}
		return m, nil
	}
	v, err := s.company.Forecast(r.Context(), r.place, q)
	if fieldOf(err) != "" {
		r.refused = err
		r.say(&ask, "Nothing was forecast.")
		m.sections = []section{ask}
		return m, nil
	}
	if err != nil {
		return room{}, err
	}
	p := s.partsOf(r, nil, nil)
	m.headline, m.lede, m.data, m.parts = report.Clean(v.Summary), "", v, p
	if v.Refused != nil {
		m.sections = append(m.sections, section{ID: "refused", Title: "No forecast", Empty: refusal(*v.Refused)})
	}
	for i, piece := range v.Pieces {
		g := &grid{Caption: "Days by which it is finished, with their chances", Head: []string{"Chance", "Day", "Before the record corrected it"}}
		for _, d := range piece.Dates {
			g.Rows = append(g.Rows, row(hundredths(d.Chance), orElse(report.Day(d.Date), "not within ten years"), orElse(report.Day(d.Uncorrected), "not within ten years")))
		}
		one := section{ID: fmt.Sprintf("piece-%d", i), Title: orElse(report.Clean(piece.Name), "When"), Grid: g}
		if c := finishing(piece); len(c.X) > 1 {
			one.Charts = []report.ChartPart{p.Chart(c)}
		}
		m.sections = append(m.sections, one)
	}
	if v.By != nil {
		g := &grid{Caption: "Finished by " + report.Day(v.By.Date) + ", at least", Head: []string{"Chance", "Items"}}
		for _, c := range v.By.Counts {
			g.Rows = append(g.Rows, row(hundredths(c.Chance), report.Number(&c.Items)))
		}
		m.sections = append(m.sections, section{ID: "by", Title: "How many", Grid: g})
	}
	m.sections = append(m.sections, track(v.Record), section{ID: "method", Title: "Rests on", Facts: p.Facts(v.Assumed), Notes: siteWords(cleaned(append(append([]string{}, v.Warnings...), v.Method...)))}, ask)
	return m, nil
}

// refusal says what a forecast needs. Some of it no command supplies, but time.
func refusal(f cockpit.ForecastRefusal) *empty {
	takes := "It is here when the sources were read next and hold it; a week that goes by adds one that counts."
	if f.Supply == "" {
		takes = "Only time supplies it: each complete week adds one that counts."
	}
	return &empty{Why: capital(report.Clean(f.Why)) + ".", Needs: capital(report.Clean(f.Missing)) + ".", Command: report.CleanBlock(f.Supply), Takes: takes}
}

// pieces are pieces of work as a person writes them in one line.
func pieces(line string) (out []string) {
	for piece := range strings.SplitSeq(line, ",") {
		if piece = strings.TrimSpace(piece); piece != "" {
			out = append(out, piece)
		}
	}
	return out
}

// finishing draws the chance to be finished by a day.
func finishing(p cockpit.ForecastPiece) cockpit.Chart {
	c := cockpit.Chart{ID: "finishing " + p.Name, Title: "Chance to be finished by a day", Kind: "line", Unit: "%", Series: []cockpit.Series{{Name: "finished"}}}
	for _, b := range p.Bins {
		until := b.Until * 100
		c.X, c.Series[0].Values = append(c.X, b.To), append(c.Series[0].Values, &until)
	}
	return c
}

// track is how often such forecasts would have come true.
func track(rec cockpit.ForecastRecord) section {
	g := &grid{Caption: "How often such dates held", Head: []string{"Weeks ahead", "Said", "Held", "Of forecasts"}}
	for _, sc := range rec.Scores {
		held := "not known"
		if sc.Share != nil {
			held = hundredths(*sc.Share)
		}
		g.Rows = append(g.Rows, row(fmt.Sprint(sc.Weeks), hundredths(sc.Chance), held, fmt.Sprint(sc.Forecasts)))
	}
	v := section{ID: "record", Title: "The record", Lead: report.Clean(rec.Summary)}
	if len(g.Rows) > 0 {
		v.Grid = g
	}
	return v
}

func hundredths(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

// siteWords puts what is said of a command's flags into words of the page.
func siteWords(texts []string) []string {
	for i, t := range texts {
		texts[i] = strings.ReplaceAll(t, "say --start", "say when it begins")
	}
	return texts
}
