package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

const packHeader = 12

// pack is an open pack with its index.
type pack struct {
	number uint32 // in the store
	file   *file
	idx    *file
	index  *index
	end    int64 // of the last object
}

// openPack opens the pack that belongs to an index, and checks that it does.
func openPack(idxPath string, hash int, mmap bool) (_ *pack, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	p := &pack{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	defer catchFault(&err)
	if p.idx, err = openFile(idxPath, mmap); err != nil {
		return nil, err
	}
	names := p.idx.mem
	if names == nil {
		names = make([]byte, p.idx.size)
		if _, err := p.idx.f.ReadAt(names, 0); err != nil && err != io.EOF {
			return nil, err
		}
	}
	if p.index, err = readIndex(names, hash); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, idxPath, err)
	}
	path := idxPath[:len(idxPath)-len(".idx")] + ".pack"
	if p.file, err = openFile(path, mmap); err != nil {
		return nil, err
	}
	if p.file.size < packHeader+int64(hash) {
		return nil, fmt.Errorf("%w: %s: too short", ErrDamaged, path)
	}
	p.end = p.file.size - int64(hash)
	var buf []byte
	head, err := p.file.window(0, packHeader, packHeader, &buf)
	if err != nil {
		return nil, err
	}
	if v := binary.BigEndian.Uint32(head[4:]); string(head[:4]) != "PACK" || v != 2 && v != 3 {
		return nil, fmt.Errorf("%w: %s: no pack of a known version", ErrDamaged, path)
	}
	if n := binary.BigEndian.Uint32(head[8:]); int64(n) != int64(p.index.count) {
		return nil, fmt.Errorf("%w: %s: %d objects, but %d in its index", ErrDamaged, path, n, p.index.count)
	}
	sum, err := p.file.window(p.end, p.file.size, hash, &buf)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(sum, p.index.pack) {
		return nil, fmt.Errorf("%w: %s: its index belongs to another pack", ErrDamaged, path)
	}
	return p, nil
}

func (p *pack) close() error {
	var errs [2]error
	for i, f := range []*file{p.idx, p.file} {
		if f != nil {
			errs[i] = f.close()
		}
	}
	return errors.Join(errs[:]...)
}

// entryHead is what stands before the compressed data of an entry.
type entryHead struct {
	kind Type
	size uint64 // of the data, of a delta: the delta itself
	data int64  // where the compressed data begins
	base int64  // where the entry of the base begins, of deltas
}

var (
	errEntry  = errors.New("entry has no readable head")
	errOffset = errors.New("offset lies outside of the pack")
	errBase   = errors.New("base of a delta is not in the pack")
)

// head reads the head of the entry at off.
func (p *pack) head(off int64, buf *[]byte) (h entryHead, err error) {
	if off < packHeader || off >= p.end {
		return h, errOffset
	}
	b, err := p.file.window(off, p.end, 64, buf)
	if err != nil {
		return h, err
	}
	at, shift := 0, uint(4)
	next := func() byte {
		if at == len(b) {
			err = errEntry
			return 0
		}
		at++
		return b[at-1]
	}
	c := next()
	h.kind, h.size = Type(c>>4&7), uint64(c&15)
	for c >= 0x80 {
		if c = next(); shift > 57 {
			return h, errEntry
		}
		h.size |= uint64(c&0x7f) << shift
		shift += 7
	}
	switch h.kind {
	case TypeCommit, TypeTree, TypeBlob, TypeTag:
	case typeOffsetDelta:
		c = next()
		back := int64(c & 0x7f)
		for c >= 0x80 {
			if back++; back > 1<<55 {
				return h, errEntry
			}
			c = next()
			back = back<<7 | int64(c&0x7f)
		}
		if h.base = off - back; back == 0 || h.base < packHeader {
			return h, errBase
		}
	case typeRefDelta:
		if len(b)-at < p.index.hash {
			return h, errEntry
		}
		id := makeID(b[at : at+p.index.hash])
		at += p.index.hash
		base, ok := p.index.find(&id)
		if h.base = int64(base); !ok || h.base < packHeader || h.base >= p.end {
			return h, errBase
		}
	default:
		return h, errEntry
	}
	h.data = off + int64(at)
	return h, err
}

// damage says where in the pack something is wrong.
func (p *pack) damage(off int64, err error) error {
	if errors.Is(err, ErrTooLarge) {
		return err
	}
	return fmt.Errorf("%w: %s at offset %d: %w", ErrDamaged, p.file.path, off, err)
}
