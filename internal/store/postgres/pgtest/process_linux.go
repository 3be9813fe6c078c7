package pgtest

import (
	"os"
	"os/user"
	"runtime"
	"strconv"
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
func keep(started chan<- error) {
	runtime.LockOSThread()
	attr := *server.cmd.SysProcAttr
	attr.Pdeathsig = immediately
	server.cmd.SysProcAttr = &attr
	err := server.cmd.Start()
	started <- err
	if err == nil {
		server.done <- server.cmd.Wait()
	}
}
