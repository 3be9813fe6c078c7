package account

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"errors"
	"fmt"
	"hash"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/google/go-cmp/cmp"
)

const (
	good  = "a sentence nobody guesses"
	other = "another sentence of my own"
)

// onPostgres names the database on which the tests run the second time.
const onPostgres = "DIARCHY_TEST_LEDGER_POSTGRES"

var worlds atomic.Int64

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestOnPostgres runs all other tests of this package on PostgreSQL.
func TestOnPostgres(t *testing.T) { pgtest.Again(t, onPostgres) }

// world is a service with a clock and an organisation of its own.
type world struct {
	*Service
	t      testing.TB
	ledger *ledger.Ledger
	path   string

	mu     sync.Mutex
	now    time.Time
	places map[string]string // of people who are there
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), ledger.FileName), now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), places: map[string]string{}}
	var err error
	if address := os.Getenv(onPostgres); address == "" {
		w.ledger, err = ledger.Open(t.Context(), w.path, ledger.Options{Now: w.clock, Create: true})
	} else {
		w.ledger, err = ledger.OpenPostgres(t.Context(), fmt.Sprintf("%s&search_path=world%d", address, worlds.Add(1)), ledger.Options{Now: w.clock, Create: true, Key: w.path + ".key"})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.ledger.Close() }) //nolint:errcheck // at the end of a test
	w.Service = New(w.ledger, Options{Cost: Cost{KiB: 64, Passes: 1, Threads: 1}, Standing: func(_ context.Context, person string) (string, bool, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		place, ok := w.places[person]
		return place, ok, nil
	}})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) place(person, place string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.places[person] = place; place == "" {
		delete(w.places, person)
	}
}

// must ends a test at an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// first makes the administrator "ada".
func (w *world) first() access.Viewer {
	w.t.Helper()
	link, needed, err := w.FirstLink(w.t.Context())
	if err != nil || !needed {
		w.t.Fatalf("first link: %v, %v", needed, err)
	}
	token := must[string](w.t)(w.First(w.t.Context(), link, "ada", good))
	return must[access.Viewer](w.t)(w.Session(w.t.Context(), token))
}

// invite makes an account and signs it in.
func (w *world) invite(by access.Viewer, name, person string, roles ...access.Role) (access.Viewer, string) {
	w.t.Helper()
	link, _, err := w.Create(w.t.Context(), by, Invite{Name: name, Person: person, Roles: roles})
	if err != nil {
		w.t.Fatal(err)
	}
	token := must[string](w.t)(w.Accept(w.t.Context(), link, other, Credentials{}))
	return must[access.Viewer](w.t)(w.Session(w.t.Context(), token)), token
}

func (w *world) signIn(name, password, code string) (string, error) {
	return w.SignIn(w.t.Context(), Credentials{Name: name, Password: password, Code: code, From: netip.MustParseAddr("192.0.2.7"), UserAgent: "test"})
}

func (w *world) refuses(token, why string) {
	w.t.Helper()
	if v, err := w.Session(w.t.Context(), token); !errors.Is(err, ErrRefused) {
		w.t.Errorf("%s: session of %q, %v", why, v.Name, err)
	}
}

func (w *world) takes(token, why string) {
	w.t.Helper()
	if _, err := w.Session(w.t.Context(), token); err != nil {
		w.t.Errorf("%s: %v", why, err)
	}
}

func TestFirst(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	old, _, _ := w.FirstLink(ctx)
	link, needed, err := w.FirstLink(ctx)
	if err != nil || !needed || len(link) < 43 {
		t.Fatalf("%q %v %v", link, needed, err)
	}
	for name, l := range map[string]string{"an older link": old, "no link": "", "another": link + "x"} {
		if _, err := w.First(ctx, l, "ada", good); !errors.Is(err, ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
		if first, err := w.IsFirst(ctx, l); first || err != nil {
			t.Errorf("%s counts as the first: %v", name, err)
		}
	}
	if _, err := w.First(ctx, link, "ada", "short"); !errors.Is(err, problem.Usage) {
		t.Errorf("a short password: %v", err)
	}
	if first, err := w.IsFirst(ctx, link); !first || err != nil {
		t.Errorf("the first link does not count: %v", err)
	}
	token := must[string](t)(w.First(ctx, link, "ada", good)) // a refused password does not use up the link
	v := must[access.Viewer](t)(w.Session(ctx, token))
	if !v.Is(access.Administrator) || len(v.Roles) != 1 || v.Person != "" || v.Name != "ada" {
		t.Errorf("%+v", v)
	}
	if first, err := w.IsFirst(ctx, link); first || err != nil {
		t.Errorf("it counts again: %v", err)
	}
	if _, err := w.First(ctx, link, "eve", good); !errors.Is(err, ErrLink) {
		t.Errorf("a second time: %v", err)
	}
	if link, needed, err := w.FirstLink(ctx); link != "" || needed || err != nil {
		t.Errorf("with an account: %q %v %v", link, needed, err)
	}
}

func TestFirstExpires(t *testing.T) {
	w := newWorld(t)
	link, _, _ := w.FirstLink(t.Context())
	w.pass(LinkLives)
	if first, err := w.IsFirst(t.Context(), link); first || err != nil {
		t.Errorf("it counts after a day: %v", err)
	}
	if _, err := w.First(t.Context(), link, "ada", good); !errors.Is(err, ErrLink) {
		t.Errorf("after a day: %v", err)
	}
}

// TestFirstOnce: of many who use the link at once, one comes in.
func TestFirstOnce(t *testing.T) {
	w := newWorld(t)
	link, _, _ := w.FirstLink(t.Context())
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { _, errs[i] = w.First(t.Context(), link, fmt.Sprint("ada", i), good) })
	}
	wg.Wait()
	in := 0
	for _, err := range errs {
		if err == nil {
			in++
		} else if !errors.Is(err, ErrLink) {
			t.Error(err)
		}
	}
	if in != 1 {
		t.Errorf("%d came in", in)
	}
}

func TestNewPassword(t *testing.T) {
	for _, p := range []string{"", "short", "elevenchars", "password1234", "Password12345!", "administrator", "aaaaaaaaaaaaaaaa", "abababababababab", "123456789012", "ada.lovelace@x1", "Passw0rd", strings.Repeat("xy1z ", 300)} {
		if err := newPassword("ada.lovelace@x", p); !errors.Is(err, problem.Usage) {
			t.Errorf("%.20q is taken: %v", p, err)
		} else if p != "" && strings.Contains(err.Error(), p) {
			t.Errorf("the error holds the password: %v", err)
		}
	}
	for _, p := range []string{good, other, "Tr0ub4dor&3xkcd", "дванадцять літер", "ada.lovelace@x has a longer one"} {
		if err := newPassword("ada.lovelace@x", p); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
}

// TestArgon2id compares with what the reference program makes:
// echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
func TestArgon2id(t *testing.T) {
	h := newHasher(Cost{KiB: 1 << 16, Passes: 2, Threads: 1})
	const encoded = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for password, want := range map[string]bool{"password": true, "passwore": false, "": false} {
		if got, err := h.check(t.Context(), password, encoded); got != want || err != nil {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if c := newHasher(Cost{}).cost; c != (Cost{64 << 10, 3, 4}) {
		t.Errorf("the recommended cost is %+v", c)
	}
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	v := w.first()
	token := must[string](t)(w.signIn(" ADA ", good, ""))
	got := must[access.Viewer](t)(w.Session(t.Context(), token))
	if diff := cmp.Diff(v, got); diff != "" {
		t.Errorf("(-first +signed in):\n%s", diff)
	}
	again := must[string](t)(w.signIn("ada", good, ""))
	if again == token {
		t.Error("two sign-ins have one session")
	}
	if err := w.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	w.refuses(token, "after signing out")
	w.takes(again, "of another device")
	for _, x := range []string{"", "x", again + "x", again[:len(again)-1]} {
		w.refuses(x, "a wrong token")
	}
}

// TestNoEnumeration: the answers to an unknown name, a wrong password, one that is not
// set, and a deactivated account are the same, also when there were too many; each takes
// one hash (T10).
func TestNoEnumeration(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	w.invite(ada, "bob", "")
	gone, _ := w.invite(ada, "gone", "")
	if err := w.Deactivate(t.Context(), ada, gone.Account); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Create(t.Context(), ada, Invite{Name: "invited"}); err != nil {
		t.Fatal(err)
	}
	var answers []string
	for i, name := range []string{"bob", "nobody", "gone", "invited", "x' OR 1=1 --"} {
		var got []string
		for range 9 {
			_, err := w.SignIn(t.Context(), Credentials{Name: name, Password: "a wrong password", From: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})})
			got = append(got, err.Error())
		}
		answers = append(answers, strings.Join(got, "\n"))
	}
	for _, a := range answers[1:] {
		if a != answers[0] {
			t.Errorf("answers differ:\n%s\n\n%s", answers[0], a)
		}
	}
	if !strings.Contains(answers[0], ErrRefused.Error()) || !strings.Contains(answers[0], "wait until") {
		t.Errorf("answers are %s", answers[0])
	}
}

// TestEqualTime compares the processor time of refusals with the recommended cost: an
// unknown name takes a hash as a known one does.
func TestEqualTime(t *testing.T) {
	w := newWorld(t)
	w.hasher = newHasher(Cost{KiB: 8 << 10, Passes: 2, Threads: 1})
	w.first()
	took := func(name string) time.Duration {
		best := time.Hour
		for i := range 7 {
			began := time.Now()
			_, err := w.SignIn(t.Context(), Credentials{Name: name, Password: "a wrong password", From: netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})})
			best = min(best, time.Since(began))
			if !errors.Is(err, ErrRefused) {
				t.Fatal(err)
			}
			w.pass(time.Hour)
		}
		return best
	}
	known, unknown := took("ada"), took("nobody")
	if r := float64(known) / float64(unknown); r < 0.5 || r > 2 {
		t.Errorf("a known name takes %v, an unknown one %v", known, unknown)
	}
}

func TestWaitsGrow(t *testing.T) {
	w := newWorld(t)
	w.first()
	from := netip.MustParseAddr("2001:db8::1")
	try := func(password string) error {
		_, err := w.SignIn(t.Context(), Credentials{Name: "ada", Password: password, From: from})
		return err
	}
	var waits []time.Duration
	for range 16 {
		err := try("wrong")
		var wait *Wait
		if errors.As(err, &wait) {
			if err := try(good); !errors.As(err, &wait) {
				t.Fatalf("the right password is taken during a wait: %v", err)
			}
			d := wait.Until.Sub(w.clock())
			waits = append(waits, d)
			w.pass(d)
			err = try("wrong")
		}
		if !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
	}
	s := time.Second
	want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, 128 * s, 256 * s, 300 * s, 300 * s}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.pass(300 * s)
	if err := try(good); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	for range 4 { // a success ends the waits of the name
		if err := try("wrong"); !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
	}
}

// TestAddressLimit: who tries many names from one address, or from one network of IPv6,
// must wait; others need not. Signing in to an own account in between does not help.
func TestAddressLimit(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	w.invite(ada, "eve", "")
	var wait *Wait
	blocked := -1
	for i := range 60 {
		from := netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1))
		if i%5 == 4 {
			_, err := w.SignIn(t.Context(), Credentials{Name: "eve", Password: other, From: from})
			if err != nil && !errors.As(err, &wait) {
				t.Fatal(err)
			}
		}
		_, err := w.SignIn(t.Context(), Credentials{Name: fmt.Sprint("name", i), Password: "wrong", From: from})
		if errors.As(err, &wait) {
			blocked = i
			break
		}
	}
	if blocked != 20 {
		t.Errorf("blocked at name %d, want 20", blocked)
	}
	if _, err := w.SignIn(t.Context(), Credentials{Name: "ada", Password: good, From: netip.MustParseAddr("2001:db8:0:1::1")}); err != nil {
		t.Errorf("from another network: %v", err)
	}
}

// TestGuessesAtOnce: many guesses at the same time count as many.
func TestGuessesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.first()
	var wg sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = w.SignIn(t.Context(), Credentials{Name: "ada", Password: fmt.Sprint("guess", i), From: netip.AddrFrom4([4]byte{10, 0, 2, byte(i)})})
		})
	}
	wg.Wait()
	tried := 0
	for _, err := range errs {
		if errors.Is(err, ErrRefused) {
			tried++
		}
	}
	if tried != 5 {
		t.Errorf("%d guesses were tried, want 5", tried)
	}
}

// TestClockSetBack: a wait that a wrong clock made ends.
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	w.first()
	w.pass(10 * 365 * 24 * time.Hour)
	for range 8 {
		w.signIn("ada", "wrong", "") //nolint:errcheck // is refused
	}
	w.pass(-10 * 365 * 24 * time.Hour)
	if _, err := w.signIn("ada", good, ""); err != nil {
		t.Errorf("%v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	w.first()
	t.Run("idle", func(t *testing.T) {
		token := must[string](t)(w.signIn("ada", good, ""))
		w.pass(sessionIdle - time.Minute)
		w.takes(token, "used in time")
		w.pass(sessionIdle - time.Minute)
		w.takes(token, "used in time again")
		w.pass(sessionIdle)
		w.refuses(token, "not used for long")
	})
	t.Run("absolute", func(t *testing.T) {
		token := must[string](t)(w.signIn("ada", good, ""))
		for range 14*4 - 1 {
			w.pass(6 * time.Hour)
			w.takes(token, "in use")
		}
		w.pass(6 * time.Hour)
		w.refuses(token, "after two weeks")
	})
}

// TestAccessEnds: what an account was given ends at the next request after a change
// (T2): sessions, tokens and links.
func TestAccessEnds(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		change func(w *world, ada, bob access.Viewer) error
		back   bool // may sign in again
		ends   bool
	}{
		"nothing":     {func(*world, access.Viewer, access.Viewer) error { return nil }, true, false},
		"deactivated": {func(w *world, ada, bob access.Viewer) error { return w.Deactivate(ctx, ada, bob.Account) }, false, true},
		"other roles": {func(w *world, ada, bob access.Viewer) error {
			return w.SetRoles(ctx, ada, bob.Account, []access.Role{access.Member})
		}, true, true},
		"another person": {func(w *world, ada, bob access.Viewer) error { return w.LinkPerson(ctx, ada, bob.Account, "") }, true, true},
		"left":           {func(w *world, _, _ access.Viewer) error { w.place("bob", ""); return nil }, false, true},
		"moved":          {func(w *world, _, _ access.Viewer) error { w.place("bob", "below carol"); return nil }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ada := w.first()
			w.place("bob", "below ada")
			bob, session := w.invite(ada, "bob", "bob", access.Manager)
			token, _, err := w.CreateToken(ctx, bob, "ci", []access.Grant{"read:delivery"}, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			link := must[string](t)(w.Reinvite(ctx, ada, bob.Account))
			if err := c.change(w, ada, bob); err != nil {
				t.Fatal(err)
			}
			_, err1 := w.Session(ctx, session)
			_, _, err2 := w.Bearer(ctx, token)
			_, err3 := w.Invited(ctx, link)
			if c.ends && (!errors.Is(err1, ErrRefused) || !errors.Is(err2, ErrRefused) || !errors.Is(err3, ErrLink)) ||
				!c.ends && errors.Join(err1, err2, err3) != nil {
				t.Errorf("session %v; token %v; link %v", err1, err2, err3)
			}
			if _, err := w.signIn("bob", other, ""); (err == nil) != c.back {
				t.Errorf("signing in again: %v", err)
			}
			w.place("bob", "below ada") // what has ended stays so
			if _, err := w.Session(ctx, session); c.ends && err == nil {
				t.Error("the session lives again")
			}
		})
	}
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	bob, own := w.invite(ada, "bob", "")
	w.pass(time.Minute)
	second := must[string](t)(w.signIn("bob", other, ""))
	list, err := w.Sessions(t.Context(), bob, own)
	if err != nil || len(list) != 2 || list[0].Address != "192.0.2.7" || list[0].Agent != "test" || list[0].Current || !list[1].Current {
		t.Fatalf("%+v, %v", list, err)
	}
	eve, _ := w.invite(ada, "eve", "")
	if err := w.Revoke(t.Context(), eve, list[0].ID); !errors.Is(err, problem.Missing) {
		t.Errorf("another's session: %v", err)
	}
	w.takes(second, "that another wanted to revoke")
	if err := w.Revoke(t.Context(), bob, list[0].ID); err != nil {
		t.Fatal(err)
	}
	w.refuses(second, "revoked")
	w.takes(own, "not revoked")
	if err := w.Revoke(t.Context(), ada, list[1].ID); err != nil {
		t.Errorf("by an administrator: %v", err)
	}
	w.refuses(own, "revoked by an administrator")
	a, b := must[string](t)(w.signIn("bob", other, "")), must[string](t)(w.signIn("bob", other, ""))
	if err := w.RevokeAll(t.Context(), bob, a); err != nil {
		t.Fatal(err)
	}
	w.takes(a, "the present one")
	w.refuses(b, "all others")
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	bob, own := w.invite(ada, "bob", "")
	elsewhere := must[string](t)(w.signIn("bob", other, ""))
	if err := w.ChangePassword(t.Context(), bob, own, "wrong", good); !errors.Is(err, ErrRefused) {
		t.Errorf("with a wrong one: %v", err)
	}
	if err := w.ChangePassword(t.Context(), bob, own, other, "short"); !errors.Is(err, problem.Usage) {
		t.Errorf("to a short one: %v", err)
	}
	if err := w.ChangePassword(t.Context(), bob, own, other, good); err != nil {
		t.Fatal(err)
	}
	w.takes(own, "the present one")
	w.refuses(elsewhere, "another after the change")
	if _, err := w.signIn("bob", other, ""); !errors.Is(err, ErrRefused) {
		t.Errorf("with the old one: %v", err)
	}
	if _, err := w.signIn("bob", good, ""); err != nil {
		t.Errorf("with the new one: %v", err)
	}
	var wait *Wait
	for range 6 {
		w.ChangePassword(t.Context(), bob, own, "guess", other) //nolint:errcheck // is refused
	}
	if err := w.ChangePassword(t.Context(), bob, own, good, other); !errors.As(err, &wait) {
		t.Errorf("after guesses: %v", err)
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	grants := []access.Grant{"read:diagnosis", "read:delivery"}
	token, id, err := w.CreateToken(t.Context(), ada, "dashboard", grants, time.Hour)
	if err != nil || !strings.HasPrefix(token, "diarchy_") {
		t.Fatalf("%q %v", token, err)
	}
	v, got, err := w.Bearer(t.Context(), token)
	if err != nil || !slices.Equal(got, grants) || !v.Token || !slices.Equal(v.Grants, grants) || v.Account != ada.Account {
		t.Fatalf("%+v %v %v", v, got, err)
	}
	list, err := w.Tokens(t.Context(), ada)
	want := []TokenInfo{{ID: id, Name: "dashboard", Grants: grants, Created: w.now, Expires: w.now.Add(time.Hour), Used: w.now}}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	// A token does not make another, nor change accounts.
	if _, _, err := w.CreateToken(t.Context(), v, "x", grants, time.Hour); !errors.Is(err, ErrForbidden) {
		t.Errorf("a token makes a token: %v", err)
	}
	if _, _, err := w.Create(t.Context(), v, Invite{Name: "x"}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a token makes an account: %v", err)
	}
	if err := w.RevokeToken(t.Context(), v, id); !errors.Is(err, ErrForbidden) {
		t.Errorf("a token revokes one: %v", err)
	}
	w.refuses(token, "an API token as a session")
	w.pass(time.Hour)
	if _, _, err := w.Bearer(t.Context(), token); !errors.Is(err, ErrRefused) {
		t.Errorf("expired: %v", err)
	}
	token, id, _ = w.CreateToken(t.Context(), ada, "again", grants, time.Hour)
	if err := w.RevokeToken(t.Context(), ada, id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Bearer(t.Context(), token); !errors.Is(err, ErrRefused) {
		t.Errorf("revoked: %v", err)
	}
	for name, c := range map[string]struct {
		grants []access.Grant
		lives  time.Duration
	}{
		"no scope": {nil, time.Hour}, "an unknown one": {[]access.Grant{"read:all"}, time.Hour}, "administration": {[]access.Grant{"write:administration"}, time.Hour},
		"for ever": {grants, 0}, "for too long": {grants, 400 * 24 * time.Hour},
	} {
		if _, _, err := w.CreateToken(t.Context(), ada, "x", c.grants, c.lives); !errors.Is(err, problem.Usage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTOTPVectors are those of RFC 6238, appendix B.
func TestTOTPVectors(t *testing.T) {
	seed := func(n int) []byte { return []byte(strings.Repeat("1234567890", 7)[:n]) }
	for _, c := range []struct {
		at                   int64
		sha1, sha256, sha512 string
	}{
		{59, "94287082", "46119246", "90693936"},
		{1111111109, "07081804", "68084774", "25091201"},
		{1111111111, "14050471", "67062674", "99943326"},
		{1234567890, "89005924", "91819424", "93441116"},
		{2000000000, "69279037", "90698825", "38618901"},
		{20000000000, "65353130", "77737706", "47863826"},
	} {
		for _, v := range []struct {
			algorithm func() hash.Hash
			bytes     int
			want      string
		}{{sha1.New, 20, c.sha1}, {sha256.New, 32, c.sha256}, {sha512.New, 64, c.sha512}} {
			if got := totpCode(v.algorithm, seed(v.bytes), stepOf(time.Unix(c.at, 0)), 8); got != v.want {
				t.Errorf("at %d: %s, want %s", c.at, got, v.want)
			}
		}
	}
}

// authenticator is somebody's, after setting up the second factor.
func (w *world) authenticator(v access.Viewer) (code func() string, recovery []string) {
	w.t.Helper()
	secret, uri, err := w.StartTOTP(w.t.Context(), v)
	if err != nil || !strings.HasPrefix(uri, "otpauth://totp/Diarchy:"+v.Name+"?") || !strings.Contains(uri, "secret="+secret) {
		w.t.Fatalf("%s %v", uri, err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		w.t.Fatal(err)
	}
	code = func() string { return totpCode(sha1.New, raw, stepOf(w.clock()), totpDigits) }
	recovery = must[[]string](w.t)(w.ConfirmTOTP(w.t.Context(), v, code()))
	return code, recovery
}

func TestTOTP(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	if secret, _, err := w.StartTOTP(t.Context(), ada); err != nil {
		t.Fatal(err)
	} else if _, err := w.signIn("ada", good, ""); err != nil {
		t.Errorf("a factor that is not confirmed counts: %v %v", secret, err)
	}
	if _, err := w.ConfirmTOTP(t.Context(), ada, "000000"); !errors.Is(err, ErrRefused) {
		t.Fatalf("a wrong code confirms: %v", err)
	}
	code, recovery := w.authenticator(ada)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	sign := func(password, c string) error { _, err := w.signIn("ada", password, c); return err }
	steps := []struct {
		what string
		got  func() error
		want error
	}{
		{"the code that confirmed, again", func() error { return sign(good, code()) }, ErrRefused},
		{"no code", func() error { return sign(good, "") }, ErrCodeNeeded},
		{"a wrong password without a code", func() error { return sign("wrong", "") }, ErrRefused},
		{"a code", func() error { w.pass(time.Minute); return sign(good, code()) }, nil},
		{"the same code", func() error { return sign(good, code()) }, ErrRefused},
		{"with a wrong password", func() error { w.pass(time.Minute); return sign("wrong", code()) }, ErrRefused},
		{"that did not use it up", func() error { return sign(good, code()) }, nil},
		{"a code of a clock 30 s behind", func() error { w.pass(time.Minute); c := code(); w.pass(30 * time.Second); return sign(good, c) }, nil},
		{"of one 60 s behind", func() error { w.pass(time.Minute); c := code(); w.pass(time.Minute); return sign(good, c) }, ErrRefused},
		{"a recovery code", func() error { return sign(good, recovery[3]) }, nil},
		{"the same", func() error { return sign(good, recovery[3]) }, ErrRefused},
		{"another, as people type it", func() error { return sign(good, " "+strings.ToLower(strings.ReplaceAll(recovery[4], "-", " "))) }, nil},
	}
	for _, s := range steps {
		if err := s.got(); !errors.Is(err, s.want) {
			t.Fatalf("%s: %v, want %v", s.what, err, s.want)
		}
	}
	if has, left, err := w.HasTOTP(t.Context(), ada); !has || left != 8 || err != nil {
		t.Errorf("%v %d %v", has, left, err)
	}
	if _, _, err := w.StartTOTP(t.Context(), ada); !errors.Is(err, problem.Usage) {
		t.Errorf("a new secret in the place of the old: %v", err)
	}
	if err := w.RemoveTOTP(t.Context(), ada, "123456"); !errors.Is(err, ErrRefused) {
		t.Errorf("removed without a code: %v", err)
	}
	if err := w.RemoveTOTP(t.Context(), ada, recovery[0]); err != nil {
		t.Fatal(err)
	}
	if err := sign(good, ""); err != nil {
		t.Errorf("after the removal: %v", err)
	}
}

// TestCodeGuesses: guesses of codes are limited where the password is known, and where
// the session is.
func TestCodeGuesses(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	code, _ := w.authenticator(ada)
	w.pass(time.Minute)
	var wait *Wait
	tried := 0
	for i := range 50 {
		_, err := w.signIn("ada", good, fmt.Sprintf("%06d", i))
		if errors.As(err, &wait) {
			break
		}
		tried++
		w.signIn("ada", good, "") //nolint:errcheck // ErrCodeNeeded must not make it start over
	}
	if tried > 5 {
		t.Errorf("%d codes were tried", tried)
	}
	tried = 0
	for i := range 50 {
		if err := w.RemoveTOTP(t.Context(), ada, fmt.Sprintf("%06d", i)); errors.As(err, &wait) {
			break
		}
		tried++
	}
	if tried != 5 {
		t.Errorf("%d codes were tried in a session", tried)
	}
	w.pass(time.Hour)
	if err := w.RemoveTOTP(t.Context(), ada, code()); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestAccounts(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	ada := w.first()
	w.place("bob", "x")
	bob, _ := w.invite(ada, "bob", "bob", access.Manager, access.Member)
	for name, err := range map[string]error{
		"list":       func() error { _, err := w.List(ctx, bob); return err }(),
		"create":     func() error { _, _, err := w.Create(ctx, bob, Invite{Name: "x"}); return err }(),
		"roles":      w.SetRoles(ctx, bob, bob.Account, []access.Role{access.Administrator}),
		"deactivate": w.Deactivate(ctx, bob, ada.Account),
		"person":     w.LinkPerson(ctx, bob, bob.Account, ""),
		"reinvite":   func() error { _, err := w.Reinvite(ctx, bob, ada.Account); return err }(),
		"totp":       w.ResetTOTP(ctx, bob, ada.Account),
	} {
		if !errors.Is(err, ErrForbidden) {
			t.Errorf("%s by a manager: %v", name, err)
		}
	}
	for name, in := range map[string]Invite{
		"a taken name": {Name: "BOB"}, "no name": {Name: " "}, "a name with spaces": {Name: "b b"}, "control characters": {Name: "b\x00"},
		"an unknown role": {Name: "x", Roles: []access.Role{"root"}},
	} {
		if _, _, err := w.Create(ctx, ada, in); !errors.Is(err, problem.Usage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := w.Create(ctx, ada, Invite{Name: "x", Person: "nobody"}); !errors.Is(err, problem.Missing) {
		t.Errorf("an unknown person: %v", err)
	}
	if err := w.Deactivate(ctx, ada, ada.Account); !errors.Is(err, problem.Usage) {
		t.Errorf("the last administrator: %v", err)
	}
	if err := w.SetRoles(ctx, ada, ada.Account, []access.Role{access.CTO}); !errors.Is(err, problem.Usage) {
		t.Errorf("the last administrator: %v", err)
	}
	list, err := w.List(ctx, ada)
	want := []Info{
		{ID: ada.Account, Name: "ada", Roles: []access.Role{"administrator"}, Created: w.now, Password: true, LastSeen: w.now, Providers: []string{}},
		{ID: bob.Account, Name: "bob", Person: "bob", Roles: []access.Role{"manager", "member"}, Created: w.now, Password: true, LastSeen: w.now, Providers: []string{}},
	}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := w.ledger.Verify(ctx, ledger.Head{}); err != nil {
		t.Error(err)
	}
}

func TestRecord(t *testing.T) {
	w := newWorld(t)
	ada := w.first()
	if err := w.Record(t.Context(), ada, "people.view", "team web", nil); err != nil {
		t.Fatal(err)
	}
	var last ledger.Audited
	if err := w.ledger.Audit(t.Context(), 0, func(a ledger.Audited) error { last = a; return nil }); err != nil {
		t.Fatal(err)
	}
	if last.Actor != ada.Account || last.Action != "people.view" || last.Subject != "team web" {
		t.Errorf("%+v", last)
	}
}
