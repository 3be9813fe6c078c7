package workspace

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/diarchy/diarchy/internal/problem"
)

// MaxBytes is the size above which a document is refused.
const MaxBytes = 1 << 20

// Find looks for diarchy.yaml in dir and in the folders above it. It stops at
// the first folder that holds .git, after looking there: the workspace is
// versioned by the company's git, and a stray file above must not claim a clone.
func Find(dir string) (path string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for {
		path = filepath.Join(dir, FileName)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, true
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return "", false
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", false
		}
		dir = above
	}
}

// Load reads and validates the document at path; for a folder, the diarchy.yaml
// in it. A missing file is problem.Missing, a wrong one problem.Invalid.
func Load(path string) (*Document, error) {
	missing := "write one with: diarchy init"
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		missing += " " + path
		path = filepath.Join(path, FileName)
	}
	data, err := readUpTo(path, MaxBytes, missing)
	if err != nil {
		return nil, err
	}
	doc, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	if doc.Path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("resolve %s: %w", path, err)
	}
	return doc, nil
}

// readUpTo returns at most one byte more than a limit; what parses it refuses that.
func readUpTo(path string, limit int64, missing string) (data []byte, err error) {
	info, err := os.Stat(path) // before opening: opening a pipe would wait
	if err == nil && !info.Mode().IsRegular() {
		return nil, problem.New(problem.Invalid, "give the path of a regular file", "read %s: not a file", path)
	}
	if err != nil {
		return nil, unreadable(path, missing, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, missing, err)
	}
	defer f.Close()
	b := bytes.NewBuffer(make([]byte, 0, min(info.Size(), limit)+bytes.MinRead))
	if _, err := b.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
		return nil, unreadable(path, missing, err)
	}
	return b.Bytes(), nil
}

func unreadable(path, missing string, err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		err = pathErr.Err // the path is said once
	}
	if os.IsNotExist(err) {
		return problem.New(problem.Missing, missing, "read %s: %w", path, err)
	}
	return fmt.Errorf("read %s: %w", path, err)
}
