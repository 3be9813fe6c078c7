package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

func signed(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// unread fails the test when somebody reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read before its sender was known")
	return 0, io.EOF
}

// TestKnocks: a system that proves who it is has its source read, whatever it says and however
// often; whoever does not is refused, and nothing is read.
func TestKnocks(t *testing.T) {
	asked := 0
	mux := http.NewServeMux()
	hooks := map[string]http.Handler{}
	for system, p := range proofs {
		hooks[system] = &knock{p, []byte(hookSecret), func() { asked++ }}
	}
	hooked(mux, hooks)
	ask := func(system, header, value string, body io.Reader) int {
		r := httptest.NewRequest(http.MethodPost, "/hooks/"+system, body)
		if header != "" {
			r.Header.Set(header, value)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code
	}
	const text = `{"repository": "acme/api", and no JSON`
	for system, header := range map[string]string{"github": "X-Hub-Signature-256", "gitea": "X-Hub-Signature-256", "forgejo": "X-Hub-Signature-256", "jira": "X-Hub-Signature", "gitlab": "X-Gitlab-Token"} {
		right, wrong := signed(hookSecret, text), []string{
			"", signed("another", text), signed("", text), signed(hookSecret, text+" "), strings.TrimPrefix(signed(hookSecret, text), "sha256="), "sha1=" + strings.Repeat("0", 40), "sha256=", "sha256=zz",
		}
		if system == "gitlab" {
			right, wrong = hookSecret, []string{"", hookSecret[1:], hookSecret + "x", signed(hookSecret, text)}
		}
		before := asked
		for range 2 { // a replay reads once more, and changes nothing
			if got := ask(system, header, right, strings.NewReader(text)); got != http.StatusAccepted {
				t.Errorf("%s: %d", system, got)
			}
		}
		if asked != before+2 {
			t.Errorf("%s: reading was asked for %d times", system, asked-before)
		}
		for _, value := range wrong {
			if got := ask(system, header, value, strings.NewReader(text)); got != http.StatusUnauthorized {
				t.Errorf("%s with %q: %d", system, value, got)
			}
		}
		if got := ask(system, "X-Other", right, unread{t}); got != http.StatusUnauthorized {
			t.Errorf("%s with another header: %d", system, got)
		}
		if asked != before+2 {
			t.Errorf("%s: reading was asked for by somebody who proved nothing", system)
		}
	}
	asked = 0
	long := strings.Repeat(" ", mostKnock+1)
	if got := ask("github", "X-Hub-Signature-256", signed(hookSecret, long), strings.NewReader(long)); got != http.StatusRequestEntityTooLarge {
		t.Errorf("too long: %d", got)
	}
	if got := ask("github", "X-Hub-Signature-256", signed(hookSecret, long[1:]), strings.NewReader(long[1:])); got != http.StatusAccepted {
		t.Errorf("as long as may be: %d", got)
	}
	for system, p := range proofs {
		for _, value := range []string{"", signed("", text)} {
			if got, err := p(http.Header{"X-Hub-Signature-256": {value}, "X-Hub-Signature": {value}, "X-Gitlab-Token": {value}}, strings.NewReader(text), nil); got || err != nil {
				t.Errorf("%s without a secret takes %q: %t, %v", system, value, got, err)
			}
		}
	}
	if asked != 1 {
		t.Errorf("reading was asked for %d times", asked)
	}
}

// TestKnocksAreReadSoon: words that come together are one run, the next one waits a while, and
// none is lost that comes while sources are read.
func TestKnocksAreReadSoon(t *testing.T) {
	h, _ := hosting(t, slog.DiscardHandler)
	h.settles, h.apart = 20*time.Millisecond, 300*time.Millisecond
	runs := make(chan run, 100)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.keep(ctx, time.Hour, func(context.Context) {
			h.mu.Lock()
			defer h.mu.Unlock()
			runs <- h.runs[0]
		})
	}()
	first := <-runs // of the start
	for range 50 {
		h.soon()
	}
	second := <-runs
	if gap := second.Began.Sub(first.Ended); gap < h.apart-20*time.Millisecond {
		t.Errorf("read again after %v", gap)
	}
	h.soon()
	third := <-runs
	if gap := third.Began.Sub(second.Ended); gap < h.apart-20*time.Millisecond {
		t.Errorf("and after %v", gap)
	}
	h.pause(h.now())
	h.soon()
	time.Sleep(h.apart + 200*time.Millisecond)
	stop()
	<-ended
	if n := len(runs); n > 0 {
		t.Errorf("%d runs more, also while that is paused", n)
	}
}

// TestHooksOfTheWorkspace: which there are, and what keeps a server from starting.
func TestHooksOfTheWorkspace(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	h.env = append(h.env, "SECRET=a secret")
	g := newGate(newServed(h.program, h), nil)
	file := filepath.Join(dir, "diarchy.yaml")
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "empty"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for systems, want := range map[string]string{
		"{system: github, hook_env: SECRET}, {system: github, name: ours, address: 'https://git.acme.example', hook_env: SECRET}, {system: gitlab, address: 'https://lab.acme.example'}, {system: jira, address: 'https://acme.example', hook_env: SECRET}, {system: webhook, name: ops, files: {items: i.jsonl}, token_env: SECRET}": "acme.example github ops ours",
		"{system: github, projects: [a/b], hook_env: SECRET}, {system: github, projects: [a/c], hook_env: SECRET}": "two systems would be the webhook /hooks/github",
		"{system: github, hook_env: NONE}":   "the webhook's secret of github: the variable NONE is not set",
		"{system: github, hook_file: empty}": "the webhook's secret of github: empty is empty",
		"{system: github, hook_file: none}":  "the webhook's secret of github: open",
	} {
		if err := os.WriteFile(file, append(slices.Clone(document), "systems: ["+systems+"]\n"...), 0o600); err != nil {
			t.Fatal(err)
		}
		hooks, err := g.hooks()
		got := strings.Join(slices.Sorted(maps.Keys(hooks)), " ")
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) || err != nil && !errors.Is(err, problem.Invalid) && !errors.Is(err, problem.Missing) {
			t.Errorf("%s: %s, want %s", systems, got, want)
		}
	}
}

// TestEverySystemIsConnected: what a workspace may name can be opened, and what may have a hook can
// prove who it is; nothing is connected that cannot be named.
func TestEverySystemIsConnected(t *testing.T) {
	for _, name := range workspace.SystemNames {
		c := connectors[name]
		if c.open == nil || len(c.brings) == 0 && name != "csv" {
			t.Errorf("%s cannot be opened, or brings nothing", name)
		}
		if (proofs[name] != nil) != slices.Contains(workspace.Knocking, name) {
			t.Errorf("%s: a workspace says of its hook otherwise than the server", name)
		}
	}
	if len(connectors) != len(workspace.SystemNames) {
		t.Errorf("%d connectors for %d names", len(connectors), len(workspace.SystemNames))
	}
}
