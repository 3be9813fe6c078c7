package object

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// damaged is a repository whose files a test may spoil, one after the other.
type damaged struct {
	dir   string
	files map[string][]byte // packs, indexes and loose objects as they were
	all   []stored
}

func newDamaged(t *testing.T, packed bool) damaged {
	s := gittest.New(t)
	s.Git("config", "fastimport.unpackLimit", "100000")
	s.Grow(rand.New(rand.NewPCG(8, 8)), 60)
	if packed {
		s.Git("repack", "-adfq", "--depth=50")
	}
	d := damaged{dir: filepath.Join(s.Dir, ".git"), files: map[string][]byte{}, all: allObjects(t, s)}
	err := filepath.WalkDir(filepath.Join(d.dir, "objects"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, "info") || strings.HasSuffix(path, ".rev") {
			return err
		}
		if d.files[path], err = os.ReadFile(path); err != nil {
			return err
		}
		return os.Chmod(path, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// read reads everything, and returns how many errors there were. With verify nothing
// may be wrong; without, what is wrong has the right length at least.
func (d damaged) read(t *testing.T, what string, o Options) (failed int) {
	t.Helper()
	st, err := Open(d.dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r := st.NewReader()
	for _, want := range d.all {
		got, err := r.get(want)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("%s: %v", what, err)
			}
			failed++
			continue
		}
		if o.Verify && !bytes.Equal(got, want.data) {
			t.Fatalf("%s: %s %s has other content, without an error", what, want.kind, want.id)
		}
		if want.kind == "tree" {
			rawChanges(r, ID{}, want.id) //nolint:errcheck // it must only not panic
		}
	}
	return failed
}

func TestDamage(t *testing.T) {
	for _, packed := range []bool{true, false} {
		d := newDamaged(t, packed)
		var paths []string
		for path := range d.files {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		r := rand.New(rand.NewPCG(9, 9))
		failed, trials := 0, 0
		for i := range 400 {
			path := paths[r.IntN(len(paths))]
			spoiled := bytes.Clone(d.files[path])
			at := r.IntN(len(spoiled))
			if i%7 == 0 { // where heads and tables are
				at = min(at, r.IntN(1100))
			}
			what := fmt.Sprintf("%s flipped at %d", filepath.Base(path), at)
			switch i % 4 {
			case 0:
				spoiled = spoiled[:at]
				what = fmt.Sprintf("%s cut at %d", filepath.Base(path), at)
			case 1:
				spoiled[at] = byte(r.Uint32())
			default:
				spoiled[at] ^= 1 << r.IntN(8)
			}
			if strings.HasSuffix(path, ".pack") && i%4 == 0 && i%8 == 0 && at > packHeader+20 {
				// Cut, and yet with the checksum that the index expects.
				copy(spoiled[at-20:], d.files[path][len(d.files[path])-20:])
			}
			write(t, path, spoiled)
			n := d.read(t, what, Options{Verify: true, noMap: i%3 == 0})
			d.read(t, what, Options{})
			write(t, path, d.files[path])
			trials++
			if n > 0 {
				failed++
			}
		}
		if n := d.read(t, "nothing", Options{Verify: true}); n != 0 {
			t.Errorf("%d objects of the sound repository failed", n)
		}
		if failed < trials/3 {
			t.Errorf("packed=%v: only %d of %d damages were noticed", packed, failed, trials)
		}
		t.Logf("packed=%v: %d of %d damages were noticed", packed, failed, trials)
	}
}

func write(t testing.TB, path string, p []byte) {
	t.Helper()
	if err := os.WriteFile(path, p, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A mapped pack that shrinks is an error of the reader, not the end of the program.
func TestMappedFileShrinks(t *testing.T) {
	s := gittest.New(t)
	r := rand.New(rand.NewPCG(8, 8))
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	s.Write("noise", string(noise))
	s.Commit("noise")
	s.Git("repack", "-adq")
	st := open(t, filepath.Join(s.Dir, ".git"), Options{})
	if (*st.packs.Load())[0].file.mem == nil {
		t.Skip("files cannot be mapped here")
	}
	packs, _ := filepath.Glob(filepath.Join(s.Dir, ".git/objects/pack/*.pack"))
	if err := os.Chmod(packs[0], 0o644); err != nil {
		t.Fatal(err)
	}
	id, _ := ParseID(s.Git("rev-parse", "HEAD:noise"))
	if err := os.Truncate(packs[0], 20_000); err != nil {
		t.Fatal(err)
	}
	if _, err := st.NewReader().Blob(id); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

// packOf writes a pack in memory, each entry after what head gives for it, with an
// index in which the i-th is named by its number.
type packOf struct {
	data []byte
	offs []int
}

func (b *packOf) add(kind Type, size uint64, between, compressed []byte) {
	if b.data == nil {
		b.data = append(b.data, "PACK\x00\x00\x00\x02\x00\x00\x00\x00"...)
	}
	b.offs = append(b.offs, len(b.data))
	c := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		b.data = append(b.data, c|0x80)
		c = byte(size & 0x7f)
	}
	b.data = append(append(append(b.data, c), between...), compressed...)
}

// back is the distance of an offset delta from its base.
func back(n int) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		out = append([]byte{0x80 | byte(n&0x7f)}, out...)
	}
	return out
}

func numbered(i int) (id ID) {
	binary.BigEndian.PutUint32(id[:], uint32(i)+1)
	return id
}

// open makes a store of nothing but this pack.
func (b *packOf) open(o Options) *Reader {
	binary.BigEndian.PutUint32(b.data[8:], uint32(len(b.offs)))
	sum := sha1.Sum(b.data)
	data := append(bytes.Clone(b.data), sum[:]...)
	index := b.index(sum[:])
	x, err := readIndex(index, 20)
	if err != nil {
		panic(err)
	}
	if o.MaxObject == 0 {
		o.MaxObject = defaultMaxObject
	}
	st := &Store{options: o, hash: 20, cache: newCache(1 << 20)}
	f := &file{path: "test.pack", size: int64(len(data)), mem: data}
	st.packs.Store(&[]*pack{{number: 1, file: f, index: x, end: int64(len(b.data))}})
	return st.NewReader()
}

func (b *packOf) index(sum []byte) []byte {
	p := append(bytes.Clone(indexMagic), 0, 0, 0, 2)
	for range 256 {
		p = binary.BigEndian.AppendUint32(p, uint32(len(b.offs)))
	}
	for i := range b.offs {
		id := numbered(i)
		p = append(p, id[:20]...)
	}
	p = append(p, make([]byte, 4*len(b.offs))...)
	for _, off := range b.offs {
		p = binary.BigEndian.AppendUint32(p, uint32(off))
	}
	return append(append(p, sum...), make([]byte, 20)...)
}

// What a hostile pack claims costs no memory and no endless time.
func TestHostilePack(t *testing.T) {
	base := []byte("the base of the deltas")
	n := uint64(len(base))
	delta := func(d []byte) (uint64, []byte) { return uint64(len(d)), deflate(t, d, 6) }
	offset := func(d []byte) func(b *packOf) {
		return func(b *packOf) {
			b.add(TypeBlob, n, nil, deflate(t, base, 6))
			size, z := delta(d)
			b.add(typeOffsetDelta, size, back(len(b.data)-packHeader), z)
		}
	}
	name := func(i int) []byte {
		id := numbered(i)
		return id[:20]
	}
	tests := []struct {
		name  string
		build func(b *packOf) // the last entry is read
		want  error           // nil: it is right
	}{
		{"right", offset(deltaOf(n, 5, copyOf(4, 4), literal("!"))), nil},
		{"delta claims 4 GB", offset(deltaOf(n, 4<<30, copyOf(0, 4))), ErrTooLarge},
		{"delta claims 100 MB", offset(deltaOf(n, 100<<20, copyOf(0, 4))), ErrDamaged},
		{"delta claims all there is", offset(deltaOf(n, math.MaxUint64, copyOf(0, 4))), ErrDamaged},
		{"base claims another size", offset(deltaOf(n+1, 4, copyOf(0, 4))), ErrDamaged},
		{"blob claims 4 GB", func(b *packOf) { b.add(TypeBlob, 4<<30, nil, deflate(t, base, 6)) }, ErrTooLarge},
		{"blob claims 100 MB", func(b *packOf) { b.add(TypeBlob, 100<<20, nil, deflate(t, base, 6)) }, ErrDamaged},
		{"blob claims a byte more", func(b *packOf) { b.add(TypeBlob, n+1, nil, deflate(t, base, 6)) }, ErrDamaged},
		{"blob claims a byte less", func(b *packOf) { b.add(TypeBlob, n-1, nil, deflate(t, base, 6)) }, ErrDamaged},
		{"unknown type", func(b *packOf) { b.add(5, n, nil, deflate(t, base, 6)) }, ErrDamaged},
		{"type zero", func(b *packOf) { b.add(0, n, nil, deflate(t, base, 6)) }, ErrDamaged},
		{"size without end", func(b *packOf) {
			b.add(TypeBlob, n, nil, nil)
			b.data[packHeader] |= 0x80
			b.data = append(b.data, bytes.Repeat([]byte{0xff}, 40)...)
		}, ErrDamaged},
		{"ends in its head", func(b *packOf) { b.add(TypeBlob, 1<<40, nil, nil); b.data = b.data[:len(b.data)-2] }, ErrDamaged},
		{"base before the pack", func(b *packOf) { size, z := delta(base); b.add(typeOffsetDelta, size, back(1<<20), z) }, ErrDamaged},
		{"base in the header", func(b *packOf) { size, z := delta(base); b.add(typeOffsetDelta, size, back(5), z) }, ErrDamaged},
		{"base is itself", func(b *packOf) { size, z := delta(base); b.add(typeOffsetDelta, size, back(0), z) }, ErrDamaged},
		{"distance without end", func(b *packOf) { b.add(typeOffsetDelta, 9, bytes.Repeat([]byte{0xff}, 40), nil) }, ErrDamaged},
		{"base by name", func(b *packOf) {
			b.add(TypeBlob, n, nil, deflate(t, base, 6))
			size, z := delta(deltaOf(n, 5, copyOf(4, 4), literal("!")))
			b.add(typeRefDelta, size, name(0), z)
		}, nil},
		{"base is nowhere", func(b *packOf) { size, z := delta(base); b.add(typeRefDelta, size, name(77), z) }, ErrDamaged},
		{"base by its own name", func(b *packOf) { size, z := delta(base); b.add(typeRefDelta, size, name(0), z) }, ErrDamaged},
		{"bases in a ring", func(b *packOf) {
			size, z := delta(base)
			b.add(typeRefDelta, size, name(1), z)
			b.add(typeRefDelta, size, name(0), z)
		}, ErrDamaged},
		{"chain of 9,000", func(b *packOf) {
			b.add(TypeBlob, n, nil, deflate(t, []byte("the base"+strings.Repeat("!", int(n)-8)), 1))
			size, z := delta(deltaOf(n, n, copyOf(0, uint32(n))))
			last, lastZ := delta(deltaOf(n, 5, copyOf(4, 4), literal("!")))
			for i := range 9000 {
				if i == 8999 {
					size, z = last, lastZ
				}
				b.add(typeOffsetDelta, size, back(len(b.data)-b.offs[i]), z)
			}
		}, nil},
		{"chain of 11,000", func(b *packOf) {
			b.add(TypeBlob, n, nil, deflate(t, base, 1))
			size, z := delta(deltaOf(n, n, copyOf(0, uint32(n))))
			for i := range 11_000 {
				b.add(typeOffsetDelta, size, back(len(b.data)-b.offs[i]), z)
			}
		}, ErrDamaged},
	}
	for _, tt := range tests {
		var b packOf
		tt.build(&b)
		r := b.open(Options{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := r.Blob(numbered(len(b.offs) - 1))
		runtime.ReadMemStats(&after)
		if tt.want == nil && (err != nil || string(got) != "base!") || !errors.Is(err, tt.want) {
			t.Errorf("%s: %.40q, %v", tt.name, got, err)
		}
		if errors.Is(err, ErrDamaged) && !strings.Contains(err.Error(), "test.pack at offset ") {
			t.Errorf("%s: the error does not say where: %v", tt.name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
			t.Errorf("%s: took %d bytes of memory", tt.name, n)
		}
	}
}

// FuzzPack reads an entry of a pack that ends in fuzzed bytes, behind a sound blob.
func FuzzPack(f *testing.F) {
	base := []byte("the base of the deltas")
	n := uint64(len(base))
	seed := func(kind Type, size uint64, between, content []byte) {
		var b packOf
		b.add(kind, size, between, deflate(f, content, 6))
		f.Add(b.data[packHeader:])
	}
	seed(TypeBlob, n, nil, base)
	seed(TypeTree, 30, nil, []byte("100644 a\x0001234567890123456789"))
	d := deltaOf(n, 5, copyOf(4, 4), literal("!"))
	first := len(deflate(f, base, 6)) + 2
	seed(typeOffsetDelta, uint64(len(d)), back(first), d)
	name := numbered(0)
	seed(typeRefDelta, uint64(len(d)), name[:20], d)
	d = deltaOf(n, 4<<30, copyOf(0, 4))
	seed(typeOffsetDelta, uint64(len(d)), back(first), d)
	f.Fuzz(func(t *testing.T, entry []byte) {
		var b packOf
		b.add(TypeBlob, n, nil, deflate(t, base, 6))
		b.offs = append(b.offs, len(b.data))
		b.data = append(b.data, entry...)
		r := b.open(Options{MaxObject: 1 << 20})
		for _, o := range []stored{{numbered(1), "blob", nil}, {numbered(1), "tree", nil}, {numbered(1), "commit", nil}} {
			got, err := r.get(o)
			if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			if len(got) > 1<<20 {
				t.Fatalf("%d bytes", len(got))
			}
		}
		if got, err := r.Blob(numbered(0)); err != nil || !bytes.Equal(got, base) {
			t.Fatalf("the sound entry: %q, %v", got, err)
		}
	})
}

func FuzzIndex(f *testing.F) {
	for _, count := range []int{0, 1, 5} {
		var b packOf
		for range count {
			b.add(TypeBlob, 0, nil, nil)
		}
		p := b.index(make([]byte, 20))
		f.Add(p, false)
		v1 := bytes.Clone(p[8 : 8+fanoutSize])
		for i := range count {
			id := numbered(i)
			v1 = append(binary.BigEndian.AppendUint32(v1, uint32(12+i)), id[:20]...)
		}
		f.Add(append(v1, make([]byte, 40)...), false)
		if count > 0 { // an offset of 64 bits
			wide := bytes.Clone(p)
			wide[len(wide)-44] = 0x80
			f.Add(slices.Insert(wide, len(wide)-40, 0, 0, 0, 1, 0, 0, 0, 0), false)
			f.Add(wide, false)
		}
		f.Add(p, true)
	}
	f.Fuzz(func(t *testing.T, p []byte, long bool) {
		hash := 20
		if long {
			hash = 32
		}
		x, err := readIndex(p, hash)
		if err != nil {
			return
		}
		for i := range min(x.count, 50) {
			id := makeID(x.names[(i+1)*x.stride-hash : (i+1)*x.stride])
			x.find(&id)
			id[3]++
			x.find(&id)
			x.offset(i)
		}
		// In an index in order every name is found, where it stands.
		names := make([]string, x.count)
		for i := range names {
			names[i] = string(x.names[(i+1)*x.stride-hash : (i+1)*x.stride])
		}
		for i, name := range names {
			b := name[0]
			lo, hi := uint32(0), binary.BigEndian.Uint32(x.fanout[int(b)*4:])
			if b > 0 {
				lo = binary.BigEndian.Uint32(x.fanout[int(b)*4-4:])
			}
			inPlace := lo <= uint32(i) && uint32(i) < hi && slices.IsSorted(names[lo:hi])
			if inPlace && (i == 0 || names[i-1] != name) && (i+1 == len(names) || names[i+1] != name) {
				id := makeID([]byte(name))
				if off, ok := x.find(&id); !ok || off != x.offset(i) {
					t.Fatalf("%x: found %v at %d, want %d", name, ok, off, x.offset(i))
				}
			}
		}
	})
}
