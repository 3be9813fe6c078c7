package ledger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Event is something that the audit trail must hold. It names accounts and people by
// id, and never holds a secret.
type Event struct {
	Actor   string            `json:"actor"`   // account, or what acted in its place
	Action  string            `json:"action"`  // such as session.begin
	Subject string            `json:"subject"` // what it was done to
	Detail  map[string]string `json:"detail"`
}

// Line is an event in the audit trail.
type Line struct {
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"` // UTC, to the microsecond
	Event
}

// Audited is a line with its hash, which stands for all lines before it too.
type Audited struct {
	Line
	Hash string `json:"hash"`
}

// Append adds an event to the audit trail, in the transaction of what it tells.
func (t *Tx) Append(e Event) error {
	seq, prev, err := t.head()
	if err != nil {
		return err
	}
	seq++
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	entry, err := canonical(Line{seq, t.Now.UTC().Truncate(time.Microsecond), e})
	if err != nil {
		return err
	}
	hash := chain(prev, entry)
	if _, err := t.Exec("INSERT INTO audit (seq, entry, hash) VALUES (?, ?, ?)", seq, string(entry), hash); err != nil {
		return err
	}
	return t.seal(seq, hash)
}

func (t *Tx) seal(seq int64, hash []byte) error {
	_, err := t.Exec("INSERT INTO audit_head (one, seq, hash, mac) VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac",
		seq, hash, t.l.headMAC(seq, hash))
	return err
}

func (t *Tx) head() (seq int64, hash []byte, err error) {
	_, err = t.Get("SELECT seq, hash FROM audit_head", nil, &seq, &hash)
	return seq, hash, err
}

// canonical is the one way to write a line: fields in the order of Line, keys of the
// detail sorted.
func canonical(l Line) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(l)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// chain is the hash of an entry that follows the one whose hash is prev; the first
// follows nothing.
func chain(prev, entry []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	h.Write(entry)
	return h.Sum(nil)
}

func (l *Ledger) headMAC(seq int64, hash []byte) []byte {
	return l.key.mac("audit head", binary.BigEndian.AppendUint64(nil, uint64(seq)), hash)
}

// Head is the newest line of an audit trail: its number, 0 when there is none, and its
// hash. Who notes it elsewhere can prove later that nothing before it has changed.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// From is the number of the line with which the newest ones begin.
func (l *Ledger) From(ctx context.Context, newest int) (from int64, err error) {
	err = l.Read(ctx, func(t *Tx) error {
		_, err := t.Get("SELECT COALESCE(MAX(seq), 0) FROM audit", nil, &from)
		return err
	})
	return from - int64(newest) + 1, err
}

// Audit gives each line of the audit trail from a number on.
func (l *Ledger) Audit(ctx context.Context, from int64, each func(Audited) error) error {
	return l.Read(ctx, func(t *Tx) error {
		return t.lines(from, func(seq int64, entry, hash []byte) error {
			a := Audited{Hash: hex.EncodeToString(hash)}
			if err := json.Unmarshal(entry, &a.Line); err != nil {
				return tampered("line %d cannot be read", seq)
			}
			return each(a)
		})
	})
}

func (t *Tx) lines(from int64, each func(seq int64, entry, hash []byte) error) error {
	return t.Each("SELECT seq, entry, hash FROM audit WHERE seq >= ? ORDER BY seq", []any{from}, func(scan func(...any) error) error {
		var seq int64
		var entry, hash []byte
		if err := scan(&seq, &entry, &hash); err != nil {
			return err
		}
		return each(seq, entry, hash)
	})
}

// Verify follows the chain from the first line to the newest, and tells the first place
// at which a line was removed, changed, added or moved. noted is a head that was seen
// before, or the zero Head: the trail must still hold it.
func (l *Ledger) Verify(ctx context.Context, noted Head) (head Head, err error) {
	err = l.Read(ctx, func(t *Tx) error {
		var hash []byte
		if head, hash, err = t.follow(noted); err != nil {
			return err
		}
		return t.sealed(head.Seq, hash)
	})
	return head, err
}

// follow follows the chain alone.
func (t *Tx) follow(noted Head) (head Head, hash []byte, err error) {
	var seq int64
	met := noted == Head{}
	erased, err := t.erasedLines()
	if err != nil {
		return head, nil, err
	}
	said := len(erased.seqs) == 0 // by a line person.erase: what the changed lines say now
	err = t.lines(0, func(at int64, entry, stored []byte) error {
		if at != seq+1 {
			return tampered("line %d is missing", seq+1)
		}
		var line Line
		if json.Unmarshal(entry, &line) != nil || line.Seq != at {
			return tampered("line %d is not the one that was written there", at)
		}
		if next := chain(hash, entry); !bytes.Equal(next, stored) && !erased.says(at, entry) {
			return tampered("line %d or one before it was changed", at)
		}
		if line.Action == eraseAction {
			said = len(erased.seqs) == 0 || line.Detail[erasedDigest] == hex.EncodeToString(erased.sum())
		}
		seq, hash = at, stored
		met = met || noted == Head{seq, hex.EncodeToString(hash)}
		return nil
	})
	head = Head{seq, hex.EncodeToString(hash)}
	if err == nil && !said {
		err = tampered("lines from which names were erased are not those that the trail tells of")
	}
	if err == nil && !met {
		err = tampered("line %d is not the one that was noted", noted.Seq)
	}
	return head, hash, err
}

// sealed compares the end of the chain with the head that is kept apart.
func (t *Tx) sealed(seq int64, hash []byte) error {
	var headSeq int64
	var headHash, mac []byte
	any, err := t.Get("SELECT seq, hash, mac FROM audit_head", nil, &headSeq, &headHash, &mac)
	switch {
	case err != nil:
		return err
	case seq == 0:
		return tampered("line 1 is missing")
	case !any:
		return tampered("the seal of its %d lines is missing", seq)
	case headSeq > seq:
		return tampered("%d lines at its end are missing", headSeq-seq)
	case headSeq != seq || !bytes.Equal(headHash, hash) || !hmac.Equal(mac, t.l.headMAC(seq, hash)):
		return tampered("line %d is not sealed by this ledger's key", seq)
	}
	return nil
}

func tampered(format string, args ...any) error {
	return problem.New(problem.Damaged, "compare with a backup of the ledger: the lines before that one are as they were written", "the audit trail does not hold: %s", fmt.Sprintf(format, args...))
}
