package account

import (
	"context"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
)

// Session tells whose a session is. It ends one whose account was deactivated, or whose
// person has left or moved, and then answers ErrRefused, as to any other token.
func (s *Service) Session(ctx context.Context, token string) (access.Viewer, error) {
	hash := hashOf(token)
	var r row
	var standing string
	var seen time.Time
	var live bool
	err := s.ledger.Read(ctx, func(t *ledger.Tx) error {
		var id string
		var seenUS, expires int64
		ok, err := t.Get("SELECT account, standing, seen_us, expires_us FROM session WHERE hash = ?", []any{hash}, &id, &standing, &seenUS, &expires)
		if err != nil || !ok {
			return orRefused(err)
		}
		seen = ledger.FromMicros(seenUS)
		live = t.Now.Before(ledger.FromMicros(expires)) && t.Now.Sub(seen) < sessionIdle
		r, _, err = find(t, "id = ?", id)
		return err
	})
	if err != nil {
		return access.Viewer{}, err
	}
	if err := s.stillThere(ctx, r, standing, live); err != nil {
		return access.Viewer{}, err
	}
	return r.viewer(), s.touch(ctx, "UPDATE session SET seen_us = ? WHERE hash = ?", hash, seen)
}

func orRefused(err error) error {
	if err == nil {
		return ErrRefused
	}
	return err
}

// stillThere ends what an account was given when its ground is gone.
func (s *Service) stillThere(ctx context.Context, r row, standing string, live bool) error {
	if !live || !r.active {
		return ErrRefused
	}
	now, present, err := s.standingOf(ctx, r.person)
	switch {
	case err != nil:
		return err
	case present && now == standing:
		return nil
	}
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		return endStale(t, r.id, now, present)
	})
	return orRefused(err)
}

// endStale ends all of an account's sessions, tokens and links that were given for
// another standing; of one who has left, all.
func endStale(t *ledger.Tx, id, now string, present bool) error {
	ended := int64(0)
	for _, table := range []string{"session", "api_token", "one_time_link"} {
		n, err := t.Exec("DELETE FROM "+table+" WHERE account = ? AND (NOT ? OR standing <> ?)", id, present, now)
		if err != nil {
			return err
		}
		ended += n
	}
	if ended == 0 {
		return nil
	}
	why := "moved"
	if !present {
		why = "left"
	}
	return t.Append(ledger.Event{Actor: "organisation", Action: "access.end", Subject: id, Detail: map[string]string{"why": why}})
}

// touch writes down when something was used last, not more often than need be.
func (s *Service) touch(ctx context.Context, statement string, hash []byte, seen time.Time) error {
	if s.clock().Sub(seen).Abs() < seenEvery {
		return nil
	}
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		_, err := t.Exec(statement, ledger.Micros(t.Now), hash)
		return err
	})
}

// begin makes a session of its own for whoever has just signed in: never one whose
// token somebody could have known before.
func begin(t *ledger.Tx, r row, standing string, o origin, by string) (string, error) {
	now := ledger.Micros(t.Now)
	if _, err := t.Exec("DELETE FROM session WHERE expires_us <= ? OR seen_us <= ?", now, ledger.Micros(t.Now.Add(-sessionIdle))); err != nil {
		return "", err
	}
	token, hash := newToken("")
	address := ""
	if o.from.IsValid() {
		address = o.from.String()
	}
	id := newID()
	_, err := t.Exec("INSERT INTO session (hash, id, account, standing, created_us, seen_us, expires_us, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		hash, id, r.id, standing, now, now, ledger.Micros(t.Now.Add(sessionLives)), address, clip(o.agent, 200))
	if err != nil {
		return "", err
	}
	return token, t.Append(ledger.Event{Actor: r.id, Action: "session.begin", Subject: id, Detail: map[string]string{"by": by}})
}

// clip shortens text from outside.
func clip(s string, longest int) string {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") // not half of a letter
	}
	return s
}

// SignOut ends a session at the server. One that is not there has ended.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		var id, account string
		ok, err := t.Get("SELECT id, account FROM session WHERE hash = ?", []any{hashOf(token)}, &id, &account)
		if err != nil || !ok {
			return err
		}
		if _, err := t.Exec("DELETE FROM session WHERE id = ?", id); err != nil {
			return err
		}
		return t.Append(ledger.Event{Actor: account, Action: "session.end", Subject: id})
	})
}

// SessionInfo is a session as it is listed.
type SessionInfo struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"` // to the minute
	Expires time.Time `json:"expires"`
	Address string    `json:"address"`
	Agent   string    `json:"agent"`
	Current bool      `json:"current"`
}

// Sessions lists a viewer's own sessions, the newest first. token is that of the
// present one.
func (s *Service) Sessions(ctx context.Context, v access.Viewer, token string) (out []SessionInfo, err error) {
	current := hashOf(token)
	err = s.ledger.Read(ctx, func(t *ledger.Tx) error {
		return t.Each("SELECT id, created_us, seen_us, expires_us, address, agent, hash = ? FROM session WHERE account = ? AND expires_us > ? AND seen_us > ? ORDER BY created_us DESC, id",
			[]any{current, v.Account, ledger.Micros(t.Now), ledger.Micros(t.Now.Add(-sessionIdle))}, func(scan func(...any) error) error {
				var i SessionInfo
				var created, seen, expires int64
				err := scan(&i.ID, &created, &seen, &expires, &i.Address, &i.Agent, &i.Current)
				i.Created, i.Seen, i.Expires = ledger.FromMicros(created), ledger.FromMicros(seen), ledger.FromMicros(expires)
				out = append(out, i)
				return err
			})
	})
	return out, err
}

// Revoke ends one session of the viewer, or of anybody for an administrator.
func (s *Service) Revoke(ctx context.Context, v access.Viewer, id string) error {
	return s.revoke(ctx, v, "session", id)
}

// RevokeAll ends all of a viewer's own sessions but the one of a token; with "", all.
func (s *Service) RevokeAll(ctx context.Context, v access.Viewer, but string) error {
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if _, err := t.Exec("DELETE FROM session WHERE account = ? AND hash <> ?", v.Account, hashOf(but)); err != nil {
			return err
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "session.revoke-all", Subject: v.Account})
	})
}

// revoke deletes a session or an API token. Another's looks to a viewer like none.
func (s *Service) revoke(ctx context.Context, v access.Viewer, table, id string) error {
	if v.Token {
		return ErrForbidden
	}
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		n, err := t.Exec("DELETE FROM "+table+" WHERE id = ? AND (account = ? OR ?)", id, v.Account, administers(v))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing(table, id)
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: table + ".revoke", Subject: id})
	})
}

// administers tells whether a viewer may change accounts: never with a token.
func administers(v access.Viewer) bool { return v.Is(access.Administrator) && !v.Token }
