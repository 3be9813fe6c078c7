package drill

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/app"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
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

// each runs a drill on every database.
func each(t *testing.T, drill func(t *testing.T, db database, d *tally)) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) { drill(t, db, newTally(t)) })
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
	code := m.Run()
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
	p.cmd.Process.Kill() //nolint:errcheck // it may have ended
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

var tallies []*tally

func newTally(t *testing.T) *tally {
	d := &tally{name: t.Name()}
	tallies = append(tallies, d)
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
	for _, d := range tallies {
		fmt.Printf("%-44s %8d %9d %15v\n", d.name, d.runs, d.failures, d.slowest.Round(time.Millisecond))
	}
}
