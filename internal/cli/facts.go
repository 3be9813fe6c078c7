package cli

import (
	"context"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/spf13/cobra"
)

type streamer interface {
	// FactTables lists the tables that can be streamed.
	FactTables() []string
	// StreamFacts writes the rows of a table that belong to the scope, in the given
	// form: csv or json (a line each). It returns what could not be read.
	StreamFacts(ctx context.Context, scope Scope, table, form string, w io.Writer) ([]cockpit.Skipped, error)
}

func (r *root) facts() *cobra.Command {
	var asCSV, asJSON bool
	cmd := &cobra.Command{
		Use:   "facts TABLE [PATH | ADDRESS]...",
		Short: "Stream a table of facts as CSV or JSON lines",
		Long: "Streams a table of facts, so that anyone can audit a number or take the data\nelsewhere; of the sources that are named alone, though the database may hold others.\n\n" +
			"Tables: " + strings.Join(r.actions.FactTables(), ", "),
		RunE: func(c *cobra.Command, args []string) error {
			tables := "one of " + strings.Join(r.actions.FactTables(), ", ")
			if len(args) == 0 {
				return exactly(1, tables)(c, args)
			}
			if asCSV && asJSON {
				return problem.New(problem.Usage, "give one of them", "--csv and --json exclude each other")
			}
			form := "csv"
			if asJSON {
				form = "json"
			}
			skipped, err := r.actions.StreamFacts(c.Context(), r.scope(args[1:]), args[0], form, r.io.Out)
			if err != nil {
				return err
			}
			return partial(skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asCSV, "csv", false, "comma-separated values with a header (the default)")
	f.BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}
