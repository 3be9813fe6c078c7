package mcp

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Run answers one who asks on a pair of streams, until they hang up or the context ends.
func Run(ctx context.Context, company Company, asker Asker, version string, log *slog.Logger, in io.Reader, out io.Writer) error {
	err := New(company, asker, version, log).Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(in), Writer: keepOpen{out}})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// keepOpen is a writer that closing does not close.
type keepOpen struct{ io.Writer }

func (keepOpen) Close() error { return nil }

// Handler answers over HTTP, each request for itself. admit finds out who asks; nobody
// is told so.
func Handler(company Company, admit func(*http.Request) (Asker, bool), version string, log *slog.Logger) http.Handler {
	h := mcp.NewStreamableHTTPHandler(func(r *http.Request) *mcp.Server {
		asker, ok := admit(r)
		if !ok {
			return nil
		}
		return New(company, asker, version, log)
	}, &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := admit(r); !ok {
			w.Header().Set("WWW-Authenticate", `Bearer realm="diarchy"`)
			http.Error(w, "send a valid token: Authorization: Bearer diarchy_...", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}
