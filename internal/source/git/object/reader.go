package object

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"runtime/debug"
)

// maxChain is how many deltas may stand on each other; git makes at most 4,095.
const maxChain = 10_000

// Reader reads objects. It has buffers of its own, and so is for one goroutine.
type Reader struct {
	s      *Store
	z      inflater
	chain  []link // of deltas, the last to be applied first
	delta  []byte
	window []byte
	path   []byte // of DiffTrees
	last   int    // the pack in which an object was found last
	hash   hash.Hash
	held   []*content // until Release
}

// link is one delta of a chain.
type link struct {
	off int64
	entryHead
}

// NewReader returns a reader for one goroutine.
func (s *Store) NewReader() *Reader {
	r := &Reader{s: s, hash: sha1.New()}
	if s.hash == sha256.Size {
		r.hash = sha256.New()
	}
	return r
}

// Blob returns the content of a blob. It is shared: it must not be changed, and not be
// used after the next Release.
func (r *Reader) Blob(id ID) ([]byte, error) { return r.object(id, TypeBlob) }

// Tree returns the content of a tree. It is shared: it must not be changed, and not be
// used after the next Release.
func (r *Reader) Tree(id ID) ([]byte, error) { return r.object(id, TypeTree) }

// Release gives back all contents that this reader returned: their memory may from then
// on hold others. A reader that is not asked to just takes more memory.
func (r *Reader) Release() {
	r.s.cache.release(r.held...)
	clear(r.held)
	r.held = r.held[:0]
}

// Commit is a commit object.
type Commit struct {
	Tree    ID
	Parents []ID
	Raw     []byte // the whole object, which must not be changed, nor used after Release
}

// Commit returns a commit.
func (r *Reader) Commit(id ID) (Commit, error) {
	raw, err := r.object(id, TypeCommit)
	if err != nil {
		return Commit{}, err
	}
	c := Commit{Raw: raw}
	line, rest, ok := bytes.Cut(raw, []byte{'\n'})
	if ok {
		c.Tree, ok = r.headerID(line, "tree ")
	}
	for ok && bytes.HasPrefix(rest, []byte("parent ")) {
		var p ID
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		p, ok = r.headerID(line, "parent ")
		c.Parents = append(c.Parents, p)
	}
	if !ok {
		return Commit{}, fmt.Errorf("%w: commit %s begins with %.80q", ErrDamaged, id, line)
	}
	return c, nil
}

func (r *Reader) headerID(line []byte, word string) (ID, bool) {
	digits, ok := bytes.CutPrefix(line, []byte(word))
	if !ok || len(digits) != 2*r.s.hash {
		return ID{}, false
	}
	id, err := ParseID(string(digits))
	return id, err == nil
}

// Names of the tree without entries, which git knows even where it is not stored.
var emptyTrees = func() (ids [2]ID) {
	a, b := sha1.Sum([]byte("tree 0\x00")), sha256.Sum256([]byte("tree 0\x00"))
	return [2]ID{makeID(a[:]), makeID(b[:])}
}()

// object finds an object, which must be of the given type.
func (r *Reader) object(id ID, want Type) (_ []byte, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer catchFault(&err)
	v, err := r.lookUp(id)
	if errors.Is(err, ErrMissing) && want == TypeTree && (id == emptyTrees[0] && r.s.hash == 20 || id == emptyTrees[1] && r.s.hash == 32) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	r.held = append(r.held, v)
	if v.kind != want {
		return nil, fmt.Errorf("%w: %s is a %s and not a %s", ErrDamaged, id, v.kind, want)
	}
	if r.s.options.Verify && r.s.cache.name(v) != id {
		sum := r.sum(v)
		r.s.cache.setName(v, sum)
		if sum != id {
			return nil, fmt.Errorf("%w: %s has the content of %s", ErrDamaged, id, sum)
		}
	}
	return v.data, nil
}

// sum is the name of an object by its content.
func (r *Reader) sum(v *content) ID {
	r.hash.Reset()
	fmt.Fprintf(r.hash, "%s %d\x00", v.kind, len(v.data))
	r.hash.Write(v.data)
	var buf [32]byte
	return makeID(r.hash.Sum(buf[:0]))
}

// lookUp finds an object in packs, then in files of their own, then in packs that
// were not there when the folders were last listed. The caller holds what it gets.
func (r *Reader) lookUp(id ID) (*content, error) {
	if r.s.hash == sha1.Size && id != makeID(id[:sha1.Size]) {
		return nil, ErrMissing
	}
	for {
		packs := r.s.packs.Load()
		for i := range *packs {
			k := i
			switch { // the last one first
			case i == 0 && r.last < len(*packs):
				k = r.last
			case i <= r.last:
				k = i - 1
			}
			p := (*packs)[k]
			if off, ok := p.index.find(&id); ok {
				r.last = k
				return r.packed(p, int64(off))
			}
		}
		at := place{loose: id}
		if v := r.s.cache.get(at); v != nil {
			return v, nil
		}
		v, err := r.readLoose(id)
		if err != nil {
			return nil, err
		}
		if v != nil {
			r.s.cache.put(at, v)
			return v, nil
		}
		if !r.s.scan(packs) {
			return nil, r.s.missing()
		}
	}
}

var (
	errChain = errors.New("chain of deltas has no end")
	errRatio = errors.New("compressed data is too short for the size in its head")
)

// packed reads the entry of a pack at off. Down the chain of deltas it goes until a
// content is in the cache, or until the entry that is whole, and up again. The caller
// holds what it gets.
func (r *Reader) packed(p *pack, off int64) (*content, error) {
	chain := r.chain[:0]
	defer func() { r.chain = chain }()
	var v *content
	for at := off; ; {
		if v = r.s.cache.get(place{pack: p.number, off: at}); v != nil {
			break
		}
		h, err := p.head(at, &r.window)
		if err != nil {
			return nil, p.damage(at, err)
		}
		if err := r.checkSize(h.size, p.end-h.data); err != nil {
			return nil, p.damage(at, err)
		}
		if h.kind == typeOffsetDelta || h.kind == typeRefDelta {
			if len(chain) == maxChain {
				return nil, p.damage(off, errChain)
			}
			chain = append(chain, link{at, h})
			at = h.base
			continue
		}
		v = r.s.cache.make(h.kind, h.size)
		if err := r.inflateAt(p, h.data, v.data); err != nil {
			r.s.cache.release(v)
			return nil, p.damage(at, err)
		}
		r.s.cache.put(place{pack: p.number, off: at}, v)
		break
	}
	for i := len(chain) - 1; i >= 0; i-- {
		l := chain[i]
		next, err := r.applyAt(p, l, v)
		r.s.cache.release(v)
		if err != nil {
			return nil, p.damage(l.off, err)
		}
		v = next
		r.s.cache.put(place{pack: p.number, off: l.off}, v)
	}
	return v, nil
}

// applyAt applies one delta to its base. The caller holds what it gets.
func (r *Reader) applyAt(p *pack, l link, base *content) (*content, error) {
	if uint64(cap(r.delta)) < l.size {
		r.delta = make([]byte, max(l.size, 4096))
	}
	delta := r.delta[:l.size]
	if cap(r.delta) > 1<<20 { // large ones are rare: their memory is not held
		r.delta = nil
	}
	if err := r.inflateAt(p, l.data, delta); err != nil {
		return nil, err
	}
	baseSize, size, commands, err := deltaSizes(delta)
	if err != nil {
		return nil, err
	}
	if baseSize != uint64(len(base.data)) {
		return nil, errDelta
	}
	if size > uint64(r.s.options.MaxObject) {
		return nil, ErrTooLarge
	}
	if size > 1<<20 { // before memory is taken for a claim
		if n, err := resultLength(commands); err != nil || n != size {
			return nil, errDelta
		}
	}
	v := r.s.cache.make(base.kind, size)
	if err := applyDelta(v.data, base.data, commands); err != nil {
		r.s.cache.release(v)
		return nil, err
	}
	return v, nil
}

// inflateAt fills dst with what is compressed in the pack from off on.
func (r *Reader) inflateAt(p *pack, off int64, dst []byte) error {
	for n := len(dst) + len(dst)/1000 + 64; ; n *= 4 {
		src, err := p.file.window(off, p.end, n, &r.window)
		if err != nil {
			return err
		}
		_, err = r.z.inflate(dst, src)
		if err != errShort || int64(len(src)) == p.end-off {
			return err
		}
	}
}

// checkSize refuses sizes above the limit, and those that no compressed data of the
// given length can have.
func (r *Reader) checkSize(size uint64, compressed int64) error {
	if size > uint64(r.s.options.MaxObject) {
		return ErrTooLarge
	}
	if int64(size)/1032 > compressed {
		return errRatio
	}
	return nil
}
