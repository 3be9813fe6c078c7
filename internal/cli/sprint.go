package cli

import (
	"context"
	"fmt"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type planner interface {
	// Sprints are those of company, group:NAME or team:NAME.
	Sprints(ctx context.Context, scope Scope, of string) (cockpit.Sprints, error)
}

func (r *root) sprint() *cobra.Command {
	cmd := &cobra.Command{Use: "sprint", Short: "List sprints: planned against delivered", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	cmd.AddCommand(r.sprintList())
	return cmd
}

func (r *root) sprintList() *cobra.Command {
	var asJSON bool
	var asOf, of string
	cmd := &cobra.Command{
		Use: "list [PATH | ADDRESS]...", Short: "What each sprint began with, what came and went, and what became of it",
		Long: `Lists sprints by their issues. Said is what was in a sprint when it began and not
done yet, added what was put in later, removed what was taken out undone, done
what was done at its end, carried what was left in it.`,
		RunE: func(c *cobra.Command, args []string) error {
			s := r.scope(args)
			s.AsOf = asOf
			v, err := r.actions.Sprints(c.Context(), s, of)
			if err != nil {
				return err
			}
			if asJSON {
				if err := r.printJSON(v); err != nil {
					return err
				}
			} else {
				r.printSprints(v)
			}
			return partial(v.Skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON (schema diarchy/sprints/v1)")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	f.StringVar(&of, "of", "company", "company, group:NAME or team:NAME")
	return cmd
}

func (r *root) printSprints(v cockpit.Sprints) {
	fmt.Fprintf(r.io.Out, "%s, as of %s\n", v.Scope, v.AsOf)
	if v.Missing != "" {
		fmt.Fprintf(r.io.Out, "%s\nwhat supplies it:\n%s\n", r.hang("nothing to show: ", v.Missing), report.Code(2, v.Supply, r.width()))
		return
	}
	fmt.Fprintf(r.io.Out, "%-10s  %-10s  %5s %6s %8s %5s %8s  %s\n", "start", "end", "said", "added", "removed", "done", "carried", "sprint")
	for _, s := range v.Sprints {
		end := s.End
		if s.Open {
			end = "goes on"
		}
		fmt.Fprintln(r.io.Out, r.hang(fmt.Sprintf("%-10s  %-10s  %5d %6d %8d %5d %8d  ", s.Start, end, s.Said, s.Added, s.Removed, s.Done, s.Carried), report.Clean(s.Project+" "+s.Name)))
	}
}
