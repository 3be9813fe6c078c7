package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
)

func do(t testing.TB, l *Ledger, statement string, args ...any) {
	t.Helper()
	err := l.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, l *Ledger, table string) (n int) {
	t.Helper()
	if err := l.reader.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// furnished is a ledger with an account, what it was given, and lines of audit.
func furnished(t testing.TB) *Ledger {
	t.Helper()
	l := fresh(t)
	do(t, l, "INSERT INTO account (id, name, created_us) VALUES ('a', 'ada', 0)")
	do(t, l, "INSERT INTO session VALUES (?, 's', 'a', '', 0, 0, 0, '', '')", []byte{1})
	do(t, l, "INSERT INTO totp (account, secret) VALUES ('a', ?)", l.Seal("p", "a", []byte("secret")))
	do(t, l, "INSERT INTO erasure VALUES ('old', 1, 'a')")
	appendLines(t, l, 3)
	return l
}

// TestRestore: what a backup holds comes back whole; what came after it is gone, but
// for erasures; what could have been revoked meanwhile has ended.
func TestRestore(t *testing.T) {
	l := furnished(t)
	file := filepath.Join(t.TempDir(), "ledger.backup")
	head, err := l.Backup(t.Context(), file)
	if err != nil || head.Seq != 4 {
		t.Fatalf("%+v %v", head, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the backup: %v %v", info, err)
	}
	do(t, l, "INSERT INTO account (id, name, created_us) VALUES ('b', 'bob', 0)")
	do(t, l, "INSERT INTO erasure VALUES ('new', 1, 'b')")
	appendLines(t, l, 5)
	beside := beside(t, l) // another process
	after, err := l.Restore(t.Context(), file, RestoreOptions{})
	if err != nil || after.Seq != 5 {
		t.Fatalf("%+v %v", after, err)
	}
	for table, want := range map[string]int{"account": 1, "session": 0, "totp": 1, "erasure": 2, "audit": 5} {
		for name, one := range map[string]*Ledger{"here": l, "beside": beside} {
			if got := count(t, one, table); got != want {
				t.Errorf("%s: %d rows of %s, want %d", name, got, table, want)
			}
		}
	}
	if _, err := beside.Verify(t.Context(), head); err != nil {
		t.Errorf("the backup's head: %v", err)
	}
	appendLines(t, beside, 1)
	appendLines(t, l, 1)
	if _, err := l.Verify(t.Context(), after); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(l.KeyPath()), ".diarchy*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestRestoreElsewhere: without its key a backup is taken only when that is said, and
// then without what only the key could read.
func TestRestoreElsewhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.backup")
	if _, err := furnished(t).Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	l := fresh(t)
	if _, err := l.Restore(t.Context(), file, RestoreOptions{}); !errors.Is(err, problem.Damaged) || count(t, l, "account") != 0 {
		t.Fatalf("with another key: %v", err)
	}
	if _, err := l.Restore(t.Context(), file, RestoreOptions{WithoutKey: true}); err != nil {
		t.Fatal(err)
	}
	if count(t, l, "account") != 1 || count(t, l, "totp") != 0 {
		t.Error("the account is not there, or its second factor is")
	}
}

// TestLostKey: a ledger whose key is gone is not opened with another one, which could read no
// second factor; a new ledger makes its key, and so does one that is restored without it.
func TestLostKey(t *testing.T) {
	l := furnished(t)
	p := place{path: strings.TrimSuffix(l.KeyPath(), keySuffix)}
	if s, ok := l.engine.(server); ok {
		p.address = os.Getenv(onPostgres) + "&search_path=" + s.at.Schema
	}
	key, err := os.ReadFile(l.KeyPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.KeyPath()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.open(t.Context(), Options{Create: true}); !errors.Is(err, problem.Damaged) || !strings.Contains(err.Error(), l.KeyPath()) {
		t.Errorf("without its key: %v", err)
	}
	if isThere(l.KeyPath()) {
		t.Error("another key was made")
	}
	if err := os.WriteFile(l.KeyPath(), key, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := p.open(t.Context(), Options{})
	if err != nil {
		t.Fatalf("with its key again: %v", err)
	}
	again.Close() //nolint:errcheck // only opened
}

// TestBadBackups are refused, and the ledger is as before.
func TestBadBackups(t *testing.T) {
	l := furnished(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "ledger.backup")
	if _, err := l.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{"nothing": {}, "no database": []byte(strings.Repeat("x", 9000)), "cut": whole[:len(whole)/2]}
	for at := 4096 + 100; at < len(whole); at += 4096 { // in every page but the first
		flipped := append([]byte(nil), whole...)
		copy(flipped[at-100:], strings.Repeat("\xff", 64)) // its header
		bad[fmt.Sprint("damaged at ", at)] = flipped
	}
	for name, data := range bad {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Restore(t.Context(), file, RestoreOptions{}); err == nil || strings.Contains(err.Error(), "diarchy-restore") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := l.Restore(t.Context(), filepath.Join(dir, "none"), RestoreOptions{}); err == nil {
		t.Error("a file that is not there")
	}
	if head, err := l.Verify(t.Context(), Head{}); err != nil || head.Seq != 4 || count(t, l, "session") != 1 {
		t.Errorf("the ledger is not as before: %+v %v", head, err)
	}
}

// TestFailingRestore has the n-th write of a restore fail, for n = 1 until none does: the
// ledger is as before (R5).
func TestFailingRestore(t *testing.T) {
	l := furnished(t)
	file := filepath.Join(t.TempDir(), "ledger.backup")
	if _, err := l.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	do(t, l, "INSERT INTO account (id, name, created_us) VALUES ('b', 'bob', 0)")
	failed := errors.New("no write")
	for n := 1; ; n++ {
		at := 0
		l.before = func() error {
			if at++; at == n {
				return failed
			}
			return nil
		}
		_, err := l.Restore(t.Context(), file, RestoreOptions{})
		l.before = nil
		accounts := count(t, l, "account")
		if err == nil && accounts == 1 && n > 1 {
			return
		}
		if head, verified := l.Verify(t.Context(), Head{}); !errors.Is(err, failed) || accounts != 2 || count(t, l, "session") != 1 || verified != nil || head.Seq != 4 {
			t.Fatalf("write %d: %d accounts, %+v, %v; %v", n, accounts, head, verified, err)
		}
	}
}
