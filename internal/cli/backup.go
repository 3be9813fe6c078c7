package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

type keeper interface {
	// Backup copies all facts into a file of their own.
	Backup(ctx context.Context, scope Scope, file string, replace bool) (BackupResult, error)
	// Restore copies a backup into the facts database.
	Restore(ctx context.Context, scope Scope, file string, replace bool) (BackupResult, error)
}

// BackupResult is what a backup holds, and the database that it was copied from or to.
type BackupResult struct {
	Schema   string       `json:"schema"` // diarchy/backup/v1
	File     string       `json:"file"`
	Database string       `json:"database"` // an address holds no password
	MadeAt   time.Time    `json:"made_at"`
	MadeBy   string       `json:"made_by"` // the version of the program
	Tables   []MovedTable `json:"tables"`
}

func (r *root) backup() *cobra.Command {
	return r.keeping(&cobra.Command{
		Use:   "backup FILE",
		Short: "Copy all facts into a file, from which they can be restored",
		Long: `Copies all facts of the configured database (or --database) into a new file, reads the
file back from the disk, compares rows and checksums, and only then gives it its name.
A sync may go on meanwhile on PostgreSQL: the backup holds what was stored when it began.

The file is the same whatever the database, and holds names and e-mail addresses.`,
	}, "replace FILE, once the new backup is complete", r.actions.Backup, func(res BackupResult, rows int64) {
		fmt.Fprintf(r.io.Out, "%s holds the %d rows of %s; it was read back and compared\n", res.File, rows, res.Database)
	})
}

func (r *root) restore() *cobra.Command {
	return r.keeping(&cobra.Command{
		Use:   "restore FILE",
		Short: "Copy a backup into the facts database, whichever that is",
		Long: `Checks that a backup holds what was backed up, copies it into the configured database
(or --database) in one transaction, reads that back, and compares rows and checksums. If
it fails or is stopped, the database is as before. The backup is left as it is.`,
	}, "remove what the database holds", r.actions.Restore, func(res BackupResult, rows int64) {
		fmt.Fprintf(r.io.Out, "%s holds the %d rows of %s, which %s made on %s; they were read back and compared\n",
			res.Database, rows, res.File, res.MadeBy, res.MadeAt.Format("2006-01-02 15:04 MST"))
	})
}

// keeping is what both commands share.
func (r *root) keeping(cmd *cobra.Command, what string, run func(context.Context, Scope, string, bool) (BackupResult, error), print func(BackupResult, int64)) *cobra.Command {
	var replace, asJSON bool
	cmd.Args = exactly(1, "the file of the backup")
	cmd.RunE = func(c *cobra.Command, args []string) error {
		res, err := run(c.Context(), r.scope(nil), args[0], replace)
		if err != nil {
			return err
		}
		if asJSON {
			return r.printJSON(res)
		}
		var rows int64
		for _, t := range res.Tables {
			rows += t.Rows
		}
		print(res, rows)
		return nil
	}
	cmd.Flags().BoolVar(&replace, "replace", false, what)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
