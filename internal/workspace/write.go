package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/diarchy/diarchy/internal/problem"
)

// Write writes a new document. It refuses to overwrite a file. Whatever fails,
// path holds all of data or is not there.
func Write(path string, data []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return exists(path)
	}
	return write(path, bytes.NewReader(data), moveNew)
}

// Replace writes a document over what is there. Whatever fails, path holds all of the
// old or all of the new.
func Replace(path string, data []byte) error { return write(path, bytes.NewReader(data), os.Rename) }

// write copies data to a temporary file beside path and has put move it there
// when it is safely on the disk.
func write(path string, data io.Reader, put func(from, to string) error) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // is gone already when it was moved
	_, err = io.Copy(tmp, data)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = put(tmp.Name(), path)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return exists(path)
	case err != nil:
		return fmt.Errorf("write %s: %w", path, err)
	}
	return syncDir(dir)
}

// moveNew moves a file to a path that must not exist. A hard link fails when
// another program was quicker; where links do not exist, rename has to do.
func moveNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

// syncDir makes the new name last through a power failure. Windows cannot, and
// does not need it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}

func exists(path string) error {
	return problem.New(problem.Usage, "edit it, or choose another folder", "%s is already there", path)
}
