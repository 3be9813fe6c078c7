package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/web"
)

// edition is what was worked out of one version of facts and of the documents that
// judgements rest on. While the next one is made, pages show the one before.
type edition struct {
	version string
	memo    memo

	mu    sync.Mutex
	asked map[string]func(context.Context, *served) // what people looked at beyond what is warmed; guarded by mu
}

// editions are the present one and the making of the next.
type editions struct {
	mu      sync.Mutex
	present *edition
	making  bool
	warmed  bool      // the first one was made before anybody asked, or is being made so
	looked  time.Time // when it was last seen that the present one is the newest
}

// lookAgain is how long the present edition is taken for the newest without a look.
const lookAgain = time.Second

// present is the edition that pages show. When facts or documents have changed since, the
// next one is begun, and shown as soon as it holds what everybody asks for first.
func (s *served) present(ctx context.Context) (*edition, error) {
	if s.fixed != nil {
		return s.fixed, nil
	}
	e := s.editions
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.present != nil && (e.making || time.Since(e.looked) < lookAgain) {
		return e.present, nil
	}
	version, err := s.host.version(ctx)
	if err != nil {
		return nil, err
	}
	e.looked = time.Now()
	if e.present == nil {
		e.present = &edition{version: version}
	}
	if e.present.version != version {
		e.making = true
		s.background.Go(func() { s.renew(s.life, version) })
	}
	return e.present, nil
}

// renew makes an edition and puts it in the place of the present one. One that cannot be
// made takes its place too, so that pages say why.
func (s *served) renew(ctx context.Context, version string) {
	next := &edition{version: version}
	s.of(next).warm(ctx)
	s.editions.mu.Lock()
	before := s.editions.present
	s.editions.mu.Unlock()
	s.of(next).askAgain(ctx, before)
	s.editions.mu.Lock()
	s.editions.present, s.editions.making = next, false
	s.editions.mu.Unlock()
	s.prepare(ctx, next)
}

// prepare makes what the groups and teams show first, so that nobody waits for it, as long as
// pages show this edition.
func (s *served) prepare(ctx context.Context, e *edition) {
	began, n := time.Now(), 0
	one := s.of(e)
	st, err := one.Standing(ctx)
	if err != nil {
		return // pages say why
	}
	ctx, stop := context.WithTimeout(ctx, preparedFor)
	defer stop()
	for _, scope := range st.Scopes {
		if kind, _, _ := strings.Cut(scope, ":"); kind != "group" && kind != "team" || n == mostPrepared {
			continue
		}
		s.editions.mu.Lock()
		over := s.editions.present != e
		s.editions.mu.Unlock()
		if over || ctx.Err() != nil {
			return
		}
		if _, err := one.Delivery(ctx, web.Place{Scope: scope}); err == nil {
			n++
		}
	}
	if n > 0 {
		s.host.log.Info("teams are ready", "teams", n, "seconds", time.Since(began).Seconds())
	}
}

// mostLookedAt bounds what is made again for each edition, and lookedAtFor how long that may take.
const (
	mostLookedAt = 100
	lookedAtFor  = 2 * time.Minute
)

// mostPrepared bounds the memory for groups and teams that nobody may look at, of which each
// takes half a megabyte over five years, and preparedFor how long they are made.
const (
	mostPrepared = 400
	preparedFor  = 10 * time.Minute
)

// asks notes what somebody looks at, by a name of it, so that the next edition has it before
// anybody waits for it.
func (s *served) asks(ctx context.Context, what string, again func(context.Context, *served)) {
	if s.fixed != nil {
		return // nobody asks: an edition is made
	}
	e, err := s.present(ctx)
	if err != nil {
		return // the answer says so
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked == nil {
		e.asked = map[string]func(context.Context, *served){}
	}
	if len(e.asked) < mostLookedAt {
		e.asked[what] = again
	}
}

// askAgain asks what people asked of the edition before.
func (s *served) askAgain(ctx context.Context, before *edition) {
	before.mu.Lock()
	asked := slices.Collect(maps.Values(before.asked))
	before.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, lookedAtFor)
	defer stop()
	for _, again := range asked {
		if ctx.Err() == nil {
			again(ctx, s)
		}
	}
}

// of answers from one edition alone.
func (s *served) of(e *edition) *served {
	one := *s
	hosted := *s.p
	one.p, one.fixed = &hosted, e
	hosted.judged = one.judged
	return &one
}

// refreshed begins the next edition if anything has changed. The first one is made whole even
// if somebody has asked for some of it already.
func (s *served) refreshed(ctx context.Context) {
	e := s.editions
	e.mu.Lock()
	e.looked = time.Time{}
	e.mu.Unlock()
	if _, err := s.present(ctx); err != nil {
		return
	}
	e.mu.Lock()
	cold := !e.warmed && !e.making
	e.warmed = true
	e.mu.Unlock()
	if cold {
		s.warm(ctx)
		s.background.Go(func() {
			if present, err := s.present(s.life); err == nil {
				s.prepare(s.life, present)
			}
		})
	}
}

// isAnswered tells whether the present edition has an answer already.
func (s *served) isAnswered(question string, at web.Place) bool {
	e := s.fixed
	if e == nil {
		s.editions.mu.Lock()
		e = s.editions.present
		s.editions.mu.Unlock()
	}
	return e != nil && e.memo.has(e.version, about(question, at))
}

// about is a question about a place, as answers are kept under.
func about(question string, at web.Place) string {
	return fmt.Sprintf("%s\x00%s\x00%s", question, at.Scope, at.AsOf)
}

// answered is what a question about a place is answered with: once for each edition.
func answered[T any](ctx context.Context, s *served, question string, at web.Place, make func(context.Context, cli.Scope) (T, error)) (T, error) {
	var none T
	e, err := s.present(ctx)
	if err != nil {
		return none, err
	}
	return remember(ctx, &e.memo, e.version, about(question, at), func(ctx context.Context) (T, error) {
		return make(ctx, cli.Scope{AsOf: at.AsOf})
	})
}

// current is answered for what rests on documents that pages themselves change: what was
// just written is seen at the next look, beside judgements that may be older.
func current[T any](ctx context.Context, s *served, question string, at web.Place, make func(context.Context, cli.Scope) (T, error)) (T, error) {
	var none T
	e, err := s.present(ctx)
	if err != nil {
		return none, err
	}
	return remember(ctx, s.agreed, s.host.stamps(s.host.agreed), e.version+"\x00"+about(question, at), func(ctx context.Context) (T, error) {
		return make(ctx, cli.Scope{AsOf: at.AsOf})
	})
}
