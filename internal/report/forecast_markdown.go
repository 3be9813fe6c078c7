package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// ForecastMarkdown writes a forecast as GitHub-flavoured Markdown. Every text from
// outside is escaped. It returns what w returned.
func ForecastMarkdown(w io.Writer, f cockpit.Forecast) error {
	m := &markdown{}
	m.heading(1, "Forecast")
	m.para("**" + escape(f.Summary) + "**")
	m.para(escape(forecastScope(f)))
	for _, warning := range f.Warnings {
		m.para("**Warning:** " + escape(warning))
	}
	if f.Refused != nil && f.Refused.Supply != "" {
		m.para("What can supply it:")
		m.para(fence(f.Refused.Supply))
	}
	for _, p := range f.Pieces {
		m.heading(2, pieceTitle(f, p))
		m.table(datesTable(p))
	}
	if f.By != nil {
		m.heading(2, "By "+day(f.By.Date))
		m.table(countsTable(f))
	}
	if f.Basis != nil {
		m.heading(2, "How often such dates held")
		m.para(escape(f.Record.Summary))
		m.table(recordTable(f))
		m.heading(2, "Rests on")
		for _, fact := range forecastFacts(f) {
			m.para("**" + escape(fact.Label) + ":** " + escape(fact.Value))
		}
		for _, sentence := range f.Method {
			m.para(escape(sentence))
		}
		m.para(fmt.Sprintf("%s trials, seed %d.", thousands(f.Trials), f.Seed))
	}
	_, err := io.WriteString(w, strings.TrimLeft(m.out.String(), "\n"))
	return err
}

func datesTable(p cockpit.ForecastPiece) tableView {
	t := tableView{Caption: "Finished by", Head: []string{"Chance", "Finished by", "Without correction"}}
	for _, d := range p.Dates {
		t.Rows = append(t.Rows, []string{percent(d.Chance), dateOrNever(d.Date), dateOrNever(d.Uncorrected)})
	}
	return t
}

func countsTable(f cockpit.Forecast) tableView {
	t := tableView{Caption: "Finished at least", Head: []string{"Chance", "At least"}}
	for _, c := range f.By.Counts {
		t.Rows = append(t.Rows, []string{percent(c.Chance), trimZero(c.Items) + " " + f.Unit})
	}
	return t
}
