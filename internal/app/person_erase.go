package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/erase"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/workspace"
)

// erasing is an erasure on its way.
type erasing struct {
	*personFiles
	who     *somebodyKnown
	further []ledger.Erasure  // of this person: one for each that facts tell apart
	conceal *erase.Concealer  // of everybody who is erased, with this person
	papers  map[string][]byte // changed documents, by path
	plan    cockpit.PersonErasure
}

// ErasePerson implements cli.Actions. The ledger is written first: from then on nothing
// that is read brings the person back, and an erasure that was stopped goes on when it is
// asked for again, by the pseudonym too.
func (p *program) ErasePerson(ctx context.Context, scope cli.Scope, who string, do bool) (out cockpit.PersonErasure, err error) {
	s, err := p.documents(scope)
	if err != nil {
		return out, err
	}
	if s.settings.Ledger == "" {
		return out, problem.New(problem.Usage, "run it in a folder with a diarchy.yaml (diarchy init)", "an erasure needs a workspace, whose ledger keeps that it holds when sources are read again")
	}
	if l, err := s.openLedger(ctx, true); err != nil { // also where no server ever ran
		return out, err
	} else if err := l.Close(); err != nil {
		return out, err
	}
	f, err := p.openPerson(ctx, s)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	e, err := f.prepare(ctx, who)
	if err != nil || !do {
		return e.plan, err
	}
	if err := e.carryOut(ctx, scope); err != nil {
		return e.plan, err
	}
	e.plan.Done = true
	return e.plan, nil
}

// prepare finds all that would be done.
func (f *personFiles) prepare(ctx context.Context, who string) (e *erasing, err error) {
	e = &erasing{personFiles: f, papers: map[string][]byte{}, plan: cockpit.PersonErasure{Schema: cockpit.PersonErasureSchema, Changes: []cockpit.PersonChange{}, Accounts: []string{}, Left: []string{}}}
	if e.who, err = f.find(ctx, who); err != nil {
		return e, err
	}
	known, err := f.ledger.Erasures(ctx)
	if err != nil {
		return e, err
	}
	e.pseudonyms()
	e.conceal = concealing(f.ledger, append(known, e.further...))
	e.plan.Identities = e.who.views()
	for _, step := range []func(context.Context) error{e.facts, e.documents, e.accounts} {
		if err := step(ctx); err != nil {
			return e, err
		}
	}
	e.plan.Left = append(e.plan.Left, "The clones that are read, and what forges and trackers keep, still hold the names; so do backups made before, and the history of this workspace in git.")
	return e, nil
}

// pseudonyms draws one for each person that facts tell apart, so that they stay apart. The
// first has what documents and accounts call the person.
func (e *erasing) pseudonyms() {
	groups := [][]fact.Identity{nil}
	for i, g := range e.who.groups {
		var visible []fact.Identity
		for _, p := range g {
			if erase.Pseudonym(p.Identity.Email) == "" {
				visible = append(visible, p.Identity)
			}
		}
		if i == 0 {
			groups[0] = visible
		} else {
			groups = append(groups, visible)
		}
	}
	taken := map[string]bool{}
	for i, g := range groups {
		n := erase.Named{Identities: g}
		pseudonym := e.who.erased
		if i == 0 {
			n.Names, n.Addresses, n.Logins = e.who.named.Names, e.who.named.Addresses, e.who.named.Logins
		}
		if i > 0 || pseudonym == "" {
			var random [4]byte
			rand.Read(random[:]) //nolint:errcheck // never fails
			pseudonym = erase.NewPseudonym(random)
		}
		if i == 0 {
			e.plan.Pseudonym = pseudonym
		}
		e.add(pseudonym, n, taken)
	}
}

func (e *erasing) add(pseudonym string, n erase.Named, taken map[string]bool) {
	if n.Identities == nil && e.who.erased != "" {
		return // nothing that is not erased already
	}
	keys, shared := erase.Keys(e.ledger.Keyed, n, e.who.others)
	one := ledger.Erasure{Person: pseudonym, At: e.now(), By: account.Operator().Account}
	for _, k := range keys {
		if id := string(k.Kind) + string(k.Hash); !taken[id] {
			taken[id] = true
			one.Keys = append(one.Keys, ledger.ErasureKey{Kind: string(k.Kind), Words: k.Words, Hash: k.Hash})
		}
	}
	e.further = append(e.further, one)
	for _, s := range shared {
		e.plan.Left = append(e.plan.Left, fmt.Sprintf("%q stays in texts: it also names somebody else.", s))
	}
}

// facts counts what of facts names the person.
func (e *erasing) facts(ctx context.Context) error {
	rows, err := e.rowsOf(ctx, e.who)
	if err != nil {
		return err
	}
	for _, t := range rows {
		e.plan.Rows += len(t.Rows)
	}
	texts, err := e.store.Mentions(ctx, e.conceal)
	e.plan.Texts = len(texts)
	return err
}

// documents words the documents of the workspace anew.
func (e *erasing) documents(context.Context) error {
	papers, err := e.personFiles.papers()
	if err != nil {
		return err
	}
	for _, path := range papers {
		before, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		after := []byte(e.conceal.Document(string(before)))
		if bytes.Equal(before, after) {
			continue
		}
		if err := parses(path, after); err != nil {
			return err
		}
		e.papers[path] = after
		e.plan.Changes = append(e.plan.Changes, changed(e.relative(path), string(before), string(after))...)
		if filepath.Base(path) == workspace.AgreementFile && strings.Contains(string(before), "sha256") {
			e.plan.Left = append(e.plan.Left, "Signatures of agreement.yaml are of the text as it was: have it signed again.")
		}
	}
	return nil
}

// accounts finds the accounts that end; one administrator must be left.
func (e *erasing) accounts(ctx context.Context) error {
	all, err := account.New(e.ledger, account.Options{}).List(ctx, account.Operator())
	if err != nil {
		return err
	}
	administrators, left := 0, 0
	for _, a := range all {
		is, ends := a.Deactivated.IsZero() && slices.Contains(a.Roles, access.Administrator), account.Belongs(a.Person, a.Name, e.conceal.Value)
		if is {
			administrators++
		}
		if is && !ends {
			left++
		}
		if ends {
			e.plan.Accounts = append(e.plan.Accounts, a.Name)
		}
	}
	if administrators > 0 && left == 0 {
		return problem.New(problem.Usage, "make somebody else an administrator first: diarchy account roles NAME administrator", "%s is of the last administrator", strings.Join(e.plan.Accounts, ", "))
	}
	return e.ledger.Audit(ctx, 0, func(a ledger.Audited) error {
		if ledger.Names(a.Event, e.conceal.Value) {
			e.plan.AuditLines++
		}
		return nil
	})
}

// carryOut does what prepare found: the ledger first, then documents, then facts.
func (e *erasing) carryOut(ctx context.Context, scope cli.Scope) error {
	err := e.ledger.Write(ctx, func(t *ledger.Tx) error {
		for _, one := range e.further {
			if err := t.Erase(one); err != nil {
				return err
			}
		}
		return eraseInLedger(t, e.conceal, e.plan.Pseudonym)
	})
	if err == nil {
		err = e.ledger.Scrub(ctx)
	}
	if err != nil {
		return err
	}
	for path := range e.papers {
		if err := e.replace(path); err != nil {
			return err
		}
	}
	if e.copied != "" { // a server has the database, and does it before it reads sources
		conn, ok, err := askServer(ctx, e.database, askSync)
		if ok && err == nil {
			err = conn.Close()
		}
		e.plan.Left = append(e.plan.Left, "The server has the facts file, whose unused pages may hold names until the file is written anew: stop the server, and give the command again with "+e.plan.Pseudonym+".")
		return err
	}
	if _, err = e.store.Conceal(ctx, e.conceal, true); err != nil || workspace.IsPostgres(e.database) {
		return err
	}
	return e.anew(ctx)
}

// anew writes the facts file anew: the database leaves what it no longer uses in its file.
func (e *erasing) anew(ctx context.Context) error {
	dir, err := os.MkdirTemp(filepath.Dir(e.database), ".diarchy-erase-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is a hidden folder
	made := filepath.Join(dir, filepath.Base(e.database))
	to, err := e.openAt(ctx, made, duckdb.Options{})
	if err != nil {
		return err
	}
	_, err = store.Move(ctx, e.store, to, store.MoveOptions{})
	if err = errors.Join(err, to.Close(), e.store.Settle(ctx), e.store.Close()); err != nil {
		return err
	}
	e.store = nil
	if err := ignoreMissing(os.Remove(e.database + ".wal")); err != nil { // which is in the file by now, and is not of the new one
		return err
	}
	return publish(made, e.database)
}

// eraseInLedger takes erased people out of accounts, the reasons of failed readings, and the audit
// trail.
func eraseInLedger(t *ledger.Tx, c *erase.Concealer, subject string) error {
	if _, err := account.Erase(t, c.Value); err != nil {
		return err
	}
	if err := eraseRuns(t, c.Value); err != nil {
		return err
	}
	_, err := t.Redact(c.Value, ledger.Event{Actor: account.Operator().Account, Subject: subject})
	return err
}

// replace words a document anew as it is now: somebody may have changed it meanwhile.
func (e *erasing) replace(path string) error {
	return workspace.Alone(path, func() error {
		before, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		after := []byte(e.conceal.Document(string(before)))
		if err := parses(path, after); err != nil {
			return err
		}
		return workspace.Replace(path, after)
	})
}
