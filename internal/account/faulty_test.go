package account

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/access"
)

func realNow() time.Time { return time.Now() }

// faulty is a provider that can be told to misbehave.
type faulty struct {
	*httptest.Server
	t      *testing.T
	key    *ecdsa.PrivateKey
	now    func() time.Time
	nonce  string // of the newest request
	bend   func(claims map[string]any)
	sign   func(f *faulty, signed string) string // nil: as it should
	header map[string]any
	answer func(w http.ResponseWriter) bool // instead of a token
	iss    string                           // of the description
}

func newFaulty(t *testing.T, now func() time.Time) *faulty {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{t: t, key: key, now: now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", f.describe)
	mux.HandleFunc("GET /keys", f.keys)
	mux.HandleFunc("POST /token", f.token)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	f.iss = f.URL
	return f
}

func (f *faulty) provider() Provider {
	return Provider{Name: "faulty", Issuer: f.URL, ClientID: "diarchy", ClientSecret: "canary-client-secret", RedirectURL: callback, Scopes: []string{"email"}}
}

func (f *faulty) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		f.t.Error(err)
	}
}

func (f *faulty) describe(w http.ResponseWriter, _ *http.Request) {
	f.write(w, map[string]any{"issuer": f.iss, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}})
}

func (f *faulty) keys(w http.ResponseWriter, _ *http.Request) {
	raw, err := f.key.PublicKey.Bytes()
	if err != nil {
		f.t.Error(err)
	}
	f.write(w, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k", "x": b64(raw[1:33]), "y": b64(raw[33:])}}})
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// visit plays the browser: it reads what the request asks for and comes back.
func (f *faulty) visit(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	f.nonce = q.Get("nonce")
	if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(f.nonce) < 43 || len(q.Get("state")) < 43 || q.Get("response_type") != "code" {
		f.t.Errorf("the request lacks something: %s", address)
	}
	return url.Values{"state": {q.Get("state")}, "code": {"canary-code " + q.Get("code_challenge")}}
}

func (f *faulty) token(w http.ResponseWriter, r *http.Request) {
	if f.answer != nil && f.answer(w) {
		return
	}
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if r.FormValue("code") != "canary-code "+b64(challenge[:]) {
		w.WriteHeader(http.StatusBadRequest)
		f.write(w, map[string]any{"error": "invalid_grant"})
		return
	}
	now := f.now()
	claims := map[string]any{"iss": f.URL, "sub": "subject-1", "aud": "diarchy", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "nonce": f.nonce, "email": "Bob@example.com", "email_verified": true}
	if f.bend != nil {
		f.bend(claims)
	}
	answer := map[string]any{"access_token": "canary-access", "token_type": "Bearer"}
	if claims["omit"] == nil {
		answer["id_token"] = f.signed(claims)
	}
	f.write(w, answer)
}

func (f *faulty) signed(claims map[string]any) string {
	header := map[string]any{"alg": "ES256", "kid": "k", "typ": "JWT"}
	for k, v := range f.header {
		header[k] = v
	}
	h, err1 := json.Marshal(header)
	c, err2 := json.Marshal(claims)
	if err := errors.Join(err1, err2); err != nil {
		f.t.Error(err)
	}
	text := b64(h) + "." + b64(c)
	if f.sign != nil {
		return text + "." + f.sign(f, text)
	}
	return text + "." + es256(f.t, f.key, text)
}

func es256(t *testing.T, key *ecdsa.PrivateKey, text string) string {
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Error(err)
	}
	return b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func hs256(secret []byte) func(*faulty, string) string {
	return func(_ *faulty, text string) string {
		h := hmac.New(crypto.SHA256.New, secret)
		h.Write([]byte(text))
		return b64(h.Sum(nil))
	}
}

// TestTricks has a provider, or somebody between, misbehave in one way at a time: each
// is refused, and the message holds no secret (T4, T18).
func TestTricks(t *testing.T) {
	set := func(k string, v any) func(*faulty) {
		return func(f *faulty) { f.bend = func(c map[string]any) { c[k] = v } }
	}
	drop := func(k string) func(*faulty) {
		return func(f *faulty) { f.bend = func(c map[string]any) { delete(c, k) } }
	}
	reply := func(status int, body string) func(*faulty) {
		return func(f *faulty) {
			f.answer = func(w http.ResponseWriter) bool {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				fmt.Fprint(w, body)
				return true
			}
		}
	}
	for name, c := range map[string]struct {
		do   func(*faulty)
		want string // in the text; "" when it is let in
	}{
		"nothing":           {func(*faulty) {}, ""},
		"another audience":  {set("aud", "other"), "audience"},
		"no audience":       {drop("aud"), "audience"},
		"ours among others": {set("aud", []string{"other", "diarchy"}), "somebody else"},
		"and made for us": {func(f *faulty) {
			f.bend = func(c map[string]any) { c["aud"], c["azp"] = []string{"other", "diarchy"}, "diarchy" }
		}, ""},
		"made for another":              {set("azp", "other"), "somebody else"},
		"another issuer":                {set("iss", "https://evil.example.com"), "different provider"},
		"the issuer with a slash":       {func(f *faulty) { f.bend = func(c map[string]any) { c["iss"] = f.URL + "/" } }, "different provider"},
		"no issuer":                     {drop("iss"), "different provider"},
		"another nonce":                 {set("nonce", "x"), "nonce"},
		"no nonce":                      {drop("nonce"), "nonce"},
		"a nonce that is no text":       {set("nonce", 1), "unmarshal"},
		"expired":                       {func(f *faulty) { f.bend = func(c map[string]any) { c["exp"] = f.now().Add(-time.Second).Unix() } }, "expired"},
		"no expiry":                     {drop("exp"), "expired"},
		"from the future":               {func(f *faulty) { f.bend = func(c map[string]any) { c["iat"] = f.now().Add(time.Hour).Unix() } }, "from the future"},
		"not yet":                       {func(f *faulty) { f.bend = func(c map[string]any) { c["nbf"] = f.now().Add(time.Hour).Unix() } }, "not before"},
		"email_verified as text":        {set("email_verified", "true"), "wrong type"},
		"email_verified as false text":  {set("email_verified", "false"), "wrong type"},
		"email_verified as a number":    {set("email_verified", 1), "wrong type"},
		"an e-mail address that is two": {set("email", []string{"a@x", "b@x"}), "wrong type"},
		"no subject":                    {drop("sub"), "subject"},
		"an empty subject":              {set("sub", ""), "subject"},
		"a subject that is a number":    {set("sub", 7), "unmarshal"},
		"a very long subject":           {set("sub", strings.Repeat("x", 300)), "subject"},
		"another subject":               {set("sub", "subject-2"), "nobody's"},
		"another subject, same address": {func(f *faulty) { f.bend = func(c map[string]any) { c["sub"] = "subject-3" } }, "nobody's"},
		"a recycled subject":            {set("email", "carol@example.com"), "has changed"},
		"a recycled subject, unverified": {func(f *faulty) {
			f.bend = func(c map[string]any) { c["email_verified"] = false }
		}, "has changed"},
		"a recycled subject without address": {drop("email"), "has changed"},
		"the same address in capitals":       {set("email", "BOB@EXAMPLE.COM"), ""},
		"no ID token":                        {set("omit", true), "no ID token"},
		"another access token":               {set("at_hash", "x"), "access token"},
		"no algorithm": {func(f *faulty) {
			f.header, f.sign = map[string]any{"alg": "none"}, func(*faulty, string) string { return "" }
		}, "malformed"},
		"signed with our secret": {func(f *faulty) {
			f.header, f.sign = map[string]any{"alg": "HS256"}, hs256([]byte("canary-client-secret"))
		}, "malformed"},
		"signed with the public key as a secret": {func(f *faulty) {
			raw, _ := f.key.PublicKey.Bytes()
			f.header, f.sign = map[string]any{"alg": "HS256"}, hs256(raw)
		}, "malformed"},
		"another's key": {func(f *faulty) {
			f.sign = func(f *faulty, text string) string {
				other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
				return es256(f.t, other, text)
			}
		}, "signature"},
		"a key of its own in the header": {func(f *faulty) {
			other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			raw, _ := other.PublicKey.Bytes()
			f.header = map[string]any{"kid": "z", "jwk": map[string]any{"kty": "EC", "crv": "P-256", "x": b64(raw[1:33]), "y": b64(raw[33:])}}
			f.sign = func(f *faulty, text string) string { return es256(f.t, other, text) }
		}, "signature"},
		"a cut signature":         {func(f *faulty) { f.sign = func(*faulty, string) string { return "AAAA" } }, "signature"},
		"an error that repeats":   {reply(400, `{"error":"invalid_grant","error_description":"canary-code canary-client-secret"}`), "invalid_grant"},
		"an error that is a page": {reply(500, "<p>canary-code</p>"), "status 500"},
		"no JSON":                 {reply(200, "canary-code {"), ""},
		"nothing at all":          {reply(200, ""), ""},
		"a redirect elsewhere": {func(f *faulty) {
			f.answer = func(w http.ResponseWriter) bool {
				w.Header().Set("Location", "http://192.0.2.1/")
				w.WriteHeader(307)
				return true
			}
		}, "status 307"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ada := w.first()
			f := newFaulty(t, w.clock)
			w.withProvider(f.provider())
			link, _, err := w.Create(t.Context(), ada, Invite{Name: "bob"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.come("faulty", link, f.visit); err != nil {
				t.Fatal(err)
			}
			c.do(f)
			token, err := w.come("faulty", "", f.visit)
			letIn := c.want == "" && f.answer == nil
			if letIn != (err == nil) || letIn != (token != "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%q, %v, want %q", token, err, c.want)
			}
			if err != nil && c.want != "" && !errors.Is(err, ErrRefused) {
				t.Errorf("is no refusal: %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the message holds a secret: %v", err)
			}
		})
	}
}

// TestAnswers: an answer that belongs to no sign-in of this browser is refused.
func TestAnswers(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	f := newFaulty(t, w.clock)
	w.withProvider(f.provider())
	link, _, err := w.Create(t.Context(), ada, Invite{Name: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.come("faulty", link, f.visit); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bend func(*Callback)
		want error
	}{
		"as it is":                {func(*Callback) {}, nil},
		"no cookie":               {func(c *Callback) { c.Cookie = "" }, ErrState},
		"another's cookie":        {func(c *Callback) { c.Cookie = "x" }, ErrState},
		"no state":                {func(c *Callback) { c.State, c.Cookie = "", "" }, ErrState},
		"a state that is made up": {func(c *Callback) { c.State, c.Cookie = "x", "x" }, ErrState},
		"too late":                {func(*Callback) { w.pass(flowLives) }, ErrState},
		"another's code":          {func(c *Callback) { c.Code = "stolen" }, ErrRefused},
		"no code":                 {func(c *Callback) { c.Code = "" }, ErrRefused},
		"an error":                {func(c *Callback) { c.Error = "access_denied" }, ErrRefused},
		"of another issuer":       {func(c *Callback) { c.Issuer = "https://other.example.com" }, ErrRefused},
		"of the issuer":           {func(c *Callback) { c.Issuer = f.URL }, nil},
	} {
		address, state, err := w.AuthURL(t.Context(), "faulty", "")
		if err != nil {
			t.Fatal(err)
		}
		back := f.visit(address)
		cb := Callback{Cookie: state, State: back.Get("state"), Code: back.Get("code")}
		c.bend(&cb)
		token, err := w.Exchange(t.Context(), cb)
		if !errors.Is(err, c.want) || (token == "") != (c.want != nil) {
			t.Errorf("%s: %q, %v, want %v", name, token, err, c.want)
		}
		if _, err := w.Exchange(t.Context(), cb); err == nil {
			t.Errorf("%s: an answer counts twice", name)
		}
	}
}

// TestIdentities: an identity is one account's for ever (T4).
func TestIdentities(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	ada := w.first()
	f := newFaulty(t, w.clock)
	w.withProvider(f.provider())
	w.place("bob", "x")
	link, bob, err := w.Create(ctx, ada, Invite{Name: "bob", Person: "bob", Roles: []access.Role{access.Manager}})
	if err != nil {
		t.Fatal(err)
	}
	session := must[string](t)(w.come("faulty", link, f.visit))
	w.takes(session, "linked")
	second, _, err := w.Create(ctx, ada, Invite{Name: "carol"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.come("faulty", second, f.visit); !errors.Is(err, ErrRefused) {
		t.Errorf("the identity is linked to a second account: %v", err)
	}
	if _, err := w.Invited(ctx, second); err != nil {
		t.Errorf("that used up the invitation: %v", err)
	}
	w.place("bob", "")
	if _, err := w.come("faulty", "", f.visit); !errors.Is(err, ErrRefused) {
		t.Errorf("of one who has left: %v", err)
	}
	w.place("bob", "x")
	f.bend = func(c map[string]any) { c["email"] = "robert@example.com" }
	if _, err := w.come("faulty", "", f.visit); !errors.Is(err, ErrRefused) {
		t.Errorf("with another address: %v", err)
	}
	again := must[string](t)(w.Reinvite(ctx, ada, bob))
	if _, err := w.come("faulty", again, f.visit); err != nil {
		t.Errorf("invited again: %v", err)
	}
	if _, err := w.come("faulty", "", f.visit); err != nil {
		t.Errorf("and again without the invitation: %v", err)
	}
	if err := w.Unlink(ctx, ada, bob); err != nil {
		t.Fatal(err)
	}
	if _, err := w.come("faulty", "", f.visit); !errors.Is(err, ErrRefused) {
		t.Errorf("unlinked: %v", err)
	}
	again = must[string](t)(w.Reinvite(ctx, ada, bob))
	if _, err := w.come("faulty", again, f.visit); err != nil {
		t.Errorf("linked again: %v", err)
	}
	if err := w.Deactivate(ctx, ada, bob); err != nil {
		t.Fatal(err)
	}
	if _, err := w.come("faulty", "", f.visit); !errors.Is(err, ErrRefused) {
		t.Errorf("deactivated: %v", err)
	}
	if _, err := w.come("faulty", second, f.visit); !errors.Is(err, ErrRefused) {
		t.Errorf("the identity of a deactivated account goes to another: %v", err)
	}
}

// TestOtherIssuer: a description that names another issuer is not believed.
func TestOtherIssuer(t *testing.T) {
	w := newWorld(t)
	f := newFaulty(t, w.clock)
	f.iss = "https://other.example.com"
	w.withProvider(f.provider())
	if _, _, err := w.AuthURL(t.Context(), "faulty", ""); err == nil {
		t.Error("it is")
	}
}
