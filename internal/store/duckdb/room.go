package duckdb

import (
	"path/filepath"

	"github.com/diarchy/diarchy/internal/problem"
)

// reserve is what must be free before a batch begins. A batch takes up to about 20 MB
// of log, the log is written to the file at 16 MB, and what is made from facts follows.
// A disk that fills up in the midst of that makes the database refuse all work until
// it is opened again.
const reserve = 64 << 20

const fullHint = "make room there, or name another place by --database or DIARCHY_DATABASE; what was stored is kept, and the next run goes on from there"

// Room implements store.Roomy.
func (e engine) Room() error {
	if e.path == "" {
		return nil
	}
	need := e.reserve
	if need == 0 {
		need = reserve
	}
	dir := filepath.Dir(e.path)
	have, err := free(dir)
	if err != nil {
		return nil // what cannot be measured shows when a write fails
	}
	if have < need {
		return problem.New(problem.Full, fullHint, "%s is nearly full: %d MB are free, and a batch of facts may need %d MB", dir, have>>20, need>>20)
	}
	return nil
}
