package account

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
)

// Operator is who acts at the command line, on the ledger itself.
func Operator() access.Viewer {
	return access.Viewer{Account: "operator", Name: "operator", Roles: []access.Role{access.Administrator}}
}

// Info is an account as it is listed.
type Info struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Person       string        `json:"person"`
	Roles        []access.Role `json:"roles"`
	Created      time.Time     `json:"created"`
	Deactivated  time.Time     `json:"deactivated,omitzero"` // zero: active
	Password     bool          `json:"password"`             // is set
	SecondFactor bool          `json:"second_factor"`
	Providers    []string      `json:"providers"` // issuers of identities that are linked
	LastSeen     time.Time     `json:"last_seen,omitzero"`
}

// List lists all accounts by name, for administrators.
func (s *Service) List(ctx context.Context, by access.Viewer) (out []Info, err error) {
	if !administers(by) {
		return nil, ErrForbidden
	}
	err = s.ledger.Read(ctx, func(t *ledger.Tx) error {
		return t.Each(`SELECT a.id, a.name, a.person, a.created_us, COALESCE(a.deactivated_us, 0), a.password <> '',
			EXISTS (SELECT 1 FROM totp WHERE account = a.id AND confirmed_us IS NOT NULL),
			COALESCE((SELECT string_agg(role, ' ' ORDER BY role) FROM account_role WHERE account = a.id), ''),
			COALESCE((SELECT string_agg(issuer, ' ' ORDER BY issuer) FROM identity WHERE account = a.id), ''),
			COALESCE((SELECT MAX(seen_us) FROM session WHERE account = a.id), 0)
			FROM account a ORDER BY lower(a.name)`, nil, func(scan func(...any) error) error {
			var i Info
			var created, deactivated, seen int64
			var roles, issuers string
			err := scan(&i.ID, &i.Name, &i.Person, &created, &deactivated, &i.Password, &i.SecondFactor, &roles, &issuers, &seen)
			for r := range strings.FieldsSeq(roles) {
				i.Roles = append(i.Roles, access.Role(r))
			}
			i.Providers = strings.Fields(issuers)
			i.Created, i.Deactivated, i.LastSeen = ledger.FromMicros(created), orZero(deactivated), orZero(seen)
			out = append(out, i)
			return err
		})
	})
	return out, err
}

func orZero(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return ledger.FromMicros(us)
}

// Invite is an account to be made.
type Invite struct {
	Name   string
	Person string // in the organisation document; "" for somebody who is not in it
	Roles  []access.Role
}

// Create makes an account, and a link by which its owner sets a password or comes in
// through an identity provider.
func (s *Service) Create(ctx context.Context, by access.Viewer, in Invite) (link, id string, err error) {
	if !administers(by) {
		return "", "", ErrForbidden
	}
	if in.Name, err = accountName(in.Name); err != nil {
		return "", "", err
	}
	if err := known(in.Roles); err != nil {
		return "", "", err
	}
	standing, err := s.newPerson(ctx, in.Person)
	if err != nil {
		return "", "", err
	}
	r := row{id: newID(), name: in.Name, person: in.Person, active: true, roles: in.Roles}
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if err := insert(t, r, by.Account); err != nil {
			return err
		}
		link, err = invitation(t, by, r.id, standing)
		return err
	})
	if err != nil {
		return "", "", err
	}
	return link, r.id, nil
}

// Reinvite makes a new link for an account that has lost the password or the first link.
func (s *Service) Reinvite(ctx context.Context, by access.Viewer, account string) (link string, err error) {
	var person string
	if err := s.administer(ctx, by, account, func(_ *ledger.Tx, r row) error {
		person = r.person
		return nil
	}); err != nil {
		return "", err
	}
	standing, err := s.newPerson(ctx, person)
	if err != nil {
		return "", err
	}
	err = s.administer(ctx, by, account, func(t *ledger.Tx, r row) error {
		if !r.active || r.person != person {
			return problem.New(problem.Usage, "make a new account", "account %q is deactivated", r.name)
		}
		link, err = invitation(t, by, r.id, standing)
		return err
	})
	return link, err
}

func invitation(t *ledger.Tx, by access.Viewer, account, standing string) (string, error) {
	if _, err := t.Exec("DELETE FROM one_time_link WHERE account = ?", account); err != nil {
		return "", err
	}
	token, hash := newToken("")
	_, err := t.Exec("INSERT INTO one_time_link (hash, purpose, account, standing, expires_us) VALUES (?, ?, ?, ?, ?)",
		hash, forInvitation, account, standing, ledger.Micros(t.Now.Add(LinkLives)))
	if err != nil {
		return "", err
	}
	return token, t.Append(ledger.Event{Actor: by.Account, Action: "link.create", Subject: account})
}

// Deactivate ends an account for good: its sessions, tokens and links end with it.
func (s *Service) Deactivate(ctx context.Context, by access.Viewer, account string) error {
	return s.administer(ctx, by, account, func(t *ledger.Tx, r row) error {
		if !r.active {
			return problem.New(problem.Usage, "", "account %q is deactivated already", r.name)
		}
		if _, err := t.Exec("UPDATE account SET deactivated_us = ?, password = '' WHERE id = ?", ledger.Micros(t.Now), r.id); err != nil {
			return err
		}
		if err := removeTOTP(t, by.Account, r.id); err != nil {
			return err
		}
		return changed(t, by, r, "account.deactivate", nil)
	})
}

// SetRoles replaces an account's roles. It signs in again: what it was given before ends.
func (s *Service) SetRoles(ctx context.Context, by access.Viewer, account string, roles []access.Role) error {
	if err := known(roles); err != nil {
		return err
	}
	return s.administer(ctx, by, account, func(t *ledger.Tx, r row) error {
		if err := setRoles(t, r.id, roles); err != nil {
			return err
		}
		return changed(t, by, r, "account.roles", map[string]string{"before": words(r.roles), "after": words(roles)})
	})
}

// LinkPerson says who an account's owner is in the organisation document, or with ""
// that the owner is not in it.
func (s *Service) LinkPerson(ctx context.Context, by access.Viewer, account, person string) error {
	if _, err := s.newPerson(ctx, person); err != nil {
		return err
	}
	return s.administer(ctx, by, account, func(t *ledger.Tx, r row) error {
		if _, err := t.Exec("UPDATE account SET person = ? WHERE id = ?", person, r.id); err != nil {
			return err
		}
		return changed(t, by, r, "account.person", map[string]string{"person": person})
	})
}

// ChangePassword sets a viewer's own password and ends the other sessions. token is
// that of the present one.
func (s *Service) ChangePassword(ctx context.Context, v access.Viewer, token, before, after string) error {
	if v.Token {
		return ErrForbidden
	}
	if err := newPassword(v.Name, after); err != nil {
		return err
	}
	var r row
	keys := s.proofKeys(v)
	err := s.ledger.Write(ctx, func(t *ledger.Tx) (err error) {
		if r, _, err = find(t, "id = ?", v.Account); err != nil {
			return err
		}
		return reserve(t, keys)
	})
	if err != nil {
		return err
	}
	right, err := s.hasher.check(ctx, before, r.password)
	if err != nil || !right {
		return orRefused(err)
	}
	hash, err := s.hasher.make(ctx, after)
	if err != nil {
		return err
	}
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		n, err := t.Exec("UPDATE account SET password = ? WHERE id = ? AND password = ? AND deactivated_us IS NULL", hash, r.id, r.password)
		if err != nil || n == 0 {
			return orRefused(err)
		}
		if _, err := t.Exec("DELETE FROM session WHERE account = ? AND hash <> ?", r.id, hashOf(token)); err != nil {
			return err
		}
		if err := forget(t, keys); err != nil {
			return err
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "account.password", Subject: r.id})
	})
}

// administer changes an account on behalf of an administrator. An administrator is left.
func (s *Service) administer(ctx context.Context, by access.Viewer, account string, do func(*ledger.Tx, row) error) error {
	if !administers(by) {
		return ErrForbidden
	}
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		r, ok, err := find(t, "id = ?", account)
		if err != nil {
			return err
		}
		if !ok {
			return missing("account", account)
		}
		if err := do(t, r); err != nil {
			return err
		}
		var one int
		left, err := t.Get("SELECT 1 FROM account a JOIN account_role r ON r.account = a.id WHERE r.role = ? AND a.deactivated_us IS NULL LIMIT 1", []any{string(access.Administrator)}, &one)
		if err == nil && !left && slices.Contains(r.roles, access.Administrator) {
			err = problem.New(problem.Usage, "make somebody else an administrator first", "%q is the last administrator", r.name)
		}
		return err
	})
}

// changed ends what an account was given, and writes down why.
func changed(t *ledger.Tx, by access.Viewer, r row, action string, detail map[string]string) error {
	for _, table := range []string{"session", "api_token", "one_time_link"} {
		if _, err := t.Exec("DELETE FROM "+table+" WHERE account = ?", r.id); err != nil {
			return err
		}
	}
	return t.Append(ledger.Event{Actor: by.Account, Action: action, Subject: r.id, Detail: detail})
}

func insert(t *ledger.Tx, r row, by string) error {
	if _, taken, err := find(t, byName, lowered(r.name)); err != nil || taken {
		if err == nil {
			err = problem.New(problem.Usage, "take another name", "there is an account %q already", r.name)
		}
		return err
	}
	_, err := t.Exec("INSERT INTO account (id, name, password, person, created_us) VALUES (?, ?, ?, ?, ?)", r.id, r.name, r.password, r.person, ledger.Micros(t.Now))
	if err != nil {
		return err
	}
	if err := setRoles(t, r.id, r.roles); err != nil {
		return err
	}
	return t.Append(ledger.Event{Actor: by, Action: "account.create", Subject: r.id, Detail: map[string]string{"roles": words(r.roles)}})
}

func setRoles(t *ledger.Tx, account string, roles []access.Role) error {
	if _, err := t.Exec("DELETE FROM account_role WHERE account = ?", account); err != nil {
		return err
	}
	for _, r := range roles {
		if _, err := t.Exec("INSERT INTO account_role (account, role) VALUES (?, ?) ON CONFLICT DO NOTHING", account, string(r)); err != nil {
			return err
		}
	}
	return nil
}

func words(roles []access.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

func known(roles []access.Role) error {
	for _, r := range roles {
		if !r.Known() {
			return problem.New(problem.Usage, "roles are "+strings.ReplaceAll(words(access.Roles()), " ", ", "), "there is no role %q", string(r))
		}
	}
	return nil
}

// newPerson is the standing of somebody who is to be linked to an account.
func (s *Service) newPerson(ctx context.Context, person string) (string, error) {
	standing, present, err := s.standingOf(ctx, person)
	if err == nil && !present {
		err = problem.New(problem.Missing, "diarchy org check shows the document", "%q is nobody who is employed today, by the organisation document", person)
	}
	return standing, err
}

// accountName takes what can be typed and is shown as it is.
func accountName(s string) (string, error) {
	s = strings.TrimSpace(s)
	odd := func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }
	if s == "" || len(s) > 100 || !utf8.ValidString(s) || strings.ContainsFunc(s, odd) {
		return "", problem.New(problem.Usage, "an e-mail address or a short name does", "a name of an account has 1 to 100 characters and no spaces")
	}
	return s, nil
}
