package account

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/dial"
)

// TestProviderLeadsInside: a provider that describes itself with another host inside of the
// own network does not get us there, unless an administrator named that host (T5).
func TestProviderLeadsInside(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	address := strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)
	for named, want := range map[string]bool{"": false, "localhost": true} {
		reached = false
		p := &provider{Provider: Provider{Issuer: "https://127.0.0.1:1", Internal: []string{named}}}
		c := http.Client{Transport: p.transport()}
		res, err := c.Get(address)
		if err == nil {
			res.Body.Close()
		}
		if reached != want || errors.Is(err, dial.ErrInternal) == want {
			t.Errorf("named %q: reached %t, %v", named, reached, err)
		}
	}
}
