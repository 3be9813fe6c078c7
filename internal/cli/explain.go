package cli

import (
	"context"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type explainer interface {
	// Explain walks from a verdict, lens, finding or metric down to facts.
	Explain(ctx context.Context, scope Scope, what string, limit int) (cockpit.Explanation, error)
}

func (r *root) explain() *cobra.Command {
	var asJSON bool
	var asOf string
	var limit int
	cmd := &cobra.Command{
		Use:   "explain verdict | NAME [PATH | ADDRESS]...",
		Short: "Walk a judgement down to the commits that it rests on",
		Long: `Walks a judgement down: the verdict to the three lenses (stage, symptoms, load), a
finding to its rule, signals, metrics and commits, a metric to its facts, and a fact
of the guide, such as S4, to what here rests on it. Names are taken as they are
read: "merge bottleneck" is merge_bottleneck.`,
		Example: `  diarchy explain verdict
  diarchy explain load
  diarchy explain N6
  diarchy explain throughput ~/src/payments --limit 50`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly(1, "verdict, stage, symptoms, load, a finding such as N6, a metric, or a fact such as S4")(c, args)
			}
			s := r.scope(args[1:])
			s.AsOf = asOf
			e, err := r.actions.Explain(c.Context(), s, args[0], limit)
			if err != nil {
				return err
			}
			if asJSON {
				if err := r.printJSON(e); err != nil {
					return err
				}
				return partial(e.Skipped)
			}
			if err := report.Explanation(r.io.Out, e, r.terminal()); err != nil {
				return err
			}
			return partial(e.Skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	f.IntVar(&limit, "limit", 8, "at most this many facts under each metric")
	return cmd
}
