package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// planned is the chance that a summary names: odds at which a date can be promised.
const planned = 0.85

// headline is the answer that is planned with.
func headline(v cockpit.Forecast) string {
	if n := len(v.Pieces); n > 0 {
		for _, d := range v.Pieces[n-1].Dates {
			if d.Chance == planned {
				return workWords(v) + " by " + dayWords(d.Date)
			}
		}
	}
	if v.By != nil {
		for _, c := range v.By.Counts {
			if c.Chance == planned {
				return fmt.Sprintf("%s %s or more by %s", trim(c.Items), v.Unit, dayWords(v.By.Date))
			}
		}
	}
	return "Forecast"
}

// workWords says what is to be finished, at the beginning of a sentence.
func workWords(v cockpit.Forecast) string {
	switch n := len(v.Pieces); {
	case n > 2:
		return fmt.Sprintf("All %d pieces of work", n)
	case n == 2:
		return "Both pieces of work"
	case v.Pieces[0].Name != "":
		return v.Pieces[0].Name
	}
	return itemsWords(v.Pieces[0]) + " " + v.Unit
}

// answerWords is the answer in a sentence or two.
func answerWords(v cockpit.Forecast) string {
	var out []string
	if n := len(v.Pieces); n > 0 {
		var half, most string
		for _, d := range v.Pieces[n-1].Dates {
			switch d.Chance {
			case 0.5:
				half = dayWords(d.Date)
			case planned:
				most = dayWords(d.Date)
			}
		}
		out = append(out, fmt.Sprintf("%s: finished by %s with a chance of 85 %%, by %s with one of 50 %%.", workWords(v), most, half))
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

// recordWords says what the record says for the horizon that is nearest to the answer,
// and what was done about it.
func recordWords(v cockpit.Forecast) string {
	weeks := 0
	if n := len(v.Pieces); n > 0 {
		weeks = v.Pieces[n-1].Record
	} else if v.By != nil {
		weeks = v.By.Record
	}
	for _, s := range v.Record.Scores {
		if s.Weeks == weeks && s.Chance == planned {
			return scoreWords(s) + readWords(v)
		}
	}
	return ""
}

// fewBlocks is how many forecasts that do not overlap show something.
const fewBlocks = 5

func scoreWords(s cockpit.ForecastScore) string {
	if s.Share == nil {
		return fmt.Sprintf("No forecast over %d weeks of the past has an outcome yet: nothing shows whether these dates hold.", s.Weeks)
	}
	text := fmt.Sprintf("Of %d past forecasts over %d weeks, %.0f %% finished by their 85 %% date; with so few that do not overlap (%d), %.0f to %.0f %% fits.",
		s.Forecasts, s.Weeks, 100**s.Share, s.Blocks, 100*s.Low, 100*s.High)
	if s.Blocks < fewBlocks {
		text += " That is too few to show whether these dates hold."
	}
	return text
}

// readWords says where the record moved the date that is planned with.
func readWords(v cockpit.Forecast) string {
	var share float64
	if n := len(v.Pieces); n > 0 {
		share = shareRead(v.Pieces[n-1])
	} else if v.By != nil {
		for _, c := range v.By.Counts {
			if c.Chance == planned {
				share = c.Share
			}
		}
	}
	switch {
	case share > planned+0.01:
		return fmt.Sprintf(" Past dates came too early, so the answer is widened: its 85 %% is read at %.0f %% of the trials.", 100*share)
	case share < planned-0.01:
		return fmt.Sprintf(" Past dates came later than they had to, so the answer is narrowed: its 85 %% is read at %.0f %% of the trials.", 100*share)
	}
	return ""
}

func shareRead(p cockpit.ForecastPiece) float64 {
	for _, d := range p.Dates {
		if d.Chance == planned {
			return d.Share
		}
	}
	return 0
}

// recordWarnings says where even corrected dates did not hold as they say, as far as so
// few forecasts can show it, and where an answer lies beyond the record.
func recordWarnings(v cockpit.Forecast) (out []string) {
	for _, p := range v.Pieces {
		for _, s := range v.Record.Scores {
			if s.Weeks == p.Record && s.Share != nil && s.Chance >= planned && s.High < s.Chance {
				out = append(out, fmt.Sprintf("the record is poor: %.0f %% dates over %d weeks held %.0f %% of the time even when corrected; plan with a later one", 100*s.Chance, s.Weeks, 100**s.Share))
			}
		}
		if p.Weeks > farWeeks {
			out = append(out, fmt.Sprintf("half of the futures take more than %d weeks, and the record covers 12: how far the level wanders until then is an assumption", farWeeks))
		}
	}
	if v.By != nil {
		start, begun := time.Parse(time.DateOnly, v.Start)
		by, until := time.Parse(time.DateOnly, v.By.Date)
		if weeks := int(by.Sub(start).Hours() / 24 / 7); begun == nil && until == nil && weeks > farWeeks {
			out = append(out, fmt.Sprintf("%s is %d weeks away, and the record covers 12: how far the level wanders until then is an assumption", v.By.Date, weeks))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// farWeeks is how far an answer may lie beyond the record's longest horizon.
const farWeeks = 24
