package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

type assistant interface {
	// MCP answers an assistant that speaks the Model Context Protocol on a pair of streams,
	// until it hangs up.
	MCP(ctx context.Context, scope Scope, in io.Reader, out io.Writer) error
}

func (r *root) mcp() *cobra.Command {
	return &cobra.Command{
		Use:   "mcp [PATH | ADDRESS]...",
		Short: "Answer an assistant that speaks the Model Context Protocol",
		Long: `Speaks the Model Context Protocol on standard input and output, so that an assistant can
ask which leader is needed and why, how a metric went, when work will be done, who decides
a choice, and what drifts. It only reads. Texts that stem from repositories and systems are
marked as data, so that an assistant does not take them for instructions.

An assistant that starts programs is told, for example:

  {"mcpServers": {"diarchy": {"command": "diarchy", "args": ["mcp", "--workspace", "~/company"]}}}`,
		RunE: func(c *cobra.Command, args []string) error {
			scope := r.scope(args)
			scope.Progress = nil
			return r.actions.MCP(c.Context(), scope, r.io.In, r.io.Out)
		},
	}
}
