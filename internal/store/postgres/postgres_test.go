package postgres

import (
	"bufio"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// TestMain lets the test program be another one that writes to a database.
func TestMain(m *testing.M) {
	address := os.Getenv("DIARCHY_TEST_HOLD")
	if address == "" {
		os.Exit(pgtest.Main(m))
	}
	st, err := Open(context.Background(), address)
	if err != nil {
		panic(err)
	}
	if _, err := st.Claim(context.Background()); err != nil {
		panic(err)
	}
	os.Stdout.WriteString("claimed\n") //nolint:errcheck // the test waits for it
	select {}
}

func open(t *testing.T, address string) *store.Store {
	t.Helper()
	st, err := Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// one is the single value that a statement returns.
func one(t *testing.T, st *store.Store, query string) (s string) {
	t.Helper()
	rows, err := st.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // one row
	for rows.Next() {
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOneWriterManyReaders: while another process writes, this one reads and is told
// who writes; when that process is killed, this one may.
func TestOneWriterManyReaders(t *testing.T) {
	ctx := context.Background()
	address := pgtest.New(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DIARCHY_TEST_HOLD="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()         //nolint:errcheck // it is killed
	defer cmd.Process.Kill() //nolint:errcheck // it may be dead
	if l, err := bufio.NewReader(out).ReadString('\n'); l != "claimed\n" {
		t.Fatalf("%q, %v", l, err)
	}
	st := open(t, address)
	if n := one(t, st, "SELECT CAST(COUNT(*) AS varchar) FROM repository"); n != "0" {
		t.Errorf("read %s", n)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	err = st.PutRepository(ctx, "r", "r", "r")
	for _, want := range []string{"process " + strconv.Itoa(cmd.Process.Pid), host[:min(len(host), 20)], "since " + time.Now().UTC().Format("2006-")} {
		if !errors.Is(err, problem.Locked) || problem.Hint(err) == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	other := open(t, address+"&search_path=beside")
	if err := other.PutRepository(ctx, "r", "r", "r"); err != nil {
		t.Errorf("another schema: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := st.PutRepository(ctx, "r", "r", "r"); err != nil {
		t.Errorf("after the other was killed: %v", err)
	}
	if name := one(t, st, "SELECT current_setting('application_name')"); name != "diarchy" {
		t.Errorf("a session that writes no more is called %q", name)
	}
}

func TestManyOpenAtOnce(t *testing.T) {
	address := pgtest.New(t)
	errs := make(chan error)
	for range 4 {
		go func() {
			st, err := Open(context.Background(), address)
			if err == nil {
				err = st.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil && !errors.Is(err, problem.Locked) {
			t.Error(err)
		}
	}
	open(t, address)
}

func TestSessionsAreAlike(t *testing.T) {
	address := pgtest.New(t)
	pgtest.Exec(t, address, "ALTER ROLE tester SET timezone = 'Asia/Tokyo'")
	st := open(t, address+"&search_path=facts_2")
	for setting, want := range map[string]string{"TimeZone": "UTC", "search_path": "facts_2"} {
		if got := one(t, st, "SELECT current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %s", setting, got)
		}
	}
	if n := one(t, st, "SELECT CAST(COUNT(*) AS varchar) FROM pg_tables WHERE schemaname IN ('public', 'diarchy')"); n != "0" {
		t.Errorf("%s tables outside of the schema", n)
	}
}

func TestCancelled(t *testing.T) {
	st := open(t, pgtest.New(t))
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	rows, err := st.Query(ctx, "SELECT pg_sleep(20)")
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
		rows.Close() //nolint:errcheck // it was cancelled
	}
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	if err := st.PutRepository(context.Background(), "r", "r", "r"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	address := pgtest.New(t)
	change := func(do func(*url.URL)) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		do(u)
		return u.String()
	}
	pgtest.Exec(t, address, "CREATE ROLE guest LOGIN PASSWORD 'guest'")
	t.Cleanup(func() { pgtest.Exec(t, pgtest.Address("postgres"), "DROP ROLE guest") })
	pgtest.Exec(t, address, "CREATE SCHEMA theirs")
	const name = "in_latin"
	pgtest.Exec(t, address, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc")
	t.Cleanup(func() { pgtest.Exec(t, pgtest.Address("postgres"), "DROP DATABASE "+name+" WITH (FORCE)") })
	guest := url.UserPassword("guest", "guest")
	for what, c := range map[string]struct {
		address string
		want    string
		hint    string
	}{
		"nothing listens":   {"postgres://ann:hunter2@127.0.0.1:1/facts", "database facts at 127.0.0.1:1: nothing answers there: connection refused", "start the server"},
		"no socket":         {"postgres://ann:hunter2@/facts?host=/nowhere", "connection refused", "start the server"},
		"no such host":      {"postgres://ann:hunter2@host.invalid/facts", "database facts at host.invalid:5432", "check host, port and sslmode"},
		"wrong password":    {change(func(u *url.URL) { u.User = url.UserPassword("guest", "hunter2") }), "user guest is refused", "check the user and the password"},
		"no such user":      {change(func(u *url.URL) { u.User = url.UserPassword("nobody", "hunter2") }), "user nobody is refused", "check the user and the password"},
		"no such database":  {change(func(u *url.URL) { u.Path = "/hunter3" }), "there is no such database", "createdb hunter3"},
		"may make nothing":  {change(func(u *url.URL) { u.User = guest }), "user guest may not make tables in schema diarchy", `CREATE SCHEMA diarchy AUTHORIZATION "guest"`},
		"may make no table": {change(func(u *url.URL) { u.User = guest }) + "&search_path=theirs", "user guest may not make tables in schema theirs", `GRANT USAGE, CREATE ON SCHEMA theirs TO "guest"`},
		"only reads":        {address + "&default_transaction_read_only=on", "the server only reads", "primary"},
		"another encoding":  {change(func(u *url.URL) { u.Path = "/" + name }), "encoding is LATIN1", "ENCODING 'UTF8'"},
		"no address":        {"postgres://ann:hunter2@host:port/x", "the address of the facts database", "postgres://USER@HOST:PORT/DATABASE"},
		"many schemas":      {address + "&search_path=a,b", "not the name of one schema", "lower-case"},
	} {
		t.Run(what, func(t *testing.T) {
			st, err := Open(context.Background(), c.address)
			if err == nil {
				st.Close() //nolint:errcheck // it should not be open
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(problem.Hint(err), c.hint) {
				t.Errorf("error %v\nhint: %s\nwant %q\nhint: %s", err, problem.Hint(err), c.want, c.hint)
			}
			if strings.Contains(err.Error()+problem.Hint(err), "hunter2") {
				t.Errorf("the message shows the password: %v", err)
			}
		})
	}
}

// TestRightsOfAReader: who may only read can open what is there.
func TestRightsOfAReader(t *testing.T) {
	address := pgtest.New(t)
	open(t, address)
	for _, s := range []string{"CREATE ROLE auditor LOGIN PASSWORD 'a'", "GRANT USAGE ON SCHEMA diarchy TO auditor", "GRANT SELECT ON ALL TABLES IN SCHEMA diarchy TO auditor"} {
		pgtest.Exec(t, address, s)
	}
	t.Cleanup(func() { pgtest.Exec(t, address, "DROP OWNED BY auditor"); pgtest.Exec(t, address, "DROP ROLE auditor") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("auditor", "a")
	st := open(t, u.String())
	if n := one(t, st, "SELECT CAST(COUNT(*) AS varchar) FROM commit"); n != "0" {
		t.Errorf("read %s", n)
	}
	if err := st.PutRepository(context.Background(), "r", "r", "r"); err == nil {
		t.Error("a reader wrote")
	}
}
