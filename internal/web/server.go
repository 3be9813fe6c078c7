package web

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Options are what a server is made of.
type Options struct {
	Company Company
	Gate    Gate
	Log     *slog.Logger
	Program string         // name and version
	Address string         // by which browsers reach the site, such as https://diarchy.example.com; "" is the one that each asks for
	Proxies []netip.Prefix // of those whose X-Forwarded headers are believed
	Now     func() time.Time

	Measures     *Measures            // what an operator watches; may be nil
	Programs     func(*http.ServeMux) // adds what programs ask, which knows by itself who does; may be nil
	Provisioning http.Handler         // what identity providers send people to, by SCIM; nil: nothing
}

// Server is the site.
type Server struct {
	company Company
	gate    Gate
	log     *slog.Logger
	program string
	secure  bool // the site is reached over TLS
	address string
	proxies []netip.Prefix
	now     func() time.Time
	mux     *http.ServeMux
	pages   pages
	files   files

	provisioning http.Handler
	measures     *Measures
}

// New makes a server. It fails only when a template or an asset that was compiled in
// does not hold together.
func New(o Options) (*Server, error) {
	s := &Server{company: o.Company, gate: o.Gate, log: o.Log, program: o.Program, secure: strings.HasPrefix(o.Address, "https://"), address: o.Address, proxies: o.Proxies, now: o.Now, measures: o.Measures, mux: http.NewServeMux(), provisioning: o.Provisioning}
	var err error
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	s.files = builtFiles()
	for _, r := range s.routes() {
		s.mux.Handle(r.Pattern, s.guard(r))
	}
	if o.Programs != nil {
		o.Programs(s.mux)
	}
	return s, nil
}

// Handler is the whole site with what holds for every answer.
func (s *Server) Handler() http.Handler {
	cross := http.NewCrossOriginProtection()
	return s.logged(secured(compressed(cross.Handler(s.found()))))
}

// found answers with a page where there is none: whoever mistyped an address, or kept an old
// one, finds the way back. It is the answer to what is hidden, too.
func (s *Server) found() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := s.mux.Handler(r); pattern != "" || r.Method != http.MethodGet {
			s.mux.ServeHTTP(w, r)
			return
		}
		req := &request{Request: r, w: w, today: s.now()}
		if viewer, err := s.whoAsks(req); err == nil {
			if req.policy, err = s.gate.Policy(r.Context()); err == nil {
				req.viewer = viewer
			}
		}
		s.fail(req, errHidden)
	})
}

// policy lets a page load its own style, scripts and pictures, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets what protects every page.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// logged writes a line for each request: the route, never the address, which may name
// somebody.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &answerLog{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if v := recover(); v != nil {
				s.log.Error("request failed", "route", r.Pattern, "panic", v)
				if !rec.wrote {
					http.Error(rec, "something went wrong here", http.StatusInternalServerError)
				}
			}
			s.measures.answered(r.Method, r.Pattern, rec.status, time.Since(began))
			s.log.Info("request", "method", r.Method, "route", r.Pattern, "status", rec.status, "bytes", rec.bytes, "ms", float64(time.Since(began).Microseconds())/1000)
		}()
		next.ServeHTTP(rec, r)
	})
}

type answerLog struct {
	http.ResponseWriter
	status int
	bytes  int
	wrote  bool
}

func (r *answerLog) WriteHeader(status int) {
	r.status, r.wrote = status, true
	r.ResponseWriter.WriteHeader(status)
}

func (r *answerLog) Write(b []byte) (int, error) {
	r.wrote = true
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

func (r *answerLog) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// compressed packs what a browser takes packed.
func compressed(next http.Handler) http.Handler {
	pool := sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		z := &packer{ResponseWriter: w, pool: &pool}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// packer begins to pack with the first byte, if that is text.
type packer struct {
	http.ResponseWriter
	pool    *sync.Pool
	gz      *gzip.Writer
	decided bool
}

func (p *packer) WriteHeader(status int) {
	p.decide(status)
	p.ResponseWriter.WriteHeader(status)
}

func (p *packer) decide(status int) {
	if p.decided {
		return
	}
	p.decided = true
	h := p.Header()
	kind := h.Get("Content-Type")
	text := strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "application/problem")
	if !text || h.Get("Content-Encoding") != "" || status == http.StatusNoContent || status == http.StatusNotModified {
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	p.gz, _ = p.pool.Get().(*gzip.Writer)
	p.gz.Reset(p.ResponseWriter)
}

func (p *packer) Write(b []byte) (int, error) {
	p.decide(http.StatusOK)
	if p.gz == nil {
		return p.ResponseWriter.Write(b)
	}
	return p.gz.Write(b)
}

func (p *packer) close() {
	if p.gz != nil {
		_ = p.gz.Close() // the client is gone if it fails
		p.pool.Put(p.gz)
	}
}

func (p *packer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// shutdownTime is how long answers under way may take when the server stops.
const shutdownTime = 8 * time.Second

// Serve answers on a listener until the context ends; then it lets answers under way
// finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		quiet, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		stopped <- srv.Shutdown(quiet)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
