package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/spf13/cobra"
)

type syncer interface {
	// Sync reads what is new and says what each source gave.
	Sync(ctx context.Context, scope Scope) (SyncResult, error)
}

// SyncResult is what a run over all sources gave.
type SyncResult struct {
	Schema  string            `json:"schema"` // diarchy/sync/v1
	Sources []cockpit.Source  `json:"sources"`
	New     []int             `json:"new_commits"` // one for each source: commits, or items of a system
	Skipped []cockpit.Skipped `json:"skipped"`
}

func (r *root) sync() *cobra.Command {
	var asJSON, rebuild bool
	var forget []string
	cmd := &cobra.Command{
		Use:   "sync [PATH | ADDRESS]...",
		Short: "Read what is new from the sources into the facts database",
		Long: `Reads commits, releases, debts and documents that are not stored yet. A run that is
stopped loses nothing that it stored and goes on where it was.

With --rebuild, what follows from stored facts (debts, shapes of files, and the rollups that
metrics read) is then made again for every source that is read, and decision records are read
again. Commits that are stored are not read again from git: for that, remove the database file.

What a system told stays when it is taken out of diarchy.yaml: it happened. With --forget NAME,
as diarchy doctor names it, the facts of such a system are taken out for good.`,
		RunE: func(c *cobra.Command, args []string) error {
			scope := r.scope(args)
			scope.Rebuild, scope.Forget = rebuild, forget
			res, err := r.actions.Sync(c.Context(), scope)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(r.io.Out)
				enc.SetIndent("", "  ")
				if err := enc.Encode(res); err != nil {
					return err
				}
			} else {
				for i, s := range res.Sources {
					fmt.Fprintf(r.io.Out, "%-24s %-8s %15s, %d new\n", s.Name, s.Status, held(s), res.New[i])
				}
			}
			return partial(res.Skipped)
		},
	}
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "make debts, shapes of files and rollups again from the stored facts, and read decision records again")
	cmd.Flags().StringArrayVar(&forget, "forget", nil, "take out what a system told that is no longer in diarchy.yaml; may be given again")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// held is how much is stored of a source.
func held(s cockpit.Source) string {
	if s.System {
		return counted(s.Items, "item", "items")
	}
	return counted(s.Commits, "commit", "commits")
}
