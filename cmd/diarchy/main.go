// Command diarchy says from a company's own engineering data whether it needs a CTO,
// a VP of Engineering, both, or neither yet.
package main

import (
	"os"

	"github.com/diarchy/diarchy/internal/app"
)

func main() { os.Exit(app.Main()) }
