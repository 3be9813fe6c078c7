package object

import (
	"fmt"
	"io"
	"math"
	"os"
)

// file is a file that does not change: mapped into memory, or read where that cannot
// be done.
type file struct {
	path string
	size int64
	mem  []byte   // when mapped
	f    *os.File // when not
}

func openFile(path string, mmap bool) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	out := &file{path: path, size: info.Size(), f: f}
	if mmap && out.size > 0 && out.size <= math.MaxInt {
		if out.mem, err = mapFile(f, out.size); err == nil {
			out.f = nil
			return out, f.Close()
		}
	}
	return out, nil
}

// window returns bytes from off on: at least n, unless end comes first. buf is room
// for them, which may be grown.
func (f *file) window(off, end int64, n int, buf *[]byte) ([]byte, error) {
	if f.mem != nil {
		return f.mem[off:end], nil
	}
	n = int(min(int64(n), end-off))
	if cap(*buf) < n {
		*buf = make([]byte, n)
	}
	p := (*buf)[:n]
	if _, err := f.f.ReadAt(p, off); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return p, nil
}

func (f *file) close() error {
	if f.mem != nil {
		mem := f.mem
		f.mem = nil
		return unmapFile(mem)
	}
	return f.f.Close()
}

// catchFault makes an error of the fault that reading a mapped file gives when the
// file has shrunk or its disk fails. It is deferred after debug.SetPanicOnFault.
func catchFault(err *error) {
	p := recover()
	if p == nil {
		return
	}
	fault, ok := p.(interface{ Addr() uintptr })
	if !ok {
		panic(p)
	}
	*err = fmt.Errorf("%w: a mapped file could not be read at address %#x", ErrDamaged, fault.Addr())
}
