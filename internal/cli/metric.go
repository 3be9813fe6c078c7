package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type cataloguer interface {
	// Metrics lists the catalogue.
	Metrics() ([]cockpit.MetricSummary, error)
	// Metric evaluates one metric for company, group:NAME, team:NAME or repository:NAME.
	Metric(ctx context.Context, scope Scope, name, of string) (cockpit.MetricView, error)
}

func (r *root) metric() *cobra.Command {
	cmd := &cobra.Command{Use: "metric", Short: "List metrics, and show one with its definition and course", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	cmd.AddCommand(r.metricList(), r.metricShow())
	return cmd
}

func (r *root) metricList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List all metrics", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			list, err := r.actions.Metrics()
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(list)
			}
			for _, m := range list {
				fmt.Fprintln(r.io.Out, r.hang(fmt.Sprintf("%-24s %-5s ", m.Name, m.Owner), fmt.Sprintf("%s (%s)", m.Title, m.Unit)))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) metricShow() *cobra.Command {
	var asJSON bool
	var asOf, of string
	cmd := &cobra.Command{
		Use: "show NAME [PATH | ADDRESS]...", Short: "Show a metric: definition, course, sample sizes, what is missing",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly(1, "the name of a metric; see diarchy metric list")(c, args)
			}
			s := r.scope(args[1:])
			s.AsOf = asOf
			v, err := r.actions.Metric(c.Context(), s, args[0], of)
			if err != nil {
				return err
			}
			if asJSON {
				if err := r.printJSON(v); err != nil {
					return err
				}
			} else {
				r.printMetric(v)
			}
			return partial(v.Skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	f.StringVar(&of, "of", "company", "company, group:NAME, team:NAME, repository:NAME or application:NAME")
	f.StringVar(&of, "scope", "company", "as forecast calls it")
	_ = f.MarkHidden("scope") // it was just made
	return cmd
}

// mostBars is how many buckets a terminal chart shows.
const mostBars = 26

// longestBar is the columns of the largest value's bar.
const longestBar = 36

func (r *root) printMetric(v cockpit.MetricView) {
	d := v.Definition
	fmt.Fprintf(r.io.Out, "%s\n%s\n\n", r.hang("", fmt.Sprintf("%s (%s)", d.Title, d.Name)), r.hang("", d.Question))
	for _, l := range [][2]string{{"unit", d.Unit}, {"unknown", v.Nulls}, {"caveats", d.Caveats}, {"gaming", d.Gaming}, {"rests on", strings.Join(d.Cites, ", ")}} {
		fmt.Fprintln(r.io.Out, r.hang(fmt.Sprintf("%-9s ", l[0]), l[1]))
	}
	fmt.Fprintf(r.io.Out, "\n%s, as of %s, by %s\n", v.Scope, v.AsOf, v.Grain)
	switch l := v.Lately; {
	case l != nil:
		fmt.Fprintln(r.io.Out, r.hang("lately:  ", report.Lately(*l)))
	case v.Missing != "":
		fmt.Fprintf(r.io.Out, "%s\nwhat supplies it:\n%s\n", r.hang("nothing to show: ", v.Missing), report.Code(2, v.Supply, r.width()))
	}
	points := v.Points
	if len(points) > mostBars {
		fmt.Fprintf(r.io.Out, "(the last %d of %d; --json has all)\n", mostBars, len(points))
		points = points[len(points)-mostBars:]
	}
	most := 0.0
	for _, p := range points {
		if p.Value != nil {
			most = math.Max(most, *p.Value)
		}
	}
	wide, longest := 0, longestBar
	if v.Interval != "" {
		wide = len("0.00-0.00  ")
		longest -= wide
	}
	for _, p := range points {
		if p.Value == nil {
			fmt.Fprintf(r.io.Out, "%s  %10s  %sn %d\n", p.Start, "unknown", strings.Repeat(" ", wide), p.N)
			continue
		}
		bar := 0
		if most > 0 && *p.Value > 0 {
			bar = int(math.Round(*p.Value / most * float64(longest)))
		}
		mark := ""
		if v.Limits != nil && slices.Contains(v.Limits.Outside, p.Start) {
			mark = " outside"
		}
		fmt.Fprintf(r.io.Out, "%s  %10s  %-*sn %-6d %s%s\n", p.Start, number(*p.Value), wide, between(p), p.N, strings.Repeat("▇", bar), mark)
	}
	if v.Interval != "" {
		fmt.Fprintln(r.io.Out, r.hang("between: ", v.Interval+" of the share of n facts"))
	}
	if l := v.Limits; l != nil {
		after := ""
		if l.Since != "" {
			after = ", since the level shifted with that of " + l.Since
		}
		fmt.Fprintln(r.io.Out, r.hang("limits:  ", fmt.Sprintf("%s to %s around %s, natural process limits of an individuals chart over the newest %d points%s; a point outside is more than routine variation",
			number(l.Lower), number(l.Upper), number(l.Center), l.N, after)))
	}
	for _, i := range v.Items {
		fmt.Fprintln(r.io.Out, r.hang("  ", i.Label+": "+i.Note))
	}
	for _, w := range v.Warnings {
		fmt.Fprintln(r.io.Out, r.hang("warning: ", w))
	}
	if len(v.Scopes) > 1 {
		fmt.Fprintln(r.io.Out, r.hang("scopes:  ", strings.Join(v.Scopes, ", ")))
	}
}

// between is the interval of a point; "" where it has none.
func between(p cockpit.MetricPoint) string {
	if p.Low == nil || p.High == nil {
		return ""
	}
	return fmt.Sprintf("%.2f-%.2f", *p.Low, *p.High)
}

// number shows three figures at least, and no more decimals than they need.
func number(x float64) string {
	switch a := math.Abs(x); {
	case a >= 100 || x == math.Trunc(x):
		return fmt.Sprintf("%.0f", x)
	case a >= 10:
		return fmt.Sprintf("%.1f", x)
	case a >= 0.1:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.4f", x)
}

// counted is a number of things in words.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (r *root) printJSON(v any) error {
	enc := json.NewEncoder(r.io.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
