package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// Modes of tree entries, as git compares and prints them.
const (
	ModeFile       = 0o100644
	ModeExecutable = 0o100755
	ModeSymlink    = 0o120000
	ModeTree       = 0o040000
	ModeSubmodule  = 0o160000
)

// Change is one entry in which two trees differ. On the side on which there is none,
// ID and mode are zero. A submodule's ID names a commit of another repository.
type Change struct {
	Path             string
	Old, New         ID
	OldMode, NewMode uint32
}

// maxDepth bounds folders in folders; git's own limit is 2,048.
const maxDepth = 2048

var errTree = errors.New("tree is damaged")

// DiffTrees calls fn for the entries in which two trees differ, all folders included,
// in the order of `git diff-tree -r`: by name, a folder's as if it ended in a slash.
// A file that takes the place of a folder is a deletion of all in it and a creation.
// A zero ID stands for an empty tree. It stops at the first error, also of fn.
func (r *Reader) DiffTrees(before, after ID, fn func(Change) error) error {
	r.path = r.path[:0]
	return r.diffTrees(before, after, 0, fn)
}

func (r *Reader) diffTrees(before, after ID, depth int, fn func(Change) error) (err error) {
	if before == after {
		return nil
	}
	if depth > maxDepth {
		return fmt.Errorf("%w: folders are more than %d deep", ErrDamaged, maxDepth)
	}
	var a, b []byte
	if !before.IsZero() {
		if a, err = r.Tree(before); err != nil {
			return err
		}
	}
	if !after.IsZero() {
		if b, err = r.Tree(after); err != nil {
			return err
		}
	}
	a, b = skipEqual(a, b, r.s.hash)
	tail := equalTail(a, b)
	for len(a) > 0 || len(b) > 0 {
		if len(a) == len(b) && len(a) <= tail {
			return nil // all that follows is the same
		}
		x, restA, ok := readEntry(a, r.s.hash)
		if !ok {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, before, errTree)
		}
		y, restB, ok := readEntry(b, r.s.hash)
		if !ok {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, after, errTree)
		}
		order := x.compare(y)
		if order == 0 && len(x.name) != len(y.name) { // a slash in a name
			return fmt.Errorf("%w: %s: %w", ErrDamaged, after, errTree)
		}
		if order <= 0 {
			a = restA
		} else {
			x = treeEntry{}
		}
		if order >= 0 {
			b = restB
		} else {
			y = treeEntry{}
		}
		if x.mode == y.mode && bytes.Equal(x.id, y.id) {
			continue
		}
		if err := r.change(x, y, depth, fn); err != nil {
			return err
		}
	}
	return nil
}

// change handles one name, of which either side may have no entry.
func (r *Reader) change(x, y treeEntry, depth int, fn func(Change) error) error {
	name := x.name
	if name == nil {
		name = y.name
	}
	above := len(r.path)
	r.path = append(r.path, name...)
	defer func() { r.path = r.path[:above] }()
	before, after := makeID(x.id), makeID(y.id)
	if x.mode == ModeTree || y.mode == ModeTree {
		r.path = append(r.path, '/')
		return r.diffTrees(before, after, depth+1, fn)
	}
	return fn(Change{string(r.path), before, after, x.mode, y.mode})
}

// treeEntry is an entry of a tree; without a name it stands behind the last one.
type treeEntry struct {
	mode uint32
	name []byte
	id   []byte
}

// readEntry takes the first entry off a tree.
func readEntry(p []byte, hash int) (e treeEntry, rest []byte, ok bool) {
	if len(p) == 0 {
		return e, nil, true
	}
	mode, digits := uint32(0), 0
	for ; ; digits++ {
		if digits == len(p) || digits > 8 {
			return e, nil, false
		}
		c := p[digits]
		if c == ' ' {
			break
		}
		if c < '0' || c > '7' {
			return e, nil, false
		}
		mode = mode<<3 | uint32(c-'0')
	}
	p = p[digits+1:]
	n := bytes.IndexByte(p, 0)
	if digits == 0 || n <= 0 || len(p)-n-1 < hash {
		return e, nil, false
	}
	return treeEntry{plainMode(mode), p[:n], p[n+1 : n+1+hash]}, p[n+1+hash:], true
}

// plainMode reduces what old versions of git wrote to the modes of today.
func plainMode(mode uint32) uint32 {
	switch mode & 0o170000 {
	case 0o100000:
		if mode&0o100 != 0 {
			return ModeExecutable
		}
		return ModeFile
	case ModeSymlink:
		return ModeSymlink
	case ModeTree:
		return ModeTree
	}
	return ModeSubmodule
}

// compare orders entries as trees do. A file and a folder of one name are not equal.
func (e treeEntry) compare(o treeEntry) int {
	switch {
	case e.name == nil && o.name == nil:
		return 0
	case e.name == nil:
		return 1
	case o.name == nil:
		return -1
	}
	n := min(len(e.name), len(o.name))
	if order := bytes.Compare(e.name[:n], o.name[:n]); order != 0 {
		return order
	}
	return int(e.after(n)) - int(o.after(n))
}

// after is the byte of the name at n, where a folder's name ends in a slash.
func (e treeEntry) after(n int) byte {
	switch {
	case n < len(e.name):
		return e.name[n]
	case e.mode == ModeTree:
		return '/'
	}
	return 0
}

// skipEqual takes the entries off two trees with which both begin.
func skipEqual(a, b []byte, hash int) ([]byte, []byte) {
	same := equalHead(a, b)
	at := 0
	for {
		n := bytes.IndexByte(a[at:same], 0)
		if n < 0 || at+n+1+hash > same {
			return a[at:], b[at:]
		}
		at += n + 1 + hash
	}
}

// equalHead returns how many bytes a and b have in common from the beginning.
func equalHead(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// equalTail returns how many bytes a and b have in common at the end.
func equalTail(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[len(a)-i-8:]) ^ binary.LittleEndian.Uint64(b[len(b)-i-8:]); x != 0 {
			return i + bits.LeadingZeros64(x)/8
		}
	}
	for i < n && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return i
}
