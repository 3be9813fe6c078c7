package account

import (
	"context"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets find them.
const TokenPrefix = "diarchy_"

// Bearer tells whose an API token is and what it may be used for. The viewer carries
// the grants too: package access allows it nothing else.
func (s *Service) Bearer(ctx context.Context, token string) (access.Viewer, []access.Grant, error) {
	if !strings.HasPrefix(token, TokenPrefix) {
		return access.Viewer{}, nil, ErrRefused
	}
	hash := hashOf(token)
	var r row
	var standing, grants string
	var used time.Time
	var live bool
	err := s.ledger.Read(ctx, func(t *ledger.Tx) error {
		var id string
		var expires, usedUS int64
		ok, err := t.Get("SELECT account, standing, grants, COALESCE(used_us, 0), expires_us FROM api_token WHERE hash = ?", []any{hash}, &id, &standing, &grants, &usedUS, &expires)
		if err != nil || !ok {
			return orRefused(err)
		}
		used, live = ledger.FromMicros(usedUS), t.Now.Before(ledger.FromMicros(expires))
		r, _, err = find(t, "id = ?", id)
		return err
	})
	if err != nil {
		return access.Viewer{}, nil, err
	}
	if err := s.stillThere(ctx, r, standing, live); err != nil {
		return access.Viewer{}, nil, err
	}
	v := r.viewer()
	v.Token = true
	v.Grants, _ = access.ParseGrants(grants)
	return v, v.Grants, s.touch(ctx, "UPDATE api_token SET used_us = ? WHERE hash = ?", hash, used)
}

// TokenInfo is an API token as it is listed: without what it is.
type TokenInfo struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Grants  []access.Grant `json:"grants"`
	Created time.Time      `json:"created"`
	Expires time.Time      `json:"expires"`
	Used    time.Time      `json:"used,omitzero"` // zero: never; else to the minute
}

// CreateToken makes an API token of the viewer's. It is shown this once.
func (s *Service) CreateToken(ctx context.Context, v access.Viewer, name string, grants []access.Grant, lives time.Duration) (token, id string, err error) {
	var words []string
	for _, g := range grants {
		words = append(words, string(g))
	}
	text := strings.Join(words, " ")
	known, unknown := access.ParseGrants(text)
	switch name = strings.TrimSpace(name); {
	case v.Token:
		return "", "", ErrForbidden
	case name == "" || len(name) > 100:
		return "", "", problem.New(problem.Usage, "say what it is for, in at most 100 characters", "a token needs a name")
	case len(unknown) > 0:
		return "", "", problem.New(problem.Usage, "scopes are such as read:diagnosis", "there is no scope %q", unknown[0])
	case len(known) == 0:
		return "", "", problem.New(problem.Usage, "scopes are such as read:diagnosis", "a token needs at least one scope")
	case lives <= 0 || lives > tokenLivesMax:
		return "", "", problem.New(problem.Usage, "give at most 366 days", "a token must expire within a year")
	}
	standing, present, err := s.standingOf(ctx, v.Person)
	if err != nil || !present {
		return "", "", orRefused(err)
	}
	token, hash := newToken(TokenPrefix)
	id = newID()
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		r, _, err := find(t, "id = ?", v.Account)
		if err != nil || !r.active || r.person != v.Person {
			return orRefused(err)
		}
		_, err = t.Exec("INSERT INTO api_token (hash, id, account, name, grants, standing, created_us, expires_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			hash, id, v.Account, name, text, standing, ledger.Micros(t.Now), ledger.Micros(t.Now.Add(lives)))
		if err != nil {
			return err
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "api_token.create", Subject: id, Detail: map[string]string{"scopes": text}})
	})
	if err != nil {
		return "", "", err
	}
	return token, id, nil
}

// Tokens lists a viewer's own API tokens, the newest first, those that have expired too.
func (s *Service) Tokens(ctx context.Context, v access.Viewer) (out []TokenInfo, err error) {
	err = s.ledger.Read(ctx, func(t *ledger.Tx) error {
		return t.Each("SELECT id, name, grants, created_us, expires_us, used_us FROM api_token WHERE account = ? ORDER BY created_us DESC, id", []any{v.Account}, func(scan func(...any) error) error {
			var i TokenInfo
			var grants string
			var created, expires int64
			var used *int64
			err := scan(&i.ID, &i.Name, &grants, &created, &expires, &used)
			i.Grants, _ = access.ParseGrants(grants)
			i.Created, i.Expires = ledger.FromMicros(created), ledger.FromMicros(expires)
			if used != nil {
				i.Used = ledger.FromMicros(*used)
			}
			out = append(out, i)
			return err
		})
	})
	return out, err
}

// RevokeToken ends one API token of the viewer, or of anybody for an administrator.
func (s *Service) RevokeToken(ctx context.Context, v access.Viewer, id string) error {
	return s.revoke(ctx, v, "api_token", id)
}
