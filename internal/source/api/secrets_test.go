package api

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// repeating answers with what it was asked with, as a system does that helps too much.
type repeating struct{ before int }

func (a repeating) RoundTrip(r *http.Request) (*http.Response, error) {
	_, password, _ := r.BasicAuth()
	text := strings.Repeat(" ", 100) + strings.Repeat(".", a.before) + password + " " + r.Header.Get("Authorization")
	return &http.Response{StatusCode: http.StatusUnprocessableEntity, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

// TestSecretsInRefusals: a system that repeats what it was asked with puts no secret into an error,
// whole, encoded or cut off at the end of what is quoted.
func TestSecretsInRefusals(t *testing.T) {
	const password = "canary-0123456789-abcdef"
	authorize, secrets := Basic("bot", password)
	encoded := base64.StdEncoding.EncodeToString([]byte("bot:" + password))
	for before := range 40 {
		c := &Client{Base: "https://acme.example", Authorize: authorize, Secrets: secrets, Transport: repeating{before}}
		_, err := c.Get(t.Context(), "/x", nil, nil)
		text := fmt.Sprint(err)
		if !strings.Contains(text, "422") {
			t.Fatal(text)
		}
		for _, secret := range []string{password, encoded} {
			if strings.Contains(text, secret[:8]) {
				t.Errorf("after %d dots: %s", before, text)
			}
		}
	}
}
