package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
)

// Serve implements cli.Actions.
func (p *program) Serve(ctx context.Context, scope cli.Scope, o cli.ServeOptions, ready func(cli.Served)) (err error) {
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if o.JSONLog {
		log = slog.New(slog.NewJSONHandler(p.stderr, nil))
	}
	h, err := p.openHost(ctx, scope, log)
	if err != nil {
		return err
	}
	defer h.close()
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return problem.New(problem.Usage, "choose another one: diarchy serve --listen 127.0.0.1:8412", "cannot listen on %s: %w", o.Listen, err)
	}
	gate, link := newLinkGate(p.now)
	company := newServed(p, h)
	server, err := web.New(web.Options{Company: company, Gate: gate, Log: log, Program: Version(), Now: p.now})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	var background sync.WaitGroup
	defer background.Wait() // the database is closed only when nothing uses it any more
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	background.Go(func() { h.keep(ctx, o.Every, company.warm) })
	address := "http://" + listener.Addr().String()
	ready(cli.Served{Address: address, Link: address + "/enter?link=" + link})
	return server.Serve(ctx, listener)
}

// served answers the rooms of a server from what is stored, each question once for each
// version of facts and documents.
type served struct {
	p      *program // that asks the host
	host   *host
	memo   *memo
	writes writing
}

func newServed(p *program, h *host) *served {
	hosted := *p
	hosted.host = h
	return &served{p: &hosted, host: h, memo: &memo{}}
}

var _ web.Company = (*served)(nil)

// answered is what a question about a place is answered with.
func answered[T any](ctx context.Context, s *served, question string, at web.Place, make func(context.Context, cli.Scope) (T, error)) (T, error) {
	version, err := s.host.version(ctx)
	if err != nil {
		var none T
		return none, err
	}
	return remember(ctx, s.memo, version, fmt.Sprintf("%s\x00%s\x00%s", question, at.Scope, at.AsOf), func(ctx context.Context) (T, error) {
		return make(ctx, cli.Scope{AsOf: at.AsOf})
	})
}

// warm makes the answers that everybody asks for first.
func (s *served) warm(ctx context.Context) {
	began := time.Now()
	_, err := s.Brief(ctx, web.Place{})
	if err == nil {
		_, err = s.Leader(ctx, web.Place{}, "vpe")
	}
	if err != nil {
		if ctx.Err() == nil {
			s.host.log.Error("the company could not be judged", "error", err)
		}
		return
	}
	s.host.log.Info("judged", "seconds", time.Since(began).Seconds())
}

// Standing implements web.Company.
func (s *served) Standing(ctx context.Context) (web.Standing, error) {
	st := web.Standing{}
	s.host.mu.Lock()
	st.Reading, st.Ready = s.host.reading, s.host.ready
	var ended time.Time
	if len(s.host.runs) > 0 {
		ended = s.host.runs[0].Ended
	}
	s.host.mu.Unlock()
	if !ended.IsZero() {
		st.ReadAt = ended.UTC().Format("2006-01-02 15:04 UTC")
	}
	if !st.Ready {
		return st, nil
	}
	var err error
	st.Scopes, err = answered(ctx, s, "scopes", web.Place{}, func(ctx context.Context, scope cli.Scope) ([]string, error) {
		r, err := s.p.read(ctx, scope)
		if err != nil {
			return nil, err
		}
		return r.scopes(ctx)
	})
	if err != nil {
		return st, err
	}
	d, err := s.Diagnosis(ctx, web.Place{})
	st.Company, st.AsOf = d.Company, d.AsOf
	return st, err
}
