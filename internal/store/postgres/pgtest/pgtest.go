// Package pgtest starts a real PostgreSQL server for tests: one for each test program,
// in a folder of its own, on a socket that nobody else finds.
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

// server is the one of this test program.
var server struct {
	once      sync.Once
	dir       string
	cmd       *exec.Cmd
	done      chan error // gives the server's end
	err       error
	databases atomic.Int64
}

// errMissing says that the programs of PostgreSQL are not there.
var errMissing = errors.New("PostgreSQL's programs are missing (Debian: apt-get install postgresql)")

// Main runs the tests and then stops the server, if one was started:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	defer stop()
	return m.Run()
}

// New makes an empty database and returns its address. Without PostgreSQL's programs
// the test is skipped, or fails if DIARCHY_REQUIRE_POSTGRES is 1.
func New(t testing.TB) string {
	t.Helper()
	Start(t)
	name := fmt.Sprintf("test%d", server.databases.Add(1))
	// Without its log, copying the template takes a few milliseconds.
	Exec(t, Address("postgres"), "CREATE DATABASE "+name+" TEMPLATE template0 STRATEGY wal_log")
	t.Cleanup(func() { Exec(t, Address("postgres"), "DROP DATABASE "+name+" WITH (FORCE)") })
	return Address(name)
}

// Start starts the server if it does not run yet.
func Start(t testing.TB) {
	t.Helper()
	server.once.Do(func() { server.err = start() })
	switch {
	case errors.Is(server.err, errMissing) && os.Getenv("DIARCHY_REQUIRE_POSTGRES") != "1":
		t.Skip(server.err)
	case server.err != nil:
		t.Fatalf("start PostgreSQL: %v", server.err)
	}
}

// Address is that of a database of the server, for its superuser.
func Address(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("tester", password), Path: "/" + database, RawQuery: "host=" + url.QueryEscape(server.dir)}
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

func start() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	// Not below the test's own temporary folder: the path of a socket is at most 107 bytes.
	if server.dir, err = os.MkdirTemp("/tmp", "diarchy-pg-"); err != nil {
		return err
	}
	attr, err := unprivileged(server.dir)
	if err != nil {
		return err
	}
	data, secret := filepath.Join(server.dir, "data"), filepath.Join(server.dir, "secret")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil {
		return err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "tester", "--pwfile", secret, "-A", "scram-sha-256",
		"--no-sync", "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8") // a language whose order is not that of bytes
	initdb.Dir, initdb.SysProcAttr = server.dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(server.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has its own
	server.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", server.dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off", "-c", "max_connections=200", "-c", "shared_buffers=128MB")
	server.cmd.Dir, server.cmd.SysProcAttr, server.cmd.Stderr = server.dir, attr, log
	server.done = make(chan error, 1)
	started := make(chan error)
	go keep(started)
	if err := <-started; err != nil {
		return err
	}
	return ready()
}

// ready waits until the server answers.
func ready() error {
	var err error
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(context.Background(), Address("postgres")); err == nil {
			return conn.Close(context.Background())
		}
		select {
		case end := <-server.done:
			log, _ := os.ReadFile(filepath.Join(server.dir, "log"))
			return fmt.Errorf("it ended: %w\n%s", end, log)
		default:
		}
	}
	return err
}

// stop ends the server and removes its files.
func stop() {
	if server.cmd != nil && server.cmd.Process != nil {
		_ = server.cmd.Process.Signal(immediately)
		select {
		case <-server.done:
		case <-time.After(10 * time.Second):
			_ = server.cmd.Process.Kill()
		}
	}
	if server.dir != "" {
		_ = os.RemoveAll(server.dir)
	}
}
