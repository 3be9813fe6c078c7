package account

import (
	"net/netip"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/ledger"
)

// limit says how many failures there may be before waits begin, each twice as long as
// the one before, up to the longest.
type limit struct {
	free    int
	longest time.Duration
}

const forgetAfter = 24 * time.Hour // since the last failure

// wait is how long nobody may try again after a number of failures.
func (l limit) wait(failures int) time.Duration {
	over := failures - l.free
	if over < 0 {
		return 0
	}
	if over > 20 {
		return l.longest
	}
	return min(time.Second<<over, l.longest)
}

// key is what failures are counted by.
type key struct {
	hash []byte
	limit
}

// keys are those of an attempt: the name that was given, whether or not there is such
// an account, and the address, of IPv6 the network that one customer is given.
func (s *Service) keys(name string, from netip.Addr) []key {
	out := []key{{s.ledger.Keyed("sign-in by name", strings.ToLower(strings.TrimSpace(name))), limit{5, 5 * time.Minute}}}
	if !from.IsValid() {
		return out
	}
	return append(out, s.addressKey(from))
}

func (s *Service) addressKey(from netip.Addr) key {
	bits := 32
	if from = from.Unmap().WithZone(""); from.Is6() {
		bits = 64
	}
	network, err := from.Prefix(bits)
	if err != nil {
		network = netip.PrefixFrom(from, from.BitLen())
	}
	return key{s.ledger.Keyed("sign-in by address", network.String()), limit{20, time.Hour}}
}

// reserve counts an attempt as a failure before it is known to be one, so that many at
// once do not pass together. Who must wait is not counted again.
func reserve(t *ledger.Tx, keys []key) error {
	for _, k := range keys {
		if until, err := waitOf(t, k); err != nil {
			return err
		} else if until.After(t.Now) {
			return &Wait{Until: until}
		}
	}
	for _, k := range keys {
		failures, err := failuresOf(t, k)
		if err != nil {
			return err
		}
		if err := count(t, k, failures+1, true); err != nil {
			return err
		}
	}
	return nil
}

func waitOf(t *ledger.Tx, k key) (time.Time, error) {
	var us int64
	_, err := t.Get("SELECT until_us FROM sign_in_attempt WHERE of_hash = ?", []any{k.hash}, &us)
	// A clock that was set back must not lock anybody out for longer than any wait.
	until := ledger.FromMicros(us)
	if until.Sub(t.Now) > k.longest {
		return t.Now, err
	}
	return until, err
}

func failuresOf(t *ledger.Tx, k key) (failures int, err error) {
	_, err = t.Get("SELECT failures FROM sign_in_attempt WHERE of_hash = ? AND last_us > ?", []any{k.hash, ledger.Micros(t.Now.Add(-forgetAfter))}, &failures)
	return failures, err
}

func count(t *ledger.Tx, k key, failures int, waits bool) error {
	until := int64(0)
	if waits {
		until = ledger.Micros(t.Now.Add(k.wait(failures)))
	}
	_, err := t.Exec(`INSERT INTO sign_in_attempt (of_hash, failures, last_us, until_us) VALUES (?, ?, ?, ?)
		ON CONFLICT (of_hash) DO UPDATE SET failures = excluded.failures, last_us = excluded.last_us, until_us = excluded.until_us`,
		k.hash, failures, ledger.Micros(t.Now), until)
	return err
}

// giveBack takes a reserved attempt back that was no failure.
func giveBack(t *ledger.Tx, keys []key) error {
	for _, k := range keys {
		failures, err := failuresOf(t, k)
		if err != nil {
			return err
		}
		if err := count(t, k, max(0, failures-1), false); err != nil {
			return err
		}
	}
	_, err := t.Exec("DELETE FROM sign_in_attempt WHERE failures = 0 OR last_us < ?", ledger.Micros(t.Now.Add(-forgetAfter)))
	return err
}

// forget ends the waits of a name after a success. Those of the address stay: who has
// an account must not be able to guess the others' for ever.
func forget(t *ledger.Tx, keys []key) error {
	if err := giveBack(t, keys); err != nil {
		return err
	}
	_, err := t.Exec("DELETE FROM sign_in_attempt WHERE of_hash = ?", keys[0].hash)
	return err
}
