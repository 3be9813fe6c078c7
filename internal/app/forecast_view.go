package app

import (
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/forecast"
)

// showAnswer turns a forecast into what surfaces show.
func showAnswer(h forecast.History, asked forecast.Plan, a forecast.Answer, v *cockpit.Forecast) error {
	v.Basis = basisView(h, a)
	for _, p := range a.Pieces {
		v.Pieces = append(v.Pieces, pieceView(p, asked.Start))
		if last := p.Dates[len(p.Dates)-1]; last.Day.IsZero() {
			why := "so much is not finished in that time"
			if asked.Weekly != (forecast.Range{}) || asked.PerItem != (forecast.Range{}) {
				why = "what is added keeps up with what is finished"
			}
			v.Warnings = append(v.Warnings, "in some futures the work is not finished within ten years: "+why)
		}
	}
	if len(a.By) > 0 {
		v.By = &cockpit.ForecastBy{Date: asked.By.Format(time.DateOnly), Record: a.ByOver}
		for _, c := range a.By {
			v.By.Counts = append(v.By.Counts, cockpit.ForecastCount{Chance: c.Chance, Items: c.Items, Share: c.Reads})
		}
	}
	scores, err := a.Record.Scores()
	if err != nil {
		return err
	}
	v.Record = recordView(a.Record, scores)
	v.Record.Summary = recordWords(*v)
	v.Warnings = append(v.Warnings, recordWarnings(*v)...)
	v.Headline, v.Summary = headline(*v), answerWords(*v)
	v.Method = []string{
		"Futures are blocks of four past weeks that follow each other, begun more often with newer ones, on a level that wanders as much as weeks differ.",
		"A week is drawn whole, with its weekend; weeks of holidays come as often as in the past that is drawn from. Days within a week follow the past year's.",
		"The record forecasts from the end of each past week with only what was known then, over 2, 4, 8 and 12 weeks. Dates are read at another share of the trials where the record says so; it was learned from earlier forecasts only.",
	}
	return nil
}

func basisView(h forecast.History, a forecast.Answer) *cockpit.ForecastBasis {
	b := &cockpit.ForecastBasis{From: a.Basis.From.Format(time.DateOnly), To: h.Start.AddDate(0, 0, 7*len(h.Weeks)-1).Format(time.DateOnly),
		Weeks: len(a.Basis.Weeks), Recent: a.Recent, History: len(h.Weeks), Note: "the newest year"}
	for _, x := range a.Basis.Weeks {
		if b.Items += x; x == 0 {
			b.Zero++
		}
	}
	switch {
	case !a.Basis.Changed.IsZero() && !a.Basis.From.After(a.Basis.Changed):
		b.Note = fmt.Sprintf("since the level changed from about %.3g to %.3g a week", a.Basis.Before, a.Basis.After)
	case len(h.Weeks) == len(a.Basis.Weeks):
		b.Note = "the whole history"
	}
	return b
}

func pieceView(p forecast.PieceDates, start time.Time) cockpit.ForecastPiece {
	out := cockpit.ForecastPiece{Name: p.Name, Low: p.Items.Low, High: p.Items.High, Weeks: p.Weeks, Record: p.Over, Bins: bins(p.Finished, start)}
	for _, d := range p.Dates {
		out.Dates = append(out.Dates, cockpit.ForecastDate{Chance: d.Chance, Date: date(d.Day), Share: d.Reads, Uncorrected: date(d.Raw)})
	}
	return out
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// mostBins is how many bars a chart of finish dates has.
const mostBins = 26

// bins adds up days until few enough bars are left, from the first day on which any
// trial finishes.
func bins(finished []float64, start time.Time) []cockpit.ForecastBin {
	first := 0
	for first < len(finished)-1 && finished[first] == 0 {
		first++
	}
	width := 1
	for _, w := range []int{1, 7, 14, 28, 56, 112, 224} {
		if width = w; (len(finished)-first+w-1)/w <= mostBins {
			break
		}
	}
	out := []cockpit.ForecastBin{}
	var until float64
	for from := first; from < len(finished); from += width {
		b := cockpit.ForecastBin{From: date(start.AddDate(0, 0, from)), To: date(start.AddDate(0, 0, from+width-1))}
		for _, x := range finished[from:min(from+width, len(finished))] {
			b.Share += x
		}
		until += b.Share
		b.Until = until
		out = append(out, b)
	}
	return out
}

func recordView(r forecast.Record, scores []forecast.Score) cockpit.ForecastRecord {
	out := cockpit.ForecastRecord{Origins: r.Origins, Refused: r.Refused, Scores: []cockpit.ForecastScore{}}
	for _, s := range scores {
		out.Scores = append(out.Scores, cockpit.ForecastScore{Weeks: s.Horizon, Chance: s.Chance, Forecasts: s.Of, Held: s.Held, Share: shareOf(s.Held, s.Of), Uncorrected: shareOf(s.RawHeld, s.RawOf),
			Blocks: s.Blocks, Low: s.Low, High: s.High})
	}
	return out
}

func shareOf(k, n int) *float64 {
	if n == 0 {
		return nil
	}
	x := float64(k) / float64(n)
	return &x
}

// assumed lists what was given and is not measured.
func assumed(p forecast.Plan) []cockpit.Fact {
	out := []cockpit.Fact{}
	add := func(label, value string) {
		out = append(out, cockpit.Fact{Label: label, Value: value, Origin: "declared"})
	}
	if p.Focus != 0 && p.Focus != 1 {
		add("focus", fmt.Sprintf("%.3g %% of what is finished goes into this work", 100*p.Focus))
	}
	if p.Split != (forecast.Range{}) {
		add("split", "each planned item becomes "+rangeWords(p.Split))
	}
	if p.Weekly != (forecast.Range{}) {
		add("growth", added(p.Weekly)+" each week")
	}
	if p.PerItem != (forecast.Range{}) {
		add("growth", added(p.PerItem)+" with each that is finished")
	}
	return out
}

func added(r forecast.Range) string {
	if r == (forecast.Range{Low: 1, High: 1}) {
		return "1 item is added"
	}
	return rangeWords(r) + " items are added"
}

func rangeWords(r forecast.Range) string {
	if r.Low == r.High {
		return trim(r.Low)
	}
	return trim(r.Low) + " to " + trim(r.High)
}
