package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type mover interface {
	// Move copies all facts into another database and compares.
	Move(ctx context.Context, scope Scope, from, to string, replace bool) (MoveResult, error)
}

// MoveResult is what was moved. Addresses hold no passwords.
type MoveResult struct {
	Schema string       `json:"schema"` // diarchy/move/v1
	From   string       `json:"from"`
	To     string       `json:"to"`
	Tables []MovedTable `json:"tables"`
}

// MovedTable is a table that holds the same on both sides.
type MovedTable struct {
	Table    string `json:"table"`
	Rows     int64  `json:"rows"`
	Checksum string `json:"checksum"` // of the rows in any order
}

func (r *root) move() *cobra.Command {
	var from, to string
	var replace, asJSON bool
	cmd := &cobra.Command{
		Use:   "move",
		Short: "Move facts into another database: DuckDB to PostgreSQL, or back",
		Long: `Copies all tables into an empty database in one transaction, reads them back, and
compares their rows and checksums. If it fails or is stopped, the target is as before.
The source is left as it is.

Both are files or postgres:// addresses. Without --from, or without --to, it is the
database that is configured.`,
		Args: exactly(0, "no arguments, but --from and --to"),
		RunE: func(c *cobra.Command, _ []string) error {
			res, err := r.actions.Move(c.Context(), r.scope(nil), from, to, replace)
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(res)
			}
			fmt.Fprintf(r.io.Out, "%-18s %12s  %s\n", "table", "rows", "checksum")
			for _, t := range res.Tables {
				fmt.Fprintf(r.io.Out, "%-18s %12d  %s\n", t.Table, t.Rows, t.Checksum)
			}
			fmt.Fprintf(r.io.Out, "moved from %s to %s; both hold the same\n", res.From, res.To)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "file or address to read (default: the configured database)")
	f.StringVar(&to, "to", "", "file or address to fill (default: the configured database)")
	f.BoolVar(&replace, "replace", false, "remove what the target holds")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
