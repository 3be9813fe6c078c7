//go:build unix

package workspace

import (
	"errors"
	"os"
	"syscall"
)

// hold locks a folder itself, so that no file is left in it; the lock ends with the
// process too.
func hold(dir string) (release func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
			err = errHeld
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
