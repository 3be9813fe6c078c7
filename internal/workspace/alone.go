package workspace

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// aloneWaits is how long one who changes a document waits for another; each takes
// milliseconds.
const aloneWaits = 30 * time.Second

var errHeld = errors.New("somebody else changes it")

// Alone calls do while nobody else, here or in another process, changes a document of the
// same folder by Alone: who reads a document, changes it and puts it back loses nothing
// that others write. It cannot be called within itself.
func Alone(path string, do func() error) (err error) {
	dir := filepath.Dir(path)
	until := time.Now().Add(aloneWaits)
	release, err := hold(dir)
	for errors.Is(err, errHeld) {
		if time.Now().After(until) {
			return problem.New(problem.Locked, "try again when it has ended", "another process has been changing documents in %s for %s", dir, aloneWaits)
		}
		time.Sleep(2 * time.Millisecond)
		release, err = hold(dir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return do()
}
