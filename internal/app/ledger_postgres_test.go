package app_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/google/go-cmp/cmp"
)

// enters signs in by name and password.
func (s *serving) enters(name string) {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	resp, err := c.PostForm(s.address+"/enter", url.Values{"name": {name}, "password": {sentence}, "to": {"/help"}})
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck // what the session sees is asked for below
	if status, text := s.get(c, "/help"); status != http.StatusOK || !strings.Contains(text, "How to get around") {
		s.t.Errorf("signed in as %s: status %d\n%.300s", name, status, text)
	}
}

func (h home) head(args ...string) (head cli.AuditHead) {
	h.t.Helper()
	if err := json.Unmarshal([]byte(h.ok(append(args, "--json")...)), &head); err != nil {
		h.t.Fatal(err)
	}
	return head
}

// accounts are listed without when they were there last: a restore ends sessions.
func (h home) accounts(args ...string) []cli.Account {
	h.t.Helper()
	var list struct{ Accounts []cli.Account }
	if err := json.Unmarshal([]byte(h.ok(append(args, "--json")...)), &list); err != nil || len(list.Accounts) == 0 {
		h.t.Fatal(list, err)
	}
	for i := range list.Accounts {
		list.Accounts[i].LastSeen = ""
	}
	return list.Accounts
}

// TestLedgerOnPostgreSQL serves a workspace whose ledger is on a server: who was made an
// administrator signs in, commands write beside the server, and the audit trail holds.
// Then a backup goes into a file of SQLite and into another database, with accounts,
// audit trail and key (R14).
func TestLedgerOnPostgreSQL(t *testing.T) {
	address := pgtest.New(t)
	h := newHome(t)
	h.env = append(h.env, "DIARCHY_LEDGER="+address)
	dir := company(t, h)
	repo := smallRepo(t)
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\nsources:\n  - {git: "+repo+"}\n")
	on := func(dir string, args ...string) []string { return append(args, "--workspace", dir) }
	h.fails(1, "there is no ledger at database ", on(dir, "account", "list")...)
	if out := h.ok(on(dir, "doctor")...); !strings.Contains(out, "none yet; diarchy serve makes it") || strings.Contains(out, "let%20me%20in") {
		t.Errorf("doctor prints\n%s", out)
	}
	lost := home{t, append(newHome(t).env, "DIARCHY_LEDGER=postgres://ann:hunter2@127.0.0.1:1/x")}
	lost.fails(1, "nothing answers there", on(dir, "sync")...) // people who were erased would come back
	if r := lost.run(on(dir, "doctor")...); r.code == 0 || strings.Contains(r.out+r.err, "hunter2") || !strings.Contains(r.out, "nothing answers there") {
		t.Errorf("doctor without the server: %+v", r)
	}
	h.fails(2, "needs a file for its key", "account", "list")
	s := serveDir(t, dir, "DIARCHY_LEDGER="+address)
	s.client()
	s.enters("ADA")
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			if r := h.run(on(dir, "account", "invite", fmt.Sprint("beside", i))...); r.code != 0 {
				t.Errorf("beside the server: %+v", r)
			}
		})
		all.Go(func() { s.enters("ada") })
	}
	all.Wait()
	head := h.head(on(dir, "audit", "verify")...)
	if head.Lines < 12 || !strings.Contains(head.Ledger, "schema diarchy_ledger") || strings.Contains(head.Ledger, "let") {
		t.Errorf("%+v", head)
	}
	if out := h.ok(on(dir, "config", "show")...); !strings.Contains(out, "postgres://tester:***@") {
		t.Errorf("config show prints\n%s", out)
	}
	backup := filepath.Join(t.TempDir(), "ledger.backup")
	h.ok(on(dir, "ledger", "backup", backup)...)
	accounts := h.accounts(on(dir, "account", "list")...)
	s.stop()
	if out := strings.Join(strings.Fields(h.ok(on(dir, "doctor")...)), " "); !strings.Contains(out, "schema diarchy_ledger, with its key in "+filepath.Join(dir, "ledger", "ledger.sqlite.key")) || !strings.Contains(out, "of the audit trail hold") {
		t.Errorf("doctor prints\n%s", out)
	}
	key := filepath.Join("ledger", "ledger.sqlite.key")
	if files, err := fs.Glob(os.DirFS(dir), "ledger/*"); err != nil || len(files) != 2 { // and .gitignore
		t.Errorf("beside the server the workspace holds %v %v", files, err)
	}

	inFile, elsewhere := home{t, newHome(t).env}, home{t, append(newHome(t).env, "DIARCHY_LEDGER="+pgtest.New(t))}
	for name, other := range map[string]home{"a file": inFile, "another database": elsewhere} {
		dir2 := company(t, h)
		other.ok(on(dir2, "account", "invite", "somebody")...)
		other.fails(1, "is not sealed by this ledger's key", on(dir2, "ledger", "restore", backup)...)
		took, err := os.ReadFile(filepath.Join(dir, key))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir2, key), string(took))
		if name == "another database" { // whose ledger was made with another key
			other.fails(1, "is not the key of the ledger", on(dir2, "ledger", "restore", backup)...)
			other.ok(on(dir2, "ledger", "restore", backup, "--without-key")...)
			if err := os.Remove(filepath.Join(dir2, key)); err != nil {
				t.Fatal(err)
			}
			other.fails(1, "is not here", on(dir2, "account", "list")...)
			write(t, filepath.Join(dir2, key), string(took))
		}
		other.ok(on(dir2, "ledger", "restore", backup)...)
		other.ok(on(dir2, "audit", "verify", "--head", head.Head)...)
		if diff := cmp.Diff(accounts, other.accounts(on(dir2, "account", "list")...)); diff != "" {
			t.Errorf("on the server (-) and in %s (+)\n%s", name, diff)
		}
		again := filepath.Join(t.TempDir(), "again.backup")
		other.ok(on(dir2, "ledger", "backup", again)...)
		h.ok(on(dir, "ledger", "restore", again)...)
		h.ok(on(dir, "audit", "verify", "--head", head.Head)...)
	}
}
