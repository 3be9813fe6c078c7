// Package account knows who may sign in, and who has: accounts, passwords, second
// factors, sessions, API tokens and identity providers, over the ledger. What somebody
// who has signed in may see is the work of package access.
//
// It knows no HTTP. Whatever it is refused says no more than that.
package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
)

// Errors of signing in. None says whether an account exists.
var (
	ErrRefused    = errors.New("name, password or code is wrong, or the session has ended")
	ErrCodeNeeded = errors.New("a code of the second factor is needed")
	ErrLink       = errors.New("the link has been used or has expired, or there never was one")
	ErrForbidden  = errors.New("only an administrator may do this")
)

// Wait says that somebody must wait before trying again.
type Wait struct{ Until time.Time }

func (w *Wait) Error() string {
	return "too many attempts: wait until " + w.Until.UTC().Format("15:04:05 MST")
}

// Standing is a person's place in the organisation. Its text is opaque: when it changes,
// access that was given before ends, and the person signs in again.
type Standing func(ctx context.Context, person string) (place string, present bool, err error)

// Options are what a service needs besides the ledger.
type Options struct {
	Standing Standing // nil: nobody is in an organisation, and accounts of people are refused
	Cost     Cost     // of passwords; the zero Cost is the recommended one

	Providers []Provider // of identities
}

// LinkLives is how long a link counts that makes or invites an account.
const LinkLives = 24 * time.Hour

const (
	sessionIdle   = 12 * time.Hour
	sessionLives  = 14 * 24 * time.Hour
	tokenLivesMax = 366 * 24 * time.Hour
	seenEvery     = time.Minute // how exactly the last use is known
)

// Service answers who somebody is. It may be used by many goroutines.
type Service struct {
	ledger    *ledger.Ledger
	clock     func() time.Time
	standing  Standing
	hasher    *hasher
	providers map[string]*provider
}

// New makes a service over a ledger.
func New(l *ledger.Ledger, opts Options) *Service {
	s := &Service{ledger: l, clock: l.Now, standing: opts.Standing, hasher: newHasher(opts.Cost), providers: map[string]*provider{}}
	for _, p := range opts.Providers {
		s.providers[p.Name] = &provider{Provider: p, now: s.clock}
	}
	if s.standing == nil {
		s.standing = func(context.Context, string) (string, bool, error) { return "", false, nil }
	}
	return s
}

// Credentials are what somebody signs in with. Code is that of the second factor, or a
// recovery code; "" when none was asked for.
type Credentials struct {
	Name, Password, Code string
	From                 netip.Addr
	UserAgent            string
}

// origin is where a session comes from.
type origin struct {
	from  netip.Addr
	agent string
}

// newToken is a secret of 256 bits, and the hash by which it is kept.
func newToken(prefix string) (token string, hash []byte) {
	var b [32]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	token = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashOf(token)
}

// hashOf is how a secret of at least 80 random bits is kept: it cannot be guessed.
func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// newID is a name for a row that is no secret.
func newID() string { return strings.ToLower(rand.Text()[:16]) }

// row is an account as the ledger has it.
type row struct {
	id, name, password, person string
	active                     bool
	roles                      []access.Role
}

const selectAccount = "SELECT id, name, password, person, deactivated_us IS NULL FROM account WHERE "

// byName finds an account by its name, as lowered gives it.
const byName = "lower(name) = ?"

// lowered is a name as the ledger compares it: of letters only A to Z have two forms.
func lowered(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, name)
}

// find reads one account, for instance "id = ?"; false says that there is none.
func find(t *ledger.Tx, where string, arg any) (r row, ok bool, err error) {
	ok, err = t.Get(selectAccount+where, []any{arg}, &r.id, &r.name, &r.password, &r.person, &r.active)
	if err != nil || !ok {
		return r, ok, err
	}
	err = t.Each("SELECT role FROM account_role WHERE account = ? ORDER BY role", []any{r.id}, func(scan func(...any) error) error {
		var role access.Role
		err := scan(&role)
		r.roles = append(r.roles, role)
		return err
	})
	return r, ok, err
}

func (r row) viewer() access.Viewer {
	return access.Viewer{Account: r.id, Name: r.name, Person: r.person, Roles: r.roles}
}

// standingOf is that of an account's person: an account of nobody has none and is
// always present.
func (s *Service) standingOf(ctx context.Context, person string) (string, bool, error) {
	if person == "" {
		return "", true, nil
	}
	place, present, err := s.standing(ctx, person)
	if err != nil {
		return "", false, fmt.Errorf("look up the organisation: %w", err)
	}
	return person + "\n" + place, present, nil
}

func missing(what, id string) error {
	return problem.New(problem.Missing, "", "there is no %s %q", what, id)
}
