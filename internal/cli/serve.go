package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/spf13/cobra"
)

type server interface {
	// Serve opens the product in a browser until the context ends. It calls ready as
	// soon as it listens.
	Serve(ctx context.Context, scope Scope, o ServeOptions, ready func(Served)) error
}

// ServeOptions say how the server runs.
type ServeOptions struct {
	Listen  string        // host:port
	Address string        // by which browsers reach it, behind a proxy; "": http:// and Listen
	Every   time.Duration // how often sources are read
	JSONLog bool

	BackupTo    string        // folder for backups of facts and ledger; "": none are made
	BackupEvery time.Duration // how often
}

// Served is where a server can be reached.
type Served struct {
	Address string
	Link    string // one-time link to the first administrator; "" when there is one
}

func (r *root) serve() *cobra.Command {
	o := ServeOptions{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open the product in a browser: the rooms of the two leaders",
		Long: `Serves the rooms in which two leaders work, on the facts and documents of the
workspace. It reads the sources when it starts and then every so often; pages show
what is stored and never wait for that. The first start prints a link that makes
the first account; without an account nothing but health is open.

While it runs, it holds the facts database: other commands work on a copy that it
lends them, and diarchy sync lets it read the sources.`,
		Example: `  diarchy serve
  diarchy serve --workspace company --listen 127.0.0.1:8411`,
		Args: exactly(0, "no arguments; sources stand in diarchy.yaml"),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Every < time.Minute {
				return problem.New(problem.Usage, "give a minute or more, as in --every 15m", "--every %s is too often", o.Every)
			}
			if o.BackupEvery < time.Minute {
				return problem.New(problem.Usage, "give a minute or more, as in --backup-every 24h", "--backup-every %s is too often", o.BackupEvery)
			}
			return r.actions.Serve(c.Context(), r.scope(nil), o, func(s Served) {
				fmt.Fprintf(r.io.Out, "Diarchy is at %s\n", s.Address)
				if s.Link != "" {
					fmt.Fprintf(r.io.Out, "Make the first account: %s\n", s.Link)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8411", "address to listen on")
	f.StringVar(&o.Address, "address", "", "address by which browsers reach it, when a proxy stands before it, such as https://diarchy.example.com")
	f.DurationVar(&o.Every, "every", 15*time.Minute, "how often sources are read")
	f.StringVar(&o.BackupTo, "backup-to", "", "folder in which facts and ledger are backed up, each read back; seven of each are kept")
	f.DurationVar(&o.BackupEvery, "backup-every", 24*time.Hour, "how often they are backed up")
	f.BoolVar(&o.JSONLog, "log-json", false, "write the log as JSON lines")
	return cmd
}
