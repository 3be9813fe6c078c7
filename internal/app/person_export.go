package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/erase"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/store"
)

// ExportPerson implements cli.Actions.
func (p *program) ExportPerson(ctx context.Context, scope cli.Scope, who string) (out cockpit.PersonExport, err error) {
	s, err := p.documents(scope)
	if err != nil {
		return out, err
	}
	f, err := p.openPerson(ctx, s)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	k, err := f.find(ctx, who)
	if err != nil {
		return out, err
	}
	out = cockpit.PersonExport{Schema: cockpit.PersonExportSchema, Asked: who, Person: k.id, Identities: k.views(), Documents: []cockpit.PersonLine{}, Accounts: []cockpit.PersonAccount{},
		Audit: []cockpit.PersonAudit{}, Facts: []cockpit.PersonFacts{}, Texts: []cockpit.PersonText{}, Looks: []cockpit.PersonAudit{}}
	like := k.like()
	if err := f.linesNaming(like, &out); err != nil {
		return out, err
	}
	if err := f.factsOf(ctx, k, like, &out); err != nil {
		return out, err
	}
	if f.ledger == nil {
		return out, nil
	}
	return out, f.ledgerOf(ctx, like, &out)
}

// views are the person's names and addresses as surfaces show them.
func (k *somebodyKnown) views() []cockpit.PersonIdentity {
	out := []cockpit.PersonIdentity{}
	for _, p := range k.identities() {
		out = append(out, cockpit.PersonIdentity{Name: p.Identity.Name, Email: p.Identity.Email, Reason: p.Reason})
	}
	return out
}

// like finds what names the person. It is not kept, so that its hashes need no key.
func (k *somebodyKnown) like() *erase.Concealer {
	plain := func(purpose, text string) []byte { return []byte(purpose + "\x00" + text) }
	n := k.named
	for _, p := range k.identities() {
		n.Identities = append(n.Identities, p.Identity)
	}
	if k.erased != "" {
		n.Logins = append(n.Logins, k.erased)
	}
	keys, _ := erase.Keys(plain, n, k.others)
	return erase.New(plain, []erase.Erasure{{Pseudonym: erase.NewPseudonym([4]byte{}), Keys: keys}})
}

// linesNaming are the lines of documents that name the person.
func (f *personFiles) linesNaming(like *erase.Concealer, out *cockpit.PersonExport) error {
	papers, err := f.papers()
	if err != nil {
		return err
	}
	for _, path := range papers {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, c := range changed(f.relative(path), string(text), like.Document(string(text))) {
			out.Documents = append(out.Documents, cockpit.PersonLine{File: c.File, Line: c.Line, Text: c.Before})
		}
	}
	return nil
}

// changed are the lines in which two texts of as many lines differ: the whole entry of
// the person, and of the entries of others what names the person alone.
func changed(file, before, after string) (out []cockpit.PersonChange) {
	old, new := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i, line := range old {
		if i < len(new) && line != new[i] {
			was, is := piece(line, new[i])
			out = append(out, cockpit.PersonChange{File: file, Line: i + 1, Before: was, After: is})
		}
	}
	return out
}

// ownEntry is the beginning of an entry that is of whom it names.
var ownEntry = regexp.MustCompile(`^[\s{-]*id:`)

// piece is the part of a line that changed. What is about somebody else stays out of it.
func piece(before, after string) (was, is string) {
	old, new := strings.Split(before, ","), strings.Split(after, ",")
	if len(old) == len(new) && (!ownEntry.MatchString(before) || old[0] == new[0]) {
		var was, is []string
		for i := range old {
			if old[i] != new[i] {
				was, is = append(was, strings.Trim(old[i], " {}-\r")), append(is, strings.Trim(new[i], " {}-\r"))
			}
		}
		return strings.Join(was, ", "), strings.Join(is, ", ")
	}
	return strings.Trim(before, " -\r"), strings.Trim(after, " -\r")
}

func (f *personFiles) factsOf(ctx context.Context, k *somebodyKnown, like store.Concealer, out *cockpit.PersonExport) error {
	rows, err := f.rowsOf(ctx, k)
	if err != nil {
		return err
	}
	out.Facts = append(out.Facts, rows...)
	texts, err := f.store.Mentions(ctx, like)
	for _, m := range texts {
		out.Texts = append(out.Texts, cockpit.PersonText{Table: m.Table, Column: m.Column, Text: m.Text})
	}
	return err
}

// rowsOf are the rows of facts that carry the person, by table.
func (f *personFiles) rowsOf(ctx context.Context, k *somebodyKnown) (out []cockpit.PersonFacts, err error) {
	at := map[string]int{}
	for _, group := range k.groups {
		var ids []int64
		for _, p := range group {
			ids = append(ids, p.IdentityID)
		}
		tables, err := f.store.OfPerson(ctx, group[0].PersonID, ids)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			i, ok := at[t.Table]
			if !ok {
				i = len(out)
				at[t.Table] = i
				out = append(out, cockpit.PersonFacts{Table: t.Table, Columns: t.Columns, Rows: [][]string{}})
			}
			for _, row := range t.Rows {
				out[i].Rows = append(out[i].Rows, texts(row))
			}
		}
	}
	for _, t := range out {
		slices.SortFunc(t.Rows, slices.Compare)
	}
	return out, nil
}

// texts are the values of a row; what is not known is empty.
func texts(row []any) []string {
	out := make([]string, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case nil:
		case time.Time:
			out[i] = v.UTC().Format(time.RFC3339Nano)
		default:
			out[i] = fmt.Sprint(v)
		}
	}
	return out
}

// lookAction is the line of the audit trail that says who saw what is about people.
const lookAction = "people.see"

func (f *personFiles) ledgerOf(ctx context.Context, like *erase.Concealer, out *cockpit.PersonExport) error {
	accounts, mine := account.New(f.ledger, account.Options{}), map[string]bool{}
	all, err := accountsOf(ctx, accounts, like.Value)
	if err != nil {
		return err
	}
	for _, a := range all {
		mine[a.ID] = true
		v, err := exported(ctx, accounts, a)
		if err != nil {
			return err
		}
		out.Accounts = append(out.Accounts, v)
	}
	about := func(s string) bool { return mine[s] || like.Value(s) != s }
	return f.ledger.Audit(ctx, 0, func(a ledger.Audited) error {
		v := cockpit.PersonAudit{Seq: a.Seq, At: a.At.Format(time.RFC3339), Actor: a.Actor, Action: a.Action, Subject: a.Subject, Detail: a.Detail}
		named := about(a.Actor) || about(a.Subject)
		for _, d := range a.Detail {
			named = named || about(d)
		}
		switch {
		case named:
			out.Audit = append(out.Audit, v)
		case a.Action == lookAction:
			out.Looks = append(out.Looks, v)
		}
		return nil
	})
}

// accountsOf are the accounts of somebody whom value calls otherwise.
func accountsOf(ctx context.Context, accounts *account.Service, value func(string) string) (out []account.Info, err error) {
	all, err := accounts.List(ctx, account.Operator())
	for _, a := range all {
		if account.Belongs(a.Person, a.Name, value) {
			out = append(out, a)
		}
	}
	return out, err
}

// exported is an account with what it was given.
func exported(ctx context.Context, accounts *account.Service, a account.Info) (cockpit.PersonAccount, error) {
	v, owner := accountView(a), access.Viewer{Account: a.ID}
	out := cockpit.PersonAccount{Name: v.Name, Roles: v.Roles, State: v.State, Created: v.Created, SecondFactor: v.SecondFactor, Providers: v.Providers, Sessions: []string{}, Tokens: []string{}}
	sessions, err := accounts.Sessions(ctx, owner, "")
	if err != nil {
		return out, err
	}
	for _, s := range sessions {
		out.Sessions = append(out.Sessions, fmt.Sprintf("since %s, last seen %s, from %s, with %s", s.Created.Format(time.RFC3339), s.Seen.Format(time.RFC3339), orUnknown(s.Address), orUnknown(s.Agent)))
	}
	tokens, err := accounts.Tokens(ctx, owner)
	for _, t := range tokens {
		out.Tokens = append(out.Tokens, fmt.Sprintf("%s, from %s to %s, for %s", t.Name, t.Created.Format(time.RFC3339), t.Expires.Format(time.RFC3339), grantNames(t.Grants)))
	}
	return out, err
}

func orUnknown(s string) string {
	if s == "" {
		return "somewhere not known"
	}
	return s
}

func grantNames(all []access.Grant) string {
	var out []string
	for _, g := range all {
		out = append(out, string(g))
	}
	return strings.Join(out, " ")
}
