//go:build !linux

package pgtest

import (
	"os"
	"syscall"
)

var immediately = os.Interrupt

func unprivileged(string) (*syscall.SysProcAttr, error) { return nil, nil }

func (s *Server) keep(started chan<- error) {
	cmd, done := s.cmd, s.done
	err := cmd.Start()
	started <- err
	if err == nil {
		done <- cmd.Wait()
	}
}

// killAll leaves it to the server's processes to see that the first one is gone.
func killAll(parent *os.Process) error { return parent.Kill() }
