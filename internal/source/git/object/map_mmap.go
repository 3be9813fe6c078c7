//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package object

import (
	"os"
	"syscall"
)

// mapFile maps size bytes of a file into memory.
func mapFile(f *os.File, size int64) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
}

func unmapFile(p []byte) error { return syscall.Munmap(p) }
