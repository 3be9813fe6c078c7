package pgtest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
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

// killAll kills a process that starts others, and these, and returns when none of them
// does anything any more. It is stopped first, so that there are no new ones.
func killAll(parent *os.Process) error {
	if err := parent.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return err
	}
	children := []int{}
	for _, file := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if _, of := state(pid); err == nil && of == parent.Pid {
			children = append(children, pid)
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
	}
	if err := parent.Kill(); err != nil {
		return err
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		children = slices.DeleteFunc(children, func(pid int) bool { now, _ := state(pid); return strings.ContainsAny(now, "ZX") })
		if len(children) == 0 {
			return nil
		}
		if time.Now().After(until) {
			return fmt.Errorf("processes %v do not end", children)
		}
	}
}

// state is the letter that the system gives the state of a process, and its parent: X
// if there is no such process.
func state(pid int) (letter string, parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "X", 0
	}
	after := string(text[strings.LastIndexByte(string(text), ')')+1:]) // the name before it may hold anything
	if _, err := fmt.Sscan(after, &letter, &parent); err != nil {
		return "X", 0
	}
	return letter, parent
}
