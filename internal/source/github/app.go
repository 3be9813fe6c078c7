package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/api"
)

// app gets tokens for the installation of a GitHub App. They hold for an hour.
type app struct {
	id      string
	key     string
	feed    *Feed
	client  *api.Client // signs its requests as the App
	token   string
	expires time.Time
}

func newApp(f *Feed, o Options) *app {
	a := &app{id: o.User, key: o.Token, feed: f}
	a.client = &api.Client{Base: f.client.Base, Header: f.client.Header, Transport: o.Transport, Clock: o.Clock, Limited: limited, Authorize: func(r *http.Request) error {
		jwt, err := a.sign(f.clock())
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+jwt)
		return nil
	}}
	return a
}

// authorize puts the installation's token into a request, a new one five minutes before the
// old one ends.
func (a *app) authorize(r *http.Request) error {
	if a.token == "" || a.expires.Sub(a.feed.clock()) < 5*time.Minute {
		if err := a.renew(r.Context()); err != nil {
			return err
		}
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	return nil
}

func (a *app) renew(ctx context.Context) error {
	id, err := a.installation(ctx)
	if err != nil {
		return err
	}
	var answer struct {
		Token     string
		ExpiresAt time.Time `json:"expires_at"`
	}
	path := fmt.Sprintf("%s/app/installations/%d/access_tokens", a.feed.rest, id)
	if _, err := a.client.Post(ctx, path, struct{}{}, &answer); err != nil {
		return err
	}
	if err := api.Require(answer.Token != "" && !answer.ExpiresAt.IsZero(), "token"); err != nil {
		return err
	}
	a.token, a.expires = answer.Token, answer.ExpiresAt
	a.feed.client.Secrets = append(a.feed.client.Secrets, a.token)
	return nil
}

// installation is the one of the owner of the repositories, or the only one.
func (a *app) installation(ctx context.Context) (int64, error) {
	var all []struct {
		ID      int64
		Account struct{ Login string }
	}
	if _, err := a.client.Get(ctx, a.feed.rest+"/app/installations?per_page=100", nil, &all); err != nil {
		return 0, err
	}
	var found []int64
	for _, i := range all {
		ok := true
		for _, p := range a.feed.projects {
			owner, _ := split(p)
			ok = ok && strings.EqualFold(owner, i.Account.Login)
		}
		if ok {
			found = append(found, i.ID)
		}
	}
	if len(found) != 1 {
		return 0, problem.New(problem.Invalid, "write one entry under systems for each organisation, with its repositories under projects",
			"App %s has %d installations, %d of them for these repositories: one is needed", a.id, len(all), len(found))
	}
	return found[0], nil
}

// sign makes the JSON Web Token (RS256) by which the App shows who it is. It begins a minute
// ago, because clocks differ, and ends before the ten minutes that GitHub allows.
func (a *app) sign(now time.Time) (string, error) {
	key, err := rsaKey(a.key)
	if err != nil {
		return "", err
	}
	if a.id == "" {
		return "", problem.New(problem.Invalid, "write the id of the App as user", "a private key without its GitHub App")
	}
	claims, err := json.Marshal(map[string]any{"iat": now.Add(-time.Minute).Unix(), "exp": now.Add(8 * time.Minute).Unix(), "iss": a.id})
	if err != nil {
		return "", err
	}
	text := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + encode(signature), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// rsaKey reads a private key as GitHub gives it (PKCS #1), or as other tools rewrite it
// (PKCS #8).
func rsaKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block != nil {
		if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return key, nil
		}
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if key, ok := key.(*rsa.PrivateKey); ok {
				return key, nil
			}
		}
	}
	return nil, problem.New(problem.Invalid, "download a new private key from the App's page", "the private key of the GitHub App cannot be read")
}
