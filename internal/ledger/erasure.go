package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Erasure says whose data was erased: whatever is read or restored must be without it.
type Erasure struct {
	Person string // the pseudonym
	At     time.Time
	By     string
	Keys   []ErasureKey
}

// ErasureKey is a keyed hash of something that named the person.
type ErasureKey struct {
	Kind  string
	Words int
	Hash  []byte
}

// keyCheck is the kind of a key that tells whether the ledger's key is still the one that
// made all others.
const keyCheck = "check"

// Erasures lists whose data was erased. With another key than the one that erased them
// they would be forgotten, which is an error.
func (l *Ledger) Erasures(ctx context.Context) (out []Erasure, err error) {
	if out, err = l.erasures(ctx); err != nil {
		return nil, err
	}
	for _, e := range out {
		for _, k := range e.Keys {
			if k.Kind == keyCheck && !bytes.Equal(k.Hash, l.Keyed(keyCheck, e.Person)) {
				return nil, problem.New(problem.Damaged, "put back the key that was beside the ledger", "people were erased with another key than %s: their names would come back", l.KeyPath())
			}
		}
	}
	return out, nil
}

func (l *Ledger) erasures(ctx context.Context) (out []Erasure, err error) {
	err = l.Read(ctx, func(t *Tx) error {
		out, err = t.erasures()
		return err
	})
	return out, err
}

func (t *Tx) erasures() (out []Erasure, err error) {
	at := map[string]int{}
	err = t.Each("SELECT person, erased_us, erased_by FROM erasure ORDER BY person", nil, func(scan func(...any) error) error {
		var e Erasure
		var us int64
		err := scan(&e.Person, &us, &e.By)
		e.At = FromMicros(us)
		at[e.Person] = len(out)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, t.Each("SELECT person, kind, words, hash FROM erasure_key ORDER BY person, kind, hash", nil, func(scan func(...any) error) error {
		var person string
		var k ErasureKey
		err := scan(&person, &k.Kind, &k.Words, &k.Hash)
		if i, ok := at[person]; ok {
			out[i].Keys = append(out[i].Keys, k)
		}
		return err
	})
}

// Erase keeps who is erased, and by what the person is known again.
func (t *Tx) Erase(e Erasure) error {
	if _, err := t.Exec("INSERT INTO erasure (person, erased_us, erased_by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", e.Person, Micros(e.At), e.By); err != nil {
		return err
	}
	keys := e.Keys
	if len(keys) > 0 && keys[0].Kind != keyCheck {
		keys = append([]ErasureKey{{Kind: keyCheck, Hash: t.l.Keyed(keyCheck, e.Person)}}, keys...)
	}
	for _, k := range keys {
		if _, err := t.Exec("INSERT INTO erasure_key (person, kind, words, hash) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", e.Person, k.Kind, k.Words, k.Hash); err != nil {
			return err
		}
	}
	return nil
}

// Redact takes names out of the lines of the audit trail: value gives what a field says
// without them. Hashes stay, so that the chain still stands for every line, and a line
// person.erase says what the changed ones say now. It gives how many lines were changed.
func (t *Tx) Redact(value func(string) string, of Event) (lines int, err error) {
	changed, err := t.redacted(value)
	if err != nil {
		return 0, err
	}
	for _, c := range changed {
		digest := sha256.Sum256(c.entry)
		if _, err := t.Exec("INSERT INTO audit_erased (seq, digest) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET digest = excluded.digest", c.seq, digest[:]); err != nil {
			return 0, err
		}
		if _, err := t.Exec("UPDATE audit SET entry = ? WHERE seq = ?", string(c.entry), c.seq); err != nil {
			return 0, err
		}
	}
	now, err := t.erasedLines()
	if err != nil {
		return 0, err
	}
	of.Detail = map[string]string{erasedDigest: hex.EncodeToString(now.sum())}
	of.Action = eraseAction
	return len(changed), t.Append(of)
}

const (
	eraseAction  = "person.erase"
	erasedDigest = "changed-lines"
)

// rewritten is a line of the trail with what it says from now on.
type rewritten struct {
	seq   int64
	entry []byte
}

func (t *Tx) redacted(value func(string) string) (out []rewritten, err error) {
	err = t.lines(0, func(seq int64, entry, _ []byte) error {
		var line Line
		if err := json.Unmarshal(entry, &line); err != nil {
			return tampered("line %d cannot be read", seq)
		}
		if !Names(line.Event, value) {
			return nil
		}
		line.Event = line.without(value)
		after, err := canonical(line)
		out = append(out, rewritten{seq, after})
		return err
	})
	return out, err
}

// Names tells whether an event names somebody whom value calls otherwise.
func Names(e Event, value func(string) string) bool {
	without := e.without(value)
	return without.Actor != e.Actor || without.Subject != e.Subject || !maps.Equal(without.Detail, e.Detail)
}

// without is an event with what value makes of its fields.
func (e Event) without(value func(string) string) Event {
	e.Actor, e.Subject, e.Detail = value(e.Actor), value(e.Subject), maps.Clone(e.Detail)
	for k, v := range e.Detail {
		e.Detail[k] = value(v)
	}
	return e
}

// erasedLines are the lines that lost a name, by number.
type erasedLines struct {
	seqs    []int64
	digests map[int64][]byte
}

func (t *Tx) erasedLines() (e erasedLines, err error) {
	e.digests = map[int64][]byte{}
	err = t.Each("SELECT seq, digest FROM audit_erased ORDER BY seq", nil, func(scan func(...any) error) error {
		var seq int64
		var digest []byte
		err := scan(&seq, &digest)
		e.seqs, e.digests[seq] = append(e.seqs, seq), digest
		return err
	})
	return e, err
}

// sum stands for all of them.
func (e erasedLines) sum() []byte {
	h := sha256.New()
	for _, seq := range e.seqs {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
		h.Write(e.digests[seq])
	}
	return h.Sum(nil)
}

// says tells whether a line says what it said after its name was taken out.
func (e erasedLines) says(seq int64, entry []byte) bool {
	digest := sha256.Sum256(entry)
	return bytes.Equal(e.digests[seq], digest[:])
}

// Scrub has the database write its files anew, so that nothing of what was erased is left
// in free pages or logs.
func (l *Ledger) Scrub(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.engine.explain(l.engine.scrub(ctx, l))
}
