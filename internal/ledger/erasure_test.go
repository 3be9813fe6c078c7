package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func note(t *testing.T, l *Ledger, e Event) {
	t.Helper()
	if err := l.Write(t.Context(), func(tx *Tx) error { return tx.Append(e) }); err != nil {
		t.Fatal(err)
	}
}

// erase takes a name out of the trail.
func erase(t *testing.T, l *Ledger) (lines int) {
	t.Helper()
	err := l.Write(t.Context(), func(tx *Tx) (err error) {
		if err := tx.Erase(Erasure{Person: "erased-0badcafe", At: tx.Now, By: "operator", Keys: []ErasureKey{{"words", 2, l.Keyed("words", "jane roe")}}}); err != nil {
			return err
		}
		lines, err = tx.Redact(func(s string) string { return strings.ReplaceAll(s, "jane-roe", "erased-0badcafe") }, Event{Actor: "operator", Subject: "erased-0badcafe"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestRedact: a name goes from every line and every page of the file; the chain, and a
// head that was noted before, still hold; any other change of a line is found (P15, T22).
func TestRedact(t *testing.T) {
	l := fresh(t)
	note(t, l, Event{Actor: "a1", Action: "account.person", Subject: "a1", Detail: map[string]string{"person": "jane-roe"}})
	note(t, l, Event{Actor: "jane-roe", Action: "x", Subject: "y"})
	noted, err := l.Verify(t.Context(), Head{})
	if err != nil {
		t.Fatal(err)
	}
	if n := erase(t, l); n != 2 {
		t.Errorf("%d lines were changed, want 2", n)
	}
	note(t, l, Event{Actor: "a2", Action: "x", Subject: "after"})
	if _, err := l.Verify(t.Context(), noted); err != nil {
		t.Errorf("after the erasure: %v", err)
	}
	if n := erase(t, l); n != 0 {
		t.Errorf("erased again, %d lines were changed", n)
	}
	if err := l.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		if data, err := os.ReadFile(strings.TrimSuffix(l.KeyPath(), keySuffix) + suffix); isFile() && err != nil && suffix == "" || strings.Contains(string(data), "jane-roe") {
			t.Errorf("the name is in %s%s, or: %v", FileName, suffix, err)
		}
	}
	for what, statement := range map[string]string{
		"a changed line loses more":    `UPDATE audit SET entry = replace(entry, '"x"', '"z"') WHERE seq = 3`,
		"another line loses a name":    `INSERT INTO audit_erased SELECT 5, digest FROM audit_erased WHERE seq = 3`,
		"what tells of them goes":      `DELETE FROM audit_erased WHERE seq = 2`,
		"a line changes with its hash": `UPDATE audit_erased SET digest = (SELECT digest FROM audit_erased b WHERE b.seq = 3) WHERE seq = 2`,
	} {
		err := l.Write(t.Context(), func(tx *Tx) error {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
			head, hash, err := tx.follow(Head{})
			if err == nil {
				err = tx.sealed(head.Seq, hash)
			}
			if err == nil {
				t.Errorf("%s: nobody notices", what)
			}
			return fmt.Errorf("take it back")
		})
		if err == nil {
			t.Fatal("written")
		}
	}
	for _, statement := range []string{"UPDATE audit SET entry = '{}' WHERE seq = 1", "UPDATE audit SET hash = (SELECT hash FROM audit b WHERE b.seq = 1) WHERE seq = 2"} {
		if err := l.Write(t.Context(), func(tx *Tx) error { _, err := tx.Exec(statement); return err }); err == nil {
			t.Errorf("%s: allowed", statement)
		}
	}
}

// TestRestoreErasesAgain: what a backup brings back of somebody who was erased since goes
// before anybody sees it.
func TestRestoreErasesAgain(t *testing.T) {
	l := fresh(t)
	note(t, l, Event{Actor: "jane-roe", Action: "x", Subject: "y"})
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := l.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	erase(t, l)
	again := func(tx *Tx) error {
		_, err := tx.Redact(func(s string) string { return strings.ReplaceAll(s, "jane-roe", "erased-0badcafe") }, Event{Actor: "operator", Subject: "erased-0badcafe"})
		return err
	}
	if _, err := l.Restore(t.Context(), backup, RestoreOptions{Erase: again}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Verify(t.Context(), Head{}); err != nil {
		t.Error(err)
	}
	all, err := l.Erasures(t.Context())
	if err != nil || len(all) != 1 || len(all[0].Keys) != 2 {
		t.Errorf("%+v %v", all, err)
	}
	err = l.Audit(t.Context(), 0, func(a Audited) error {
		if strings.Contains(fmt.Sprint(a.Line), "jane-roe") {
			t.Errorf("back again: %v", a.Line)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestErasuresNeedTheirKey: with another key nobody would be known again, so it is refused.
func TestErasuresNeedTheirKey(t *testing.T) {
	if !isFile() {
		t.Skip("of SQLite: on a server, another key is refused at once")
	}
	l := fresh(t)
	erase(t, l)
	if err := os.Remove(l.KeyPath()); err != nil {
		t.Fatal(err)
	}
	other, err := Open(t.Context(), l.Where(), Options{NewKey: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // at the end of a test
	if _, err := other.Erasures(t.Context()); err == nil || !strings.Contains(err.Error(), "their names would come back") {
		t.Errorf("with another key: %v", err)
	}
}
