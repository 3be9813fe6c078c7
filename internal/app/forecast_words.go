package app

import (
	"fmt"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// planned is the chance that a summary names: odds at which a date can be promised.
const planned = 0.85

// answerWords is the answer in a sentence or two.
func answerWords(v cockpit.Forecast) string {
	var out []string
	if n := len(v.Pieces); n > 0 {
		last := v.Pieces[n-1]
		what := itemsWords(last) + " " + v.Unit
		if n > 1 {
			what = fmt.Sprintf("All %d pieces of work", n)
		}
		var half, most string
		for _, d := range last.Dates {
			switch d.Chance {
			case 0.5:
				half = dayWords(d.Date)
			case planned:
				most = dayWords(d.Date)
			}
		}
		out = append(out, fmt.Sprintf("%s: finished by %s with a chance of 85 %%, by %s with one of 50 %%.", what, most, half))
	}
	if v.By != nil {
		for _, c := range v.By.Counts {
			if c.Chance == planned {
				out = append(out, fmt.Sprintf("By %s at least %s %s are finished with a chance of 85 %%.", dayWords(v.By.Date), trim(c.Items), v.Unit))
			}
		}
	}
	return strings.Join(out, " ")
}

func itemsWords(p cockpit.ForecastPiece) string {
	if p.Low == p.High {
		return trim(p.Low)
	}
	return trim(p.Low) + " to " + trim(p.High)
}

func dayWords(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "no day within ten years"
	}
	return t.Format("2 January 2006")
}

// recordWords says what the record says for the horizon that is nearest to the answer.
func recordWords(v cockpit.Forecast) string {
	weeks := 0
	if n := len(v.Pieces); n > 0 {
		weeks = v.Pieces[n-1].Record
	} else if v.By != nil {
		weeks = v.By.Record
	}
	for _, s := range v.Record.Scores {
		if s.Weeks != weeks || s.Chance != planned {
			continue
		}
		if s.Share == nil {
			return fmt.Sprintf("No forecast over %d weeks of the past has an outcome yet: nothing shows whether these dates hold.", weeks)
		}
		return fmt.Sprintf("Of %d past forecasts over %d weeks, %.0f %% finished by their 85 %% date (%.0f to %.0f %% fits; %d do not overlap).",
			s.Forecasts, weeks, 100**s.Share, 100*s.Low, 100*s.High, s.Blocks)
	}
	return ""
}
