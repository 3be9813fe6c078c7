package rename

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// checkPairs fails unless each file is in one pair at most, with one of its own type, and
// pairs are in order and similar.
func checkPairs(t *testing.T, deleted, created []File[string], pairs []Pair[string]) {
	t.Helper()
	used := map[string]bool{}
	for i, p := range pairs {
		if !slices.Contains(deleted, p.Old) || !slices.Contains(created, p.New) {
			t.Fatalf("pair of files that were not given: %v", p)
		}
		if used["-"+p.Old.Path] || used["+"+p.New.Path] {
			t.Fatalf("in two pairs: %v", p)
		}
		used["-"+p.Old.Path], used["+"+p.New.Path] = true, true
		if p.Old.Mode&0o170000 != p.New.Mode&0o170000 {
			t.Fatalf("a type was paired with another: %v", p)
		}
		if p.Similarity < 50 || p.Similarity > 100 || p.Old.ID == p.New.ID && p.Similarity != 100 || p.Similarity < 100 && !regular(p.Old.Mode) {
			t.Fatalf("similarity of %v", p)
		}
		if i > 0 && pairs[i-1].New.Path >= p.New.Path {
			t.Fatalf("%q stands before %q", pairs[i-1].New.Path, p.New.Path)
		}
	}
}

func itself(id string) ([]byte, error) { return []byte(id), nil }

// The order in which files are given does not matter, nor are the lists changed.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		deleted, created := randomChange(r).deletedAndCreated()
		want, err := Find(deleted, created, itself)
		if err != nil {
			t.Fatal(err)
		}
		checkPairs(t, deleted, created, want)
		for _, files := range [][]File[string]{deleted, created} {
			r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		}
		before := slices.Clone(deleted)
		got, err := Find(deleted, created, itself)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("in order -, shuffled +:\n%s", diff)
		}
		if !slices.Equal(before, deleted) {
			t.Fatal("the list was changed")
		}
		equal := FindEqual(deleted, created)
		checkPairs(t, deleted, created, equal)
		for _, p := range equal {
			if !slices.Contains(got, p) {
				t.Fatalf("only among equal files: %v", p)
			}
		}
	}
}

func TestContentsAreReadOnceAndOnlyIfNeeded(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a line of text\n", 9)
	deleted := []File[string]{{"equal", 0o100644, "same"}, {"link", 0o120000, "to"}, {"x/named", 0o100644, text}, {"y", 0o100644, text + "y"}, {"z", 0o100644, text + "z"}}
	created := []File[string]{{"equal2", 0o100644, "same"}, {"link2", 0o120000, "from"}, {"named", 0o100644, text + "n"}, {"p", 0o100644, text + "p"}, {"q", 0o100644, text + "q"}}
	reads := map[string]int{}
	pairs, err := Find(deleted, created, func(id string) ([]byte, error) {
		reads[id]++
		return itself(id)
	})
	if err != nil || len(pairs) != 4 {
		t.Fatalf("%v, %v", pairs, err)
	}
	want := map[string]int{text: 1, text + "y": 1, text + "z": 1, text + "n": 1, text + "p": 1, text + "q": 1}
	if diff := cmp.Diff(want, reads); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	missing := errors.New("missing")
	fail := func(string) ([]byte, error) { return nil, missing }
	for _, name := range []string{"a", "b"} { // found by name, and by similarity
		_, err := Find([]File[string]{{"x/a", 0o100644, "1"}}, []File[string]{{"y/" + name, 0o100644, "2"}}, fail)
		if !errors.Is(err, missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	pairs, err := Find([]File[string]{{"a", 0o100644, "1"}}, []File[string]{{"b", 0o100644, "1"}}, fail)
	if err != nil || len(pairs) != 1 {
		t.Errorf("equal files: %v, %v", pairs, err)
	}
}

// naive counts bytes by hash as the definition says.
func naive(content []byte) map[uint32]uint32 {
	m := map[uint32]uint32{}
	text := !bytes.Contains(content[:min(8000, len(content))], []byte{0})
	for len(content) > 0 {
		var a, b, n uint32
		i := 0
		for ; i < len(content); i++ {
			if text && bytes.HasPrefix(content[i:], []byte("\r\n")) {
				continue
			}
			a, b = (a<<7)^(b>>25), (b<<7)^(a>>25)
			a += uint32(content[i])
			if n++; n == 64 || content[i] == '\n' {
				m[(a+b*97)%107927] += n
				i++
				break
			}
		}
		content = content[i:]
	}
	return m
}

func TestFingerprintIsTheDefinition(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	c := new(counter)
	for range 500 {
		content := []byte(randomContent(r))
		f := c.fingerprint(content)
		got := map[uint32]uint32{}
		for i, p := range f.pieces {
			if i > 0 && f.pieces[i-1].hash >= p.hash {
				t.Fatal("not in order")
			}
			got[p.hash] = p.bytes
		}
		if diff := cmp.Diff(naive(content), got); diff != "" || f.size != len(content) {
			t.Fatalf("%q (-want +got):\n%s", content, diff)
		}
	}
}

// FuzzRename: whatever files there are, pairs are sound and found in bounded time.
func FuzzRename(f *testing.F) {
	f.Add([]byte("-a\x00one\ntwo\n\x00+b\x00one\ntwo\nthree\n\x00"), uint8(1))
	f.Add([]byte("-x/a\x00same\x00-b\x00same\x00+y/a\x00same\x00+c\x00sam\x00"), uint8(0))
	f.Add([]byte("-l\x00to\x00+m\x00to\x00-e\x00\x00+f\x00\x00"), uint8(7))
	f.Fuzz(func(t *testing.T, in []byte, repeat uint8) {
		var deleted, created []File[string]
		seen := map[string]bool{}
		fields := strings.Split(string(in), "\x00")
		for i := 0; i+1 < len(fields); i += 2 {
			head, content := fields[i], strings.Repeat(fields[i+1], 1+int(repeat))
			if len(head) < 2 || seen[head] {
				continue
			}
			seen[head] = true
			file := File[string]{head[1:], []uint32{0o100644, 0o100755, 0o120000, 0o160000}[head[0]>>1&3], content}
			if head[0]&1 == 0 {
				deleted = append(deleted, file)
			} else {
				created = append(created, file)
			}
		}
		for _, files := range []*[]File[string]{&deleted, &created} {
			byPath := func(a, b File[string]) int { return strings.Compare(a.Path, b.Path) }
			slices.SortFunc(*files, byPath)
			*files = slices.CompactFunc(*files, func(a, b File[string]) bool { return a.Path == b.Path })
		}
		start := time.Now()
		pairs, err := Find(deleted, created, itself)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d and %d files took %v", len(deleted), len(created), took)
		}
		checkPairs(t, deleted, created, pairs)
	})
}

// BenchmarkLimit is the most that is compared: 1,000 files with 1,000 others.
func BenchmarkLimit(b *testing.B) {
	var deleted, created []File[string]
	r := rand.New(rand.NewPCG(7, 8))
	for i := range limit {
		var text strings.Builder
		for range 100 {
			fmt.Fprintf(&text, "line %d\n", r.IntN(1<<20))
		}
		deleted = append(deleted, File[string]{fmt.Sprintf("old%04d", i), 0o100644, text.String()})
		created = append(created, File[string]{fmt.Sprintf("new%04d", i), 0o100644, text.String() + "more\n"})
	}
	for b.Loop() {
		if _, err := Find(deleted, created, itself); err != nil {
			b.Fatal(err)
		}
	}
}
