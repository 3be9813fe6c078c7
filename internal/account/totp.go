package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
)

// RFC 6238 with the values that all authenticators take.
const (
	totpPeriod = 30 // seconds
	totpDigits = 6
	totpBytes  = 20
	totpDrift  = 1 // steps that a clock may be off
	totpOf     = "second factor"

	recoveryCodes = 10
)

// totpCode is the code of a step, of at most nine digits.
func totpCode(algorithm func() hash.Hash, secret []byte, step int64, digits int) string {
	h := hmac.New(algorithm, secret)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	value := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, value%modulus)
}

func stepOf(t time.Time) int64 { return t.Unix() / totpPeriod }

// StartTOTP makes a secret for an authenticator. It counts once ConfirmTOTP has seen a
// code of it. uri is what the authenticator reads from a picture.
func (s *Service) StartTOTP(ctx context.Context, v access.Viewer) (secret, uri string, err error) {
	if v.Token {
		return "", "", ErrForbidden
	}
	raw := random(totpBytes)
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		n, err := t.Exec(`INSERT INTO totp (account, secret) VALUES (?, ?)
			ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE totp.confirmed_us IS NULL`,
			v.Account, s.ledger.Seal(totpOf, v.Account, raw))
		if err == nil && n == 0 {
			err = problem.New(problem.Usage, "remove it first", "there is a second factor already")
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	q := url.Values{"secret": {secret}, "issuer": {"Diarchy"}}
	return secret, (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/Diarchy:" + v.Name, RawQuery: q.Encode()}).String(), nil
}

// ConfirmTOTP makes the second factor count, and returns the recovery codes: each may
// stand once in a code's place. They are shown this once.
func (s *Service) ConfirmTOTP(ctx context.Context, v access.Viewer, code string) (recovery []string, err error) {
	err = s.careful(ctx, v, func(t *ledger.Tx) error {
		step, sealed, confirmed, err := readTOTP(t, v.Account)
		switch {
		case err != nil:
			return err
		case sealed == nil || confirmed:
			return problem.New(problem.Usage, "start with a new secret", "no second factor is being set up")
		}
		ok, err := s.acceptTOTP(t, v.Account, sealed, step, code)
		if err != nil || !ok {
			return orRefused(err)
		}
		if _, err := t.Exec("UPDATE totp SET confirmed_us = ? WHERE account = ?", ledger.Micros(t.Now), v.Account); err != nil {
			return err
		}
		if recovery, err = newRecoveryCodes(t, v.Account); err != nil {
			return err
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "totp.add", Subject: v.Account})
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// RemoveTOTP removes the second factor of whoever can show a code of it.
func (s *Service) RemoveTOTP(ctx context.Context, v access.Viewer, code string) error {
	return s.careful(ctx, v, func(t *ledger.Tx) error {
		switch outcome, err := s.secondFactor(t, v.Account, code); {
		case err != nil:
			return err
		case outcome != nil:
			return ErrRefused
		}
		return removeTOTP(t, v.Account, v.Account)
	})
}

// ResetTOTP removes the second factor of somebody who has lost it.
func (s *Service) ResetTOTP(ctx context.Context, by access.Viewer, account string) error {
	return s.administer(ctx, by, account, func(t *ledger.Tx, r row) error { return removeTOTP(t, by.Account, r.id) })
}

func removeTOTP(t *ledger.Tx, by, account string) error {
	removed, err := t.Exec("DELETE FROM totp WHERE account = ?", account)
	if err != nil || removed == 0 {
		return err
	}
	if _, err := t.Exec("DELETE FROM recovery_code WHERE account = ?", account); err != nil {
		return err
	}
	return t.Append(ledger.Event{Actor: by, Action: "totp.remove", Subject: account})
}

// HasTOTP tells whether a viewer has a second factor, and how many recovery codes are left.
func (s *Service) HasTOTP(ctx context.Context, v access.Viewer) (has bool, recovery int, err error) {
	err = s.ledger.Read(ctx, func(t *ledger.Tx) error {
		if _, _, has, err = readTOTP(t, v.Account); err != nil {
			return err
		}
		_, err := t.Get("SELECT COUNT(*) FROM recovery_code WHERE account = ?", []any{v.Account}, &recovery)
		return err
	})
	return has, recovery, err
}

// careful does what somebody proves by a code or a password; failures count as those to
// sign in do, so that a stolen session does not help to guess.
func (s *Service) careful(ctx context.Context, v access.Viewer, do func(*ledger.Tx) error) error {
	if v.Token {
		return ErrForbidden
	}
	keys := s.proofKeys(v)
	if err := s.ledger.Write(ctx, func(t *ledger.Tx) error { return reserve(t, keys) }); err != nil {
		return err
	}
	err := s.ledger.Write(ctx, func(t *ledger.Tx) error {
		if err := do(t); err != nil {
			return err
		}
		return forget(t, keys)
	})
	if err != nil && !errors.Is(err, ErrRefused) {
		err = errors.Join(err, s.ledger.Write(ctx, func(t *ledger.Tx) error { return giveBack(t, keys) }))
	}
	return err
}

func (s *Service) proofKeys(v access.Viewer) []key {
	return []key{{s.ledger.Keyed("proof by account", v.Account), limit{5, 5 * time.Minute}}}
}

// secondFactor checks a code. outcome is nil when the account has no second factor or
// the code is right; a code is right once.
func (s *Service) secondFactor(t *ledger.Tx, account, code string) (outcome, err error) {
	step, sealed, confirmed, err := readTOTP(t, account)
	switch {
	case err != nil:
		return nil, err
	case !confirmed:
		return nil, nil
	case strings.TrimSpace(code) == "":
		return ErrCodeNeeded, nil
	}
	ok, err := s.acceptTOTP(t, account, sealed, step, code)
	if err == nil && !ok {
		ok, err = acceptRecovery(t, account, code)
	}
	if err == nil && !ok {
		outcome = ErrRefused
	}
	return outcome, err
}

func readTOTP(t *ledger.Tx, account string) (lastStep int64, sealed []byte, confirmed bool, err error) {
	_, err = t.Get("SELECT last_step, secret, confirmed_us IS NOT NULL FROM totp WHERE account = ?", []any{account}, &lastStep, &sealed, &confirmed)
	return lastStep, sealed, confirmed, err
}

// acceptTOTP takes a code of a step that is near and later than the last that was taken.
func (s *Service) acceptTOTP(t *ledger.Tx, account string, sealed []byte, last int64, code string) (bool, error) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	if len(code) != totpDigits {
		return false, nil
	}
	secret, err := s.ledger.Unseal(totpOf, account, sealed)
	if err != nil {
		return false, err
	}
	now, match := stepOf(t.Now), int64(0)
	for step := now - totpDrift; step <= now+totpDrift; step++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(sha1.New, secret, step, totpDigits)), []byte(code)) == 1 && step > last {
			match = step
		}
	}
	if match == 0 {
		return false, nil
	}
	_, err = t.Exec("UPDATE totp SET last_step = ? WHERE account = ?", match, account)
	return err == nil, err
}

func newRecoveryCodes(t *ledger.Tx, account string) (codes []string, err error) {
	if _, err := t.Exec("DELETE FROM recovery_code WHERE account = ?", account); err != nil {
		return nil, err
	}
	for range recoveryCodes {
		c := base32.StdEncoding.EncodeToString(random(10)) // 16 letters and digits
		if _, err := t.Exec("INSERT INTO recovery_code (account, hash) VALUES (?, ?)", account, hashOf(c)); err != nil {
			return nil, err
		}
		codes = append(codes, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
	}
	return codes, nil
}

func acceptRecovery(t *ledger.Tx, account, code string) (bool, error) {
	plain := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	n, err := t.Exec("DELETE FROM recovery_code WHERE account = ? AND hash = ?", account, hashOf(plain))
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.Append(ledger.Event{Actor: account, Action: "recovery_code.use", Subject: account})
}
