package sourcetest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
)

// Files is what RunFiles tests: a feed of files that people export or write, or that keep what was
// pushed.
type Files struct {
	// New makes the feed of files, by what they hold.
	New func(files map[string]string) source.Feed
	// Tell are the lines of each file that say what is true.
	Tell func(t testing.TB, d fact.Delivery) map[string][]string
	// Keeps takes from the world what such lines can tell.
	Keeps func(d fact.Delivery) fact.Delivery
	// Table says that a file is a table under a heading, and the truth about what it holds: what it
	// lists no longer is forgotten. Otherwise it is a log: lines are added, what one told stays when
	// it is taken away, and the last may be being written.
	Table bool
	// Counts are the files whose lines count as often as they stand there.
	Counts []string
	// Pushed says that a file keeps what is pushed: while nothing comes, nothing happens. Others tell until
	// they were written.
	Pushed bool
	// Gate lets in what is pushed and signed with Token, and gives the line to keep in a file; nil
	// where nothing is pushed. It knows what the file holds already, if it is to know that.
	Gate func(t testing.TB, file string) Gate
}

// Gate looks at what was pushed: it gives the line to keep, and what lets the same come again.
type Gate func(header http.Header, text []byte) (line []byte, release func(), err error)

// RunFiles tests a feed of files.
func RunFiles(t *testing.T, c Files) {
	t.Run("everything, and then only news", func(t *testing.T) { filesWhole(t, c) })
	t.Run("until when it tells", func(t *testing.T) { filesUntil(t, c) })
	t.Run("in any order, and twice", func(t *testing.T) { filesInAnyOrder(t, c) })
	t.Run("goes on where it stopped", func(t *testing.T) { filesResume(t, c) })
	t.Run("lines that are none", func(t *testing.T) { filesWithBadLines(t, c) })
	t.Run("a line that is being written", func(t *testing.T) { filesBeingWritten(t, c) })
	t.Run("texts that are odd", func(t *testing.T) { filesOdd(t, c) })
	t.Run("what is there no longer", func(t *testing.T) { filesGone(t, c) })
	t.Run("a look", func(t *testing.T) { filesLook(t, c) })
	if c.Gate != nil {
		t.Run("what is pushed", func(t *testing.T) { pushes(t, c) })
	}
}

// desk is a world, the files that tell it, and a sink into which they are read.
type desk struct {
	*testing.T
	c     Files
	dir   string
	files map[string]string // by what they hold
	world *World
	sink  *Sink
}

func newDesk(t *testing.T, c Files, times int) *desk {
	return &desk{T: t, c: c, dir: t.TempDir(), files: map[string]string{}, world: NewWorldOf(7, times), sink: NewSink()}
}

// lines are those that tell the world as it stands.
func (d *desk) lines() map[string][]string { return d.c.Tell(d, d.world.Delivery) }

// write writes files of some lines.
func (d *desk) write(lines map[string][]string) {
	d.Helper()
	for kind, list := range lines {
		d.writeText(kind, strings.Join(list, "\n")+"\n")
	}
}

func (d *desk) writeText(kind, text string) {
	d.Helper()
	d.files[kind] = d.path(kind)
	if err := os.WriteFile(d.path(kind), []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) path(kind string) string { return filepath.Join(d.dir, kind) }

// pull reads with a fresh feed, as the next start of the program would.
func (d *desk) pull() error { return d.feed().Pull(context.Background(), d.sink.Pull()) }

func (d *desk) feed() source.Feed { return d.c.New(d.files) }

func (d *desk) must() {
	d.Helper()
	if err := d.pull(); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) same(what string) {
	d.Helper()
	Same(d, what, d.c.Keeps(d.world.Delivery), d.sink.Holds())
}

// body are the lines of a file that are to be read: all but the heading of a table.
func (c Files) body(lines []string) (head, body []string) {
	if c.Table {
		return lines[:1], lines[1:]
	}
	return nil, lines
}

// Grown are the lines of files after others were added: behind those of a log, and a table is written anew.
func (c Files) Grown(lines, now map[string][]string) map[string][]string {
	if c.Table {
		return now
	}
	out := map[string][]string{}
	for kind, list := range now {
		known := map[string]bool{}
		for _, line := range lines[kind] {
			known[line] = true
		}
		out[kind] = slices.Concat(lines[kind], slices.DeleteFunc(slices.Clone(list), func(line string) bool { return known[line] }))
	}
	return out
}

// shuffled has the lines of each file in another order, some of them twice.
func (c Files) shuffled(lines map[string][]string, twice bool, rng *rand.Rand) map[string][]string {
	out := map[string][]string{}
	for _, kind := range slices.Sorted(maps.Keys(lines)) {
		head, body := c.body(lines[kind])
		body = slices.Clone(body)
		for _, line := range slices.Clone(body) {
			if twice && !slices.Contains(c.Counts, kind) && rng.IntN(3) == 0 {
				body = append(body, line)
			}
		}
		rng.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
		out[kind] = slices.Concat(head, body)
	}
	return out
}

func filesWhole(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	d.write(d.lines())
	d.must()
	d.same("a first reading")
	for stream, said := range d.sink.progress {
		if last := said[len(said)-1]; last.done == 0 || last.done != last.total {
			t.Errorf("a first reading of %s ends with %d of %d", stream, last.done, last.total)
		}
	}
	told := d.sink.Told
	d.must()
	if again := d.sink.Told - told; again > 0 {
		t.Errorf("without news, %d items were told again", again)
	}
	lines := d.lines()
	for range 2 {
		d.world.News()
		lines = c.Grown(lines, d.lines())
		d.write(lines)
		told = d.sink.Told
		d.must()
		d.same("with news")
		if again := d.sink.Told - told; !c.Table && again > told/4 {
			t.Errorf("with news, %d of %d items were told again", again, told)
		}
	}
}

// filesUntil: also where it says what it said before, written later.
func filesUntil(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	d.write(d.lines())
	for n := range 2 {
		written := d.world.Now.AddDate(0, 0, n)
		for kind := range d.files {
			if err := os.Chtimes(d.path(kind), written, written); err != nil {
				t.Fatal(err)
			}
		}
		pull, pages := d.sink.Pull(), 0
		stored := pull.Emit
		pull.Emit = func(ctx context.Context, p source.Page) error {
			if pages++; p.Until.IsZero() != c.Pushed || !c.Pushed && !p.Until.Equal(written) {
				t.Errorf("reading %d: %s tells until %v, written %v", n, p.Stream, p.Until, written)
			}
			return stored(ctx, p)
		}
		if err := d.feed().Pull(context.Background(), pull); err != nil || pages == 0 && !c.Pushed {
			t.Errorf("reading %d: %d pages, %v", n, pages, err)
		}
	}
}

// filesInAnyOrder: whatever the order of lines, at once or one after another, and with some of them
// twice, the facts are the same.
func filesInAnyOrder(t *testing.T, c Files) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 5))
		d := newDesk(t, c, 1)
		lines := c.shuffled(d.lines(), seed%2 == 1, rng)
		for part := 1; !c.Table && part < 5; part++ { // of a log as it grows
			begun := map[string][]string{}
			for kind, list := range lines {
				begun[kind] = list[:len(list)*part/5]
			}
			d.write(begun)
			d.must()
		}
		d.write(lines)
		d.must()
		d.same(fmt.Sprintf("order %d", seed))
		if t.Failed() {
			return
		}
	}
}

// filesResume: the program ends before or after any page is stored, or is asked to end.
func filesResume(t *testing.T, c Files) {
	d := newDesk(t, c, 6) // more than one page
	d.write(d.lines())
	for _, how := range []string{"before a page is stored", "after a page is stored", "when it is asked to end"} {
		ended := false
		for stop := 0; !ended; stop++ {
			d.sink = NewSink()
			ctx, cancel := context.WithCancel(context.Background())
			if stop == 0 && how == "when it is asked to end" {
				cancel()
			}
			pull, n := d.sink.Pull(), 0
			stored := pull.Emit
			pull.Emit = func(ctx context.Context, p source.Page) error {
				if err := ctx.Err(); err != nil { // as the store has it
					return err
				}
				n++
				if n > stop && how == "before a page is stored" {
					return errors.New("the machine stops")
				}
				if err := stored(ctx, p); err != nil {
					return err
				}
				if n > stop && how == "after a page is stored" {
					return errors.New("the machine stops")
				}
				if n == stop {
					cancel()
				}
				return nil
			}
			err := d.feed().Pull(ctx, pull)
			cancel()
			ended = stop > 0 && (n < stop || n == stop && err == nil) // it had come to its end
			if err == nil && !ended {
				t.Errorf("ended %s, at page %d: a whole reading is reported", how, stop)
				return
			}
			d.must()
			d.same(fmt.Sprintf("ended %s, at page %d", how, stop))
		}
	}
}

// whole checks that of each kind of items the sink holds all or nothing, and says whether it holds
// nothing of one.
func (d *desk) whole(what string, all fact.Delivery) (refused bool) {
	d.Helper()
	got := d.sink.Holds()
	for _, part := range []func(fact.Delivery) any{
		func(x fact.Delivery) any { return x.ChangeRequests }, func(x fact.Delivery) any { return x.Issues }, func(x fact.Delivery) any { return x.Sprints },
		func(x fact.Delivery) any { return x.Builds }, func(x fact.Delivery) any { return x.Deployments }, func(x fact.Delivery) any { return x.Incidents },
	} {
		as := func(x fact.Delivery) bool { return equal(part(got), part(x)) }
		none := as(fact.Delivery{})
		if !none && !as(all) {
			d.Errorf("%s: a part was taken", what)
		}
		refused = refused || none && !as(all)
	}
	return refused
}

// filesWithBadLines: a bad line has its file refused whole, and is named with what to do; other
// files may be read all the same.
func filesWithBadLines(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	lines := d.lines()
	now := sorted(d.c.Keeps(d.world.Delivery))
	for _, kind := range slices.Sorted(maps.Keys(lines)) {
		head, body := c.body(lines[kind])
		middle := len(body) / 2
		for name, bad := range map[string]string{"half a line": body[middle][:len(body[middle])/2], "no such line": "{", "not UTF-8": "\xff" + body[middle], "of nothing": strings.Repeat("[", 100_000)} {
			what := fmt.Sprintf("%s in %s", name, kind)
			d.write(lines)
			d.writeText(kind, strings.Join(slices.Concat(head, body[:middle], []string{bad}, body[middle:]), "\n")+"\n")
			d.sink = NewSink()
			err := d.pull()
			if err == nil {
				t.Errorf("%s: it was taken for a whole reading", what)
				continue
			}
			where := fmt.Sprintf("%s:%d", kind, len(head)+middle+1)
			if name == "not UTF-8" && c.Table {
				where = kind // what a reader of tables makes of it is no line
			}
			if !strings.Contains(err.Error(), where) {
				t.Errorf("%s: it does not name %s: %.300v", what, where, err)
			}
			if problem.Hint(err) == "" || len(err.Error()) > 4000 {
				t.Errorf("%s: it does not say what to do, or too much: %.300v", what, err)
			}
			if !d.whole(what, now) {
				t.Errorf("%s: nothing of it was refused", what)
			}
		}
	}
	d.write(lines)
	d.must()
	d.same("after the lines were mended")
}

// filesBeingWritten: the last line is read when it is whole.
func filesBeingWritten(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	d.write(d.lines())
	d.must()
	before := d.sink.Holds()
	lines := d.lines()
	d.world.News()
	grown := c.Grown(lines, d.lines())
	for _, kind := range slices.Sorted(maps.Keys(grown)) {
		last := grown[kind][len(grown[kind])-1]
		if slices.Contains(lines[kind], last) {
			continue // no news in it
		}
		for _, part := range []int{1, len(last) / 3, len(last) / 2} {
			d.writeText(kind, strings.Join(lines[kind], "\n")+"\n"+last[:part])
			if err := d.pull(); (err != nil) != c.Table {
				t.Errorf("%d bytes of a line of %s: %v", part, kind, err)
			}
			if !equal(before, d.sink.Holds()) {
				t.Errorf("%d bytes of a line of %s were taken", part, kind)
			}
		}
		d.write(lines)
	}
	d.write(grown)
	d.must()
	d.same("when all is written")
}

// filesOdd: bytes that are others are refused whole or are lines of their own.
func filesOdd(t *testing.T, c Files) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 9))
		d := newDesk(t, c, 1)
		lines := d.lines()
		kinds := slices.Sorted(maps.Keys(lines))
		kind := kinds[rng.IntN(len(kinds))]
		d.write(lines)
		text := []byte(strings.Join(lines[kind], "\n") + "\n")
		for range 1 + rng.IntN(4) {
			switch n := rng.IntN(len(text)); rng.IntN(3) {
			case 0:
				text[n] = byte(rng.IntN(256))
			case 1:
				text = slices.Delete(text, n, min(n+1+rng.IntN(200), len(text)))
			default:
				text = slices.Insert(text, n, bytes.Repeat([]byte{"\"\x00[{,;\n9-"[rng.IntN(9)]}, 1+rng.IntN(3))...)
			}
		}
		d.writeText(kind, string(text))
		if d.pull() != nil {
			d.whole(fmt.Sprintf("seed %d, %s", seed, kind), sorted(d.c.Keeps(d.world.Delivery)))
			d.write(lines)
			d.must()
			d.same(fmt.Sprintf("seed %d, mended", seed))
		} else if c.Table { // lines that say something else, until they are put right
			d.write(lines)
			d.must()
			d.same(fmt.Sprintf("seed %d, put right", seed))
		}
	}
}

// filesGone: what a table lists no longer is forgotten, what a log told stays; a file that is not
// there or has nothing in it takes nothing away.
func filesGone(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	d.write(d.lines())
	d.must()
	for _, kind := range slices.Sorted(maps.Keys(d.lines())) {
		if err := os.Remove(d.path(kind)); err != nil {
			t.Fatal(err)
		}
		if err := d.pull(); !errors.Is(err, problem.Missing) || !strings.Contains(err.Error(), d.path(kind)) || problem.Hint(err) == "" {
			t.Errorf("without %s: %v", kind, err)
		}
		d.same("without " + kind)
		d.writeText(kind, "")
		if err := d.pull(); (err != nil) != c.Table {
			t.Errorf("with nothing in %s: %v", kind, err)
		}
		d.same("with nothing in " + kind)
		d.write(d.lines())
	}
	d.must()
	d.same("with all files again")

	before := d.world.Delivery
	d.world.Deployments, d.world.Incidents = before.Deployments[1:], before.Incidents[:len(before.Incidents)-1]
	d.write(d.lines())
	d.must()
	if !c.Table {
		d.world.Delivery = before
	}
	d.same("without some lines")
}

func filesLook(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	said := func(lines map[string][]string) source.Sight {
		t.Helper()
		d.write(lines)
		sight, err := d.feed().Look(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range sight.Lacks {
			if l.What == "" || l.Why == "" || l.Costs == "" || l.Do == "" {
				t.Errorf("a lack that does not say everything: %+v", l)
			}
		}
		return sight
	}
	if sight := said(d.lines()); len(sight.Sees) == 0 {
		t.Error("it sees nothing")
	}
	bare := map[string][]string{}
	for kind, lines := range d.lines() {
		bare[kind], _ = c.body(lines)
	}
	if sight := said(bare); len(sight.Sees) > 0 || len(sight.Lacks) == 0 {
		t.Errorf("of files without lines it says %+v", sight)
	}
	for _, kind := range slices.Sorted(maps.Keys(bare)) {
		d.write(d.lines())
		if err := os.Remove(d.path(kind)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.feed().Look(context.Background()); !errors.Is(err, problem.Missing) || !strings.Contains(err.Error(), d.path(kind)) || problem.Hint(err) == "" {
			t.Errorf("without %s: %v", kind, err)
		}
	}
	if d.feed().Name() == "" {
		t.Error("it has no name")
	}
}

// pushes come in any order, more than once and from anyone; what is let in is read like any line,
// and the secret shows nowhere.
func pushes(t *testing.T, c Files) {
	d := newDesk(t, c, 1)
	lines := d.c.shuffled(d.lines(), true, rand.New(rand.NewPCG(1, 7)))
	if len(lines) != 1 {
		t.Fatalf("what is pushed is kept in %d files", len(lines))
	}
	kind := slices.Collect(maps.Keys(lines))[0]
	d.writeText(kind, "")
	gate := c.Gate(t, d.path(kind))
	var kept strings.Builder
	push := func(secret, text string, want error) {
		t.Helper()
		line, _, err := gate(signedWith(secret, text), []byte(text))
		if !errors.Is(err, want) {
			t.Fatalf("%.100s: %v, want %v", text, err, want)
		}
		if err != nil && (line != nil || strings.Contains(err.Error(), Token)) {
			t.Fatalf("%.100s: %q, %v", text, line, err)
		}
		if err == nil {
			kept.Write(append(line, '\n'))
		}
	}
	seen := map[string]bool{}
	for n, text := range lines[kind] {
		push("", text, source.ErrSignature)
		push("another "+Token, text, source.ErrSignature)
		push("", text[:len(text)/2], source.ErrSignature) // it is not even read
		if seen[text] {
			push(Token, text, source.ErrReplayed)
			continue
		}
		seen[text] = true
		_, release, err := gate(signedWith(Token, text), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		release() // it could not be kept
		push(Token, text, nil)
		if n%100 == 0 {
			d.writeText(kind, kept.String())
			d.must()
		}
	}
	half := lines[kind][0][:len(lines[kind][0])/2]
	if line, _, err := gate(signedWith(Token, half), []byte(half)); err == nil || line != nil || errors.Is(err, source.ErrSignature) || strings.Contains(err.Error(), Token) {
		t.Errorf("half a request: %q, %v", line, err)
	}
	d.writeText(kind, kept.String())
	d.must()
	d.same("what was pushed")
	gate = c.Gate(t, d.path(kind)) // of the next start of the program
	for _, text := range lines[kind][:20] {
		if line, _, err := gate(signedWith(Token, text), []byte(text)); err == nil {
			kept.Write(append(line, '\n'))
		} else if !errors.Is(err, source.ErrReplayed) {
			t.Errorf("pushed again after a restart: %v", err)
		}
	}
	d.writeText(kind, kept.String())
	d.must()
	d.same("what was pushed again after a restart")
	for stream, cursor := range d.sink.cursors {
		if strings.Contains(fmt.Sprint(stream, cursor, d.sink.Holds(), kept.String()), Token) {
			t.Error("the secret was kept")
		}
	}
}

// signedWith is the header by which a sender proves that it knows a secret; "" for one that does not.
func signedWith(secret, text string) http.Header {
	h := http.Header{}
	if secret != "" {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(text))
		h.Set(source.SignatureHeader, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	return h
}
