package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type foreteller interface {
	// Forecast says when work will be finished.
	Forecast(ctx context.Context, scope Scope, ask ForecastAsk) (cockpit.Forecast, error)
}

// ForecastAsk is what is asked, as it was written.
type ForecastAsk struct {
	Items  string   // 40, or 30-60
	Work   []string // NAME=40, one after the other
	By     string   // YYYY-MM-DD
	Start  string   // YYYY-MM-DD; "" is the day after what is known
	Growth string   // 0.5/week, or 0.1/item
	Split  string   // 1-1.5
	Focus  string   // 0.6, or 60%
	Of     string   // what is counted
	Scope  string   // company, group:NAME, team:NAME or repository:NAME
	Trials int
}

func (r *root) forecast() *cobra.Command {
	var ask ForecastAsk
	var out output
	var asOf string
	cmd := &cobra.Command{
		Use: "forecast [PATH | ADDRESS]...", Short: "Say when work will be finished, and how often that came true",
		Long: `Answers "when will these items be done?" and "how many by this date?" from what was
finished in past weeks, by playing many futures. It gives the dates that hold with
chances of 50, 70, 85 and 95 %, and shows how often such dates held before. Where its
record is poor, dates are corrected by it. Where the past is too thin or too unsteady,
it says what is missing.

An item is a change that reaches the main line; with --of requests a change request that
is merged, with --of issues an issue that is done. Growth, split and focus are yours to
say: nothing measures them.`,
		Example: `  diarchy forecast ~/src/payments --items 40
  diarchy forecast --scope team:Payments --items 30-60 --split 1-1.4
  diarchy forecast --of issues --by 2027-01-31
  diarchy forecast --work "Invoices=25" --work "Refunds=10-15" --focus 60%
  diarchy forecast --items 40 --growth 0.5/week --html forecast.html`,
		RunE: func(c *cobra.Command, args []string) error {
			s := r.scope(args)
			s.AsOf = asOf
			v, err := r.actions.Forecast(c.Context(), s, ask)
			if err != nil {
				return err
			}
			return r.showForecast(v, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Items, "items", "", "items that are left: a number, or a range such as 30-60")
	f.StringArrayVar(&ask.Work, "work", nil, "a piece of work as NAME=ITEMS; repeated: one after the other")
	f.StringVar(&ask.By, "by", "", "how many are finished by the end of this day (YYYY-MM-DD)")
	f.StringVar(&ask.Start, "start", "", "first day of the work (YYYY-MM-DD; default: the day after what is known)")
	f.StringVar(&ask.Growth, "growth", "", "items that are added meanwhile: 0.5/week, 0-2/week, or 0.1/item with each that is finished")
	f.StringVar(&ask.Split, "split", "", "how many items each one becomes: a number or a range such as 1-1.5")
	f.StringVar(&ask.Focus, "focus", "", "share of what is finished that goes into this work: 0.6 or 60%")
	f.StringVar(&ask.Of, "of", "changes", "what an item is: changes, requests or issues")
	f.StringVar(&ask.Scope, "scope", "company", "whose work: company, group:NAME, team:NAME or repository:NAME")
	f.IntVar(&ask.Trials, "trials", 100_000, "futures to play")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	f.StringVar(&out.html, "html", "", "also write one self-contained page to this file")
	f.StringVar(&out.markdown, "markdown", "", "also write Markdown to this file (- for standard output)")
	f.BoolVar(&out.json, "json", false, "print JSON ("+cockpit.ForecastSchema+")")
	return cmd
}

// showForecast prints a forecast as asked.
func (r *root) showForecast(v cockpit.Forecast, out output) error {
	for _, file := range []struct {
		path  string
		write func(io.Writer, cockpit.Forecast) error
	}{{out.html, report.ForecastHTML}, {out.markdown, report.ForecastMarkdown}} {
		if file.path == "" || (file.path == "-" && out.html != "-") {
			continue
		}
		if err := toFile(file.path, func(w io.Writer) error { return file.write(w, v) }); err != nil {
			return err
		}
		if !r.quiet {
			fmt.Fprintf(r.io.Err, "wrote %s\n", file.path)
		}
	}
	return r.answer(v, out.json, func() error {
		if out.markdown == "-" {
			return report.ForecastMarkdown(r.io.Out, v)
		}
		return report.Forecast(r.io.Out, v, r.terminal())
	}, v.Skipped)
}
