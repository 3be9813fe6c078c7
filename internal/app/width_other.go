//go:build !(linux || darwin || freebsd)

package app

import "os"

// columns is the width of a terminal; 0 when it is not known.
func columns(*os.File) int { return 0 }
