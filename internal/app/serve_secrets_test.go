package app_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

// echo is every system that a server asks, at its worst: it refuses, and repeats all that it was
// asked with.
type echo struct {
	mu   sync.Mutex
	told string
	url  string
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var all strings.Builder
	for _, name := range []string{"Authorization", "Private-Token"} { // only the beginning of what a system says is quoted
		fmt.Fprintf(&all, "%s: %s ", name, r.Header.Get(name))
	}
	fmt.Fprintf(&all, "%s %s ", r.URL.RequestURI(), body)
	if user, password, ok := r.BasicAuth(); ok {
		fmt.Fprintf(&all, "%s %s", user, password)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.told += all.String()
	if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer": %q, "authorization_endpoint": %q, "token_endpoint": %q, "jwks_uri": %q}`, e.url, e.url+"/authorize", e.url+"/token", e.url+"/keys")
		return
	}
	w.Header().Set("WWW-Authenticate", all.String())
	status := http.StatusUnauthorized
	if strings.HasPrefix(r.Host, "localhost") { // what it says is an error of its own
		status = http.StatusUnprocessableEntity
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message": %q, "error": %q, "error_description": %q}`, all.String(), all.String(), all.String())
}

// codeOf is the code of an authenticator at an instant (RFC 6238).
func codeOf(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1_000_000)
}

// TestNoSecretComesOut plants secrets of every kind in a server that runs, uses it well and badly,
// and looks for them in its log, on its pages, in its errors and in what operators watch (T18).
func TestNoSecretComesOut(t *testing.T) {
	system := &echo{}
	systems := httptest.NewServer(system)
	defer systems.Close()
	system.url = systems.URL
	database := pgtest.Durable(t, "")
	dir := t.TempDir()
	secret := map[string]string{
		"gitea's token": "canary-gitea-7c1", "gitlab's token": "canary-gitlab-2f9", "jira's token": "canary-jira-5b3", "the webhook's secret": "canary-webhook-8e4", "the hook's secret": "canary-hook-1d6",
		"the client's secret": "canary-client-3a5", "a code of a sign-in": "canary-code-9f2", "the database's password": "let me in", "a password": sentence, "a wrong password": "canary-wrong-password-6c8",
	}
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nsystems:\n"+
		"  - {system: gitea, address: '"+systems.URL+"', projects: [acme/api], token_env: GITEA, hook_env: HOOK, name: forge}\n"+
		"  - {system: gitlab, address: '"+strings.Replace(systems.URL, "127.0.0.1", "localhost", 1)+"', projects: [acme/api], token_env: GITLAB}\n"+
		"  - {system: jira, address: '"+systems.URL+"/jira', projects: [PAY], user: reader@example.com, token_env: JIRA}\n"+
		"  - {system: webhook, name: ops, files: {items: items.jsonl}, token_env: WEBHOOK}\n")
	write(t, filepath.Join(dir, "client"), secret["the client's secret"]+"\n")
	s := serveDir(t, dir, "GITEA="+secret["gitea's token"], "GITLAB="+secret["gitlab's token"], "JIRA="+secret["jira's token"], "WEBHOOK="+secret["the webhook's secret"], "HOOK="+secret["the hook's secret"],
		"DIARCHY_DATABASE="+database.Address("postgres"), "DIARCHY_LEDGER="+database.Address("postgres"),
		"DIARCHY_OIDC_ISSUER="+systems.URL, "DIARCHY_OIDC_CLIENT_ID=diarchy", "DIARCHY_OIDC_SECRET_FILE="+filepath.Join(dir, "client"), "DIARCHY_OIDC_NAME=company")
	link, _ := url.Parse(s.link)
	secret["the first link"] = link.Query().Get("link")

	// What is shown once, to whom it is for, is no leak: the rest is.
	seen := map[string]string{} // by what was asked
	ask := func(c *http.Client, method, path, body string, header ...string) string {
		t.Helper()
		r, err := http.NewRequest(method, s.address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(resp.Status, resp.Header, html.UnescapeString(string(text)))
	}
	look := func(c *http.Client, method, path, body string, header ...string) {
		t.Helper()
		where, _, _ := strings.Cut(path, "?")
		seen[method+" "+where] += ask(c, method, path, body, header...)
	}
	form := func(pairs ...string) string {
		q := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return q.Encode()
	}

	c, nobody := s.client(), &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	at, _ := url.Parse(s.address)
	secret["a session"] = c.Jar.Cookies(at)[0].Value
	secret["a second factor"] = regexp.MustCompile(`<code>([A-Z2-7]{16,})</code>`).FindStringSubmatch(ask(c, "POST", "/account/code", ""))[1]
	look(c, "POST", "/account/code/confirm", form("code", "918273"))
	page := ask(c, "POST", "/account/code/confirm", form("code", codeOf(t, secret["a second factor"], time.Now())))
	recovery := regexp.MustCompile(`<code>([^<]{8,})</code>`).FindAllStringSubmatch(page, -1)
	if len(recovery) < 5 {
		t.Fatalf("%d recovery codes: %.600s", len(recovery), page)
	}
	secret["a recovery code"] = recovery[0][1]
	secret["a token"] = s.token(c, "read:diagnosis read:data read:people read:delivery")
	invited, _, _ := strings.Cut(ask(c, "POST", "/administration/accounts", form("name", "grace", "roles", "member")), "</code>")
	_, secret["an invitation"], _ = strings.Cut(invited, "?link=")
	for name, value := range secret {
		if len(value) < 8 {
			t.Fatalf("%s is %q", name, value)
		}
	}

	// Signing in, badly.
	look(nobody, "POST", "/enter", form("name", "ada", "password", secret["a wrong password"]))
	look(nobody, "POST", "/enter", form("name", "ada", "password", sentence))
	look(nobody, "POST", "/enter", form("name", "ada", "password", sentence, "code", "000000"))
	look(nobody, "POST", "/enter/accept", form("link", secret["the first link"], "password", sentence))
	look(nobody, "POST", "/enter/first", form("link", secret["the first link"]+"x", "name", "eve", "password", sentence))
	look(c, "POST", "/account/password", form("before", secret["a wrong password"], "after", sentence))
	look(nobody, "GET", "/enter/back?state=none&code="+url.QueryEscape(secret["a code of a sign-in"]), "")
	elsewhere := &http.Client{Jar: c.Jar, CheckRedirect: nobody.CheckRedirect}
	state := regexp.MustCompile(`[?&]state=([\w-]+)`).FindStringSubmatch(ask(elsewhere, "GET", "/enter/with?provider=company", ""))
	look(elsewhere, "GET", "/enter/back?state="+state[1]+"&code="+url.QueryEscape(secret["a code of a sign-in"]), "")

	// Programs, with and without what they need.
	bearer := "Bearer " + secret["a token"]
	for _, path := range []string{"/api/v1/sources", "/api/v1/diagnosis", "/api/v1/diagnosis?scope=nothing", "/api/v1/nothing", "/api/v1/openapi.json", "/metrics", "/data", "/administration"} {
		look(nobody, "GET", path, "", "Authorization", bearer)
		look(nobody, "GET", path, "", "Authorization", bearer+"x")
		look(nobody, "GET", path, "", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("ada:"+sentence)))
		look(nobody, "GET", path, "", "Cookie", "diarchy="+secret["a session"]+"x")
	}
	look(nobody, "POST", "/mcp", `{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}`, "Authorization", bearer, "Content-Type", "application/json")
	look(nobody, "POST", "/hooks/ops", "{}", "X-Hub-Signature-256", "sha256="+secret["the webhook's secret"])
	look(nobody, "POST", "/hooks/forge", "{}", "X-Hub-Signature-256", secret["the hook's secret"], "X-Gitlab-Token", secret["the hook's secret"])
	for _, value := range []string{secret["a token"], secret["a session"], secret["an invitation"], url.PathEscape(sentence)} { // pasted into the address: the log has the route alone
		for _, path := range []string{"/", "/metrics/", "/hooks/", "/api/v1/metrics/", "/assets/", "/vpe?as_of=", "/search?q=", "/enter?link="} {
			ask(c, "GET", path+value, "")
		}
	}

	rooms := []string{"/account?format=json", "/administration?format=json", "/administration/audit?format=json", "/data?format=json"}
	_, all := demoPages(t)
	rooms = append(rooms, all...)
	for _, path := range rooms {
		look(c, "GET", path, "")
	}
	h := newHome(t)
	h.env = append(h.env, "DIARCHY_LEDGER="+database.Address("postgres"))
	seen["config show"] = h.ok("config", "show", "--workspace", dir)
	for _, name := range []string{"gitea's token", "gitlab's token", "jira's token", "the client's secret", "a code of a sign-in"} {
		system.mu.Lock()
		if !strings.Contains(system.told, secret[name]) {
			t.Errorf("%s was never used", name)
		}
		system.mu.Unlock()
	}
	if text := seen["GET /api/v1/sources"]; strings.Count(text, "401 Unauthorized") != 3 || !strings.Contains(text, "the token is not valid") || !strings.Contains(text, "Private-Token: ***") || !strings.Contains(seen["config show"], "tester:***@") {
		t.Errorf("the test does not see what it should: %s", text)
	}

	// And when the database is gone.
	if err := database.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(rooms, "/readyz", "/metrics") {
		look(c, "GET", path, "")
	}
	look(nobody, "GET", "/api/v1/sources", "", "Authorization", bearer)
	look(nobody, "POST", "/enter", form("name", "ada", "password", sentence))
	ask(c, "POST", "/data/refresh", "")
	if !strings.Contains(s.log.String(), "level=ERROR") {
		t.Error("that the database is gone is not in the log")
	}
	s.stop()
	seen["the log"] = s.log.String()
	for _, name := range slices.Sorted(maps.Keys(secret)) {
		value := secret[name]
		for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), base64.StdEncoding.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte("reader@example.com:" + value))} {
			for where, text := range seen {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("%s holds %s: ...%.200s", where, name, text[max(0, i-100):])
				}
			}
		}
	}
}
