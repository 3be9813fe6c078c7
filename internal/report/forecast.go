package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Forecast writes a forecast for a terminal: the answer, its dates, a chart of them, and
// how often such dates held.
func Forecast(w io.Writer, f cockpit.Forecast, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, f.Summary)
	s.para(0, faint, forecastScope(f))
	for _, warning := range f.Warnings {
		s.hanging(0, "warning: ", yellow, warning)
	}
	for _, p := range f.Pieces {
		s.forecastPiece(f, p)
	}
	if f.By != nil {
		s.heading("By " + day(f.By.Date))
		for _, c := range f.By.Counts {
			s.labelled(0, 8, bold, percent(c.Chance), plainText, fmt.Sprintf("at least %s %s", trimZero(c.Items), f.Unit))
		}
	}
	if f.Basis != nil {
		s.forecastRecord(f)
		s.heading("Rests on")
		s.forecastBasis(f)
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// forecastScope says whose work it is, and what is known.
func forecastScope(f cockpit.Forecast) string {
	return fmt.Sprintf("%s, by %s; known until %s, work from %s on.", f.Scope, f.Unit, day(f.AsOf), day(f.Start))
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

func pieceTitle(f cockpit.Forecast, p cockpit.ForecastPiece) string {
	items := trimZero(p.Low)
	if p.High != p.Low {
		items += " to " + trimZero(p.High)
	}
	if p.Name == "" {
		return items + " " + f.Unit
	}
	return clean(p.Name) + ": " + items + " " + f.Unit
}

// dateOrNever is a day, or that there is none.
func dateOrNever(s string) string {
	if s == "" {
		return "not within ten years"
	}
	return day(s)
}

// longestShare is the columns of the longest bar.
const longestShare = 30

func (s *screen) forecastPiece(f cockpit.Forecast, p cockpit.ForecastPiece) {
	s.heading(pieceTitle(f, p))
	for _, d := range p.Dates {
		s.labelled(0, 8, bold, percent(d.Chance), plainText, dateOrNever(d.Date)+corrected(d))
	}
	s.blank()
	most := 0.0
	for _, b := range p.Bins {
		most = math.Max(most, b.Share)
	}
	for _, b := range p.Bins {
		bar := strings.Repeat("▇", int(math.Round(b.Share/math.Max(most, 1e-9)*longestShare)))
		line := fmt.Sprintf("%s  %-*s  %4s", b.To, longestShare, bar, percent(b.Until))
		s.out.WriteString(strings.TrimRight(line+marksIn(p.Dates, b), " ") + "\n")
	}
}

// corrected says that a date was moved by the record.
func corrected(d cockpit.ForecastDate) string {
	if d.Date == d.Uncorrected {
		return ""
	}
	return " (" + dateOrNever(d.Uncorrected) + " without correction)"
}

// marksIn names the chances whose dates lie in a bin.
func marksIn(dates []cockpit.ForecastDate, b cockpit.ForecastBin) string {
	var in []string
	for _, d := range dates {
		if d.Date >= b.From && d.Date <= b.To {
			in = append(in, percent(d.Chance))
		}
	}
	if len(in) == 0 {
		return ""
	}
	return "  ◀ " + strings.Join(in, ", ")
}

// forecastRecord shows how often dates held, for the horizon that applies.
func (s *screen) forecastRecord(f cockpit.Forecast) {
	s.heading("How often such dates held")
	s.para(0, plainText, f.Record.Summary)
	t := recordTable(f)
	rows := [][]string{t.Head}
	for _, row := range t.Rows {
		if row[0] == fmt.Sprint(recordWeeks(f)) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 1 {
		return
	}
	s.blank()
	for _, row := range rows {
		s.out.WriteString(strings.TrimRight(fmt.Sprintf("%-9s %-7s %-9s %-14s %-12s %s", row[0], row[1], row[2], row[3], row[4], row[5]), " ") + "\n")
	}
}

// recordWeeks is the horizon that is nearest to the answer.
func recordWeeks(f cockpit.Forecast) int {
	if n := len(f.Pieces); n > 0 {
		return f.Pieces[n-1].Record
	}
	if f.By != nil {
		return f.By.Record
	}
	return 0
}

// recordTable is the record as a table.
func recordTable(f cockpit.Forecast) tableView {
	t := tableView{Caption: "How often dates of the past held", Head: []string{"Weeks", "Chance", "Held", "95 % interval", "Uncorrected", "Forecasts (apart)"}}
	for _, sc := range f.Record.Scores {
		if sc.Share == nil {
			continue
		}
		raw := unknown
		if sc.Uncorrected != nil {
			raw = percent(*sc.Uncorrected)
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(sc.Weeks), percent(sc.Chance), percent(*sc.Share), percent(sc.Low) + " to " + percent(sc.High), raw, fmt.Sprintf("%d (%d)", sc.Forecasts, sc.Blocks)})
	}
	return t
}

func (s *screen) forecastBasis(f cockpit.Forecast) {
	for _, fact := range forecastFacts(f) {
		s.labelled(0, 12, faint, fact.Label, plainText, fact.Value)
	}
	for _, m := range f.Method {
		s.para(0, faint, m)
	}
	s.para(0, faint, fmt.Sprintf("%s trials, seed %d.", thousands(f.Trials), f.Seed))
}

// forecastFacts are the past that was drawn from, and what was given.
func forecastFacts(f cockpit.Forecast) []factView {
	b := f.Basis
	out := []factView{{Label: "Past", Value: fmt.Sprintf("%d weeks, %s to %s (%s): %s %s, %d weeks without any; lately %.3g a week", b.Weeks, day(b.From), day(b.To), b.Note, trimZero(b.Items), f.Unit, b.Zero, b.Recent)}}
	for _, a := range f.Assumed {
		out = append(out, factView{Label: capital(a.Label), Value: a.Value + " (given, not measured)"})
	}
	return out
}
