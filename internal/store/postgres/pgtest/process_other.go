//go:build !linux

package pgtest

import (
	"os"
	"syscall"
)

var immediately = os.Interrupt

func unprivileged(string) (*syscall.SysProcAttr, error) { return nil, nil }

func keep(started chan<- error) {
	err := server.cmd.Start()
	started <- err
	if err == nil {
		server.done <- server.cmd.Wait()
	}
}
