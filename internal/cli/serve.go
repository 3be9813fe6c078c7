package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type server interface {
	// Serve opens the product in a browser until the context ends. It calls ready as
	// soon as it listens.
	Serve(ctx context.Context, scope Scope, ready func(Served)) error
}

// Served is where a server can be reached.
type Served struct {
	Address string
	Link    string // one-time link to the first administrator; "" when there is one
}

func (r *root) serve() *cobra.Command {
	settings := []string{"listen", "address", "proxies", "every", "backup-to", "backup-every", "log-json"}
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
			scope := r.scope(nil)
			for _, name := range settings { // what is not given may stand in the environment or a file
				if f := c.Flags().Lookup(name); f.Changed {
					scope.Flags[name] = f.Value.String()
				}
			}
			return r.actions.Serve(c.Context(), scope, func(s Served) {
				fmt.Fprintf(r.io.Out, "Diarchy is at %s\n", s.Address)
				if s.Link != "" {
					fmt.Fprintf(r.io.Out, "Make the first account: %s\n", s.Link)
				}
			})
		},
	}
	f := cmd.Flags()
	f.String("listen", "127.0.0.1:8411", "address to listen on")
	f.String("address", "", "address by which browsers reach it, when a proxy stands before it, such as https://diarchy.example.com")
	f.String("proxies", "", "addresses or networks of proxies, such as 127.0.0.1,10.0.0.0/8, whose X-Forwarded headers are believed: who asks, and by which address")
	f.String("every", "15m", "how often sources are read")
	f.String("backup-to", "", "folder in which facts and ledger are backed up, each read back; seven of each are kept")
	f.String("backup-every", "24h", "how often they are backed up")
	f.Bool("log-json", false, "write the log as JSON lines")
	return cmd
}
