package drill

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/google/go-cmp/cmp"
)

// TestBackupUnderLoad makes backups while a reading writes, and restores each into the
// other kind of database. A backup holds what was acknowledged before it, and nothing
// that was begun after it; of each commit all rows; a cursor that says so; the restored
// database has the same rows and checksums, and a reading that goes on from it ends with
// all facts.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	s := history(t, 1200) // some ten batches
	each(t, func(t *testing.T, db database, d *tally) {
		place := db.fresh(t)
		st := mustOpen(t, db, place)
		syncInto(t, st, s.Dir, killBatch)
		want := read(t, st)
		r := rand.New(rand.NewPCG(14, uint64(time.Now().UnixNano())))
		beside := 0
		for range times(3, 40) {
			if backUpBeside(t, db, s, want, r) {
				beside++
			}
			d.ran(0, !t.Failed())
			if t.Failed() {
				return
			}
		}
		if beside == 0 {
			t.Error("nothing was written during any backup: the drill shows nothing")
		}
		t.Logf("something was stored during %d backups", beside)
	})
}

func mustOpen(t testing.TB, db database, place string) *store.Store {
	t.Helper()
	st, err := db.open(context.Background(), place)
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

// backUpBeside reads into an empty database, makes a backup after some batch, and says
// whether anything was stored meanwhile.
func backUpBeside(t *testing.T, db database, s *gittest.Repo, want reference, r *rand.Rand) bool {
	t.Helper()
	ctx := context.Background()
	place := db.fresh(t)
	writer := mustOpen(t, db, place)
	reader := writer // one process holds a file
	if db.name == "postgres" {
		reader = mustOpen(t, db, place)
	}
	w := &witness{Source: &git.Source{Dir: s.Dir, Now: now, Batch: killBatch}, after: 1 + r.IntN(5), reached: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		results, err := ingest.Run(ctx, writer, []source.Source{w}, ingest.Options{Now: now})
		if err == nil {
			err = results[0].Err
		}
		ended <- err
	}()
	select {
	case <-w.reached:
	case err := <-ended:
		t.Fatalf("the reading ended after %d batches: %v", len(w.batches), err)
	}
	acknowledged, _ := w.state()
	file := filepath.Join(t.TempDir(), "facts.backup")
	seal := backUp(t, reader, file, w.another)
	stored, begun := w.state()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}

	backup, sealed, err := duckdb.OpenSealed(ctx, file, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close() //nolint:errcheck // only read
	if diff := cmp.Diff(sums(seal.Sums), sums(sealed.Sums)); diff != "" {
		t.Errorf("the seal (-made +read)\n%s", diff)
	}
	w.consistent(t, backup, want, acknowledged, begun)

	other := databases[0]
	if db.name == other.name {
		other = databases[1]
	}
	restored := mustOpen(t, other, other.fresh(t))
	moved, err := store.Move(ctx, backup, restored, store.MoveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sums(seal.Sums), sums(moved)); diff != "" {
		t.Errorf("restored into %s (-backup +restored)\n%s", other.name, diff)
	}
	w.consistent(t, restored, want, acknowledged, begun)
	syncInto(t, restored, s.Dir, killBatch)
	want.whole(t, restored)
	return stored > acknowledged
}

// backUp makes a sealed file, as diarchy backup does, and pauses when it has copied commits
// and not what belongs to them.
func backUp(t *testing.T, from *store.Store, file string, pause func()) store.Seal {
	t.Helper()
	ctx := context.Background()
	to, err := openFile(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	between := func(what, table string, done, all int64) {
		if what == "moving" && table == "commit" && done == all {
			pause()
		}
	}
	seal := store.Seal{By: "drill", At: now()}
	if seal.Sums, err = store.Move(ctx, from, to, store.MoveOptions{Beside: true, Progress: between}); err != nil {
		t.Fatal(err)
	}
	if err := to.Seal(ctx, seal); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return seal
}

func sums(list []store.Sum) map[string]string {
	out := map[string]string{}
	for _, s := range list {
		out[s.Table] = fmt.Sprintf("%d rows, %016x", s.Rows, s.Checksum)
	}
	return out
}

// witness knows which batches were begun and which acknowledged.
type witness struct {
	*git.Source
	after   int // acknowledgements until reached is closed
	reached chan struct{}

	mu           sync.Mutex
	batches      []source.Batch
	acknowledged int
}

func (w *witness) Read(ctx context.Context, req source.Request) error {
	emit := req.Emit
	req.Emit = func(ctx context.Context, b source.Batch) error {
		w.mu.Lock()
		w.batches = append(w.batches, b)
		w.mu.Unlock()
		err := emit(ctx, b)
		w.mu.Lock()
		defer w.mu.Unlock()
		if err == nil {
			if w.acknowledged++; w.acknowledged == w.after {
				close(w.reached)
			}
		}
		return err
	}
	return w.Source.Read(ctx, req)
}

// another waits until one more batch is stored, or none will come.
func (w *witness) another() {
	before, _ := w.state()
	for until := time.Now().Add(3 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if now, _ := w.state(); now > before {
			return
		}
	}
}

func (w *witness) state() (acknowledged, begun int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acknowledged, len(w.batches)
}

// consistent fails unless a database holds the first so many batches, whole.
func (w *witness) consistent(t *testing.T, st *store.Store, want reference, least, most int) {
	t.Helper()
	held := len(selected(t, st, "SELECT sha FROM commit"))
	shas, n := map[string]bool{}, 0
	for ; n < len(w.batches) && (len(shas) < held || n < least); n++ {
		for _, c := range w.batches[n].Commits {
			shas[c.SHA] = true
		}
	}
	if n < least || n > most || len(shas) != held {
		t.Errorf("%d commits are held, %d are in the first %d batches, of which %d were stored before and %d begun until the end", held, len(shas), n, least, most)
	}
	want.holds(t, st, shas)
	cursors := selected(t, st, "SELECT cursor_state FROM location")
	follows := false
	for _, b := range w.batches[max(n-1, 0):] {
		follows = follows || len(cursors) == 1 && cursors[0] == string(b.Cursor)
	}
	if !follows {
		t.Errorf("cursors %q are not of the %d. batch", cursors, n)
	}
	if faults, err := st.Check(context.Background(), git.Covers); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// TestKilledWhileBackingUp kills diarchy backup at random moments: under the name that was
// given there is a whole backup or none, and the facts are as they were.
func TestKilledWhileBackingUp(t *testing.T) {
	t.Parallel()
	s := history(t, killCommits)
	each(t, func(t *testing.T, db database, d *tally) {
		place, p := db.fresh(t), newProgram(t)
		st, err := db.open(context.Background(), place)
		if err != nil {
			t.Fatal(err)
		}
		syncInto(t, st, s.Dir, killBatch)
		want := read(t, st)
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "facts.backup")
		args := []string{"backup", file, "--replace", "--quiet", "--database", place}
		began := time.Now()
		if r := p.run(args...); r.code != 0 {
			t.Fatal(r.err)
		}
		took := time.Since(began)
		there := 0
		for range times(8, 200) {
			if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			cmd, _, _ := p.command(args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rand.Int64N(int64(took)))) // the moment is random
			cmd.Process.Kill()                                  //nolint:errcheck // it may have ended
			cmd.Wait()                                          //nolint:errcheck // it was killed
			if _, err := os.Stat(file); err == nil {
				there++
				backup, _, err := duckdb.OpenSealed(context.Background(), file, duckdb.Options{})
				if err != nil {
					t.Fatal(err)
				}
				want.whole(t, backup)
				if err := backup.Close(); err != nil {
					t.Fatal(err)
				}
			}
			st := db.reopen(t, place)
			want.whole(t, st)
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			d.ran(0, !t.Failed())
		}
		t.Logf("%d times the backup was made", there)
	})
}
