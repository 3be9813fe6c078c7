package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// writerOf names the ledger on which a process of this test writes until it is killed.
const (
	writerOf = "DIARCHY_TEST_LEDGER"
	writerAt = "DIARCHY_TEST_LEDGER_AT" // its address; "" on SQLite
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerOf); path != "" {
		writeOn(place{path, os.Getenv(writerAt)})
		return
	}
	os.Exit(pgtest.Main(m))
}

// writeOn appends lines and rows, and says of each when it is acknowledged.
func writeOn(p place) {
	l, err := p.open(context.Background(), Options{Create: true})
	if err != nil {
		panic(err)
	}
	for {
		if err := lineAndRow(l); err != nil {
			panic(err)
		}
		head, _, err := l.peek()
		if err != nil {
			panic(err)
		}
		fmt.Println(head)
	}
}

func (l *Ledger) peek() (seq int64, hash []byte, err error) {
	err = l.Read(context.Background(), func(tx *Tx) error {
		seq, hash, err = tx.head()
		return err
	})
	return seq, hash, err
}

// lineAndRow appends a line, and the row that it tells of.
func lineAndRow(l *Ledger) error {
	return l.Write(context.Background(), func(tx *Tx) error {
		seq, _, err := tx.head()
		if err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO erasure VALUES (?, 0, '')", fmt.Sprint(seq+1)); err != nil {
			return err
		}
		return tx.Append(Event{Actor: "writer", Action: "test.write", Subject: fmt.Sprint(seq + 1)})
	})
}

// writer starts a process that writes, with what it says.
func (p place) writer(t *testing.T) (cmd *exec.Cmd, out io.Reader) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerOf+"="+p.path, writerAt+"="+p.address)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// TestKilled kills a process that writes, at random moments: what it acknowledged is
// there, a line and its row are there together or not at all, and the next one goes on.
func TestKilled(t *testing.T) {
	p := newPlace(t, filepath.Join(t.TempDir(), FileName))
	acknowledged, kills := int64(0), 12
	if os.Getenv("DIARCHY_DRILL") != "" {
		if kills = 500; !isFile() { // each start connects, and makes what is not there
			kills = 100
		}
	}
	for k := range kills {
		cmd, out := p.writer(t)
		if k%4 > 0 { // else at any moment of its start too
			bufio.NewReader(out).ReadString('\n') //nolint:errcheck // its end is noticed below
		}
		timer := time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { cmd.Process.Kill() }) //nolint:errcheck // is over
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if n, err := strconv.ParseInt(lines.Text(), 10, 64); err == nil {
				acknowledged = n
			}
		}
		timer.Stop()
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the writer ended by itself: %v", err)
		}
		l := opened(t, p)
		head, err := l.Verify(t.Context(), Head{})
		rows := int64(count(t, l, "erasure"))
		if err != nil || head.Seq < acknowledged || rows != head.Seq-1 {
			t.Fatalf("kill %d: %d lines and %d rows, %v; %d acknowledged", k, head.Seq, rows, err, acknowledged)
		}
		if isFile() {
			if err := l.integrity(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d lines acknowledged", kills, acknowledged)
	if acknowledged < int64(kills) {
		t.Error("nothing was written between kills")
	}
}

// TestKilledWhileMade kills a process while it makes a ledger: there is a whole one or
// none, and the next process goes on.
func TestKilledWhileMade(t *testing.T) {
	made, rounds, longest := 0, 12, 250 // milliseconds that a busy machine may need
	if !isFile() {
		longest = 900
	}
	if os.Getenv("DIARCHY_DRILL") != "" {
		if rounds = 200; !isFile() {
			rounds = 50
		}
	}
	for range rounds {
		p := newPlace(t, filepath.Join(t.TempDir(), FileName))
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), writerOf+"="+p.path, writerAt+"="+p.address)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(longest)) * time.Millisecond)
		cmd.Process.Kill() //nolint:errcheck // its end is noticed below
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the writer ended by itself: %v", err)
		}
		if l, err := p.open(t.Context(), Options{}); err == nil {
			if head, err := l.Verify(t.Context(), Head{}); err != nil || head.Seq < 1 {
				t.Errorf("half of a ledger: %+v %v", head, err)
			}
			l.Close() //nolint:errcheck // only read
			made++
		} else if !errors.Is(err, ErrNone) {
			t.Errorf("not made: %v", err)
		}
		l := opened(t, p)
		appendLines(t, l, 1)
		if _, err := l.Verify(t.Context(), Head{}); err != nil {
			t.Error(err)
		}
		l.Close() //nolint:errcheck // verified
	}
	t.Logf("%d of %d were made", made, rounds)
}

// TestManyWriters has processes and ledgers write at once, as servers and commands do:
// lines follow each other, and none is lost.
func TestManyWriters(t *testing.T) {
	p := newPlace(t, filepath.Join(t.TempDir(), FileName))
	const others, lines = 3, 15
	var all sync.WaitGroup
	for range others { // which all make it
		all.Go(func() {
			l, err := p.open(t.Context(), Options{Create: true})
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close() //nolint:errcheck // at the end of a test
			for range lines {
				if err := l.Write(t.Context(), func(tx *Tx) error { return tx.Append(Event{Actor: "a", Action: "x"}) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	cmd, out := p.writer(t)
	theirs := 0
	for said := bufio.NewScanner(out); theirs < lines && said.Scan(); theirs++ {
	}
	all.Wait()
	cmd.Process.Kill() //nolint:errcheck // it is over
	cmd.Wait()         //nolint:errcheck // it was killed
	l := opened(t, p)
	head, err := l.Verify(t.Context(), Head{})
	if err != nil || head.Seq < 1+others*lines+lines {
		t.Errorf("%+v %v", head, err)
	}
	// One line says that the ledger was made, whoever was the quickest.
	made := 0
	err = l.Audit(t.Context(), 0, func(a Audited) error {
		if a.Action == "ledger.create" {
			made++
		}
		return nil
	})
	if err != nil || made != 1 {
		t.Errorf("made %d times, %v", made, err)
	}
}
