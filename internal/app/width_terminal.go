//go:build linux || darwin || freebsd

package app

import (
	"os"
	"syscall"
	"unsafe"
)

// columns is the width of a terminal; 0 when it is not known.
func columns(f *os.File) int {
	var size struct{ rows, columns, x, y uint16 }
	if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size))); failed != 0 {
		return 0
	}
	return int(size.columns)
}
