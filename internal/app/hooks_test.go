package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/cdevents"
	"github.com/diarchy/diarchy/internal/source/csv"
)

const hookSecret = "canary-hook-secret"

func deployed(id string) string {
	return fmt.Sprintf(`{"context":{"version":"0.4.1","id":%q,"source":"/ci","type":"dev.cdevents.service.deployed.0.2.0","timestamp":"2026-03-01T10:00:00Z"},
		"subject":{"id":"checkout","type":"service","content":{"environment":{"id":"production"},"artifactId":"pkg:github/acme/api@4ba770c5b0e31023a652a41fdd5360c55084011d"}}}`, id)
}

// push sends an event, signed with a secret.
func push(h http.Handler, path, secret, text string, header map[string]string) int {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(text))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	r.Header.Set(source.SignatureHeader, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	r.Header.Set("Content-Type", "application/json")
	for key, value := range header {
		r.Header.Set(key, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// TestHooks: what a system pushes, signed, is kept as a line and read from there; everything
// else is refused and kept nowhere.
func TestHooks(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 1, 0, 0, time.UTC)
	file, asked := filepath.Join(t.TempDir(), "events.jsonl"), 0
	if err := os.WriteFile(file, []byte(`{"half": "a li`), 0o600); err != nil { // the machine stopped here
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	hooked(mux, map[string]http.Handler{"ci": &hook{admit: events(&cdevents.Gate{Secrets: [][]byte{[]byte(hookSecret)}, Now: func() time.Time { return now }}), file: file, after: func() { asked++ }}})
	binary := map[string]string{"Ce-Specversion": "1.0", "Ce-Id": "e2", "Ce-Source": "/ci", "Ce-Type": "dev.cdevents.service.deployed.0.2.0"}
	for _, tt := range []struct {
		what, path, secret, text string
		header                   map[string]string
		status                   int
	}{
		{"signed", "/hooks/ci", hookSecret, deployed("e1"), nil, http.StatusAccepted},
		{"the same again", "/hooks/ci", hookSecret, deployed("e1"), nil, http.StatusOK},
		{"in binary mode", "/hooks/ci", hookSecret, deployed("e2"), binary, http.StatusAccepted},
		{"another secret", "/hooks/ci", "wrong", deployed("e3"), nil, http.StatusUnauthorized},
		{"no secret", "/hooks/ci", "", deployed("e3"), nil, http.StatusUnauthorized},
		{"another hook", "/hooks/other", hookSecret, deployed("e3"), nil, http.StatusNotFound},
		{"no event", "/hooks/ci", hookSecret, `{"x":1}`, nil, http.StatusUnprocessableEntity},
		{"too old", "/hooks/ci", hookSecret, strings.Replace(deployed("e4"), "2026-03-01", "2025-03-01", 1), nil, http.StatusUnprocessableEntity},
		{"too long", "/hooks/ci", hookSecret, strings.Repeat(" ", mostEvent+1), nil, http.StatusRequestEntityTooLarge},
	} {
		if got := push(mux, tt.path, tt.secret, tt.text, tt.header); got != tt.status {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.status)
		}
	}
	if asked != 2 {
		t.Errorf("reading was asked for %d times", asked)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "\n") != 2 || strings.Contains(string(text), hookSecret) {
		t.Fatalf("%s", text)
	}
	var got fact.Delivery
	err = cdevents.New("cdevents:ci", map[string]string{"events": file}).Pull(context.Background(), source.Pull{
		Cursor: func(string) source.Cursor { return "" },
		Emit:   func(_ context.Context, p source.Page) error { got = p.Delivery; return nil },
	})
	if err != nil || len(got.Deployments) != 2 || got.Deployments[0].SHA != "4ba770c5b0e31023a652a41fdd5360c55084011d" {
		t.Errorf("read: %+v, %v", got.Deployments, err)
	}
}

// TestHookThatCannotKeep lets an event come again.
func TestHookThatCannotKeep(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 1, 0, 0, time.UTC)
	dir := t.TempDir()
	h := &hook{admit: events(&cdevents.Gate{Secrets: [][]byte{[]byte(hookSecret)}, Now: func() time.Time { return now }}), file: dir, after: func() {}}
	mux := http.NewServeMux()
	hooked(mux, map[string]http.Handler{"ci": h})
	if got := push(mux, "/hooks/ci", hookSecret, deployed("e1"), nil); got != http.StatusServiceUnavailable {
		t.Errorf("a folder in the place of the file: %d", got)
	}
	h.file = filepath.Join(dir, "events.jsonl")
	if got := push(mux, "/hooks/ci", hookSecret, deployed("e1"), nil); got != http.StatusAccepted {
		t.Errorf("again: %d", got)
	}
}

// TestHookOfRows: rows that are pushed are kept before the answer, each once, also after a start
// anew; what is wrong is named by its place and field, and nothing of it is kept.
func TestHookOfRows(t *testing.T) {
	file, mux := filepath.Join(t.TempDir(), "items.jsonl"), http.NewServeMux()
	start := func() {
		t.Helper()
		if err := touch(file); err != nil {
			t.Fatal(err)
		}
		gate, err := csv.NewGate(file, []byte(hookSecret))
		if err != nil {
			t.Fatal(err)
		}
		mux = http.NewServeMux()
		hooked(mux, map[string]http.Handler{"ops": &hook{admit: rows(gate), file: file, after: func() {}}})
	}
	start()
	const one = `{"item":"deployment","id":"d1","application":"shop","environment":"production","sha":"abc","result":"success","started_at":"2026-03-01T10:00:00Z"}`
	const two = `{"item":"incident","id":7,"opened_at":"2026-03-01T11:00:00Z","service":"shop"}`
	for _, tt := range []struct {
		what, secret, text string
		status             int
	}{
		{"one", hookSecret, one, http.StatusAccepted},
		{"the same again", hookSecret, one, http.StatusOK},
		{"the same, written otherwise", hookSecret, "[ " + strings.Replace(one, `"id":"d1",`, "", 1)[:20] + `, "id": "d1", ` + strings.Replace(one, `"id":"d1",`, "", 1)[21:] + "]", http.StatusOK},
		{"that one and another", hookSecret, "[" + one + "," + two + "]", http.StatusAccepted},
		{"not signed", "", two, http.StatusUnauthorized},
		{"one of two is wrong", hookSecret, "[" + strings.Replace(two, ":7", ":8", 1) + `,{"item":"incident","id":9}]`, http.StatusUnprocessableEntity},
		{"no JSON", hookSecret, "id=1", http.StatusUnprocessableEntity},
	} {
		if got := push(mux, "/hooks/ops", tt.secret, tt.text, nil); got != tt.status {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.status)
		}
	}
	start()
	if got := push(mux, "/hooks/ops", hookSecret, "["+two+","+one+"]", nil); got != http.StatusOK {
		t.Errorf("after a start anew: %d", got)
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != "["+one+"]\n["+two+"]\n" {
		t.Errorf("kept: %s %v", text, err)
	}
	var got fact.Delivery
	err = csv.NewPushed("webhook:ops", file).Pull(context.Background(), source.Pull{
		Cursor: func(string) source.Cursor { return "" },
		Emit:   func(_ context.Context, p source.Page) error { got = p.Delivery; return nil },
	})
	if err != nil || len(got.Deployments) != 1 || len(got.Incidents) != 1 || got.Incidents[0].ID != "7" {
		t.Errorf("read: %+v, %v", got, err)
	}
}
