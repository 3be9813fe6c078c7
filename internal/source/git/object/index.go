package object

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
)

const fanoutSize = 256 * 4

var indexMagic = []byte{0xff, 't', 'O', 'c'}

// index is the index of a pack: object names in order, and where each begins.
type index struct {
	hash   int // length of an object name in bytes
	count  int
	fanout []byte // how many names begin with a byte up to this
	names  []byte
	stride int    // bytes from one name to the next
	off32  []byte // version 2; in version 1 the offset stands before each name
	off64  []byte
	pack   []byte // the checksum of the pack
}

// readIndex takes an index file apart, of version 1 or 2, and checks that its parts
// fit together.
func readIndex(p []byte, hash int) (*index, error) {
	x := &index{hash: hash}
	v2 := len(p) >= 8 && bytes.Equal(p[:4], indexMagic)
	if v2 {
		if v := binary.BigEndian.Uint32(p[4:]); v != 2 {
			return nil, fmt.Errorf("index version %d is not known", v)
		}
		p = p[8:]
	}
	if len(p) < fanoutSize+2*hash {
		return nil, errors.New("index is too short")
	}
	x.fanout, p = p[:fanoutSize], p[fanoutSize:]
	last := uint32(0)
	for i := 0; i < fanoutSize; i += 4 {
		n := binary.BigEndian.Uint32(x.fanout[i:])
		if n < last {
			return nil, errors.New("index is not in order")
		}
		last = n
	}
	p, x.pack = p[:len(p)-2*hash], p[len(p)-2*hash:len(p)-hash]
	n := uint64(last)
	if n > uint64(len(p))/uint64(hash+4) {
		return nil, errors.New("index is too short for its objects")
	}
	x.count = int(n)
	if !v2 {
		if uint64(len(p)) != n*uint64(hash+4) {
			return nil, errors.New("index has another length than its objects take")
		}
		x.names, x.stride = p, hash+4
		return x, nil
	}
	rest := uint64(len(p)) - n*uint64(hash+4)
	if rest < n*4 || (rest-n*4)%8 != 0 || n > 0 && (rest-n*4)/8 > n-1 {
		return nil, errors.New("index has another length than its objects take")
	}
	x.names, p = p[:x.count*hash], p[x.count*hash:]
	x.stride = hash
	p = p[x.count*4:] // checksums of the compressed objects
	x.off32, x.off64 = p[:x.count*4], p[x.count*4:]
	return x, nil
}

// find returns where in the pack an object begins.
func (x *index) find(id *ID) (off uint64, ok bool) {
	lo, hi := uint32(0), binary.BigEndian.Uint32(x.fanout[int(id[0])*4:])
	if id[0] > 0 {
		lo = binary.BigEndian.Uint32(x.fanout[int(id[0])*4-4:])
	}
	names, skip := x.names, x.stride-x.hash
	want := id[:x.hash]
	head := binary.BigEndian.Uint64(want)
	for lo < hi {
		mid := int(lo + (hi-lo)/2)
		name := names[mid*x.stride+skip : (mid+1)*x.stride]
		order := cmp.Compare(binary.BigEndian.Uint64(name), head)
		if order == 0 {
			order = bytes.Compare(name, want)
		}
		switch order {
		case 0:
			return x.offset(mid), true
		case -1:
			lo = uint32(mid) + 1
		default:
			hi = uint32(mid)
		}
	}
	return 0, false
}

// offset returns where the i-th object begins, or noOffset when the index has no
// place for it.
func (x *index) offset(i int) uint64 {
	if x.off32 == nil {
		return uint64(binary.BigEndian.Uint32(x.names[i*x.stride:]))
	}
	off := uint64(binary.BigEndian.Uint32(x.off32[i*4:]))
	if off < 1<<31 {
		return off
	}
	k := (off - 1<<31) * 8 // of a pack of more than 2 GB
	if k+8 > uint64(len(x.off64)) {
		return noOffset
	}
	return binary.BigEndian.Uint64(x.off64[k:])
}

// noOffset lies beyond the end of every pack.
const noOffset = 1<<64 - 1
