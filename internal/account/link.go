package account

import (
	"context"
	"errors"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
)

// Purposes of links.
const (
	forFirst      = "first"
	forInvitation = "invitation"
)

// FirstLink makes the link by which the first administrator comes in, as long as there
// is no account: needed tells that. A link that was made before no longer counts.
func (s *Service) FirstLink(ctx context.Context) (token string, needed bool, err error) {
	token, hash := newToken("")
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if needed, err = empty(t); err != nil || !needed {
			return err
		}
		if _, err := t.Exec("DELETE FROM one_time_link WHERE purpose = ?", forFirst); err != nil {
			return err
		}
		_, err := t.Exec("INSERT INTO one_time_link (hash, purpose, expires_us) VALUES (?, ?, ?)", hash, forFirst, ledger.Micros(t.Now.Add(LinkLives)))
		if err != nil {
			return err
		}
		return t.Append(ledger.Event{Actor: "operator", Action: "link.create", Subject: forFirst})
	})
	if err != nil || !needed {
		return "", false, err
	}
	return token, true, nil
}

// empty tells that there is no account yet.
func empty(t *ledger.Tx) (bool, error) {
	var one int
	any, err := t.Get("SELECT 1 FROM account LIMIT 1", nil, &one)
	return err == nil && !any, err
}

// First makes the first administrator and begins a session. The link counts once.
func (s *Service) First(ctx context.Context, link, name, password string) (session string, err error) {
	name, err = accountName(name)
	if err != nil {
		return "", err
	}
	if err := s.mayUse(ctx, link, forFirst); err != nil {
		return "", err
	}
	hash, err := s.newPassword(ctx, name, password)
	if err != nil {
		return "", err
	}
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if _, err := use(t, link, forFirst); err != nil {
			return err
		}
		if none, err := empty(t); err != nil || !none {
			return orLink(err)
		}
		r := row{id: newID(), name: name, password: hash, active: true, roles: []access.Role{access.Administrator}}
		if err := insert(t, r, r.id); err != nil {
			return err
		}
		session, err = begin(t, r, "", origin{}, forFirst)
		return err
	})
	if err != nil {
		return "", err
	}
	return session, nil
}

// IsFirst tells whether a link makes the first administrator, without using it.
func (s *Service) IsFirst(ctx context.Context, link string) (bool, error) {
	err := s.ledger.Read(ctx, func(t *ledger.Tx) error {
		if none, err := empty(t); err != nil || !none {
			return orLink(err)
		}
		_, _, err := peek(t, link, forFirst)
		return err
	})
	if errors.Is(err, ErrLink) {
		return false, nil
	}
	return err == nil, err
}

// Accept takes up an invitation: sets the password, and begins a session.
func (s *Service) Accept(ctx context.Context, link, password string, from Credentials) (session string, err error) {
	r, err := s.invited(ctx, link)
	if err != nil {
		return "", err
	}
	hash, err := s.newPassword(ctx, r.name, password)
	if err != nil {
		return "", err
	}
	standing, present, err := s.standingOf(ctx, r.person)
	if err != nil || !present {
		return "", orLink(err)
	}
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		id, err := use(t, link, forInvitation)
		if err != nil {
			return err
		}
		if _, err := t.Exec("UPDATE account SET password = ? WHERE id = ?", hash, id); err != nil {
			return err
		}
		session, err = begin(t, r, standing, origin{from.From, from.UserAgent}, forInvitation)
		return err
	})
	if err != nil {
		return "", err
	}
	return session, nil
}

// Invited tells for whom an invitation is, without taking it up.
func (s *Service) Invited(ctx context.Context, link string) (name string, err error) {
	r, err := s.invited(ctx, link)
	return r.name, err
}

func (s *Service) invited(ctx context.Context, link string) (r row, err error) {
	var standing string
	err = s.ledger.Read(ctx, func(t *ledger.Tx) error {
		id, was, err := peek(t, link, forInvitation)
		if err != nil {
			return err
		}
		standing = was
		r, _, err = find(t, "id = ?", id)
		if err == nil && !r.active {
			err = ErrLink
		}
		return err
	})
	if err != nil {
		return row{}, err
	}
	now, present, err := s.standingOf(ctx, r.person)
	if err == nil && (!present || now != standing) {
		err = ErrLink
	}
	if err != nil {
		return row{}, err
	}
	return r, nil
}

// mayUse tells early that a link does not count, before a password is hashed for it.
func (s *Service) mayUse(ctx context.Context, link, purpose string) error {
	return s.ledger.Read(ctx, func(t *ledger.Tx) error {
		_, _, err := peek(t, link, purpose)
		return err
	})
}

func peek(t *ledger.Tx, link, purpose string) (account, standing string, err error) {
	ok, err := t.Get("SELECT COALESCE(account, ''), standing FROM one_time_link WHERE hash = ? AND purpose = ? AND expires_us > ?",
		[]any{hashOf(link), purpose, ledger.Micros(t.Now)}, &account, &standing)
	if err != nil || !ok {
		return "", "", orLink(err)
	}
	return account, standing, nil
}

// use takes a link that counts, and ends it.
func use(t *ledger.Tx, link, purpose string) (account string, err error) {
	if account, _, err = peek(t, link, purpose); err != nil {
		return "", err
	}
	if _, err := t.Exec("DELETE FROM one_time_link WHERE hash = ?", hashOf(link)); err != nil {
		return "", err
	}
	subject := account
	if subject == "" {
		subject = purpose
	}
	return account, t.Append(ledger.Event{Actor: subject, Action: "link.use", Subject: subject})
}

func orLink(err error) error {
	if err == nil {
		return ErrLink
	}
	return err
}

func (s *Service) newPassword(ctx context.Context, name, password string) (string, error) {
	if err := newPassword(name, password); err != nil {
		return "", err
	}
	return s.hasher.make(ctx, password)
}
