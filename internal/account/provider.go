package account

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/diarchy/diarchy/internal/dial"
	"github.com/diarchy/diarchy/internal/problem"
	"golang.org/x/oauth2"
)

// Provider is an identity provider that speaks OpenID Connect.
type Provider struct {
	Name         string // by which it is chosen
	Issuer       string
	ClientID     string
	ClientSecret string
	RedirectURL  string
	Scopes       []string     // besides openid; usually email
	Internal     []string     // hosts besides the issuer's that may be inside of the own network
	Client       *http.Client // nil: one that stays at its host and does not wait for ever
}

const (
	providerWaits = 10 * time.Second
	providerBytes = 1 << 20 // of an answer
)

// provider is one whose description is read when it is first needed.
type provider struct {
	Provider
	now func() time.Time

	mu   sync.Mutex
	read *oidc.Provider

	dialling sync.Once
	dials    http.RoundTripper
}

// algorithms are those whose keys a provider keeps to itself: with any other, whoever
// knows our secret, or nobody at all, could sign.
func algorithms() []string {
	return []string{
		oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512,
		oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
	}
}

// described gives the provider's description, and the context in which to talk to it.
func (p *provider) described(ctx context.Context) (context.Context, *oidc.Provider, error) {
	client := p.Client
	if client == nil {
		client = &http.Client{Timeout: providerWaits, Transport: limited{p.transport()}, CheckRedirect: sameHost}
	}
	ctx = oidc.ClientContext(ctx, client)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read != nil {
		return ctx, p.read, nil
	}
	if err := secure(p.Issuer); err != nil {
		return nil, nil, err
	}
	read, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, nil, p.unreachable(err)
	}
	for _, address := range []string{read.Endpoint().AuthURL, read.Endpoint().TokenURL} {
		if err := secure(address); err != nil {
			return nil, nil, err
		}
	}
	p.read = read
	return ctx, read, nil
}

// transport keeps connections to what the provider describes itself with, which reaches
// the inside of the own network only where an administrator said so.
func (p *provider) transport() http.RoundTripper {
	p.dialling.Do(func() { p.dials = dial.Transport(p.Issuer, p.Internal...) })
	return p.dials
}

func (p *provider) unreachable(err error) error {
	return problem.New(nil, "diarchy's log says more; sign in with a password meanwhile", "the identity provider %s cannot be used: %w", p.Name, err)
}

// secure refuses to talk to a provider so that others can listen or answer.
func secure(address string) error {
	u, err := url.Parse(address)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) && u.User == nil {
		return nil
	}
	return problem.New(problem.Usage, "its addresses begin with https://", "an identity provider is configured, or describes itself, with an address that is not secure")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > 5 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// limited reads no more of an answer than any provider needs.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(req)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, providerBytes), res.Body}
	}
	return res, err
}

func (p *provider) config(read *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: p.RedirectURL,
		Endpoint: read.Endpoint(), Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}
}

// claims are what is read of an ID token. A value of another type than the one that the
// protocol names refuses the token: a text such as "false" is true to some readers.
type claims struct {
	AuthorizedParty string `json:"azp"`
	Email           string `json:"email"`
	EmailVerified   *bool  `json:"email_verified"`
}

// identity is who somebody is at a provider. The pair alone decides.
type identity struct {
	issuer, subject string
	email           string // "" unless the provider has verified it
}

// redeem trades a code for an ID token and reads who it is about. Its errors say why
// a token was refused, and hold no secret.
func (p *provider) redeem(ctx context.Context, code, verifier, nonce string) (identity, error) {
	ctx, read, err := p.described(ctx)
	if err != nil {
		return identity{}, err
	}
	token, err := p.config(read).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return identity{}, p.notRedeemed(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok || len(raw) > providerBytes {
		return identity{}, because("it gave no ID token")
	}
	id, err := read.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms(), Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return identity{}, because(err.Error())
	}
	if err := p.check(id, nonce, token.AccessToken); err != nil {
		return identity{}, err
	}
	return p.identify(id)
}

// check is what the protocol asks for besides signature, issuer, audience and expiry.
func (p *provider) check(id *oidc.IDToken, nonce, accessToken string) error {
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1:
		return because("the nonce is not the one that was sent")
	case id.IssuedAt.After(p.now().Add(5 * time.Minute)):
		return because("the token is from the future")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(accessToken) != nil:
		return because("the access token is not the one of the ID token")
	}
	return nil
}

func (p *provider) identify(id *oidc.IDToken) (identity, error) {
	var c claims
	if err := id.Claims(&c); err != nil {
		return identity{}, because("a claim has a wrong type")
	}
	others := slices.ContainsFunc(id.Audience, func(a string) bool { return a != p.ClientID })
	switch {
	case c.AuthorizedParty != "" && c.AuthorizedParty != p.ClientID, others && c.AuthorizedParty == "":
		return identity{}, because("the token was made for somebody else")
	case id.Subject == "" || len(id.Subject) > 255:
		return identity{}, because("the subject is empty or too long")
	}
	who := identity{issuer: p.Issuer, subject: id.Subject}
	if c.EmailVerified != nil && *c.EmailVerified {
		who.email = strings.ToLower(c.Email)
	}
	return who, nil
}

// because says in the log why somebody was refused.
func because(why string) error { return fmt.Errorf("%w: the identity provider: %s", ErrRefused, why) }

// notRedeemed tells what the provider answered: its code for the error, never the
// answer, which may repeat what was sent.
func (p *provider) notRedeemed(err error) error {
	var answer *oauth2.RetrieveError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &answer) && answer.ErrorCode != "":
		return because("it answered " + fmt.Sprintf("%.40q", answer.ErrorCode))
	case errors.As(err, &answer):
		return because("it answered with status " + fmt.Sprint(answer.Response.StatusCode))
	case errors.As(err, &syntax):
		return because("its answer is no JSON")
	}
	var asked *url.Error
	if errors.As(err, &asked) { // without the address
		err = asked.Err
	}
	return p.unreachable(err)
}
