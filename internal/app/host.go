package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/workspace"
)

// host keeps the facts database open for a server. It reads sources from time to time,
// beside which pages are answered from what is stored.
type host struct {
	*program // without a host: what reads for itself
	scope    cli.Scope
	log      *slog.Logger
	store    *store.Store
	database string   // where it is
	watched  []string // all documents
	judged   []string // those that judgements rest on
	agreed   []string // and those that tell of the agreement's versions

	papers sync.Mutex
	read   *session // of the documents as they were at readAt; guarded by papers
	readAt string

	synced func(at time.Time, err error)          // hears of each run; may be nil
	ran    func(ctx context.Context, r run) error // keeps each run; may be nil

	writing sync.Mutex // held while sources are read, and while a command copies the database
	mu      sync.Mutex
	sources []source.Source
	results []ingest.Result             // of the last run, or of what was stored before
	ready   bool                        // all sources were read once
	reading string                      // what is being read; "" when nothing is
	runs    []run                       // newest first, mostRuns at most
	wake    chan struct{}               // asks for a run
	retry   time.Duration               // retrySoon, but in tests
	settles time.Duration               // knockSettles, but in tests
	apart   time.Duration               // knocksApart, but in tests
	coming  bool                        // a run will be asked for, as a system said that something changed
	repause func(context.Context) error // learns whether another server paused or resumed; may be nil
	paused  time.Time                   // since when the background does not read; zero: it does
}

// openHost opens the database and takes what is stored there.
func (p *program) openHost(ctx context.Context, scope cli.Scope, log *slog.Logger) (h *host, err error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	places, err := s.places()
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx, places); err != nil {
		return nil, err
	}
	commits := []string{filepath.Join(s.doc.Dir(), ".git", "logs", "HEAD"), git.HeadLog(ctx, s.doc.Dir())} // of a repository to come, and of the one that is there
	h = &host{program: p, scope: scope, log: log, store: s.store, database: s.database(places), wake: make(chan struct{}, 1), retry: retrySoon, settles: knockSettles, apart: knocksApart,
		judged:  append([]string{s.doc.PlaybookPath(), s.doc.OrganisationPath(), s.doc.AgreementPath(), workspace.UserFile(p.env)}, documentPath(s.doc)...),
		watched: append(append(s.doc.Paths(), workspace.UserFile(p.env)), commits...)}
	h.agreed = append(commits, h.judged...)
	if err := h.take(ctx, s, places); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// take takes what earlier runs stored, where all places are on this machine.
func (h *host) take(ctx context.Context, s *session, places []place) error {
	quiet := *s
	quiet.scope.Progress = nil
	sources, err := quiet.sources(ctx, places)
	if err != nil {
		h.log.Warn("sources cannot be opened yet", "error", err)
		return nil // the first run says so too, and is tried again
	}
	results, all, err := ingest.Stored(ctx, h.store, sources)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sources, h.results, h.ready = sources, results, all
	return nil
}

func (h *host) close() { h.store.Close() } //nolint:errcheck // everything is committed by now

// errNotRead is the error of pages before the first reading has ended.
var errNotRead = problem.New(problem.Locked, "this page shows the answer as soon as the first reading has ended; 10,000 commits take about a minute", "the sources are being read for the first time")

// readingOf is what is stored, as a command reads it for itself.
func (h *host) readingOf(ctx context.Context, p *program, scope cli.Scope) (*reading, error) {
	h.mu.Lock()
	sources, results, ready := h.sources, h.results, h.ready
	h.mu.Unlock()
	if !ready {
		return nil, errNotRead
	}
	s, err := h.documentsOf(p, scope)
	if err != nil {
		return nil, err
	}
	s.store, s.shared = h.store, true
	r := &reading{session: s, results: results, sources: sources}
	return r, r.span(ctx)
}

// documentsOf is a session of the documents as they are now, which are read once for each
// of their versions.
func (h *host) documentsOf(p *program, scope cli.Scope) (*session, error) {
	h.papers.Lock()
	defer h.papers.Unlock()
	if version := h.documentsVersion(); h.read == nil || h.readAt != version {
		s, err := h.program.documents(h.scope)
		if err != nil {
			return nil, err
		}
		if _, err := s.organisation(); err != nil {
			return nil, err
		}
		h.read, h.readAt = s, version
	}
	s := *h.read
	s.program, s.scope = p, h.scope
	s.scope.AsOf, s.scope.Progress = scope.AsOf, nil
	return &s, nil
}

// version names what is stored and declared: what is worked out of it holds until it
// changes, or the day does.
func (h *host) version(ctx context.Context) (string, error) {
	sum := sha256.New()
	locations, err := h.store.Locations(ctx)
	if err != nil {
		return "", err
	}
	for _, l := range locations {
		fmt.Fprintln(sum, l.Location, l.RepoID, l.Cursor, l.Head, l.Status)
	}
	fmt.Fprintln(sum, h.store.Concealed())
	fmt.Fprintln(sum, h.stamps(h.judged))
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// documentsVersion names what is declared, on this day.
func (h *host) documentsVersion() string { return h.stamps(h.watched) }

// stamps names the versions of files, on this day.
func (p *program) stamps(paths []string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, p.now().UTC().Format(time.DateOnly))
	for _, path := range paths {
		stamp(sum, path)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// stamp adds what tells two versions of a file apart.
func stamp(w io.Writer, path string) {
	if info, err := os.Stat(path); err == nil {
		fmt.Fprintln(w, path, info.Size(), info.ModTime().UnixNano())
	}
}

// retrySoon is how long after a reading that failed, in whole or for a source, the next one begins;
// each that fails again doubles it, up to the usual wait.
const retrySoon = time.Minute

// nextReading is how long to wait after so many readings in a row that failed.
func nextReading(every, soon time.Duration, failed int) time.Duration {
	if failed == 0 {
		return every
	}
	for range min(failed-1, 30) {
		if soon *= 2; soon >= every {
			break
		}
	}
	return min(soon, every)
}

// keep reads sources at once and then every so often, sooner after what failed, until the
// context ends; while it is paused, only when it is asked to.
func (h *host) keep(ctx context.Context, every time.Duration, after func(context.Context)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	failed := 0
	read := func() {
		if h.sync(ctx); h.lastFailed() {
			failed++
		} else {
			failed = 0
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			if h.mayRead(ctx) {
				read()
			}
		case <-h.wake:
			read()
		}
		if ctx.Err() == nil {
			after(ctx)
		}
		timer.Reset(nextReading(every, h.retry, failed))
	}
}

// lastFailed tells whether the last reading failed, or one of its sources did.
func (h *host) lastFailed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.runs) > 0 && (h.runs[0].Err != nil || len(h.runs[0].Failed) > 0)
}

// mayRead tells whether sources are to be read in the background.
func (h *host) mayRead(ctx context.Context) bool {
	if h.repause != nil {
		if err := h.repause(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("whether reading is paused could not be learned", "error", err)
		}
	}
	return h.pausedSince().IsZero()
}

// ask asks for a run now; one that is asked for already is enough.
func (h *host) ask() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// syncNow waits for a run that begins now.
func (h *host) syncNow(ctx context.Context) error {
	asked := h.now()
	h.ask()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		h.mu.Lock()
		done := len(h.runs) > 0 && !h.runs[0].Began.Before(asked)
		var err error
		if done {
			err = h.runs[0].Err
		}
		h.mu.Unlock()
		if done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// sync reads every source once.
func (h *host) sync(ctx context.Context) {
	h.writing.Lock()
	defer h.writing.Unlock()
	began := h.now()
	h.say("Reading the sources.")
	defer h.say("")
	sources, results, err := h.ingest(ctx)
	done := run{Began: began, Ended: h.now(), Err: err}
	for _, r := range results {
		done.New += r.New
		if r.Err != nil {
			done.Failed = append(done.Failed, orLocation(r)+": "+r.Err.Error())
		}
	}
	if h.synced != nil {
		h.synced(done.Ended, err)
	}
	h.remember(ctx, done)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs = append([]run{done}, h.runs[:min(len(h.runs), mostRuns-1)]...)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			h.log.Error("reading failed", "error", err)
		}
		return
	}
	h.sources, h.results, h.ready = sources, results, true
	h.log.Info("sources read", "sources", len(results), "failed", len(done.Failed), "new", done.New, "seconds", done.Ended.Sub(began).Seconds())
}

// remember keeps a run for servers to come. One that was cut short by the end of this one goes on
// in the next, and is none.
func (h *host) remember(ctx context.Context, r run) {
	if h.ran == nil || ctx.Err() != nil {
		return
	}
	if err := h.ran(ctx, r); err != nil && ctx.Err() == nil {
		h.log.Error("the run could not be kept", "error", err)
	}
}

func (h *host) ingest(ctx context.Context) ([]source.Source, []ingest.Result, error) {
	quiet := h.scope
	quiet.Progress = nil
	s, err := h.documents(quiet)
	if err != nil {
		return nil, nil, err
	}
	places, err := s.places()
	if err != nil {
		return nil, nil, err
	}
	sources, err := s.sources(ctx, places)
	if err != nil {
		return nil, nil, err
	}
	opts, err := s.ingestOptions(ctx, &progress{})
	if err != nil {
		return nil, nil, err
	}
	opts.Progress = func(name string, done, total int) {
		h.say(fmt.Sprintf("Reading %s: %d of %d commits.", name, done, total))
	}
	results, err := ingest.Run(ctx, h.store, sources, opts)
	return sources, results, err
}

func (h *host) say(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reading = what
}

// documentPath is where diarchy.yaml is, if there is one.
func documentPath(d *workspace.Document) []string {
	if d == nil {
		return nil
	}
	return []string{d.Path}
}
