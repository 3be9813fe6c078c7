// Command diarchy says from a company's own engineering data whether it needs a CTO,
// a VP of Engineering, both, or neither yet.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/diarchy/diarchy/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := app.Run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
