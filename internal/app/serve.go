package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
)

// Serve implements cli.Actions.
func (p *program) Serve(ctx context.Context, scope cli.Scope, ready func(cli.Served)) (err error) {
	sess, err := p.documents(scope)
	if err != nil {
		return err
	}
	o := sess.settings.Server
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if o.JSONLog {
		log = slog.New(slog.NewJSONHandler(p.stderr, nil))
	}
	h, err := p.openHost(ctx, scope, log)
	if err != nil {
		return err
	}
	defer h.close()
	accounts, err := sess.openLedger(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, accounts.Close()) }()
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return problem.New(problem.Usage, "choose another one: diarchy serve --listen 127.0.0.1:8412", "cannot listen on %s: %w", o.Listen, err)
	}
	address := o.Address
	if address == "" {
		address = "http://" + reached(listener.Addr())
	}
	site, err := p.newSite(ctx, sess, h, accounts, address)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	company, gate := site.company, site.gate
	link, needed, err := gate.FirstLink(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer company.background.Wait() // the database is closed only when nothing uses it any more
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	company.life = ctx
	if o.BackupTo != "" {
		company.background.Go(func() {
			backups{h, accounts, absolute(o.BackupTo), o.BackupEvery, site.measures.BackedUp}.keep(ctx)
		})
	}
	company.background.Go(func() { h.lend(ctx, h.database) })
	company.background.Go(func() { h.keep(ctx, o.Every, company.refreshed) })
	at := cli.Served{Address: address}
	if needed {
		at.Link = address + "/enter?" + url.Values{"link": {link}}.Encode()
	}
	ready(at)
	return site.server.Serve(ctx, listener)
}

// reached is the host and port by which a browser on this machine reaches a listener: one that
// listens on all of its addresses has none itself.
func reached(listener net.Addr) string {
	at, err := netip.ParseAddrPort(listener.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return listener.String()
	}
	return net.JoinHostPort("localhost", strconv.Itoa(int(at.Port())))
}

// site is what a server shows of a company, and who gets in.
type site struct {
	company  *served
	gate     *gate
	measures *web.Measures
	server   *web.Server
}

func (p *program) newSite(ctx context.Context, sess *session, h *host, accounts *ledger.Ledger, address string) (site, error) {
	s := site{company: newServed(p, h), measures: web.NewMeasures()}
	providers, err := sess.providers(address)
	if err != nil {
		return s, err
	}
	s.gate = newGate(s.company, accounts, providers...)
	if err := s.gate.restorePause(ctx); err != nil {
		return s, err
	}
	if err := s.gate.restoreRuns(ctx); err != nil {
		return s, err
	}
	h.repause, h.synced, h.ran = s.gate.restorePause, s.measures.Synced, s.gate.keepRun
	provisioning, err := p.provisioning(h.scope)
	if err != nil {
		return s, err
	}
	hooks, err := s.gate.hooks()
	if err != nil {
		return s, err
	}
	s.server, err = web.New(web.Options{Measures: s.measures, Company: s.company, Gate: s.gate, Log: h.log, Program: Version(), Now: p.now, Address: sess.settings.Server.Address, Proxies: sess.settings.Server.Proxies, Provisioning: provisioning, Programs: func(mux *http.ServeMux) { s.gate.programs(mux, hooks) }})
	return s, err
}

// served answers the rooms of a server from what is stored, each question once for each
// version of facts and documents.
type served struct {
	p          *program // that asks the host
	host       *host
	papers     *memo // of documents as they are now
	agreed     *memo // of the agreement as it is now, beside judgements
	writes     *writing
	editions   *editions
	fixed      *edition        // the only one that is asked; nil asks the present one
	life       context.Context // ends with the server
	background *sync.WaitGroup
}

func newServed(p *program, h *host) *served {
	hosted := *p
	hosted.host = h
	s := &served{p: &hosted, host: h, papers: &memo{}, agreed: &memo{}, writes: &writing{}, editions: &editions{}, life: context.Background(), background: &sync.WaitGroup{}}
	hosted.judged = s.judged
	return s
}

var _ web.Company = (*served)(nil)

type judgement struct {
	d     cockpit.Diagnosis
	basis diagnosis.Basis
}

// judged judges a day once, whatever of it is explained.
func (s *served) judged(r *reading, ctx context.Context) (cockpit.Diagnosis, diagnosis.Basis, error) {
	j, err := answered(ctx, s, "judged "+r.asOf.String(), web.Place{}, func(ctx context.Context, _ cli.Scope) (judgement, error) {
		d, basis, err := r.judged(ctx, true)
		return judgement{d, basis}, err
	})
	return j.d, j.basis, err
}

// warm makes the answers that everybody asks for first.
func (s *served) warm(ctx context.Context) {
	began := time.Now()
	_, err := s.Brief(ctx, web.Place{})
	if err == nil {
		s.host.log.Info("judged", "seconds", time.Since(began).Seconds())
		err = s.warmRooms(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			s.host.log.Error("the company could not be judged", "error", err)
		}
		return
	}
	s.host.log.Info("rooms are ready", "seconds", time.Since(began).Seconds())
}

// warmRooms makes what the rooms show, and the chains below it.
func (s *served) warmRooms(ctx context.Context) error {
	d, err := s.Diagnosis(ctx, web.Place{})
	if err != nil {
		return err
	}
	lines, err := s.Measures(ctx, web.Place{})
	if err != nil {
		return err
	}
	chains := append([]string{"verdict"}, lenses...)
	for _, f := range d.Findings {
		chains = append(chains, f.ID)
	}
	for _, l := range lines {
		chains = append(chains, l.Name)
		if _, err := s.Metric(ctx, web.Place{}, l.Name); err != nil {
			return err
		}
	}
	for _, what := range chains {
		if _, err := s.Explain(ctx, web.Place{}, what); err != nil {
			return err
		}
	}
	_, agreed := s.Agenda(ctx, web.Place{})
	_, checked := s.RecordCheck(ctx, web.Place{})
	_, ruled := s.Playbook(ctx)
	return errors.Join(agreed, checked, ruled)
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
