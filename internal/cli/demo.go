package cli

import (
	"context"
	"fmt"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/spf13/cobra"
)

type inventor interface {
	// Demo makes a synthetic company in a folder ("" takes one in the cache), reads it
	// and judges it. The lines say what was planted.
	Demo(ctx context.Context, scope Scope, dir string, healthy bool) (d cockpit.Diagnosis, planted []string, err error)
}

func (r *root) demo() *cobra.Command {
	var out output
	var healthy bool
	cmd := &cobra.Command{
		Use:   "demo [FOLDER]",
		Short: "Make a synthetic company with planted troubles, and diagnose it",
		Long: `Makes a company of invented people as real git repositories, in which a known set of
troubles was planted, and diagnoses it like any other. With --healthy it makes one
without troubles, which is to be left in peace.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return exactly(1, "one folder at most")(c, args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFailOn(out.failOn); err != nil {
				return err
			}
			dir := ""
			if len(args) == 1 {
				dir = args[0]
			}
			d, planted, err := r.actions.Demo(c.Context(), r.scope(nil), dir, healthy)
			if err != nil {
				return err
			}
			if !r.quiet {
				for _, l := range planted {
					fmt.Fprintln(r.io.Err, l)
				}
			}
			return r.show(d, out)
		},
	}
	cmd.Flags().BoolVar(&healthy, "healthy", false, "make a company without troubles")
	out.flags(cmd)
	return cmd
}
