package pgtest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// immediately makes PostgreSQL stop without writing anything more.
const immediately = syscall.SIGQUIT

// unprivileged says how to run programs that refuse to run as root, with the folder
// given to the user that they run as.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

// keep starts the server on a thread that lasts as long as it does: the server is
// stopped when that thread ends, also when the test program is killed.
func (s *Server) keep(started chan<- error) {
	runtime.LockOSThread()
	cmd, done := s.cmd, s.done
	attr := *cmd.SysProcAttr
	attr.Pdeathsig = immediately
	cmd.SysProcAttr = &attr
	err := cmd.Start()
	started <- err
	if err == nil {
		done <- cmd.Wait()
	}
}

// killAll kills a process that starts others, and these. It is stopped first, so that
// there are no new ones.
func killAll(parent *os.Process) error {
	if err := parent.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return err
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var pid, of int
		var state string
		_, after, _ := strings.Cut(string(text), ") ") // the name before it may hold anything
		if _, err := fmt.Sscan(string(text), &pid); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if _, err := fmt.Sscan(after, &state, &of); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if of == parent.Pid {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
	}
	return parent.Kill()
}
