package drill

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/app"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// long asks for the form that takes many minutes, and in which nothing may be skipped.
var long = os.Getenv("DIARCHY_DRILL") != ""

// times is how often something is done, in each form.
func times(quick, drill int) int {
	if long {
		return drill
	}
	return quick
}

// now is when the drills read: after every commit that they make.
func now() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// database is a kind of database that every drill is done on which does not damage files.
type database struct {
	name  string
	fresh func(t testing.TB) (place string)                             // an empty one, by a name that other processes know it by too
	open  func(ctx context.Context, place string) (*store.Store, error) // again and again
	raw   func(t testing.TB, place string) *sql.DB                      // as it is: its schema is not brought up to date
}

var databases = []database{
	{"duckdb", func(t testing.TB) string { return filepath.Join(t.TempDir(), "facts.duckdb") }, openFile, rawFile},
	{"postgres", freshSchema, postgres.Open, rawSchema},
}

func openFile(ctx context.Context, place string) (*store.Store, error) {
	return duckdb.Open(ctx, place, duckdb.Options{MemoryLimit: "256MB", Threads: 1, Reserve: 1})
}

func rawFile(t testing.TB, place string) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", place)
	if err == nil {
		err = db.Ping()
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

var schemas atomic.Int64

// freshSchema is the address of an empty schema on the server of the test program.
func freshSchema(t testing.TB) string {
	t.Helper()
	pgtest.Start(t)
	return schemaOn(t, pgtest.Address("postgres"))
}

// schemaOn makes a schema, which the end of the test removes if the server is there.
func schemaOn(t testing.TB, address string) string {
	t.Helper()
	name := fmt.Sprint("drill", schemas.Add(1))
	run := func(statement string) error {
		db, err := sql.Open("pgx", address)
		if err == nil {
			_, err = db.Exec(statement)
			err = errors.Join(err, db.Close())
		}
		return err
	}
	if err := run("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run("DROP SCHEMA " + name + " CASCADE") }) //nolint:errcheck // the server may be gone
	return address + "&search_path=" + name
}

func rawSchema(t testing.TB, place string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", place)
	if err == nil {
		err = db.Ping()
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// gone waits until the database has done with a process that was killed: a server first
// ends the statement that it was in.
func (d database) gone(t testing.TB, place string, p *process) {
	t.Helper()
	if d.name != "postgres" {
		return
	}
	raw := d.raw(t, place)
	defer raw.Close() //nolint:errcheck // only read
	for n, until := 1, time.Now().Add(10*time.Second); n > 0; time.Sleep(5 * time.Millisecond) {
		writer := fmt.Sprintf("diarchy %d %%", p.cmd.Process.Pid)
		if err := raw.QueryRow("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name LIKE $1", writer).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 && time.Now().After(until) {
			t.Fatal("the server still works for a process that was killed 10 seconds ago")
		}
	}
}

// reopen opens what a killed process left, and waits until nobody writes to it: a
// server ends the statement that it was in when the process was killed.
func (d database) reopen(t testing.TB, place string) *store.Store {
	t.Helper()
	ctx := context.Background()
	for until := time.Now().Add(10 * time.Second); ; {
		st, err := d.open(ctx, place)
		if err == nil {
			var release func()
			if release, err = st.Claim(ctx); err == nil {
				release()
				return st
			}
			st.Close() //nolint:errcheck // it is opened again
		}
		if !errors.Is(err, problem.Locked) || time.Now().After(until) {
			t.Fatalf("after a kill: %v", err)
		}
	}
}

// each runs a drill on every database.
func each(t *testing.T, drill func(t *testing.T, db database, d *tally)) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			if db.name == "postgres" {
				pgtest.Start(t)
			}
			drill(t, db, newTally(t))
		})
	}
}

// TestMain lets the test program be the processes that drills kill.
func TestMain(m *testing.M) {
	roles := map[string]func(place string){"sync": syncRole, "open": openRole, "tidy": tidyRole, "measure": measureRole, "leave log": leaveLogRole}
	role := os.Getenv("DIARCHY_DRILL_ROLE")
	switch {
	case role == "program":
		os.Exit(app.Main())
	case roles[role] != nil:
		roles[role](os.Getenv("DIARCHY_DRILL_PLACE"))
		os.Exit(0)
	}
	code := pgtest.Main(m)
	if long {
		printTallies()
	}
	os.Exit(code)
}

// roleDatabase is the database that the parent of this process means.
func roleDatabase() database {
	name := os.Getenv("DIARCHY_DRILL_DATABASE")
	return databases[slices.IndexFunc(databases, func(d database) bool { return d.name == name })]
}

// process is a child that says line by line what it does.
type process struct {
	cmd   *exec.Cmd
	lines chan string // closed when it has ended
	began time.Time

	strike func() error // what kill does instead; the process then has to end by itself
}

// start runs this program in a role.
func start(t testing.TB, role string, db database, place string, env ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "DIARCHY_DRILL_ROLE="+role, "DIARCHY_DRILL_DATABASE="+db.name, "DIARCHY_DRILL_PLACE="+place)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, lines: make(chan string, 10_000), began: time.Now()}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		r := bufio.NewReader(out)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return // a line that was cut off by the kill says nothing
			}
			p.lines <- strings.TrimSuffix(line, "\n")
		}
	}()
	return p
}

// kill ends the process at once and gives the lines that it still wrote.
func (p *process) kill() (rest []string, killed bool) {
	if p.strike == nil {
		p.strike = p.cmd.Process.Kill
	} else { // it has to notice soon
		defer time.AfterFunc(20*time.Second, func() { p.cmd.Process.Signal(syscall.SIGQUIT) }).Stop() //nolint:errcheck // it may have ended
	}
	p.strike() //nolint:errcheck // it may have ended
	for l := range p.lines {
		rest = append(rest, l)
	}
	err := p.cmd.Wait()
	return rest, err != nil
}

// end waits until the process has done its work.
func (p *process) end(t testing.TB) (lines []string) {
	t.Helper()
	for l := range p.lines {
		lines = append(lines, l)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("%v, after %q", err, lines)
	}
	return lines
}

// tally counts what a drill did, for the table at the end.
type tally struct {
	mu       sync.Mutex
	name     string
	runs     int
	failures int
	slowest  time.Duration // until a database was open and checked again
}

// tallies are those of all drills, which run beside each other.
var tallies struct {
	sync.Mutex
	all []*tally
}

func newTally(t *testing.T) *tally {
	d := &tally{name: t.Name()}
	tallies.Lock()
	tallies.all = append(tallies.all, d)
	tallies.Unlock()
	t.Cleanup(func() {
		if t.Failed() && d.failures == 0 {
			d.failures = 1
		}
		t.Logf("%d runs, slowest reopen %v", d.runs, d.slowest.Round(time.Millisecond))
	})
	return d
}

func (d *tally) ran(reopen time.Duration, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.runs++
	d.slowest = max(d.slowest, reopen)
	if !ok {
		d.failures++
	}
}

func printTallies() {
	fmt.Printf("\n%-44s %8s %9s %15s\n", "drill", "runs", "failures", "slowest reopen")
	for _, d := range tallies.all {
		fmt.Printf("%-44s %8d %9d %15v\n", d.name, d.runs, d.failures, d.slowest.Round(time.Millisecond))
	}
}
