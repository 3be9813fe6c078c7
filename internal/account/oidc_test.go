package account

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// callback is where a provider sends the browser; nothing answers there.
const callback = "http://localhost:9999/auth/callback"

// realProvider is the provider of another project, with a user of its own.
func realProvider(t *testing.T) Provider {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	issuer := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/"
	users := storage.NewUserStore(issuer)
	storage.RegisterClients(storage.WebClient("diarchy", "client-secret", callback))
	mux.Handle("/", exampleop.SetupServer(issuer, storage.NewStorage(users), slog.New(slog.DiscardHandler), false, op.WithAllowInsecure()))
	return Provider{Name: "real", Issuer: issuer, ClientID: "diarchy", ClientSecret: "client-secret", RedirectURL: callback, Scopes: []string{"email"}}
}

// browser signs in at the real provider, and returns what it would bring back.
func browser(t *testing.T, address, user string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(req.URL.String(), callback) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, page, err)
	}
	form := url.Values{"username": {user}, "password": {"verysecure"}, "id": {res.Request.URL.Query().Get("authRequestID")}}
	if res, err = client.PostForm(res.Request.URL.String(), form); err != nil {
		t.Fatal(err)
	}
	back, err := res.Location()
	if err != nil {
		page, _ := io.ReadAll(res.Body)
		t.Fatalf("%v: %s", err, page)
	}
	return back.Query()
}

// withProvider gives a world's service an identity provider.
func (w *world) withProvider(p Provider) { w.providers[p.Name] = &provider{Provider: p, now: w.clock} }

// come signs in through a provider.
func (w *world) come(provider, link string, visit func(address string) url.Values) (string, error) {
	w.t.Helper()
	address, state, err := w.AuthURL(w.t.Context(), provider, link)
	if err != nil {
		return "", err
	}
	back := visit(address)
	return w.Exchange(w.t.Context(), Callback{Cookie: state, State: back.Get("state"), Code: back.Get("code"), Issuer: back.Get("iss"), Error: back.Get("error")})
}

// TestRealProvider signs in at a provider of another project: by an invitation, again
// without one, and as somebody whom nobody has invited.
func TestRealProvider(t *testing.T) {
	w := newWorld(t)
	w.now = realNow()
	w.withProvider(realProvider(t))
	ada := w.first()
	user := "test-user@localhost"
	visit := func(address string) url.Values { return browser(t, address, user) }
	if _, err := w.come("real", "", visit); !errors.Is(err, ErrRefused) {
		t.Fatalf("somebody who was not invited: %v", err)
	}
	link, id, err := w.Create(t.Context(), ada, Invite{Name: "bob", Roles: []access.Role{access.CTO}})
	if err != nil {
		t.Fatal(err)
	}
	token := must[string](t)(w.come("real", link, visit))
	if v, err := w.Session(t.Context(), token); err != nil || v.Account != id || !v.Is(access.CTO) {
		t.Fatalf("%+v, %v", v, err)
	}
	again := must[string](t)(w.come("real", "", visit))
	w.takes(again, "a second time, without the invitation")
	if again == token {
		t.Error("two sign-ins have one session")
	}
	if _, err := w.come("real", link, visit); !errors.Is(err, ErrLink) {
		t.Errorf("the invitation a second time: %v", err)
	}
	user = "test-user2"
	if _, err := w.come("real", "", visit); !errors.Is(err, ErrRefused) {
		t.Errorf("somebody else of the same provider: %v", err)
	}
	if _, err := w.signIn("bob", "", ""); !errors.Is(err, ErrRefused) {
		t.Errorf("by an empty password: %v", err)
	}
	t.Run("the code is bound to the one who asked for it", func(t *testing.T) {
		user = "test-user@localhost"
		first, state1, _ := w.AuthURL(t.Context(), "real", "")
		_, state2, _ := w.AuthURL(t.Context(), "real", "")
		code := visit(first).Get("code")
		// The verifier of the second sign-in does not fit the first one's code.
		if _, err := w.Exchange(t.Context(), Callback{Cookie: state2, State: state2, Code: code}); !errors.Is(err, ErrRefused) {
			t.Errorf("a code that was slipped in: %v", err)
		}
		w.Exchange(t.Context(), Callback{Cookie: state1, State: state1, Code: code}) //nolint:errcheck // the provider may have burnt the code
	})
}

// TestProviderDown: an unreachable provider is no refusal, and its address stays out of
// the message.
func TestProviderDown(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(http.NotFoundHandler())
	w.withProvider(Provider{Name: "gone", Issuer: server.URL, ClientID: "c", ClientSecret: "canary-secret"})
	server.Close()
	_, _, err := w.AuthURL(context.Background(), "gone", "")
	if err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
	for _, issuer := range []string{"http://idp.example.com", "ftp://localhost", "https://user:pass@idp.example.com", "://"} {
		w.withProvider(Provider{Name: "odd", Issuer: issuer})
		if _, _, err := w.AuthURL(context.Background(), "odd", ""); err == nil || !strings.Contains(err.Error(), "not secure") {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	if _, _, err := w.AuthURL(context.Background(), "none", ""); err == nil {
		t.Error("an unknown provider")
	}
}
