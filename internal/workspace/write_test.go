package workspace

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/problem"
)

// content returns the files of a folder and what they hold.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(data)
	}
	return got
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if err := Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new")); !errors.Is(err, problem.Usage) || problem.Hint(err) == "" {
		t.Errorf("want problem.Usage with a hint, got %v", err)
	}
	if diff := cmp.Diff(map[string]string{FileName: "old"}, content(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// Whichever step fails, the old file is whole and nothing else is left behind.
func TestWriteFails(t *testing.T) {
	broken := errors.New("disk full")
	half := io.MultiReader(strings.NewReader("ne"), iotest.ErrReader(broken))
	cases := map[string]struct {
		data io.Reader
		put  func(from, to string) error
		want error
	}{
		"while writing":          {half, os.Rename, broken},
		"while moving":           {strings.NewReader("new"), func(string, string) error { return broken }, broken},
		"another was quicker":    {strings.NewReader("new"), moveNew, problem.Usage},
		"the folder was removed": {strings.NewReader("new"), func(from, to string) error { return os.Rename(from, filepath.Join(to, "x")) }, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, FileName)
			if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			err := write(path, c.data, c.put)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("want %v, got %v", c.want, err)
			}
			if diff := cmp.Diff(map[string]string{FileName: "old"}, content(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if err := Write(filepath.Join(t.TempDir(), "missing", FileName), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("want fs.ErrNotExist, got %v", err)
	}
}

func TestWriteLeavesLinksAlone(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, FileName)
	if err := os.Symlink("real.yaml", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := Write(link, nil); !errors.Is(err, problem.Usage) {
		t.Errorf("want problem.Usage, got %v", err)
	}
}
