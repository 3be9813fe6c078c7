package api

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// TestBomb: an answer of a gigabyte that was packed into one megabyte is refused before it
// is unpacked (T15).
func TestBomb(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.CopyN(z, zeros{}, 1<<30) // the client hangs up
		_ = z.Close()
	}))
	defer server.Close()
	c := &Client{Base: server.URL}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Get(t.Context(), "/x", nil, nil)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, ErrUnusable) {
		t.Errorf("the error is %v", err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 256<<20 {
		t.Errorf("%d MiB were taken", taken>>20)
	}
}
