package workspace

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestAlone has goroutines and other processes add to one file at once: no addition is lost.
func TestAlone(t *testing.T) {
	const processes, goroutines, each = 2, 3, 25
	path := os.Getenv("DIARCHY_TEST_ALONE")
	if path != "" { // one of the other processes
		for range each {
			add(t, path)
		}
		return
	}
	path = filepath.Join(t.TempDir(), "counter.yaml")
	if err := os.WriteFile(path, []byte("0"), 0o600); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestAlone$")
			cmd.Env = append(os.Environ(), "DIARCHY_TEST_ALONE="+path)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	for range goroutines {
		all.Go(func() {
			for range each {
				add(t, path)
			}
		})
	}
	all.Wait()
	if text, err := os.ReadFile(path); err != nil || string(text) != strconv.Itoa((processes+goroutines)*each) {
		t.Errorf("%s, %v", text, err)
	}
}

func add(t *testing.T, path string) {
	err := Alone(path, func() error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			return err
		}
		return Replace(path, []byte(strconv.Itoa(n+1)))
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAloneEnds: an error is returned, and holds nobody back afterwards.
func TestAloneEnds(t *testing.T) {
	path, failed := filepath.Join(t.TempDir(), "a.yaml"), errors.New("failed")
	for range 2 {
		if err := Alone(path, func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("%v", err)
		}
	}
	if err := Alone(filepath.Join(path, "no", "folder"), func() error { t.Error("called"); return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
