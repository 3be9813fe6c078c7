package object

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

var errLoose = errors.New("file does not begin like an object")

// readLoose reads an object from a file of its own; it is nil when there is none.
func (r *Reader) readLoose(id ID) (*content, error) {
	name := hex.EncodeToString(id[:r.s.hash])
	for _, dir := range r.s.dirs {
		path := filepath.Join(dir, name[:2], name[2:])
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		v, err := r.inflateLoose(f)
		f.Close()
		if err != nil {
			if !errors.Is(err, ErrTooLarge) {
				err = fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
			}
			return nil, err
		}
		return &v, nil
	}
	return nil, nil
}

// inflateLoose decodes "blob 12\x00" and that many bytes.
func (r *Reader) inflateLoose(f *os.File) (v content, err error) {
	info, err := f.Stat()
	if err != nil {
		return v, err
	}
	if info.Size() > r.s.options.MaxObject+r.s.options.MaxObject/1000+1024 {
		return v, ErrTooLarge
	}
	src := make([]byte, info.Size())
	if n, err := f.ReadAt(src, 0); n < len(src) {
		return v, err
	}
	v.holders = 1
	var head [32]byte
	n, err := r.z.head(head[:], src)
	if err != nil && n == 0 {
		return v, err
	}
	word, _, ok := bytes.Cut(head[:n], []byte{0})
	if !ok {
		return v, errLoose
	}
	kind, digits, _ := bytes.Cut(word, []byte{' '})
	for t := TypeCommit; t <= TypeTag; t++ {
		if string(kind) == t.String() {
			v.kind = t
		}
	}
	size, err := strconv.ParseUint(string(digits), 10, 63)
	if err != nil || v.kind == 0 || len(digits) > 1 && digits[0] == '0' {
		return v, errLoose
	}
	if err := r.checkSize(size, int64(len(src))); err != nil {
		return v, err
	}
	all := make([]byte, len(word)+1+int(size))
	used, err := r.z.inflate(all, src)
	if err == nil && used != len(src) {
		err = errStream // git, too, refuses what stands behind the end
	}
	v.data = all[len(word)+1:]
	return v, err
}
