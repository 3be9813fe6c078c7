package drill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// leaveLogRole stores a checkpointed part and a logged part, and ends without closing.
func leaveLogRole(place string) {
	ctx := context.Background()
	st, err := openFile(ctx, place)
	must(err)
	must(st.PutRepository(ctx, "generated", "generated", sha(0)))
	must(st.PutLocation(ctx, store.Location{Location: "/generated", RepoID: "generated", Name: "generated", Head: "not read yet", Status: "ok", ReadAt: now()}))
	for i := range damageBatches {
		if i == damageBatches/2 {
			must(st.Settle(ctx))
		}
		must(st.Write(ctx, generated(i, damageCommits, 2)))
	}
	fmt.Println("left")
}

const (
	damageBatches = 12
	damageCommits = 100
)

// left is a database with a log, as a process leaves it that is killed.
func left(t testing.TB) (file, log []byte) {
	t.Helper()
	place := filepath.Join(t.TempDir(), "facts.duckdb")
	start(t, "leave log", databases[0], place).end(t)
	return readFile(t, place), readFile(t, place+".wal")
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		t.Fatalf("%s: %d bytes, %v", path, len(text), err)
	}
	return text
}

// put writes a database into a folder of its own. A nil part is not there.
func put(t testing.TB, file, log []byte) string {
	t.Helper()
	place := filepath.Join(t.TempDir(), "facts.duckdb")
	for name, text := range map[string][]byte{place: file, place + ".wal": log} {
		if text == nil {
			continue
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return place
}

func flipped(text []byte, at int) []byte {
	out := bytes.Clone(text)
	out[at] ^= 0x41
	return out
}

// prefix fails unless the database holds whole batches, all up to the one that its
// cursor names. It gives their number.
func prefix(t testing.TB, st *store.Store) int {
	t.Helper()
	batches := 0
	if cursors := selected(t, st, "SELECT cursor_state FROM location"); len(cursors) == 1 && cursors[0] != "" {
		if _, err := fmt.Sscan(cursors[0], &batches); err != nil {
			t.Fatal(err)
		}
		batches++
	}
	var want []string
	for i := range batches * damageCommits {
		want = append(want, sha(i)+" | 2")
	}
	got := selected(t, st, "SELECT c.sha, (SELECT COUNT(*) FROM file_change f WHERE f.sha = c.sha) FROM commit c ORDER BY reading_order")
	if len(got) != len(want) {
		t.Errorf("%d commits, and a cursor that covers %d", len(got), len(want))
		return batches
	}
	have := map[string]bool{}
	for _, g := range got {
		have[g] = true
	}
	for _, w := range want {
		if !have[w] {
			t.Errorf("commit and its changes %s are not there", w)
			break
		}
	}
	return batches
}

// outcome is what came of opening a damaged database.
type outcome struct{ prefixes, refused, recovered int }

// meet opens a damaged database as any command does. It must hold a whole prefix, or
// say that it is damaged and be brought back by Recover.
func (o *outcome) meet(t testing.TB, d *tally, place, what string) {
	t.Helper()
	ctx := context.Background()
	failed := t.Failed()
	before := fileNames(t, place)
	st, err := openFile(ctx, place)
	if err == nil {
		if err = readAll(st); err == nil {
			n := prefix(t, st)
			if err = st.Write(ctx, generated(n, damageCommits, 2)); err == nil && n > 0 {
				o.prefixes++
			}
		}
		if closed := st.Close(); err == nil && closed != nil {
			t.Errorf("%s: close: %v", what, closed)
		}
	}
	took := time.Duration(0)
	if err != nil {
		o.refused++
		if !errors.Is(err, problem.Damaged) || !strings.Contains(problem.Hint(err), "diarchy recover") || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: the error %q has the hint %q", what, err, problem.Hint(err))
		}
		took = o.recover(t, place, what, before)
	}
	d.ran(took, failed || !t.Failed())
}

// recover brings a database back, twice: the second time there is nothing to do.
func (o *outcome) recover(t testing.TB, place, what string, before map[string]int64) time.Duration {
	t.Helper()
	ctx := context.Background()
	began := time.Now()
	st, r, err := duckdb.Recover(ctx, place, duckdb.Options{MemoryLimit: "256MB", Threads: 1, Reserve: 1}, now())
	if err != nil {
		t.Errorf("%s: recover: %v", what, err)
		return 0
	}
	took := time.Since(began)
	if took > time.Minute {
		t.Errorf("%s: recovered after %v", what, took)
	}
	n := prefix(t, st)
	if len(r.Aside) == 0 || r.Why == "" || r.To.IsZero() || r.Whole != (n == 0) {
		t.Errorf("%s: recovered %d batches, and says %+v", what, n, r)
	}
	after := fileNames(t, place)
	for _, name := range r.Aside {
		original := name[:strings.Index(name, ".damaged-")]
		if after[name] < before[original] { // opening adds an entry to the log
			t.Errorf("%s: %s has %d bytes, it had %d", what, name, after[name], before[original])
		}
	}
	for i := n; i < damageBatches; i++ { // what is missing can be stored again
		if i == 0 {
			err = st.PutLocation(ctx, store.Location{Location: "/generated", RepoID: "generated", Status: "ok"})
		}
		if err = errors.Join(err, st.Write(ctx, generated(i, damageCommits, 2))); err != nil {
			t.Fatalf("%s: after recovery: %v", what, err)
		}
	}
	if n, want := prefix(t, st), max(n, damageBatches); n != want {
		t.Errorf("%s: %d batches in the end", what, n)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	st, r, err = duckdb.Recover(ctx, place, duckdb.Options{}, now())
	if err != nil || len(r.Aside) > 0 {
		t.Errorf("%s: a second recovery: %+v, %v", what, r, err)
		return took
	}
	st.Close() //nolint:errcheck // only read
	o.recovered++
	return took
}

func readAll(st *store.Store) error {
	for _, table := range append([]string{"location", "identity", "repository"}, perCommit...) {
		if _, err := attempt(st, "SELECT * FROM "+table); err != nil {
			return err
		}
	}
	return nil
}

// fileNames are the files beside a database with their sizes.
func fileNames(t testing.TB, place string) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	entries, err := os.ReadDir(filepath.Dir(place))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Join(filepath.Dir(place), e.Name())] = info.Size()
	}
	return out
}

// TestDamagedFiles cuts and flips the log and the file at places spread over all of
// them, and takes each away.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	file, log := left(t)
	n, few := times(20, 200), times(10, 200)
	r := rand.New(rand.NewPCG(15, uint64(time.Now().UnixNano())))
	at := func(i, n, size int) int { return min(size-1, i*size/n+r.IntN(max(1, size/n))) }
	var checkpointed []byte
	t.Run("closed", func(t *testing.T) { // the same facts without a log
		place := put(t, file, log)
		st, err := openFile(context.Background(), place)
		if err != nil {
			t.Fatal(err)
		}
		if got := prefix(t, st); got != damageBatches {
			t.Fatalf("%d batches of %d", got, damageBatches)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		checkpointed = readFile(t, place)
	})
	for _, c := range []struct {
		name  string
		n     int // places
		parts func(i int) (file, log []byte)
		ok    func(o outcome) bool
	}{
		{"log cut", n, func(i int) ([]byte, []byte) { return file, log[:at(i, n, len(log))] }, func(o outcome) bool { return o.prefixes == n }},
		{"log flipped", n, func(i int) ([]byte, []byte) { return file, flipped(log, at(i, n, len(log))) }, func(o outcome) bool { return o.refused > n/2 }},
		{"file cut", few, func(i int) ([]byte, []byte) { return checkpointed[:at(i, few, len(checkpointed))], nil }, func(o outcome) bool { return o.refused > few/2 }},
		{"file flipped", few, func(i int) ([]byte, []byte) { return flipped(checkpointed, at(i, few, len(checkpointed))), nil }, func(o outcome) bool { return o.refused > 0 }},
		{"file flipped beside a log", few, func(i int) ([]byte, []byte) { return flipped(file, at(i, few, len(file))), log }, func(o outcome) bool { return o.refused > 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, o := newTally(t), outcome{}
			for i := range c.n {
				f, l := c.parts(i)
				o.meet(t, d, put(t, f, l), fmt.Sprint(c.name, " ", i))
			}
			t.Logf("%d whole prefixes, %d refused, %d of them recovered", o.prefixes, o.refused, o.recovered)
			if !c.ok(o) {
				t.Errorf("%+v of %d", o, c.n)
			}
		})
	}
	t.Run("log deleted", func(t *testing.T) {
		d, o := newTally(t), outcome{}
		o.meet(t, d, put(t, file, nil), "log deleted")
		if o.prefixes != 1 {
			t.Errorf("%+v", o)
		}
	})
	t.Run("file deleted", func(t *testing.T) {
		d, o := newTally(t), outcome{}
		o.meet(t, d, put(t, nil, log), "file deleted")
		t.Logf("%+v", o)
	})
}

// TestReadOnlyFile: a file that may not be written is not damaged, and is not touched.
func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	file, log := left(t)
	place, program := put(t, file, log), os.Args[0]
	if os.Getuid() == 0 { // root may write anything: ask as somebody else
		place, program = readableByAll(t, file, log)
	}
	for _, f := range []string{place, place + ".wal"} {
		if err := os.Chmod(f, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	before := fileNames(t, place)
	for _, args := range [][]string{{"recover", "--database", place}, {"doctor", "--database", place, filepath.Dir(place)}} {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), "DIARCHY_DRILL_ROLE=program", "HOME="+filepath.Dir(place), "XDG_CACHE_HOME="+filepath.Dir(place))
		asNobody(cmd)
		out, err := cmd.CombinedOutput()
		words := strings.Join(strings.Fields(string(out)), " ")
		if err == nil || !strings.Contains(words, "may not be written") || strings.Contains(words, "aside") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if after := fileNames(t, place); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before %v, after %v", before, after)
	}
	st, err := openFile(context.Background(), put(t, file, log))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read
	if faults, err := st.Check(context.Background(), git.Covers); len(faults) > 0 || err != nil {
		t.Errorf("%v, %v", faults, err)
	}
}
