package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/problem"
	"golang.org/x/crypto/argon2"
)

// Cost is what checking a password costs whoever guesses them, and this server.
type Cost struct {
	KiB     uint32
	Passes  uint32
	Threads uint8
}

// recommended is the second choice of RFC 9106, for where 2 GiB are too much.
func recommended() Cost { return Cost{KiB: 64 << 10, Passes: 3, Threads: 4} }

const (
	atOnce      = 2 // passwords that are checked at a time: each takes the memory
	saltBytes   = 16
	hashBytes   = 32
	minPassword = 12
	maxPassword = 1024 // bytes
)

// hasher makes and checks hashes of passwords.
type hasher struct {
	cost  Cost
	turn  chan struct{}
	dummy string // of a password that nobody has: what there is no hash of takes as long
}

func newHasher(c Cost) *hasher {
	if c == (Cost{}) {
		c = recommended()
	}
	h := &hasher{cost: c, turn: make(chan struct{}, atOnce)}
	h.dummy = h.encode(random(saltBytes), random(hashBytes))
	return h
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) //nolint:errcheck // never fails
	return b
}

func (h *hasher) encode(salt, hash []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.KiB, h.cost.Passes, h.cost.Threads, b64(salt), b64(hash))
}

// make hashes a new password.
func (h *hasher) make(ctx context.Context, password string) (string, error) {
	salt := random(saltBytes)
	hash, err := h.work(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return h.encode(salt, hash), nil
}

// check compares a password with a hash; with "", which nothing equals, in the same time.
func (h *hasher) check(ctx context.Context, password, encoded string) (bool, error) {
	none := encoded == ""
	if none {
		encoded = h.dummy
	}
	cost, salt, want, err := decode(encoded)
	if err != nil {
		return false, err
	}
	got, err := h.work(ctx, password, salt, cost)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && !none, nil
}

// work waits for its turn, so that many who sign in at once take no more memory than
// a few.
func (h *hasher) work(ctx context.Context, password string, salt []byte, c Cost) ([]byte, error) {
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if len(password) > maxPassword {
		password = "" // as long as any other, and equals none
	}
	return argon2.IDKey([]byte(password), salt, c.Passes, c.KiB, c.Threads, hashBytes), nil
}

func decode(encoded string) (c Cost, salt, hash []byte, err error) {
	parts := strings.Split(encoded, "$")
	bad := problem.New(problem.Damaged, "set a new password", "a stored hash cannot be read")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return c, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.KiB, &c.Passes, &c.Threads); err != nil || c.KiB > 1<<20 || c.Passes < 1 || c.Passes > 64 || c.Threads < 1 {
		return c, nil, nil, bad
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	hash, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(hash) != hashBytes {
		return c, nil, nil, bad
	}
	return c, salt, hash, nil
}

// commonPasswords are the commonest ones, and words of which they are made.
//
//go:embed common.txt
var commonPasswords string

// newPassword refuses a password that would be guessed soon.
func newPassword(name, password string) error {
	lower := strings.ToLower(password)
	core := strings.TrimFunc(lower, func(r rune) bool { return r < 'a' || r > 'z' })
	weak := func(why string) error {
		return problem.New(problem.Usage, "take a sentence, or let a password manager choose", "the password %s", why)
	}
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return weak(fmt.Sprintf("has fewer than %d characters", minPassword))
	case len(password) > maxPassword:
		return weak(fmt.Sprintf("is longer than %d bytes", maxPassword))
	case slices.Contains(strings.Fields(commonPasswords), lower), len(core) >= 4 && slices.Contains(strings.Fields(commonPasswords), core):
		return weak("is one of those that are tried first")
	case distinct(lower) < 5:
		return weak("repeats too few characters")
	case name != "" && strings.Contains(lower, strings.ToLower(name)) && len(lower) < len(name)+minPassword/2:
		return weak("is little more than the name")
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
