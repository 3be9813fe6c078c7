package account

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"golang.org/x/oauth2"
)

const (
	flowLives  = 10 * time.Minute
	verifierOf = "verifier of a sign-in"
)

// ErrState says that an answer of an identity provider belongs to no sign-in that this
// browser has begun.
var ErrState = errors.New("the sign-in was begun elsewhere, or too long ago: begin again")

// Providers lists the names of the identity providers.
func (s *Service) Providers() []string {
	var out []string
	for name := range s.providers {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// AuthURL begins to sign in at an identity provider: the address to send the browser
// to, and the state, which the browser must keep in a cookie of its own until it is
// back. link is an invitation that is taken up in this way, or "".
func (s *Service) AuthURL(ctx context.Context, provider, link string) (address, state string, err error) {
	p, ok := s.providers[provider]
	if !ok {
		return "", "", missing("identity provider", provider)
	}
	var invitation []byte
	if link != "" {
		if _, err := s.invited(ctx, link); err != nil {
			return "", "", err
		}
		invitation = hashOf(link)
	}
	_, read, err := p.described(ctx)
	if err != nil {
		return "", "", err
	}
	state, hash := newToken("")
	nonce, _ := newToken("")
	verifier := oauth2.GenerateVerifier()
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if _, err := t.Exec("DELETE FROM oidc_flow WHERE expires_us <= ?", ledger.Micros(t.Now)); err != nil {
			return err
		}
		_, err := t.Exec("INSERT INTO oidc_flow (state, provider, nonce, verifier, link, expires_us) VALUES (?, ?, ?, ?, ?, ?)",
			hash, provider, nonce, s.ledger.Seal(verifierOf, provider, []byte(verifier)), invitation, ledger.Micros(t.Now.Add(flowLives)))
		return err
	})
	if err != nil {
		return "", "", err
	}
	return p.config(read).AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce)), state, nil
}

// Callback is what a browser brings back from an identity provider.
type Callback struct {
	Cookie    string // the state that AuthURL gave
	State     string
	Code      string
	Issuer    string // of RFC 9207; "" when the provider sends none
	Error     string // when the provider refused
	From      netip.Addr
	UserAgent string
}

// Exchange ends a sign-in at an identity provider, and returns a session's token.
// Whatever is wrong answers ErrRefused or ErrState; the text says why, for the log.
func (s *Service) Exchange(ctx context.Context, c Callback) (session string, err error) {
	f, err := s.takeFlow(ctx, c)
	if err != nil {
		return "", err
	}
	p, ok := s.providers[f.provider]
	switch {
	case !ok:
		return "", ErrState
	case c.Issuer != "" && c.Issuer != p.Issuer:
		return "", because("the answer is of another one")
	case c.Error != "" || c.Code == "":
		return "", because("it did not let the person in")
	}
	verifier, err := s.ledger.Unseal(verifierOf, f.provider, f.verifier)
	if err != nil {
		return "", err
	}
	who, err := p.redeem(ctx, c.Code, string(verifier), f.nonce)
	if err != nil {
		return "", err
	}
	return s.enter(ctx, who, f.link, origin{c.From, c.UserAgent})
}

// flow is a sign-in that is under way.
type flow struct {
	provider, nonce string
	verifier, link  []byte
}

// takeFlow ends the flow that an answer belongs to: each is answered once, by the
// browser that began it.
func (s *Service) takeFlow(ctx context.Context, c Callback) (f flow, err error) {
	if c.State == "" || subtle.ConstantTimeCompare([]byte(c.State), []byte(c.Cookie)) != 1 {
		return f, ErrState
	}
	found := false
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		hash := hashOf(c.State)
		found, err = t.Get("SELECT provider, nonce, verifier, link FROM oidc_flow WHERE state = ? AND expires_us > ?", []any{hash, ledger.Micros(t.Now)}, &f.provider, &f.nonce, &f.verifier, &f.link)
		if err != nil {
			return err
		}
		_, err = t.Exec("DELETE FROM oidc_flow WHERE state = ?", hash)
		return err
	})
	if err == nil && !found {
		err = ErrState
	}
	return f, err
}

// enter begins a session for whoever an identity is linked to; with an invitation it is
// linked first. The provider answers for second factors.
func (s *Service) enter(ctx context.Context, who identity, link []byte, o origin) (session string, err error) {
	email := s.emailHash(who)
	var r row
	var invitedAt string
	err = s.ledger.Read(ctx, func(t *ledger.Tx) error {
		r, invitedAt, err = linked(t, who, link)
		return err
	})
	if err != nil && !errors.Is(err, ErrRefused) { // which is written down below
		return "", err
	}
	standing, present, err := s.standingOf(ctx, r.person)
	if err != nil {
		return "", err
	}
	why := ""
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		again, _, err := linked(t, who, link) // it may have changed meanwhile
		switch {
		case errors.Is(err, ErrRefused):
			why = "the identity is another account's, or nobody's"
			return refused(t, "", "oidc")
		case err != nil:
			return err
		case !again.active || !present || again.id != r.id || again.person != r.person || link != nil && invitedAt != standing:
			why = "the account is not active"
			return refused(t, again.id, "oidc")
		}
		if why, err = recognise(t, who, r.id, email, link); err != nil {
			return err
		} else if why != "" {
			return refused(t, r.id, "oidc")
		}
		session, err = begin(t, r, standing, o, "oidc")
		return err
	})
	switch {
	case err != nil:
		return "", err
	case why != "":
		return "", because(why)
	}
	return session, nil
}

// linked is the account that an identity stands for: with an invitation the invited
// one. An identity that was ever linked is not linked to another account: a provider
// may have given it to somebody else.
func linked(t *ledger.Tx, who identity, link []byte) (r row, standing string, err error) {
	var id string
	ok, err := t.Get("SELECT account FROM identity WHERE issuer = ? AND subject = ?", []any{who.issuer, who.subject}, &id)
	if err != nil {
		return r, "", err
	}
	if link != nil {
		var invited string
		there, err := t.Get("SELECT account, standing FROM one_time_link WHERE hash = ? AND purpose = ? AND expires_us > ?", []any{link, forInvitation, ledger.Micros(t.Now)}, &invited, &standing)
		switch {
		case err != nil || !there:
			return r, "", orLink(err)
		case ok && id != invited:
			return r, "", ErrRefused
		}
		id, ok = invited, true
	}
	if !ok {
		return r, "", ErrRefused
	}
	r, _, err = find(t, "id = ?", id)
	return r, standing, err
}

// recognise links an invited identity, and looks whether a linked one is still the same
// person's: the address is no identity, but one that has changed may mean that the
// provider gave the subject to somebody else. why is "" when all is well.
func recognise(t *ledger.Tx, who identity, account string, email, link []byte) (why string, err error) {
	if link == nil {
		var before []byte
		_, err := t.Get("SELECT email FROM identity WHERE issuer = ? AND subject = ?", []any{who.issuer, who.subject}, &before)
		if err == nil && before != nil && !bytes.Equal(before, email) {
			why = "the e-mail address of the identity has changed: invite the account again"
		}
		return why, err
	}
	if _, err := t.Exec("DELETE FROM one_time_link WHERE hash = ?", link); err != nil {
		return "", err
	}
	_, err = t.Exec(`INSERT INTO identity (issuer, subject, account, email, linked_us) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, linked_us = excluded.linked_us`,
		who.issuer, who.subject, account, email, ledger.Micros(t.Now))
	if err != nil {
		return "", err
	}
	return "", t.Append(ledger.Event{Actor: account, Action: "identity.link", Subject: account, Detail: map[string]string{"issuer": who.issuer}})
}

func (s *Service) emailHash(who identity) []byte {
	if who.email == "" {
		return nil
	}
	return s.ledger.Keyed("e-mail of an identity", who.issuer+"\n"+who.email)
}

// Unlink ends the identities of an account at all providers: it signs in there no more.
// They stay taken, so that nobody else comes in by one of them.
func (s *Service) Unlink(ctx context.Context, by access.Viewer, account string) error {
	return s.administer(ctx, by, account, func(t *ledger.Tx, r row) error {
		if _, err := t.Exec("UPDATE identity SET email = ? WHERE account = ?", []byte("unlinked"), r.id); err != nil {
			return err
		}
		return changed(t, by, r, "identity.unlink", nil)
	})
}
