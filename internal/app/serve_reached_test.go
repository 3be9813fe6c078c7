package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cli"
)

// TestFirstLinkOfAServerThatListensEverywhere: it names a host that a browser can ask, and leads
// to the form of the first account.
func TestFirstLinkOfAServerThatListensEverywhere(t *testing.T) {
	h, dir := hosting(t, slog.DiscardHandler)
	h.close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	scope := cli.Scope{Workspace: dir, Flags: map[string]string{"listen": "0.0.0.0:0"}}
	err := h.program.Serve(ctx, scope, func(at cli.Served) {
		go func() {
			defer stop()
			if !strings.HasPrefix(at.Link, "http://localhost:") || !strings.HasPrefix(at.Link, at.Address) {
				t.Errorf("the link is %s of %s", at.Link, at.Address)
			}
			resp, err := http.Get(at.Link)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if text, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(text), "make the first account") {
				t.Errorf("%v; the link leads to\n%s", err, text)
			}
		}()
	})
	if err != nil {
		t.Error(err)
	}
}
