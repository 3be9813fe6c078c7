package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Forecast writes a forecast for a terminal: the answer, its dates, a chart of them, and
// how often such dates held.
func Forecast(w io.Writer, f cockpit.Forecast, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, f.Summary)
	s.para(0, faint, forecastScope(f))
	for _, warning := range f.Warnings {
		s.labelled(0, 9, yellow, "warning:", plainText, warning)
	}
	if f.Refused != nil && f.Refused.Supply != "" {
		s.blank()
		s.para(0, plainText, "What can supply it:")
		s.code(2, f.Refused.Supply)
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

// longestShare is the columns of the longest bar, where there is room for it.
const longestShare = 30

func (s *screen) forecastPiece(f cockpit.Forecast, p cockpit.ForecastPiece) {
	s.heading(pieceTitle(f, p))
	for _, d := range p.Dates {
		s.labelled(0, 8, bold, percent(d.Chance), plainText, dateOrNever(d.Date)+corrected(d))
	}
	s.blank()
	most, marked := 0.0, 0
	for _, b := range p.Bins {
		most, marked = math.Max(most, b.Share), max(marked, uniseg.StringWidth(marksIn(p.Dates, b)))
	}
	longest := max(1, min(longestShare, s.width-len("2006-01-02")-len("100 %")-4-marked))
	for _, b := range p.Bins {
		bar := strings.Repeat("▇", int(math.Round(b.Share/math.Max(most, 1e-9)*float64(longest))))
		line := fmt.Sprintf("%-10.10s  %-*s  %5s", clean(b.To), longest, bar, percent(b.Until))
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
		if d.Date != "" && d.Date >= b.From && d.Date <= b.To {
			in = append(in, fmt.Sprintf("%.0f", 100*d.Chance))
		}
	}
	if len(in) == 0 {
		return ""
	}
	return "  ◀ " + strings.Join(in, " ") + " %"
}

// forecastRecord shows how often dates held, for the horizon that applies.
func (s *screen) forecastRecord(f cockpit.Forecast) {
	s.heading("How often such dates held")
	s.para(0, plainText, f.Record.Summary)
	for _, sc := range f.Record.Scores {
		if sc.Weeks != recordWeeks(f) || sc.Share == nil {
			continue
		}
		text := fmt.Sprintf("held %s (%s fits)", percent(*sc.Share), interval(sc))
		if sc.Uncorrected != nil {
			text += "; without correction " + percent(*sc.Uncorrected)
		}
		s.labelled(0, 8, bold, percent(sc.Chance), plainText, text)
	}
}

func interval(sc cockpit.ForecastScore) string {
	return fmt.Sprintf("%.0f to %s", 100*sc.Low, percent(sc.High))
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
		t.Rows = append(t.Rows, []string{fmt.Sprint(sc.Weeks), percent(sc.Chance), percent(*sc.Share), interval(sc), raw, fmt.Sprintf("%d (%d)", sc.Forecasts, sc.Blocks)})
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
	out := []factView{{Label: "Past", Value: fmt.Sprintf("%s, %s to %s (%s): %s %s, %s without any; lately %.3g a week", count(b.Weeks, "week", "weeks"), day(b.From), day(b.To), clean(b.Note), trimZero(b.Items), clean(f.Unit), count(b.Zero, "week", "weeks"), b.Recent)}}
	if n := f.Record.Origins + f.Record.Refused; n > 0 {
		text := fmt.Sprintf("forecasts at the end of %s", count(n, "past week", "past weeks"))
		if f.Record.Refused > 0 {
			text += fmt.Sprintf(", refused at %d of them", f.Record.Refused)
		}
		out = append(out, factView{Label: "Record", Value: text})
	}
	for _, a := range f.Assumed {
		out = append(out, factView{Label: capital(a.Label), Value: a.Value + " (given, not measured)"})
	}
	return out
}
