package drill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

const (
	killCommits = 400
	killBatch   = 20
	killChain   = 6 // kills until a reading may end, and is compared
)

// syncRole reads a clone and says before and after each step that it takes it.
func syncRole(place string) {
	ctx := context.Background()
	st, err := roleDatabase().open(ctx, place)
	must(err)
	fmt.Println("opened")
	batch, err := strconv.Atoi(os.Getenv("DIARCHY_DRILL_BATCH"))
	must(err)
	src := &teller{&git.Source{Dir: os.Getenv("DIARCHY_DRILL_CLONE"), Now: now, Batch: batch}}
	results, err := ingest.Run(ctx, st, []source.Source{src}, ingest.Options{Now: now})
	must(err)
	must(results[0].Err)
	if os.Getenv("DIARCHY_DRILL_LEAVE") != "" {
		return // with a log beside the file
	}
	fmt.Println("settle")
	must(st.Settle(ctx))
	fmt.Println("close")
	must(st.Close())
	fmt.Println("closed")
}

func must(err error) {
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
}

// teller says which batch is about to be stored, and that it was.
type teller struct{ *git.Source }

func (s *teller) Read(ctx context.Context, req source.Request) error {
	emit := req.Emit
	req.Emit = func(ctx context.Context, b source.Batch) error {
		var shas []string
		for _, c := range b.Commits {
			shas = append(shas, c.SHA)
		}
		fmt.Println("begin", strconv.Quote(string(b.Cursor)), strings.Join(shas, " "))
		err := emit(ctx, b)
		if err == nil {
			fmt.Println("ack")
		}
		return err
	}
	return s.Source.Read(ctx, req)
}

func (s *teller) Canonical(ctx context.Context, ids []fact.Identity) (map[fact.Identity]fact.Identity, error) {
	fmt.Println("identities")
	return s.Source.Canonical(ctx, ids)
}

func (s *teller) Shapes(ctx context.Context, paths []string, known []fact.FileShape) ([]fact.FileShape, error) {
	fmt.Println("derive")
	return s.Source.Shapes(ctx, paths, known)
}

// acknowledged is what a database must hold, from what its writer said.
type acknowledged struct {
	shas   map[string]bool
	cursor string

	pending       []string // of the batch that was begun and not acknowledged: all of it is there, or nothing
	pendingCursor string
	inFlight      bool
}

func (a *acknowledged) hear(line string) {
	switch word, rest, _ := strings.Cut(line, " "); word {
	case "begin":
		quoted, err := strconv.QuotedPrefix(rest)
		must(err)
		a.pending, a.inFlight = strings.Fields(rest[len(quoted):]), true
		a.pendingCursor, err = strconv.Unquote(quoted)
		must(err)
	case "ack":
		a.settle(true)
	}
}

// settle takes up the pending batch, or drops it.
func (a *acknowledged) settle(stored bool) {
	if a.inFlight && stored {
		for _, sha := range a.pending {
			a.shas[sha] = true
		}
		a.cursor = a.pendingCursor
	}
	a.pending, a.inFlight = nil, false
}

// moment is when a process is killed: some time after it says a word for the n-th time.
type moment struct {
	word  string
	nth   int
	delay time.Duration
}

func (m moment) String() string { return fmt.Sprintf("%v after %s %d", m.delay, m.word, m.nth) }

// rhythm is how long a reading takes from each kind of step to the next.
type rhythm map[string]time.Duration

// record runs a process undisturbed, and says how long its steps take.
func record(t testing.TB, p *process) (rhythm, *acknowledged) {
	t.Helper()
	took, a := rhythm{}, &acknowledged{shas: map[string]bool{}}
	last, since := "start", p.began
	for l := range p.lines {
		a.hear(l)
		took[last] = max(took[last], time.Since(since))
		last, _, _ = strings.Cut(l, " ")
		since = time.Now()
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("%v after %s", err, last)
	}
	return took, a
}

// pick chooses a moment: mostly in the batches that are left, else in the steps around
// them.
func (took rhythm) pick(r *rand.Rand, batches int) moment {
	m := moment{[]string{"start", "opened", "identities", "derive", "settle", "close"}[r.IntN(6)], 1, 0}
	if batches > 0 && r.IntN(4) > 0 {
		m.word, m.nth = []string{"begin", "begin", "ack"}[r.IntN(3)], 1+r.IntN(min(batches, 8))
		switch r.IntN(6) {
		case 0:
			m.nth = 1 // the cursor changes with the first batch and the last
		case 1:
			m.nth = batches
		}
	}
	m.delay = time.Duration(r.Int64N(int64(took[m.word]) + 1))
	return m
}

// killAt kills a process at a moment; false says that it ended before.
func killAt(p *process, m moment, hear func(string)) bool {
	seen := 0
	if m.word == "start" {
		seen = m.nth
	}
	for seen < m.nth {
		l, more := <-p.lines
		if !more {
			break
		}
		hear(l)
		if word, _, _ := strings.Cut(l, " "); word == m.word {
			seen++
		}
	}
	if seen == m.nth {
		time.Sleep(m.delay) // the moment is random
	}
	rest, killed := p.kill()
	for _, l := range rest {
		hear(l)
	}
	return killed
}

// TestKilled kills readings at random moments of all their steps, and reads on. Every
// reopening works and is quick; what was acknowledged is there once, with every row;
// the batch that was being stored is there whole or not at all; the cursor says which.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := history(t, killCommits)
	each(t, func(t *testing.T, db database, d *tally) {
		k := &killer{t: t, db: db, d: d, repo: s, at: map[string]int{}, r: rand.New(rand.NewPCG(12, uint64(time.Now().UnixNano())))}
		k.undisturbed()
		for k.kills < times(30, 2000) && !t.Failed() {
			k.chain()
		}
		t.Logf("%d kills, after: %v", k.kills, k.at)
	})
}

// TestServerKilled kills the server instead, with all of its processes, and starts it
// again: the program ends with an error, and the same holds.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	s := history(t, killCommits)
	server := pgtest.Durable(t, "")
	db := database{"postgres", func(t testing.TB) string { return schemaOn(t, server.Address("postgres")) }, postgres.Open, rawSchema}
	k := &killer{t: t, db: db, d: newTally(t), repo: s, at: map[string]int{}, r: rand.New(rand.NewPCG(17, uint64(time.Now().UnixNano()))), server: server}
	k.undisturbed()
	for k.kills < times(12, 500) && !t.Failed() {
		k.chain()
	}
	t.Logf("%d kills, after: %v", k.kills, k.at)
}

// killer kills readings of one clone.
type killer struct {
	t    *testing.T
	db   database
	d    *tally
	repo *gittest.Repo
	r    *rand.Rand

	took    rhythm
	want    reference
	commits int
	kills   int
	at      map[string]int // kills by the step after which they came

	server *pgtest.Server // is killed in the process's place; or nil
}

func (k *killer) start(place string) *process {
	p := start(k.t, "sync", k.db, place, "DIARCHY_DRILL_CLONE="+k.repo.Dir, fmt.Sprint("DIARCHY_DRILL_BATCH=", killBatch))
	if k.server != nil {
		p.strike = k.server.Kill
	}
	return p
}

// undisturbed reads once without a kill, to know what there should be and when.
func (k *killer) undisturbed() {
	place := k.db.fresh(k.t)
	took, a := record(k.t, k.start(place))
	k.took, k.commits = took, len(a.shas)
	st, err := k.db.open(context.Background(), place)
	if err != nil {
		k.t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read
	k.want = read(k.t, st)
	k.want.holds(k.t, st, a.shas)
	if want := strings.TrimSpace(k.repo.Git("rev-list", "--count", "main")); fmt.Sprint(k.commits) != want || k.commits < killCommits/2 {
		k.t.Fatalf("%d commits were acknowledged, the clone has %s", k.commits, want)
	}
}

// chain kills a reading several times, then lets it end.
func (k *killer) chain() {
	place := k.db.fresh(k.t)
	a := &acknowledged{shas: map[string]bool{}}
	for range killChain {
		left := (k.commits - len(a.shas) + killBatch - 1) / killBatch
		if left == 0 && k.r.IntN(2) == 0 {
			break
		}
		m := k.took.pick(k.r, left)
		killed := killAt(k.start(place), m, a.hear)
		if k.server != nil {
			k.restart()
		}
		if killed {
			k.kills++
			k.at[m.word]++
			if k.kills%100 == 0 {
				k.t.Logf("%d kills, after: %v", k.kills, k.at)
			}
			k.check(place, a, m)
		}
	}
	k.start(place).end(k.t)
	st, err := k.db.open(context.Background(), place)
	if err != nil {
		k.t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read
	k.want.whole(k.t, st)
}

// restart starts the server that was killed.
func (k *killer) restart() {
	began := time.Now()
	if err := k.server.Start(); err != nil {
		k.t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		k.t.Errorf("the server was ready after %v", took)
	}
}

// check reopens what a killed process left.
func (k *killer) check(place string, a *acknowledged, m moment) {
	began := time.Now()
	st := k.db.reopen(k.t, place)
	took := time.Since(began)
	defer st.Close() //nolint:errcheck // only read
	if took > 10*time.Second {
		k.t.Errorf("killed %v: ready after %v", m, took)
	}
	cursors := selected(k.t, st, "SELECT cursor_state FROM location")
	a.settle(len(cursors) > 0 && cursors[0] == a.pendingCursor && a.pendingCursor != a.cursor || k.stored(st, a.pending))
	ok := k.want.holds(k.t, st, a.shas)
	if len(cursors) > 0 && cursors[0] != a.cursor || len(cursors) == 0 && a.cursor != "" {
		k.t.Errorf("killed %v: cursors %q, acknowledged %q", m, cursors, a.cursor)
		ok = false
	}
	faults, err := st.Check(context.Background(), git.Covers)
	if len(faults) > 0 || err != nil {
		k.t.Errorf("killed %v: %v, %v", m, faults, err)
		ok = false
	}
	k.d.ran(took, ok)
	if !ok {
		k.t.Errorf("killed %v: see above", m)
	}
}

// stored says whether the first of some commits is there.
func (k *killer) stored(st *store.Store, shas []string) bool {
	return len(shas) > 0 && len(selected(k.t, st, "SELECT sha FROM commit WHERE sha = '"+shas[0]+"'")) > 0
}
