package object

import (
	"bytes"
	"compress/zlib"
	stdadler "hash/adler32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// texts are contents of many kinds: codes of every length, distances of every size.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(4, 4))
	noise := make([]byte, 200_000)
	skew := make([]byte, 150_000) // of very unlike frequencies: long codes
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for i := range skew {
		for skew[i] = 0; skew[i] < 40 && r.IntN(2) == 0; skew[i]++ {
		}
		if r.IntN(2000) == 0 {
			skew[i] = byte(r.Uint32())
		}
	}
	var words strings.Builder
	for words.Len() < 400_000 {
		words.WriteString([]string{"func ", "return ", "if err != nil {\n", "\t", "}\n", "x", "git ", "object"}[r.IntN(8)])
		if r.IntN(9) == 0 {
			words.Write(noise[:r.IntN(30)])
		}
	}
	far := append(append(bytes.Clone(noise[:32768]), noise[:32768]...), noise[:1000]...)
	return map[string][]byte{
		"nothing": nil, "one": {'x'}, "few": []byte("hello, hello, hello"), "noise": noise, "skew": skew,
		"words": []byte(words.String()), "zeros": make([]byte, 100_000), "pairs": bytes.Repeat([]byte("ab"), 40_000),
		"threes": bytes.Repeat([]byte("abc"), 40_000), "far": far,
	}
}

func deflate(t testing.TB, p []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(p); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInflate(t *testing.T) {
	var z inflater
	for name, want := range texts() {
		for level := zlib.HuffmanOnly; level <= 9; level++ {
			src := deflate(t, want, level)
			got := make([]byte, len(want))
			n, err := z.inflate(got, append(src, "what follows"...))
			if err != nil || n != len(src) || !bytes.Equal(got, want) {
				t.Fatalf("%s at level %d: %d of %d bytes, %v", name, level, n, len(src), err)
			}
			if n, err = z.inflate(got, src); err != nil || n != len(src) || !bytes.Equal(got, want) {
				t.Fatalf("%s at level %d, nothing follows: %d of %d bytes, %v", name, level, n, len(src), err)
			}
			if _, err := z.inflate(make([]byte, len(want)+1), src); err != errLength {
				t.Errorf("%s at level %d into one byte more: %v", name, level, err)
			}
			if len(want) == 0 {
				continue
			}
			if _, err := z.inflate(got[1:], src); err != errLength {
				t.Errorf("%s at level %d into one byte less: %v", name, level, err)
			}
			head := make([]byte, min(len(want), 40))
			if n, err := z.head(head, src); err != nil || n != len(head) || !bytes.Equal(head, want[:n]) {
				t.Errorf("%s at level %d, its head: %d bytes, %v", name, level, n, err)
			}
			for cut := 0; cut < len(src); cut += 1 + len(src)/150 {
				if _, err := z.inflate(got, src[:cut]); err != errShort {
					t.Fatalf("%s at level %d, cut at %d of %d: %v", name, level, cut, len(src), err)
				}
			}
		}
	}
}

// agree compares with the standard library: the same content, or an error of both.
func agree(t *testing.T, z *inflater, src []byte) {
	t.Helper()
	const most = 1 << 20
	var want []byte
	r := bytes.NewReader(src)
	std, err := zlib.NewReader(r)
	if err == nil {
		want, err = io.ReadAll(io.LimitReader(std, most+1))
	}
	if len(want) > most {
		return
	}
	got := make([]byte, len(want))
	n, ours := z.inflate(got, src)
	if err != nil {
		if ours == nil {
			t.Fatalf("%x: ours takes what the standard library refuses: %v", src, err)
		}
		return
	}
	if ours != nil || !bytes.Equal(got, want) || n != len(src)-r.Len() {
		t.Fatalf("%x: %v, %d bytes of input, want %d", src, ours, n, len(src)-r.Len())
	}
}

func TestInflateDamaged(t *testing.T) {
	var z inflater
	r := rand.New(rand.NewPCG(5, 5))
	for _, text := range texts() {
		text = text[:min(len(text), 3000)]
		for _, level := range []int{0, 1, 6, 9, zlib.HuffmanOnly} {
			src := deflate(t, text, level)
			for range 300 {
				bad := bytes.Clone(src)
				bad[r.IntN(min(len(bad), 1+r.IntN(len(bad))))] ^= 1 << r.IntN(8)
				agree(t, &z, bad)
			}
		}
	}
}

func TestAdler(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	p := bytes.Repeat([]byte{255}, 20_000)
	for range 500 {
		n := r.IntN(len(p))
		if got, want := adler32(p[n:]), stdadler.Checksum(p[n:]); got != want {
			t.Fatalf("%d bytes: %x, want %x", len(p)-n, got, want)
		}
		p[r.IntN(len(p))] = byte(r.Uint32())
	}
}

func FuzzInflate(f *testing.F) {
	for _, text := range texts() {
		text = text[:min(len(text), 500)]
		for _, level := range []int{0, 6, zlib.HuffmanOnly} {
			f.Add(deflate(f, text, level))
		}
	}
	var z inflater
	f.Fuzz(func(t *testing.T, src []byte) { agree(t, &z, src) })
}

// BenchmarkInflate has the standard library as its peer.
func BenchmarkInflate(b *testing.B) {
	text := texts()["words"]
	src := deflate(b, text, 6)
	dst := make([]byte, len(text))
	b.Run("ours", func(b *testing.B) {
		var z inflater
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := z.inflate(dst, src); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compress/zlib", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		std, err := zlib.NewReader(bytes.NewReader(src))
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := std.(zlib.Resetter).Reset(bytes.NewReader(src), nil); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(std, dst); err != nil {
				b.Fatal(err)
			}
		}
	})
}
