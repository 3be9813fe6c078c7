package account

import (
	"context"
	"strings"

	"github.com/diarchy/diarchy/internal/ledger"
)

// SignIn begins a session, and returns its token. It answers ErrRefused in the same
// time whatever is wrong, ErrCodeNeeded to the right password of an account with a
// second factor, and a *Wait after too many attempts.
func (s *Service) SignIn(ctx context.Context, c Credentials) (token string, err error) {
	keys := s.keys(c.Name, c.From)
	var found row
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if err := reserve(t, keys); err != nil {
			return err
		}
		var err error
		found, _, err = find(t, byName, lowered(strings.TrimSpace(c.Name)))
		return err
	})
	if err != nil {
		return "", err
	}
	right, err := s.hasher.check(ctx, c.Password, found.password)
	if err != nil {
		return "", err
	}
	standing, present, err := s.standingOf(ctx, found.person)
	if err != nil {
		return "", err
	}
	outcome := ErrRefused
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		r, _, err := find(t, "id = ?", found.id) // it may have changed meanwhile
		if err != nil {
			return err
		}
		if !right || !present || !r.active || r.password != found.password || r.person != found.person {
			return refused(t, found.id, "password")
		}
		switch outcome, err = s.secondFactor(t, r.id, c.Code); {
		case err != nil:
			return err
		case outcome == ErrCodeNeeded:
			return giveBack(t, keys)
		case outcome != nil:
			return refused(t, r.id, "code")
		}
		if err := forget(t, keys); err != nil {
			return err
		}
		token, err = begin(t, r, standing, origin{c.From, c.UserAgent}, "password")
		return err
	})
	if err == nil {
		err = outcome
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// refused is written to the audit trail, with the account if there is one: what was
// typed as a name may have been a password.
func refused(t *ledger.Tx, id, by string) error {
	return t.Append(ledger.Event{Actor: "nobody", Action: "session.refuse", Subject: id, Detail: map[string]string{"by": by}})
}
