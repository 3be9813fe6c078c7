package pgtest

import (
	"os"
	"os/exec"
	"testing"
)

// Again runs all other tests of this program once more, in a process that finds the
// address of an empty database in a variable of the environment. In that process it does
// nothing.
func Again(t *testing.T, variable string) {
	t.Helper()
	if os.Getenv(variable) != "" {
		return
	}
	args := []string{"-test.skip=^" + t.Name() + "$"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), variable+"="+New(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("on PostgreSQL: %v\n%s", err, out)
	}
}
