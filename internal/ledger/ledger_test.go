package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/pg"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// onPostgres names the database on which the tests run the second time.
const onPostgres = "DIARCHY_TEST_LEDGER_POSTGRES"

// TestOnPostgres runs all other tests of this package on PostgreSQL.
func TestOnPostgres(t *testing.T) { pgtest.Again(t, onPostgres) }

// isFile tells that the tests run on SQLite, for what only a file has.
func isFile() bool { return os.Getenv(onPostgres) == "" }

// place is where a ledger is: a path, and on PostgreSQL a schema of its own too.
type place struct{ path, address string }

var places atomic.Int64

func newPlace(t testing.TB, path string) place {
	t.Helper()
	p := place{path: path}
	if !isFile() {
		p.address = fmt.Sprintf("%s&search_path=ledger%d", os.Getenv(onPostgres), places.Add(1))
	}
	return p
}

func (p place) open(ctx context.Context, opts Options) (*Ledger, error) {
	if p.address == "" {
		return Open(ctx, p.path, opts)
	}
	opts.Key = p.path + keySuffix
	return OpenPostgres(ctx, p.address, opts)
}

// beside opens a ledger that is open already, as another process does.
func beside(t testing.TB, l *Ledger) *Ledger {
	t.Helper()
	p := place{path: strings.TrimSuffix(l.KeyPath(), keySuffix)}
	if s, ok := l.engine.(server); ok {
		p.address = os.Getenv(onPostgres) + "&search_path=" + s.at.Schema
	}
	return opened(t, p)
}

func opened(t testing.TB, p place) *Ledger {
	t.Helper()
	l, err := p.open(t.Context(), Options{Now: func() time.Time { return noon }, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) //nolint:errcheck // at the end of a test
	return l
}

func fresh(t testing.TB) *Ledger {
	t.Helper()
	return opened(t, newPlace(t, filepath.Join(t.TempDir(), "sub folder?#", FileName)))
}

// script runs statements behind the program's back, with or without what keeps the audit
// trail from being changed.
func script(l *Ledger, guarded bool, text string) error {
	if isFile() {
		if !guarded {
			text = "DROP TRIGGER audit_unchanged; DROP TRIGGER audit_kept; " + text
		}
		_, err := l.writer.Exec(text)
		return err
	}
	if !guarded {
		text = "ALTER TABLE audit DISABLE TRIGGER USER; " + text
	}
	return pg.Script(context.Background(), l.writer, text)
}

func appendLines(t testing.TB, l *Ledger, n int) {
	t.Helper()
	for i := range n {
		err := l.Write(t.Context(), func(tx *Tx) error {
			return tx.Append(Event{Actor: "a", Action: "test.do", Subject: fmt.Sprint("<", i, ">"), Detail: map[string]string{"b": "2", "a": "ä"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSettings(t *testing.T) {
	if !isFile() {
		t.Skip("of SQLite")
	}
	l := fresh(t)
	for _, c := range []struct{ pragma, want string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"},
	} {
		for name, db := range map[string]*sql.DB{"writer": l.writer, "reader": l.reader} {
			var got string
			if err := db.QueryRow("PRAGMA " + c.pragma).Scan(&got); err != nil || got != c.want {
				t.Errorf("%s: %s is %s, %v, want %s", name, c.pragma, got, err, c.want)
			}
		}
	}
	for _, f := range []string{l.Where(), l.KeyPath()} {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v: others can read it", f, info.Mode(), err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(filepath.Dir(l.KeyPath()), ".gitignore")); err != nil || string(text) != "*\n" {
		t.Errorf("git would take the ledger: %q %v", text, err)
	}
	err := l.Read(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec("DELETE FROM account")
		return err
	})
	if err == nil {
		t.Error("a reader writes")
	}
}

func TestOpen(t *testing.T) {
	p := newPlace(t, filepath.Join(t.TempDir(), FileName))
	if _, err := p.open(t.Context(), Options{}); !errors.Is(err, problem.Missing) || !errors.Is(err, ErrNone) {
		t.Errorf("without Create: %v", err)
	}
	opened(t, p)
	opened(t, p) // beside the other: they write one after the other
	l := opened(t, p)
	if _, err := l.writer.Exec("INSERT INTO schema_migration VALUES ('0999_future.sql', '', 0)"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.open(t.Context(), Options{}); !errors.Is(err, ErrOtherVersion) {
		t.Errorf("of a newer program: %v", err)
	}
	if err := os.WriteFile(p.path+"2", []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), p.path+"2", Options{}); !errors.Is(err, problem.Damaged) {
		t.Errorf("of something else: %v", err)
	}
}

// TestCanonical: the bytes that are hashed must never change.
func TestCanonical(t *testing.T) {
	got, err := canonical(Line{7, noon, Event{"a", "x.y", "<b>", map[string]string{"z": "1", "a": "ä\n"}}})
	want := `{"seq":7,"at":"2026-03-02T12:00:00Z","actor":"a","action":"x.y","subject":"<b>","detail":{"a":"ä\n","z":"1"}}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

// TestTampered removes, changes, swaps and adds lines behind the program's back: each
// time Verify says where (T22).
func TestTampered(t *testing.T) {
	const lines = 9 // with the first, which says that the ledger was made
	for name, c := range map[string]struct{ do, want string }{
		"nothing":                     {"SELECT 1", ""},
		"a removed line":              {"DELETE FROM audit WHERE seq = 4", "line 4 is missing"},
		"the first":                   {"DELETE FROM audit WHERE seq = 1", "line 1 is missing"},
		"the last":                    {"DELETE FROM audit WHERE seq = 9", "1 lines at its end are missing"},
		"the last three":              {"DELETE FROM audit WHERE seq > 6", "3 lines at its end are missing"},
		"all":                         {"DELETE FROM audit", "line 1 is missing"},
		"all, and the head":           {"DELETE FROM audit; DELETE FROM audit_head", "line 1 is missing"},
		"the head":                    {"DELETE FROM audit_head", "the seal of its 9 lines is missing"},
		"a changed line":              {"UPDATE audit SET entry = replace(entry, '<3>', '<5>') WHERE seq = 5", "line 5 or one before it was changed"},
		"a changed hash":              {"UPDATE audit SET hash = (SELECT hash FROM audit b WHERE b.seq = 4) WHERE seq = 5", "line 5 or one before it was changed"},
		"a changed last line":         {"UPDATE audit SET entry = replace(entry, 'test.do', 'test.no') WHERE seq = 9", "line 9 or one before it was changed"},
		"two swapped lines":           {"UPDATE audit SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5); UPDATE audit SET seq = -seq WHERE seq < 0", "line 4 is not the one that was written there"},
		"swapped contents":            {"UPDATE audit SET entry = (SELECT entry FROM audit b WHERE b.seq = 9 - audit.seq) WHERE seq IN (4, 5)", "line 4 is not the one that was written there"},
		"removed, and renumbered":     {"DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq > 4", "line 4 is not the one that was written there"},
		"cut off, with another head":  {"DELETE FROM audit WHERE seq > 6; UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit WHERE seq = 6)", "line 6 is not sealed by this ledger's key"},
		"a line that is no JSON":      {"UPDATE audit SET entry = '' WHERE seq = 2", "line 2 is not the one that was written there"},
		"added without the program":   {"INSERT INTO audit SELECT 10, replace(entry, '\"seq\":9', '\"seq\":10'), hash FROM audit WHERE seq = 9", "line 10 or one before it was changed"},
		"an older copy of everything": {"DELETE FROM audit WHERE seq > 8; UPDATE audit_head SET seq = 8", "line 8 is not sealed by this ledger's key"},
	} {
		t.Run(name, func(t *testing.T) {
			l := fresh(t)
			appendLines(t, l, lines-1)
			if err := script(l, false, c.do); err != nil {
				t.Fatal(err)
			}
			head, err := l.Verify(t.Context(), Head{})
			switch {
			case c.want == "" && (err != nil || head.Seq != lines):
				t.Errorf("%+v, %v", head, err)
			case c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want) || !errors.Is(err, problem.Damaged)):
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestEveryLineCounts: whichever line is removed or changed by one byte, Verify fails.
func TestEveryLineCounts(t *testing.T) {
	for seq := 1; seq <= 6; seq++ {
		for _, do := range []string{"DELETE FROM audit WHERE seq = %d", "UPDATE audit SET entry = substr(entry, 1, length(entry) - 3) || 'x' || substr(entry, length(entry) - 1) WHERE seq = %d"} {
			l := fresh(t)
			appendLines(t, l, 5)
			if err := script(l, false, fmt.Sprintf(do, seq)); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Verify(t.Context(), Head{}); err == nil {
				t.Errorf("%s of line %d is not noticed", do, seq)
			}
		}
	}
}

// TestNotedHead: a whole trail that was written anew with the key does not hold a head
// that was noted elsewhere.
func TestNotedHead(t *testing.T) {
	l := fresh(t)
	appendLines(t, l, 3)
	noted, err := l.Verify(t.Context(), Head{})
	if err != nil {
		t.Fatal(err)
	}
	appendLines(t, l, 3)
	if _, err := l.Verify(t.Context(), noted); err != nil {
		t.Errorf("the noted head is there: %v", err)
	}
	if _, err := fresh(t).Verify(t.Context(), noted); err == nil {
		t.Error("another trail holds the noted head")
	}
}

func TestAppendOnly(t *testing.T) {
	l := fresh(t)
	appendLines(t, l, 2)
	for _, do := range []string{"UPDATE audit SET entry = ''", "DELETE FROM audit"} {
		if err := script(l, true, do); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", do, err)
		}
	}
}

// TestAudit reads back what was appended.
func TestAudit(t *testing.T) {
	l := fresh(t)
	appendLines(t, l, 3)
	var got []string
	err := l.Audit(t.Context(), 3, func(a Audited) error {
		got = append(got, fmt.Sprint(a.Seq, a.At.Format(time.RFC3339), a.Actor, a.Action, a.Subject, a.Detail["a"], len(a.Hash)))
		return nil
	})
	want := []string{"32026-03-02T12:00:00Zatest.do<1>ä64", "42026-03-02T12:00:00Zatest.do<2>ä64"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

// TestFailingWrites has the n-th write fail, for n = 1 until none does: what was
// acknowledged is there, what was not is not, and the trail holds (R5).
func TestFailingWrites(t *testing.T) {
	failed := errors.New("no write")
	for n := 1; ; n++ {
		l := fresh(t)
		at, fired := 0, false
		l.before = func() error {
			if at++; at == n {
				fired = true
				return failed
			}
			return nil
		}
		acknowledged := 1
		for i := range 4 {
			err := l.Write(t.Context(), func(tx *Tx) error {
				if _, err := tx.Exec("INSERT INTO erasure VALUES (?, 0, '')", fmt.Sprint(i)); err != nil {
					return err
				}
				return tx.Append(Event{Actor: "a", Action: "x", Subject: fmt.Sprint(i)})
			})
			switch {
			case err == nil:
				acknowledged++
			case !errors.Is(err, failed):
				t.Fatalf("write %d: %v", n, err)
			}
		}
		again := beside(t, l)
		head, err := again.Verify(t.Context(), Head{})
		var rows int
		scan := again.reader.QueryRow("SELECT COUNT(*) FROM erasure").Scan(&rows)
		if err != nil || scan != nil || head.Seq != int64(acknowledged) || rows != acknowledged-1 {
			t.Fatalf("write %d: %d lines and %d rows, %v, %v; %d acknowledged", n, head.Seq, rows, err, scan, acknowledged)
		}
		if !fired {
			if n < 10 {
				t.Fatalf("only %d writes", n)
			}
			return
		}
	}
}

func TestSeal(t *testing.T) {
	l := fresh(t)
	sealed := l.Seal("p", "owner", []byte("secret"))
	if got, err := l.Unseal("p", "owner", sealed); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	if strings.Contains(string(sealed), "secret") {
		t.Error("sealed holds the secret")
	}
	for _, c := range [][2]string{{"p", "other"}, {"q", "owner"}} {
		if _, err := l.Unseal(c[0], c[1], sealed); !errors.Is(err, problem.Damaged) {
			t.Errorf("%v unseals: %v", c, err)
		}
	}
	if _, err := fresh(t).Unseal("p", "owner", sealed); err == nil {
		t.Error("another ledger unseals")
	}
	for n := range sealed {
		if _, err := l.Unseal("p", "owner", sealed[:n]); err == nil {
			t.Errorf("%d bytes unseal", n)
		}
	}
}

func TestCancelled(t *testing.T) {
	l := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Write(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	appendLines(t, l, 1) // goes on
}
