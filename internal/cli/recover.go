package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type recoverer interface {
	// Recover brings a damaged facts database back into service.
	Recover(ctx context.Context, scope Scope) (Recovered, error)
}

// Recovered is what was found and done.
type Recovered struct {
	Schema   string   `json:"schema"` // diarchy/recover/v1
	Database string   `json:"database"`
	Aside    []string `json:"set_aside"` // damaged files under their new names
	Why      string   `json:"why"`       // what was wrong with them
	Missing  string   `json:"missing"`   // what is not there any more
	Kept     []string `json:"kept"`      // what is, by repository
	Again    []string `json:"read_again"`
	Next     string   `json:"next"` // what to run
}

func (r *root) recover() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "recover [PATH | ADDRESS]...",
		Short: "Bring a damaged facts database back into service",
		Long: `Looks at every value of the facts database. A damaged log, or else a damaged file, is
renamed to a name with the date, never deleted. What is left is checked, and what does
not hold together is read again by the next sync. A database that is in order is left
as it is.`,
		RunE: func(c *cobra.Command, args []string) error {
			res, err := r.actions.Recover(c.Context(), r.scope(args))
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(res)
			}
			r.printRecovered(res)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) printRecovered(res Recovered) {
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintln(r.io.Out, r.hang(fmt.Sprintf("%-14s ", label), text))
		}
	}
	line("facts database", res.Database)
	for _, a := range res.Aside {
		line("set aside", a)
	}
	line("because", res.Why)
	line("missing", res.Missing)
	for _, k := range res.Kept {
		line("kept", k)
	}
	for _, a := range res.Again {
		line("read again", a)
	}
	if len(res.Aside)+len(res.Again) == 0 {
		line("result", "it is in order; nothing was changed")
	}
	line("next", res.Next)
}
