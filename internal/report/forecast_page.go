package report

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// forecastPage is a forecast laid out for the template: plain text, but for Style.
type forecastPage struct {
	Title, CSP string
	Style      template.HTML

	Scope, AsOf, Schema string
	Headline, Summary   string
	Strip               []factView
	Supply              string // what can supply a forecast that was refused
	Warnings            []string
	Pieces              []forecastPieceView
	By                  *tableView
	ByTitle             string
	Record              tableView
	RecordSummary       string
	Facts               []factView
	Method              []string
	Seed                string
}

type forecastPieceView struct {
	Anchor, Title, Sentence string
	Plot                    forecastPlot
	Dates, Bins             tableView
}

// forecastPlot is the chart of finish dates in the units of its box: bars for the chance
// to finish in a stretch of days, a line for having finished by then, and a mark for the
// date of each chance.
type forecastPlot struct {
	Width, Height float64
	Bars          []plotBar
	Line          string // points of the line
	Grid          []plotMark
	Ticks         []plotText
	Marks         []plotMark
}

type plotBar struct{ X, Y, Width, Height float64 }

type plotText struct {
	X, Y float64
	Text string
}

// plotMark is a line with a text at its end.
type plotMark struct {
	X, Y, X2, Y2 float64
	TextX        float64
	Text         string
}

// ForecastHTML writes a forecast as one self-contained page with a chart. It returns
// what w returned.
func ForecastHTML(w io.Writer, f cockpit.Forecast) error {
	var buf bytes.Buffer
	if err := templates.ExecuteTemplate(&buf, "forecast.tmpl", viewForecast(f, builtAssets())); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}

func viewForecast(f cockpit.Forecast, s assets) forecastPage {
	p := forecastPage{
		Title: "Forecast: " + orUnknown(f.Scope), CSP: policy(s, false), Style: element("style", s.style), Scope: orUnknown(f.Scope), AsOf: day(f.AsOf),
		Headline: orElse(f.Headline, "Forecast"), Summary: stop(f.Summary), Schema: orUnknown(f.Schema), Warnings: cleanAll(f.Warnings), Record: recordTable(f), RecordSummary: stop(f.Record.Summary), Method: cleanAll(f.Method),
		Seed: fmt.Sprintf("%s trials, seed %d", thousands(f.Trials), f.Seed),
	}
	if f.Refused != nil {
		p.Supply = strings.Join(cleanBlock(f.Refused.Supply), "\n")
	}
	for i, w := range f.Pieces {
		p.Pieces = append(p.Pieces, viewPiece(f, i, w))
	}
	if n := len(f.Pieces); n > 0 {
		for _, d := range f.Pieces[n-1].Dates {
			p.Strip = append(p.Strip, factView{Label: percent(d.Chance) + " by", Value: dateOrNever(d.Date)})
		}
	}
	if f.By != nil {
		t := countsTable(f)
		p.By, p.ByTitle = &t, "By "+day(f.By.Date)
	}
	if f.Basis != nil {
		p.Facts = forecastFacts(f)
	}
	return p
}

func viewPiece(f cockpit.Forecast, i int, w cockpit.ForecastPiece) forecastPieceView {
	v := forecastPieceView{Anchor: fmt.Sprintf("piece-%d", i+1), Title: pieceTitle(f, w), Dates: datesTable(w), Plot: plotForecast(w)}
	v.Sentence = "Bars: the chance to finish in a stretch of days. Line: the chance to have finished by then. Marks: the dates to plan with."
	v.Bins = tableView{Caption: "Finish dates", Head: []string{"Until", "Chance to finish in it", "Finished by then"}}
	for _, b := range w.Bins {
		v.Bins.Rows = append(v.Bins.Rows, []string{day(b.To), fmt.Sprintf("%.1f %%", 100*b.Share), fmt.Sprintf("%.1f %%", 100*b.Until)})
	}
	return v
}

// The box of the chart. Labels of marks stand above the bars and to the right of their
// marks, each in a row of its own: the later, the lower, so that no mark crosses one.
const (
	plotWidth, plotHeight         = 780.0, 340.0
	plotTop, plotBase             = 96.0, 304.0
	plotLeft, plotRight, plotStep = 4.0, 580.0, 21.0
)

func plotForecast(w cockpit.ForecastPiece) forecastPlot {
	p := forecastPlot{Width: plotWidth, Height: plotHeight}
	n := len(w.Bins)
	if n == 0 {
		return p
	}
	first, err1 := time.Parse(time.DateOnly, w.Bins[0].From)
	last, err2 := time.Parse(time.DateOnly, w.Bins[n-1].To)
	if err1 != nil || err2 != nil {
		return p
	}
	last = last.AddDate(0, 0, 1)
	x := func(t time.Time) float64 {
		return round1(plotLeft + (plotRight-plotLeft)*float64(t.Sub(first))/float64(last.Sub(first)))
	}
	y := func(share float64) float64 { return round1(plotBase - share*(plotBase-plotTop)) }
	most := 0.0
	for _, b := range w.Bins {
		most = math.Max(most, b.Share)
	}
	points := []string{fmt.Sprintf("%g,%g", plotLeft, y(0))}
	wide := (plotRight - plotLeft) / float64(n)
	for i, b := range w.Bins {
		top := y(0.8 * b.Share / math.Max(most, 1e-9))
		p.Bars = append(p.Bars, plotBar{round1(plotLeft + float64(i)*wide + 1), top, round1(math.Max(wide-2, 1)), round1(plotBase - top)})
		points = append(points, fmt.Sprintf("%g,%g", round1(plotLeft+float64(i+1)*wide), y(b.Until)))
		if step := (n + 4) / 5; i%step == 0 && i+step/2 < n { // five dates at most, none cut off
			p.Ticks = append(p.Ticks, plotText{round1(plotLeft + float64(i)*wide), plotHeight - 14, shortDay(b.From)})
		}
	}
	p.Line = strings.Join(points, " ")
	for _, share := range []float64{0, 0.5, 1} {
		p.Grid = append(p.Grid, plotMark{0, y(share), plotRight, y(share), plotRight + 6, percent(share)})
	}
	for i, d := range w.Dates {
		t, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			continue
		}
		at := math.Min(x(t.AddDate(0, 0, 1)), plotRight)
		p.Marks = append(p.Marks, plotMark{at, 16 + float64(i)*plotStep, at, plotBase, at + 6, percent(d.Chance) + ": " + day(d.Date)})
	}
	return p
}

func round1(x float64) float64 { return math.Round(10*x) / 10 }

// shortDay is a day on an axis.
func shortDay(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return clean(s)
	}
	return t.Format("2 Jan 2006")
}
