package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// erasedCompany is a company in which somebody is named wherever somebody can be.
type erasedCompany struct {
	home
	dir, database string
	person        workspace.Person
}

func newErasedCompany(t *testing.T, database string) erasedCompany {
	t.Helper()
	c := erasedCompany{home: newHome(t), dir: t.TempDir(), database: database}
	c.repo()
	authors := c.authors()
	c.person = authors[0]
	organisation := "# " + c.person.Name + " began it.\npeople:\n"
	for i, p := range authors {
		manager := "none"
		if i > 0 {
			manager = c.person.ID
		}
		organisation += "  - {id: " + p.ID + ", name: " + p.Name + ", emails: [" + p.Emails[0] + "], role: engineer, manager: " + manager + "}\n"
	}
	write(t, filepath.Join(c.dir, workspace.OrganisationFile), organisation)
	c.mention(filepath.Join(c.dir, "repos"), "Ask "+c.person.Name)
	write(t, filepath.Join(c.dir, workspace.FileName), "company: {name: Example}\nsources:\n  - {git: repos/api.git}\nidentities:\n  merge:\n    - of: ["+c.person.Emails[0]+", second@home.example]\n      reason: "+c.person.Name+" has two\n")
	return c
}

// authors are who writes.
func (c erasedCompany) authors() (out []workspace.Person) {
	for _, name := range []string{"Jane Roe", "Ada Example", "Bob Writer"} {
		id := strings.ToLower(strings.ReplaceAll(name, " ", "-"))
		out = append(out, workspace.Person{ID: id, Name: name, Emails: []string{strings.ReplaceAll(id, "-", ".") + "@corp.example"}})
	}
	return out
}

// repo makes a repository of a year, in which all of them write code and leave debts.
func (c erasedCompany) repo() {
	c.t.Helper()
	dir := filepath.Join(c.dir, "repos", "api.git")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		c.t.Fatal(err)
	}
	git(c.t, dir, "init", "-q", "--bare", "-b", "main")
	var in strings.Builder
	begin := time.Date(2025, 6, 2, 9, 0, 0, 0, time.UTC)
	for i := range 110 {
		p := c.authors()[i*i%3]
		who := fmt.Sprintf("%s <%s> %d +0000", p.Name, p.Emails[0], begin.Add(time.Duration(i)*84*time.Hour).Unix())
		file := fmt.Sprintf("package api // %d\n\n// TODO(%s): do it\nfunc F%d() {}\n", i, p.Name, i)
		message := fmt.Sprintf("Change %d of %s", i, p.Name)
		fmt.Fprintf(&in, "commit refs/heads/main\nauthor %s\ncommitter %s\ndata %d\n%s\nM 100644 inline f%d.go\ndata %d\n%s\n", who, who, len(message), message, i%7, len(file), file)
		if i == 60 {
			record := "# Use it\n\nStatus: accepted\nDeciders: " + p.Name + "\n"
			fmt.Fprintf(&in, "M 100644 inline docs/decisions/0001-use-it.md\ndata %d\n%s\n", len(record), record)
		}
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(in.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%v %s", err, out)
	}
}

// mention adds a commit that names the person in every way.
func (c erasedCompany) mention(repos, subject string) {
	c.t.Helper()
	all, err := filepath.Glob(filepath.Join(repos, "*.git"))
	if err != nil || len(all) == 0 {
		c.t.Fatal(all, err)
	}
	tree := strings.TrimSpace(git(c.t, all[0], "rev-parse", "main^{tree}"))
	commit := gitAt(c.t, all[0], "2026-06-20T10:00:00Z", "commit-tree", tree, "-p", "main",
		"-m", subject+" <"+c.person.Emails[0]+">\n\nCo-authored-by: "+c.person.Name+" <"+strings.ToUpper(c.person.Emails[0])+">\nReviewed-by: JR <second@home.example>")
	git(c.t, all[0], "update-ref", "refs/heads/main", strings.TrimSpace(commit))
}

func (c erasedCompany) on(args ...string) []string {
	return append(args, "--workspace", c.dir, "--database", c.database, "--quiet")
}

func (c erasedCompany) with(database string) erasedCompany {
	c.database = database
	return c
}

func (c erasedCompany) open() *store.Store {
	c.t.Helper()
	var st *store.Store
	var err error
	if workspace.IsPostgres(c.database) {
		st, err = postgres.Open(context.Background(), c.database)
	} else {
		st, err = duckdb.Open(context.Background(), c.database, duckdb.Options{})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return st
}

// numbers are all metrics, from facts and from rollups.
func (c erasedCompany) numbers() map[string]metric.Series {
	c.t.Helper()
	st := c.open()
	defer st.Close() //nolint:errcheck // only read
	doc, err := workspace.Load(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	defs, err := metric.Catalogue()
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string]metric.Series{}
	for name, rolled := range map[string]bool{"facts": false, "rollups": true} {
		e := metric.Evaluator{Reader: st, Scope: "company", AsOf: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Rolled: rolled,
			Calendar: metric.Calendar{Zone: doc.Company.TimeZone.String(), WeekStart: strings.ToLower(doc.Company.WeekStart.String())}}
		for _, d := range defs {
			if out[d.Name+" from "+name], err = e.Evaluate(context.Background(), d); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	return out
}

// traces are the places at which a name, an address or an id is still to be found.
func (c erasedCompany) traces() (found []string) {
	c.t.Helper()
	first, last, _ := strings.Cut(c.person.Name, " ")
	trace := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(first) + `.{0,3}` + regexp.QuoteMeta(last) + `|second@home\.example|` + regexp.QuoteMeta(c.person.ID))
	look := func(where, text string) {
		if m := trace.FindString(text); m != "" {
			found = append(found, where+": "+m)
		}
	}
	st := c.open()
	for _, table := range store.Tables() {
		for _, row := range storetest.Rows(c.t, st, "SELECT * FROM "+table) {
			look(table, strings.Join(row, " "))
		}
	}
	if err := st.Close(); err != nil {
		c.t.Fatal(err)
	}
	for _, args := range [][]string{{"org", "match", "--json"}, {"audit", "show", "--last", "100", "--json"}, {"account", "list", "--json"}} {
		look(strings.Join(args, " "), c.run(c.on(args...)...).out)
	}
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "repos" || d.Name() == "exports") {
			return errorsOrSkip(err)
		}
		if d.Type().IsRegular() {
			text, err := os.ReadFile(path)
			look(path, string(text))
			return err
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return found
}

func errorsOrSkip(err error) error {
	if err == nil {
		return fs.SkipDir
	}
	return err
}

// TestErase: after an erasure nothing names the person: not when sources are read again,
// also into a new database, and not when backups from before come back. Numbers are what
// they were, and the audit trail verifies (P15).
func TestErase(t *testing.T) {
	for name, database := range map[string]func() string{"duckdb": func() string { return "" }, "postgres": func() string { return pgtest.New(t) }} {
		t.Run(name, func(t *testing.T) {
			where := database()
			c := newErasedCompany(t, where)
			if where == "" {
				c.database = filepath.Join(c.dir, "facts.duckdb")
			} else { // the ledger is in the same database
				c.env = append(c.env, "DIARCHY_LEDGER="+where)
			}
			c.ok(c.on("sync")...)
			c.ok(c.on("account", "invite", "boss", "--role", "administrator")...)
			c.ok(c.on("account", "invite", c.person.Emails[0], "--person", c.person.ID, "--role", "member")...)
			if len(c.traces()) < 8 {
				t.Fatalf("hardly named: %q", c.traces())
			}
			before := c.numbers()
			facts, ledger := filepath.Join(t.TempDir(), "facts.backup"), filepath.Join(t.TempDir(), "ledger.backup")
			c.ok(c.on("backup", facts)...)
			c.ok(c.on("ledger", "backup", ledger)...)

			if out := c.ok(c.on("person", "erase", c.person.ID)...); !strings.Contains(out, "Nothing was changed") || len(c.traces()) < 8 {
				t.Errorf("without --yes: %s", out)
			}
			var plan cockpit.PersonErasure
			if err := json.Unmarshal([]byte(c.ok(c.on("person", "erase", c.person.ID, "--yes", "--json")...)), &plan); err != nil || !plan.Done {
				t.Fatalf("%v %+v", err, plan)
			}
			check := func(c erasedCompany, what string) {
				t.Helper()
				if found := c.traces(); len(found) > 0 {
					t.Errorf("%s: %q", what, found)
				}
				if diff := cmp.Diff(before, c.numbers(), cmpopts.EquateApprox(1e-12, 0), cmpopts.EquateNaNs(), cmpopts.IgnoreFields(metric.Series{}, "Metric", "Zone")); diff != "" {
					t.Errorf("%s: numbers differ\n%.2000s", what, diff)
				}
				c.ok(c.on("audit", "verify")...)
			}
			check(c, "erased")
			c.ok(c.on("sync", "--rebuild")...)
			check(c, "read again")
			if where == "" {
				anew := c.with(filepath.Join(t.TempDir(), "anew.duckdb"))
				anew.ok(anew.on("sync")...)
				check(anew, "read into a new database")
			}
			c.ok(c.on("restore", facts, "--replace")...)
			c.ok(c.on("ledger", "restore", ledger)...)
			check(c, "backups came back")

			c.mention(filepath.Join(c.dir, "repos"), "Thanks, "+c.person.Name)
			c.ok(c.on("sync")...)
			if found := c.traces(); len(found) > 0 {
				t.Errorf("a new commit: %q", found)
			}
			if out := c.run(c.on("diagnose", "--json")...).out; strings.Contains(out, c.person.Name) || !strings.Contains(out, "verdict") {
				t.Errorf("a diagnosis names the person, or is none: %.300s", out)
			}
			if out := c.ok(c.on("account", "list")...); !strings.Contains(out, "deactivated") || !strings.Contains(out, "boss") {
				t.Errorf("accounts: %s", out)
			}
			for _, who := range []string{plan.Pseudonym, c.person.Name, c.person.Emails[0]} { // again: nothing is left to do
				if out := c.ok(c.on("person", "erase", who, "--yes")...); !strings.Contains(out, "From now on this person is "+plan.Pseudonym) {
					t.Errorf("%s erased again: %s", who, out)
				}
			}
			again := c.ok(c.on("person", "export", plan.Pseudonym)...)
			if !strings.Contains(again, plan.Pseudonym) || len(c.traces()) > 0 {
				t.Errorf("of an erased person: %s", again)
			}
		})
	}
}

// TestEraseBesideAServer: pages stop naming the person while the server runs; once it has stopped,
// the command given again leaves no trace in its files either.
func TestEraseBesideAServer(t *testing.T) {
	c := newErasedCompany(t, "")
	c.database = filepath.Join(c.dir, "facts.duckdb")
	config := filepath.Join(c.dir, workspace.FileName)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, "database: facts.duckdb\n"+string(text))
	s := serveDir(t, c.dir)
	s.warm()
	browser := s.client()
	pages := []string{"/organisation", "/organisation/people", "/decisions", "/explain/truck_factor", "/data"}
	naming := func() (found []string) {
		for _, path := range pages {
			code, text := s.get(browser, path)
			if code != http.StatusOK {
				t.Fatalf("%s: %d", path, code)
			}
			if strings.Contains(text, c.person.Name) || strings.Contains(text, c.person.Emails[0]) || strings.Contains(text, c.person.ID) {
				found = append(found, path)
			}
		}
		return found
	}
	if len(naming()) == 0 {
		t.Fatal("no page names the person before")
	}
	var plan cockpit.PersonErasure
	r := c.apart(c.on("person", "erase", c.person.ID, "--yes", "--json")...)
	if err := json.Unmarshal([]byte(r.out), &plan); err != nil || !plan.Done || !strings.Contains(strings.Join(plan.Left, " "), "stop the server") {
		t.Fatalf("%v %+v", err, r)
	}
	found := naming()
	for until := time.Now().Add(2 * time.Minute); len(found) > 0 && time.Now().Before(until); found = naming() {
		time.Sleep(100 * time.Millisecond)
	}
	if len(found) > 0 {
		t.Errorf("%q still name the person", found)
	}
	s.stop()
	if strings.Contains(s.log.String(), c.person.Name) {
		t.Error("the log names the person")
	}
	c.ok(c.on("person", "erase", plan.Pseudonym, "--yes")...)
	if found := c.traces(); len(found) > 0 {
		t.Errorf("left: %q", found)
	}
	c.ok(c.on("audit", "verify")...)
}

// TestExport: everything that is held about one person, and nothing of others.
func TestExport(t *testing.T) {
	t.Parallel()
	c := newErasedCompany(t, filepath.Join(t.TempDir(), "facts.duckdb"))
	c.ok(c.on("sync")...)
	c.ok(c.on("account", "invite", "boss", "--role", "administrator")...)
	c.ok(c.on("account", "invite", "worker", "--person", c.person.ID, "--role", "member")...)
	var e cockpit.PersonExport
	if err := json.Unmarshal([]byte(c.ok(c.on("person", "export", c.person.Emails[0], "--json")...)), &e); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, f := range e.Facts {
		rows[f.Table] = len(f.Rows)
	}
	if e.Person != c.person.ID || len(e.Identities) < 2 || rows["identity"] != len(e.Identities) || rows["commit"] < 2 || rows["trailer"] == 0 || rows["person_week"] == 0 {
		t.Errorf("%s: %v, %v", e.Person, e.Identities, rows)
	}
	if len(e.Texts) == 0 || !strings.Contains(e.Texts[0].Text, c.person.Name) {
		t.Errorf("texts %v", e.Texts)
	}
	if len(e.Accounts) != 1 || e.Accounts[0].Name != "worker" || len(e.Audit) < 2 {
		t.Errorf("accounts %v, audit %v", e.Accounts, e.Audit)
	}
	if len(e.Documents) < 2 {
		t.Errorf("documents %v", e.Documents)
	}
	doc, err := workspace.LoadOrganisation(filepath.Join(c.dir, workspace.OrganisationFile))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.People {
		for _, address := range p.Emails {
			if p.ID != c.person.ID && strings.Contains(string(text), address) {
				t.Errorf("the address of somebody else is in it: %s", address)
			}
		}
	}
	c.fails(1, `nobody is called "no one"`, c.on("person", "export", "no one")...)
	c.fails(2, "nobody is named", c.on("person", "export", " ")...)
	c.fails(2, "need", "person", "erase", "x")
}

// TestEraseRefuses: what cannot be erased as it is, with what to do.
func TestEraseRefuses(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	dir, repo := t.TempDir(), t.TempDir()
	git(t, repo, "init", "-q", "-b", "main")
	for _, who := range []string{"Jane Roe <jane@example.com>", "Jane Roe <jane@other.example>", "dependabot[bot] <bot@example.com>"} {
		git(t, repo, "commit", "-q", "--allow-empty", "-m", "By "+who, "--author", who)
	}
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\nsources:\n  - {git: "+repo+"}\nidentities:\n  split:\n    - of: [jane@example.com, jane@other.example]\n")
	on := func(args ...string) []string { return append(args, "--workspace", dir, "--quiet") }
	h.ok(on("sync")...)
	h.fails(2, "2 people are called so", on("person", "erase", "Jane Roe")...)
	h.fails(2, "is taken for a bot", on("person", "erase", "bot@example.com")...)
	h.ok(on("account", "invite", "jane@example.com", "--role", "administrator")...)
	h.fails(2, "the last administrator", on("person", "erase", "jane@example.com", "--yes")...)
	h.ok(on("account", "invite", "boss", "--role", "administrator")...)
	out := strings.Join(strings.Fields(h.ok(on("person", "erase", "jane@example.com", "--yes")...)), " ")
	if !strings.Contains(out, `"jane roe" stays in texts: it also names somebody else`) {
		t.Errorf("%s", out)
	}
	h.ok(on("sync", "--rebuild")...)
	if out := h.ok(on("facts", "identity")...); !strings.Contains(out, "jane@other.example") || strings.Contains(out, "jane@example.com") {
		t.Errorf("somebody else of the same name: %s", out)
	}
	if err := os.Remove(filepath.Join(dir, "ledger", "ledger.sqlite.key")); err != nil {
		t.Fatal(err)
	}
	h.fails(1, "the key of the ledger", on("sync")...)
}
