package ledger

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// onServer skips a test of what only a server has, the first time that tests run.
func onServer(t *testing.T) {
	t.Helper()
	if isFile() {
		t.Skip("TestOnPostgres runs it")
	}
}

// TestKeyOfAServer: each host has the key that the ledger was made with, or is refused
// before it writes anything.
func TestKeyOfAServer(t *testing.T) {
	onServer(t)
	dir := t.TempDir()
	here := newPlace(t, filepath.Join(dir, "here"))
	l := opened(t, here)
	appendLines(t, l, 1)
	there := place{filepath.Join(dir, "sub", "there"), here.address}
	for _, key := range []string{"", strings.Repeat("ab", keyBytes)} { // none, another one
		if key != "" {
			if err := errors.Join(os.MkdirAll(filepath.Dir(there.path), 0o700), os.WriteFile(there.path+keySuffix, []byte(key), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		_, err := there.open(t.Context(), Options{Create: true})
		if !errors.Is(err, problem.Damaged) || !strings.Contains(problem.Hint(err), "copy the file from the host that made the ledger") || !strings.Contains(err.Error(), there.path) {
			t.Errorf("with the key %q: %v", key, err)
		}
		if key == "" && isThere(there.path+keySuffix) {
			t.Error("a second key was made")
		}
	}
	right, err := os.ReadFile(l.KeyPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(there.path+keySuffix, right, 0o600); err != nil {
		t.Fatal(err)
	}
	appendLines(t, opened(t, there), 1)
	if head, err := l.Verify(t.Context(), Head{}); err != nil || head.Seq != 3 {
		t.Errorf("%+v %v", head, err)
	}
}

// TestSameTables: what one kind of ledger holds, the other has a place for.
func TestSameTables(t *testing.T) {
	columns := map[string]map[string][]string{}
	for _, kind := range []string{"sqlite", "postgres"} {
		columns[kind] = map[string][]string{}
		files, err := filepath.Glob(filepath.Join("migrations", kind, "*.sql"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(files)
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \(\n(.*?)\n\)`).FindAllStringSubmatch(string(text), -1) {
				for _, c := range regexp.MustCompile(`(?m)^  ([a-z_]+) `).FindAllStringSubmatch(m[2], -1) {
					columns[kind][m[1]] = append(columns[kind][m[1]], c[1])
				}
			}
			for _, m := range regexp.MustCompile(`DROP TABLE (\w+)`).FindAllStringSubmatch(string(text), -1) {
				delete(columns[kind], m[1])
			}
		}
	}
	delete(columns["postgres"], "key_check")
	var names []string
	for table, of := range columns["sqlite"] {
		names = append(names, table)
		if !slices.Equal(of, columns["postgres"][table]) {
			t.Errorf("%s has %v in SQLite and %v in PostgreSQL", table, of, columns["postgres"][table])
		}
	}
	sorted := slices.Sorted(slices.Values(tables))
	if slices.Sort(names); !slices.Equal(names, sorted) || len(columns["postgres"]) != len(names) {
		t.Errorf("tables are %v, copied are %v", names, sorted)
	}
}

// TestWhatServersRefuse: bytes that are no text come from browsers, and must neither
// fail nor find what is not theirs.
func TestWhatServersRefuse(t *testing.T) {
	l := fresh(t)
	const odd = "half \xc3 and \x00"
	do(t, l, "INSERT INTO account (id, name, created_us) VALUES ('a', 'what?', 0)")
	do(t, l, "INSERT INTO session VALUES (?, 's', 'a', '', 0, 0, 0, '', ?)", []byte{0, 0xff}, odd)
	err := l.Read(t.Context(), func(tx *Tx) error {
		var n int
		if ok, err := tx.Get("SELECT 1 FROM account WHERE name = 'what?' AND id = ?", []any{"a"}, &n); err != nil || !ok {
			t.Errorf("a ? in a text: %v %v", ok, err)
		}
		if ok, err := tx.Get("SELECT 1 FROM account WHERE name = ?", []any{odd}, &n); err != nil || ok {
			t.Errorf("found by no text: %v %v", ok, err)
		}
		_, err := tx.Get("SELECT COUNT(*) FROM session WHERE hash = ?", []any{[]byte{0, 0xff}}, &n)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d sessions", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestErrorsOfServers say what to do, and show no password.
func TestErrorsOfServers(t *testing.T) {
	for what, c := range map[string]struct{ address, want, hint string }{
		"nothing listens": {"postgres://ann:hunter2@127.0.0.1:1/x", "nothing answers there", "start the server"},
		"no address":      {"postgres://ann:hunter2@host:port/x", "the address of the ledger", "postgres://USER@HOST:PORT/DATABASE"},
		"many schemas":    {"postgres://ann:hunter2@127.0.0.1:1/x?search_path=a,b", "not the name of one schema", "lower-case"},
	} {
		_, err := OpenPostgres(t.Context(), c.address, Options{Key: filepath.Join(t.TempDir(), "k")})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(problem.Hint(err), c.hint) || strings.Contains(err.Error(), "hunter2") || errors.Is(err, problem.Missing) {
			t.Errorf("%s: %v\nhint: %s", what, err, problem.Hint(err))
		}
	}
	onServer(t)
	facts := newPlace(t, filepath.Join(t.TempDir(), "x"))
	schema := "facts_of_this_test"
	pgtest.Exec(t, facts.address, "CREATE SCHEMA "+schema)
	facts.address = os.Getenv(onPostgres) + "&search_path=" + schema
	pgtest.Exec(t, facts.address, "CREATE TABLE schema_migration (name varchar, checksum varchar)")
	if _, err := facts.open(t.Context(), Options{Create: true}); !errors.Is(err, problem.Usage) || !strings.Contains(err.Error(), "holds something else") {
		t.Errorf("in the schema of facts: %v", err)
	}
	l := fresh(t)
	tx, err := beside(t, l).writer.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // at the end of a test
	if err := l.engine.begin(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	if _, err := l.writer.Exec("SET lock_timeout = '50ms'"); err != nil {
		t.Fatal(err)
	}
	err = l.Write(t.Context(), func(tx *Tx) error { return tx.Append(Event{}) })
	if !errors.Is(err, problem.Locked) || strings.Contains(err.Error(), "let") {
		t.Errorf("while another writes: %v", err)
	}
}

// TestWhoOnlyReads can follow the audit trail, and write nothing. Who may not even do
// that is told so, not that there is no ledger: erased people would come back.
func TestWhoOnlyReads(t *testing.T) {
	onServer(t)
	p := newPlace(t, filepath.Join(t.TempDir(), "x"))
	l := opened(t, p)
	appendLines(t, l, 2)
	schema := l.engine.(server).at.Schema
	pgtest.Exec(t, p.address, "CREATE ROLE reader LOGIN PASSWORD 'r'")
	u, err := url.Parse(p.address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("reader", "r")
	if _, err := (place{p.path, u.String()}).open(t.Context(), Options{}); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("without any right: %v", err)
	}
	for _, s := range []string{"GRANT USAGE ON SCHEMA " + schema + " TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO reader"} {
		pgtest.Exec(t, p.address, s)
	}
	t.Cleanup(func() {
		pgtest.Exec(t, p.address, "DROP OWNED BY reader")
		pgtest.Exec(t, p.address, "DROP ROLE reader")
	})
	r := opened(t, place{p.path, u.String()})
	if head, err := r.Verify(t.Context(), Head{}); err != nil || head.Seq != 3 {
		t.Errorf("%+v %v", head, err)
	}
	if err := r.Write(t.Context(), func(tx *Tx) error { return tx.Append(Event{}) }); err == nil {
		t.Error("a reader wrote")
	}
}

// TestServerKilled kills a server under a ledger: what was acknowledged is there, the
// chain holds, and the ledger goes on once the server is back.
func TestServerKilled(t *testing.T) {
	onServer(t)
	s := pgtest.Durable(t, "")
	l, err := OpenPostgres(t.Context(), s.Address("postgres"), Options{Create: true, Key: filepath.Join(t.TempDir(), "k")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // at the end of a test
	acknowledged, kills := int64(1), 3
	if os.Getenv("DIARCHY_DRILL") != "" {
		kills = 100
	}
	write := func() error {
		err := lineAndRow(l)
		if err == nil {
			acknowledged++
		}
		return err
	}
	lines := 0
	for k := range kills {
		for range 50 { // until connections that were cut are known to be
			if err = write(); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if err != nil {
			t.Fatal(err)
		}
		before := acknowledged
		killed := make(chan error)
		time.AfterFunc(time.Duration(20+k*37%180)*time.Millisecond, func() { killed <- s.Kill() })
		var failed error
		for failed == nil {
			failed = write()
		}
		lines += int(acknowledged - before)
		if err := <-killed; err != nil {
			t.Fatal(err)
		}
		if strings.Contains(failed.Error(), "let me in") || errors.Is(failed, problem.Missing) {
			t.Error(failed)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		var head Head
		for range 50 { // until connections that were cut are known to be
			if head, err = l.Verify(t.Context(), Head{}); err == nil || errors.Is(err, problem.Damaged) {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		rows := int64(0)
		if err == nil {
			rows = int64(count(t, l, "erasure"))
		}
		// The one whose acknowledgement was lost may be there.
		if err != nil || head.Seq < acknowledged || head.Seq > acknowledged+1 || rows != head.Seq-1 {
			t.Fatalf("kill %d: %d lines and %d rows, %v; %d acknowledged; it ended by %v", k, head.Seq, rows, err, acknowledged, failed)
		}
		acknowledged = head.Seq
	}
	t.Logf("%d kills, %d lines acknowledged in the midst of writing", kills, lines)
	if lines == 0 {
		t.Error("nothing was written while servers were killed")
	}
}

// rows are all of a table, as text.
func rows(t *testing.T, l *Ledger, table string) (out []string) {
	t.Helper()
	err := l.Read(t.Context(), func(tx *Tx) error {
		all, err := tx.QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			return err
		}
		defer all.Close() //nolint:errcheck // its error is looked at
		columns, err := all.Columns()
		for all.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := all.Scan(into...); err != nil {
				return err
			}
			out = append(out, fmt.Sprintf("%q", row))
		}
		return errors.Join(err, all.Err())
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// TestRestoreIntoTheOtherKind takes a ledger with rows in every table from a server into a
// file, and from there to another server, while it is written to: rows and hashes are the
// same, but for what a restore ends (R14).
func TestRestoreIntoTheOtherKind(t *testing.T) {
	onServer(t)
	l := furnished(t)
	id := []byte{0, 1, 0xff}
	do(t, l, "INSERT INTO account_role VALUES ('a', 'administrator')")
	do(t, l, "INSERT INTO identity VALUES ('https://x', 'ä', 'a', ?, 1)", id)
	do(t, l, "INSERT INTO identity VALUES ('https://y', '', 'a', ?, 1)", []byte(nil))
	do(t, l, "INSERT INTO api_token VALUES (?, 't', 'a', 'n', 'read:x', '', 1, 2, NULL)", id)
	do(t, l, "INSERT INTO recovery_code VALUES ('a', ?)", id)
	do(t, l, "INSERT INTO sign_in_attempt VALUES (?, 1, 2, 3)", id)
	do(t, l, "INSERT INTO one_time_link VALUES (?, 'first', NULL, '', 9)", id)
	do(t, l, "INSERT INTO oidc_flow VALUES (?, 'p', 'n', ?, NULL, 9)", id, id)
	do(t, l, "INSERT INTO pause VALUES (1, 7)")
	do(t, l, `INSERT INTO sync_run VALUES (1, 2, 3, '["ä: gone"]', '')`)
	erase(t, l)
	appendLines(t, l, 2*together)
	ended := map[string]bool{"session": true, "api_token": true, "one_time_link": true, "oidc_flow": true, "sign_in_attempt": true}
	for _, table := range tables {
		if table != "audit_erased" && len(rows(t, l, table)) == 0 {
			t.Errorf("nothing is in %s", table)
		}
	}
	noted, err := l.Verify(t.Context(), Head{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(l.KeyPath())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path+keySuffix, key, 0o600); err != nil {
		t.Fatal(err)
	}
	inFile, err := Open(t.Context(), path, Options{Now: l.now, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer inFile.Close() //nolint:errcheck // at the end of a test
	third := newPlace(t, path)
	writes := make(chan error)
	go func() { // while it is written to
		var err error
		for i := range 40 {
			err = errors.Join(err, l.Write(t.Context(), func(tx *Tx) error { return tx.Append(Event{Actor: "beside", Subject: fmt.Sprint(i)}) }))
		}
		writes <- err
	}()
	from := l
	for _, to := range []*Ledger{inFile, opened(t, third)} {
		backup := filepath.Join(t.TempDir(), "ledger.backup")
		held, err := from.Backup(t.Context(), backup)
		if err != nil || held.Seq < noted.Seq {
			t.Fatal(held, err)
		}
		if from == l {
			if err := <-writes; err != nil {
				t.Fatal(err)
			}
		}
		head, err := to.Restore(t.Context(), backup, RestoreOptions{})
		if err != nil || head.Seq != held.Seq+1 {
			t.Fatalf("%+v after %+v, %v", head, held, err)
		}
		for _, known := range []Head{noted, held, head} {
			if _, err := to.Verify(t.Context(), known); err != nil {
				t.Error(err)
			}
		}
		for _, table := range tables {
			got, want := rows(t, to, table), rows(t, from, table)
			switch {
			case ended[table]:
				want = nil
			case table == "audit":
				got, want = got[:len(got)-1], slices.DeleteFunc(want, func(row string) bool { return !slices.Contains(got, row) })
				if len(want) != int(held.Seq) {
					t.Errorf("%d of %d lines", len(want), held.Seq)
				}
				continue
			case table == "audit_head":
				continue // the line ledger.restore
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s holds\n%s\nwant\n%s", table, got, want)
			}
		}
		from = to
	}
	if err := from.Write(t.Context(), func(tx *Tx) error { _, err := tx.Exec("DELETE FROM audit"); return err }); err == nil {
		t.Error("after a restore the audit trail is not append-only")
	}
}
