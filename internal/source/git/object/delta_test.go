package object

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// deltaOf writes a delta of the given commands.
func deltaOf(base, result uint64, commands ...[]byte) []byte {
	d := binary.AppendUvarint(binary.AppendUvarint(nil, base), result)
	return append(d, bytes.Join(commands, nil)...)
}

func copyOf(from, n uint32) []byte {
	c := []byte{0x80}
	for i, b := range []byte{byte(from), byte(from >> 8), byte(from >> 16), byte(from >> 24), byte(n), byte(n >> 8), byte(n >> 16)} {
		if b != 0 {
			c[0] |= 1 << i
			c = append(c, b)
		}
	}
	return c
}

func literal(s string) []byte { return append([]byte{byte(len(s))}, s...) }

// run applies a delta as a reader does.
func run(base, delta []byte, most uint64) ([]byte, error) {
	baseSize, size, commands, err := deltaSizes(delta)
	if err != nil || baseSize != uint64(len(base)) || size > most {
		return nil, errDelta
	}
	if n, err := resultLength(commands); err == nil && n != size {
		return nil, errDelta
	}
	out := make([]byte, size)
	return out, applyDelta(out, base, commands)
}

func TestDelta(t *testing.T) {
	base := bytes.Repeat([]byte("0123456789"), 10_000)
	tests := []struct {
		name  string
		delta []byte
		want  string
		ok    bool
	}{
		{"nothing", deltaOf(100_000, 0), "", true},
		{"both commands", deltaOf(100_000, 9, copyOf(5, 3), literal("abc"), copyOf(99_997, 3)), "567abc789", true},
		{"64 KB", deltaOf(100_000, 1<<16, []byte{0x80}), string(base[:1<<16]), true},
		{"more than 64 KB", deltaOf(100_000, 70_000, copyOf(10, 70_000)), string(base[10:70_010]), true},
		{"of another base", deltaOf(99_999, 3, copyOf(5, 3)), "", false},
		{"behind the base", deltaOf(100_000, 3, copyOf(99_998, 3)), "", false},
		{"far behind the base", deltaOf(100_000, 3, copyOf(1<<32-1, 3)), "", false},
		{"writes too much", deltaOf(100_000, 2, copyOf(5, 3)), "", false},
		{"writes too little", deltaOf(100_000, 4, copyOf(5, 3)), "", false},
		{"reserved command", deltaOf(100_000, 3, copyOf(5, 3), []byte{0}), "", false},
		{"literal cut", deltaOf(100_000, 3, []byte{3, 'a', 'b'}), "", false},
		{"copy cut", deltaOf(100_000, 3, []byte{0xff, 1}), "", false},
		{"no sizes", []byte{0x80}, "", false},
		{"endless size", bytes.Repeat([]byte{0xff}, 30), "", false},
	}
	for _, tt := range tests {
		got, err := run(base, tt.delta, 1<<20)
		if (err == nil) != tt.ok || tt.ok && string(got) != tt.want {
			t.Errorf("%s: %.30q, %v", tt.name, got, err)
		}
	}
}

func FuzzDelta(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	base := []byte("the base of the delta, with some text in it")
	n := uint64(len(base))
	f.Add(base, deltaOf(n, 9, copyOf(5, 3), literal("abc"), copyOf(1, 3)))
	f.Add(base, deltaOf(n, 1<<32, copyOf(0, 0)))
	f.Add(base, deltaOf(n, 0))
	for range 20 {
		d := deltaOf(n, uint64(r.IntN(60)), copyOf(uint32(r.IntN(50)), uint32(r.IntN(30))), literal("some"), copyOf(uint32(r.IntN(50)), uint32(r.IntN(30))))
		f.Add(base, d)
	}
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		got, err := run(base, delta, 1<<20)
		if err != nil {
			return
		}
		_, _, commands, _ := deltaSizes(delta)
		if want := slowDelta(base, commands); !bytes.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

// slowDelta is the description of the format, read aloud.
func slowDelta(base, p []byte) (out []byte) {
	for len(p) > 0 {
		c := p[0]
		p = p[1:]
		if c&0x80 == 0 {
			out = append(out, p[:c]...)
			p = p[c:]
			continue
		}
		var at, n int
		for i := range 4 {
			if c&(1<<i) != 0 {
				at |= int(p[0]) << (8 * i)
				p = p[1:]
			}
		}
		for i := range 3 {
			if c&(0x10<<i) != 0 {
				n |= int(p[0]) << (8 * i)
				p = p[1:]
			}
		}
		if n == 0 {
			n = 0x10000
		}
		out = append(out, base[at:at+n]...)
	}
	return out
}
