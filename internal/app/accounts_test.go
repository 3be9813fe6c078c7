package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// company is a workspace with an organisation.
func company(t *testing.T, h home) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\n")
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: grace, manager: none, role: vpe}\n  - {id: ada, manager: grace}\n  - {id: gone, manager: grace, end: 2020-01-31}\n")
	return dir
}

func (h home) ok(args ...string) string {
	h.t.Helper()
	r := h.run(args...)
	if r.code != 0 {
		h.t.Fatalf("%v: status %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

func (h home) fails(code int, text string, args ...string) {
	h.t.Helper()
	if r := h.run(args...); r.code != code || !strings.Contains(r.err, text) {
		h.t.Errorf("%v: status %d, want %d with %q\n%s%s", args, r.code, code, text, r.out, r.err)
	}
}

// TestAccountsAtTheCommandLine invites, changes and ends accounts on the file of the
// ledger, and follows what was written down of it.
func TestAccountsAtTheCommandLine(t *testing.T) {
	h := newHome(t)
	dir := company(t, h)
	on := func(args ...string) []string { return append(args, "--workspace", dir) }
	h.fails(1, "there is no ledger", on("account", "list")...)
	h.fails(1, "nobody who is employed today", on("account", "invite", "x", "--person", "gone")...)
	h.fails(2, "there is no role", on("account", "invite", "x", "--role", "king")...)
	h.fails(2, "need a workspace", "account", "invite", "x")

	var invited cli.Invited
	if err := json.Unmarshal([]byte(h.ok(on("account", "invite", "ada@example.com", "--person", "ada", "--role", "manager,member", "--json")...)), &invited); err != nil {
		t.Fatal(err)
	}
	h.fails(2, "there is an account", on("account", "invite", "ADA@example.com")...)
	if out := h.ok(on("account", "list")...); !strings.Contains(out, "invited; manager, member; ada in the organisation") {
		t.Errorf("%s", out)
	}
	h.ok(on("account", "roles", "ada@example.com", "member")...)
	h.ok(on("account", "deactivate", "ada@example.com")...)
	h.fails(1, `there is no account "bob"`, on("account", "deactivate", "bob")...)
	if out := h.ok(on("account", "list")...); !strings.Contains(out, "deactivated; member") {
		t.Errorf("%s", out)
	}

	shown := strings.Join(strings.Fields(h.ok(on("audit", "show", "--last", "5")...)), " ")
	for _, want := range []string{"operator account.create ada@example.com", "operator link.create", "account.roles", "before manager member", "operator account.deactivate"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the audit trail lacks %q:\n%s", want, shown)
		}
	}
	link, err := url.Parse(invited.Path)
	if err != nil || len(link.Query().Get("link")) < 43 {
		t.Fatalf("%s %v", invited.Path, err)
	}
	if strings.Contains(shown, link.Query().Get("link")) {
		t.Error("the audit trail holds the link")
	}
}

// TestAuditVerify: one line that was removed, or noted and is there no more, fails (T22).
// TestWhoComesBack: an account is that of who left and came back under another id, and not
// of somebody else whose id is alike.
func TestWhoComesBack(t *testing.T) {
	h := newHome(t)
	dir := company(t, h)
	write(t, filepath.Join(dir, "organisation.yaml"), `people:
  - {id: grace, manager: none, role: vpe}
  - {id: ada, name: Ada Example, emails: [ada@example.com], manager: grace, end: 2020-01-31}
  - {id: ada-2, name: Ada Example, emails: [ada@example.com], manager: grace, start: 2020-06-01}
  - {id: bob, emails: [bob@example.com], manager: grace, end: 2020-01-31}
  - {id: bob-2, emails: [bo@example.com], manager: grace, start: 2020-06-01}
`)
	on := func(args ...string) []string { return append(args, "--workspace", dir) }
	h.ok(on("account", "invite", "ada@example.com", "--person", "ada", "--role", "manager")...)
	h.fails(1, "nobody who is employed today", on("account", "invite", "bob@example.com", "--person", "bob", "--role", "manager")...)
	if out := h.ok(on("account", "list")...); !strings.Contains(out, "ada in the organisation") {
		t.Errorf("%s", out)
	}
}

func TestAuditVerify(t *testing.T) {
	h := newHome(t)
	dir := company(t, h)
	on := func(args ...string) []string { return append(args, "--workspace", dir) }
	h.ok(on("account", "invite", "ada", "--role", "administrator")...)
	var head cli.AuditHead
	if err := json.Unmarshal([]byte(h.ok(on("audit", "verify", "--json")...)), &head); err != nil || head.Lines != 3 {
		t.Fatalf("%+v %v", head, err)
	}
	backup := filepath.Join(t.TempDir(), "ledger.backup")
	h.ok(on("ledger", "backup", backup)...)
	h.fails(2, "is there already", on("ledger", "backup", backup)...)
	h.ok(on("account", "invite", "bob")...)
	h.ok(on("audit", "verify", "--head", head.Head)...)
	h.fails(2, "is no head", on("audit", "verify", "--head", "7:abc")...)

	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger", "ledger.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // at the end of a test
	if _, err := db.Exec("DROP TRIGGER audit_kept; DELETE FROM audit WHERE seq = 2"); err != nil {
		t.Fatal(err)
	}
	h.fails(1, "line 2 is missing", on("audit", "verify")...)

	h.ok(on("ledger", "restore", backup)...)
	h.ok(on("audit", "verify", "--head", head.Head)...)
	if out := h.ok(on("account", "list")...); strings.Contains(out, "bob") || !strings.Contains(out, "ada") {
		t.Errorf("after the restore:\n%s", out)
	}
}

// TestNoSecretIsKept plants secrets and looks for them in the ledger with its log, in
// its backup, in what is printed, and in errors (T18).
func TestNoSecretIsKept(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { noSecretIsKept(t, "") })
	t.Run("postgres", func(t *testing.T) { noSecretIsKept(t, pgtest.New(t)) })
}

func noSecretIsKept(t *testing.T, address string) {
	h := newHome(t)
	dir := company(t, h)
	on := func(args ...string) []string { return append(args, "--workspace", dir) }
	path := filepath.Join(dir, "ledger", "ledger.sqlite")
	files := []string{path, path + "-wal"}
	open := func() (*ledger.Ledger, error) { return ledger.Open(t.Context(), path, ledger.Options{}) }
	if address != "" {
		h.env, files = append(h.env, "DIARCHY_LEDGER="+address), nil
		open = func() (*ledger.Ledger, error) {
			return ledger.OpenPostgres(t.Context(), address, ledger.Options{Key: path + ".key"})
		}
	}
	h.ok(on("account", "invite", "x")...)
	l, err := open()
	if err != nil {
		t.Fatal(err)
	}
	accounts := account.New(l, account.Options{Cost: account.Cost{KiB: 64, Passes: 1, Threads: 1}})
	const password, typed, code = "canary-password-1", "canary-typed-as-a-name", "canary-code-99"
	link, _, err := accounts.Create(t.Context(), account.Operator(), account.Invite{Name: "ada", Roles: roleNames("administrator")})
	if err != nil {
		t.Fatal(err)
	}
	session, err := accounts.Accept(t.Context(), link, password, account.Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	ada, err := accounts.Session(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := accounts.StartTOTP(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := accounts.CreateToken(t.Context(), ada, "ci", grantNames("read:delivery"), 1e12)
	if err != nil {
		t.Fatal(err)
	}
	var errs []string
	for _, c := range []account.Credentials{{Name: typed, Password: password}, {Name: "ada", Password: password + "x", Code: code}} {
		_, err := accounts.SignIn(t.Context(), c)
		errs = append(errs, fmt.Sprint(err))
	}
	for _, t1 := range []string{session + "x", link} {
		_, err1 := accounts.Session(t.Context(), t1)
		_, err2 := accounts.Accept(t.Context(), t1, password, account.Credentials{})
		_, err3 := accounts.ConfirmTOTP(t.Context(), ada, code)
		errs = append(errs, fmt.Sprint(err1, err2, err3))
	}
	backup := filepath.Join(t.TempDir(), "ledger.backup")
	var places []string
	for _, f := range append(files, backup) {
		if f == backup {
			h.ok(on("ledger", "backup", backup)...)
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, string(text))
	}
	if !strings.Contains(strings.Join(places[:max(1, len(files))], ""), "ada") {
		t.Fatal("the test does not see what the ledger holds")
	}
	places = append(places, strings.Join(errs, "\n"), h.ok(on("account", "list", "--json")...), h.ok(on("audit", "show", "--last", "100", "--json")...), h.ok(on("config", "show")...))
	for _, secret := range []string{password, typed, code, link, session, token, secret} {
		for i, p := range places {
			if strings.Contains(strings.ToLower(p), strings.ToLower(secret)) {
				t.Errorf("place %d holds %.14q", i, secret)
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func roleNames(s string) []access.Role   { return []access.Role{access.Role(s)} }
func grantNames(s string) []access.Grant { return []access.Grant{access.Grant(s)} }
