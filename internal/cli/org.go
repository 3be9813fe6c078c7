package cli

import (
	"context"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type organiser interface {
	// Organisation says who works where and for whom on a day.
	Organisation(ctx context.Context, scope Scope) (cockpit.Organisation, error)
}

func (r *root) org() *cobra.Command {
	cmd := &cobra.Command{
		Use: "org", Short: "The organisation: people, teams, reporting lines, what the structure needs", Args: noArgs,
		Long: `Reads organisation.yaml in the workspace: people, teams, reporting lines, open
positions and ownership, each from a first to a last day.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.orgShow(), r.orgTree(), r.orgCheck())
	return cmd
}

// orgView is a command that shows the organisation of a day.
func (r *root) orgView(cmd *cobra.Command, show func(cockpit.Organisation) error) *cobra.Command {
	var asJSON bool
	var asOf string
	cmd.Args = exactly(0, "no arguments")
	cmd.RunE = func(c *cobra.Command, _ []string) error {
		s := r.scope(nil)
		s.AsOf = asOf
		o, err := r.actions.Organisation(c.Context(), s)
		if err != nil {
			return err
		}
		if asJSON {
			return r.printJSON(o)
		}
		return show(o)
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.OrganisationSchema+")")
	cmd.Flags().StringVar(&asOf, "as-of", "", "as it is on this day (YYYY-MM-DD; default: today)")
	return cmd
}

func (r *root) orgShow() *cobra.Command {
	return r.orgView(&cobra.Command{Use: "show", Short: "Size, spans, layers, teams, and what the structure needs"},
		func(o cockpit.Organisation) error { return report.Organisation(r.io.Out, o, r.terminal()) })
}

func (r *root) orgTree() *cobra.Command {
	var depth int
	cmd := r.orgView(&cobra.Command{Use: "tree", Short: "Reporting lines as a tree"},
		func(o cockpit.Organisation) error { return report.OrganisationTree(r.io.Out, o, depth, r.terminal()) })
	cmd.Flags().IntVar(&depth, "depth", 0, "at most this many levels (0: all)")
	return cmd
}

func (r *root) orgCheck() *cobra.Command {
	return r.orgView(&cobra.Command{Use: "check", Short: "What does not fit together, and how to mend it"},
		func(o cockpit.Organisation) error { return report.OrganisationProblems(r.io.Out, o, r.terminal()) })
}
