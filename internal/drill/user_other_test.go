//go:build !linux

package drill

import (
	"os/exec"
	"testing"
)

func asNobody(*exec.Cmd) {}

func readableByAll(t testing.TB, file, log []byte) string { return put(t, file, log) }
