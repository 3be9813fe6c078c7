package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// withAccounts opens the ledger of the workspace and calls a function with its accounts.
func (p *program) withAccounts(ctx context.Context, scope cli.Scope, create bool, do func(*account.Service) error) (err error) {
	s, err := p.documents(scope)
	if err != nil {
		return err
	}
	l, err := s.openLedger(ctx, create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return do(p.accounts(s, l))
}

// Accounts implements cli.Actions.
func (p *program) Accounts(ctx context.Context, scope cli.Scope) ([]cli.Account, error) {
	out := []cli.Account{}
	err := p.withAccounts(ctx, scope, false, func(accounts *account.Service) error {
		all, err := accounts.List(ctx, account.Operator())
		for _, a := range all {
			out = append(out, accountView(a))
		}
		return err
	})
	return out, err
}

func accountView(a account.Info) cli.Account {
	v := cli.Account{Name: a.Name, Person: a.Person, State: "active", SecondFactor: a.SecondFactor, Roles: []string{}, Providers: append([]string{}, a.Providers...), Created: a.Created.Format(time.RFC3339)}
	for _, r := range a.Roles {
		v.Roles = append(v.Roles, string(r))
	}
	switch {
	case !a.Deactivated.IsZero():
		v.State = "deactivated"
	case !a.Password && len(a.Providers) == 0:
		v.State = "invited"
	}
	if !a.LastSeen.IsZero() {
		v.LastSeen = a.LastSeen.Format(time.RFC3339)
	}
	return v
}

// Invite implements cli.Actions.
func (p *program) Invite(ctx context.Context, scope cli.Scope, in cli.Invitation) (cli.Invited, error) {
	res := cli.Invited{Schema: "diarchy/invitation/v1", Name: in.Name}
	switch {
	case in.Again && (in.Person != "" || len(in.Roles) > 0):
		return res, problem.New(problem.Usage, "change roles by: diarchy account roles "+in.Name+" ROLE...", "--again takes an account as it is")
	case in.Reset && !in.Again:
		return res, problem.New(problem.Usage, "give --again too", "--reset is of an account that is there")
	}
	err := p.withAccounts(ctx, scope, !in.Again, func(accounts *account.Service) error {
		link, err := invite(ctx, accounts, in)
		res.Path = "/enter?" + url.Values{"link": {link}}.Encode()
		res.Expires = p.now().Add(account.LinkLives).UTC().Format("2006-01-02 15:04 MST")
		return err
	})
	return res, err
}

func invite(ctx context.Context, accounts *account.Service, in cli.Invitation) (string, error) {
	operator := account.Operator()
	if !in.Again {
		link, _, err := accounts.Create(ctx, operator, account.Invite{Name: in.Name, Person: in.Person, Roles: roles(in.Roles)})
		return link, err
	}
	id, err := accountCalled(ctx, accounts, in.Name)
	if err != nil {
		return "", err
	}
	if in.Reset {
		if err := accounts.ResetTOTP(ctx, operator, id); err != nil {
			return "", err
		}
	}
	return accounts.Reinvite(ctx, operator, id)
}

// Deactivate implements cli.Actions.
func (p *program) Deactivate(ctx context.Context, scope cli.Scope, name string) error {
	return p.withAccounts(ctx, scope, false, func(accounts *account.Service) error {
		id, err := accountCalled(ctx, accounts, name)
		if err != nil {
			return err
		}
		return accounts.Deactivate(ctx, account.Operator(), id)
	})
}

// SetRoles implements cli.Actions.
func (p *program) SetRoles(ctx context.Context, scope cli.Scope, name string, all []string) error {
	return p.withAccounts(ctx, scope, false, func(accounts *account.Service) error {
		id, err := accountCalled(ctx, accounts, name)
		if err != nil {
			return err
		}
		return accounts.SetRoles(ctx, account.Operator(), id, roles(all))
	})
}

func accountCalled(ctx context.Context, accounts *account.Service, name string) (string, error) {
	all, err := accounts.List(ctx, account.Operator())
	if err != nil {
		return "", err
	}
	for _, a := range all {
		if strings.EqualFold(a.Name, name) {
			return a.ID, nil
		}
	}
	return "", problem.New(problem.Missing, "diarchy account list prints all", "there is no account %q", name)
}

func roles(names []string) (out []access.Role) {
	for _, n := range names {
		out = append(out, access.Role(n))
	}
	return out
}

// VerifyAudit implements cli.Actions.
func (p *program) VerifyAudit(ctx context.Context, scope cli.Scope, noted string) (res cli.AuditHead, err error) {
	res.Schema = "diarchy/audit-head/v1"
	head, err := parseHead(noted)
	if err != nil {
		return res, err
	}
	err = p.withLedger(ctx, scope, func(l *ledger.Ledger) error {
		if head, err = l.Verify(ctx, head); err != nil {
			return err
		}
		res.Ledger, res.Lines, res.Head = l.Where(), head.Seq, headText(head)
		return nil
	})
	return res, err
}

func headText(h ledger.Head) string { return fmt.Sprintf("%d:%s", h.Seq, h.Hash) }

func parseHead(s string) (h ledger.Head, err error) {
	if s == "" {
		return h, nil
	}
	if n, err := fmt.Sscanf(s, "%d:%64s", &h.Seq, &h.Hash); err != nil || n != 2 || h.Seq < 1 || len(h.Hash) != 64 {
		return h, problem.New(problem.Usage, "give it as diarchy audit verify printed it", "%q is no head of an audit trail", s)
	}
	return h, nil
}

func (p *program) withLedger(ctx context.Context, scope cli.Scope, do func(*ledger.Ledger) error) (err error) {
	s, err := p.documents(scope)
	if err != nil {
		return err
	}
	l, err := s.openLedger(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return do(l)
}

// Audit implements cli.Actions. Accounts are named as they are now.
func (p *program) Audit(ctx context.Context, scope cli.Scope, last int) ([]cli.AuditLine, error) {
	out := []cli.AuditLine{}
	err := p.withLedger(ctx, scope, func(l *ledger.Ledger) error {
		names := map[string]string{}
		all, err := account.New(l, account.Options{}).List(ctx, account.Operator())
		if err != nil {
			return err
		}
		for _, a := range all {
			names[a.ID] = a.Name
		}
		from, err := l.From(ctx, last)
		if err != nil {
			return err
		}
		return l.Audit(ctx, from, func(a ledger.Audited) error {
			out = append(out, cli.AuditLine{Seq: a.Seq, At: a.At, Actor: named(names, a.Actor), Action: a.Action, Subject: named(names, a.Subject), Detail: a.Detail, Hash: a.Hash})
			return nil
		})
	})
	return out, err
}

// named adds the name of an account to its id.
func named(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n + " (" + id + ")"
	}
	return id
}

// BackupLedger implements cli.Actions.
func (p *program) BackupLedger(ctx context.Context, scope cli.Scope, file string) (res cli.LedgerCopy, err error) {
	file = absolute(file)
	if err := mayWrite(file, false); err != nil {
		return res, err
	}
	err = p.withLedger(ctx, scope, func(l *ledger.Ledger) error {
		head, err := l.Backup(ctx, file)
		res = ledgerCopy(l, file, head)
		return err
	})
	return res, err
}

// RestoreLedger implements cli.Actions.
func (p *program) RestoreLedger(ctx context.Context, scope cli.Scope, file string, withoutKey bool) (res cli.LedgerCopy, err error) {
	s, err := p.documents(scope)
	if err != nil {
		return res, err
	}
	l, err := s.openLedgerWith(ctx, ledger.Options{Create: true, NewKey: withoutKey})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	file = absolute(file)
	if err := l.Keep(ctx, s.keptBefore()); err != nil {
		return res, err
	}
	c, err := concealer(ctx, l)
	if err != nil {
		return res, err
	}
	opts := ledger.RestoreOptions{WithoutKey: withoutKey}
	if c != nil {
		opts.Erase = func(t *ledger.Tx) error { return eraseInLedger(t, c, "all who were erased") }
	}
	head, err := l.Restore(ctx, file, opts)
	if err == nil && c != nil {
		err = l.Scrub(ctx)
	}
	return ledgerCopy(l, file, head), err
}

// keptBefore is the file for what the ledger held before a restore: beside it, and of one
// on a server where the workspace's own would be, or else beside its key.
func (s *session) keptBefore() string {
	beside := s.settings.Ledger
	if workspace.IsPostgres(beside) {
		if beside = strings.TrimSuffix(s.settings.LedgerKey, ".key"); s.doc.Dir() != "" {
			beside = filepath.Join(s.doc.Dir(), "ledger", ledger.FileName)
		}
	}
	return absolute(beside) + ".before-" + s.now().UTC().Format("20060102T150405.000")
}

func ledgerCopy(l *ledger.Ledger, file string, head ledger.Head) cli.LedgerCopy {
	return cli.LedgerCopy{Schema: "diarchy/ledger-backup/v1", File: file, Ledger: l.Where(), Key: l.KeyPath(), Lines: head.Seq, Head: headText(head)}
}
