package app_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/diarchy/diarchy/internal/htmltest"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// TestSignInAtAProvider: somebody who was invited comes in through an identity provider,
// of another project, in a real browser; and again without the invitation.
func TestSignInAtAProvider(t *testing.T) {
	tb := htmltest.New(t)
	mux := http.NewServeMux()
	provider := httptest.NewServer(mux)
	t.Cleanup(provider.Close)
	issuer := strings.Replace(provider.URL, "127.0.0.1", "localhost", 1) + "/"

	dir := t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\nsources:\n  - git: "+smallRepo(t)+"\n")
	secret := filepath.Join(dir, "secret")
	write(t, secret, "client-secret\n")
	s := serveDir(t, dir, "DIARCHY_OIDC_ISSUER="+issuer, "DIARCHY_OIDC_CLIENT_ID=diarchy", "DIARCHY_OIDC_SECRET_FILE="+secret, "DIARCHY_OIDC_NAME=company")
	storage.RegisterClients(storage.WebClient("diarchy", "client-secret", s.address+"/enter/back"))
	mux.Handle("/", exampleop.SetupServer(issuer, storage.NewStorage(storage.NewUserStore(issuer)), slog.New(slog.DiscardHandler), false, op.WithAllowInsecure()))

	s.client() // the first administrator
	b := &hand{tb, s}
	tb.Viewport(1280)
	comeIn := func() {
		b.do(chromedp.Click(`a[href^="/enter/with"]`), chromedp.WaitVisible("input[name=username]"),
			chromedp.SendKeys("input[name=username]", "test-user@localhost"), chromedp.SendKeys("input[name=password]", "verysecure"), chromedp.Submit("input[name=password]"))
	}
	at := func(path string) {
		t.Helper()
		for range 100 {
			if got := htmltest.Eval[string](tb, "location.href"); strings.HasPrefix(got, s.address+path) {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("at %s, not at %s:\n%.400s\n%s", htmltest.Eval[string](tb, "location.href"), path, b.text(), s.log)
	}

	tb.Load(s.address + "/enter")
	comeIn()
	at("/enter") // nobody has invited this one
	b.sees("That sign-in was not taken")

	out := newHome(t).ok("account", "invite", "bob", "--role", "executive", "--json", "--workspace", dir)
	_, path, _ := strings.Cut(out, `"path": "`)
	path, _, _ = strings.Cut(path, `"`)
	tb.Load(s.address + path)
	comeIn()
	at("/")
	b.sees("bob")
	b.do(chromedp.Click("form.who button"))
	b.sees("Sign in")
	b.do(chromedp.Click(`a[href^="/enter/with"]`)) // the provider may know the browser by now
	for range 50 {
		if u, _ := url.Parse(htmltest.Eval[string](tb, "location.href")); u != nil && u.Hostname() == "localhost" {
			b.do(chromedp.WaitVisible("input[name=username]"), chromedp.SendKeys("input[name=username]", "test-user@localhost"), chromedp.SendKeys("input[name=password]", "verysecure"), chromedp.Submit("input[name=password]"))
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	at("/")
	b.sees("bob")
	if strings.Contains(s.log.String(), "client-secret") || strings.Contains(s.log.String(), "code=") {
		t.Error("the log holds a secret")
	}
}
