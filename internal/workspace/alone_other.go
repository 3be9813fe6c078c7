//go:build !unix

package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// hold makes a file that only one can make. One that a stopped process left is taken away
// when it is older than anybody waits.
func hold(dir string) (release func() error, err error) {
	path := filepath.Join(dir, ".diarchy-documents.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		return func() error { return errors.Join(f.Close(), os.Remove(path)) }, nil
	case errors.Is(err, fs.ErrExist):
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > aloneWaits {
			_ = os.Remove(path)
		}
		return nil, errHeld
	}
	return nil, err
}
