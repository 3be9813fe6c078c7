package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/workspace"
)

// A DuckDB file has one process. While a server has it, another command of the same user
// works on a copy: it asks the server, through a socket beside the file, to write nothing
// until the copy is made. The command copies, not the server: a process that closes a file
// gives up all locks that it has on it.

// What can be asked through the socket; the answer is a line that begins with ok.
const (
	askCopy = "copy" // write nothing until this connection is closed
	askSync = "sync" // read the sources now
)

// longestLoan is how long a server writes nothing for one who copies.
const longestLoan = 2 * time.Minute

// socketOf is the socket of the server that has a file; "" where paths are too long for one.
func socketOf(database string) string {
	path := database + ".sock"
	if len(path) > 100 {
		return ""
	}
	return path
}

// lend answers commands until the context ends.
func (h *host) lend(ctx context.Context, database string) {
	path := socketOf(database)
	if path == "" || workspace.IsPostgres(database) {
		return
	}
	_ = os.Remove(path) // of a server that was killed: who has the database has the socket too
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		h.log.Warn("other commands cannot ask this server", "error", err)
		return
	}
	context.AfterFunc(ctx, func() { l.Close() }) //nolint:errcheck // it ends
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go h.answer(ctx, conn)
	}
}

// answer answers one command.
func (h *host) answer(ctx context.Context, conn net.Conn) {
	defer conn.Close() //nolint:errcheck // it ends
	_ = conn.SetDeadline(time.Now().Add(10 * time.Minute))
	asked, err := bufio.NewReader(io.LimitReader(conn, 100)).ReadString('\n')
	if err != nil {
		return
	}
	switch strings.TrimSpace(asked) {
	case askSync:
		fmt.Fprintln(conn, verdictOf(h.syncNow(ctx)))
	case askCopy:
		h.writing.Lock() // no reading of sources meanwhile
		defer h.writing.Unlock()
		release, err := h.store.Claim(ctx)
		if err != nil {
			fmt.Fprintln(conn, verdictOf(err))
			return
		}
		defer release()
		fmt.Fprintln(conn, "ok")
		_ = conn.SetReadDeadline(time.Now().Add(longestLoan))
		_, _ = conn.Read(make([]byte, 1)) // until it is closed
	default:
		fmt.Fprintln(conn, "unknown question")
	}
}

func verdictOf(err error) string {
	if err != nil {
		return strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return "ok"
}

// askServer asks the server that has a file; ok is false when there is none. The connection
// holds what was asked for until it is closed.
func askServer(ctx context.Context, database, question string) (conn net.Conn, ok bool, err error) {
	path := socketOf(database)
	if path == "" || workspace.IsPostgres(database) {
		return nil, false, nil
	}
	var d net.Dialer
	if conn, err = d.DialContext(ctx, "unix", path); err != nil {
		return nil, false, nil
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) //nolint:errcheck // who asked has gone
	defer stop()
	if _, err = fmt.Fprintln(conn, question); err == nil {
		var line string
		line, err = bufio.NewReader(conn).ReadString('\n')
		if line = strings.TrimSpace(line); err == nil && line != "ok" {
			err = errors.New(line)
		}
	}
	if err != nil {
		return nil, true, errors.Join(problem.New(problem.Locked, "look at the server's log; or stop it", "the server that has the facts database: %w", err), conn.Close())
	}
	return conn, true, nil
}

// openToRead opens a database, or a copy of it while a server has it.
func (s *session) openToRead(ctx context.Context, database string, opts duckdb.Options) (err error) {
	s.store, err = s.openAt(ctx, database, opts)
	if errors.Is(err, problem.Locked) {
		return s.openCopy(ctx, database, err)
	}
	return err
}

// openCopy opens a copy of a database that a server has; locked is the error of opening the
// database itself.
func (s *session) openCopy(ctx context.Context, database string, locked error) error {
	conn, ok, err := askServer(ctx, database, askCopy)
	if err != nil {
		return err
	}
	if !ok {
		return locked
	}
	dir, err := copyDatabase(database)
	err = errors.Join(err, conn.Close())
	if err == nil {
		s.store, err = s.openAt(ctx, filepath.Join(dir, filepath.Base(database)), duckdb.Options{})
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	s.copied = dir
	return nil
}

// copyDatabase copies a file and its log into a new folder beside it.
func copyDatabase(database string) (dir string, err error) {
	if dir, err = os.MkdirTemp(filepath.Dir(database), ".diarchy-copy-"); err != nil {
		return "", err
	}
	for _, suffix := range []string{"", ".wal"} {
		if err := copyFile(database+suffix, filepath.Join(dir, filepath.Base(database)+suffix)); err != nil && (suffix == "" || !errors.Is(err, os.ErrNotExist)) {
			return dir, err
		}
	}
	return dir, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
