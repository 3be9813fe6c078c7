// Package pgtest starts real PostgreSQL servers for tests: one for each test program,
// in a folder of its own, on a socket that nobody else finds; and others that a test
// may kill.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// shared is the server of this test program. It does not wait for the disk, and would
// lose what it acknowledged if it were killed.
var shared struct {
	Server
	once      sync.Once
	err       error
	databases atomic.Int64
}

// Server is one server, with all that it stores.
type Server struct {
	dir      string
	settings []string
	cmd      *exec.Cmd
	done     chan error // gives the server's end
}

// errMissing says that the programs of PostgreSQL are not there.
var errMissing = errors.New("PostgreSQL's programs are missing (Debian: apt-get install postgresql)")

// Main runs the tests and then stops the server, if one was started:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	defer shared.remove()
	return m.Run()
}

// New makes an empty database and returns its address. Without PostgreSQL's programs
// the test is skipped, or fails if DIARCHY_REQUIRE_POSTGRES is 1.
func New(t testing.TB) string {
	t.Helper()
	Start(t)
	name := fmt.Sprintf("test%d", shared.databases.Add(1))
	// Without its log, copying the template takes a few milliseconds.
	Exec(t, Address("postgres"), "CREATE DATABASE "+name+" TEMPLATE template0 STRATEGY wal_log")
	t.Cleanup(func() { Exec(t, Address("postgres"), "DROP DATABASE "+name+" WITH (FORCE)") })
	return Address(name)
}

// Start starts the server if it does not run yet.
func Start(t testing.TB) {
	t.Helper()
	shared.once.Do(func() {
		shared.settings = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=128MB"}
		shared.err = shared.create("")
	})
	started(t, shared.err)
}

func started(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, errMissing) && os.Getenv("DIARCHY_REQUIRE_POSTGRES") != "1":
		t.Skip(err)
	case err != nil:
		t.Fatalf("start PostgreSQL: %v", err)
	}
}

// Durable is a server of the test's own, which keeps what it acknowledges as a server
// does that nobody has tuned. It lies in the folder, or in one of its own if that is "".
func Durable(t testing.TB, dir string, settings ...string) *Server {
	t.Helper()
	s := &Server{settings: append([]string{"autovacuum=off", "shared_buffers=32MB"}, settings...)}
	t.Cleanup(s.remove)
	started(t, s.create(dir))
	return s
}

// Address is that of a database of the server, for its superuser.
func Address(database string) string { return shared.Address(database) }

// Address is that of a database, for the superuser.
func (s *Server) Address(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("tester", password), Path: "/" + database, RawQuery: "host=" + url.QueryEscape(s.dir)}
	return u.String()
}

// password of the superuser: also on a socket, so that wrong ones are refused.
const password = "let me in"

// Exec runs a statement on a database.
func Exec(t testing.TB, address, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the statement's result is what counts
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// programs is the folder with initdb and postgres of the newest version.
func programs() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	newest, dir := 0, ""
	for _, f := range found {
		if v, err := strconv.Atoi(strings.Split(f, "/")[4]); err == nil && v > newest {
			newest, dir = v, filepath.Dir(f)
		}
	}
	if err == nil && dir == "" {
		err = errMissing
	}
	return dir, err
}

// create makes the server's files and starts it.
func (s *Server) create(dir string) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	if s.dir = dir; dir == "" {
		// Not below the test's own temporary folder: the path of a socket is at most 107 bytes.
		if s.dir, err = os.MkdirTemp("/tmp", "diarchy-pg-"); err != nil {
			return err
		}
	}
	attr, err := unprivileged(s.dir)
	if err != nil {
		return err
	}
	data, secret := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "secret")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil {
		return err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "tester", "--pwfile", secret, "-A", "scram-sha-256",
		"--no-sync", "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8") // a language whose order is not that of bytes
	initdb.Dir, initdb.SysProcAttr = s.dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s.Start()
}

// Start starts a server that has ended, on what it stored.
func (s *Server) Start() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	attr, err := unprivileged(s.dir)
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has its own
	args := []string{"-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), args...)
	s.cmd.Dir, s.cmd.SysProcAttr, s.cmd.Stderr = s.dir, attr, log
	s.done = make(chan error, 1)
	started := make(chan error)
	go s.keep(started)
	if err := <-started; err != nil {
		return err
	}
	return s.ready()
}

// ready waits until the server answers.
func (s *Server) ready() error {
	var err error
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(context.Background(), s.Address("postgres")); err == nil {
			return conn.Close(context.Background())
		}
		select {
		case end := <-s.done:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.cmd = nil
			return fmt.Errorf("it ended: %w\n%s", end, log)
		default:
		}
	}
	return err
}

// Kill ends the server and all of its processes at once, as a machine does that fails,
// but for what the system has not yet written to the disk.
func (s *Server) Kill() error {
	if s.cmd == nil {
		return nil
	}
	if err := killAll(s.cmd.Process); err != nil {
		return err
	}
	<-s.done
	s.cmd = nil
	return nil
}

// remove ends the server and removes its files.
func (s *Server) remove() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(immediately)
		select {
		case <-s.done:
		case <-time.After(10 * time.Second):
			_ = s.cmd.Process.Kill()
		}
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
